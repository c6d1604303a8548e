namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>LM Studio's server on one's own machine. It takes a schema but no <c>json_object</c>.</summary>
    public static Provider LMStudio { get; } = new("lmstudio", "http://localhost:1234/v1", Auth.Bearer("LM_STUDIO_API_KEY").Optional())
    {
        DisplayName = "LM Studio",
        Aliases = ["lm_studio"],
        IsSelfHosted = true,
        BaseUrlVariables = ["LM_STUDIO_API_BASE"],
        StartHint = "start it with 'lms server start'",
        Chat = new OpenAIChat { ResponseFormats = ["text", "json_schema"] },
        Responses = new OpenAIResponseCreation { PreviousResponses = true, EncryptedReasoning = false },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Evidence = Evidence.Recorded,
        Documentation = "https://lmstudio.ai/docs/app/api/endpoints/openai",
    };
}
