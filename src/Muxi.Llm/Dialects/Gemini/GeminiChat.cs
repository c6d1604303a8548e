using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>Google's <c>generateContent</c>, as its Gemini API and Vertex AI speak it.</summary>
/// <remarks>Source: <c>POST models/{model}:generateContent</c> of the Gemini API's reference and Vertex AI's, as of 2026-11.</remarks>
public sealed record GeminiChat : ChatDialect
{
    /// <summary>The path after the base URL of a call that is answered whole; <c>{model}</c> stands for the model.</summary>
    public string Path { get; init; } = "models/{model}:generateContent";

    /// <summary>The path after the base URL of a call that is answered in pieces; <c>{model}</c> stands for the model.</summary>
    public string StreamPath { get; init; } = "models/{model}:streamGenerateContent?alt=sse";

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) => throw context.Refuse("model", "not yet");

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => throw context.Error(reply);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => throw context.Interrupted("is not yet read");
}
