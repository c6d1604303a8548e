namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>SambaNova Cloud. These members are not among those it knows, and its text models want content as one text.</summary>
    public static Provider SambaNova { get; } = new("sambanova", "https://api.sambanova.ai/v1", Auth.Bearer("SAMBANOVA_API_KEY"))
    {
        DisplayName = "SambaNova Cloud",
        Chat = new OpenAIChat { PlainContent = true, Drops = ["n", "logprobs", "top_logprobs", "logit_bias", "presence_penalty", "frequency_penalty"] },
        Embeddings = new OpenAIEmbeddings(),
        Transcription = new OpenAITranscription(),
        Translation = new OpenAITranslation(),
        Documentation = "https://docs.sambanova.ai/docs/en/features/openai-compatibility",
    };
}
