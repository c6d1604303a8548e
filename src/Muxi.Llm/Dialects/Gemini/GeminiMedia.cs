using System.Net;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a reply or an event of <c>generateContent</c> brings of pictures or sound, and how it ended.</summary>
internal sealed class GeminiMedia
{
    private readonly StringBuilder _text = new();
    private bool _isReply, _isError;

    /// <summary>Pictures or sound, in order; those that a model made while it thought are left out.</summary>
    public List<(string? MimeType, byte[] Bytes)> Pieces { get; } = [];

    /// <summary>What was said besides; null for nothing.</summary>
    public string? Text => _text.Length == 0 ? null : _text.ToString();

    /// <summary>The service's word for how it ended; null where it goes on.</summary>
    public string? FinishReason { get; private set; }

    /// <summary>What it counted; null where it did not yet.</summary>
    public GeminiMediaUsage? Usage { get; private set; }

    /// <summary>The model that answered, in the service's words.</summary>
    public string? Model { get; private set; }

    /// <summary>Whether the prompt was refused.</summary>
    public bool IsBlocked => Block is not null;

    private string? Block { get; set; }

    private string? Sentence { get; set; }

    /// <summary>Reads a reply or an event; null where it is none, or an error.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static GeminiMedia? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var media = new GeminiMedia();
        while (reader.NextMember()) media.Take(ref reader, source);
        return media._isReply && !media._isError ? media : null;
    }

    /// <summary>What it means that nothing came, or that it ended too early.</summary>
    /// <param name="what">What did not come: "no picture".</param>
    /// <param name="context">The call's surroundings.</param>
    public ApiException Missing(string what, CallContext context)
    {
        var reason = Block ?? FinishReason;
        var said = Sentence ?? Text;
        var message = $"{context.Provider}: {what} came{(reason is null ? "" : $" ({reason})")}{(said is null ? "" : $": {said.ReplaceLineEndings(" ")}")}";
        if (Block is not null || IsFilter(reason))
            return new ContentFilterException(message) { Status = HttpStatusCode.BadRequest, Type = "content_filter", Code = reason, Provider = context.Provider, Model = context.Model };
        return new ServerException(message) { Status = HttpStatusCode.BadGateway, Code = reason, Provider = context.Provider, Model = context.Model };
    }

    private static bool IsFilter(string? reason) => reason is not null
        && (reason.Contains("SAFETY", StringComparison.Ordinal) || reason.Contains("PROHIBITED", StringComparison.Ordinal) || reason.Contains("RECITATION", StringComparison.Ordinal) || reason is "BLOCKLIST" or "SPII");

    private void Take(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("candidates"u8))
        {
            _isReply = true;
            if (!reader.EnterArray()) return;
            while (reader.NextItem())
                if (reader.TokenType == JsonTokenType.StartObject) TakeCandidate(ref reader, source);
                else reader.Skip();
        }
        else if (reader.Is("promptFeedback"u8)) TakeFeedback(ref reader, source);
        else if (reader.Is("usageMetadata"u8))
        {
            _isReply = true;
            Usage = GeminiMediaUsage.Read(ref reader, source) ?? Usage;
        }
        else if (reader.Is("modelVersion"u8)) Model = reader.ReadString(source);
        else
        {
            _isError |= reader.Is("error"u8) && !reader.NextIsNull();
            reader.SkipMember();
        }
    }

    private void TakeFeedback(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return;
        _isReply = true;
        while (reader.NextMember())
            if (reader.Is("blockReason"u8)) Block = reader.ReadString(source);
            else if (reader.Is("blockReasonMessage"u8)) Sentence = reader.ReadString(source);
            else reader.SkipMember();
    }

    private void TakeCandidate(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        while (reader.NextMember())
            if (reader.Is("finishReason"u8)) FinishReason = reader.ReadString(source) is { Length: > 0 } reason ? reason : FinishReason;
            else if (reader.Is("finishMessage"u8)) Sentence = reader.ReadString(source);
            else if (reader.Is("content"u8)) TakeContent(ref reader, source);
            else reader.SkipMember();
    }

    private void TakeContent(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return;
        while (reader.NextMember())
        {
            if (!reader.Is("parts"u8))
            {
                reader.SkipMember();
                continue;
            }
            if (!reader.EnterArray()) continue;
            while (reader.NextItem())
                if (reader.TokenType == JsonTokenType.StartObject) TakePart(ref reader, source);
                else reader.Skip();
        }
    }

    private void TakePart(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? text = null;
        (string? MimeType, byte[]? Bytes) data = default;
        var isThought = false;
        while (reader.NextMember())
            if (reader.Is("text"u8)) text = reader.ReadString(source);
            else if (reader.Is("thought"u8)) isThought = reader.ReadBool() == true;
            else if (reader.Is("inlineData"u8)) data = ReadData(ref reader, source);
            else reader.SkipMember();
        if (isThought) return;
        _text.Append(text);
        if (data.Bytes is { Length: > 0 } bytes) Pieces.Add((data.MimeType, bytes));
    }

    private static (string?, byte[]?) ReadData(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return default;
        (string? MimeType, byte[]? Bytes) data = default;
        while (reader.NextMember())
            if (reader.Is("mimeType"u8)) data.MimeType = reader.ReadString(source);
            else if (reader.Is("data"u8))
            {
                reader.Read();
                if (reader.TokenType == JsonTokenType.String) data.Bytes = Base64Text.Decode(ref reader) ?? throw new JsonException("The data are no base64.");
                else reader.Skip();
            }
            else reader.SkipMember();
        return data;
    }
}

