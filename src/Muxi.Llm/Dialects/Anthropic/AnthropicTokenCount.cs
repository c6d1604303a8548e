namespace Muxi.Llm;

/// <summary>Anthropic's count of a request's tokens: the very request, without what only an answer needs, as the provider's chat would write it for the model.</summary>
/// <remarks>Source: <c>POST /v1/messages/count_tokens</c> of Anthropic's API reference, as of 2026-11.</remarks>
public sealed record AnthropicTokenCount : TokenCountDialect
{
    private static readonly AnthropicMessages _plain = new();

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "messages/count_tokens";

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context) =>
        MessagesRequestWriter.Render(context.Service?.Chat?.ForModel(context.Model) as AnthropicMessages ?? _plain, request, context, MessagesUse.Count, Path);

    /// <inheritdoc/>
    public override TokenCount Parse(HttpReply reply, CallContext context) => Read(reply, context, "input_tokens");
}
