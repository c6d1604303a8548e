using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>The services that come with the library, each a file of facts.</summary>
public static partial class Providers
{
    /// <summary>The simulator inside this process: no network, no key, no model. It says so in its answers.</summary>
    public static Provider Sandbox { get; } = new("sandbox", "http://sandbox.invalid/v1", Auth.None)
    {
        DisplayName = "Sandbox (built in)",
        DefaultModel = "chat",
        DefaultModels = new Dictionary<string, string>
        {
            [Operations.Responses] = "chat", [Operations.Completions] = "chat", [Operations.Embeddings] = "embed", [Operations.Rerank] = "rerank", [Operations.Moderations] = "moderate",
            [Operations.Speech] = "speech", [Operations.Transcription] = "transcription", [Operations.Translation] = "translation",
            [Operations.Images] = "image", [Operations.Ocr] = "ocr",
        }.ToImmutableDictionary(),
        Chat = new OpenAIChat { CacheControl = true },
        Responses = new OpenAIResponses(),
        TokenCount = new OpenAIChatTokenCount(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { InstructionField = "instruction", RankFields = true },
        Moderations = new OpenAIModerations(),
        Ocr = new MistralOcr(),
        Speech = new OpenAIStreamedSpeech { DefaultVoice = "alloy", MaxInput = 4096 },
        Transcription = new OpenAITranscription { MaxFileBytes = 25 << 20 },
        Translation = new OpenAITranslation { MaxFileBytes = 25 << 20 },
        Images = new OpenAIImages(),
        Files = new OpenAIFiles { MaxBytes = SandboxFiles.MaxBytes, MaxLimit = 10_000, DefaultPurpose = "user_data", JsonLines = ["batch", "fine-tune"] },
        Uploads = new OpenAIUploads { MaxBytes = SandboxFiles.MaxBytes, MaxPartBytes = SandboxFiles.MaxBytes },
        Batches = new OpenAIBatches { MaxRequests = 50_000, MaxBytes = SandboxFiles.MaxBytes, MaxLimit = 100, Endpoints = SandboxBatches.Endpoints },
        IsSimulated = true,
        InProcess = static clock => new SandboxHandler(clock),
    };
}
