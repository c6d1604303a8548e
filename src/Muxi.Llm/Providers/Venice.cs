using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Venice AI. Its own instructions go with ours unless <c>venice_parameters</c> says otherwise. Responses are made by its chat: its own endpoint overlooks instructions for most models (2026).</summary>
    public static Provider Venice { get; } = new("venice", "https://api.venice.ai/api/v1", Auth.Bearer("VENICE_API_KEY", "VENICE_AI_API_KEY"))
    {
        DisplayName = "Venice AI",
        Aliases = ["veniceai"],
        DefaultModel = "venice-uncensored-1-2",
        Chat = new OpenAIChat(),
        Embeddings = new OpenAIEmbeddings(),
        Images = new OpenAIImageGeneration(),
        Speech = new OpenAISpeech { DefaultVoice = "af_sky" },
        Transcription = new OpenAITranscription { Formats = ["json", "text"], Streams = false },
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "text-embedding-bge-m3", [Operations.Images] = "venice-sd35", [Operations.Speech] = "tts-kokoro" }.ToImmutableDictionary(),
        Documentation = "https://docs.venice.ai/api-reference/api-spec",
        Evidence = Evidence.Recorded,
    };
}
