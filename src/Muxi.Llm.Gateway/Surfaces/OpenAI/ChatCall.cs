using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>What a client of OpenAI's chat asks for.</summary>
/// <param name="Request">The request as it goes on: a stream always asks for its usage.</param>
/// <param name="IsStreamed">Whether the answer is to come in pieces.</param>
/// <param name="TellsUsage">Whether the client wants to see a stream's usage.</param>
/// <param name="Fallbacks">Who is asked when the model fails; null leaves it to the configuration.</param>
internal sealed record ChatCall(ChatCompletionRequest Request, bool IsStreamed, bool TellsUsage, IReadOnlyList<string>? Fallbacks)
{
    /// <exception cref="JsonException">The body is not what it should be; the path names the member.</exception>
    public static ChatCall Read(ReadOnlyMemory<byte> body)
    {
        body = JsonCall.Checked(body);
        ChatShape.Check(body.Span);
        var request = ChatCompletionRequest.Parse(body.Span);
        if (request.Messages.Count == 0) throw JsonCall.Wrong("messages", "'messages' must hold at least one message.");
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        if (fallbacks is not null) request = request with { Extra = others };
        if (request.Stream != true) return new(request, false, false, fallbacks);
        var options = request.StreamOptions ?? new();
        return new(request with { StreamOptions = options with { IncludeUsage = true } }, true, options.IncludeUsage == true, fallbacks);
    }
}
