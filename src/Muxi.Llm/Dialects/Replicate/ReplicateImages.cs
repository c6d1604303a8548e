using System.Collections.Immutable;
using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Replicate's models that make pictures. A call becomes a prediction, which is looked at until it is over; the pictures are at addresses of the service, for an hour. What a model
/// takes besides (<c>negative_prompt</c>, <c>num_inference_steps</c>, <c>seed</c>) are further members of a request.
/// </summary>
/// <remarks>Source: replicate.com/docs/reference/http, a recording of 2024, and the input that public programs send to these models (2026-11).</remarks>
public sealed record ReplicateImages : ImagesDialect
{
    /// <summary>The path for a model by its name; <c>{model}</c> in it stands for that.</summary>
    public string Path { get; init; } = "models/{model}/predictions";

    /// <summary>The path for a version of a model, <c>owner/name:version</c>.</summary>
    public string VersionPath { get; init; } = "predictions";

    /// <summary>The member of the input that takes a picture's shape, as <c>16:9</c>: a size is sent as its shape, with a warning. Null for <c>width</c> and <c>height</c> in its place.</summary>
    public string? ShapeField { get; init; } = "aspect_ratio";

    /// <summary>The member of the input that says how many pictures; null where one is all there is.</summary>
    public string? CountField { get; init; } = "num_outputs";

    /// <summary>How many pictures can be asked for at once.</summary>
    public int MaxN { get; init; } = 4;

    /// <summary>The member of the input that takes the compression, from 0 to 100; null where there is none.</summary>
    public string? CompressionField { get; init; } = "output_quality";

    /// <summary>The words for <c>quality</c> and <c>background</c> that the model takes as they are.</summary>
    public ImmutableArray<string> Keeps { get; init; } = [];

    /// <summary>Kinds of pictures that the service knows by another word.</summary>
    public ImmutableDictionary<string, string> Formats { get; init; } = new Dictionary<string, string> { ["jpeg"] = "jpg" }.ToImmutableDictionary();

    /// <summary>Further members of a request that stand beside the input.</summary>
    public ImmutableArray<string> Beside { get; init; } = ["version", "webhook", "webhook_events_filter"];

    /// <summary>For how many seconds the service is asked to wait for the prediction before it answers, 60 at most; 0 for not at all.</summary>
    public int WaitSeconds { get; init; } = 60;

    /// <summary>How long to wait before the first look at a prediction, in seconds; each further wait is half as long again.</summary>
    public double PollSeconds { get; init; } = 0.5;

    /// <summary>How long to wait between looks at most, in seconds.</summary>
    public double MaxPollSeconds { get; init; } = 10;

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ImageLimits.CheckN(request.N, CountField is null ? 1 : MaxN, context);
        var warnings = new Warnings();
        var made = new ReplicateMaking(context, warnings, ReplicateCalls.Beside(request.Extra, Beside)) { WaitSeconds = WaitSeconds };
        return ReplicateCalls.Make(new(Path, VersionPath), json => Write(json, request, warnings), made);
    }

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        var prediction = ReplicatePrediction.Read(reply.Body.Span) ?? throw context.Error(reply);
        return prediction.HasSucceeded ? Made(prediction, context) : throw prediction.Failure(context);
    }

    /// <inheritdoc/>
    public override IExchange<ImagesResponse> Begin(ImageGenerationRequest request, CallContext context) => new ReplicateCourse<ImagesResponse>(
        () => Render(request, context), prediction => Made(prediction, context), (PollSeconds, MaxPollSeconds), context);

    private static ImagesResponse Made(ReplicatePrediction prediction, CallContext context)
    {
        var addresses = prediction.Addresses;
        if (addresses.Count == 0) throw (prediction with { Error = prediction.Output.IsEmpty ? "the prediction has no output" : "there is no picture in the prediction's output" }).Failure(context);
        return new() { Created = prediction.Created ?? context.Now.ToUnixTimeSeconds(), Data = [.. addresses.Select(Picture)], Extra = prediction.Extra.With("id", RawJson.Trusted(JsonOut.ToUtf8(prediction.Id, static (json, id) => json.WriteStringValue(id)))) };
    }

    private static GeneratedImage Picture(string address) => DataUri.Read(address) is { } data && data.Bytes() is { } bytes ? new() { Bytes = bytes } : new() { Url = address };

    private void Write(Utf8JsonWriter json, ImageGenerationRequest request, Warnings warnings)
    {
        var members = new MemberWriter(json, request.Extra, [], warnings);
        members.Text("prompt"u8, request.Prompt);
        WriteSize(json, request, warnings);
        if (request.N is { } n && CountField is { } count) members.Number(System.Text.Encoding.UTF8.GetBytes(count), n);
        if (request.OutputFormat?.Value is { } format) members.Text("output_format"u8, Formats.GetValueOrDefault(format, format));
        if (request.OutputCompression is { } compression)
        {
            if (CompressionField is { } field) members.Number(System.Text.Encoding.UTF8.GetBytes(field), compression);
            else warnings.Add("output_compression", "left out: the model has nothing like it");
        }
        Word(members, "quality", request.Quality?.Value, warnings);
        Word(members, "background", request.Background?.Value, warnings);
        foreach (var (name, isAsked) in (ReadOnlySpan<(string, bool)>)
            [("style", request.Style is not null), ("moderation", request.Moderation is not null), ("response_format", request.ResponseFormat is { Value: not "url" }), ("user", request.User is not null)])
            if (isAsked) warnings.Add(name, name == "response_format" ? "the picture comes as an address: ReadBytesAsync reads it" : "left out: the model has nothing like it");
        Beside.Aggregate(request.Extra, static (rest, name) => rest.Without(name)).WriteMembers(json);
    }

    private void Word(in MemberWriter members, string name, string? word, Warnings warnings)
    {
        if (word is null or "auto") return;
        if (Keeps.Contains(name)) members.Text(System.Text.Encoding.UTF8.GetBytes(name), word);
        else warnings.Add(name, "left out: the model has nothing like it");
    }

    private void WriteSize(Utf8JsonWriter json, ImageGenerationRequest request, Warnings warnings)
    {
        var size = request.Size?.Value;
        if (size is null or "auto") return;
        if (size.Split('x') is not [var across, var down] || !int.TryParse(across, NumberStyles.None, CultureInfo.InvariantCulture, out var width) || !int.TryParse(down, NumberStyles.None, CultureInfo.InvariantCulture, out var height) || width == 0 || height == 0)
        {
            warnings.Add("size", $"left out: '{size}' is no width and height");
        }
        else if (ShapeField is not { } field)
        {
            if (!request.Extra.Holds("width"u8)) json.WriteNumber("width"u8, width);
            if (!request.Extra.Holds("height"u8)) json.WriteNumber("height"u8, height);
        }
        else if (!request.Extra.TryGet(field, out _))
        {
            var divisor = (int)System.Numerics.BigInteger.GreatestCommonDivisor(width, height);
            var shape = string.Create(CultureInfo.InvariantCulture, $"{width / divisor}:{height / divisor}");
            json.WriteString(field, shape);
            warnings.Add("size", $"sent as the shape {shape}: the model chooses the size itself");
        }
    }
}
