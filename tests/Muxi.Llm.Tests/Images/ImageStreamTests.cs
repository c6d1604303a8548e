using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Streams of pictures: each event typed, unknown ones kept, and never one that is cut taken for a whole one.</summary>
public sealed class ImageStreamTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    private static readonly ImageGenerationRequest _ask = new() { Model = "openai/gpt-image-1", Prompt = "A cat", PartialImages = 2 };

    [Fact]
    public async Task Unfinished_pictures_come_before_the_finished_one_with_all_that_is_told()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Partial(0) + ImageWire.Partial(1) + ImageWire.Completed()));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));

        Assert.Null(error);
        Assert.Equal("""{"model":"gpt-image-1","prompt":"A cat","partial_images":2,"stream":true}""", server.Requests[0].Text);
        Assert.Equal([ImageEventType.GenerationPartial, ImageEventType.GenerationPartial, ImageEventType.GenerationCompleted], events.Select(one => one.Type));
        Assert.Equal([0, 1, null], events.Select(one => one.PartialImageIndex));
        Assert.All(events, one => Assert.Equal(ImageWire.Png, one.Image!.Bytes));
        Assert.Equal((1620000001L, "1024x1024", "high", "transparent", "png", 100L), (events[2].CreatedAt, events[2].Size?.Value, events[2].Quality?.Value, events[2].Background?.Value, events[2].OutputFormat?.Value, events[2].Usage!.TotalTokens));
        Assert.Equal(("openai", true, false, true), (events[0].Provider, events[0].IsPartial, events[0].IsCompleted, events[2].IsCompleted));
    }

    [Fact]
    public async Task The_whole_of_a_stream_is_what_the_call_gives_without_one()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("stream", StringComparison.Ordinal) ? CannedReply.Sse(ImageWire.Partial(0) + ImageWire.Completed()) : CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        var streamed = await client.Images.GenerateStreamAsync(_ask, null, Cancel).ToImagesResponseAsync(Cancel);
        var whole = await client.Images.GenerateAsync(_ask, null, Cancel);

        Assert.Equal((whole with { Created = streamed.Created }).ToJson(), streamed.ToJson());
        Assert.Equal("openai", streamed.Provider);
    }

    [Fact]
    public async Task An_edit_streams_its_own_events()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Partial(0, "image_edit") + ImageWire.Completed("image_edit")));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await ReadAsync(client.Images.EditStreamAsync(new() { Model = "openai/m", Images = [ImageInput.FromBytes(ImageWire.Png)], Prompt = "x" }, null, Cancel));

        Assert.Null(error);
        Assert.Equal([ImageEventType.EditPartial, ImageEventType.EditCompleted], events.Select(one => one.Type));
        Assert.Contains("stream=true", await ImageWire.FieldsAsync(server.Requests[0]));
    }

    [Fact]
    public async Task An_event_that_we_do_not_know_is_passed_on_as_it_came_and_commits_nothing()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Event("image_generation.thinking", ",\"seconds\":1.5,\"x\":{\"a\":[1]}") + ImageWire.Completed()));
        using var client = Calls.ClientFor(server.Url);

        var (events, _) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));

        Assert.Equal("""{"type":"image_generation.thinking","seconds":1.5,"x":{"a":[1]}}""", events[0].ToJson());
        Assert.Equal((false, false, null), (events[0].IsPartial, events[0].IsCompleted, events[0].Image));
    }

    [Theory]
    [InlineData("", "the stream ended before anything came", false)]
    [InlineData("partial", "the stream was cut: it ended before the picture was finished", true)]
    public async Task A_stream_without_its_end_is_an_error(string kind, string told, bool hasPartial)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(kind.Length == 0 ? "" : ImageWire.Partial(0)));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));

        var broken = Assert.IsType<StreamInterruptedException>(error);
        Assert.Contains(told, broken.Message, StringComparison.Ordinal);
        Assert.Equal(hasPartial, events.Count == 1);
        Assert.Equal(hasPartial ? ImageWire.Png : null, (broken.Partial as ImagesResponse)?.Data[0].Bytes.ToArray());
    }

    [Fact]
    public async Task Of_two_pictures_one_is_not_the_end()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Completed()), CannedReply.Sse(ImageWire.Completed() + ImageWire.Completed()));
        using var client = Calls.ClientFor(server.Url);

        var (_, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask with { N = 2 }, null, Cancel));
        var whole = await client.Images.GenerateStreamAsync(_ask with { N = 2 }, null, Cancel).ToImagesResponseAsync(Cancel);

        Assert.Contains("1 of 2 pictures", Assert.IsType<StreamInterruptedException>(error).Message, StringComparison.Ordinal);
        Assert.Equal((2, 200L, 20L), (whole.Data.Count, whole.Usage!.TotalTokens, whole.Usage.InputTokensDetails!.TextTokens));
    }

    [Theory]
    [InlineData("event: error\ndata: {\"type\":\"error\",\"error\":{\"type\":\"image_generation_user_error\",\"code\":\"moderation_blocked\",\"message\":\"Blocked.\"}}\n\n")]
    [InlineData("data: {\"error\":{\"code\":\"moderation_blocked\",\"message\":\"Blocked.\"}}\n\n")]
    public async Task An_error_event_is_the_error_it_tells(string wire)
    {
        await using var first = await ReplayServer.StartAsync(1, CannedReply.Sse(wire));
        await using var later = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Partial(0) + wire));
        using var client = Calls.ClientFor(first.Url);
        using var other = Calls.ClientFor(later.Url);

        var (_, before) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));
        var (events, after) = await ReadAsync(other.Images.GenerateStreamAsync(_ask, null, Cancel));

        Assert.Equal("moderation_blocked", Assert.IsType<ApiException>(before, exactMatch: false).Code);
        Assert.Contains("Blocked.", Assert.IsType<StreamInterruptedException>(after).Message, StringComparison.Ordinal);
        Assert.Single(events);
    }

    [Fact]
    public async Task Before_a_picture_the_call_may_go_elsewhere_and_after_it_not()
    {
        var overloaded = "event: error\ndata: {\"error\":{\"type\":\"overloaded_error\",\"message\":\"later\"}}\n\n";
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Event("image_generation.queued", "") + overloaded), CannedReply.Sse(ImageWire.Completed()), CannedReply.Sse(ImageWire.Partial(0) + overloaded));
        using var client = Calls.ClientFor(server.Url);

        var (good, _) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, new() { Fallbacks = ["openai/other"] }, Cancel));
        var (_, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, new() { Fallbacks = ["openai/other"] }, Cancel));

        Assert.Equal(["image_generation.completed"], good.Select(one => one.Type.Value));
        Assert.Equal(["openai/gpt-image-1", "openai/other"], good[0].Attempts.Select(attempt => attempt.Target));
        Assert.IsType<StreamInterruptedException>(error);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_does_not_stream_gives_its_pictures_all_the_same()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));

        Assert.Null(error);
        Assert.Equal(ImageEventType.GenerationCompleted, Assert.Single(events).Type);
        Assert.Equal((100L, "high"), (events[0].Usage!.TotalTokens, events[0].Quality?.Value));
    }

    [Fact]
    public async Task An_event_without_a_name_is_known_by_its_type_and_one_without_a_type_by_its_name()
    {
        var unnamed = ImageWire.Partial(0).Replace("event: image_generation.partial_image\n", "", StringComparison.Ordinal);
        var untyped = ImageWire.Completed().Replace("\"type\":\"image_generation.completed\",", "", StringComparison.Ordinal);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(unnamed + untyped));
        using var client = Calls.ClientFor(server.Url);

        var (events, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));

        Assert.Null(error);
        Assert.Equal([ImageEventType.GenerationPartial, ImageEventType.GenerationCompleted], events.Select(one => one.Type));
    }

    [Theory]
    [InlineData("\n")]
    [InlineData("\r\n")]
    public async Task The_network_may_cut_anywhere(string lineEnding)
    {
        var wire = ": keep-alive\n\n" + ImageWire.Partial(0) + ImageWire.Event("x.new", ",\"word\":\"Grüße 👋🏽\"") + ImageWire.Completed();
        var body = CannedReply.Sse(wire.Replace("\n", lineEnding, StringComparison.Ordinal));
        string? expected = null;
        for (var seed = 0; seed < 20; seed++)
        {
            await using var server = await ReplayServer.StartAsync(seed, body);
            using var client = Calls.ClientFor(server.Url);
            var (events, error) = await ReadAsync(client.Images.GenerateStreamAsync(_ask, null, Cancel));
            Assert.Null(error);
            var read = string.Join('\n', events.Select(one => one.ToJson()));
            Assert.Equal(expected ??= read, read);
        }
        Assert.Contains("Grüße", expected, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Leaving_the_loop_ends_the_call_at_the_service()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(Encoding.UTF8.GetByteCount(ImageWire.Partial(0)), CannedReply.Sse(ImageWire.Partial(0) + ImageWire.Completed())));
        using var client = Calls.ClientFor(server.Url);

        await foreach (var one in client.Images.GenerateStreamAsync(_ask, null, Cancel))
            if (one.IsPartial) break;

        await server.ClientGone.SoonAsync();
    }

    private static async Task<(List<ImageStreamEvent> Events, Exception? Error)> ReadAsync(IAsyncEnumerable<ImageStreamEvent> stream)
    {
        var events = new List<ImageStreamEvent>();
        try
        {
            await foreach (var one in stream) events.Add(one);
            return (events, null);
        }
        catch (LlmException e)
        {
            return (events, e);
        }
    }
}
