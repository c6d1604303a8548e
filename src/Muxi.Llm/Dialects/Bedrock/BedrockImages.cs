using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Pictures by Bedrock's <c>InvokeModel</c>: Amazon's models (Titan, Nova Canvas) and Stability's, each in its maker's format.</summary>
/// <remarks>Source: the pages of the Amazon Bedrock and Nova user guides on Titan Image Generator, Nova Canvas and Stability AI's models, as of 2026-11.</remarks>
public sealed record BedrockImages : ImagesDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> is the model's id or ARN, escaped.</summary>
    public string Path { get; init; } = "model/{model}/invoke";

    /// <summary>Whose format the model speaks.</summary>
    public BedrockImageForm Form { get; init; }

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context)
    {
        var warnings = new Warnings();
        Warn(request, warnings);
        var body = JsonOut.ToUtf8((Form, request, warnings), static (json, it) => BedrockImageWriter.Write(json, it.Form, it.request, it.warnings));
        return new(HttpMethod.Post, BedrockPath.Of(Path, context.Model)) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            if (Read(document.RootElement, context) is { } pictures) return pictures;
        }
        catch (JsonException)
        {
            // The classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>The pictures; null where there are none. One that was held back has a reason in its place, which is an error where it is the only one.</summary>
    private static ImagesResponse? Read(JsonElement reply, CallContext context)
    {
        if (reply.ValueKind != JsonValueKind.Object) return null;
        var reasons = List(reply, "finish_reasons").Select(static one => one.ValueKind == JsonValueKind.String ? one.GetString() : null).ToList();
        var images = List(reply, "images").Where(static one => one.ValueKind == JsonValueKind.String && one.GetString() is { Length: > 0 }).Select(static one => new GeneratedImage { B64Json = one.GetString() }).ToList();
        var held = reasons.OfType<string>().FirstOrDefault() ?? (reply.TryGetProperty("error"u8, out var error) && error.ValueKind == JsonValueKind.String ? error.GetString() : null);
        if (images.Count == 0) return held is null ? null : throw new ContentFilterException($"{context.Provider}: {held}") { Provider = context.Provider, Model = context.Model, Status = System.Net.HttpStatusCode.BadRequest };
        var extra = default(Extra);
        foreach (var member in reply.EnumerateObject())
            if (member.Name != "images" && member.Value.ValueKind != JsonValueKind.Null) extra = extra.With(member.Name, member.Value);
        return new() { Created = context.Now.ToUnixTimeSeconds(), Data = images, Extra = extra, Noticed = held is null ? null : [new("prompt", $"a picture was held back: {held}")] };
    }

    private static IEnumerable<JsonElement> List(JsonElement reply, string name) =>
        reply.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private void Warn(ImageGenerationRequest request, Warnings warnings)
    {
        if (request.Style is not null) warnings.Add("style", "left out: say it in the prompt");
        if (request.Background is not null) warnings.Add("background", "left out: the model has nothing like it");
        if (request.OutputCompression is not null) warnings.Add("output_compression", "left out: the model has nothing like it");
        if (request.Moderation is not null) warnings.Add("moderation", "left out: the model has nothing like it");
        if (request.ResponseFormat is { Value: not "b64_json" }) warnings.Add("response_format", "left out: the pictures come in the reply itself");
        if (request.User is not null) warnings.Add("user", "left out: the service has nothing like it");
        if (Form == BedrockImageForm.Amazon && request.OutputFormat is { Value: not "png" }) warnings.Add("output_format", "left out: the model makes PNG");
        if (Form == BedrockImageForm.Stability && request.N > 1) warnings.Add("n", "left out: the model makes one picture");
        if (Form == BedrockImageForm.Stability && request.Quality is { Value: not "auto" }) warnings.Add("quality", "left out: the model has nothing like it");
    }
}

/// <summary>Whose format a model speaks that makes pictures.</summary>
public enum BedrockImageForm
{
    /// <summary>Amazon's: <c>{"taskType":"TEXT_IMAGE","textToImageParams":{...},"imageGenerationConfig":{...}}</c>.</summary>
    Amazon,

