using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes what a part of a message's content shows or holds.</summary>
internal static class ChatPartWriter
{
    /// <summary>What the part is called: a document may have a name of the service's own.</summary>
    public static string TypeOf(ContentPart part, OpenAIChat? quirks) => part.File is { FileId: null } && quirks?.DocumentField is { } field ? field : part.Type.Value;

    /// <summary>The member of a part that is a picture, sound, search result or document; nothing for others.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="part">The part.</param>
    /// <param name="quirks">The service's; null writes the canonical form.</param>
    public static void WriteMedia(Utf8JsonWriter json, ContentPart part, OpenAIChat? quirks = null)
    {
        if (part.ImageUrl is { } image && !part.Extra.Holds("image_url"u8)) WriteImage(json, image);
        if (part.InputAudio is { } audio && !part.Extra.Holds("input_audio"u8))
        {
            if (quirks?.PlainSound == true) WriteData(json, "input_audio"u8, audio);
            else WriteAudio(json, audio, quirks?.AudioUris == true);
        }
        if (part.SearchResult is { } found && !part.Extra.Holds("search_result"u8)) SearchResultJson.Write(json, found);
        if (part.File is not { } file) return;
        if (quirks?.DocumentField is { } field) WriteDocument(json, file, field, part.Extra, quirks.PlainDocumentData);
        else if (!part.Extra.Holds("file"u8)) WriteFile(json, file, isCanonical: quirks is null);
    }

    /// <summary>What was thought, as a part of an answer's content. It is closed: nothing goes on from it.</summary>
    public static void WriteThinking(Utf8JsonWriter json, string thought)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "thinking"u8);
        json.WriteStartArray("thinking"u8);
        json.WriteStartObject();
        json.WriteString("type"u8, "text"u8);
        json.WriteString("text"u8, thought);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteBoolean("closed"u8, true);
        json.WriteEndObject();
    }

    /// <summary>A document whose address or data stand in the part itself.</summary>
    private static void WriteDocument(Utf8JsonWriter json, InputFile file, string field, Extra extra, bool isPlain)
    {
        if (file.FileId is { } id)
        {
            if (!extra.Holds("file_id"u8)) json.WriteString("file_id"u8, id);
        }
        else if (!extra.TryGet(field, out _))
        {
            if (file.Data is { } held && isPlain) json.WriteBase64String(field, held.Bytes.Span);
            else if (file.Data is not null) file.Data.WriteUri(json, Encoding.UTF8.GetBytes(field));
            else if (file.FileData is { } data) json.WriteString(field, isPlain && DataUri.Read(data) is { } uri ? uri.Base64().ToString() : data);
        }
        var name = field.Replace("_url", "_name", StringComparison.Ordinal);
        if (file.Filename is { } given && file.FileId is null && !extra.TryGet(name, out _)) json.WriteString(name, given);
        // Both kinds of further members come to stand side by side: the part's own go first.
        var further = file.Extra;
        foreach (var held in extra.Names) further = further.Without(held);
        further.WriteMembers(json);
    }

    private static void WriteImage(Utf8JsonWriter json, ImageUrl image)
    {
        json.WriteStartObject("image_url"u8);
        if (!image.Extra.Holds("url"u8))
        {
            if (image.Data is { } held) held.WriteUri(json, "url"u8);
            else json.WriteString("url"u8, image.Url);
        }
        if (image.Detail is { } detail && !image.Extra.Holds("detail"u8)) json.WriteString("detail"u8, detail);
        image.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteData(Utf8JsonWriter json, ReadOnlySpan<byte> name, InputAudio audio)
    {
        if (audio.Bytes is { } held) json.WriteBase64String(name, held.Span);
        else json.WriteString(name, audio.Data);
    }

    private static void WriteAudio(Utf8JsonWriter json, InputAudio audio, bool asUri)
    {
        json.WriteStartObject("input_audio"u8);
        if (!audio.Extra.Holds("data"u8))
        {
            var type = audio.Format == "mp3" ? "audio/mpeg" : $"audio/{audio.Format}";
            if (asUri && audio.Bytes is { } held) new InlineData(held, type).WriteUri(json, "data"u8);
            else if (asUri && !audio.Data.Contains(':', StringComparison.Ordinal)) json.WriteString("data"u8, $"data:{type};base64,{audio.Data}");
            else WriteData(json, "data"u8, audio);
        }
        if (!audio.Extra.Holds("format"u8)) json.WriteString("format"u8, audio.Format);
        audio.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, InputFile file, bool isCanonical)
    {
        json.WriteStartObject("file"u8);
        if (file.Filename is { } name && !file.Extra.Holds("filename"u8)) json.WriteString("filename"u8, name);
        if (!file.Extra.Holds("file_data"u8))
        {
            if (file.Data is { } held) held.WriteUri(json, "file_data"u8);
            else if (file.FileData is { } data) json.WriteString("file_data"u8, data);
        }
        if (file.FileId is { } id && !file.Extra.Holds("file_id"u8)) json.WriteString("file_id"u8, id);
        if (isCanonical && file.Cite && !file.Extra.Holds("cite"u8)) json.WriteBoolean("cite"u8, true);
        file.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
