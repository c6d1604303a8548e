using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// One request of a batch, under a name of the caller's that its result comes back with. One of the members for operations is set:
/// <c>new BatchRequest("first", new ChatCompletionRequest { ... })</c>.
/// </summary>
public sealed record BatchRequest
{
    private BatchRequest(string customId, BatchEndpoint endpoint)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(customId);
        (CustomId, Endpoint) = (customId, endpoint);
    }

    /// <summary>A conversation.</summary>
    public BatchRequest(string customId, ChatCompletionRequest request) : this(customId, BatchEndpoint.ChatCompletions) => Chat = Given(request);

    /// <summary>Texts to embed.</summary>
    public BatchRequest(string customId, EmbeddingRequest request) : this(customId, BatchEndpoint.Embeddings) => Embedding = Given(request);

    /// <summary>A text to go on with.</summary>
    public BatchRequest(string customId, CompletionRequest request) : this(customId, BatchEndpoint.Completions) => Completion = Given(request);

    /// <summary>Texts and pictures to look at.</summary>
    public BatchRequest(string customId, ModerationRequest request) : this(customId, BatchEndpoint.Moderations) => Moderation = Given(request);

    /// <summary>Pictures to make.</summary>
    public BatchRequest(string customId, ImageGenerationRequest request) : this(customId, BatchEndpoint.ImageGenerations) => ImageGeneration = Given(request);

    /// <summary>A document to read, at an address or at the service.</summary>
    public BatchRequest(string customId, OcrRequest request) : this(customId, BatchEndpoint.Ocr) => Ocr = Given(request);

    /// <summary>A response.</summary>
    public BatchRequest(string customId, ResponseRequest request) : this(customId, BatchEndpoint.Responses) => Response = Given(request);

    /// <summary>What the result is called, once in a batch. Anthropic takes 1 to 64 letters, digits, <c>-</c> and <c>_</c>.</summary>
    public string CustomId { get; }

    /// <summary>What is asked for.</summary>
    public BatchEndpoint Endpoint { get; }

    /// <summary>The conversation to answer; null where something else is asked for.</summary>
    public ChatCompletionRequest? Chat { get; }

    /// <summary>The texts to embed.</summary>
    public EmbeddingRequest? Embedding { get; }

    /// <summary>The text to go on with.</summary>
    public CompletionRequest? Completion { get; }

    /// <summary>What to look at.</summary>
    public ModerationRequest? Moderation { get; }

    /// <summary>The pictures to make.</summary>
    public ImageGenerationRequest? ImageGeneration { get; }

    /// <summary>The document to read.</summary>
    public OcrRequest? Ocr { get; }

    /// <summary>The response to make.</summary>
    public ResponseRequest? Response { get; }

    /// <summary>Who answers, <c>provider/model</c> or an alias.</summary>
    public string Model => Chat?.Model ?? Embedding?.Model ?? Completion?.Model ?? Moderation?.Model ?? ImageGeneration?.Model ?? Ocr?.Model ?? Response!.Model;

    /// <summary>Reads one line of a batch's input file in OpenAI's form.</summary>
    /// <param name="utf8">The line.</param>
    /// <param name="provider">Whose models the line names, where it names them without a provider; null leaves the names as they are.</param>
    /// <exception cref="JsonException">It is not JSON, or not such a request; the path names the member.</exception>
    public static BatchRequest Parse(ReadOnlySpan<byte> utf8, string? provider = null) => BatchRequestJson.ReadLine(utf8, provider);

    private static T Given<T>(T request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return request;
    }
}
