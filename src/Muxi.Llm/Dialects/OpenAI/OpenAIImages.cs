using System.Collections.Immutable;
using System.Globalization;

namespace Muxi.Llm;

/// <summary>OpenAI's pictures, whole: generations, edits, variations, and the first two as streams.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /images/generations</c>, <c>/images/edits</c> and <c>/images/variations</c>.</remarks>
public sealed record OpenAIImages : ImagesDialect, IVerb<ImageEditRequest, ImagesResponse>, IVerb<ImageVariationRequest, ImagesResponse>,
    IStreamVerb<ImageGenerationRequest, ImageStreamEvent>, IStreamVerb<ImageEditRequest, ImageStreamEvent>
{
    /// <summary>The path after the base URL, to which the verb's word is added.</summary>
    public string Path { get; init; } = "images";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>How many pictures can be asked for at once; 0 for no limit.</summary>
    public int MaxN { get; init; } = 10;

    /// <summary>How many characters a prompt has at most; 0 for no limit. Older models take fewer, and say so.</summary>
    public int MaxPrompt { get; init; } = 32_000;

    /// <summary>How many pictures can be edited at once; 0 for no limit.</summary>
    public int MaxInputs { get; init; } = 16;

    /// <summary>How large a picture to edit is at most, in bytes; 0 for no limit.</summary>
    public long MaxInputBytes { get; init; } = 50 << 20;

    /// <summary>How large a mask is at most, in bytes; 0 for no limit.</summary>
    public long MaxMaskBytes { get; init; } = 4 << 20;

    /// <summary>How large a picture to vary is at most, in bytes; 0 for no limit.</summary>
    public long MaxVariationBytes { get; init; } = 4 << 20;

    /// <summary>How a streamed reply is cut into events.</summary>
    public Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context) => Render(request, context, stream: false);

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context) => ImageReplyReader.Parse(reply, context);

    /// <summary>The HTTP request for an edit.</summary>
    public HttpCall Render(ImageEditRequest request, CallContext context) => Render(request, context, stream: false);

    /// <summary>The HTTP request for variations.</summary>
    public HttpCall Render(ImageVariationRequest request, CallContext context)
    {
        ImageLimits.CheckN(request.N, MaxN, context);
        ImageLimits.CheckFile("image", request.Image, MaxVariationBytes, context);
        return ImageFormWriter.Render($"{Path}/variations", request, Drops, context.Model);
    }

    IExchange<ImagesResponse> IVerb<ImageEditRequest, ImagesResponse>.Begin(ImageEditRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    IExchange<ImagesResponse> IVerb<ImageVariationRequest, ImagesResponse>.Begin(ImageVariationRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

    HttpCall IStreamVerb<ImageGenerationRequest, ImageStreamEvent>.Render(ImageGenerationRequest request, CallContext context) => Render(request, context, stream: true);

    HttpCall IStreamVerb<ImageEditRequest, ImageStreamEvent>.Render(ImageEditRequest request, CallContext context) => Render(request, context, stream: true);

    /// <summary>A fresh fold for the stream that answers a request.</summary>
    public IFold<ImageStreamEvent> Fold(ImageGenerationRequest request, CallContext context) => new ImageStreamFold(ImageEventType.GenerationCompleted, request.N ?? 1, context);

    /// <summary>A fresh fold for the stream that answers an edit.</summary>
    public IFold<ImageStreamEvent> Fold(ImageEditRequest request, CallContext context) => new ImageStreamFold(ImageEventType.EditCompleted, request.N ?? 1, context);

    private HttpCall Render(ImageGenerationRequest request, CallContext context, bool stream)
    {
        ImageLimits.CheckN(request.N, MaxN, context);
        ImageLimits.CheckPrompt(request.Prompt, MaxPrompt, context);
        return ImageRequestWriter.Render($"{Path}/generations", request, Drops, context.Model, stream);
    }

    private HttpCall Render(ImageEditRequest request, CallContext context, bool stream)
    {
        ImageLimits.CheckN(request.N, MaxN, context);
        ImageLimits.CheckPrompt(request.Prompt, MaxPrompt, context);
        if (MaxInputs > 0 && request.Images.Count > MaxInputs) throw context.Refuse("image", $"{request.Images.Count} pictures were given to edit: {MaxInputs} at most are taken");
        foreach (var image in request.Images) ImageLimits.CheckFile("image", image.Source, MaxInputBytes, context);
        ImageLimits.CheckFile("mask", request.Mask?.Source, MaxMaskBytes, context);
        return request.Images[0].Source is null
            ? ImageRequestWriter.Render($"{Path}/edits", request, Drops, context.Model, stream)
            : ImageFormWriter.Render($"{Path}/edits", request, Drops, context.Model, stream);
    }
}

/// <summary>Services that have taken over OpenAI's generations and nothing else of its pictures in the same form.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /images/generations</c>.</remarks>
public sealed record OpenAIImageGeneration : ImagesDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "images/generations";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>How many pictures can be asked for at once; 0 for no limit.</summary>
    public int MaxN { get; init; } = 10;

    /// <summary>The two members that take the width and the height in pixels, where the service knows no <c>size</c>; empty where it does.</summary>
    public ImmutableArray<string> SizeFields { get; init; } = [];

    /// <summary>What the service says for pictures in base64, where it says something else than <c>b64_json</c>.</summary>
    public string Base64Word { get; init; } = "b64_json";

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context)
    {
        ImageLimits.CheckN(request.N, MaxN, context);
        if (request.ResponseFormat?.Value == "b64_json") request = request with { ResponseFormat = Base64Word };
        if (SizeFields is [var across, var down] && request.Size?.Value.Split('x') is { } size)
            request = request with { Size = null, Extra = size is [var width, var height] ? WithNumber(WithNumber(request.Extra, across, width), down, height) : request.Extra };
        return ImageRequestWriter.Render(Path, request, Drops, context.Model, stream: false);
    }

    private static Extra WithNumber(Extra extra, string name, string digits) => extra.TryGet(name, out _) || !int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out _) ? extra : extra.With(name, digits);

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context) => ImageReplyReader.Parse(reply, context);
}

