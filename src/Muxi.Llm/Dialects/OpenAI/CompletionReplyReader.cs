using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads completions, whole ones and chunks: they have the same members.</summary>
internal static class CompletionReplyReader
{
    private static readonly ImmutableDictionary<string, string> _noMoreWords = ImmutableDictionary<string, string>.Empty;

    /// <summary>Reads the canonical form.</summary>
    public static Completion Read(ReadOnlySpan<byte> utf8) => ToCompletion(ReadChunk(utf8));

    /// <summary>Reads a chunk in the canonical form.</summary>
    public static CompletionChunk ReadChunk(ReadOnlySpan<byte> utf8) => Read(utf8, words: null) ?? throw new JsonException("A completion needs 'choices'.");

    /// <summary>Reads a service's reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static Completion Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(reply.Body.Span, _noMoreWords) is { Choices.Count: > 0 } read && !HasFailed(read)) return ToCompletion(read);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Reads a service's chunk; null where it is an error, or none at all.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static CompletionChunk? ReadServices(ReadOnlySpan<byte> utf8) => Read(utf8, _noMoreWords) is { } chunk && !HasFailed(chunk) ? chunk : null;

    private static Completion ToCompletion(CompletionChunk read) => new()
    {
        Id = read.Id, Created = read.Created, Model = read.Model, Choices = read.Choices, Usage = read.Usage, SystemFingerprint = read.SystemFingerprint, Extra = read.Extra,
    };

    private static bool HasFailed(CompletionChunk read)
    {
        for (var i = 0; i < read.Choices.Count; i++)
            if (ChatFinishReasons.IsError(read.Choices[i].FinishReason)) return true;
        return false;
    }

    private static CompletionChunk? Read(ReadOnlySpan<byte> source, ImmutableDictionary<string, string>? words)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? id = null, model = null, fingerprint = null;
        long created = 0;
        List<CompletionChoice>? choices = null;
        Usage? usage = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("created"u8)) created = reader.ReadLong() ?? 0;
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("choices"u8)) choices = ReadChoices(ref reader, source, words);
            else if (reader.Is("usage"u8))
            {
                reader.Read();
                usage = UsageJson.Read(ref reader, source);
            }
            else if (reader.Is("system_fingerprint"u8)) fingerprint = reader.ReadString(source);
            // A service's good reply has no error, but may have the member.
            else if (words is not null && reader.Is("error"u8) && !reader.NextIsNull()) return null;
            else extra.Take(ref reader, source);
        }
        if (choices is null && (usage is null || words is null)) return null;
        return new() { Id = id ?? "", Created = created, Model = model ?? "", Choices = choices ?? [], Usage = usage, SystemFingerprint = fingerprint, Extra = extra.ToExtra() };
    }

    private static List<CompletionChoice>? ReadChoices(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ImmutableDictionary<string, string>? words)
    {
        if (!reader.EnterArray()) return null;
        var choices = new List<CompletionChoice>();
        while (reader.NextItem())
            if (reader.TokenType == JsonTokenType.StartObject) choices.Add(ReadChoice(ref reader, source, words, choices.Count));
            else reader.Skip();
        return choices;
    }

    private static CompletionChoice ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ImmutableDictionary<string, string>? words, int place)
    {
        string? text = null, finish = null, finishRaw = null;
        var index = place;
        CompletionLogprobs? logprobs = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) index = (int)(reader.ReadLong() ?? place);
            else if (reader.Is("text"u8)) text = reader.ReadString(source);
            else if (text is null && (reader.Is("message"u8) || reader.Is("delta"u8))) text = ReadContent(ref reader, source);
            else if (reader.Is("finish_reason"u8)) finish = reader.ReadShared("stop", source);
            else if (reader.Is("finish_reason_raw"u8)) finishRaw = reader.ReadString(source);
            else if (reader.Is("logprobs"u8) && !reader.NextIsNull()) logprobs = ReadLogprobs(ref reader, source);
            else if (reader.Is("logprobs"u8)) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        string? raw = null;
        // An empty word says nothing yet.
        FinishReason? reason = string.IsNullOrEmpty(finish) ? null : ChatFinishReasons.Normal(finish, words, hasCalls: false, out raw);
        return new() { Index = index, Text = text ?? "", FinishReason = reason, FinishReasonRaw = finishRaw ?? raw, Logprobs = logprobs, Extra = extra.ToExtra() };
    }

    private static string? ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? content = null;
        while (reader.NextMember())
            if (reader.Is("content"u8)) content = reader.ReadString(source);
            else reader.SkipMember();
        return content;
    }

    private static CompletionLogprobs? ReadLogprobs(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        List<string> tokens = [];
        List<double?> values = [];
        List<IReadOnlyDictionary<string, double>?> top = [];
        List<int> offsets = [];
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
            else extra.Take(ref reader, source);
        }
        return new() { Tokens = tokens, TokenLogprobs = values, TopLogprobs = top, TextOffset = offsets, Extra = extra.ToExtra() };
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
