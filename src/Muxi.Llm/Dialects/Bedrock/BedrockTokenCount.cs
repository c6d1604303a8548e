namespace Muxi.Llm;

/// <summary>Bedrock's count of a request's tokens: the very request as the model's Converse would have it, without what only an answer needs.</summary>
/// <remarks>Source: <c>CountTokens</c> of the Amazon Bedrock API reference, as of 2026-11; not every model counts.</remarks>
public sealed record BedrockTokenCount : TokenCountDialect
{
    private static readonly BedrockConverse _plain = new();

    /// <summary>The path after the base URL; <c>{model}</c> is the model's id or ARN, escaped.</summary>
    public string Path { get; init; } = "model/{model}/count-tokens";

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context)
    {
        var quirks = context.Service?.Chat?.ForModel(context.Model) as BedrockConverse ?? _plain;
        var plan = new ConversePlan(quirks, request) { Context = context };
        var body = JsonOut.ToUtf8(plan, static (json, it) => new ConverseRequestWriter(json, it).WriteCounted());
        return new(HttpMethod.Post, BedrockPath.Of(Path, context.Model)) { Body = body, Warnings = plan.Warnings.Given };
    }

    /// <inheritdoc/>
    public override TokenCount Parse(HttpReply reply, CallContext context) => Read(reply, context, "inputTokens");
}
