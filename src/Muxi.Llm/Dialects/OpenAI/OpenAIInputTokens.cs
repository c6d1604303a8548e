namespace Muxi.Llm;

/// <summary>OpenAI's count of a chat request's tokens, in the form in which its responses are asked for. Only what counts is sent: the conversation, tools, and what shapes the answer.</summary>
/// <remarks>
/// Source: <c>POST /responses/input_tokens</c> (<c>TokenCountsBody</c>) in OpenAI's OpenAPI document 2.3.0. The number is that of a response; a chat completion of the same conversation may be charged a few tokens more or less.
/// </remarks>
public sealed record OpenAIInputTokens : TokenCountDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "responses/input_tokens";

    /// <summary>The name under which thinking and items of this service are known, for models whose chat is another format: see <see cref="OpenAIResponsesChat.BlockFormat"/>.</summary>
    public string BlockFormat { get; init; } = "responses";

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context)
    {
        var warnings = new Warnings();
        var quirks = context.Service?.Chat?.ForModel(context.Model) as OpenAIResponsesChat ?? new() { BlockFormat = BlockFormat };
        var call = ResponseRequestWriter.RenderPart(Path, ResponsesChatRequest.Counted(quirks, request, warnings), context, ResponseRequestWriter.WriteCounted);
        return call with { Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override TokenCount Parse(HttpReply reply, CallContext context) => InputTokensJson.Parse(reply, context);
}

/// <summary>The number in a reply of OpenAI's form.</summary>
internal static class InputTokensJson
{
    public static TokenCount Parse(HttpReply reply, CallContext context)
    {
        var read = FileJson.Parse(reply, context, ResponseReader.ReadInputTokens);
        return new() { InputTokens = read.InputTokens, Extra = read.Extra };
    }
}
