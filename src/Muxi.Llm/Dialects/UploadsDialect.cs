namespace Muxi.Llm;

/// <summary>A wire format of uploads in parts.</summary>
public abstract record UploadsDialect : Dialect,
    IVerb<UploadCreateRequest, Upload>, IVerb<UploadPartRequest, UploadPart>, IVerb<UploadCompleteRequest, Upload>, IVerb<UploadCancelRequest, Upload>
{
    /// <summary>The largest file, in bytes.</summary>
    public long MaxBytes { get; init; }

    /// <summary>The largest part, in bytes.</summary>
    public long MaxPartBytes { get; init; }

    /// <summary>The HTTP request that begins an upload.</summary>
    public abstract HttpCall Render(UploadCreateRequest request, CallContext context);

    /// <summary>The HTTP request that adds a part.</summary>
    public abstract HttpCall Render(UploadPartRequest request, CallContext context);

    /// <summary>The HTTP request that completes an upload.</summary>
    public abstract HttpCall Render(UploadCompleteRequest request, CallContext context);

    /// <summary>The HTTP request that gives an upload up.</summary>
    public abstract HttpCall Render(UploadCancelRequest request, CallContext context);

    /// <summary>The upload in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract Upload Parse(HttpReply reply, CallContext context);

    /// <summary>The part in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract UploadPart ParsePart(HttpReply reply, CallContext context);

    /// <inheritdoc/>
    public IExchange<Upload> Begin(UploadCreateRequest request, CallContext context) => Exchange.Of(() => Render(Checked(request, context), context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public IExchange<UploadPart> Begin(UploadPartRequest request, CallContext context) => Exchange.Of(() => Render(Checked(request, context), context), reply => ParsePart(reply, context));

    /// <inheritdoc/>
    public IExchange<Upload> Begin(UploadCompleteRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    /// <inheritdoc/>
    public IExchange<Upload> Begin(UploadCancelRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    private UploadCreateRequest Checked(UploadCreateRequest request, CallContext context) =>
        request.Bytes > MaxBytes ? throw context.Refuse("bytes", $"a file in parts may have {FilesDialect.Megabytes(MaxBytes)}; '{request.Filename}' has {FilesDialect.Megabytes(request.Bytes)}") : request;

    private UploadPartRequest Checked(UploadPartRequest request, CallContext context) =>
        request.Data.Length > MaxPartBytes ? throw context.Refuse("data", $"a part may have {FilesDialect.Megabytes(MaxPartBytes)}; this one has {FilesDialect.Megabytes(request.Data.Length.Value)}") : request;
}