/// <summary>OpenAI's pictures at a service that gives them whole: generations, edits and variations.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /images/generations</c>, <c>/images/edits</c> and <c>/images/variations</c>.</remarks>
public sealed record OpenAIWholeImages : ImagesDialect, IVerb<ImageEditRequest, ImagesResponse>, IVerb<ImageVariationRequest, ImagesResponse>
{
    /// <summary>The path after the base URL, before <c>/generations</c>, <c>/edits</c> and <c>/variations</c>.</summary>
    public string Path { get; init; } = "images";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>How many pictures can be asked for at once; 0 for no limit.</summary>
    public int MaxN { get; init; } = 10;

    private OpenAIImages All => new() { Path = Path, Drops = Drops, MaxN = MaxN };

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context) => All.Render(request, context);

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context) => ImageReplyReader.Parse(reply, context);

    IExchange<ImagesResponse> IVerb<ImageEditRequest, ImagesResponse>.Begin(ImageEditRequest request, CallContext context) =>
        Exchange.Of(() => All.Render(request, context), reply => Parse(reply, context));

    IExchange<ImagesResponse> IVerb<ImageVariationRequest, ImagesResponse>.Begin(ImageVariationRequest request, CallContext context) =>
        Exchange.Of(() => All.Render(request, context), reply => Parse(reply, context));
}

/// <summary>What is known to be refused, told before anything is sent.</summary>
internal static class ImageLimits
{
    public static void CheckN(int? n, int most, CallContext context)
    {
        if (most > 0 && n > most) throw context.Refuse("n", $"{n} pictures were asked for: {most} at most are made at once");
    }

    public static void CheckPrompt(string prompt, int most, CallContext context)
    {
        if (most > 0 && prompt.Length > most) throw context.Refuse("prompt", $"the prompt has {prompt.Length} characters: {most} at most are taken");
    }

    public static void CheckFile(string param, FileSource? file, long most, CallContext context)
    {
        if (file is null) return;
        if (most > 0 && file.Length > most)
            throw context.Refuse(param, $"'{file.Filename}' has {Sizes.Words(file.Length!.Value)}: {Sizes.Words(most)} at most are taken");
        // What is surely something else is told now; what nobody can tell is sent.
        if (file.ContentType is { } type && !type.StartsWith("image/", StringComparison.Ordinal) && type != "application/octet-stream")
            throw context.Refuse(param, $"'{file.Filename}' is {type} and not a picture");
    }
}
