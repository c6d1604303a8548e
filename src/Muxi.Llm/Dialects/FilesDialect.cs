using System.Collections.Immutable;
using System.Globalization;

namespace Muxi.Llm;

/// <summary>
/// A wire format of files: handing one over, listing, looking at and deleting them. One that gives their content back is also an
/// <see cref="IContentVerb{TRequest}"/> of <see cref="FileContentRequest"/>. What a service takes is data, so that a file is not sent in vain.
/// </summary>
public abstract record FilesDialect : Dialect,
    IVerb<FileCreateRequest, FileObject>, IVerb<FileListRequest, Page<FileObject>>, IVerb<FileRetrieveRequest, FileObject>, IVerb<FileDeleteRequest, FileDeleted>
{
    /// <summary>The largest file that one call takes, in bytes; 0 where the service does not say.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The largest file of a purpose, in bytes and by whatever way, where that is less.</summary>
    public ImmutableDictionary<string, long> MaxBytesOfPurpose { get; init; } = ImmutableDictionary<string, long>.Empty;

    /// <summary>Purposes whose files must be JSON lines and be called <c>.jsonl</c>.</summary>
    public ImmutableArray<string> JsonLines { get; init; } = [];

    /// <summary>The purpose that is sent where none is given; null for none.</summary>
    public string? DefaultPurpose { get; init; }

    /// <summary>How many files a page of a list may hold at most; 0 where the service does not say.</summary>
    public int MaxLimit { get; init; }

    /// <summary>The HTTP request that hands a file over.</summary>
    public abstract HttpCall Render(FileCreateRequest request, CallContext context);

    /// <summary>The HTTP request for a page of a list.</summary>
    public abstract HttpCall Render(FileListRequest request, CallContext context);

    /// <summary>The HTTP request for a file's description.</summary>
    public abstract HttpCall Render(FileRetrieveRequest request, CallContext context);

    /// <summary>The HTTP request that deletes a file.</summary>
    public abstract HttpCall Render(FileDeleteRequest request, CallContext context);

    /// <summary>The file in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract FileObject Parse(HttpReply reply, CallContext context);

    /// <summary>The page in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract Page<FileObject> ParsePage(HttpReply reply, CallContext context);

    /// <summary>What became of a file that was to be deleted.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract FileDeleted ParseDeleted(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public virtual IExchange<FileObject> Begin(FileCreateRequest request, CallContext context) => Exchange.Of(() => Render(Checked(request, context), context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public virtual IExchange<Page<FileObject>> Begin(FileListRequest request, CallContext context) => Exchange.Of(() => Render(Checked(request, context), context), reply => ParsePage(reply, context));

    /// <inheritdoc/>
    public IExchange<FileObject> Begin(FileRetrieveRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public IExchange<FileDeleted> Begin(FileDeleteRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Gone(reply, request.Id, context));

    /// <summary>A reply without a body, or without an id, is about what was asked for.</summary>
    private FileDeleted Gone(HttpReply reply, string id, CallContext context)
    {
        if (reply.Body.Span.Trim(" \t\r\n"u8).IsEmpty) return new() { Id = id, Deleted = true };
        var gone = ParseDeleted(reply, context);
        return gone.Id.Length > 0 ? gone : gone with { Id = id };
    }

    /// <summary>The most that a file of a purpose may have, by whatever way it comes; null where nobody says.</summary>
    internal long? MostFor(FilePurpose? purpose) => MaxBytesOfPurpose.TryGetValue((purpose?.Value ?? DefaultPurpose) ?? "", out var most) ? most : null;

    /// <summary>The request, when its file is not known to be too large.</summary>
    /// <exception cref="BadRequestException">The file is larger than what the service takes.</exception>
    private protected FileCreateRequest Checked(FileCreateRequest request, CallContext context)
    {
        var (purpose, length) = (request.Purpose, request.File.Length);
        if (MostFor(purpose) is { } most && length > most) throw context.Refuse("file", $"a file for {purpose?.Value ?? DefaultPurpose} may have {Megabytes(most)}; '{request.File.Filename}' has {Megabytes(length.Value)}");
        if (MaxBytes > 0 && length > MaxBytes) throw context.Refuse("file", $"a file may have {Megabytes(MaxBytes)}; '{request.File.Filename}' has {Megabytes(length.Value)}");
        return request;
    }

    /// <exception cref="BadRequestException">The page is larger than what the service gives.</exception>
    private protected FileListRequest Checked(FileListRequest request, CallContext context) =>
        MaxLimit > 0 && request.Limit > MaxLimit ? throw context.Refuse("limit", string.Create(CultureInfo.InvariantCulture, $"a page may hold {MaxLimit} files at most, not {request.Limit}")) : request;

    /// <summary>A size for people; never rounded to the limit that it is beyond.</summary>
    internal static string Megabytes(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1 << 20):0.######} MB");
}
