using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes pictures and documents, wherever they are.</summary>
internal readonly struct MessagesMediaWriter(Utf8JsonWriter json, MessagesPlan plan)
{
    /// <summary>A picture at a URL, in a data URI, or, as <c>file_id</c> beside an empty URL, uploaded before.</summary>
    public void WriteImage(ImageUrl image, RawJson cacheControl, Extra extra)
    {
        if (image.Detail is not (null or "auto")) plan.Warnings.Add("image_url.detail", "left out: the service looks as closely as it can");
        Begin("image"u8);
        if (image.Extra.GetString("file_id") is { } id) WriteFileSource(id);
        else if (image.Data is { } held) WriteBytes(Normal(held.MediaType), held.Bytes.Span);
        else if (DataUri.Read(image.Url) is { } data) WriteBytes(TypeOf(data), data.Base64());
        else WriteUrlSource(image.Url);
        End(cacheControl, extra);
    }

    /// <summary>A document: by id, in a data URI or plain base64, or at a URL (<c>file_data</c> or <c>file_url</c>). Its name is its title.</summary>
    public void WriteFile(InputFile file, RawJson cacheControl, Extra extra)
    {
        DataUri? data = file.Data is null && file.FileData is { } text && !IsUrl(text) ? DataUri.Read(text) ?? DataUri.Of(Media.TypeByName(file.Filename ?? "") ?? "application/pdf", text) : null;
        var isPicture = (file.Data?.MediaType ?? data?.MediaType)?.StartsWith("image/", StringComparison.Ordinal) == true;
        Begin(isPicture ? "image"u8 : "document"u8);
        if (file.FileId is { } id) WriteFileSource(id);
        else if (file.Data is { } own) WriteHeld(own);
        else if (data is { } held) WriteHeld(held);
        else if ((file.Extra.GetString("file_url") ?? (IsUrl(file.FileData) ? file.FileData : null)) is { } url) WriteUrlSource(url);
        var beside = file.Extra.Without("file_url").With(extra);
        if (file.Filename is { } title && !isPicture && !beside.Holds("title"u8)) json.WriteString("title"u8, title);
        if (file.Cite && !isPicture && !beside.Holds("citations"u8))
        {
            json.WriteStartObject("citations"u8);
            json.WriteBoolean("enabled"u8, true);
            json.WriteEndObject();
        }
        End(cacheControl, beside);
    }

    private void WriteHeld(DataUri data)
    {
        if (IsText(data.MediaType)) WriteText(data.Text());
        else WriteBytes(TypeOf(data), data.Base64());
    }

    private void WriteHeld(InlineData data)
    {
        if (IsText(data.MediaType)) WriteText(Encoding.UTF8.GetString(JsonReading.WithoutMark(data.Bytes.Span)));
        else WriteBytes(Normal(data.MediaType), data.Bytes.Span);
    }

    /// <summary>Text is a source of its own; only pictures and PDFs are taken as bytes.</summary>
    private static bool IsText(string mediaType) => mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType is "application/json" or "application/jsonl";

    private void WriteText(string text)
    {
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, "text"u8);
        json.WriteString("media_type"u8, "text/plain"u8);
        json.WriteString("data"u8, text);
        json.WriteEndObject();
    }

    private static string Normal(string mediaType) => mediaType == "image/jpg" ? "image/jpeg" : mediaType;

    /// <summary>What the data is: what it says itself goes before what is said of it, since the service refuses a picture that is another kind than told.</summary>
    private string TypeOf(DataUri data)
    {
        var told = Normal(data.MediaType);
        if (data.TypeByItself() is not { } type || type == told) return told;
        plan.Warnings.Add("messages.content", $"{told} was sent as {type}, which its first bytes say it is");
        return type;
    }

    private void WriteBytes(string mediaType, ReadOnlySpan<byte> bytes)
    {
        Check(mediaType, bytes.Length);
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, "base64"u8);
        json.WriteString("media_type"u8, mediaType);
        json.WriteBase64String("data"u8, bytes);
        json.WriteEndObject();
    }

    /// <summary>A picture that is surely refused is not sent at all.</summary>
    private void Check(string mediaType, long bytes)
    {
        if (plan.Quirks.MaxImageBytes > 0 && bytes > plan.Quirks.MaxImageBytes && mediaType.StartsWith("image/", StringComparison.Ordinal))
            throw plan.Context.Refuse("messages", $"a picture has {Sizes.Words(bytes)}: {Sizes.Words(plan.Quirks.MaxImageBytes)} at most are taken");
    }

    private void WriteBytes(string mediaType, ReadOnlySpan<char> base64)
    {
        Check(mediaType, base64.Length / 4 * 3L);
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, "base64"u8);
        json.WriteString("media_type"u8, mediaType);
        json.WriteString("data"u8, base64);
        json.WriteEndObject();
    }

    private void WriteUrlSource(string url)
    {
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, "url"u8);
        json.WriteString("url"u8, url);
        json.WriteEndObject();
    }

    private void WriteFileSource(string id)
    {
        plan.Betas.Use("file");
        json.WriteStartObject("source"u8);
        json.WriteString("type"u8, "file"u8);
        json.WriteString("file_id"u8, id);
        json.WriteEndObject();
    }

    private void Begin(ReadOnlySpan<byte> type)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, type);
    }

    private void End(RawJson cacheControl, Extra extra)
    {
        MessagesBlockWriter.WriteCacheControl(json, cacheControl, extra);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static bool IsUrl(string? text) => text is not null && (text.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("http://", StringComparison.OrdinalIgnoreCase));
}
