using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The scenarios of every chat dialect under fixtures, written by hand after the services' documents: what a stranger's clone tests without the recordings.</summary>
public sealed class ChatFixtureTests
{
    private const int Splits = 20;

    /// <summary>The folders of fixtures, one for each chat dialect.</summary>
    private static readonly string[] _dialects = ["openai-chat", "anthropic-messages", "openai-responses-chat", "gemini-chat", "bedrock-converse", "ollama-chat", "cohere-chat", "replicate-chat"];

    /// <summary>The files of fixtures that hold a stream.</summary>
    private static readonly string[] _streams = ["wire-reply.sse", "wire-reply.frames", "wire-reply.ndjson"];

    public static TheoryData<string> All => Names();

    public static TheoryData<string> Streamed => [.. _streams.SelectMany(stream => Names(stream).Select(row => row.Data))];

    public static TheoryData<string> StreamedWhole => [.. _streams.SelectMany(stream => Names(stream, "reply.json").Select(row => row.Data))];

    public static TheoryData<string> Echoed => Names("wire-echo.json");

    [Theory, MemberData(nameof(All))]
    public async Task The_request_goes_out_and_the_reply_comes_in_as_written(string name)
    {
        var fixture = Fixture.Load(name);
        for (var seed = 0; seed <= (fixture.IsStream ? Splits : 0); seed++) await ChatFixture.PlayAsync(fixture, seed);
    }

    [Theory, MemberData(nameof(All))]
    public void A_canonical_request_is_written_as_it_was_read(string name)
    {
        var fixture = Fixture.Load(name);

        var written = ChatFixture.Request(fixture).ToJson();

        var expected = ChatFixture.WithoutNulls(fixture.Json("request.json"));
        JsonComparison.Same("the request", expected, ChatFixture.WithoutNulls(JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(written))!));
    }

    [Theory, MemberData(nameof(Echoed))]
    public async Task A_reply_goes_back_as_its_service_wants_it(string name)
    {
        var fixture = Fixture.Load(name);
        await using var server = await ReplayServer.StartAsync(seed: 1, fixture.Canned);
        var reply = (await ChatFixture.SendAsync(fixture, server, ChatFixture.Request(fixture))).Reply!;
        var stored = ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson()));

        foreach (var message in (Message[])[reply.Choices[0].Message, stored.Choices[0].Message])
        {
            await ChatFixture.SendAsync(fixture, server, new() { Model = ChatFixture.Request(fixture).Model, Messages = [message, Message.User("Go on.")] });
            var body = JsonComparison.ParseStrictly(server.Requests[^1].Body)!;
            // In responses a message is the items before the person's next one.
            JsonComparison.Same("the message", fixture.Json("wire-echo.json"), body["messages"]?[0] ?? body["contents"]?[0] ?? new JsonArray([.. body["input"]!.AsArray().SkipLast(1).Select(item => item!.DeepClone())]));
        }
    }

    [Theory, MemberData(nameof(StreamedWhole))]
    public async Task Chunks_written_and_read_again_make_the_same_reply(string name)
    {
        var fixture = Fixture.Load(name);
        if (fixture.Has("error.json")) return;
        await using var server = await ReplayServer.StartAsync(seed: 2, fixture.Canned);
        using var client = ChatFixture.Client(fixture, server.Url);
        var again = new List<ChatCompletionChunk>();
        await foreach (var chunk in client.Chat.Completions.StreamAsync(ChatFixture.Request(fixture), null, TestContext.Current.CancellationToken))
        {
            var json = chunk.ToJson();
            JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(json));
            again.Add(ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(json)));
            Assert.Equal(json, again[^1].ToJson());
        }

        var reply = await again.ToAsyncEnumerable().ToCompletionAsync(TestContext.Current.CancellationToken);

        JsonComparison.Same("the reply", fixture.Json("reply.json"), JsonNode.Parse(reply.ToJson()));
    }

    [Theory, MemberData(nameof(Streamed))]
    public async Task A_stream_that_is_cut_is_a_whole_reply_only_where_it_may_end(string name)
    {
        var fixture = Fixture.Load(name);
        var body = fixture.WireReply;
        await using var server = await ReplayServer.StartAsync(seed: 3, _ => fixture.Canned with { Body = body });
        foreach (var beginning in StreamCuts.BetweenEvents(fixture.WireReply).Concat(StreamCuts.Anywhere(fixture.WireReply, Splits)))
        {
            body = beginning;
            var outcome = await ChatFixture.SendAsync(fixture, server, ChatFixture.Request(fixture));
            Assert.True(StreamCuts.IsWhole(fixture.Dialect, beginning) ? outcome.Error is null : outcome.Error is StreamInterruptedException or ApiException,
                $"cut at {beginning.Length}: {outcome.Error?.Message ?? outcome.Reply!.ToJson()}");
        }
    }

    private static TheoryData<string> Names(params string[] having) => [.. _dialects.SelectMany(dialect => Fixture.Names(dialect, having).Select(row => row.Data))];
}
