namespace Muxi.Llm;

// What a loop of tools leaves on the reply, and its doors.
public sealed partial record ChatCompletion
{
    /// <summary>
    /// What a loop of tools added to the conversation: the model's turns and the tools' results in order, this reply's message last. Appended to the request's messages
    /// it goes on. Empty where no tools were run.
    /// </summary>
    public IReadOnlyList<Message> Transcript { get; init; } = [];

    /// <summary>The model's replies of a loop of tools, in order, each with its own usage and warnings; empty where no tools were run.</summary>
    public IReadOnlyList<ChatCompletion> Rounds { get; init; } = [];

    /// <summary>Asks a model one thing that it may use tools for.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.RunToolsAsync"/>.</exception>
    public static Task<ChatCompletion> RunToolsAsync(string model, string prompt, IReadOnlyList<FunctionTool> tools, CancellationToken cancellationToken = default) =>
        RunToolsAsync(Ask(model, prompt), tools, null, null, cancellationToken);

    /// <summary>Asks with every option, and runs the tools that the model calls until it answers.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.RunToolsAsync"/>.</exception>
    public static Task<ChatCompletion> RunToolsAsync(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Chat.Completions.RunToolsAsync(request, tools, loop, options, cancellationToken);

    /// <summary>Asks a model one thing that it may use tools for, and tells all that happens.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamToolsAsync"/>.</exception>
    public static IAsyncEnumerable<ToolLoopEvent> StreamToolsAsync(string model, string prompt, IReadOnlyList<FunctionTool> tools, CancellationToken cancellationToken = default) =>
        StreamToolsAsync(Ask(model, prompt), tools, null, null, cancellationToken);

    /// <summary>Asks with every option, runs the tools that the model calls until it answers, and tells all that happens.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamToolsAsync"/>.</exception>
    public static IAsyncEnumerable<ToolLoopEvent> StreamToolsAsync(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions? loop = null, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Chat.Completions.StreamToolsAsync(request, tools, loop, options, cancellationToken);
}
