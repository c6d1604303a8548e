using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes pictures, sound, films and documents: their bytes, or where the service finds them.</summary>
internal readonly struct GeminiMediaWriter(Utf8JsonWriter json, GeminiPlan plan)
{
    /// <summary>Writes the member that holds a part's data.</summary>
    public void Write(ContentPart part)
    {
        if (part.ImageUrl is { } image) WriteImage(image);
        else if (part.InputAudio is { } audio) WriteAudio(audio);
        else if (part.File is { } file) WriteFile(file);
        else if (part.Extra.TryGet("video_url", out var video)) WriteFilm(video);
    }

    private void WriteImage(ImageUrl image)
    {
        if (image.Detail is not (null or "auto")) plan.Warnings.Add("image_url.detail", "left out: the part's mediaResolution says how closely to look");
        if (image.Extra.GetString("file_id") is { } id) WriteUri(AddressOf(id), TypeTold(image.Extra));
        else if (image.Data is { } held) WriteBytes(Normal(held.MediaType), held.Bytes.Span);
        else WriteAddress(image.Url, image.Extra, null, "image/jpeg");
    }

    private void WriteAudio(InputAudio audio)
    {
        var type = audio.Format switch { "" => "audio/wav", "pcm16" => "audio/pcm", _ => audio.Format.Contains('/', StringComparison.Ordinal) ? audio.Format : $"audio/{audio.Format}" };
        if (audio.Bytes is { } held) WriteBytes(type, held.Span);
        else if (DataUri.Read(audio.Data) is { } data) WriteBytes(type, data.Base64());
        else if (IsAddress(audio.Data)) WriteUri(audio.Data, type);
        else WriteBytes(type, audio.Data);
    }

    private void WriteFile(InputFile file)
    {
        if (file.FileId is { } id) WriteUri(AddressOf(id), TypeTold(file.Extra) ?? Media.TypeByName(file.Filename ?? ""));
        else if (file.Data is { } held) WriteBytes(Normal(held.MediaType), held.Bytes.Span);
        else if ((file.FileData ?? file.Extra.GetString("file_url")) is { } address) WriteAddress(address, file.Extra, file.Filename, "application/pdf");
        else throw plan.Context.Refuse("messages", "a file part holds neither data nor an id");
    }

    private void WriteFilm(RawJson video)
    {
        var members = video.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(video.Utf8.ToArray()) : default;
        WriteAddress(members.GetString("url") ?? video.AsText() ?? "", members, null, "video/mp4");
    }

    /// <summary>A data URI, an address, or plain base64.</summary>
    private void WriteAddress(string address, Extra told, string? name, string usual)
    {
        if (DataUri.Read(address) is { } data) WriteBytes(Normal(data.MediaType), data.Base64());
        else if (IsAddress(address)) WriteUri(address, TypeTold(told) ?? TypeOf(address) ?? Media.TypeByName(name ?? "") ?? (IsKnown(address) ? null : usual));
        else WriteBytes(TypeTold(told) ?? Media.TypeByName(name ?? "") ?? DataUri.Of(usual, address).TypeByItself() ?? usual, address);
    }

    /// <summary>An uploaded file's address: its id is <c>files/abc</c>, or an address already.</summary>
    private string AddressOf(string id)
    {
        if (IsAddress(id)) return id;
        return plan.Quirks.FilesUrl is { } before ? before + (id.Contains('/', StringComparison.Ordinal) ? id : "files/" + id) : throw plan.Context.Refuse("messages", $"the file '{id}' is none of this service's: name one by its address (gs:// or https://)");
    }

    private static bool IsAddress(string text) => text.AsSpan(0, Math.Min(text.Length, 12)).IndexOf("://", StringComparison.Ordinal) > 0;

    /// <summary>Whether the service itself knows what lies there: files of its own, and films of the platform that belongs to its vendor.</summary>
    private bool IsKnown(string address) =>
        (plan.Quirks.FilesUrl is { } own && address.StartsWith(own, StringComparison.Ordinal)) || address.Contains("youtube.com/", StringComparison.OrdinalIgnoreCase) || address.Contains("youtu.be/", StringComparison.OrdinalIgnoreCase);

    /// <summary>The media type that the ending of an address promises.</summary>
    private static string? TypeOf(string address)
    {
        var end = address.AsSpan().IndexOfAny('?', '#');
        return Media.TypeByName(end < 0 ? address : address[..end]);
    }

    private static string? TypeTold(Extra extra) => extra.GetString("mime_type") ?? extra.GetString("mimeType") ?? extra.GetString("media_type");

    /// <summary>The service takes every text as plain text, and a picture's type only by its proper name.</summary>
    private static string Normal(string mediaType) => mediaType switch
    {
        "image/jpg" => "image/jpeg",
        "application/json" or "application/jsonl" or "application/yaml" or "application/toml" => "text/plain",
        _ => mediaType,
    };

    private void WriteBytes(string mediaType, ReadOnlySpan<byte> bytes)
    {
        json.WriteStartObject("inlineData"u8);
        json.WriteString("mimeType"u8, mediaType);
        json.WriteBase64String("data"u8, bytes);
        json.WriteEndObject();
    }

    private void WriteBytes(string mediaType, ReadOnlySpan<char> base64)
    {
        json.WriteStartObject("inlineData"u8);
        json.WriteString("mimeType"u8, mediaType);
        json.WriteString("data"u8, base64);
        json.WriteEndObject();
    }

    private void WriteUri(string uri, string? mediaType)
    {
        json.WriteStartObject("fileData"u8);
        json.WriteString("fileUri"u8, uri);
        if (mediaType is not null) json.WriteString("mimeType"u8, mediaType);
        json.WriteEndObject();
    }
}
