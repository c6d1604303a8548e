using System.Buffers;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Hugging Face's recognition of speech: the file's bytes are the request, or its base64 in JSON where something is asked for besides. Times (<c>verbose_json</c>, subtitles,
/// <c>timestamp_granularities</c>) are asked for by <c>return_timestamps</c>; further members go into <c>parameters</c>.
/// </summary>
/// <remarks>Source: the specification of automatic-speech-recognition in huggingface.js (packages/tasks), as of 2026-11. The reply is <c>{"text", "chunks": [{"text", "timestamp": [start, end]}]}</c>.</remarks>
public sealed record HuggingFaceTranscription : TranscriptionDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> in it is the model's name.</summary>
    public string Path { get; init; } = "../hf-inference/models/{model}";

    /// <summary>Who runs the models, as a name may say behind a colon; empty where names have no such ending.</summary>
    public string Runner { get; init; } = "hf-inference";

    /// <summary>The reply is one JSON value; as a stream it is the whole answer as one piece.</summary>
    public override Framing Framing => Framing.JsonLines;

    /// <inheritdoc/>
    public override HttpCall Render(TranscriptionRequest request, CallContext context, bool stream)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        Warn(request, warnings);
        var parameters = Parameters(request);
        var call = new HttpCall(HttpMethod.Post, TaskPath.Of(Path, Runner, context)) { Warnings = warnings.Given };
        // Without parameters the bytes go as they are, which is a third less.
        if (parameters.IsEmpty) return call with { File = request.File, ContentType = request.File.ContentType ?? Media.Unknown };
        byte[] tail = [.. "\",\"parameters\":"u8, .. parameters.Utf8, (byte)'}'];
        return call with { FileInJson = new("{\"inputs\":\""u8.ToArray(), request.File, tail) };
    }

    /// <inheritdoc/>
    public override Transcription Parse(HttpReply reply, TranscriptionRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        try
        {
            if (Read(reply.Body.Span, IsOfWords(request)) is { } read) return TranscriptReader.As(read, request.ResponseFormat ?? AudioResponseFormat.Json);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <inheritdoc/>
    public override IFold<TranscriptionStreamEvent> Fold(TranscriptionRequest request, CallContext context) => new WholeTranscriptFold(this, request, context);

    private static bool IsOfWords(TranscriptionRequest request) => request.TimestampGranularities?.Contains(TimestampGranularity.Word) == true || request.Extra.GetString("return_timestamps") == "word";

    private static void Warn(TranscriptionRequest request, Warnings warnings)
    {
        ReadOnlySpan<(string, bool)> others =
        [
            ("language", request.Language is not null), ("languages", request.Languages is { Count: > 0 }), ("keywords", request.Keywords is { Count: > 0 }), ("prompt", request.Prompt is { Length: > 0 }),
            ("include", request.Include is { Count: > 0 }), ("chunking_strategy", request.ChunkingStrategy is not null), ("known_speaker_names", request.KnownSpeakerNames is { Count: > 0 }),
            ("known_speaker_references", request.KnownSpeakerReferences is { Count: > 0 }),
        ];
        foreach (var (name, isAsked) in others)
            if (isAsked) warnings.Add(name, "left out: the task has nothing like it");
        if (request.ResponseFormat == AudioResponseFormat.DiarizedJson) warnings.Add("response_format", "the task does not tell who speaks: it comes with times alone");
    }

    private static Extra Parameters(TranscriptionRequest request)
    {
        var isTimed = request.ResponseFormat is { } format && (format.IsSubtitles || format.Value is "verbose_json" or "diarized_json");
        var parameters = default(Extra);
        if (IsOfWords(request)) parameters = parameters.With("return_timestamps", RawJson.Parse("\"word\""));
        else if (isTimed || request.TimestampGranularities is { Count: > 0 }) parameters = parameters.With("return_timestamps", RawJson.Parse("true"));
        if (request.Temperature is { } temperature)
            parameters = parameters.With("generation_parameters", RawJson.Trusted(JsonOut.ToUtf8(temperature, static (json, number) =>
            {
                json.WriteStartObject();
                json.WriteNumber("temperature"u8, number);
                json.WriteEndObject();
            })));
        return parameters.With(request.Extra);
    }

    private static Transcription? Read(ReadOnlySpan<byte> source, bool isOfWords)
    {
        source = JsonReading.WithoutMark(source);
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? text = null;
        var chunks = new List<(string Text, double? Start, double? End)>();
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("text"u8)) text = reader.ReadString(source);
            else if (reader.Is("chunks"u8)) ReadChunks(ref reader, source, chunks);
            else
            {
                isError |= reader.Is("error"u8);
                extra.Take(ref reader, source);
            }
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (text is null || isError) return null;
        // A model ends the last piece, where sound was cut, without a time.
        var read = new Transcription { Text = text.Trim(), Extra = extra.ToExtra() };
        return isOfWords
            ? read with { Words = [.. chunks.Select(static chunk => new TranscriptionWord(chunk.Text.Trim(), chunk.Start ?? 0, chunk.End ?? chunk.Start ?? 0))] }
            : read with { Segments = [.. chunks.Select(static (chunk, at) => new TranscriptionSegment { Id = at.ToString(System.Globalization.CultureInfo.InvariantCulture), Text = chunk.Text, Start = chunk.Start ?? 0, End = chunk.End ?? chunk.Start ?? 0 })] };
    }

    private static void ReadChunks(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<(string, double?, double?)> into)
    {
        if (!reader.EnterArray()) return;
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A chunk is no object.");
            string? text = null;
            double? start = null, end = null;
            while (reader.NextMember())
            {
                if (reader.Is("text"u8)) text = reader.ReadString(source);
                else if (reader.Is("timestamp"u8) || reader.Is("timestamps"u8)) (start, end) = ReadTimes(ref reader);
                else reader.SkipMember();
            }
            into.Add((text ?? "", start, end));
        }
    }

    private static (double? Start, double? End) ReadTimes(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) return default;
        var times = new List<double?>();
        while (reader.NextItem()) times.Add(reader.TokenType == JsonTokenType.Number ? reader.GetDouble() : null);
        return (times.Count > 0 ? times[0] : null, times.Count > 1 ? times[1] : null);
    }

    /// <summary>The whole answer as one piece and its end.</summary>
    private sealed class WholeTranscriptFold(HuggingFaceTranscription dialect, TranscriptionRequest request, CallContext context) : IFold<TranscriptionStreamEvent>
    {
        private readonly ArrayBufferWriter<byte> _body = new();

        /// <summary>The end is that of the body: JSON may stand on several lines.</summary>
        public bool IsComplete => false;

        public void Next(WireEvent wireEvent, ICollection<TranscriptionStreamEvent> into)
        {
            _body.Write(wireEvent.Data.Span);
            _body.Write("\n"u8);
        }

        public void End(ICollection<TranscriptionStreamEvent> into)
        {
            if (_body.WrittenCount == 0) throw context.Interrupted("ended before anything came");
            var whole = dialect.Parse(new(200, _body.WrittenMemory), request, context);
            if (whole.Text.Length > 0) into.Add(new() { Type = TranscriptionEventType.Delta, Delta = whole.Text });
            into.Add(new() { Type = TranscriptionEventType.Done, Text = whole.Text });
        }
    }
}
