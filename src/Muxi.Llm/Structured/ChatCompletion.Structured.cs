using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

// Answers that are values: their doors, and reading one out of any reply.
public sealed partial record ChatCompletion
{
    /// <summary>The answer as a value of a type: of a reply to a request whose format is <see cref="ResponseFormat.FromType"/>, such as the last one of a loop of tools.</summary>
    /// <exception cref="StructuredOutputException">It does not follow the type's schema, is a refusal, or was cut off.</exception>
    public T GetValue<T>(JsonTypeInfo<T> type) => AnswerReader.TryRead(this, type, out var value, out var faults) ? value : throw AnswerFault.Of(this, faults);

    /// <summary>Asks a model for a value: <c>await ChatCompletion.CreateAsync("openai/gpt-4o-mini", "Invent a person.", Json.Default.Person)</c>.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<ChatCompletion<T>> CreateAsync<T>(string model, string prompt, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        CreateAsync(Ask(model, prompt), type, null, cancellationToken);

    /// <summary>Asks for a value, in a conversation.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<ChatCompletion<T>> CreateAsync<T>(string model, IReadOnlyList<Message> messages, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        CreateAsync(new ChatCompletionRequest { Model = model, Messages = messages }, type, null, cancellationToken);

    /// <summary>Asks for a value with every option.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.CreateAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    public static Task<ChatCompletion<T>> CreateAsync<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Chat.Completions.CreateAsync(request, type, options, cancellationToken);

    /// <summary>Asks a model for a value, and gives the answer's JSON as it comes; the last piece has the value.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ChatCompletionChunk<T>> StreamAsync<T>(string model, string prompt, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        StreamAsync(Ask(model, prompt), type, null, cancellationToken);

    /// <summary>Asks for a value with every option, and gives the answer's JSON as it comes; the last piece has the value.</summary>
    /// <exception cref="LlmException">As <see cref="ChatCompletionsResource.StreamAsync{T}(ChatCompletionRequest, JsonTypeInfo{T}, RequestOptions?, CancellationToken)"/>.</exception>
    public static IAsyncEnumerable<ChatCompletionChunk<T>> StreamAsync<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default) =>
        LlmClient.Default.Chat.Completions.StreamAsync(request, type, options, cancellationToken);
}
