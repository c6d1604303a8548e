using System.Collections.Immutable;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads transcripts and translations, in JSON and as plain text.</summary>
internal static class TranscriptReader
{
    /// <summary>What is in the types of pages, of storage's errors, and of events that nobody has asked for: an error among them is no transcript.</summary>
    private static readonly ImmutableArray<string> _others = ["html", "xml", "event-stream"];

    /// <summary>Reads the canonical form.</summary>
    public static Transcription Read(ReadOnlySpan<byte> utf8) => ReadObject(JsonReading.WithoutMark(utf8)) ?? throw new JsonException("A transcript needs 'text'.");

    /// <summary>Reads a service's reply, whichever form it keeps to; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    /// <param name="reply">The reply.</param>
    /// <param name="asked">The form that the caller wants; null for the usual one.</param>
    /// <param name="context">The call.</param>
    public static Transcription Parse(HttpReply reply, AudioResponseFormat? asked, CallContext context)
    {
        var format = asked ?? AudioResponseFormat.Json;
        var type = reply.Headers["Content-Type"];
        var body = JsonReading.WithoutMark(reply.Body.Span);
        var isJson = IsJson(type) ?? (!format.IsText || body.TrimStart(" \t\r\n"u8) is [(byte)'{' or (byte)'"', ..]);
        if (!isJson && IsProse(type, body, format)) return new() { Text = Encoding.UTF8.GetString(body), Format = format.IsText ? format : AudioResponseFormat.Text };
        try
        {
            if (ReadWhole(body, format) is { } read) return As(read, format);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>The transcript in a body of JSON: an object, or the text alone as a string; null where there is none.</summary>
    public static Transcription? ReadWhole(ReadOnlySpan<byte> body, AudioResponseFormat format)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read()) return null;
        if (reader.TokenType != JsonTokenType.String) return ReadObject(body);
        var text = reader.Text();
        // What stands behind it is an error of the reader's own.
        reader.Read();
        return new() { Text = text, Format = format };
    }

    /// <summary>A transcript as JSON in the form that was asked for: subtitles are made where there are segments.</summary>
    public static Transcription As(Transcription read, AudioResponseFormat format)
    {
        if (format.IsSubtitles && read.Segments.Count > 0) return read with { Text = format == AudioResponseFormat.Srt ? Subtitles.Srt(read.Segments) : Subtitles.Vtt(read.Segments), Format = format };
        if (format == AudioResponseFormat.Text) return read with { Format = format };
        var kept = read.Segments is [{ IsDiarized: true }, ..] ? AudioResponseFormat.DiarizedJson : read.Segments.Count > 0 || read.Words.Count > 0 ? AudioResponseFormat.VerboseJson : format.IsText ? AudioResponseFormat.Json : format;
        return read with { Format = kept };
    }

    private static bool? IsJson(string? type) => type is null ? null : type.Contains("json", StringComparison.OrdinalIgnoreCase);

    /// <summary>Whether a body that is not announced as JSON is a transcript: no page, no error, and something where JSON was asked for.</summary>
    private static bool IsProse(string? type, ReadOnlySpan<byte> body, AudioResponseFormat format)
    {
        var start = body.TrimStart(" \t\r\n"u8);
        if (_others.Any(word => type?.Contains(word, StringComparison.OrdinalIgnoreCase) == true) || start.StartsWith("<!"u8) || start.StartsWith("<html"u8) || start.StartsWith("<?xml"u8)) return false;
        // JSON under a wrong name: an error, or what was asked for.
        if (start is [(byte)'{', ..]) return format.IsText && !HoldsError(start);
        return body.Length > 0 ? format.IsText || IsPlainText(type) : format.IsText && IsPlainText(type);
    }

    private static bool IsPlainText(string? type) => type?.StartsWith("text/", StringComparison.OrdinalIgnoreCase) == true;

