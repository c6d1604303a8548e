namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Ocr.cs.
public sealed partial record OcrResponse
{
    /// <summary>Reads a document or a picture: <c>await OcrResponse.ProcessAsync("mistral/mistral-ocr-latest", "https://example.com/a.pdf")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="OcrResource.ProcessAsync"/>.</exception>
    public static Task<OcrResponse> ProcessAsync(string model, OcrDocument document, CancellationToken cancellationToken = default) =>
        ProcessAsync(new OcrRequest { Model = model, Document = document }, null, cancellationToken);

    /// <summary>Reads with every option.</summary>
    /// <exception cref="LlmException">As <see cref="OcrResource.ProcessAsync"/>.</exception>
    public static Task<OcrResponse> ProcessAsync(OcrRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Ocr.ProcessAsync(request, options, cancellationToken);
}
