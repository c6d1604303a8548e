namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>AIHubMix: the models of many makers by one key.</summary>
    public static Provider AIHubMix { get; } = new("aihubmix", "https://aihubmix.com/v1", Auth.Bearer("AIHUBMIX_API_KEY"))
    {
        DisplayName = "AIHubMix",
        BaseUrlVariables = ["AIHUBMIX_API_BASE"],
        Chat = new OpenAIChat(),
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        Embeddings = new OpenAIEmbeddings(),
        Moderations = new OpenAIModerations(),
        Images = new OpenAIImageGeneration(),
        Speech = new OpenAISpeech(),
        Transcription = new OpenAITranscription(),
        Documentation = "https://docs.aihubmix.com/en",
    };
}
