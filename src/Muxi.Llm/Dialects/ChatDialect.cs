using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// A wire format of chat: an immutable record of pure functions. Its properties are its quirks: plain data with defaults, so that a provider is configured by
/// <c>new OpenAIChat { ... }</c> and a model's difference by <see cref="DialectVariants.For{T}(T, string, Func{T, ChatDialect})"/>.
/// </summary>
public abstract record ChatDialect : VariedDialect<ChatDialect>, IVerb<ChatCompletionRequest, ChatCompletion>, IStreamVerb<ChatCompletionRequest, ChatCompletionChunk>
{
    /// <summary>
    /// Which addresses of pictures and files the service reads itself, as globs (<c>https://*</c>); <c>*</c> for all. What lies at others is read on this machine and sent
    /// along: https addresses of public hosts only, and only where <see cref="LlmOptions.FetchMedia"/> allows it.
    /// </summary>
    public ImmutableArray<string> Addresses { get; init; } = ["*"];

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
