using System.Diagnostics.CodeAnalysis;

namespace Muxi.Llm;

/// <summary>What is read: a document or a picture, at an address, in a file, in memory, or uploaded before.</summary>
public sealed record OcrDocument
{
    private OcrDocument() { }

    /// <summary>The address of a document, or a data URI that holds it; null for the other forms.</summary>
    public string? DocumentUrl { get; private init; }

    /// <summary>The document's name; null where it has none.</summary>
    public string? DocumentName { get; init; }

    /// <summary>The address of a picture, or a data URI that holds it; null for the other forms.</summary>
    public string? ImageUrl { get; private init; }

    /// <summary>The id of a file that was uploaded to the provider before; null for the other forms.</summary>
    public string? FileId { get; private init; }

    /// <summary>A file that goes along, read while it is sent; null for the other forms.</summary>
    public FileSource? File { get; private init; }

    /// <summary>Members beside the document that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>A document or a picture at an address, which the provider reads, or in a data URI. What ends as a picture's name does, or says that it is one, is a picture; <see cref="FromImageUrl"/> says it of others.</summary>
    public static OcrDocument FromUrl(string url)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        return IsPicture(url) ? FromImageUrl(url) : new() { DocumentUrl = url };
    }

    /// <summary>A picture at an address, which the provider reads, or in a data URI.</summary>
    public static OcrDocument FromImageUrl(string url)
    {
        ArgumentException.ThrowIfNullOrEmpty(url);
        return new() { ImageUrl = url };
    }

    /// <summary>A file that was uploaded to the provider before, for the purpose <c>ocr</c> at Mistral.</summary>
    public static OcrDocument FromFileId(string id)
    {
        ArgumentException.ThrowIfNullOrEmpty(id);
        return new() { FileId = id };
    }

    /// <summary>A document or a picture on disk; its kind is told from its bytes, else from the name's ending.</summary>
    /// <exception cref="FileNotFoundException">There is no such file, or it is empty.</exception>
    public static OcrDocument FromFile(string path) => FromFile(FileSource.FromFile(path));

    /// <summary>A document or a picture from wherever it is. It is read while it is sent.</summary>
    public static OcrDocument FromFile(FileSource file)
    {
        ArgumentNullException.ThrowIfNull(file);
        return new() { File = file };
    }

    /// <summary>A document or a picture in memory, which must not change until it is sent; its kind is told from the bytes, else from the name's ending.</summary>
    public static OcrDocument FromBytes(ReadOnlyMemory<byte> bytes, string filename) => FromFile(FileSource.FromBytes(bytes, filename));

    /// <summary>An address, as <see cref="FromUrl"/> takes it.</summary>
    [return: NotNullIfNotNull(nameof(url))]
    public static implicit operator OcrDocument?(string? url) => url is null ? null : FromUrl(url);

    /// <summary>The address, the id or the file's name; of a data URI what it holds.</summary>
    public override string ToString() => FileId ?? File?.Filename ?? ((DocumentUrl ?? ImageUrl) is { } url ? DataUri.Read(url) is { } data ? data.MediaType : url : "");

    /// <summary>A document at an address, whatever that ends in.</summary>
    internal static OcrDocument OfDocument(string url) => new() { DocumentUrl = url };

    /// <summary>The document with the file's id as the provider knows it.</summary>
    internal OcrDocument WithFileId(string id) => this with { FileId = id };

    private static bool IsPicture(string url)
    {
        if (DataUri.Read(url) is { } data) return data.MediaType.StartsWith("image/", StringComparison.Ordinal);
        var path = Uri.TryCreate(url, UriKind.Absolute, out var address) ? address.AbsolutePath : url;
        return Media.TypeByName(path)?.StartsWith("image/", StringComparison.Ordinal) == true;
    }
}
