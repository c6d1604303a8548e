using System.Text.Json;

namespace Muxi.Llm;

/// <summary>One text that the server has made.</summary>
internal sealed record TgiSequence
{
    public string Text { get; init; } = "";

    public string? FinishReason { get; init; }

    /// <summary>How many tokens it has; null where no details are told.</summary>
    public long? Generated { get; init; }

    /// <summary>How many tokens the prompt has; null where it is not told.</summary>
    public long? Prefilled { get; init; }

    public IReadOnlyList<TokenLogprob> Tokens { get; init; } = [];
}

/// <summary>A token of a stream.</summary>
/// <param name="Logprob">The token and the likeliest ones at its place; null for one without a probability.</param>
/// <param name="Text">What it adds to the text: nothing, where it is one that only steers.</param>
internal readonly record struct TgiToken(TokenLogprob? Logprob, string Text);

/// <summary>What <c>/generate</c> says: <c>{"generated_text", "details"}</c>, in a list of one where the root of the server is asked.</summary>
internal sealed record TgiReply(TgiSequence Best, IReadOnlyList<TgiSequence> Others, Extra Extra)
{
    /// <summary>Reads a reply; null where it is none.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static TgiReply? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(JsonReading.WithoutMark(source));
        var root = JsonElement.ParseValue(ref reader);
        // What stands behind it is an error of the reader's own.
        reader.Read();
        if (root is { ValueKind: JsonValueKind.Array } && root.GetArrayLength() == 1) root = root[0];
        if (root.ValueKind != JsonValueKind.Object || root.TryGetProperty("error"u8, out _) || Text(root, "generated_text") is not { } text) return null;
        var details = root.TryGetProperty("details"u8, out var told) && told.ValueKind == JsonValueKind.Object ? told : default;
        var others = details.ValueKind == JsonValueKind.Object ? Items(details, "best_of_sequences").Select(static one => Sequence(one, Text(one, "generated_text") ?? "")) : [];
        return new(Sequence(details, text), [.. others], Rest(root));
    }

    /// <summary>An answer as completions have it.</summary>
    public static CompletionChoice Choice(TgiSequence sequence, int at, CompletionRequest? request)
    {
        var finish = ChatFinishReasons.Normal(sequence.FinishReason, _noMore, hasCalls: false, out var raw);
        var text = sequence.Text;
        if (sequence.FinishReason == StopText) text = TgiStops.Off(text, request?.Stop);
        return new() { Index = at, Text = text, FinishReason = finish, FinishReasonRaw = raw, Logprobs = request?.Logprobs is null || sequence.Tokens.Count == 0 ? null : CompletionLogprobsJson.Of([.. sequence.Tokens], default) };
    }

    /// <summary>The server's word for a text at which the answer was to end.</summary>
    public const string StopText = "stop_sequence";

    private static readonly System.Collections.Immutable.ImmutableDictionary<string, string> _noMore = System.Collections.Immutable.ImmutableDictionary<string, string>.Empty;

    /// <summary>One of the server's tokens: <c>{"id", "text", "logprob", "special"}</c>.</summary>
    public static TgiToken Token(JsonElement token, IEnumerable<JsonElement> top)
    {
        if (token.ValueKind != JsonValueKind.Object) return new(null, "");
        var text = Text(token, "text") ?? "";
        var isSpecial = token.TryGetProperty("special"u8, out var special) && special.ValueKind == JsonValueKind.True;
        return new(Logprob(token, top), isSpecial ? "" : text);
    }

    /// <summary>The items of a list; none where there is none.</summary>
    public static IEnumerable<JsonElement> Items(JsonElement from, string name) => from.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    public static string? Text(JsonElement from, string name) => from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.Text() : null;

    public static long? Number(JsonElement from, string name) => from.ValueKind == JsonValueKind.Object && from.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static TgiSequence Sequence(JsonElement details, string text)
    {
        if (details.ValueKind != JsonValueKind.Object) return new() { Text = text };
        var tops = Items(details, "top_tokens").Select(static top => top.ValueKind == JsonValueKind.Array ? top.EnumerateArray().ToList() : []).ToList();
        var tokens = Items(details, "tokens").Select((token, at) => Token(token, at < tops.Count ? tops[at] : [])).Select(static token => token.Logprob).OfType<TokenLogprob>();
        var prefill = Items(details, "prefill").Count();
        return new() { Text = text, FinishReason = Text(details, "finish_reason"), Generated = Number(details, "generated_tokens"), Prefilled = prefill > 0 ? prefill : null, Tokens = [.. tokens] };
    }

    private static TokenLogprob? Logprob(JsonElement token, IEnumerable<JsonElement> top) =>
        token.ValueKind == JsonValueKind.Object && Text(token, "text") is { } text && token.TryGetProperty("logprob"u8, out var value) && value.ValueKind == JsonValueKind.Number
            ? new(text, value.GetDouble()) { TopLogprobs = top.Select(static one => Logprob(one, [])).OfType<TokenLogprob>().ToList() is { Count: > 0 } likely ? likely : null }
            : null;

    private static Extra Rest(JsonElement root)
    {
        var rest = Extra.Trusted(((RawJson)root).Utf8.ToArray()).Without("generated_text").Without("details");
        return rest.Names.Count > 0 ? rest : default;
    }
}

/// <summary>Texts at which an answer ends. The server's text ends in the one that ended it, and OpenAI's before it.</summary>
internal static class TgiStops
{
    /// <summary>A whole text without the stop text at its end.</summary>
    public static string Off(string text, IReadOnlyList<string>? stops)
    {
        var longest = (stops ?? []).Where(stop => stop.Length > 0 && text.EndsWith(stop, StringComparison.Ordinal)).MaxBy(static stop => stop.Length);
        return longest is null ? text : text[..^longest.Length];
    }

    /// <summary>How many characters at a text's end may be a stop text's beginning, and are kept until that is known.</summary>
    public static int Kept(string text, IReadOnlyList<string>? stops)
    {
        var kept = 0;
        foreach (var stop in stops ?? [])
            for (var length = Math.Min(stop.Length, text.Length); length > kept; length--)
                if (text.EndsWith(stop[..length], StringComparison.Ordinal)) kept = length;
        return kept;
    }
}
