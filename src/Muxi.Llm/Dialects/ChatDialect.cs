using System.Collections.Immutable;
using System.IO.Enumeration;

namespace Muxi.Llm;

/// <summary>
/// A wire format of chat: an immutable record of pure functions. Its properties are its quirks: plain data with defaults, so that a provider is configured by
/// <c>new OpenAIChat { ... }</c> and a model's difference by <see cref="ChatDialects.For{T}(T, string, Func{T, ChatDialect})"/>.
/// </summary>
public abstract record ChatDialect : Dialect, IVerb<ChatCompletionRequest, ChatCompletion>, IStreamVerb<ChatCompletionRequest, ChatCompletionChunk>
{
    /// <summary>What differs for models whose name matches a glob (<c>*</c>, <c>?</c>; case is ignored). The first match wins.</summary>
    public ImmutableArray<Variant> Variants { get; init; } = [];

    /// <summary>The dialect for one model, variants applied.</summary>
    public ChatDialect ForModel(string model)
    {
        foreach (var variant in Variants)
            if (FileSystemName.MatchesSimpleExpression(variant.Glob, model)) return variant.Dialect;
        return this;
    }

    /// <summary>How a streamed reply is cut into events.</summary>
    public abstract Framing Framing { get; }

    /// <summary>The HTTP request for a chat request.</summary>
    /// <param name="request">What the caller wants; it is not changed.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <param name="stream">Whether the reply is to come in pieces.</param>
    public abstract HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream);

    /// <summary>The reply in an HTTP reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public abstract ChatCompletion Parse(HttpReply reply, CallContext context);

    /// <summary>A fresh fold for one stream.</summary>
    public abstract IFold<ChatCompletionChunk> Fold(CallContext context);

    /// <summary>A fresh fold for the stream that answers a request; a format that may have to ask for the rest of an answer overrides this.</summary>
    public virtual IFold<ChatCompletionChunk> Fold(ChatCompletionRequest request, CallContext context) => Fold(context);

    HttpCall IStreamVerb<ChatCompletionRequest, ChatCompletionChunk>.Render(ChatCompletionRequest request, CallContext context) =>
        Render(request, context, stream: true);

    /// <summary>One call and its reply; a format that needs more steps overrides this.</summary>
    public virtual IExchange<ChatCompletion> Begin(ChatCompletionRequest request, CallContext context) => new OneCall(this, request, context);

    private sealed class OneCall(ChatDialect dialect, ChatCompletionRequest request, CallContext context) : IExchange<ChatCompletion>
    {
        public Step<ChatCompletion> Next(HttpReply? reply) => reply is { } got
            ? Step<ChatCompletion>.Done(dialect.Parse(got, context))
            : Step<ChatCompletion>.Send(dialect.Render(request, context, stream: false));
    }
}

/// <summary>What differs for some models.</summary>
/// <param name="Glob">The models' names.</param>
/// <param name="Dialect">How they are spoken to.</param>
public sealed record Variant(string Glob, ChatDialect Dialect);

/// <summary>Giving a dialect its variants.</summary>
public static class ChatDialects
{
    /// <summary>For models that match, the dialect with something changed. The function runs once, now.</summary>
    public static T For<T>(this T dialect, string glob, Func<T, ChatDialect> change) where T : ChatDialect => dialect.For(glob, change(dialect));

    /// <summary>For models that match, another dialect.</summary>
    public static T For<T>(this T dialect, string glob, ChatDialect other) where T : ChatDialect
    {
        ChatDialect self = dialect;
        return (T)(self with { Variants = self.Variants.Add(new(glob, other with { Variants = [] })) });
    }
}
