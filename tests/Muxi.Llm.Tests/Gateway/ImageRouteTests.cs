using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The server's routes for pictures: what reaches the upstream, what comes back, and what is refused.</summary>
public sealed class ImageRouteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Everything_that_a_client_says_reaches_the_upstream_but_its_fallbacks()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var (status, body) = await served.SendAsync(HttpMethod.Post, "/v1/images/generations", """{"model":"openai/gpt-image-1","prompt":"x","n":1,"size":"auto","quality":"hd","output_compression":5,"x_new":{"a":1},"fallbacks":[]}""", ("Idempotency-Key", "k-1"), ("X-Other", "no")).JsonAsync();

        Assert.Equal(200, status);
        Assert.Equal("""{"model":"gpt-image-1","prompt":"x","n":1,"size":"auto","quality":"hd","output_compression":5,"x_new":{"a":1}}""", upstream.Requests[0].Text);
        Assert.Equal(("k-1", false), (upstream.Requests[0].Headers["Idempotency-Key"], upstream.Requests[0].Headers.ContainsKey("X-Other")));
        Assert.Equal(ImageWire.Base64, (string?)body["data"]![0]!["b64_json"]);
        Assert.Equal(["created", "data", "background", "output_format", "size", "quality", "usage"], body.AsObject().Select(member => member.Key));
    }

    [Fact]
    public async Task A_form_goes_on_as_a_form_with_its_files_whole()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await using var served = await Served.BeforeAsync(upstream.Url);
        var large = new byte[3 << 20];
        new Random(7).NextBytes(large);
        ImageWire.Png.CopyTo(large, 0);

        using var edited = await served.Http.PostAsync("/openai/v1/images/edits", Form([("model", "openai/gpt-image-1"), ("prompt", "Größe 🐱"), ("n", "2"), ("input_fidelity", "high"), ("x_new", "7"), ("tags[]", "a"), ("tags[]", "b")], ("image[]", "a.png", large), ("image[]", "b.jpg", ImageWire.Jpeg), ("mask", "m.png", ImageWire.Png)), Cancel);
        using var varied = await served.Http.PostAsync("/v1/images/variations", Form([("model", "openai/dall-e-2"), ("n", "2"), ("size", "256x256"), ("response_format", "url"), ("user", "ann")], ("image", "a.png", ImageWire.Png)), Cancel);

        Assert.Equal((200, 200), ((int)edited.StatusCode, (int)varied.StatusCode));
        Assert.Equal(
            ["model=gpt-image-1", "prompt=Größe 🐱", "n=2", "input_fidelity=high", "x_new=7", "tags[]=a", "tags[]=b", $"image[]: a.png image/png {large.Length}", "image[]: b.jpg image/jpeg 226", "mask: m.png image/png 94"],
            await ImageWire.FieldsAsync(upstream.Requests[0]));
        Assert.Equal(large, (await ImageWire.PartsAsync(upstream.Requests[0])).Single(part => part.FileName == "a.png").Content);
        Assert.Equal(["model=dall-e-2", "n=2", "size=256x256", "response_format=url", "user=ann", "image: a.png image/png 94"], await ImageWire.FieldsAsync(upstream.Requests[1]));
    }

    [Fact]
    public async Task An_edit_in_JSON_goes_on_as_JSON()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await using var served = await Served.BeforeAsync(upstream.Url);
        const string Body = """{"model":"openai/m","images":[{"image_url":"https://example.org/a.png"},{"file_id":"file-1"}],"mask":{"file_id":"file-2"},"prompt":"x","moderation":"low"}""";

        var (status, _) = await served.SendAsync(HttpMethod.Post, "/v1/images/edits", Body).JsonAsync();

        Assert.Equal(200, status);
        JsonComparison.Same("the body", JsonNode.Parse(Body.Replace("openai/m", "m", StringComparison.Ordinal)), JsonComparison.ParseStrictly(upstream.Requests[0].Body));
    }

    [Fact]
    public async Task A_stream_has_its_events_under_their_names_and_an_unknown_one_as_it_came()
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(ImageWire.Event("image_generation.queued", ",\"place\":3") + ImageWire.Partial(0) + ImageWire.Completed()));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/images/generations", """{"model":"openai/m","prompt":"x","stream":true,"partial_images":1}""");
        var text = await reply.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(("text/event-stream", "openai", "m"), (reply.Content.Headers.ContentType!.MediaType, reply.Header("x-muxi-provider"), reply.Header("x-muxi-model")));
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('\n')).ToList();
        Assert.Equal(["event: image_generation.queued", "event: image_generation.partial_image", "event: image_generation.completed"], events.Select(one => one[0]));
        Assert.Equal("""data: {"type":"image_generation.queued","place":3}""", events[0][1]);
        await OpenAISchemas.ExpectValidAsync(events[1..].Select(one => ("ImageGenStreamEvent", one[1]["data: ".Length..])));
    }

    [Fact]
    public async Task An_edit_streams_too_as_a_form()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.Http.PostAsync("/v1/images/edits", Form([("model", "sandbox/image"), ("prompt", "x"), ("size", "16x16"), ("stream", "true"), ("partial_images", "1")], ("image", "a.png", ImageWire.Png)), Cancel);
        var (events, error) = await reply.EventsAsync();

        Assert.Null(error);
        Assert.Equal(["image_edit.partial_image", "image_edit.completed"], events.Select(one => (string)JsonNode.Parse(one)!["type"]!));
    }

    [Fact]
    public async Task A_stream_that_breaks_ends_with_an_error_and_without_an_end()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/images/generations", """{"model":"sandbox/cut-stream","prompt":"x","size":"16x16","stream":true,"partial_images":3}""");
        var (events, error) = await reply.EventsAsync();

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.NotNull(error);
        Assert.Contains("cut", (string)JsonNode.Parse(events[^1])!["error"]!["message"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Another_services_reply_is_made_valid_and_loses_nothing()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"b64_json":"aGVsbG8=","mime_type":"image/png"}],"size":"1536x864","quality":"hd","usage":{"cost_in_usd_ticks":7},"id":"x"}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var (_, body) = await served.SendAsync(HttpMethod.Post, "/v1/images/generations", """{"model":"openai/gpt-image-2","prompt":"x"}""").JsonAsync();

        Assert.True((long)body["created"]! > 0);
        Assert.Equal(("1536x864", "hd", "image/png", 7, "x"), ((string)body["size_raw"]!, (string)body["quality_raw"]!, (string)body["data"]![0]!["mime_type"]!, (int)body["usage"]!["cost_in_usd_ticks"]!, (string)body["id"]!));
        await OpenAISchemas.ExpectValidAsync([("ImagesResponse", body.ToJsonString())]);
    }

    [Fact]
    public async Task Ten_large_pictures_come_through_whole()
    {
        var picture = new byte[2 << 20];
        new Random(3).NextBytes(picture);
        var json = $$"""{"created":1,"data":[{{string.Join(',', Enumerable.Repeat($$"""{"b64_json":"{{Convert.ToBase64String(picture)}}"}""", 10))}}]}""";
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(json));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.SendAsync(HttpMethod.Post, "/v1/images/generations", """{"model":"openai/m","prompt":"x","n":10}""");

        Assert.Equal(json, await reply.Content.ReadAsStringAsync(Cancel));
    }

    [Theory]
    [InlineData("/v1/images/generations", """{"model":"openai/m"}""", 400, "prompt")]
    [InlineData("/v1/images/generations", """{"model":"openai/m","prompt":"x","n":0}""", 400, "n")]
    [InlineData("/v1/images/generations", """{"model":"openai/m","prompt":"x","n":1,"n":2}""", 400, "n")]
    [InlineData("/v1/images/generations", """{"model":"nobody/m","prompt":"x"}""", 404, "model")]
    [InlineData("/v1/images/generations", """{"model":"groq/m","prompt":"x"}""", 400, null)]
    [InlineData("/v1/images/generations", """{"model":"openai/m","prompt":"x","fallbacks":"y"}""", 400, "fallbacks")]
    [InlineData("/v1/images/edits", """{"model":"openai/m","prompt":"x","images":[]}""", 400, "image")]
    [InlineData("/v1/images/edits", """{"model":"openai/m","prompt":"x","images":"y"}""", 400, "images")]
    [InlineData("/v1/images/variations", "{}", 415, null)]
    public async Task What_cannot_work_is_refused_by_name(string path, string body, int status, string? param)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url) with { ApiKeys = new Dictionary<string, string> { ["openai"] = "k", ["groq"] = "k" } });

        var error = await served.SendAsync(HttpMethod.Post, path, body).ErrorAsync();

        Assert.Equal((status, param), (error.Status, error.Param));
        Assert.Empty(upstream.Requests);
    }

    [Fact]
    public async Task What_is_wrong_with_a_form_is_told_by_name()
    {
        await using var served = await Served.SandboxAsync();
        (string, string)[] fields = [("model", "sandbox/image"), ("prompt", "x")];
        foreach (var (form, path, param) in ((MultipartFormDataContent, string, string)[])
        [
            (Form(fields), "edits", "image"),
            (Form([("prompt", "x")], ("image", "a.png", ImageWire.Png)), "edits", "model"),
            (Form([.. fields, ("n", "two")], ("image", "a.png", ImageWire.Png)), "edits", "n"),
            (Form([.. fields, ("stream", "maybe")], ("image", "a.png", ImageWire.Png)), "edits", "stream"),
            (Form([.. fields, ("model", "again")], ("image", "a.png", ImageWire.Png)), "edits", "model"),
            (Form(fields, ("image", "a.txt", "Moin"u8.ToArray())), "edits", "image"),
            (Form([("model", "sandbox/image")]), "variations", "image"),
        ])
        {
            var error = await served.Http.PostAsync($"/v1/images/{path}", form, Cancel).ErrorAsync();
            Assert.Equal((400, param), (error.Status, error.Param));
        }
    }

    [Fact]
    public async Task A_client_that_leaves_ends_the_call_at_the_service()
    {
        await using var upstream = FaultServer.Start(Fault.StallAfter(Encoding.UTF8.GetByteCount(ImageWire.Partial(0)), CannedReply.Sse(ImageWire.Partial(0) + ImageWire.Completed())));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using (var reply = await served.SendAsync(HttpMethod.Post, "/v1/images/generations", """{"model":"openai/m","prompt":"x","stream":true}"""))
            Assert.Equal(200, (int)reply.StatusCode);

        await upstream.ClientGone.WaitAsync(TimeSpan.FromSeconds(5), Cancel);
    }

    private static MultipartFormDataContent Form((string Name, string Value)[] fields, params (string Name, string FileName, byte[] Content)[] files)
    {
        var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value), $"\"{name}\"");
        foreach (var (name, fileName, content) in files) form.Add(new ByteArrayContent(content) { Headers = { ContentType = new MediaTypeHeaderValue("application/octet-stream") } }, $"\"{name}\"", $"\"{fileName}\"");
        return form;
    }
}
