using System.Globalization;
using System.Text;

namespace Muxi.Llm;

/// <summary>Renders a request for a transcript: a form, or a JSON body with the file in it.</summary>
internal sealed class TranscriptionForm(OpenAITranscription quirks, CallContext context)
{
    private readonly Warnings _warnings = new();
    private readonly List<(string Name, RawJson Value)> _fields = [];
    private Extra _extra;

    public HttpCall Render(TranscriptionRequest request, bool stream)
    {
        Check(request);
        _extra = request.Extra;
        Text("model", quirks.ShortModel ? context.Model[(context.Model.LastIndexOf('/') + 1)..] : context.Model);
        Text("language", request.Language);
        List("languages", request.Languages);
        List("keywords", request.Keywords);
        Text("prompt", request.Prompt);
        Text("response_format", Format(request.ResponseFormat)?.Value);
        Number("temperature", request.Temperature);
        List("timestamp_granularities", request.TimestampGranularities?.Select(static one => one.Value) ?? (IsTimed(request.ResponseFormat) ? ["segment"] : null));
        List("include", request.Include);
        Chunking(request.ChunkingStrategy);
        List("known_speaker_names", request.KnownSpeakerNames);
        List("known_speaker_references", request.KnownSpeakerReferences);
        if (stream && quirks.Streams) Stream();
        var call = new HttpCall(HttpMethod.Post, quirks.Path) { VendorUrl = quirks.VendorUrl is { } url ? new(url) : null };
        var file = Named(request.File);
        call = quirks.JsonBody ? call with { FileInJson = Json(file) } : call with { Form = Form(file) };
        return call with { Warnings = _warnings.Given };
    }

    private void Check(TranscriptionRequest request)
    {
        if (quirks.MaxFileBytes > 0 && request.File.Length > quirks.MaxFileBytes)
            throw context.Refuse("file", $"the file '{request.File.Filename}' has {Megabytes(request.File.Length.Value)} MB and the service takes {Megabytes(quirks.MaxFileBytes)} MB at most: cut it, or compress it");
        if (quirks.MaxTemperature > 0 && request.Temperature > quirks.MaxTemperature)
            throw context.Refuse("temperature", string.Create(CultureInfo.InvariantCulture, $"temperature must be from 0 to {quirks.MaxTemperature}, not {request.Temperature}"));
    }

    /// <summary>The form that is asked for at the service.</summary>
    private AudioResponseFormat? Format(AudioResponseFormat? asked)
    {
        if (asked is not { } format || quirks.Formats.IsEmpty || quirks.Formats.Contains(format.Value)) return asked;
        if (format == AudioResponseFormat.Text || IsTimed(format)) return Plain();
        if (format.IsSubtitles)
            return quirks.Formats.Contains(AudioResponseFormat.VerboseJson.Value) ? AudioResponseFormat.VerboseJson
                : throw context.Refuse("response_format", $"the service gives no subtitles and no times to make them of, only {string.Join(", ", quirks.Formats)}");
        _warnings.Add("response_format", $"left out: the service does not give '{format}', only {string.Join(", ", quirks.Formats)}");
        return Plain();
    }

    /// <summary>JSON, which is what comes where nothing is said.</summary>
    private AudioResponseFormat? Plain() => quirks.Drops.Contains("response_format") ? default(AudioResponseFormat?) : AudioResponseFormat.Json;

    /// <summary>Whether the form has times, which the service gives for a list of granularities alone.</summary>
    private bool IsTimed(AudioResponseFormat? format) => quirks.SegmentsByGranularity && format is { } asked && (asked.IsSubtitles || asked == AudioResponseFormat.VerboseJson);

    private void Chunking(ChunkingStrategy? strategy)
    {
        if (strategy is null) return;
        if (strategy is { Threshold: null, PrefixPaddingMs: null, SilenceDurationMs: null, Type: "auto" })
        {
            Text("chunking_strategy", strategy.Type);
            return;
        }
        // An object in a form: as OpenAI's own clients flatten it.
        Text("chunking_strategy[type]", strategy.Type);
        Number("chunking_strategy[threshold]", strategy.Threshold);
        Number("chunking_strategy[prefix_padding_ms]", strategy.PrefixPaddingMs);
        Number("chunking_strategy[silence_duration_ms]", strategy.SilenceDurationMs);
    }

    private void Stream()
    {
        _fields.Add(("stream", "true"));
        if (quirks.StreamUsageField is { } field) Raw(field, "true");
    }

    private Form Form(FileSource file)
    {
        var form = Muxi.Llm.Form.Empty;
        foreach (var (name, value) in _fields)
            form = !quirks.ListBrackets && value.ToElement() is { ValueKind: System.Text.Json.JsonValueKind.Array } list ? list.EnumerateArray().Aggregate(form, (all, item) => all.With(name, item.GetString())) : form.With(name, value);
        // The method that is called decides how the reply is read, so no extra field goes before it. The file comes last: a service may read what stands before it first.
        return form.With(_extra.Without("stream")).With("file", file);
    }

    private FileInJson Json(FileSource file)
    {
        var others = JsonOut.ToUtf8(this, static (json, it) =>
        {
            json.WriteStartObject();
            foreach (var (name, value) in it._fields)
            {
                json.WritePropertyName(name);
                value.WriteTo(json);
            }
            it._extra.Without("stream").WriteMembers(json);
            json.WriteEndObject();
        });
        var format = file.ContentType is { } type && type.StartsWith("audio/", StringComparison.Ordinal) ? Media.AudioFormat(type) : System.IO.Path.GetExtension(file.Filename).TrimStart('.').ToLowerInvariant();
        byte[] head = [.. others.AsSpan()[..^1], .. Encoding.UTF8.GetBytes($",\"input_audio\":{{\"format\":{Quoted(format)},\"data\":\"")];
        return new(head, file, "\"}}"u8.ToArray());
    }

    /// <summary>A service tells the kind of sound by the name's ending, above all.</summary>
    private static FileSource Named(FileSource file) =>
        !System.IO.Path.HasExtension(file.Filename) && file.ContentType is { } type && (type.StartsWith("audio/", StringComparison.Ordinal) || type == "video/mp4") ? file with { Filename = $"{file.Filename}.{Media.AudioFormat(type)}" } : file;

    private void Text(string name, string? value)
    {
        if (value is not null) Raw(name, Quoted(value));
    }

    private void Number(string name, double? value)
    {
        if (value is { } number) Raw(name, number.ToString(CultureInfo.InvariantCulture));
    }

    private void List(string name, IEnumerable<string>? values)
    {
        if (values is not null && values.Any()) Raw(name, JsonOut.ToText(values, static (json, all) =>
        {
            json.WriteStartArray();
            foreach (var one in all) json.WriteStringValue(one);
            json.WriteEndArray();
        }, indented: false));
    }

    /// <summary>Notes a field, unless the caller's further ones hold it or the service does not take it.</summary>
    private void Raw(string name, string json)
    {
        if (_extra.TryGet(name, out _) || _extra.TryGet(name + "[]", out _)) return;
        var known = name.IndexOf('[', StringComparison.Ordinal) is > 0 and var at ? name[..at] : name;
        if (quirks.Drops.Contains(known)) _warnings.Add(known, "left out: the service does not take it");
        else _fields.Add((quirks.Renames.GetValueOrDefault(name, name), json));
    }

    private static string Quoted(string text) => JsonOut.ToText(text, static (json, it) => json.WriteStringValue(it), indented: false);

    private static string Megabytes(long bytes) => (bytes / (double)(1 << 20)).ToString("0.#", CultureInfo.InvariantCulture);
}
