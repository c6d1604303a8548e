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
        var saysAny = false;
        List<CompletionChoice>? choices = null;
        Usage? usage = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("created"u8)) created = FileJson.ReadTime(ref reader) ?? 0;
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("choices"u8))
            {
                choices = ReadChoices(ref reader, source, words);
                saysAny = true;
            }
            else if (reader.Is("usage"u8))
            {
                reader.Read();
                usage = UsageJson.Read(ref reader, source);
                saysAny |= usage is not null;
            }
            else if (reader.Is("system_fingerprint"u8)) fingerprint = reader.ReadString(source);
            // A service's good reply has no error, but may have the member.
            else if (words is not null && reader.Is("error"u8) && !reader.NextIsNull()) return null;
            else extra.Take(ref reader, source);
        }
        // A service's chunk may have none, or null: with usage, or with nothing but its id.
        if (choices is null && !(words is not null && saysAny)) return null;
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
            else if (reader.Is("text"u8)) text = reader.ReadString(source) is { Length: > 0 } plain ? plain : text;
            else if (string.IsNullOrEmpty(text) && (reader.Is("message"u8) || reader.Is("delta"u8))) text = ReadContent(ref reader, source, ref extra);
            else if (reader.Is("finish_reason"u8)) finish = reader.ReadShared("stop", source);
            else if (reader.Is("finish_reason_raw"u8)) finishRaw = reader.ReadString(source);
            else if (reader.Is("logprobs"u8) && !reader.NextIsNull()) logprobs = CompletionLogprobsJson.Read(ref reader, source);
            else if (reader.Is("logprobs"u8)) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        string? raw = null;
        // An empty word says nothing yet.
        FinishReason? reason = string.IsNullOrEmpty(finish) ? null : ChatFinishReasons.Normal(finish, words, hasCalls: false, out raw);
        return new() { Index = index, Text = text ?? "", FinishReason = reason, FinishReasonRaw = finishRaw ?? raw, Logprobs = logprobs, Extra = extra.ToExtra() };
    }

    /// <summary>The text of a choice in the shape of chat. What else stands there, such as reasoning, is kept as it came.</summary>
    private static string? ReadContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref ExtraReader extra)
    {
        var inner = reader;
        string? content = null;
        var hasMore = false;
        if (inner.EnterObject())
            while (inner.NextMember())
                if (inner.Is("content"u8) && !inner.NextIs(JsonTokenType.StartArray)) content = inner.ReadString(source);
                else
                {
                    hasMore |= !inner.Is("role"u8) && !inner.NextIsNull();
                    inner.SkipMember();
                }
        if (hasMore) extra.Take(ref reader, source);
        else reader.SkipMember();
        return content;
    }
}