    /// <summary>Stability's: <c>{"prompt":"...","aspect_ratio":"16:9"}</c>.</summary>
    Stability,
}

/// <summary>Writes requests for pictures.</summary>
internal static class BedrockImageWriter
{
    /// <summary>The shapes that Stability's models make.</summary>
    private static readonly (int Width, int Height)[] _shapes = [(1, 1), (16, 9), (21, 9), (2, 3), (3, 2), (4, 5), (5, 4), (9, 16), (9, 21)];

    public static void Write(Utf8JsonWriter json, BedrockImageForm form, ImageGenerationRequest request, Warnings warnings)
    {
        var size = SizeOf(request, warnings);
        json.WriteStartObject();
        if (form == BedrockImageForm.Amazon) WriteAmazon(json, request, size);
        else WriteStability(json, request, size, warnings);
        json.WriteEndObject();
    }

    private static void WriteAmazon(Utf8JsonWriter json, ImageGenerationRequest request, (int Width, int Height)? size)
    {
        var extra = request.Extra;
        if (!extra.Holds("taskType"u8)) json.WriteString("taskType"u8, "TEXT_IMAGE"u8);
        var parameters = Object(extra, "textToImageParams");
        json.WriteStartObject("textToImageParams"u8);
        if (!parameters.Holds("text"u8)) json.WriteString("text"u8, request.Prompt);
        parameters.WriteMembers(json);
        json.WriteEndObject();
        var own = Object(extra, "imageGenerationConfig");
        if (request.N is not null || size is not null || request.Quality is { Value: not "auto" } || !own.IsEmpty) WriteConfig(json, request, size, own);
        extra.Without("textToImageParams").WriteMembers(json, except: "imageGenerationConfig"u8);
    }

    private static void WriteConfig(Utf8JsonWriter json, ImageGenerationRequest request, (int Width, int Height)? size, Extra own)
    {
        json.WriteStartObject("imageGenerationConfig"u8);
        if (request.N is { } count && !own.Holds("numberOfImages"u8)) json.WriteNumber("numberOfImages"u8, count);
        if (size is var (width, height) && !own.Holds("width"u8) && !own.Holds("height"u8))
        {
            json.WriteNumber("width"u8, width);
            json.WriteNumber("height"u8, height);
        }
        if (request.Quality is { Value: not "auto" and var quality } && !own.Holds("quality"u8)) json.WriteString("quality"u8, quality is "hd" or "high" or "premium" ? "premium"u8 : "standard"u8);
        own.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteStability(Utf8JsonWriter json, ImageGenerationRequest request, (int Width, int Height)? size, Warnings warnings)
    {
        var extra = request.Extra;
        if (!extra.Holds("prompt"u8)) json.WriteString("prompt"u8, request.Prompt);
        if (size is var (width, height) && !extra.Holds("aspect_ratio"u8))
        {
            var (across, down) = _shapes.MinBy(shape => Math.Abs(Math.Log((double)shape.Width / shape.Height) - Math.Log((double)width / height)));
            json.WriteString("aspect_ratio"u8, FormattableString.Invariant($"{across}:{down}"));
            warnings.Add("size", FormattableString.Invariant($"sent as the shape {across}:{down}: the model chooses the size itself"));
        }
        if (request.OutputFormat is { Value: var format } && !extra.Holds("output_format"u8)) json.WriteString("output_format"u8, format);
        extra.WriteMembers(json);
    }

    private static (int Width, int Height)? SizeOf(ImageGenerationRequest request, Warnings warnings)
    {
        if (request.Size is not { Value: not "auto" and var text }) return null;
        var parts = text.Split('x');
        if (parts.Length == 2 && int.TryParse(parts[0], out var width) && int.TryParse(parts[1], out var height) && width > 0 && height > 0) return (width, height);
        warnings.Add("size", $"left out: '{text}' is no width and height");
        return null;
    }

    private static Extra Object(Extra extra, string name) => extra[name] is { IsEmpty: false } own && own.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(own.Utf8.ToArray()) : default;
}
