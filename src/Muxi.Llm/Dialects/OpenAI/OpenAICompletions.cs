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

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(CompletionRequest request, CallContext context, bool stream) => CompletionRequestJson.Render(Path, request, context, stream);

    /// <inheritdoc/>
    public override Completion Parse(HttpReply reply, CallContext context) => CompletionReplyReader.Parse(reply, context);

    /// <inheritdoc/>
    public override IFold<CompletionChunk> Fold(CompletionRequest request, CallContext context) => new CompletionStreamFold(context);
}
