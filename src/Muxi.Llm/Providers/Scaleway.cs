using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Scaleway Generative APIs. Its page names these members as not supported. The key is one for the whole account, so there is no model by default.</summary>
    public static Provider Scaleway { get; } = new("scaleway", "https://api.scaleway.ai/v1", Auth.Bearer("SCW_SECRET_KEY"))
    {
        DisplayName = "Scaleway Generative APIs",
        Chat = new OpenAIChat { Drops = ["frequency_penalty", "n", "top_logprobs", "logit_bias", "user"] },
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Transcription = new OpenAITranscription(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "qwen3-embedding-8b", [Operations.Transcription] = "whisper-large-v3" }.ToImmutableDictionary(),
        Documentation = "https://www.scaleway.com/en/docs/generative-apis/api-cli/using-chat-api/",
        Evidence = Evidence.VendorsPage,
    };
}
