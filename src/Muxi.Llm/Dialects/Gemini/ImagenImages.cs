using System.Collections.Immutable;
using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Pictures by Google's Imagen models, generated and edited. Extra members go to the parameters (<c>negativePrompt</c>, <c>personGeneration</c>, <c>editMode</c>); those of
/// <c>instances</c> and <c>labels</c> stand beside them. What the service's filter holds back is told with a warning, or as an error where it is all.
/// </summary>
/// <remarks>Source: <c>POST models/{model}:predict</c>, "Imagen" in Vertex AI's reference and the Gemini API's, as of 2026-11.</remarks>
public sealed record ImagenImages : ImagesDialect, IVerb<ImageEditRequest, ImagesResponse>
{
    /// <summary>The path after the base URL; <c>{model}</c> stands for the model's name.</summary>
    public string Path { get; init; } = "models/{model}:predict";

    /// <summary>The sides' ratios that can be asked for.</summary>
    public ImmutableArray<string> AspectRatios { get; init; } = ["1:1", "3:4", "4:3", "9:16", "16:9"];

    /// <summary>The sizes that can be asked for, the usual one first; empty where there is no choice.</summary>
    public ImmutableArray<string> Sizes { get; init; } = ["1K", "2K"];

    /// <summary>The <c>editMode</c> of an edit with a mask that names none itself; null names none.</summary>
    public string? MaskedEditMode { get; init; } = "EDIT_MODE_INPAINT_INSERTION";

    /// <summary>How many pictures can be asked for at once; 0 for no limit.</summary>
    public int MaxN { get; init; } = 4;

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
        foreach (var image in request.Images) ImageLimits.CheckFile("image", image.Source, 0, context);
        ImageLimits.CheckFile("mask", request.Mask?.Source, 0, context);
        var warnings = new Warnings();
        if (request.Mask is not null) warnings.Add("mask", "sent as it is: the service changes what is white in it, not what is transparent");
        return Render(GeminiPictures.Of(request, warnings), warnings, context);
    }

    /// <inheritdoc/>
    public override ImagesResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(JsonReading.WithoutMark(reply.Body.Span), context) is { } images) return images;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    IExchange<ImagesResponse> IVerb<ImageEditRequest, ImagesResponse>.Begin(ImageEditRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply => Parse(reply, context));

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
        if (!asked.Extra.Holds("instances"u8))
        {
            json.WriteStartArray("instances"u8);
            json.WriteStartObject();
            json.WriteString("prompt"u8, asked.Prompt);
            if (asked.Images.Count > 0) WriteReferences(json, asked, writer, context);
            json.WriteEndObject();
            json.WriteEndArray();
        }
        var own = asked.Extra.Without("instances").Without("labels").Without("parameters");
        GeminiBody.Write(json, "parameters", Parameters(asked, warnings).With(own).With(GeminiBody.Within(asked.Extra, "parameters")));
        foreach (var name in (ReadOnlySpan<string>)["instances", "labels"])
        {
            if (!asked.Extra.TryGet(name, out var value)) continue;
            json.WritePropertyName(name);
            value.WriteTo(json);
        }
        json.WriteEndObject();
    }

    private Extra Parameters(GeminiPictures asked, Warnings warnings)
    {
        var size = GeminiImageSize.Of(asked.Size, AspectRatios, Sizes, warnings);
        return GeminiBody.Members(json =>
        {
            // The service makes four where nothing is said.
            json.WriteNumber("sampleCount"u8, asked.N ?? 1);
            if (size.AspectRatio is { } ratio) json.WriteString("aspectRatio"u8, ratio);
            if (size.ImageSize is { } large) json.WriteString("sampleImageSize"u8, large);
            GeminiBody.Write(json, "outputOptions", GeminiImages.OptionsOf(asked.MimeType, asked.OutputCompression));
            if (asked.Mask is not null && MaskedEditMode is { } mode) json.WriteString("editMode"u8, mode);
        });
    }

    private static void WriteReferences(Utf8JsonWriter json, GeminiPictures asked, GeminiPictureWriter writer, CallContext context)
    {
        json.WriteStartArray("referenceImages"u8);
        var id = 0;
        foreach (var image in asked.Images) WriteReference("REFERENCE_TYPE_RAW", image);
        if (asked.Mask is { } mask) WriteReference("REFERENCE_TYPE_MASK", mask);
        json.WriteEndArray();

        void WriteReference(string type, ImageInput image)
        {
            json.WriteStartObject();
            json.WriteString("referenceType"u8, type);
            json.WriteNumber("referenceId"u8, ++id);
            json.WriteStartObject("referenceImage"u8);
            writer.WriteData(json, "bytesBase64Encoded", image, context);
            json.WriteString("mimeType"u8, GeminiPictureWriter.TypeOf(image, context));
            json.WriteEndObject();
            if (type == "REFERENCE_TYPE_MASK") GeminiBody.Write(json, "maskImageConfig", GeminiBody.Members(static own => own.WriteString("maskMode"u8, "MASK_MODE_USER_PROVIDED"u8)));
            json.WriteEndObject();
        }
    }

    private static ImagesResponse? Read(ReadOnlySpan<byte> source, CallContext context)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        List<GeneratedImage> images = [];
        List<string> filtered = [];
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("predictions"u8)) ReadPredictions(ref reader, source, images, filtered);
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        if (isError) return null;
        // Where all were held back and no reason was asked for, the reply is an empty object.
        if (images.Count == 0) throw Filtered(filtered, context);
        return new()
        {
            Data = images, OutputFormat = GeminiImages.FormatOf(images[0].Extra.GetString("mime_type")), Extra = extra.ToExtra(),
            Noticed = filtered.Count == 0 ? null : [.. filtered.Select(static reason => new Warning("n", $"a picture was held back by the service's filter: {reason}"))],
        };
    }

    private static ContentFilterException Filtered(List<string> reasons, CallContext context) =>
        new($"{context.Provider}: no picture came: {(reasons.Count == 0 ? "the service's filter held all of them back" : reasons[0])}")
        {
            Status = HttpStatusCode.BadRequest, Type = "content_filter", Code = "filtered", Provider = context.Provider, Model = context.Model,
        };

    private static void ReadPredictions(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<GeneratedImage> images, List<string> filtered)
    {
        if (!reader.EnterArray()) return;
        while (reader.NextItem())
            if (reader.TokenType == JsonTokenType.StartObject) ReadPrediction(ref reader, source, images, filtered);
            else reader.Skip();
    }

    private static void ReadPrediction(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<GeneratedImage> images, List<string> filtered)
    {
        byte[]? bytes = null;
        string? type = null, prompt = null, address = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("bytesBase64Encoded"u8) && reader.NextIs(JsonTokenType.String))
            {
                reader.Read();
                bytes = Base64Text.Decode(ref reader) ?? throw new JsonException("A picture is no base64.");
            }
            else if (reader.Is("mimeType"u8)) type = reader.ReadString(source);
            else if (reader.Is("prompt"u8)) prompt = reader.ReadString(source);
            else if (reader.Is("gcsUri"u8)) address = reader.ReadString(source);
            else if (reader.Is("raiFilteredReason"u8)) filtered.Add(reader.ReadString(source) ?? "");
            else extra.Take(ref reader, source);
        }
        if (bytes is null && address is null) return;
        images.Add(new() { Bytes = bytes, Url = address, RevisedPrompt = prompt, Extra = GeminiImages.TypeMember(type).With(extra.ToExtra()) });
    }
}
