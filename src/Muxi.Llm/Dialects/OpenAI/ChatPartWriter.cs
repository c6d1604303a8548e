using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes what a part of a message's content shows or holds.</summary>
internal static class ChatPartWriter
{
    /// <summary>The member of a part that is a picture, sound or document; nothing for others.</summary>
    /// <param name="json">Where to.</param>
    /// <param name="part">The part.</param>
    /// <param name="audioUris">Whether a sound is written as a data URI, not as base64 alone.</param>
    public static void WriteMedia(Utf8JsonWriter json, ContentPart part, bool audioUris = false)
    {
        if (part.ImageUrl is { } image && !part.Extra.Holds("image_url"u8)) WriteImage(json, image);
        if (part.InputAudio is { } audio && !part.Extra.Holds("input_audio"u8)) WriteAudio(json, audio, audioUris);
        if (part.File is { } file && !part.Extra.Holds("file"u8)) WriteFile(json, file);
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

    private static void WriteAudio(Utf8JsonWriter json, InputAudio audio, bool asUri)
    {
        json.WriteStartObject("input_audio"u8);
        if (!audio.Extra.Holds("data"u8))
        {
            var type = audio.Format == "mp3" ? "audio/mpeg" : $"audio/{audio.Format}";
            if (audio.Bytes is { } held && asUri) new InlineData(held, type).WriteUri(json, "data"u8);
            else if (audio.Bytes is { } bytes) json.WriteBase64String("data"u8, bytes.Span);
            else if (asUri && !audio.Data.Contains(':', StringComparison.Ordinal)) json.WriteString("data"u8, $"data:{type};base64,{audio.Data}");
            else json.WriteString("data"u8, audio.Data);
        }
        if (!audio.Extra.Holds("format"u8)) json.WriteString("format"u8, audio.Format);
        audio.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, InputFile file)
    {
        json.WriteStartObject("file"u8);
        if (file.Filename is { } name && !file.Extra.Holds("filename"u8)) json.WriteString("filename"u8, name);
        if (!file.Extra.Holds("file_data"u8))
        {
            if (file.Data is { } held) held.WriteUri(json, "file_data"u8);
            else if (file.FileData is { } data) json.WriteString("file_data"u8, data);
        }
        if (file.FileId is { } id && !file.Extra.Holds("file_id"u8)) json.WriteString("file_id"u8, id);
        file.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
