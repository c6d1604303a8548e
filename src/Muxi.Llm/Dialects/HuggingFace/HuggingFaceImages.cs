using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Hugging Face's text to image: one picture for each call, whose bytes are the reply. Further members (<c>num_inference_steps</c>, <c>guidance_scale</c>, <c>negative_prompt</c>, <c>seed</c>,
/// <c>scheduler</c>) go into <c>parameters</c>.
/// </summary>
/// <remarks>Source: the specification of text-to-image in huggingface.js (packages/tasks), and its client for hf-inference, which takes a picture in base64 or at an address too, as of 2026-11.</remarks>
public sealed record HuggingFaceImages : ImagesDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> in it is the model's name.</summary>
    public string Path { get; init; } = "../hf-inference/models/{model}";

    /// <summary>Who runs the models, as a name may say behind a colon; empty where names have no such ending.</summary>
    public string Runner { get; init; } = "hf-inference";

    /// <summary>How many pictures can be asked for at once: each is a call of its own, one after the other.</summary>
    public int MaxN { get; init; } = 10;

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        ImageLimits.CheckN(request.N, MaxN, context);
        var warnings = new Warnings();
        var body = JsonOut.ToUtf8((request, warnings), static (json, it) => Write(json, it.request, it.warnings));
        return new(HttpMethod.Post, TaskPath.Of(Path, Runner, context)) { Body = body, Headers = [new("Accept", $"image/{request.OutputFormat?.Value ?? "png"}")], Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        var image = Media.TypeOf(reply.Body.Span)?.StartsWith("image/", StringComparison.Ordinal) == true || (IsPicture(reply.Headers["content-type"]) && !reply.Body.IsEmpty)
            ? new GeneratedImage { Bytes = reply.Body.ToArray() }
            : Within(reply);
        return new() { Created = context.Now.ToUnixTimeSeconds(), Data = [image ?? throw context.Error(reply)] };
    }

    /// <inheritdoc/>
    public override IExchange<ImagesResponse> Begin(ImageGenerationRequest request, CallContext context) => new OneByOne(this, request, context);

    private static bool IsPicture(string? type) => type?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true;

    /// <summary>A picture in JSON: OpenAI's form, or <c>output</c> with its address. Null for none.</summary>
    private static GeneratedImage? Within(HttpReply reply)
    {
        try
        {
            var root = JsonElement.Parse(JsonReading.WithoutMark(reply.Body.Span));
            if (root.ValueKind != JsonValueKind.Object) return null;
            if (First(root, "data") is { ValueKind: JsonValueKind.Object } one && one.TryGetProperty("b64_json"u8, out var data) && data.ValueKind == JsonValueKind.String) return new() { B64Json = data.Text() };
            return First(root, "output") is { ValueKind: JsonValueKind.String } url ? new() { Url = url.Text() } : null;
        }
        catch (JsonException)
        {
            // The classifier says what it is.
            return null;
        }
    }

    private static JsonElement? First(JsonElement root, string name) => root.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array && list.GetArrayLength() > 0 ? list[0] : null;

    private static void Write(Utf8JsonWriter json, ImageGenerationRequest request, Warnings warnings)
    {
        var parameters = request.Extra.Without("inputs").Without("parameters");
        if (request.Extra.TryGet("parameters", out var own) && own.ToElement().ValueKind == JsonValueKind.Object) parameters = parameters.With(Extra.Parse(own.ToString()));
        json.WriteStartObject();
        if (request.Extra.TryGet("inputs", out var inputs)) Raw(json, "inputs"u8, inputs);
        else json.WriteString("inputs"u8, request.Prompt);
        json.WriteStartObject("parameters"u8);
        if (Pixels(request.Size?.Value, warnings) is var (width, height) && width > 0)
        {
            if (!parameters.Holds("width"u8)) json.WriteNumber("width"u8, width);
            if (!parameters.Holds("height"u8)) json.WriteNumber("height"u8, height);
        }
        parameters.WriteMembers(json);
        json.WriteEndObject();
        json.WriteEndObject();
        ReadOnlySpan<(string, bool)> others =
        [
            ("quality", request.Quality is { Value: not "auto" }), ("style", request.Style is not null), ("background", request.Background is not null), ("output_compression", request.OutputCompression is not null),
            ("moderation", request.Moderation is not null), ("response_format", request.ResponseFormat is { Value: not "b64_json" }), ("user", request.User is not null),
        ];
        foreach (var (name, isAsked) in others)
            if (isAsked) warnings.Add(name, "left out: the task has nothing like it");
    }

    private static void Raw(Utf8JsonWriter json, ReadOnlySpan<byte> name, RawJson value)
    {
        json.WritePropertyName(name);
        value.WriteTo(json);
    }

    private static (int Width, int Height) Pixels(string? size, Warnings warnings)
    {
        if (size is null or "auto") return default;
        var at = size.IndexOf('x', StringComparison.Ordinal);
        if (at > 0 && int.TryParse(size.AsSpan(0, at), NumberStyles.None, CultureInfo.InvariantCulture, out var width) && int.TryParse(size.AsSpan(at + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var height) && width > 0 && height > 0) return (width, height);
        warnings.Add("size", $"left out: '{size}' is no width and height");
        return default;
    }

    /// <summary>As many calls as pictures.</summary>
    private sealed class OneByOne(HuggingFaceImages dialect, ImageGenerationRequest request, CallContext context) : IExchange<ImagesResponse>
    {
        private readonly List<GeneratedImage> _images = [];

        public Step<ImagesResponse> Next(HttpReply? reply)
        {
            if (reply is { } got) _images.AddRange(dialect.Parse(got, context).Data);
            return _images.Count < (request.N ?? 1) ? Step<ImagesResponse>.Send(dialect.Render(request, context)) : Step<ImagesResponse>.Done(new() { Created = context.Now.ToUnixTimeSeconds(), Data = _images });
        }
    }
}
