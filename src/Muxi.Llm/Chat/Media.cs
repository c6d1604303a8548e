using System.Buffers.Text;


namespace Muxi.Llm;

/// <summary>Pictures for a message, whatever they come from.</summary>
public static class Image
{
    /// <summary>Reads a picture from disk; its kind is told from its bytes, not its name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContentPart FromFile(string path, string? detail = null) => FromBytes(Media.Read(path), Media.TypeByName(path), detail);

    /// <summary>A picture in memory. The media type is told from the bytes; <paramref name="mediaType"/> counts only where they do not tell.</summary>
    public static ContentPart FromBytes(ReadOnlySpan<byte> bytes, string? mediaType = null, string? detail = null) =>
        FromUrl(Media.DataUri(bytes, Media.TypeOf(bytes) ?? mediaType ?? "application/octet-stream"), detail);

    /// <summary>A picture at an http(s) URL, which the provider fetches, or in a data URI.</summary>
    public static ContentPart FromUrl(string url, string? detail = null) => new() { Type = ContentPartType.ImageUrl, ImageUrl = new(url, detail) };
}

/// <summary>Sound for a message.</summary>
public static class Audio
{
    /// <summary>Reads a sound file; the format is told from its bytes, else from the name's ending.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContentPart FromFile(string path)
    {
        var bytes = Media.Read(path);
        return FromBytes(bytes, Media.TypeOf(bytes) is { } type && type.StartsWith("audio/", StringComparison.Ordinal) ? Media.AudioFormat(type) : Path.GetExtension(path).TrimStart('.').ToLowerInvariant());
    }

    /// <summary>Sound in memory, in the named format (<c>wav</c>, <c>mp3</c>, ...).</summary>
    public static ContentPart FromBytes(ReadOnlySpan<byte> bytes, string format) =>
        new() { Type = ContentPartType.InputAudio, InputAudio = new(Convert.ToBase64String(bytes), format) };

    /// <summary>Reads sound from a stream, from where it stands to its end; the format is told from its bytes, else it is the one that is named. The stream stays open.</summary>
    /// <param name="stream">The sound. A message holds it whole, in base64.</param>
    /// <param name="format">The format where the bytes do not tell it: raw samples (<c>pcm16</c>) do not.</param>
    /// <param name="cancellationToken">Ends the reading.</param>
    /// <exception cref="ArgumentException">Nothing stands in the stream, or its format is not to be told.</exception>
    public static async Task<ContentPart> FromStreamAsync(Stream stream, string? format = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream();
        await stream.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        var sound = bytes.GetBuffer().AsSpan(0, (int)bytes.Length);
        if (sound.IsEmpty) throw new ArgumentException("The stream is empty.", nameof(stream));
        var told = Media.TypeOf(sound) is { } type && type.StartsWith("audio/", StringComparison.Ordinal) ? Media.AudioFormat(type) : format;
        return FromBytes(sound, told ?? throw new ArgumentException("The bytes do not tell their format: name it.", nameof(format)));
    }

    /// <summary>A sound file as a data URI, such as a known speaker's voice: see <see cref="TranscriptionRequest.KnownSpeakerReferences"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string DataUriFromFile(string path)
    {
        var bytes = Media.Read(path);
        return Media.DataUri(bytes, Media.TypeOf(bytes) ?? Media.TypeByName(path) ?? "application/octet-stream");
    }
}

/// <summary>Documents for a message.</summary>
public static class Document
{
    /// <summary>Reads a document (PDF, text, ...) from disk.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContentPart FromFile(string path) => FromBytes(Media.Read(path), Path.GetFileName(path));

    /// <summary>A document in memory.</summary>
    public static ContentPart FromBytes(ReadOnlySpan<byte> bytes, string filename) => new()
    {
        Type = ContentPartType.File,
        File = new() { Filename = filename, FileData = Media.DataUri(bytes, Media.TypeOf(bytes) ?? Media.TypeByName(filename) ?? "application/octet-stream") },
    };

    /// <summary>A file that was uploaded to the provider before.</summary>
    public static ContentPart FromId(string fileId) => new() { Type = ContentPartType.File, File = new() { FileId = fileId } };
}

