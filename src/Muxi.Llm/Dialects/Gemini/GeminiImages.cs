using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Pictures by Google's Gemini models, which make them in an answer as they make text. One answer holds one picture, so that several are several calls. Extra members stand beside
/// <c>contents</c>; those of <c>generationConfig</c> are joined with ours.
/// </summary>
/// <remarks>Source: "Image generation" and <c>generateContent</c> of the Gemini API's reference and Vertex AI's, as of 2026-11.</remarks>
public sealed record GeminiImages : ImagesDialect, IVerb<ImageEditRequest, ImagesResponse>
{
    /// <summary>The path after the base URL; <c>{model}</c> stands for the model's name.</summary>
    public string Path { get; init; } = "models/{model}:generateContent";

    /// <summary>What the answer is made of.</summary>
    public ImmutableArray<string> Modalities { get; init; } = ["IMAGE"];

    /// <summary>The sides' ratios that can be asked for.</summary>
    public ImmutableArray<string> AspectRatios { get; init; } = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];

    /// <summary>The sizes that can be asked for, the usual one first; empty where there is no choice.</summary>
    public ImmutableArray<string> Sizes { get; init; } = ["1K", "2K", "4K"];

    /// <summary>Whether a file format can be asked for (<c>imageOutputOptions</c>), which Vertex AI takes and the Gemini API refuses.</summary>
    public bool OutputOptions { get; init; }

    /// <summary>How many pictures can be asked for at once; 0 for no limit.</summary>
    public int MaxN { get; init; } = 10;

    /// <summary>How many pictures can be edited at once; 0 for no limit.</summary>
    public int MaxInputs { get; init; } = 14;

    internal override string NameForVariants(string model) => GeminiBody.Bare(model);

    /// <inheritdoc/>
    public override HttpCall Render(ImageGenerationRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = new Warnings();
        return Render(GeminiPictures.Of(request, warnings), warnings, context);
    }

    /// <summary>The HTTP request for an edit.</summary>
    public HttpCall Render(ImageEditRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Mask is not null) throw context.Refuse("mask", "these models take no mask: say in the prompt what is to be changed");
        if (MaxInputs > 0 && request.Images.Count > MaxInputs) throw context.Refuse("image", $"{request.Images.Count} pictures were given to edit: {MaxInputs} at most are taken");
        if (request.N > 1 && request.Images.Any(static image => image.Source is { IsReplayable: false })) throw context.Refuse("n", "a stream can be read but once: ask for one picture, or give the file itself");
        foreach (var image in request.Images) ImageLimits.CheckFile("image", image.Source, 0, context);
        var warnings = new Warnings();
        return Render(GeminiPictures.Of(request, warnings), warnings, context);
    }

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        GeminiMedia? media = null;
        try
        {
            media = GeminiMedia.Read(reply.Body.Span);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        if (media is null) throw context.Error(reply);
        if (media.Pieces.Count == 0) throw media.Missing("no picture", context);
        return new()
        {
            Data = [.. media.Pieces.Select(static piece => new GeneratedImage { Bytes = piece.Bytes, Extra = TypeMember(piece.MimeType) })],
            OutputFormat = FormatOf(media.Pieces[0].MimeType), Usage = UsageOf(media.Usage),
            Extra = media.Text is { } text ? GeminiBody.Members(json => json.WriteString("text"u8, text)) : default,
        };
    }

    /// <inheritdoc/>
    public override IExchange<ImagesResponse> Begin(ImageGenerationRequest request, CallContext context) =>
        new RepeatedExchange(request.N ?? 1, () => Render(request, context), reply => Parse(reply, context));

    IExchange<ImagesResponse> IVerb<ImageEditRequest, ImagesResponse>.Begin(ImageEditRequest request, CallContext context) =>
        new RepeatedExchange(request.N ?? 1, () => Render(request, context), reply => Parse(reply, context));

    /// <summary>The file format that a media type names; null for none.</summary>
    internal static ImageOutputFormat? FormatOf(string? mimeType) => mimeType?.StartsWith("image/", StringComparison.OrdinalIgnoreCase) == true ? new ImageOutputFormat(mimeType["image/".Length..].ToLowerInvariant()) : default(ImageOutputFormat?);

    /// <summary>A picture's media type as an extra member of it.</summary>
    internal static Extra TypeMember(string? mimeType) => mimeType is null ? default : GeminiBody.Members(json => json.WriteString("mime_type"u8, mimeType));

    private HttpCall Render(GeminiPictures asked, Warnings warnings, CallContext context)
    {
        ImageLimits.CheckN(asked.N, MaxN, context);
        var writer = new GeminiPictureWriter();
        var body = JsonOut.ToUtf8((quirks: this, asked, warnings, writer, context), static (json, it) => it.quirks.Write(json, it.asked, it.writer, it.warnings, it.context));
        return writer.Into(new(HttpMethod.Post, GeminiBody.Path(Path, context.Model)) { Warnings = warnings.Given }, body);
    }

    private void Write(Utf8JsonWriter json, GeminiPictures asked, GeminiPictureWriter writer, Warnings warnings, CallContext context)
    {
        json.WriteStartObject();
        if (!asked.Extra.Holds("contents"u8)) WriteContents(json, asked, writer, context);
        GeminiBody.Write(json, "generationConfig", Configuration(asked, warnings).With(GeminiBody.Within(asked.Extra, "generationConfig")));
        asked.Extra.Without("generationConfig").WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteContents(Utf8JsonWriter json, GeminiPictures asked, GeminiPictureWriter writer, CallContext context)
    {
        json.WriteStartArray("contents"u8);
        json.WriteStartObject();
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, asked.Prompt);
        json.WriteEndObject();
        foreach (var image in asked.Images)
        {
            json.WriteStartObject();
            json.WriteStartObject("inlineData"u8);
            json.WriteString("mimeType"u8, GeminiPictureWriter.TypeOf(image, context));
            writer.WriteData(json, "data", image, context);
            json.WriteEndObject();
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteString("role"u8, "user"u8);
        json.WriteEndObject();
        json.WriteEndArray();
    }

    private Extra Configuration(GeminiPictures asked, Warnings warnings)
    {
        var size = GeminiImageSize.Of(asked.Size, AspectRatios, Sizes, warnings);
        var mimeType = OutputOptions ? asked.MimeType : null;
        if (!OutputOptions) GeminiBody.LeaveOut(warnings, ("output_format", asked.OutputFormat is { Value: not "png" }), ("output_compression", asked.OutputCompression is not null));
        return GeminiBody.Members(json =>
        {
            json.WriteStartArray("responseModalities"u8);
            foreach (var modality in Modalities) json.WriteStringValue(modality);
            json.WriteEndArray();
            GeminiBody.Write(json, "imageConfig", GeminiBody.Members(own =>
            {
                if (size.AspectRatio is { } ratio) own.WriteString("aspectRatio"u8, ratio);
                if (size.ImageSize is { } large) own.WriteString("imageSize"u8, large);
                if (OutputOptions) GeminiBody.Write(own, "imageOutputOptions", OptionsOf(mimeType, asked.OutputCompression));
            }));
        });
    }

    /// <summary>The file format that is asked for, as members.</summary>
    internal static Extra OptionsOf(string? mimeType, int? compression) => GeminiBody.Members(json =>
    {
        if (mimeType is not null) json.WriteString("mimeType"u8, mimeType);
        if (compression is { } kept) json.WriteNumber("compressionQuality"u8, kept);
    });

    private static ImagesUsage? UsageOf(GeminiMediaUsage? usage) => usage is null ? null : new()
    {
        InputTokens = usage.Input, OutputTokens = usage.Output, TotalTokens = usage.Input + usage.Output, InputTokensDetails = DetailsOf(usage.Inputs), OutputTokensDetails = DetailsOf(usage.Outputs),
    };

    private static ImagesTokensDetails? DetailsOf(IReadOnlyDictionary<string, long> counts) =>
        counts.Count == 0 ? null : new() { TextTokens = counts.GetValueOrDefault("TEXT"), ImageTokens = counts.GetValueOrDefault("IMAGE") };

    /// <summary>The same call as often as there are pictures to make, and their replies as one.</summary>
    private sealed class RepeatedExchange(int count, Func<HttpCall> render, Func<HttpReply, ImagesResponse> parse) : IExchange<ImagesResponse>
    {
        private ImagesResponse? _all;

        public Step<ImagesResponse> Next(HttpReply? reply)
        {
            if (reply is { } got) _all = Joined(_all, parse(got));
            return _all is { } done && done.Data.Count >= count ? Step<ImagesResponse>.Done(done) : Step<ImagesResponse>.Send(render());
        }

        private static ImagesResponse Joined(ImagesResponse? all, ImagesResponse one) => all is null ? one : all with { Data = [.. all.Data, .. one.Data], Usage = Sum(all.Usage, one.Usage) };

        private static ImagesUsage? Sum(ImagesUsage? all, ImagesUsage? one) => all is null || one is null ? null : new()
        {
            InputTokens = all.InputTokens + one.InputTokens, OutputTokens = all.OutputTokens + one.OutputTokens, TotalTokens = all.TotalTokens + one.TotalTokens,
            InputTokensDetails = Sum(all.InputTokensDetails, one.InputTokensDetails), OutputTokensDetails = Sum(all.OutputTokensDetails, one.OutputTokensDetails),
        };

        private static ImagesTokensDetails? Sum(ImagesTokensDetails? all, ImagesTokensDetails? one) =>
            all is null || one is null ? null : new() { TextTokens = all.TextTokens + one.TextTokens, ImageTokens = all.ImageTokens + one.ImageTokens };
    }
}
