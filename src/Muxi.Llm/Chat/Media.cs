using System.Buffers.Text;

namespace Muxi.Llm;

/// <summary>Pictures for a message, whatever they come from.</summary>
public static class Image
{
    /// <summary>Reads a picture from disk; its kind is told from its bytes, not its name.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContentPart FromFile(string path, string? detail = null) => Of(Media.Read(path), Media.TypeByName(path), detail);

    /// <summary>A picture in memory. The media type is told from the bytes; <paramref name="mediaType"/> counts only where they do not tell.</summary>
    public static ContentPart FromBytes(ReadOnlySpan<byte> bytes, string? mediaType = null, string? detail = null) => Of(bytes.ToArray(), mediaType, detail);

    /// <summary>Reads a picture from a stream, from where it stands to its end; the stream stays open.</summary>
    public static ContentPart FromStream(Stream stream, string? detail = null) => Of(Media.Read(stream), null, detail);

    /// <summary>As <see cref="FromStream"/>, without waiting on a thread.</summary>
    public static async Task<ContentPart> FromStreamAsync(Stream stream, string? detail = null, CancellationToken cancellationToken = default) =>
        Of(await Media.ReadAsync(stream, cancellationToken).ConfigureAwait(false), null, detail);

    /// <summary>A picture at an http(s) URL, which the provider fetches, or in a data URI.</summary>
    public static ContentPart FromUrl(string url, string? detail = null) => new() { Type = ContentPartType.ImageUrl, ImageUrl = new(url, detail) };

    private static ContentPart Of(byte[] bytes, string? mediaType, string? detail) =>
        new() { Type = ContentPartType.ImageUrl, ImageUrl = new(new InlineData(bytes, Media.TypeOf(bytes) ?? mediaType?.ToLowerInvariant() ?? Media.Unknown), detail) };
}

/// <summary>Sound for a message.</summary>
public static class Audio
{
    /// <summary>Reads a sound file; the format is told from its bytes, else from the name's ending.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContentPart FromFile(string path) => Of(Media.Read(path), Path.GetExtension(path).TrimStart('.').ToLowerInvariant());

    /// <summary>Sound in memory, in the named format (<c>wav</c>, <c>mp3</c>, ...).</summary>
    public static ContentPart FromBytes(ReadOnlySpan<byte> bytes, string format) => new() { Type = ContentPartType.InputAudio, InputAudio = new(bytes.ToArray().AsMemory(), format) };

    /// <summary>Reads sound from a stream, from where it stands to its end; the stream stays open. The format is told from the bytes; <paramref name="format"/> counts where they do not tell.</summary>
    /// <exception cref="ArgumentException">Nothing stands in the stream, or its format is not to be told.</exception>
    public static ContentPart FromStream(Stream stream, string? format = null) => Of(Media.Read(stream), format);

    /// <summary>As <see cref="FromStream"/>, without waiting on a thread.</summary>
    public static async Task<ContentPart> FromStreamAsync(Stream stream, string? format = null, CancellationToken cancellationToken = default) =>
        Of(await Media.ReadAsync(stream, cancellationToken).ConfigureAwait(false), format);

    /// <summary>A sound file as a data URI, such as a known speaker's voice: see <see cref="TranscriptionRequest.KnownSpeakerReferences"/>.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static string DataUriFromFile(string path)
    {
        var bytes = Media.Read(path);
        return Media.DataUri(bytes, Media.TypeOf(bytes) ?? Media.TypeByName(path) ?? Media.Unknown);
    }

    /// <summary>Sound in a data URI.</summary>
    /// <exception cref="ArgumentException">The text is none, or its base64 is broken.</exception>
    public static ContentPart FromDataUri(string uri)
    {
        ArgumentException.ThrowIfNullOrEmpty(uri);
        return DataUri.Read(uri) is { } data && data.Bytes() is { } bytes ? Of(bytes, Media.AudioFormat(data.MediaType)) : throw new ArgumentException("The text is no data URI with sound in it.", nameof(uri));
    }

    private static ContentPart Of(byte[] bytes, string? format)
    {
        var told = Media.TypeOf(bytes) is { } type && type.StartsWith("audio/", StringComparison.Ordinal) ? Media.AudioFormat(type) : format;
        return new() { Type = ContentPartType.InputAudio, InputAudio = new(bytes.AsMemory(), told ?? throw new ArgumentException("The bytes do not tell their format: name it.", nameof(format))) };
    }
}

/// <summary>Documents for a message.</summary>
public static class Document
{
    /// <summary>Reads a document (PDF, text, ...) from disk.</summary>
    /// <exception cref="FileNotFoundException">There is no such file.</exception>
    public static ContentPart FromFile(string path) => Of(Media.Read(path), Path.GetFileName(path));

    /// <summary>A document in memory. Its media type is told from the bytes, else from the name.</summary>
    public static ContentPart FromBytes(ReadOnlySpan<byte> bytes, string filename) => Of(bytes.ToArray(), filename);

    /// <summary>Reads a document from a stream, from where it stands to its end; the stream stays open.</summary>
    public static ContentPart FromStream(Stream stream, string filename) => Of(Media.Read(stream), filename);

    /// <summary>As <see cref="FromStream"/>, without waiting on a thread.</summary>
    public static async Task<ContentPart> FromStreamAsync(Stream stream, string filename, CancellationToken cancellationToken = default) =>
        Of(await Media.ReadAsync(stream, cancellationToken).ConfigureAwait(false), filename);

    /// <summary>A document in a data URI, or at an http(s) address where the provider reads it from (Anthropic and OpenRouter do, OpenAI does not).</summary>
    public static ContentPart FromUrl(string url, string? filename = null) => new() { Type = ContentPartType.File, File = new() { Filename = filename, FileData = url } };

    /// <summary>A file that was uploaded to the provider before.</summary>
    public static ContentPart FromId(string fileId) => new() { Type = ContentPartType.File, File = new() { FileId = fileId } };

    private static ContentPart Of(byte[] bytes, string filename) => new()
    {
        Type = ContentPartType.File, File = new() { Filename = filename, Data = new(bytes, Media.TypeOf(bytes) ?? Media.TypeByName(filename) ?? Media.Unknown) },
    };
}

/// <summary>What kind of file some bytes are, and data URIs.</summary>
internal static partial class Media
{
    /// <summary>What is told of bytes that are nothing we know.</summary>
    public const string Unknown = "application/octet-stream";

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

    public static byte[] Read(Stream stream)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream(RoomFor(stream));
        stream.CopyTo(bytes);
        return Taken(bytes);
    }

    public static async Task<byte[]> ReadAsync(Stream stream, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(stream);
        using var bytes = new MemoryStream(RoomFor(stream));
        await stream.CopyToAsync(bytes, cancellationToken).ConfigureAwait(false);
        return Taken(bytes);
    }

    private static int RoomFor(Stream stream) => stream.CanSeek ? (int)Math.Clamp(stream.Length - stream.Position, 0, Array.MaxLength) : 0;

    private static byte[] Taken(MemoryStream bytes)
    {
        if (bytes.Length == 0) throw new ArgumentException("The stream has nothing to read.");
        return bytes.Length == bytes.Capacity ? bytes.GetBuffer() : bytes.ToArray();
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

    private readonly ref struct Source(string head, ReadOnlySpan<byte> bytes)
    {
        public readonly string Head = head;
        public readonly ReadOnlySpan<byte> Bytes = bytes;
    }
}
