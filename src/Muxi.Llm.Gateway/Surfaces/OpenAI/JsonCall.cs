using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>What calls with a JSON body have in common.</summary>
internal static class JsonCall
{
    /// <summary>Reads the body of an operation.</summary>
    /// <param name="call">The request.</param>
    /// <param name="parse">Reads the operation's request; a <see cref="JsonException"/> of it names the member.</param>
    /// <exception cref="JsonException">The body is not what it should be.</exception>
    public static async Task<T> ReadAsync<T>(Incoming call, Func<ReadOnlyMemory<byte>, T> parse)
    {
        using var body = await call.ReadBodyAsync();
        return parse(Checked(body.WrittenMemory));
    }

    /// <summary>The body without a mark of byte order, looked over.</summary>
    public static ReadOnlyMemory<byte> Checked(ReadOnlyMemory<byte> body)
    {
        body = body[^JsonReading.WithoutMark(body.Span).Length..];
        StrictJson.Check(body);
        return body;
    }

    /// <summary>Takes the names of fallbacks out of a request's unknown members: they are ours and never sent on.</summary>
    /// <returns>The names, null where the client sent none; and the other members.</returns>
    public static (IReadOnlyList<string>? Names, Extra Others) Fallbacks(Extra extra)
    {
        if (!extra.TryGet(Callees.FallbacksMember, out var value)) return (null, extra);
        var list = value.ToElement();
        if (list.ValueKind != JsonValueKind.Array) throw Wrong();
        var names = new List<string>();
        foreach (var name in list.EnumerateArray())
            names.Add(name.ValueKind == JsonValueKind.String && name.GetString() is { Length: > 0 } model ? model : throw Wrong());
        return (names, extra.Without(Callees.FallbacksMember));
    }

    /// <summary>A member that is not what it should be.</summary>
    public static JsonException Wrong(string member, string message) => new(message, member, null, null);

    private static JsonException Wrong() => Wrong(Callees.FallbacksMember, "'fallbacks' must be a list of models.");
}
