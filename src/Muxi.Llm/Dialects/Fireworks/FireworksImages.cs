using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Pictures by Fireworks' workflows: one for each call, whose bytes are the reply. FLUX Kontext answers with an id instead, by which the picture is asked for until it is there.
/// </summary>
/// <remarks>Source: docs.fireworks.ai/api-reference, the pages on FLUX.1 (text_to_image) and on FLUX.1 Kontext (create or edit, get_result), as of 2026-11.</remarks>
public sealed record FireworksImages : ImagesDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> in it is the model's whole name.</summary>
    public string Path { get; init; } = "workflows/{model}/text_to_image";

    /// <summary>The path that is asked for the picture, where one is not made at once; null where it is.</summary>
    public string? ResultPath { get; init; }

    /// <summary>How long to wait before asking for the picture, each time, in seconds.</summary>
    public double PollSeconds { get; init; } = 1;

    /// <summary>How many pictures can be asked for at once: each is a call of its own, one after the other.</summary>
    public int MaxN { get; init; } = 10;

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context)
    {
        ImageLimits.CheckN(request.N, MaxN, context);
        var warnings = new Warnings();
        var body = JsonOut.ToUtf8((request, warnings), static (json, it) => Write(json, it.request, it.warnings));
        // Asked for as JSON, a picture would come a third larger, as base64.
        return new(HttpMethod.Post, At(Path, context)) { Body = body, Warnings = warnings.Given, Headers = ResultPath is null ? [new("Accept", Kind(request))] : [] };
    }

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        var type = Media.TypeOf(reply.Body.Span) ?? reply.Headers["content-type"];
        return type?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true && !reply.Body.IsEmpty ? Made(context, new() { Bytes = reply.Body.ToArray() }) : throw context.Error(reply);
    }

    /// <inheritdoc/>
    public override IExchange<ImagesResponse> Begin(ImageGenerationRequest request, CallContext context) => new Course(this, request, context);

    private static ImagesResponse Made(CallContext context, GeneratedImage image) => new() { Created = context.Now.ToUnixTimeSeconds(), Data = [image] };

    private static string At(string path, CallContext context) => path.Replace("{model}", ModelPath.Segments(context.Model), StringComparison.Ordinal);

    private static string Kind(ImageGenerationRequest request) => request.OutputFormat?.Value == "png" ? "image/png" : "image/jpeg";

    private static void Write(Utf8JsonWriter json, ImageGenerationRequest request, Warnings warnings)
    {
        var members = new MemberWriter(json, request.Extra);
        json.WriteStartObject();
        members.Text("prompt"u8, request.Prompt);
        if (Shape(request.Size?.Value, warnings) is { } shape) members.Text("aspect_ratio"u8, shape);
        if (request.OutputFormat is { Value: not ("png" or "jpeg") and var format }) warnings.Add("output_format", $"'{format}' was left out: the service makes png and jpeg");
        foreach (var (name, isAsked) in (ReadOnlySpan<(string, bool)>)
            [("quality", request.Quality is { Value: not "auto" }), ("style", request.Style is not null), ("background", request.Background is not null), ("output_compression", request.OutputCompression is not null),
             ("moderation", request.Moderation is not null), ("response_format", request.ResponseFormat is { Value: not "b64_json" }), ("user", request.User is not null)])
            if (isAsked) warnings.Add(name, "left out: the service has nothing like it");
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The shape of a size, as the models take it; they choose the pixels themselves.</summary>
    private static string? Shape(string? size, Warnings warnings)
    {
        if (size is null or "auto") return null;
        if (size.Split('x') is not [var across, var down] || !int.TryParse(across, NumberStyles.None, CultureInfo.InvariantCulture, out var width) || !int.TryParse(down, NumberStyles.None, CultureInfo.InvariantCulture, out var height) || width == 0 || height == 0)
        {
            warnings.Add("size", $"left out: '{size}' is no width and height");
            return null;
        }
        var (a, b) = (width, height);
        while (b != 0) (a, b) = (b, a % b);
        var shape = string.Create(CultureInfo.InvariantCulture, $"{width / a}:{height / a}");
        warnings.Add("size", $"sent as the shape {shape}: the model chooses the size itself");
        return shape;
    }

    /// <summary>As many calls as pictures, each of them with the questions whether it is there.</summary>
    private sealed class Course(FireworksImages dialect, ImageGenerationRequest request, CallContext context) : IExchange<ImagesResponse>
    {
        private readonly List<ImagesResponse> _made = [];
        private string? _waitsFor;

        public Step<ImagesResponse> Next(HttpReply? reply)
        {
            if (reply is { } got && (_waitsFor is null && dialect.ResultPath is not null ? Accepted(got) : _waitsFor is not null ? Looked(got) : Take(dialect.Parse(got, context))) is { } next) return next;
            if (_made.Count < (request.N ?? 1)) return Step<ImagesResponse>.Send(dialect.Render(request with { N = null }, context));
            return Step<ImagesResponse>.Done(_made[0] with { Data = [.. _made.SelectMany(static one => one.Data)] });
        }

        private Step<ImagesResponse>? Take(ImagesResponse one)
        {
            _made.Add(one);
            return null;
        }

        private Step<ImagesResponse>? Accepted(HttpReply got)
        {
            _waitsFor = Root(got) is { } root && root.TryGetProperty("request_id"u8, out var id) && id.ValueKind == JsonValueKind.String ? id.Text() : throw context.Error(got);
            return Ask();
        }

        private Step<ImagesResponse>? Looked(HttpReply got)
        {
            var root = Root(got) ?? throw context.Error(got);
            var status = root.TryGetProperty("status"u8, out var word) && word.ValueKind == JsonValueKind.String ? word.Text() : throw context.Error(got);
            if (status is "Pending" or "Task not found") return Ask();
            _waitsFor = null;
            if (status != "Ready") throw Held(status);
            return Sample(root) is { } image ? Take(Made(context, image)) : throw context.Error(got);
        }

        private Step<ImagesResponse> Ask() => Step<ImagesResponse>.Send(
            new(HttpMethod.Post, At(dialect.ResultPath!, context)) { Body = JsonOut.ToUtf8(_waitsFor!, static (json, id) =>
            {
                json.WriteStartObject();
                json.WriteString("id"u8, id);
                json.WriteEndObject();
            }) },
            TimeSpan.FromSeconds(dialect.PollSeconds));

        private static GeneratedImage? Sample(JsonElement root) =>
            root.TryGetProperty("result"u8, out var result) && result.ValueKind == JsonValueKind.Object && result.TryGetProperty("sample"u8, out var sample) && sample.ValueKind == JsonValueKind.String
                ? sample.Text() is var text && Uri.TryCreate(text, UriKind.Absolute, out _) ? new() { Url = text } : new() { B64Json = text } : null;

        private ApiException Held(string status) => status.EndsWith("Moderated", StringComparison.Ordinal)
            ? new ContentFilterException($"{context.Provider}: the picture was held back ({status})") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadRequest }
            : new ServerException($"{context.Provider}: the picture was not made ({status})") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadGateway };

        private static JsonElement? Root(HttpReply got)
        {
            try
            {
                return JsonElement.Parse(got.Body.Span) is { ValueKind: JsonValueKind.Object } root ? root : null;
            }
            catch (JsonException)
            {
                // The classifier says what it is.
                return null;
            }
        }
    }
}
