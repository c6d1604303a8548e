namespace Muxi.Llm;

/// <summary>A count of a chat request's tokens beside OpenAI's chat: the very request that chat would be sent, with the same quirks, at a path of its own.</summary>
/// <remarks>
/// OpenAI has no such path; llama.cpp's server does: <c>POST /v1/chat/completions/input_tokens</c> in its README (tools/server), as of 2026-11. It puts the messages and tools through the model's own template, so that the count is what
/// the model is given. Servers from before it answer 404.
/// </remarks>
public sealed record OpenAIChatTokenCount : TokenCountDialect
{
    private static readonly OpenAIChat _plain = new();

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "chat/completions/input_tokens";

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context)
    {
        var quirks = context.Service?.Chat?.ForModel(context.Model) as OpenAIChat ?? _plain;
        return ChatRequestWriter.Render(quirks with { Path = Path }, request, context, stream: false);
    }

    /// <inheritdoc/>
    public override TokenCount Parse(HttpReply reply, CallContext context) => InputTokensJson.Parse(reply, context);
}
