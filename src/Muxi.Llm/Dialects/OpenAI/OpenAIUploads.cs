namespace Muxi.Llm;

/// <summary>OpenAI's uploads in parts.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>/uploads</c>.</remarks>
public sealed record OpenAIUploads : UploadsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "uploads";

    /// <summary>The purpose that is sent where none is given.</summary>
    public string DefaultPurpose { get; init; } = "user_data";

    /// <inheritdoc/>
    public override HttpCall Render(UploadCreateRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, Path) { Body = JsonOut.ToUtf8(request.Purpose is null ? request with { Purpose = DefaultPurpose } : request, UploadRequestJson.Write) };
    }

    /// <inheritdoc/>
    public override HttpCall Render(UploadPartRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, PathOf(request.UploadId, "parts", context)) { Form = Form.Empty.With("data", request.Data) };
    }

    /// <inheritdoc/>
    public override HttpCall Render(UploadCompleteRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, PathOf(request.UploadId, "complete", context)) { Body = JsonOut.ToUtf8(request, UploadRequestJson.Write) };
    }

    /// <inheritdoc/>
    public override HttpCall Render(UploadCancelRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return new(HttpMethod.Post, PathOf(request.UploadId, "cancel", context));
    }

    /// <inheritdoc/>
    public override Upload Parse(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, UploadJson.Read);

    /// <inheritdoc/>
    public override UploadPart ParsePart(HttpReply reply, CallContext context) => FileJson.Parse(reply, context, UploadJson.ReadPart);

    private string PathOf(string id, string what, CallContext context) => $"{Path}/{FileJson.Segment(id, "upload_id", context)}/{what}";
}
