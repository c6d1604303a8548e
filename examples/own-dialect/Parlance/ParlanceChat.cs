using Muxi.Llm;

namespace Parlance;

/// <summary>
/// Parlance's chat. A dialect is an immutable record of pure functions: request in, HTTP call out; HTTP reply in, canonical reply out. It opens no socket, asks no clock and keeps no
/// state, so that its tests are files beside files. Its properties are its quirks: plain data with defaults.
/// </summary>
public sealed record ParlanceChat : ChatDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "talk";

    /// <summary>Whether the model can be given skills, which is what tools are called here.</summary>
    public bool Skills { get; init; } = true;

    /// <summary>The most tokens that an answer may be limited to; null for any number.</summary>
    public int? MostTokens { get; init; }

    /// <summary>How a streamed reply is cut into events: one JSON object on each line.</summary>
    public override Framing Framing => Framing.JsonLines;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) => ParlanceRequest.Render(this, request, context, stream);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => ParlanceReply.Parse(reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new ParlanceFold(context);
}
