using System.Collections.Immutable;
using System.Globalization;

namespace Muxi.Llm;

/// <summary>OpenAI's files at a service that does not give their content back.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>/files</c>.</remarks>
public record OpenAIFileStore : FilesDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "files";

    /// <summary>The path after the base URL to which files are handed over, where it is another one; null where it is not.</summary>
    public string? UploadPath { get; init; }

    /// <summary>The field that says the file's name besides; null where nothing has to.</summary>
    public string? NameField { get; init; }

    /// <summary>Request members that the service does not know: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>The parameter that says behind what a page begins.</summary>
    public string AfterField { get; init; } = "after";

    /// <summary>The parameter that says how many files a page may hold.</summary>
    public string LimitField { get; init; } = "limit";

    /// <summary>Whether pages have numbers, from 0 on, and say neither whether there are more nor what to ask for them with.</summary>
    public bool NumberedPages { get; init; }

    /// <summary>The member of a page that says with what the next one is asked for, where that is not the last file's id.</summary>
    public string? NextField { get; init; }

    /// <inheritdoc/>
    public override HttpCall Render(FileCreateRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        var form = Form.Empty;
        if ((request.Purpose?.Value ?? DefaultPurpose) is { } purpose && !request.Extra.Holds("purpose"u8) && Takes("purpose", request.Purpose is not null, warnings)) form = form.With("purpose", purpose);
        if (request.ExpiresAfter is { } expiration && !request.Extra.Holds("expires_after"u8) && Takes("expires_after", true, warnings))
            form = form.With("expires_after[anchor]", expiration.Anchor).With("expires_after[seconds]", expiration.Seconds.ToString(CultureInfo.InvariantCulture));
        if (NameField is { } name && !request.Extra.TryGet(name, out _)) form = form.With(name, request.File.Filename);
        // The file comes last: some services do not look at what stands behind it.
        return new HttpCall(HttpMethod.Post, UploadPath ?? Path) { Form = form.With(request.Extra).With("file", request.File), Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override HttpCall Render(FileListRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        var query = new Query(Path);
        foreach (var (name, value) in (ReadOnlySpan<(string, string?)>)
            [("purpose", request.Purpose?.Value), (LimitField, request.Limit?.ToString(CultureInfo.InvariantCulture)), ("order", request.Order?.Value), (AfterField, request.After)])
            if (value is not null && Takes(name, true, warnings)) query.With(name, value);
        return new(HttpMethod.Get, query.ToString()) { Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override HttpCall Render(FileRetrieveRequest request, CallContext context) => new(HttpMethod.Get, PathOf(request.Id, context));

    /// <inheritdoc/>
    public override HttpCall Render(FileDeleteRequest request, CallContext context) => new(HttpMethod.Delete, PathOf(request.Id, context));

    /// <inheritdoc/>
    public override FileObject Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, FileJson.Read);

    /// <inheritdoc/>
    public override Page<FileObject> ParsePage(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, utf8 => FileJson.ReadPage(utf8, NextField));

    /// <inheritdoc/>
    public override IExchange<Page<FileObject>> Begin(FileListRequest request, CallContext context) => !NumberedPages ? base.Begin(request, context)
        : Exchange.Of(() => Render(Checked(request, context), context), reply => Muxi.Llm.NumberedPages.Of(ParsePage(reply, context), request.After, request.Limit));

    /// <inheritdoc/>
    public override FileDeleted ParseDeleted(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, FileJson.ReadDeleted);

    /// <summary>The path of one file.</summary>
    private protected string PathOf(string id, CallContext context) => $"{Path}/{FileJson.Segment(id, "file_id", context)}";

    /// <summary>Whether a member may be sent; the caller is told where it is not.</summary>
    private bool Takes(string name, bool isAsked, Warnings warnings)
    {
        if (!Drops.Contains(name)) return true;
        if (isAsked) warnings.Add(name, "left out: the service does not know it");
        return false;
    }
}

/// <summary>OpenAI's files, their content included.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>/files</c> and <c>/files/{file_id}/content</c>.</remarks>
public sealed record OpenAIFiles : OpenAIFileStore, IContentVerb<FileContentRequest>
{
    /// <inheritdoc/>
    public HttpCall Render(FileContentRequest request, CallContext context) => new(HttpMethod.Get, PathOf(request.Id, context) + "/content");

    /// <summary>Whatever comes is the file, but for a page of HTML that nobody calls a file: that is what stands between us and the service.</summary>
    public bool Accepts(FileContentRequest request, ReplyHeaders headers) =>
        headers["content-disposition"] is not null || headers["content-type"]?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;
}