    private static bool HoldsError(ReadOnlySpan<byte> body)
    {
        try
        {
            var reader = new Utf8JsonReader(body);
            reader.Read();
            while (reader.NextMember())
            {
                if (reader.Is("error"u8)) return !reader.NextIsNull();
                reader.SkipMember();
            }
            return false;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static Transcription? ReadObject(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? text = null, language = null;
        IReadOnlyList<string>? languages = null;
        double? duration = null;
        List<TranscriptionWord>? words = null;
        List<TranscriptionSegment>? segments = null;
        List<TokenLogprob>? logprobs = null;
        AudioUsage? usage = null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            // Silence has no text, which some say with null.
            if (reader.Is("text"u8)) text = reader.ReadString(source) ?? "";
            else if (reader.Is("language"u8)) language = reader.ReadString(source);
            else if (reader.Is("languages"u8)) languages = ReadLanguages(ref reader, source);
            // Seconds; vLLM writes them in quotes (its source of 2026).
            else if (reader.Is("duration"u8)) duration = reader.ReadDouble();
            else if (reader.Is("words"u8)) words = ReadWords(ref reader, source);
            else if (reader.Is("segments"u8)) segments = ReadSegments(ref reader, source);
            else if (reader.Is("logprobs"u8)) logprobs = LogprobsJson.ReadTokens(ref reader, source);
            else if (reader.Is("usage"u8)) usage = AudioUsageJson.Read(ref reader, source);
            else
            {
                if (reader.Is("error"u8)) isError = !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        text ??= segments is { Count: > 0 } ? string.Concat(segments.Select(static segment => segment.Text)).Trim() : null;
        if (text is null || isError) return null;
        var read = new Transcription
        {
            Text = text, Language = language, Languages = languages, Duration = duration, Words = words ?? [], Segments = segments ?? [], Logprobs = logprobs, Usage = usage, Extra = extra.ToExtra(),
        };
        return As(read, AudioResponseFormat.Json);
    }

    /// <summary>Languages are told as objects with a code, or as the codes alone.</summary>
    public static IReadOnlyList<string>? ReadLanguages(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var languages = new List<string>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                if (reader.TextOf(source) is { } code) languages.Add(code);
                continue;
            }
            while (reader.NextMember())
                if (!reader.Is("code"u8)) reader.SkipMember();
                else if (reader.ReadString(source) is { } code) languages.Add(code);
        }
        return languages;
    }

    private static List<TranscriptionWord>? ReadWords(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var words = new List<TranscriptionWord>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject)
            {
                reader.Skip();
                continue;
            }
            var (word, start, end) = ("", 0d, 0d);
            var extra = new ExtraReader();
            while (reader.NextMember())
            {
                if (reader.Is("word"u8) || (word.Length == 0 && reader.Is("text"u8))) word = reader.ReadString(source) ?? "";
                else if (reader.Is("start"u8)) start = reader.ReadDouble() ?? 0;
                else if (reader.Is("end"u8)) end = reader.ReadDouble() ?? 0;
                else extra.Take(ref reader, source);
            }
            words.Add(new(word, start, end) { Extra = extra.ToExtra() });
        }
        return words;
    }

    private static List<TranscriptionSegment>? ReadSegments(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var segments = new List<TranscriptionSegment>();
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) segments.Add(ReadSegment(ref reader, source));
            else reader.Skip();
        }
        return segments;
    }

    /// <summary>Reads the segment that the reader stands on: an item of a list, or an event.</summary>
    public static TranscriptionSegment ReadSegment(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var segment = new TranscriptionSegment { Id = "", Text = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) segment = segment with { Id = reader.ReadString(source) ?? "" };
            else if (reader.Is("start"u8)) segment = segment with { Start = reader.ReadDouble() ?? 0 };
            else if (reader.Is("end"u8)) segment = segment with { End = reader.ReadDouble() ?? 0 };
            else if (reader.Is("text"u8)) segment = segment with { Text = reader.ReadString(source) ?? "" };
            else if (reader.Is("speaker"u8) || reader.Is("speaker_id"u8)) segment = segment with { Speaker = reader.ReadString(source) };
            else if (reader.Is("seek"u8)) segment = segment with { Seek = reader.ReadLong() };
            else if (reader.Is("tokens"u8)) segment = segment with { Tokens = ReadTokens(ref reader) };
            else if (reader.Is("temperature"u8)) segment = segment with { Temperature = reader.ReadDouble() };
            else if (reader.Is("avg_logprob"u8)) segment = segment with { AvgLogprob = reader.ReadDouble() };
            else if (reader.Is("compression_ratio"u8)) segment = segment with { CompressionRatio = reader.ReadDouble() };
            else if (reader.Is("no_speech_prob"u8)) segment = segment with { NoSpeechProb = reader.ReadDouble() };
            // Always the same word; the form says it all.
            else if (reader.Is("type"u8)) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        return segment with { Extra = extra.ToExtra() };
    }

    private static List<long>? ReadTokens(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) return null;
        var tokens = new List<long>();
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var token)) tokens.Add(token);
            else reader.Skip();
        }
        return tokens;
    }
}
