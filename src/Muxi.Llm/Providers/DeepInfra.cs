using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>DeepInfra. Its rerankers are asked beside OpenAI's form, each at an address of its own, with the query once for each document.</summary>
    public static Provider DeepInfra { get; } = new("deepinfra", "https://api.deepinfra.com/v1/openai", Auth.Bearer("DEEPINFRA_API_KEY", "DEEPINFRA_TOKEN", "DEEPINFRA_API_TOKEN"))
    {
        DisplayName = "DeepInfra",
        BaseUrlVariables = ["DEEPINFRA_API_BASE"],
        DefaultModel = "openai/gpt-oss-20b",
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "BAAI/bge-m3", [Operations.Rerank] = "Qwen/Qwen3-Reranker-0.6B", [Operations.Images] = "black-forest-labs/FLUX-1-schnell", [Operations.Speech] = "hexgrad/Kokoro-82M",
            [Operations.Transcription] = "openai/whisper-large-v3-turbo", [Operations.Translation] = "openai/whisper-large-v3",
        }.ToImmutableDictionary(),
        Chat = new OpenAIChat { Roles = BeforeDeveloper() }.For("openai/gpt-oss*", GptOss),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Rerank = new CohereRerank
        {
            Path = "../inference/{model}", ModelInBody = false, QueryField = "queries", QueryForm = RerankQueryForm.Repeated, DocumentForm = RerankDocumentForm.Text,
            TopField = null, ReturnField = null, MaxTokensField = null, InstructionField = "instruction",
        },
        Images = new OpenAIWholeImages(),
        Speech = new OpenAISpeech { DefaultVoice = "af_bella" },
        Transcription = new OpenAITranscription { Streams = false },
        Translation = new OpenAITranslation(),
        Files = new OpenAIFiles { DefaultPurpose = "batch", JsonLines = ["batch"] },
        Batches = new OpenAIBatches { Endpoints = ["/v1/chat/completions", "/v1/completions", "/v1/embeddings"] },
        Evidence = Evidence.VendorsPage,
        Documentation = "https://docs.deepinfra.com",
    };
}
