using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// OpenAI's completions. Reading takes what was seen in recorded traffic: replies without ids and indexes (Writer), the text of an answer in a message or a delta, as
/// services for filling in code give it (Mistral), finish reasons in other words.
/// </summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /completions</c>.</remarks>
public sealed record OpenAICompletions : CompletionsDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "completions";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Request members that the service knows by another name, e.g. <c>seed</c> as <c>random_seed</c>.</summary>
    public ImmutableDictionary<string, string> Renames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Whether <c>stream_options</c> may be sent. It asks for the usage, which a stream otherwise lacks.</summary>
    public bool StreamOptions { get; init; } = true;

    /// <summary>Whether several prompts, or one of tokens, may be sent; where not, such a request is refused.</summary>
    public bool ManyPrompts { get; init; } = true;

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(CompletionRequest request, CallContext context, bool stream) => CompletionRequestJson.Render(this, request, context, stream);

    /// <inheritdoc/>
    public override Completion Parse(HttpReply reply, CallContext context) => CompletionReplyReader.Parse(reply, context);

    /// <inheritdoc/>
    public override IFold<CompletionChunk> Fold(CompletionRequest request, CallContext context) => new CompletionStreamFold(context);
}
