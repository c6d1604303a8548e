using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Hugging Face's router to those who run models: <c>huggingface/org/model</c>, with <c>:provider</c>, <c>:fastest</c> or <c>:cheapest</c> behind it. Chat and responses go to whom it
    /// names or finds; the other tasks, whose formats are not OpenAI's, to hf-inference alone.
    /// </summary>
    public static Provider HuggingFace { get; } = new("huggingface", "https://router.huggingface.co/v1", Auth.Bearer("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN") with { KeyFiles = HubTokenFiles })
    {
        DisplayName = "Hugging Face",
        Aliases = ["hf"],
        BaseUrlVariables = ["HUGGINGFACE_API_BASE"],
        DefaultModel = "openai/gpt-oss-20b",
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Embeddings] = "thenlper/gte-large", [Operations.Images] = "black-forest-labs/FLUX.1-schnell", [Operations.Transcription] = "openai/whisper-large-v3-turbo",
        }.ToImmutableDictionary(),
        Chat = new OpenAIChat { Roles = BeforeDeveloper() }.For("*gpt-oss*", GptOss),
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        Embeddings = new HuggingFaceEmbeddings(),
        Images = new HuggingFaceImages(),
        Transcription = new HuggingFaceTranscription(),
        Speech = new HuggingFaceSpeech(),
        Evidence = Evidence.Recorded,
        Documentation = "https://huggingface.co/docs/inference-providers",
    };

    /// <summary>Where <c>hf auth login</c> keeps the token ("Environment variables" of huggingface_hub's pages, 2026).</summary>
    private static ImmutableArray<string> HubTokenFiles => ["$HF_TOKEN_PATH", "$HF_HOME/token", "$XDG_CACHE_HOME/huggingface/token", "~/.cache/huggingface/token"];
}
