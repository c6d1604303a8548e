using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Google's count of a request's tokens: the very request as the provider's chat would write it for the model.</summary>
/// <remarks>Source: <c>POST models/{model}:countTokens</c> of the Gemini API's and Vertex AI's references, as of 2026-11.</remarks>
public sealed record GeminiTokenCount : TokenCountDialect
{
    private static readonly GeminiChat _plain = new();

    /// <summary>The path after the base URL. <c>{model}</c> stands for the model; of one whose name has a slash, for all of <c>models/{model}</c>.</summary>
    public string Path { get; init; } = "models/{model}:countTokens";

    /// <summary>
    /// Whether the request stands within <c>generateContentRequest</c>, as the Gemini API wants one with instructions and tools; where not, its members stand by
    /// themselves, but for those that Vertex AI does not count.
    /// </summary>
    public bool IsWrapped { get; init; } = true;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context) =>
        GeminiRequestWriter.RenderCount(context.Service?.Chat?.ForModel(context.Model) as GeminiChat ?? _plain, request, context, this);

    internal override bool Counts(ChatDialect? chat) => chat is null or GeminiChat;

    /// <inheritdoc/>
    public override TokenCount Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(reply.Body.Span) is { } count) return count;
        }
        catch (JsonException)
        {
            // The classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static TokenCount? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        long? tokens = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("totalTokens"u8)) tokens = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return tokens is { } counted ? new() { InputTokens = counted, Extra = extra.ToExtra() } : null;
    }
}
