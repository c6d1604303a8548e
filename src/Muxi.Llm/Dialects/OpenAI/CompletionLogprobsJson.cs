using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads the token probabilities of completions: lists that stand side by side, or the newer shape that chat has.</summary>
internal static class CompletionLogprobsJson
{
    public static CompletionLogprobs? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        List<string> tokens = [];
        List<double?> values = [];
        List<IReadOnlyDictionary<string, double>?> top = [];
        List<int> offsets = [];
        List<TokenLogprob>? newer = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("tokens"u8) && reader.NextIs(JsonTokenType.StartArray))
                for (reader.Read(); reader.NextItem();) tokens.Add(reader.TextOf(source) ?? "");
            else if (reader.Is("token_logprobs"u8) && reader.NextIs(JsonTokenType.StartArray))
                for (reader.Read(); reader.NextItem();) values.Add(Value(ref reader));
            else if (reader.Is("top_logprobs"u8) && reader.NextIs(JsonTokenType.StartArray))
                for (reader.Read(); reader.NextItem();) top.Add(ReadTop(ref reader));
            else if (reader.Is("text_offset"u8) && reader.NextIs(JsonTokenType.StartArray))
                for (reader.Read(); reader.NextItem();) offsets.Add((int)(Value(ref reader) ?? 0));
            else if (IsKnown(reader)) reader.SkipMember();
            else
            {
                var peek = reader;
                if (reader.Is("content"u8)) newer = LogprobsJson.ReadTokens(ref peek, source);
                extra.Take(ref reader, source);
            }
        }
        if (tokens.Count == 0 && newer is { Count: > 0 }) return Of(newer, extra.ToExtra());
        return new() { Tokens = tokens, TokenLogprobs = values, TopLogprobs = top, TextOffset = offsets, Extra = extra.ToExtra() };
    }

    /// <summary>The shape of chat, which llama.cpp and others give in completions as well: an object for each token. It stays beside ours, as it came.</summary>
    public static CompletionLogprobs Of(List<TokenLogprob> newer, Extra extra) => new()
    {
        Tokens = newer.ConvertAll(static one => one.Token), TokenLogprobs = newer.ConvertAll(static one => (double?)one.Logprob), TopLogprobs = newer.ConvertAll(static one => Top(one.TopLogprobs)), Extra = extra,
    };

    private static IReadOnlyDictionary<string, double>? Top(IReadOnlyList<TokenLogprob>? all)
    {
        if (all is not { Count: > 0 }) return null;
        var top = new Dictionary<string, double>();
        // Two tokens may be the same text: the likelier one stands first.
        foreach (var one in all) top.TryAdd(one.Token, one.Logprob);
        return top;
    }

    private static bool IsKnown(in Utf8JsonReader reader) => reader.Is("tokens"u8) || reader.Is("token_logprobs"u8) || reader.Is("top_logprobs"u8) || reader.Is("text_offset"u8);

    private static double? Value(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Number) return Math.Clamp(reader.GetDouble(), double.MinValue, double.MaxValue);
        reader.Skip();
        return null;
    }

    private static Dictionary<string, double>? ReadTop(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return null;
        }
        var top = new Dictionary<string, double>();
        while (reader.NextMember())
        {
            var token = reader.Text();
            reader.Read();
            if (Value(ref reader) is { } value) top[token] = value;
        }
        return top;
    }
}
