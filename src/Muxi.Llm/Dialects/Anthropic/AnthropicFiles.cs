namespace Muxi.Llm;

/// <summary>
/// Anthropic's files, a beta: they have no purpose and do not expire, pages go by <c>after_id</c>, and only what its tools made can be read again; asking for
/// another one's content is a 400.
/// </summary>
/// <remarks>Source: <c>/v1/files</c> of Anthropic's API reference, as of 2026-11; the 400 was recorded 2026-08.</remarks>
public sealed record AnthropicFiles : FilesDialect, IContentVerb<FileContentRequest>
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "files";

    /// <summary>The value of <c>anthropic-beta</c> that every call needs.</summary>
    public string Beta { get; init; } = "files-api-2025-04-14";

    /// <inheritdoc/>
    public override HttpCall Render(FileCreateRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<Warning> warnings = [];
        if (request.Purpose is not null) warnings.Add(new("purpose", "left out: the service's files are for any purpose"));
        if (request.ExpiresAfter is not null) warnings.Add(new("expires_after", "left out: the service's files stay until they are deleted"));
        return Call(HttpMethod.Post, Path) with { Form = Form.Empty.With(request.Extra).With("file", request.File), Warnings = warnings };
    }

    /// <inheritdoc/>
    public override HttpCall Render(FileListRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        List<Warning> warnings = [];
        if (request.Purpose is not null) warnings.Add(new("purpose", "left out: the service's files are for any purpose"));
        if (request.Order is not null) warnings.Add(new("order", "left out: the service has an order of its own"));
        return Call(HttpMethod.Get, new Query(Path).With("limit", request.Limit).With("after_id", request.After).ToString()) with { Warnings = warnings };
    }

    /// <inheritdoc/>
    public override HttpCall Render(FileRetrieveRequest request, CallContext context) => Call(HttpMethod.Get, PathOf(request.Id, context));

    /// <inheritdoc/>
    public override HttpCall Render(FileDeleteRequest request, CallContext context) => Call(HttpMethod.Delete, PathOf(request.Id, context));

    /// <inheritdoc/>
    public HttpCall Render(FileContentRequest request, CallContext context) => Call(HttpMethod.Get, PathOf(request.Id, context) + "/content");

    /// <summary>Whatever comes with a good status is the file.</summary>
    public bool Accepts(FileContentRequest request, ReplyHeaders headers) =>
        headers["content-disposition"] is not null || headers["content-type"]?.StartsWith("text/html", StringComparison.OrdinalIgnoreCase) != true;

    /// <inheritdoc/>
    public override FileObject Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, FileJson.Read);

    /// <inheritdoc/>
    public override Page<FileObject> ParsePage(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, static utf8 => FileJson.ReadPage(utf8, null));

    /// <inheritdoc/>
    public override FileDeleted ParseDeleted(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, FileJson.ReadDeleted);

    private string PathOf(string id, CallContext context) => $"{Path}/{FileJson.Segment(id, "file_id", context)}";

    private HttpCall Call(HttpMethod method, string path) => new(method, path) { AddedHeaders = [new("anthropic-beta", Beta)] };
}
