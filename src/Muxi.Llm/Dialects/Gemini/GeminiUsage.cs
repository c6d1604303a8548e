using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a call used, in the service's counters: thoughts stand beside the answer, and what its own tools read beside the prompt. A later number is the counter grown.</summary>
internal sealed class GeminiUsage
{
    private long? _prompt, _tools, _answer, _thoughts, _cached;
    private GeminiModalities? _ofPrompt, _ofAnswer;
    private string? _tier;
    private Extra _extra;

    /// <summary>The class in which the call was served, in OpenAI's words.</summary>
    public ServiceTier? Tier => _tier switch
    {
        null or "" => default(ServiceTier?),
        "standard" => ServiceTier.Default,
        "ON_DEMAND_FLEX" => ServiceTier.Flex,
        "ON_DEMAND_PRIORITY" => ServiceTier.Priority,
        var word => new ServiceTier(word),
    };

    /// <summary>Reads the object that the reader is about to enter; members that are null say nothing.</summary>
    public void Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("promptTokenCount"u8)) _prompt = reader.ReadLong() ?? _prompt;
            else if (reader.Is("candidatesTokenCount"u8)) _answer = reader.ReadLong() ?? _answer;
            else if (reader.Is("thoughtsTokenCount"u8)) _thoughts = reader.ReadLong() ?? _thoughts;
            else if (reader.Is("cachedContentTokenCount"u8)) _cached = reader.ReadLong() ?? _cached;
            else if (reader.Is("promptTokensDetails"u8)) _ofPrompt = GeminiModalities.Read(ref reader, source) ?? _ofPrompt;
            else if (reader.Is("candidatesTokensDetails"u8)) _ofAnswer = GeminiModalities.Read(ref reader, source) ?? _ofAnswer;
            else if (reader.Is("totalTokenCount"u8)) reader.SkipMember();
            else ReadRest(ref reader, source, ref extra);
        }
        if (extra.ToExtra() is { IsEmpty: false } members) _extra = _extra.With(members);
    }

    /// <summary>The usage; null when nothing was counted.</summary>
    public Usage? ToUsage()
    {
        if (_prompt is null && _answer is null && _thoughts is null) return null;
        var (prompt, answer) = ((_prompt ?? 0) + (_tools ?? 0), (_answer ?? 0) + (_thoughts ?? 0));
        return new()
        {
            PromptTokens = prompt, CompletionTokens = answer, TotalTokens = prompt + answer,
            PromptTokensDetails = _cached is null && _ofPrompt is null ? null : new()
            {
                CachedTokens = _cached, TextTokens = _ofPrompt?.Text, ImageTokens = _ofPrompt?.Image, AudioTokens = _ofPrompt?.Audio, Extra = _ofPrompt?.Rest ?? default,
            },
            CompletionTokensDetails = _thoughts is null && _ofAnswer is null ? null : new()
            {
                ReasoningTokens = _thoughts, TextTokens = _ofAnswer?.Text, AudioTokens = _ofAnswer?.Audio,
                Extra = _ofAnswer is { Image: { } image } ? _ofAnswer.Rest.With("image_tokens", FormattableString.Invariant($"{image}")) : _ofAnswer?.Rest ?? default,
            },
            Extra = _extra,
        };
    }

    /// <summary>What has no place of its own is kept as it came.</summary>
    private void ReadRest(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ExtraReader extra)
    {
        var peek = reader;
        if (reader.Is("toolUsePromptTokenCount"u8)) _tools = peek.ReadLong() ?? _tools;
        else if (reader.Is("serviceTier"u8)) _tier = peek.ReadString(source);
        // Which quota was used: only some of them are a class of service.
        else if (reader.Is("trafficType"u8) && peek.ReadString(source) is ("ON_DEMAND_FLEX" or "ON_DEMAND_PRIORITY") and var traffic) _tier = traffic;
        extra.Take(ref reader, source);
    }
}

/// <summary>Tokens by what they stand for.</summary>
internal sealed record GeminiModalities
{
    /// <summary>Numbers instead of words, where the service was asked for them.</summary>
    private static readonly string[] _numbered = ["MODALITY_UNSPECIFIED", "TEXT", "IMAGE", "VIDEO", "AUDIO", "DOCUMENT"];

    public long? Text { get; private init; }
    public long? Image { get; private init; }
    public long? Audio { get; private init; }

    /// <summary>Other kinds, by their names: <c>video_tokens</c>.</summary>
    public Extra Rest { get; private init; }

    /// <summary>Reads the list that the reader is about to enter; null for none.</summary>
    public static GeminiModalities? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var read = new GeminiModalities();
        var isAny = false;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var (kind, count) = ("", default(long?));
            while (reader.NextMember())
            {
                if (reader.Is("modality"u8)) kind = reader.ReadString(source) ?? "";
                else if (reader.Is("tokenCount"u8)) count = reader.ReadLong();
                else reader.SkipMember();
            }
            if (count is not { } tokens) continue;
            isAny = true;
            read = read.With(kind.Length == 1 && kind[0] - '0' is >= 0 and < 6 and var number ? _numbered[number] : kind, tokens);
        }
        return isAny ? read : null;
    }

    private GeminiModalities With(string kind, long tokens) => kind switch
    {
        "TEXT" or "MODALITY_UNSPECIFIED" or "" => this with { Text = (Text ?? 0) + tokens },
        "IMAGE" => this with { Image = (Image ?? 0) + tokens },
        "AUDIO" => this with { Audio = (Audio ?? 0) + tokens },
        _ when !kind.All(char.IsAsciiLetter) => this,
        _ => this with { Rest = Rest.With($"{kind.ToLowerInvariant()}_tokens", FormattableString.Invariant($"{tokens}")) },
    };
}
