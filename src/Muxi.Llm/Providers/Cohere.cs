using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Cohere, in its own formats of version 2. It counts single texts alone (<c>/v1/tokenize</c>), not what a chat comes to, so that no count of its own is offered; <c>client.Raw</c> reaches that.
    /// </summary>
    public static Provider Cohere { get; } = new("cohere", "https://api.cohere.com/v2", Auth.Bearer("COHERE_API_KEY", "CO_API_KEY"))
    {
        DisplayName = "Cohere",
        Aliases = ["cohere_chat"],
        // Its own clients are given the address without a version.
        BaseUrlVariables = ["CO_BASE_URL", "CO_API_URL"],
        BaseUrlSuffix = "/v2",
        DefaultModel = "command-a-03-2025",
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "embed-v4.0", [Operations.Rerank] = "rerank-v3.5", [Operations.Transcription] = "cohere-transcribe-03-2026" }.ToImmutableDictionary(),
        Chat = new CohereChat(),
        Embeddings = new CohereEmbeddings(),
        // Version 2 takes texts alone, and does not give them back.
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, ReturnField = null },
        // The language must be told: "language (string, required)" (its reference, 2026).
        Transcription = new OpenAITranscription
        {
            Formats = ["json"], Streams = false, MaxFileBytes = 25_000_000,
            Drops = ["prompt", "response_format", "timestamp_granularities", "languages", "keywords", "include", "chunking_strategy", "known_speaker_names", "known_speaker_references"],
        },
        Models = new CohereModels(),
        Documentation = "https://docs.cohere.com/reference/chat",
        Evidence = Evidence.Recorded,
    };
}
