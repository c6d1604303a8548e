using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Pictures over real HTTP: what is sent for each verb, what comes of the reply, and what is refused before anything is sent.</summary>
public sealed class ImageCallTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_option_of_a_generation_stands_in_the_body()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Images.GenerateAsync(All, null, Cancel);

        JsonComparison.Same("the body", JsonNode.Parse("""
            {"model":"gpt-image-1","prompt":"A lighthouse at dusk","n":2,"size":"1536x1024","quality":"high","style":"vivid","background":"transparent","output_format":"webp","output_compression":80,
             "moderation":"low","response_format":"b64_json","partial_images":0,"user":"ann","aspect_ratio":"4:3"}
            """), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal(("POST", "/images/generations", "Bearer " + Calls.Key), (server.Requests[0].Method, server.Requests[0].Target, server.Requests[0].Headers["Authorization"]));
        Assert.Equal(ImageWire.Png, reply.Data[0].Bytes);
        Assert.Equal(ImageWire.Base64, reply.Data[0].B64Json);
        Assert.Equal(("image/png", "transparent", "png", "1024x1024", "high"), (reply.Data[0].MediaType, reply.Background?.Value, reply.OutputFormat?.Value, reply.Size?.Value, reply.Quality?.Value));
        Assert.Equal((50, 50, 100, 10, 40, 50), (reply.Usage!.InputTokens, reply.Usage.OutputTokens, reply.Usage.TotalTokens, reply.Usage.InputTokensDetails!.TextTokens, reply.Usage.InputTokensDetails.ImageTokens, reply.Usage.OutputTokensDetails!.ImageTokens));
        Assert.Equal(("openai", 1713833628L, 1), (reply.Provider, reply.Created, reply.Attempts.Count));
    }

    [Fact]
    public async Task A_plain_generation_sends_no_more_than_was_said()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        await client.Images.GenerateAsync(new() { Model = "openai/gpt-image-1", Prompt = "A cat 🐱 \"quoted\"" }, null, Cancel);

        Assert.Equal("""{"model":"gpt-image-1","prompt":"A cat \uD83D\uDC31 \"quoted\""}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task An_edit_of_files_is_a_form_with_its_fields_before_its_files()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        await client.Images.EditAsync(AllOfAnEdit, null, Cancel);

        Assert.Equal("/images/edits", server.Requests[0].Target);
        Assert.Equal(
            [
                "model=gpt-image-1", "prompt=Give it a hat", "n=2", "size=1024x1536", "quality=low", "background=opaque", "input_fidelity=high", "output_format=jpeg", "output_compression=0",
                "moderation=auto", "response_format=b64_json", "partial_images=0", "user=ann", "seed=7", "image[]: image.png image/png 94", "image[]: photo.jpg image/jpeg 226", "mask: mask.png image/png 94",
            ], await ImageWire.FieldsAsync(server.Requests[0]));
    }

    [Fact]
    public async Task One_picture_to_edit_has_the_name_that_older_servers_know()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        await client.Images.EditAsync(new() { Model = "openai/dall-e-2", Images = [ImageInput.FromBytes(ImageWire.Png)], Prompt = "A hat" }, null, Cancel);

        Assert.Equal(["model=dall-e-2", "prompt=A hat", "image: image.png image/png 94"], await ImageWire.FieldsAsync(server.Requests[0]));
    }

    [Fact]
    public async Task An_edit_of_addresses_and_ids_is_JSON()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        await client.Images.EditAsync(AllOfAnEdit with { Images = [ImageInput.FromUrl("https://example.org/cat.png"), ImageInput.FromId("file-1")], Mask = ImageInput.FromUrl("data:image/png;base64,AAAA") }, null, Cancel);

        JsonComparison.Same("the body", JsonNode.Parse("""
            {"model":"gpt-image-1","images":[{"image_url":"https://example.org/cat.png"},{"file_id":"file-1"}],"mask":{"image_url":"data:image/png;base64,AAAA"},"prompt":"Give it a hat","n":2,"size":"1024x1536",
             "quality":"low","background":"opaque","input_fidelity":"high","output_format":"jpeg","output_compression":0,"moderation":"auto","response_format":"b64_json","partial_images":0,"user":"ann","seed":7}
            """), JsonComparison.ParseStrictly(server.Requests[0].Body));
    }

    [Fact]
    public async Task A_variation_is_a_form()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"created":1,"data":[{"url":"https://example.org/1.png"},{"url":"https://example.org/2.png"}]}"""));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Images.CreateVariationAsync(new() { Model = "dall-e-2", Image = FileSource.FromBytes(ImageWire.Png, "cat.png"), N = 2, Size = "256x256", ResponseFormat = "url", User = "ann", Extra = """{"strength":0.5}""" }, null, Cancel);

        Assert.Equal("/images/variations", server.Requests[0].Target);
        Assert.Equal(["model=dall-e-2", "n=2", "size=256x256", "response_format=url", "user=ann", "strength=0.5", "image: cat.png image/png 94"], await ImageWire.FieldsAsync(server.Requests[0]));
        Assert.Equal(["https://example.org/1.png", "https://example.org/2.png"], reply.Data.Select(image => image.Url));
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Further_members_go_before_typed_ones_and_those_of_the_options_before_both()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        await client.Images.GenerateAsync(new() { Model = "openai/m", Prompt = "x", Size = "auto", Extra = """{"size":"1x1","seed":1,"stream":true}""" }, new() { ExtraBody = """{"seed":2}""" }, Cancel);
        await client.Images.EditAsync(new() { Model = "openai/m", Images = [ImageInput.FromBytes(ImageWire.Png)], Prompt = "x", Size = "auto", Extra = """{"size":"1x1","tags":["a","b"]}""" }, new() { ExtraBody = """{"seed":2}""" }, Cancel);

        Assert.Equal("""{"model":"m","prompt":"x","size":"1x1","seed":2}""", server.Requests[0].Text);
        Assert.Equal(["model=m", "prompt=x", "size=1x1", "tags[]=a", "tags[]=b", "seed=2", "image: image.png image/png 94"], await ImageWire.FieldsAsync(server.Requests[1]));
    }

    [Fact]
    public async Task What_xAI_does_not_take_is_left_out_with_a_warning_or_refused_where_that_is_asked_for()
    {
        // As recorded in 2026: mime_type beside the picture, no created, and a usage of money alone.
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"b64_json":"aGVsbG8=","mime_type":"image/png"}],"usage":{"cost_in_usd_ticks":700000000}}"""));
        using var client = Calls.ClientFor(server.Url, "xai");
        var request = new ImageGenerationRequest { Model = "xai/grok-imagine-image", Prompt = "x", Size = "1024x1024", Extra = """{"aspect_ratio":"4:3","resolution":"2k"}""" };

        var reply = await client.Images.GenerateAsync(request, null, Cancel);
        var refused = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Images.GenerateAsync(request, new() { Strict = true }, Cancel));

        Assert.Equal("""{"model":"grok-imagine-image","prompt":"x","aspect_ratio":"4:3","resolution":"2k"}""", server.Requests[0].Text);
        Assert.Equal([new Warning("size", "left out: the service does not take it")], reply.Warnings);
        Assert.Equal(("image/png", "hello", "700000000"), (reply.Data[0].MediaType, System.Text.Encoding.ASCII.GetString(reply.Data[0].Bytes.Span), reply.Usage!.Extra["cost_in_usd_ticks"].ToString()));
        Assert.Contains("size", refused.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_verb_that_a_service_lacks_is_told_before_anything_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url, "xai");
        using var none = Calls.ClientFor(server.Url, "groq");

        var edit = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Images.EditAsync(AllOfAnEdit with { Model = "xai/m" }, null, Cancel));
        var vary = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Images.CreateVariationAsync(new() { Model = "xai/m", Image = FileSource.FromBytes(ImageWire.Png, "a.png") }, null, Cancel));
        var stream = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Images.GenerateStreamAsync(All with { Model = "xai/m" }, null, Cancel).ToImagesResponseAsync(Cancel));
        var generate = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => none.Images.GenerateAsync(All with { Model = "groq/m" }, null, Cancel));

        Assert.Equal(["image editing", "image variations", "streamed image generation", "image generation"], ((Exception[])[edit, vary, stream, generate]).Select(error => error.Message.Split("offer ")[1].Split(" through")[0]));
        Assert.Empty(server.Requests);
    }

    public static TheoryData<string, string, ImageGenerationRequest> WrongGenerations => new()
    {
        { "prompt", "the prompt is empty: say what the picture shows", All with { Prompt = " " } },
        { "prompt", "openai: the prompt has 32001 characters: 32000 at most are taken", All with { Prompt = new string('x', 32_001) } },
        { "n", "n is 0: at least one picture must be asked for", All with { N = 0 } },
        { "n", "openai: 11 pictures were asked for: 10 at most are made at once", All with { N = 11 } },
        { "output_compression", "output_compression is 101: it is a percentage, 0 to 100", All with { OutputCompression = 101 } },
        { "partial_images", "partial_images is 4: a stream shows 0 to 3 unfinished pictures", All with { PartialImages = 4 } },
        { "background", "a JPEG has no transparency: ask for png or webp beside a transparent background", All with { OutputFormat = "jpeg", Background = "transparent" } },
    };

    [Theory, MemberData(nameof(WrongGenerations))]
    public async Task A_generation_that_cannot_work_is_refused_before_it_is_sent(string param, string message, ImageGenerationRequest request)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Images.GenerateAsync(request, null, Cancel));

        Assert.Equal((param, message, 0), (error.Param, error.Message, error.Attempts.Count));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task An_edit_that_cannot_work_is_refused_before_it_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);
        var huge = FileSource.FromStream(new Sparse((50 << 20) + 1), "huge.png");
        foreach (var (param, message, request) in ((string, string, ImageEditRequest)[])
        [
            ("image", "there is no picture to edit: set Images to at least one", AllOfAnEdit with { Images = [] }),
            ("image", "pictures are either all files, which go as a form, or all addresses and ids, which go as JSON; these are of both kinds", AllOfAnEdit with { Images = [ImageInput.FromUrl("https://example.org/a.png")] }),
            ("image", "openai: 17 pictures were given to edit: 16 at most are taken", AllOfAnEdit with { Images = [.. Enumerable.Repeat(ImageInput.FromBytes(ImageWire.Png), 17)] }),
            ("image", "openai: 'notes.txt' is text/plain and not a picture", AllOfAnEdit with { Images = [FileSource.FromBytes("Moin"u8.ToArray(), "notes.txt")] }),
            ("image", "openai: 'huge.png' has 50 MB: 50 MB at most are taken", AllOfAnEdit with { Images = [huge] }),
            ("mask", "openai: 'huge.png' has 50 MB: 4 MB at most are taken", AllOfAnEdit with { Mask = huge }),
        ])
        {
            var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Images.EditAsync(request, null, Cancel));
            Assert.Equal((param, message), (error.Param, error.Message));
        }
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData(500, 1)]
    [InlineData(503, 3)]
    [InlineData(429, 3)]
    public async Task A_picture_that_may_have_been_made_is_not_asked_for_again(int status, int requests)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"no"}}""", status).With("retry-after-ms", "1"));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 2 } });

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Images.GenerateAsync(All, null, Cancel));

        Assert.Equal(requests, server.Requests.Count);
    }

    [Fact]
    public async Task What_a_service_refused_may_be_made_elsewhere()
    {
        var answers = new Queue<CannedReply>([CannedReply.Json("""{"error":{"message":"who?"}}""", 401), CannedReply.Json(ImageWire.Reply)]);
        await using var server = await ReplayServer.StartAsync(1, _ => answers.Dequeue());
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Images.GenerateAsync(All, new() { Fallbacks = ["openai/other"] }, Cancel);

        Assert.Equal(["openai/gpt-image-1", "openai/other"], reply.Attempts.Select(attempt => attempt.Target));
    }

    [Fact]
    public async Task An_edit_is_sent_again_whole_and_then_elsewhere()
    {
        var answers = new Queue<CannedReply>([CannedReply.Json("""{"error":{"message":"busy"}}""", 503).With("retry-after-ms", "1"), CannedReply.Json("""{"error":{"message":"busy"}}""", 503), CannedReply.Json(ImageWire.Reply)]);
        await using var server = await ReplayServer.StartAsync(1, _ => answers.Dequeue());
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 1 } });

        var reply = await client.Images.EditAsync(AllOfAnEdit with { Images = [FileSource.FromStream(new MemoryStream(ImageWire.Png), "a.png")], Mask = null }, new() { Fallbacks = ["openai/other"] }, Cancel);

        Assert.Equal(["openai/gpt-image-1", "openai/gpt-image-1", "openai/other"], reply.Attempts.Select(attempt => attempt.Target));
        foreach (var request in server.Requests) Assert.Equal(ImageWire.Png, (await ImageWire.PartsAsync(request))[^1].Content);
    }

    [Theory]
    [InlineData("""{"error":{"message":"Your request was rejected by the safety system.","type":"image_generation_user_error","param":null,"code":"moderation_blocked"}}""", "rejected by the safety system")]
    [InlineData("<html>Bad</html>", "HTML")]
    [InlineData("", "empty body")]
    [InlineData("""{"created":1,"data":[{"b64_json":"aGV""", "damaged")]
    public async Task A_good_status_around_no_picture_is_an_error(string body, string told)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url);

        Assert.Contains(told, (await Assert.ThrowsAnyAsync<ApiException>(() => client.Images.GenerateAsync(All, null, Cancel))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_synchronous_doors_do_the_same()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.Sse(ImageWire.Partial(0) + ImageWire.Completed()) : CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(ImageWire.Png, client.Images.Generate(All, null, Cancel).Data[0].ReadBytes(Cancel));
        Assert.Equal(ImageWire.Png, client.Images.Edit(AllOfAnEdit, null, Cancel).Data[0].Bytes);
        Assert.Equal(ImageWire.Png, client.Images.CreateVariation(new() { Model = "m", Image = FileSource.FromBytes(ImageWire.Png, "a.png") }, null, Cancel).Data[0].Bytes);
        Assert.Equal(["image_generation.partial_image", "image_generation.completed"], client.Images.GenerateStream(All with { N = 1 }, null, Cancel).Select(one => one.Type.Value));
    }

    [Fact]
    public void The_canonical_form_keeps_everything()
    {
        const string Generation = """{"model":"openai/m","prompt":"x","n":2,"size":"auto","quality":"hd","style":"natural","background":"auto","output_format":"png","output_compression":1,"moderation":"auto","response_format":"url","partial_images":3,"user":"u","stream":true,"x_new":{"a":[1]}}""";
        const string Edit = """{"model":"openai/m","images":[{"image_url":"https://a/b"},{"file_id":"f"}],"mask":{"file_id":"g"},"prompt":"x","n":1,"size":"auto","quality":"low","background":"auto","input_fidelity":"low","output_format":"png","output_compression":1,"moderation":"auto","response_format":"url","partial_images":3,"user":"u","stream":false,"x_new":null}""";

        Assert.Equal(Generation, ImageGenerationRequest.Parse(System.Text.Encoding.UTF8.GetBytes(Generation)).ToJson());
        Assert.Equal(Edit, ImageEditRequest.Parse(System.Text.Encoding.UTF8.GetBytes(Edit)).ToJson());
        Assert.Equal(ImageWire.Reply, ImagesResponse.Parse(System.Text.Encoding.UTF8.GetBytes(ImageWire.Reply)).ToJson().Replace("\"input_tokens\":50,\"output_tokens\":50,\"total_tokens\":100", "\"total_tokens\":100,\"input_tokens\":50,\"output_tokens\":50", StringComparison.Ordinal).Replace("{\"text_tokens\":0,\"image_tokens\":50}", "{\"image_tokens\":50,\"text_tokens\":0}", StringComparison.Ordinal));
        Assert.Throws<InvalidOperationException>(AllOfAnEdit.ToJson);
    }

    [Theory]
    [InlineData("""{"model":"m"}""", "prompt")]
    [InlineData("""{"prompt":"x"}""", "model")]
    [InlineData("""{"model":"m","prompt":["x"]}""", "prompt")]
    [InlineData("""{"model":"m","prompt":"x","n":"2"}""", "n")]
    [InlineData("""{"model":"m","prompt":"x","n":1.5}""", "n")]
    [InlineData("""{"model":"m","prompt":"x","stream":"yes"}""", "stream")]
    [InlineData("""{"model":"m","prompt":"x","size":7}""", "size")]
    public void A_request_of_the_wrong_shape_names_the_member(string json, string member) =>
        Assert.Equal(member, Assert.Throws<JsonException>(() => ImageGenerationRequest.Parse(System.Text.Encoding.UTF8.GetBytes(json))).Path);

    [Theory]
    [InlineData("""{"model":"m","prompt":"x"}""", "images")]
    [InlineData("""{"model":"m","prompt":"x","images":"a"}""", "images")]
    [InlineData("""{"model":"m","prompt":"x","images":["a"]}""", "images")]
    [InlineData("""{"model":"m","prompt":"x","images":[{}]}""", "images[0]")]
    [InlineData("""{"model":"m","prompt":"x","images":[{"image_url":"u","file_id":"f"}]}""", "images[0]")]
    [InlineData("""{"model":"m","prompt":"x","images":[{"image_url":"u"},{"image_url":3}]}""", "images[1].image_url")]
    [InlineData("""{"model":"m","prompt":"x","images":[{"image_url":"u"}],"mask":"m"}""", "mask")]
    public void An_edit_of_the_wrong_shape_names_the_member(string json, string member) =>
        Assert.Equal(member, Assert.Throws<JsonException>(() => ImageEditRequest.Parse(System.Text.Encoding.UTF8.GetBytes(json))).Path);

    internal static ImageGenerationRequest All => new()
    {
        Model = "openai/gpt-image-1", Prompt = "A lighthouse at dusk", N = 2, Size = ImageSize.Landscape, Quality = ImageQuality.High, Style = ImageStyle.Vivid, Background = ImageBackground.Transparent,
        OutputFormat = ImageOutputFormat.Webp, OutputCompression = 80, Moderation = ImageModeration.Low, ResponseFormat = ImageResponseFormat.B64Json, PartialImages = 0, User = "ann", Extra = """{"aspect_ratio":"4:3"}""",
    };

    internal static ImageEditRequest AllOfAnEdit => new()
    {
        Model = "openai/gpt-image-1", Prompt = "Give it a hat", Images = [ImageInput.FromBytes(ImageWire.Png), FileSource.FromBytes(ImageWire.Jpeg, "photo.jpg")], Mask = FileSource.FromBytes(ImageWire.Png, "/tmp/mask.png"), N = 2,
        Size = ImageSize.Portrait, Quality = ImageQuality.Low, Background = ImageBackground.Opaque, InputFidelity = InputFidelity.High, OutputFormat = ImageOutputFormat.Jpeg, OutputCompression = 0, Moderation = ImageModeration.Auto,
        ResponseFormat = ImageResponseFormat.B64Json, PartialImages = 0, User = "ann", Extra = """{"seed":7}""",
    };

    /// <summary>A stream that is said to be long, and is a picture by its name.</summary>
    private sealed class Sparse(long length) : MemoryStream
    {
        public override long Length => length;
    }
}