/// <summary>What kind of file some bytes are, and data URIs.</summary>
internal static class Media
{
    /// <exception cref="FileNotFoundException">There is no file of this name.</exception>
    public static void CheckPath(string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        if (path.Contains('\0', StringComparison.Ordinal)) throw new FileNotFoundException("A file's name holds no NUL character.", path);
        if (Directory.Exists(path)) throw new FileNotFoundException($"'{path}' is a directory, not a file.", path);
        if (!File.Exists(path)) throw new FileNotFoundException($"There is no file '{path}'.", path);
    }

    public static byte[] Read(string path)
    {
        CheckPath(path);
        var bytes = File.ReadAllBytes(path);
        return bytes.Length > 0 ? bytes : throw new FileNotFoundException($"The file '{path}' is empty.", path);
    }

    public static string DataUri(ReadOnlySpan<byte> bytes, string mediaType)
    {
        var head = $"data:{mediaType};base64,";
        return string.Create(head.Length + Base64.GetMaxEncodedToUtf8Length(bytes.Length), new Source(head, bytes), static (text, source) =>
        {
            source.Head.CopyTo(text);
            Convert.TryToBase64Chars(source.Bytes, text[source.Head.Length..], out _);
        });
    }

    /// <summary>The media type that the first bytes give away; null when they do not.</summary>
    public static string? TypeOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var (offset, magic, type) in _signatures)
            if (bytes.Length >= offset + magic.Length && bytes[offset..].StartsWith(magic)) return type;
        // Both begin with eleven or twelve set bits; AAC has no layer.
        if (bytes.Length > 2 && bytes[0] == 0xFF && (bytes[1] & 0xF6) == 0xF0) return "audio/aac";
        if (bytes.Length > 2 && bytes[0] == 0xFF && (bytes[1] & 0xE0) == 0xE0) return "audio/mpeg";
        return null;
    }

    public static string? TypeByName(string path) => Path.GetExtension(path).ToLowerInvariant() switch
    {
        ".png" => "image/png",
        ".jpg" or ".jpeg" => "image/jpeg",
        ".gif" => "image/gif",
        ".webp" => "image/webp",
        ".svg" => "image/svg+xml",
        ".pdf" => "application/pdf",
        ".txt" or ".md" => "text/plain",
        ".html" => "text/html",
        ".csv" => "text/csv",
        ".json" => "application/json",
        ".mp3" or ".mpga" or ".mpeg" => "audio/mpeg",
        ".m4a" => "audio/mp4",
        ".mp4" => "video/mp4",
        ".wav" => "audio/wav",
        ".ogg" or ".oga" or ".opus" => "audio/ogg",
        ".flac" => "audio/flac",
        ".aac" => "audio/aac",
        ".webm" => "audio/webm",
        _ => null,
    };

    public static string AudioFormat(string mediaType) => mediaType switch
    {
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        _ => mediaType[(mediaType.IndexOf('/') + 1)..],
    };

    private static readonly (int Offset, byte[] Magic, string Type)[] _signatures =
    [
        (0, [0x89, .. "PNG"u8], "image/png"),
        (0, [0xFF, 0xD8, 0xFF], "image/jpeg"),
        (0, [.. "GIF8"u8], "image/gif"),
        (8, [.. "WEBP"u8], "image/webp"),
        (8, [.. "WAVE"u8], "audio/wav"),
        (0, [.. "BM"u8], "image/bmp"),
        (0, [0x49, 0x49, 0x2A, 0], "image/tiff"),
        (0, [0x4D, 0x4D, 0, 0x2A], "image/tiff"),
        (4, [.. "ftypheic"u8], "image/heic"),
        (4, [.. "ftypavif"u8], "image/avif"),
        (4, [.. "ftypM4A"u8], "audio/mp4"),
        (0, [.. "%PDF-"u8], "application/pdf"),
        (4, [.. "ftyp"u8], "video/mp4"),
        (0, [0x1A, 0x45, 0xDF, 0xA3], "audio/webm"),
        (0, [.. "ID3"u8], "audio/mpeg"),
        (0, [.. "OggS"u8], "audio/ogg"),
        (0, [.. "fLaC"u8], "audio/flac"),
    ];

    private readonly ref struct Source(string head, ReadOnlySpan<byte> bytes)
    {
        public readonly string Head = head;
        public readonly ReadOnlySpan<byte> Bytes = bytes;
    }
}
