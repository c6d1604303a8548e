using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>
/// <c>POST /v1/images/generations</c> (JSON), <c>/v1/images/edits</c> (a form, or JSON) and <c>/v1/images/variations</c> (a form). The first picture of a stream decides about
/// its status, as chat's first content does. Pictures that come as addresses are passed on as these: nothing is read here.
/// </summary>
internal sealed class Images(LlmClient client, Callees callees)
{
    public async Task GenerateAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => ImageGenerationRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        request = request with { Extra = others };
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        if (request.Stream == true) await StreamAsync(call, client.Images.GenerateStreamAsync(request, options, call.Aborted));
        else await ReplyAsync(call, client.Images.GenerateAsync(request, options, call.Aborted));
    }

    public async Task EditAsync(Incoming call)
    {
        var (request, fallbacks) = call.IsForm ? ReadEdit(await call.ReadFormAsync()) : await ReadJsonEditAsync(call);
        var options = callees.OptionsFor(call, request.Model, fallbacks);
        if (request.Stream == true) await StreamAsync(call, client.Images.EditStreamAsync(request, options, call.Aborted));
        else await ReplyAsync(call, client.Images.EditAsync(request, options, call.Aborted));
    }

    public async Task VaryAsync(Incoming call)
    {
        var form = await call.ReadFormAsync();
        var fallbacks = form.Fallbacks();
        var request = new ImageVariationRequest
        {
            Model = form.Needed("model"), Image = form.NeededFile("image"), N = form.Whole("n"), Size = form.Text("size") is { } size ? new(size) : null,
            ResponseFormat = form.Text("response_format") is { } format ? new(format) : null, User = form.Text("user"),
        };
        request = request with { Extra = form.Rest() };
        await ReplyAsync(call, client.Images.CreateVariationAsync(request, callees.OptionsFor(call, request.Model, fallbacks), call.Aborted));
    }

    private static async Task<(ImageEditRequest, IReadOnlyList<string>?)> ReadJsonEditAsync(Incoming call)
    {
        var request = await JsonCall.ReadAsync(call, static body => ImageEditRequest.Parse(body.Span));
        var (fallbacks, others) = JsonCall.Fallbacks(request.Extra);
        return (request with { Extra = others }, fallbacks);
    }

    private static (ImageEditRequest, IReadOnlyList<string>?) ReadEdit(IncomingForm form)
    {
        var fallbacks = form.Fallbacks();
        var images = form.Files("image");
        if (images.Count == 0) throw IncomingForm.Wrong("image", "the form lacks the file 'image'");
        var request = new ImageEditRequest
        {
            Model = form.Needed("model"), Prompt = form.Needed("prompt"), Images = [.. images.Select(static image => (ImageInput)image)], Mask = form.File("mask") is { } mask ? (ImageInput)mask : null,
            N = form.Whole("n"), OutputCompression = form.Whole("output_compression"), PartialImages = form.Whole("partial_images"), Stream = form.Flag("stream"), User = form.Text("user"),
            Size = Word(form, "size", static word => new ImageSize(word)), Quality = Word(form, "quality", static word => new ImageQuality(word)),
            Background = Word(form, "background", static word => new ImageBackground(word)), InputFidelity = Word(form, "input_fidelity", static word => new InputFidelity(word)),
            OutputFormat = Word(form, "output_format", static word => new ImageOutputFormat(word)), Moderation = Word(form, "moderation", static word => new ImageModeration(word)),
            ResponseFormat = Word(form, "response_format", static word => new ImageResponseFormat(word)),
        };
        return (request with { Extra = form.Rest() }, fallbacks);
    }

    private static T? Word<T>(IncomingForm form, string name, Func<string, T> make) where T : struct => form.Text(name) is { Length: > 0 } word ? make(word) : null;

    private DateTimeOffset Now => client.Settings.TimeProvider.GetUtcNow();

    private async Task ReplyAsync(Incoming call, Task<ImagesResponse> asked)
    {
        await call.AnswerAsync(ImageWords.Known(await asked, Now), ImageReplyWriter.Write);
    }

    /// <summary>Each event under its name, and no <c>[DONE]</c>.</summary>
    private Task StreamAsync(Incoming call, IAsyncEnumerable<ImageStreamEvent> events) =>
        EventBody<ImageStreamEvent>.AnswerAsync(call, events, new(ImageReplyWriter.Write) { Show = one => ImageWords.Known(one, Now), Name = static one => one.Type.Value });
}

/// <summary>
/// Words that OpenAI's schema of pictures knows, in the places where it lists them. Another one (a newer model's size, <c>1536x864</c>) stands beside in a member of its own,
/// <c>size_raw</c>, as chat's <c>finish_reason_raw</c> does.
/// </summary>
/// <remarks>Source: ImagesResponse, ImageGenCompletedEvent and its kin in OpenAI's OpenAPI document 2.3.0.</remarks>
internal static class ImageWords
{
    private static readonly string[] _backgrounds = ["transparent", "opaque"], _formats = ["png", "webp", "jpeg"], _sizes = ["1024x1024", "1024x1536", "1536x1024"], _qualities = ["low", "medium", "high"];

    /// <param name="reply">The service's.</param>
    /// <param name="now">When it was made, where the service does not say.</param>
    public static ImagesResponse Known(ImagesResponse reply, DateTimeOffset now)
    {
        var extra = reply.Extra;
        return reply with
        {
            Created = reply.Created == 0 ? now.ToUnixTimeSeconds() : reply.Created,
            Background = Known("background", reply.Background?.Value, _backgrounds, ref extra) is { } background ? new(background) : null,
            OutputFormat = Known("output_format", reply.OutputFormat?.Value, _formats, ref extra) is { } format ? new(format) : null,
            Size = Known("size", reply.Size?.Value, _sizes, ref extra) is { } size ? new(size) : null,
            Quality = Known("quality", reply.Quality?.Value, _qualities, ref extra) is { } quality ? new(quality) : null,
            Extra = extra,
        };
    }

    /// <summary>The event with all the members that clients count on; one that is no picture's stays as it is.</summary>
    public static ImageStreamEvent Known(ImageStreamEvent one, DateTimeOffset now)
    {
        if (one.Image is null || !(one.IsCompleted || one.IsPartial)) return one;
        var extra = one.Extra;
        return one with
        {
            CreatedAt = one.CreatedAt ?? now.ToUnixTimeSeconds(),
            Background = Known("background", one.Background?.Value, _backgrounds, ref extra) ?? "auto",
            OutputFormat = Known("output_format", one.OutputFormat?.Value, _formats, ref extra) ?? Array.Find(_formats, format => one.Image.MediaType == $"image/{format}") ?? "png",
            Size = Known("size", one.Size?.Value, _sizes, ref extra) ?? "auto",
            Quality = Known("quality", one.Quality?.Value, _qualities, ref extra) ?? "auto",
            Extra = extra,
        };
    }

    private static string? Known(string member, string? word, string[] known, ref Extra extra)
    {
        if (word is null || known.Contains(word)) return word;
        if (word != "auto") extra = extra.With(member + "_raw", RawJson.Parse(JsonOut.ToText(word, static (json, text) => json.WriteStringValue(text), indented: false)));
        return null;
    }
}
