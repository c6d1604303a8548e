using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>What a client of OpenAI's chat asks for.</summary>
/// <param name="Request">The request as it goes on: a stream always asks for its usage.</param>
/// <param name="IsStreamed">Whether the answer is to come in pieces.</param>
/// <param name="TellsUsage">Whether the client wants to see a stream's usage.</param>
/// <param name="Fallbacks">Who is asked when the model fails; null leaves it to the configuration.</param>
internal sealed record ChatCall(ChatCompletionRequest Request, bool IsStreamed, bool TellsUsage, IReadOnlyList<string>? Fallbacks)
{
    private const string FallbacksMember = "fallbacks";

    /// <exception cref="JsonException">The body is not what it should be; the path names the member.</exception>
    public static ChatCall Read(ReadOnlyMemory<byte> body)
    {
        body = body[^JsonReading.WithoutMark(body.Span).Length..];
        StrictJson.Check(body);
        ChatShape.Check(body.Span);
        var request = ChatCompletionRequest.Parse(body.Span);
        if (request.Messages.Count == 0) throw Wrong("messages", "'messages' must hold at least one message.");
        var fallbacks = ReadFallbacks(request.Extra);
        if (fallbacks is not null) request = request with { Extra = request.Extra.Without(FallbacksMember) };
        if (request.Stream != true) return new(request, false, false, fallbacks);
        var options = request.StreamOptions ?? new();
        return new(request with { StreamOptions = options with { IncludeUsage = true } }, true, options.IncludeUsage == true, fallbacks);
    }

    private static List<string>? ReadFallbacks(Extra extra)
    {
        if (!extra.TryGet(FallbacksMember, out var value)) return null;
        var list = value.ToElement();
        if (list.ValueKind != JsonValueKind.Array) throw Wrong(FallbacksMember, "'fallbacks' must be a list of models.");
        var names = new List<string>();
        foreach (var name in list.EnumerateArray())
            names.Add(name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } model ? model : throw Wrong(FallbacksMember, "'fallbacks' must be a list of models."));
        return names;
    }

    private static JsonException Wrong(string member, string message) => new(message, member, null, null);
}
