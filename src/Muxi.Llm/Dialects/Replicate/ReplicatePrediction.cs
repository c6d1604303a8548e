using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A prediction, which is what a call becomes: how far it is, what came of it, and where it is looked at, read and ended.</summary>
internal sealed record ReplicatePrediction
{
    public required string Id { get; init; }

    public required string Status { get; init; }

    public string? Model { get; init; }

    public long? Created { get; init; }

    /// <summary>What came of it: a text, a list of texts or addresses, an object; empty for nothing.</summary>
    public RawJson Output { get; init; }

    /// <summary>Why there is nothing; null where nothing went wrong.</summary>
    public string? Error { get; init; }

    public Uri? Get { get; init; }

    public Uri? Stream { get; init; }

    public Uri? Cancel { get; init; }

    /// <summary>What was used, where the model counts tokens.</summary>
    public Usage? Usage { get; init; }

    /// <summary>Other members: <c>logs</c>, <c>metrics</c>, <c>version</c>, times. The input is the caller's own and not kept.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether there is nothing to wait for.</summary>
    public bool IsOver => Status is not ("starting" or "processing" or "queued" or "booting");

    public bool HasSucceeded => Status is "succeeded" or "successful";

    /// <summary>What the output says: pieces of a list belong together.</summary>
    public string Text
    {
        get
        {
            if (Output.IsEmpty) return "";
            var element = Output.ToElement();
            if (element.ValueKind == JsonValueKind.Array) return string.Concat(element.EnumerateArray().Select(Told));
            return Told(element);
        }
    }

    /// <summary>The addresses in the output: it is one, or a list of some.</summary>
    public IReadOnlyList<string> Addresses => Output.IsEmpty
        ? []
        : [.. Texts(Output.ToElement()).OfType<string>().Where(static one => Uri.TryCreate(one, UriKind.Absolute, out var address) && address.Scheme is "https" or "http" or "data")];

    /// <summary>What may be an address: a text, those of a list, or of an object what stands where models put one, or a list of them.</summary>
    private static IEnumerable<string?> Texts(JsonElement output) => output.ValueKind switch
    {
        JsonValueKind.String => [output.GetString()],
        JsonValueKind.Array => output.EnumerateArray().SelectMany(Texts),
        JsonValueKind.Object when (ToolForms.Text(output, "url") ?? ToolForms.Text(output, "image")) is { } one => [one],
        JsonValueKind.Object when output.TryGetProperty("images"u8, out var many) || output.TryGetProperty("output"u8, out many) => Texts(many),
        _ => [],
    };

    /// <summary>Reads a prediction; null where it is something else.</summary>
    public static ReplicatePrediction? Read(ReadOnlySpan<byte> source)
    {
        try
        {
            var read = new ReplicatePrediction { Id = "", Status = "" };
            source = JsonReading.WithoutMark(source);
            var reader = new Utf8JsonReader(source);
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            var extra = new ExtraReader();
            while (reader.NextMember())
                if (reader.NextIsNull()) reader.SkipMember();
                else if (Taken(read, ref reader, source) is { } next) read = next;
                else extra.Take(ref reader, source);
            reader.Read();
            // An error has a number for its status.
            if (read.Status.Length == 0 || (read.Id.Length == 0 && read.Get is null)) return null;
            var rest = extra.ToExtra();
            return read with { Extra = rest, Usage = Counted(rest["metrics"]) };
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
            return null;
        }
    }

    /// <summary>The error of a prediction that has failed or was ended. It is there, and asking once more would make another one.</summary>
    public ApiException Failure(CallContext context)
    {
        var said = Error ?? (Status is "canceled" or "aborted" ? "the prediction was canceled" : $"the prediction is '{Status}' and does not say why");
        var error = context.Error(new HttpReply(200, JsonOut.ToUtf8(said, static (json, text) =>
        {
            json.WriteStartObject();
            json.WriteString("error"u8, text);
            json.WriteEndObject();
        })));
        error.HasBegun = true;
        return error;
    }

