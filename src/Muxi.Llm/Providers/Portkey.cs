namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Portkey's gateway. Whose model it is stands in the name, <c>@provider/model</c>, or in a header, <c>x-portkey-provider</c> or <c>x-portkey-config</c>.</summary>
    public static Provider Portkey { get; } = new("portkey", "https://api.portkey.ai/v1", Auth.Key("x-portkey-api-key", "PORTKEY_API_KEY"))
    {
        DisplayName = "Portkey",
        BaseUrlVariables = ["PORTKEY_API_BASE"],
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Images = new OpenAIImageGeneration(),
        Speech = new OpenAISpeech(),
        Transcription = new OpenAITranscription(),
        Documentation = "https://portkey.ai/docs/api-reference/inference-api/introduction",
        Evidence = Evidence.Recorded,
    };
}
