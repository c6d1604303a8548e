using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

// Answers that are values.
public sealed partial class ChatCompletionsResource
{
    /// <summary>
    /// Asks for a value of a type. Its schema goes out as the service takes it: as the answer's format where it has one, else as a tool that must be called, or in the
    /// instructions. An answer that does not follow it goes back once, with what is wrong with it.
    /// </summary>
    /// <param name="request">The request; its <see cref="ChatCompletionRequest.ResponseFormat"/> is replaced, but for a name and a description.</param>
    /// <param name="type">How the value is read, from a <see cref="System.Text.Json.Serialization.JsonSerializerContext"/>: what the schema is made of.</param>
    /// <param name="options">Of each call.</param>
    /// <param name="cancellationToken">Ends the call.</param>
    /// <exception cref="RefusalException">The model will not answer.</exception>
    /// <exception cref="LengthFinishReasonException">The answer was cut off at the limit of tokens.</exception>
    /// <exception cref="StructuredOutputException">The answer does not follow the schema, the mended one neither, or a filter cut it off.</exception>
    /// <exception cref="LlmException">As <see cref="CreateAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public Task<ChatCompletion<T>> CreateAsync<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        return CreateAsync(new StructuredAnswer<T>(request, type), options, cancellationToken);
    }

    /// <summary>Asks for a value of a type, in a conversation.</summary>
    /// <exception cref="LlmException">As the other.</exception>
    public Task<ChatCompletion<T>> CreateAsync<T>(string model, IReadOnlyList<Message> messages, JsonTypeInfo<T> type, CancellationToken cancellationToken = default) =>
        CreateAsync(new ChatCompletionRequest { Model = model, Messages = messages }, type, null, cancellationToken);

    /// <summary>Asks for a value of a type, and gives the answer's JSON as it comes; the last piece has the value.</summary>
    /// <exception cref="LlmException">As the other, and as <see cref="StreamAsync(ChatCompletionRequest, RequestOptions?, CancellationToken)"/>.</exception>
    public IAsyncEnumerable<ChatCompletionChunk<T>> StreamAsync<T>(ChatCompletionRequest request, JsonTypeInfo<T> type, RequestOptions? options = null, CancellationToken cancellationToken = default)
    {
        Check(request);
        ArgumentNullException.ThrowIfNull(type);
        return StructuredAnswer<T>.StreamAsync(request, type, asked => StreamAsync(asked, options, cancellationToken), cancellationToken);
    }

    private async Task<ChatCompletion<T>> CreateAsync<T>(StructuredAnswer<T> answer, RequestOptions? options, CancellationToken cancellationToken)
    {
        while (true)
            if (answer.Take(await CreateAsync(answer.Next, options, cancellationToken).ConfigureAwait(false)) is { } whole) return whole;
    }
}
