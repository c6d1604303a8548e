using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes pictures, documents, sound and video: as bytes, or by an address in S3.</summary>
internal sealed class ConverseMediaWriter(Utf8JsonWriter json, ConversePlan plan)
{
    private const string Bucket = "s3://";

    private readonly HashSet<string> _names = new(StringComparer.OrdinalIgnoreCase);

    public void WriteImage(ImageUrl image, Extra extra)
    {
        if (image.Detail is not (null or "auto")) plan.Warnings.Add("image_url.detail", "left out: the service looks as closely as it can");
        if (IsInS3(image.Url)) WriteS3("image"u8, Media.TypeByName(image.Url) ?? "image/png", image.Url, image.Extra.With(extra));
        else WriteBytes("image"u8, Held(image.Data, image.Url, "image/png"), extra);
    }

    /// <summary>A document; by its kind it may be a picture, a sound or a video as well.</summary>
    public void WriteFile(InputFile file, Extra extra)
    {
        if (file.FileId is { } id) throw plan.Context.Refuse("messages", $"the file '{id}' is named by an id, and the service keeps no files: send it itself, or by its address in S3 (s3://BUCKET/KEY)");
        var more = Members(file, extra);
        var named = Media.TypeByName(file.Filename ?? "");
        if (file.Data is null && file.FileData is { } address && IsInS3(address))
        {
            var type = named ?? Media.TypeByName(address) ?? "application/pdf";
            // What is plain text by its type may have a name that says more.
            if (type == "text/plain" && (FormatByName(file.Filename ?? "") ?? FormatByName(address)) is { } format && !more.Holds("format"u8)) more = more.With("format", Quoted(format));
            WriteS3(KindOf(type), type, address, KindOf(type).SequenceEqual("document"u8) ? more.With("name", Quoted(NameFor(file.Filename))) : more);
            return;
        }
        var held = Held(file.Data, file.FileData ?? "", named ?? "application/pdf");
        // What is plain text to the bytes may have a name that says more.
        if (held.Type == "text/plain" && file.Filename is { } name && FormatByName(name) is { } word) held = held with { Format = word };
        WriteBytes(KindOf(held.Type), held, KindOf(held.Type).SequenceEqual("document"u8) ? new Extra().With("name", Quoted(NameFor(file.Filename))).With(more) : more);
    }

    /// <summary>What stands beside a file, that it is to be cited among it.</summary>
    private static Extra Members(InputFile file, Extra extra)
    {
        var more = file.Extra.With(extra);
        return file.Cite && !more.Holds("citations"u8) && IsDocument(file) ? more.With("citations", """{"enabled":true}""") : more;
    }

    /// <summary>Whether a file goes as a document, as far as it can be told without reading it.</summary>
    public static bool IsDocument(InputFile file)
    {
        var named = Media.TypeByName(file.Filename ?? "");
        var type = file.Data?.MediaType ?? (file.FileData is { } text ? IsInS3(text) ? named ?? Media.TypeByName(text) : DataUri.Read(text)?.MediaType ?? named : named);
        return KindOf(type ?? "").SequenceEqual("document"u8);
    }

    public void WriteAudio(InputAudio sound)
    {
        var bytes = sound.Bytes?.ToArray() ?? Base64Text.Decode(sound.Data) ?? throw plan.Context.Refuse("messages", "a sound is no base64");
        WriteBytes("audio"u8, new(bytes, "audio/" + sound.Format, sound.Format), default);
    }

    /// <summary>A video as routers take it: <c>{"type":"video_url","video_url":{"url":"..."}}</c>.</summary>
    public void WriteVideo(ContentPart part)
    {
        var url = part.Extra["video_url"] is { IsEmpty: false } raw && raw.ToElement() is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty("url"u8, out var text) && text.ValueKind == JsonValueKind.String ? text.GetString()! : "";
        if (IsInS3(url)) WriteS3("video"u8, Media.TypeByName(url) ?? "video/mp4", url, default);
        else WriteBytes("video"u8, Held(null, url, "video/mp4"), default);
    }

    private static bool IsInS3(string url) => url.StartsWith(Bucket, StringComparison.OrdinalIgnoreCase);

    private static ReadOnlySpan<byte> KindOf(string type) => type.AsSpan() switch
    {
        var it when it.StartsWith("image/") => "image"u8,
        var it when it.StartsWith("audio/") => "audio"u8,
        var it when it.StartsWith("video/") => "video"u8,
        _ => "document"u8,
    };

