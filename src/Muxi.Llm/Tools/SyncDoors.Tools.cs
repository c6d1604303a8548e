namespace Muxi.Llm;

public static partial class SyncDoors
{
    extension(ChatCompletion)
    {
        /// <summary>Asks a model one thing that it may use tools for, and waits for the answer.</summary>
        public static ChatCompletion RunTools(string model, string prompt, IReadOnlyList<FunctionTool> tools, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.RunTools(ChatCompletion.Ask(model, prompt), tools, null, null, cancellationToken);

        /// <summary>Asks with every option, runs the tools that the model calls, and waits for the answer.</summary>
        public static ChatCompletion RunTools(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.RunTools(request, tools, loop, options, cancellationToken);

        /// <summary>Asks a model one thing that it may use tools for, and tells all that happens.</summary>
        public static IEnumerable<ToolLoopEvent> StreamTools(string model, string prompt, IReadOnlyList<FunctionTool> tools, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.StreamTools(ChatCompletion.Ask(model, prompt), tools, null, null, cancellationToken);

        /// <summary>Asks with every option, runs the tools that the model calls, and tells all that happens.</summary>
        public static IEnumerable<ToolLoopEvent> StreamTools(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            LlmClient.Default.Chat.Completions.StreamTools(request, tools, loop, options, cancellationToken);
    }

    extension(ChatCompletionsResource completions)
    {
        /// <summary>Asks, runs the tools that the model calls, and waits for the answer.</summary>
        public ChatCompletion RunTools(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Wait(() => completions.RunToolsAsync(request, tools, loop, options, cancellationToken));

        /// <summary>Asks, runs the tools that the model calls, and tells all that happens. Leaving the loop ends it.</summary>
        public IEnumerable<ToolLoopEvent> StreamTools(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
            Each(completions.StreamToolsAsync(request, tools, loop, options, cancellationToken));
    }
}
