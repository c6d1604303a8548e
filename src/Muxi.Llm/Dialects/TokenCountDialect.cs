using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A wire format in which a provider counts a chat request's tokens: an immutable record of pure functions, as <see cref="ChatDialect"/> is.</summary>
public abstract record TokenCountDialect : Dialect, IVerb<ChatCompletionRequest, TokenCount>
{
    /// <summary>The HTTP request that asks for the count.</summary>
    /// <param name="request">What would be asked; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    public abstract HttpCall Render(ChatCompletionRequest request, CallContext context);

    /// <summary>The count in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract TokenCount Parse(HttpReply reply, CallContext context);

    /// <summary>Reads an object that has the count as one of its members; the others are kept, but for those that are named.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    private protected static TokenCount Read(HttpReply reply, CallContext context, string count, params ReadOnlySpan<string> passedOver)
    {
        try
        {
            var source = JsonReading.WithoutMark(reply.Body.Span);
            var reader = new Utf8JsonReader(source);
            long? tokens = null;
            var extra = new ExtraReader();
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject)
                while (reader.NextMember())
                {
                    if (reader.Is(count)) tokens = reader.ReadLong();
                    else if (passedOver.Contains(reader.Text())) reader.SkipMember();
                    else extra.Take(ref reader, source);
                }
            if (tokens is { } counted) return new() { InputTokens = counted, Extra = extra.ToExtra() };
        }
        catch (JsonException)
        {
            // The classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Whether the service counts for models that are spoken to so: it may have several formats and count in one alone.</summary>
    internal virtual bool Counts(ChatDialect? chat) => true;

    /// <summary>One call and its reply.</summary>
    public IExchange<TokenCount> Begin(ChatCompletionRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));
}
