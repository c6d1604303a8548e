namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(OcrResponse)
    {
        /// <summary>Reads a document or a picture, and waits for what stands in it.</summary>
        public static OcrResponse Process(string model, OcrDocument document, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Ocr.Process(new() { Model = model, Document = document }, null, cancellationToken);

        /// <summary>Reads with every option, and waits for what stands in it.</summary>
        public static OcrResponse Process(OcrRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Ocr.Process(request, options, cancellationToken);
    }

    extension(OcrResource ocr)
    {
        /// <summary>Reads a document or a picture, and waits for what stands in it.</summary>
        public OcrResponse Process(OcrRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => ocr.ProcessAsync(request, options, cancellationToken));
    }
}
