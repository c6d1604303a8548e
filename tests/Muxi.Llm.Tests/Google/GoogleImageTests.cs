using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Pictures by Gemini and Imagen: sizes and formats as each asks for them, several at once, edits, what the filter holds back, what is counted.</summary>
public sealed class GoogleImageTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Png => ImageWire.Base64;

    [Theory]
    [InlineData("gemini/gemini-3-pro-image", "1024x1024", """{"aspectRatio":"1:1"}""", "")]
    [InlineData("gemini/gemini-3-pro-image", "4096x4096", """{"aspectRatio":"1:1","imageSize":"4K"}""", "")]
    [InlineData("gemini/gemini-3-pro-image", "1536x1024", """{"aspectRatio":"3:2"}""", "")]
    [InlineData("gemini/gemini-3-pro-image", "1792x1024", """{"aspectRatio":"16:9"}""", "")]
    [InlineData("gemini/gemini-3-pro-image", "3000x1000", """{"aspectRatio":"21:9","imageSize":"2K"}""", "size")]
    [InlineData("gemini/gemini-3-pro-image", "2K", """{"imageSize":"2K"}""", "")]
    [InlineData("gemini/gemini-3-pro-image", "9:16", """{"aspectRatio":"9:16"}""", "")]
    [InlineData("gemini/gemini-3-pro-image", "auto", null, "")]
    [InlineData("gemini/gemini-3-pro-image", "huge", null, "size")]
    [InlineData("gemini/gemini-2.5-flash-image", "4096x4096", """{"aspectRatio":"1:1"}""", "")]
    public async Task A_size_in_pixels_is_asked_for_as_a_ratio(string model, string size, string? configuration, string warned)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Picture(Png)));
        using var client = GoogleWire.Client(server.Url);

        var reply = await client.Images.GenerateAsync(new() { Model = model, Prompt = "a cat", Size = size }, null, Token);

        Assert.Equal(configuration, GoogleWire.Body(server.Requests[0])!["generationConfig"]!["imageConfig"]?.ToJsonString());
        Assert.Equal(warned, string.Join(' ', reply.Warnings.Select(one => one.Param)));
    }

    [Fact]
    public async Task A_reply_has_its_pictures_type_words_and_usage()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Answer($$$"""{"text":"thinking","thought":true},{"inlineData":{"mimeType":"image/png","data":"AAAA"},"thought":true},{"text":"Here: "},{"inlineData":{"mimeType":"image/png","data":"{{{Png}}}"}}""", "STOP")));
        using var client = GoogleWire.Client(server.Url);

        var reply = await client.Images.GenerateAsync(new() { Model = "gemini/m", Prompt = "a cat" }, null, Token);

        Assert.Equal(ImageWire.Png, Assert.Single(reply.Data).Bytes.ToArray());
        Assert.Equal(("image/png", "png", "Here: "), (reply.Data[0].MediaType, reply.OutputFormat!.Value.Value, reply.Extra.GetString("text")));
        Assert.Equal((7L, 1290L, 1297L, 7L, 1290L), (reply.Usage!.InputTokens, reply.Usage.OutputTokens, reply.Usage.TotalTokens, reply.Usage.InputTokensDetails!.TextTokens, reply.Usage.OutputTokensDetails!.ImageTokens));
    }

    [Fact]
    public async Task Several_pictures_are_several_calls_and_one_reply()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Picture(Png)));
        using var client = GoogleWire.Client(server.Url);

        var reply = await client.Images.GenerateAsync(new() { Model = "gemini/m", Prompt = "a cat", N = 3 }, null, Token);

        Assert.Equal((3, 3, 3 * 1297L), (reply.Data.Count, server.Requests.Count, reply.Usage!.TotalTokens));
    }

    [Fact]
    public async Task Pictures_to_edit_are_read_while_they_are_sent_in_their_places()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Picture(Png)));
        using var client = GoogleWire.Client(server.Url);
        var large = new byte[100_001];
        ImageWire.Jpeg.CopyTo(large, 0);

        await client.Images.EditAsync(new() { Model = "gemini/m", Prompt = "a \"hat\"", Images = [ImageInput.FromBytes(ImageWire.Png), ImageInput.FromBytes(ImageWire.Jpeg), ImageInput.FromStream(new OneShot(large), "b.jpg")] }, null, Token);

        var parts = GoogleWire.Body(server.Requests[0])!["contents"]![0]!["parts"]!.AsArray();
        Assert.Equal("a \"hat\"", (string?)parts[0]!["text"]);
        Assert.Equal(["image/png " + Png, "image/jpeg " + Convert.ToBase64String(ImageWire.Jpeg), "image/jpeg " + Convert.ToBase64String(large)], parts.Skip(1).Select(one => $"{one!["inlineData"]!["mimeType"]} {one["inlineData"]!["data"]}"));
    }

    [Fact]
    public async Task A_picture_to_edit_may_be_a_data_URI()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Picture(Png)));
        using var client = GoogleWire.Client(server.Url);

        await client.Images.EditAsync(new() { Model = "gemini/m", Prompt = "a hat", Images = [ImageInput.FromUrl("data:image/webp;base64,AAAA")] }, null, Token);

        Assert.Equal("""{"mimeType":"image/webp","data":"AAAA"}""", GoogleWire.Body(server.Requests[0])!["contents"]![0]!["parts"]![1]!["inlineData"]!.ToJsonString());
    }

    public static TheoryData<string, ImageEditRequest> Refused => new()
    {
        { "mask", new() { Model = "gemini/m", Prompt = "x", Images = [ImageInput.FromBytes(ImageWire.Png)], Mask = ImageInput.FromBytes(ImageWire.Png) } },
        { "image", new() { Model = "gemini/m", Prompt = "x", Images = [ImageInput.FromUrl("https://a.example/b.png")] } },
        { "image", new() { Model = "gemini/m", Prompt = "x", Images = [ImageInput.FromId("files/abc")] } },
        { "n", new() { Model = "gemini/m", Prompt = "x", N = 2, Images = [ImageInput.FromStream(new OneShot([1]), "a.png")] } },
        { "n", new() { Model = "gemini/m", Prompt = "x", N = 11, Images = [ImageInput.FromBytes(ImageWire.Png)] } },
    };

    [Theory, MemberData(nameof(Refused))]
    public async Task What_cannot_be_edited_is_refused_before_it_is_sent(string param, ImageEditRequest request)
    {
        using var client = GoogleWire.Client(FaultServer.Refused());

        Assert.Equal(param, (await Assert.ThrowsAsync<BadRequestException>(() => client.Images.EditAsync(request, null, Token))).Param);
    }

    [Theory]
    [InlineData("""{"promptFeedback":{"blockReason":"PROHIBITED_CONTENT","blockReasonMessage":"not this"},"usageMetadata":{"promptTokenCount":3}}""", "PROHIBITED_CONTENT")]
    [InlineData("""{"candidates":[{"finishReason":"IMAGE_SAFETY","finishMessage":"no","index":0}]}""", "IMAGE_SAFETY")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"I will not."}]},"finishReason":"SAFETY"}]}""", "SAFETY")]
    public async Task What_the_filter_holds_back_is_told_as_that(string body, string code)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = GoogleWire.Client(server.Url);

        var error = await Assert.ThrowsAsync<ContentFilterException>(() => client.Images.GenerateAsync(new() { Model = "gemini/m", Prompt = "x" }, null, Token));

        Assert.Equal((code, ErrorKind.ContentFilter), (error.Code, error.Kind));
    }

    [Theory]
    [InlineData("""{"candidates":[{"content":{"parts":[{"text":"Sorry."}]},"finishReason":"STOP"}]}""")]
    [InlineData("""{"candidates":[{"finishReason":"NO_IMAGE"}]}""")]
    [InlineData("""{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"%%%"}}]},"finishReason":"STOP"}]}""")]
    [InlineData("""{"candidates":null}""")]
    [InlineData("{}")]
    [InlineData("<html>")]
    public async Task No_picture_is_an_error_of_the_service(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = GoogleWire.Client(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Images.GenerateAsync(new() { Model = "gemini/m", Prompt = "x" }, null, Token));

        Assert.IsNotType<ContentFilterException>(error);
    }

    [Fact]
    public async Task What_cannot_be_asked_for_is_a_warning()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Picture(Png)));
        using var client = GoogleWire.Client(server.Url);

        var reply = await client.Images.GenerateAsync(new()
        {
            Model = "gemini/m", Prompt = "x", Quality = "high", Style = "vivid", Background = "transparent", Moderation = "low", User = "ann", ResponseFormat = "url", OutputFormat = "webp", OutputCompression = 50,
            Extra = """{"generationConfig":{"seed":3,"imageConfig":{"aspectRatio":"1:1"}},"safetySettings":[]}""",
        }, null, Token);

        Assert.Equal("quality style background moderation user response_format output_format output_compression", string.Join(' ', reply.Warnings.Select(one => one.Param)));
        JsonComparison.Same("the body", JsonNode.Parse("""{"contents":[{"parts":[{"text":"x"}],"role":"user"}],"generationConfig":{"responseModalities":["IMAGE"],"seed":3,"imageConfig":{"aspectRatio":"1:1"}},"safetySettings":[]}"""), GoogleWire.Body(server.Requests[0]));
    }

    [Fact]
    public async Task Imagen_has_a_format_of_its_own_and_tells_what_was_held_back()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json($$"""{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"{{Png}}","prompt":"a grey cat"},{"raiFilteredReason":"Code 39."}]}"""));
        using var client = GoogleWire.Client(server.Url);

        var reply = await client.Images.GenerateAsync(new() { Model = "gemini/imagen-4.0-generate-001", Prompt = "a cat", N = 2, Size = "1280x720", Extra = """{"seed":3}""" }, null, Token);

        Assert.Equal("/v1beta/models/imagen-4.0-generate-001:predict", server.Requests[0].Target);
        Assert.Equal("""{"instances":[{"prompt":"a cat"}],"parameters":{"sampleCount":2,"aspectRatio":"16:9","seed":3}}""", server.Requests[0].Text);
        Assert.Equal((ImageWire.Base64, "a grey cat", "png"), (Assert.Single(reply.Data).B64Json, reply.Data[0].RevisedPrompt, reply.OutputFormat!.Value.Value));
        Assert.Contains("Code 39.", Assert.Single(reply.Warnings).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("{}", "content_filter")]
    [InlineData("""{"predictions":[{"raiFilteredReason":"Code 39."}]}""", "content_filter")]
    [InlineData("""{"error":{"code":429,"message":"Quota exceeded","status":"RESOURCE_EXHAUSTED"}}""", null)]
    public async Task Imagen_without_a_picture_is_an_error(string body, string? type)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = GoogleWire.Client(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Images.GenerateAsync(new() { Model = "gemini/imagen-4.0-generate-001", Prompt = "x" }, null, Token));

        Assert.Equal(type, error is ContentFilterException ? error.Type : null);
    }

    [Fact]
    public async Task An_edit_by_Imagen_names_its_pictures_and_mask()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json($$"""{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"{{Png}}"}]}"""));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        var reply = await client.Images.EditAsync(new() { Model = "vertexai/imagen-3.0-capability-001", Prompt = "a hat", Images = [ImageInput.FromBytes(ImageWire.Png)], Mask = ImageInput.FromBytes(ImageWire.Png) }, null, Token);

        JsonComparison.Same("the body", JsonNode.Parse($$$"""
            {"instances":[{"prompt":"a hat","referenceImages":[
              {"referenceType":"REFERENCE_TYPE_RAW","referenceId":1,"referenceImage":{"bytesBase64Encoded":"{{{Png}}}","mimeType":"image/png"}},
              {"referenceType":"REFERENCE_TYPE_MASK","referenceId":2,"referenceImage":{"bytesBase64Encoded":"{{{Png}}}","mimeType":"image/png"},"maskImageConfig":{"maskMode":"MASK_MODE_USER_PROVIDED"}}]}],
             "parameters":{"sampleCount":1,"editMode":"EDIT_MODE_INPAINT_INSERTION"}}
            """), GoogleWire.Body(server.Requests[0]));
        Assert.Equal("mask", Assert.Single(reply.Warnings).Param);
    }
}
