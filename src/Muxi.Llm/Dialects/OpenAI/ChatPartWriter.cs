using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes the parts of a message's content.</summary>
internal static class ChatPartWriter
{
    public static void Write(Utf8JsonWriter json, ContentPart part, OpenAIChat quirks, Warnings warnings)
    {
        json.WriteStartObject();
        if (!part.Extra.Holds("type"u8)) json.WriteString("type"u8, part.Type.Value);
        var text = part.Type == ContentPartType.Refusal ? "refusal"u8 : "text"u8;
        if (part.Text is not null && !part.Extra.Holds(text)) json.WriteString(text, part.Text);
        WriteMedia(json, part);
        if (!part.CacheControl.IsEmpty && !part.Extra.Holds("cache_control"u8)) WriteCacheControl(json, part.CacheControl, quirks, warnings);
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The picture, sound or document of a part, as a member of the object that is open.</summary>
    public static void WriteMedia(Utf8JsonWriter json, ContentPart part)
    {
        if (part.ImageUrl is { } image && !part.Extra.Holds("image_url"u8)) WriteImage(json, image);
        if (part.InputAudio is { } audio && !part.Extra.Holds("input_audio"u8)) WriteAudio(json, audio);
        if (part.File is { } file && !part.Extra.Holds("file"u8)) WriteFile(json, file);
    }

    public static void WriteCacheControl(Utf8JsonWriter json, RawJson mark, OpenAIChat quirks, Warnings warnings)
    {
        if (!quirks.CacheControl)
        {
            warnings.Add("cache_control", "left out: the service does not take it");
            return;
        }
        json.WritePropertyName("cache_control"u8);
        mark.WriteTo(json);
    }

    private static void WriteImage(Utf8JsonWriter json, ImageUrl image)
    {
        json.WriteStartObject("image_url"u8);
        if (!image.Extra.Holds("url"u8)) json.WriteString("url"u8, image.Url);
        if (image.Detail is { } detail && !image.Extra.Holds("detail"u8)) json.WriteString("detail"u8, detail);
        image.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteAudio(Utf8JsonWriter json, InputAudio audio)
    {
        json.WriteStartObject("input_audio"u8);
        if (!audio.Extra.Holds("data"u8)) json.WriteString("data"u8, audio.Data);
        if (!audio.Extra.Holds("format"u8)) json.WriteString("format"u8, audio.Format);
        audio.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteFile(Utf8JsonWriter json, InputFile file)
    {
        json.WriteStartObject("file"u8);
        if (file.Filename is { } name && !file.Extra.Holds("filename"u8)) json.WriteString("filename"u8, name);
        if (file.FileData is { } data && !file.Extra.Holds("file_data"u8)) json.WriteString("file_data"u8, data);
        if (file.FileId is { } id && !file.Extra.Holds("file_id"u8)) json.WriteString("file_id"u8, id);
        file.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