    private Medium Held(InlineData? data, string text, string otherwise)
    {
        if (data is not null) return Of(data.Bytes, data.MediaType);
        if (text.StartsWith("http://", StringComparison.OrdinalIgnoreCase) || text.StartsWith("https://", StringComparison.OrdinalIgnoreCase))
            throw plan.Context.Refuse("messages", "the service reads no addresses of the web: send the picture or file itself, or by its address in S3 (s3://BUCKET/KEY)");
        var uri = DataUri.Read(text) ?? DataUri.Of(otherwise, text);
        var bytes = uri.Bytes() ?? throw plan.Context.Refuse("messages", "a picture or file is no base64: give a data URI (data:image/png;base64,...)");
        var told = uri.MediaType == "image/jpg" ? "image/jpeg" : uri.MediaType;
        // The service refuses a picture that is another kind than told.
        if (uri.TypeByItself() is not { } type || type == told) return Of(bytes, told);
        plan.Warnings.Add("messages.content", $"{told} was sent as {type}, which its first bytes say it is");
        return Of(bytes, type);
    }

    private static Medium Of(ReadOnlyMemory<byte> bytes, string type) => new(bytes, type, FormatOf(type));

    /// <summary>The service's word for a kind of file; another kind keeps its own, for the service to judge.</summary>
    private static string FormatOf(string type) => type switch
    {
        "text/plain" or "application/json" or "text/jsonl" => "txt",
        "text/markdown" => "md",
        "video/quicktime" => "mov",
        "video/x-matroska" => "mkv",
        "video/3gpp" => "three_gp",
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        _ => Media.ExtensionOf(type) is { Length: > 1 } ending ? ending == ".jpg" ? "jpeg" : ending[1..] : type[(type.IndexOf('/', StringComparison.Ordinal) + 1)..],
    };

    private static string? FormatByName(string name) => System.IO.Path.GetExtension(name).ToLowerInvariant() switch
    {
        ".md" or ".markdown" => "md",
        ".csv" => "csv",
        ".html" or ".htm" => "html",
        _ => null,
    };

    private void WriteBytes(ReadOnlySpan<byte> kind, Medium medium, Extra extra)
    {
        var (isImage, isDocument) = (kind.SequenceEqual("image"u8), kind.SequenceEqual("document"u8));
        if (isImage) Check(medium.Bytes.Length, plan.Quirks.MaxImageBytes, "a picture");
        if (isDocument) Check(medium.Bytes.Length, plan.Quirks.MaxDocumentBytes, "a document");
        Begin(kind, medium.Format, extra);
        json.WriteBase64String("bytes"u8, medium.Bytes.Span);
        End(extra);
    }

    private void WriteS3(ReadOnlySpan<byte> kind, string type, string address, Extra extra)
    {
        Begin(kind, FormatOf(type), extra);
        json.WriteStartObject("s3Location"u8);
        json.WriteString("uri"u8, address);
        if (extra.GetString("bucketOwner") is { } owner) json.WriteString("bucketOwner"u8, owner);
        json.WriteEndObject();
        End(extra.Without("bucketOwner"));
    }

    private void Begin(ReadOnlySpan<byte> kind, string format, Extra extra)
    {
        json.WriteStartObject();
        json.WriteStartObject(kind);
        if (!extra.Holds("format"u8)) json.WriteString("format"u8, format);
        json.WriteStartObject("source"u8);
    }

    private void End(Extra extra)
    {
        json.WriteEndObject();
        extra.WriteMembers(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private void Check(long bytes, long most, string what)
    {
        if (most > 0 && bytes > most) throw plan.Context.Refuse("messages", $"{what} has {Sizes.Words(bytes)}: {Sizes.Words(most)} at most are taken");
    }

    /// <summary>A document's name: what of its file's name the service takes, and another one than those before it.</summary>
    private string NameFor(string? file)
    {
        var name = new StringBuilder();
        foreach (var letter in System.IO.Path.GetFileNameWithoutExtension(file ?? ""))
        {
            var taken = char.IsAsciiLetterOrDigit(letter) || letter is '-' or '(' or ')' or '[' or ']' ? letter : char.IsWhiteSpace(letter) ? ' ' : '-';
            // Of blanks no two may follow each other.
            if (taken != ' ' || (name.Length > 0 && name[^1] != ' ')) name.Append(taken);
        }
        var wanted = name.ToString().Trim(' ', '-') is { Length: > 0 } some ? some[..Math.Min(some.Length, 180)] : "document";
        var given = wanted;
        for (var i = 2; !_names.Add(given); i++) given = $"{wanted} ({i})";
        return given;
    }

    private static string Quoted(string text) => JsonOut.ToText(text, static (json, it) => json.WriteStringValue(it), indented: false);

    /// <summary>Bytes and what they are.</summary>
    private readonly record struct Medium(ReadOnlyMemory<byte> Bytes, string Type, string Format);
}
