using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Ollama's own chat, answered in lines of JSON. What is set on the model itself, <c>num_ctx</c> above all, can be said here and not in the OpenAI form that the
/// same server has.
/// </summary>
/// <remarks>Source: <c>POST /api/chat</c> in docs.ollama.com/openapi.yaml and docs/api.md of ollama/ollama, as of 2026-11.</remarks>
public sealed record OllamaChat : ChatDialect
{
    /// <summary>Ollama's chat, which reads no addresses: pictures are sent along.</summary>
    public OllamaChat() => Addresses = [];

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "api/chat";

    /// <summary>
    /// The words that <c>think</c> takes, from the least to the most; a model without levels takes any of them for true. Empty for a server that takes only true and false.
    /// </summary>
    public ImmutableArray<string> Efforts { get; init; } = ["low", "medium", "high", "max"];

    /// <summary>Whether thinking goes back to the model in the next request; models that call tools while they think want it.</summary>
    public bool ThinkingEcho { get; init; } = true;

    /// <summary>Further members of a request that the server looks for within <c>options</c>: where they stand beside it, it does not see them.</summary>
    public ImmutableArray<string> Options { get; init; } = OllamaOptions.Known;

    /// <summary>Request members, or members of <c>options</c>, that the server rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override Framing Framing => Framing.JsonLines;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) => OllamaRequestWriter.Render(this, request, context, stream);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => OllamaReplyReader.Parse(this, reply, default, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new OllamaStreamFold(this, default, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(ChatCompletionRequest request, CallContext context) => new OllamaStreamFold(this, OllamaPrompt.Of(request), context);

    /// <summary>One call and its reply, which is held against what was asked: a prompt that did not fit was cut without a word.</summary>
    public override IExchange<ChatCompletion> Begin(ChatCompletionRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context, stream: false), reply => OllamaReplyReader.Parse(this, reply, OllamaPrompt.Of(request), context));
}