/// <summary>What a call for pictures or sound used, in Google's count.</summary>
/// <param name="Input">Tokens of what was sent.</param>
/// <param name="Output">Tokens of what came, thinking included.</param>
internal sealed record GeminiMediaUsage(long Input, long Output)
{
    /// <summary>What was sent, by kind (<c>TEXT</c>, <c>IMAGE</c>, <c>AUDIO</c>).</summary>
    public IReadOnlyDictionary<string, long> Inputs { get; private init; } = new Dictionary<string, long>();

    /// <summary>What came, by kind.</summary>
    public IReadOnlyDictionary<string, long> Outputs { get; private init; } = new Dictionary<string, long>();

    /// <summary>Reads the member that the reader stands on; null where it counts nothing.</summary>
    public static GeminiMediaUsage? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? prompt = null, candidates = null, thoughts = null, tools = null;
        Dictionary<string, long> inputs = [], outputs = [];
        while (reader.NextMember())
            if (reader.Is("promptTokenCount"u8)) prompt = reader.ReadLong();
            else if (reader.Is("toolUsePromptTokenCount"u8)) tools = reader.ReadLong();
            else if (reader.Is("candidatesTokenCount"u8)) candidates = reader.ReadLong();
            else if (reader.Is("thoughtsTokenCount"u8)) thoughts = reader.ReadLong();
            else if (reader.Is("promptTokensDetails"u8)) inputs = ReadDetails(ref reader, source);
            else if (reader.Is("candidatesTokensDetails"u8)) outputs = ReadDetails(ref reader, source);
            else reader.SkipMember();
        if (prompt is null && candidates is null) return null;
        return new((prompt ?? 0) + (tools ?? 0), (candidates ?? 0) + (thoughts ?? 0)) { Inputs = inputs, Outputs = outputs };
    }

    private static Dictionary<string, long> ReadDetails(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var counts = new Dictionary<string, long>();
        if (!reader.EnterArray()) return counts;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var (kind, count) = ("", 0L);
            while (reader.NextMember())
                if (reader.Is("modality"u8)) kind = reader.ReadString(source) ?? "";
                else if (reader.Is("tokenCount"u8)) count = reader.ReadLong() ?? 0;
                else reader.SkipMember();
            counts[kind] = counts.GetValueOrDefault(kind) + count;
        }
        return counts;
    }
}
