namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Text Embeddings Inference: embeddings by <c>/embed</c>, ranking by <c>/rerank</c>, whichever of them the model that it runs is for. What a request calls the model is no matter. It has
    /// OpenAI's <c>/v1/embeddings</c> as well, which takes less.
    /// </summary>
    public static Provider Tei { get; } = new("tei", "http://localhost:8080", Auth.Bearer("TEI_API_KEY").Optional())
    {
        DisplayName = "Text Embeddings Inference",
        Aliases = ["text-embeddings-inference"],
        IsSelfHosted = true,
        StartHint = "start it with 'docker run -p 8080:80 ghcr.io/huggingface/text-embeddings-inference:cpu-latest --model-id MODEL'",
        Embeddings = new HuggingFaceEmbeddings { Path = "embed", Runner = "", DimensionsField = "dimensions" },
        Rerank = new CohereRerank { ModelInBody = false, DocumentsField = "texts", DocumentForm = RerankDocumentForm.Text, TopField = null, ReturnField = "return_text", MaxTokensField = null },
        Models = null,
        Evidence = Evidence.VendorsPage,
        Documentation = "https://huggingface.github.io/text-embeddings-inference/",
    };
}
