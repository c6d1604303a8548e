namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.cs.
public sealed partial record ChatCompletion
{
    /// <summary>Asks a model one thing: <c>await ChatCompletion.CreateAsync("openai/gpt-4o-mini", "Hello")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<ChatCompletion> CreateAsync(string model, string prompt, CancellationToken cancellationToken = default) =>
        CreateAsync(Ask(model, prompt), null, cancellationToken);

    /// <summary>Goes on with a conversation.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<ChatCompletion> CreateAsync(string model, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default) =>
        CreateAsync(new ChatCompletionRequest { Model = model, Messages = messages }, null, cancellationToken);

    /// <summary>Asks with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<ChatCompletion> CreateAsync(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Chat.Completions.CreateAsync(request, options, cancellationToken);

    /// <summary>Asks a model one thing and gives the answer as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ChatCompletionChunk> StreamAsync(string model, string prompt, CancellationToken cancellationToken = default) =>
        StreamAsync(Ask(model, prompt), null, cancellationToken);

    /// <summary>Goes on with a conversation and gives the answer as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ChatCompletionChunk> StreamAsync(string model, IReadOnlyList<Message> messages, CancellationToken cancellationToken = default) =>
        StreamAsync(new ChatCompletionRequest { Model = model, Messages = messages }, null, cancellationToken);

    /// <summary>Asks with every option and gives the answer as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ChatCompletionChunk> StreamAsync(ChatCompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Chat.Completions.StreamAsync(request, options, cancellationToken);

    internal static ChatCompletionRequest Ask(string model, string prompt) => new() { Model = model, Messages = [Message.User(prompt)] };
}
