using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// What a call used, in the service's counters: input beside what the cache gave and took. Within one reply a later number is the counter grown, and taken; of a turn
/// that went on in further calls the numbers are added.
/// </summary>
internal sealed class MessagesUsage
{
    private long? _input, _written, _cached, _output, _thinking;
    private Extra _extra;

    /// <summary>Reads the object that the reader is about to enter; members that are null say nothing.</summary>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("input_tokens"u8)) _input = Grown(_input, reader.ReadLong());
            else if (reader.Is("cache_creation_input_tokens"u8)) _written = Grown(_written, reader.ReadLong());
            else if (reader.Is("cache_read_input_tokens"u8)) _cached = Grown(_cached, reader.ReadLong());
            else if (reader.Is("output_tokens"u8)) _output = reader.ReadLong() ?? _output;
            else if (reader.Is("output_tokens_details"u8)) _thinking = ReadThinking(ref reader) ?? _thinking;
            else extra.Take(ref reader, source);
        }
        _extra = _extra.With(extra.ToExtra());
    }

    /// <summary>The usage; null when nothing was counted.</summary>
    public Usage? ToUsage()
    {
        if (_input is null && _output is null) return null;
        var prompt = (_input ?? 0) + (_written ?? 0) + (_cached ?? 0);
        return new()
        {
            PromptTokens = prompt, CompletionTokens = _output ?? 0, TotalTokens = prompt + (_output ?? 0),
            PromptTokensDetails = _written is null && _cached is null ? null : new() { CachedTokens = _cached, CacheWriteTokens = _written },
            CompletionTokensDetails = _thinking is null ? null : new() { ReasoningTokens = _thinking },
            Extra = _extra,
        };
    }

    /// <summary>The class in which the call was served, in OpenAI's words.</summary>
    public ServiceTier? Tier() => _extra.GetString("service_tier") switch
    {
        null => default(ServiceTier?),
        "standard" => ServiceTier.Default,
        var word => new ServiceTier(word),
    };

    /// <summary>Both calls' usage.</summary>
    public static Usage? Sum(Usage? one, Usage? other)
    {
        if (one is null || other is null) return one ?? other;
        return new()
        {
            PromptTokens = one.PromptTokens + other.PromptTokens, CompletionTokens = one.CompletionTokens + other.CompletionTokens, TotalTokens = one.TotalTokens + other.TotalTokens,
            PromptTokensDetails = one.PromptTokensDetails is null && other.PromptTokensDetails is null ? null : new()
            {
                CachedTokens = Sum(one.PromptTokensDetails?.CachedTokens, other.PromptTokensDetails?.CachedTokens),
                CacheWriteTokens = Sum(one.PromptTokensDetails?.CacheWriteTokens, other.PromptTokensDetails?.CacheWriteTokens),
            },
            CompletionTokensDetails = one.CompletionTokensDetails is null && other.CompletionTokensDetails is null ? null : new()
            {
                ReasoningTokens = Sum(one.CompletionTokensDetails?.ReasoningTokens, other.CompletionTokensDetails?.ReasoningTokens),
            },
            Extra = Sum(one.Extra, other.Extra),
        };
    }

    private static long? Sum(long? one, long? other) => one is null && other is null ? null : (one ?? 0) + (other ?? 0);

    /// <summary>Counts are added, also those within objects, and lists joined; of anything else the later one counts.</summary>
    private static Extra Sum(Extra one, Extra other)
    {
        var sum = one;
        foreach (var name in other.Names) sum = sum.With(name, Sum(one[name], other[name]));
        return sum;
    }

    private static RawJson Sum(RawJson one, RawJson other)
    {
        if (one.IsEmpty) return other;
        var (a, b) = (one.ToElement(), other.ToElement());
        if (a.ValueKind == JsonValueKind.Object && b.ValueKind == JsonValueKind.Object)
            return Sum(Extra.Trusted(one.Utf8.ToArray()), Extra.Trusted(other.Utf8.ToArray())).ToString();
        if (a.ValueKind == JsonValueKind.Array && b.ValueKind == JsonValueKind.Array) return $"[{string.Join(',', a.EnumerateArray().Concat(b.EnumerateArray()).Select(one => one.GetRawText()))}]";
        return a.ValueKind == JsonValueKind.Number && b.ValueKind == JsonValueKind.Number && a.TryGetInt64(out var m) && b.TryGetInt64(out var n)
            ? FormattableString.Invariant($"{m + n}")
            : other;
    }

    /// <summary>Some services begin with the number and end with 0: a counter does not shrink.</summary>
    private static long? Grown(long? before, long? now) => now is null or 0 && before is not null ? before : now;

    private static long? ReadThinking(ref Utf8JsonReader reader)
    {
        long? thinking = null;
        if (!reader.EnterObject()) return null;
        while (reader.NextMember())
        {
            if (reader.Is("thinking_tokens"u8)) thinking = reader.ReadLong();
            else reader.SkipMember();
        }
        return thinking;
    }
}