    private static ReplicatePrediction? Taken(ReplicatePrediction read, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.Is("id"u8)) return read with { Id = reader.ReadString(source) ?? "" };
        if (reader.Is("status"u8)) return reader.NextIs(JsonTokenType.String) ? read with { Status = reader.ReadString(source) ?? "" } : null;
        if (reader.Is("model"u8)) return read with { Model = reader.ReadString(source) };
        if (reader.Is("created_at"u8)) return read with { Created = FileJson.ReadTime(ref reader) };
        if (reader.Is("output"u8)) return read with { Output = reader.ReadRaw(source) };
        if (reader.Is("error"u8)) return read with { Error = Words(reader.ReadRaw(source)) };
        if (reader.Is("urls"u8) && reader.NextIs(JsonTokenType.StartObject)) return WithUrls(read, ref reader, source);
        if (!reader.Is("input"u8)) return null;
        reader.SkipMember();
        return read;
    }

    private static ReplicatePrediction WithUrls(ReplicatePrediction read, ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var urls = reader.ReadRaw(source).ToElement();
        return read with { Get = Address(urls, "get"), Stream = Address(urls, "stream"), Cancel = Address(urls, "cancel") };
    }

    private static Uri? Address(JsonElement urls, string name) => ToolForms.Text(urls, name) is { } text && Uri.TryCreate(text, UriKind.Absolute, out var url) ? url : null;

    private static Usage? Counted(RawJson raw)
    {
        if (raw.IsEmpty || raw.ToElement() is not { ValueKind: JsonValueKind.Object } metrics) return null;
        var (prompt, answer) = (Count(metrics, "input_token_count"), Count(metrics, "output_token_count"));
        return prompt is null && answer is null ? null : new() { PromptTokens = prompt ?? 0, CompletionTokens = answer ?? 0, TotalTokens = (prompt ?? 0) + (answer ?? 0) };
    }

    private static long? Count(JsonElement metrics, string name) => metrics.TryGetProperty(name, out var count) && count.ValueKind == JsonValueKind.Number && count.TryGetDouble(out var number) && number is >= 0 and < 1e15 ? (long)number : null;

    private static string? Words(RawJson error)
    {
        var element = error.ToElement();
        var said = element.ValueKind == JsonValueKind.String ? element.GetString() : ToolForms.Text(element, "message") ?? ToolForms.Text(element, "detail") ?? error.ToString();
        return string.IsNullOrWhiteSpace(said) ? null : said;
    }

    private static string Told(JsonElement one) => one.ValueKind switch
    {
        JsonValueKind.String => one.Text(),
        JsonValueKind.Null => "",
        _ => one.GetRawText(),
    };
}

/// <summary>The calls that make a prediction, look at it and end it.</summary>
internal static class ReplicateCalls
{
    /// <summary>Makes one.</summary>
    /// <param name="paths">Where, for a model by its name and for a version of one.</param>
    /// <param name="input">Writes the members of the input.</param>
    /// <param name="made">The rest of what is told.</param>
    public static HttpCall Make(ReplicatePaths paths, Action<Utf8JsonWriter> input, ReplicateMaking made)
    {
        var (model, version) = Split(made.Context.Model);
        var body = JsonOut.ToUtf8((input, version, made), static (json, it) =>
        {
            json.WriteStartObject();
            if (it.version is not null && !it.made.Beside.Holds("version"u8)) json.WriteString("version"u8, it.version);
            json.WriteStartObject("input"u8);
            it.input(json);
            json.WriteEndObject();
            if (it.made.Streams) json.WriteBoolean("stream"u8, true);
            it.made.Beside.WriteMembers(json, except: "stream"u8);
            json.WriteEndObject();
        });
        return new(HttpMethod.Post, version is null ? paths.Path.Replace("{model}", ModelPath.Segments(model), StringComparison.Ordinal) : paths.VersionPath)
        {
            Body = body, Warnings = made.Warnings.Given,
            Headers = made.WaitSeconds > 0 ? [new("Prefer", made.WaitSeconds >= 60 ? "wait" : string.Create(System.Globalization.CultureInfo.InvariantCulture, $"wait={made.WaitSeconds}"))] : [],
        };
    }

    public static HttpCall? Look(ReplicatePrediction prediction) => prediction.Get is { } url ? new(HttpMethod.Get, "") { Url = url, Looks = true } : null;

    public static HttpCall? Cancel(ReplicatePrediction? prediction) => prediction is { IsOver: false, Cancel: { } url } ? new(HttpMethod.Post, "") { Url = url } : null;

    /// <summary>The members of a request that stand beside the input.</summary>
    public static Extra Beside(Extra extra, IReadOnlyList<string> names)
    {
        Extra beside = default;
        foreach (var name in names)
            if (extra.TryGet(name, out var value)) beside = beside.With(name, value);
        return beside;
    }

    /// <summary>The wait before each look, growing up to a bound.</summary>
    public static TimeSpan Pause(double seconds, double most, int looks) => TimeSpan.FromSeconds(Math.Min(most, seconds * Math.Pow(1.5, Math.Min(looks, 30))));

    /// <summary>A name with a version behind a colon: the service wants that alone. A version may stand there without a name.</summary>
    private static (string Model, string? Version) Split(string model) => model.LastIndexOf(':') is > 0 and var colon && colon < model.Length - 1 && !model[colon..].Contains('/', StringComparison.Ordinal) ? (model[..colon], model[(colon + 1)..]) : (model, null);
}

/// <summary>Where predictions are made.</summary>
internal readonly record struct ReplicatePaths(string Path, string VersionPath);

/// <summary>How one is made.</summary>
internal sealed record ReplicateMaking(CallContext Context, Warnings Warnings, Extra Beside)
{
    public bool Streams { get; init; }

    public int WaitSeconds { get; init; }
}
