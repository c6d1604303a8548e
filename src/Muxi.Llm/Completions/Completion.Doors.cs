namespace Muxi.Llm;

// The doors of one line, over LlmClient.Default. Their synchronous twins stand in SyncDoors.Completions.cs.
public sealed partial record Completion
{
    /// <summary>Lets a model go on with a text: <c>await Completion.CreateAsync("openai/gpt-3.5-turbo-instruct", "Once upon a time")</c>.</summary>
    /// <exception cref="LlmException">As <see cref="CompletionsResource.CreateAsync"/>.</exception>
    public static Task<Completion> CreateAsync(string model, TextInput prompt, CancellationToken cancellationToken = default) =>
        CreateAsync(new CompletionRequest { Model = model, Prompt = prompt }, null, cancellationToken);

    /// <summary>Asks with every option.</summary>
    /// <exception cref="LlmException">As <see cref="CompletionsResource.CreateAsync"/>.</exception>
    public static Task<Completion> CreateAsync(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Completions.CreateAsync(request, options, cancellationToken);

    /// <summary>Lets a model go on with a text and gives the answer as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="CompletionsResource.StreamAsync"/>.</exception>
    public static IAsyncEnumerable<CompletionChunk> StreamAsync(string model, TextInput prompt, CancellationToken cancellationToken = default) =>
        StreamAsync(new CompletionRequest { Model = model, Prompt = prompt }, null, cancellationToken);

    /// <summary>Asks with every option and gives the answer as it comes.</summary>
    /// <exception cref="LlmException">As <see cref="CompletionsResource.StreamAsync"/>.</exception>
    public static IAsyncEnumerable<CompletionChunk> StreamAsync(CompletionRequest request, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Completions.StreamAsync(request, options, cancellationToken);
}
