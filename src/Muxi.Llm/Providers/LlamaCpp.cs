using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// llama.cpp: a server that runs is attached to, and one is started for a model that is a file (<c>llama_cpp/model.gguf</c>). To one that you start, tools may need <c>--jinja</c>,
    /// embeddings need <c>--embeddings</c> and ranking <c>--reranking</c>.
    /// </summary>
    /// <remarks>Sources: tools/server/README.md, server-http.cpp (/health and /v1/health need no key, "couldn't bind HTTP server socket") of ggml-org/llama.cpp, 2026-09.</remarks>
    public static Provider LlamaCpp { get; } = new("llama_cpp", "http://localhost:8080/v1", Auth.Bearer("LLAMACPP_API_KEY").Optional())
    {
        DisplayName = "llama.cpp",
        Aliases = ["llamacpp", "llama.cpp"],
        IsSelfHosted = true,
        BaseUrlVariables = ["LLAMACPP_API_BASE"],
        StartHint = "start it with 'llama-server -m MODEL.gguf', or name a model's file, as llama_cpp/MODEL.gguf, and one is started for it",
        Launch = new("llama-server")
        {
            CommandVariables = ["LLAMA_SERVER_PATH"],
            FolderVariables = ["LLAMA_ARG_MODELS_DIR"],
            InstallHint = "install it with 'brew install llama.cpp', 'winget install llama.cpp' or 'nix profile install nixpkgs#llama-cpp', or take it from https://github.com/ggml-org/llama.cpp/releases",
            AliasOption = "--alias",
            KeyVariable = "LLAMA_API_KEY",
            OperationArguments = ImmutableDictionary.CreateRange<string, ImmutableArray<string>>([new("embeddings", ["--embeddings"]), new("rerank", ["--reranking"])]),
            CompanionPrefix = "mmproj",
            CompanionOption = "--mmproj",
            PortTakenWords = "couldn't bind",
        },
        Chat = new OpenAIChat { ReasoningEcho = "reasoning_content", EffortField = "chat_template_kwargs.reasoning_effort", ThinkingField = "chat_template_kwargs.enable_thinking" },
        Responses = new OpenAIResponseCreation { EncryptedReasoning = false },
        TokenCount = new OpenAIChatTokenCount(),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        Rerank = new CohereRerank { DocumentForm = RerankDocumentForm.Text, ReturnField = null, MaxTokensField = null },
        Transcription = new OpenAITranscription { Formats = ["json"], MaxTemperature = 0 },
        Evidence = Evidence.Recorded,
        Documentation = "https://github.com/ggml-org/llama.cpp/blob/master/tools/server/README.md",
    };
}
