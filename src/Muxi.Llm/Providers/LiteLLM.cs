namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>A LiteLLM proxy: it has all of OpenAI's operations, as far as the service behind a model has them.</summary>
    public static Provider LiteLLM { get; } = new("litellm", "http://localhost:4000", Auth.Bearer("LITELLM_PROXY_API_KEY").Optional())
    {
        DisplayName = "LiteLLM proxy",
        Aliases = ["litellm_proxy"],
        IsSelfHosted = true,
        BaseUrlVariables = ["LITELLM_PROXY_API_BASE"],
        StartHint = "start it with 'litellm --config FILE'",
        Chat = new OpenAIChat(),
        Responses = new OpenAIResponses(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { RankFields = true, InstructionField = "instruction" },
        Moderations = new OpenAIModerations(),
        Images = new OpenAIImages(),
        Speech = new OpenAISpeech(),
        Transcription = new OpenAITranscription(),
        Translation = new OpenAITranslation(),
        Files = new OpenAIFiles(),
        Batches = new OpenAIBatches(),
        Documentation = "https://docs.litellm.ai/docs/simple_proxy",
        Evidence = Evidence.Recorded,
    };
}
