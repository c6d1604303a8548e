using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The scenarios under fixtures/openai-chat, written by hand after the services' documents: what a stranger's clone tests without the recordings.</summary>
public sealed class OpenAIChatFixtureTests
{
    private const string Dialect = "openai-chat";
    private const int Splits = 20;

    /// <summary>CreateChatCompletionRequest in OpenAI's OpenAPI document 2.3.0.</summary>
    private static readonly string[] _parameters =
    [
        "audio", "frequency_penalty", "function_call", "functions", "logit_bias", "logprobs", "max_completion_tokens", "max_tokens", "messages", "metadata", "modalities",
        "model", "moderation", "n", "parallel_tool_calls", "prediction", "presence_penalty", "prompt_cache_key", "prompt_cache_options", "prompt_cache_retention",
        "reasoning_effort", "response_format", "safety_identifier", "seed", "service_tier", "stop", "store", "stream", "stream_options", "temperature", "tool_choice",
        "tools", "top_logprobs", "top_p", "user", "verbosity", "web_search_options",
    ];

    public static TheoryData<string> All => Fixture.Names(Dialect);

    public static TheoryData<string> Streamed => Fixture.Names(Dialect, "wire-reply.sse");

    public static TheoryData<string> StreamedWhole => Fixture.Names(Dialect, "wire-reply.sse", "reply.json");

    public static TheoryData<string> Echoed => Fixture.Names(Dialect, "wire-echo.json");

    public static TheoryData<string> PlainOpenAI => [.. Fixture.In(Repo.PathTo("tests", "Muxi.Llm.Tests", "fixtures"), Dialect, "wire-request.json")
        .Where(fixture => ChatFixture.Request(fixture).Model.StartsWith("openai/", StringComparison.Ordinal)).Select(fixture => fixture.Name)];

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
            JsonComparison.Same("the message", fixture.Json("wire-echo.json"), JsonComparison.ParseStrictly(server.Requests[^1].Body)!["messages"]![0]);
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
            Assert.True(StreamCuts.IsWhole(beginning) ? outcome.Error is null : outcome.Error is StreamInterruptedException or ApiException,
                $"cut at {beginning.Length}: {outcome.Error?.Message ?? outcome.Reply!.ToJson()}");
        }
    }

    [Theory, MemberData(nameof(PlainOpenAI))]
    public void A_request_of_the_wire_read_and_rendered_is_the_same_request(string name)
    {
        var wire = Fixture.Load(name).Json("wire-request.json");
        var isStream = wire["stream"]?.GetValue<bool>() ?? false;

        var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(wire.ToJsonString()));

        JsonComparison.Same("the request", ChatFixture.WithoutNulls(wire), ChatFixture.WithoutNulls(ChatFixture.Rendered(request, isStream)));
    }

    [Fact]
    public void Every_parameter_of_the_published_schema_is_in_a_scenario()
    {
        var asked = Fixture.In(Repo.PathTo("tests", "Muxi.Llm.Tests", "fixtures"), Dialect, "wire-request.json")
            .SelectMany(fixture => fixture.Json("wire-request.json").AsObject().Select(member => member.Key)).ToHashSet();

        Assert.Empty(_parameters.Except(asked));
    }

    [Fact]
    public void An_extra_member_takes_the_place_of_the_typed_one()
    {
        var request = ChatFixture.Request(Fixture.Load($"{Dialect}/every-parameter"));
        foreach (var name in _parameters)
        {
            var body = ChatFixture.Rendered(request with { Extra = new Extra().With(name, "\"mine\"") }, stream: true);

            // How the reply is read is decided by the method that is called: that one member cannot be taken over.
            Assert.Equal(name == "stream" ? "true" : "mine", body[name].Str());
        }
    }

    [Theory]
    [InlineData("custom-call-streamed", "tool_calls", """[{"index":0,"custom":{"input":"SELECT"}}]""")]
    [InlineData("function-call-streamed", "function_call", """{"arguments":"{\"x\""}""")]
    public async Task Later_pieces_of_a_call_stay_in_the_form_of_the_first(string name, string member, string expected)
    {
        var fixture = Fixture.Load($"{Dialect}/{name}");
        await using var server = await ReplayServer.StartAsync(seed: 0, fixture.Canned);
        using var client = ChatFixture.Client(fixture, server.Url);
        var pieces = new List<JsonNode?>();
        await foreach (var chunk in client.Chat.Completions.StreamAsync(ChatFixture.Request(fixture), null, TestContext.Current.CancellationToken))
            pieces.Add(JsonNode.Parse(chunk.ToJson())!["choices"]![0]!["delta"]);

        JsonComparison.Same("the second piece", JsonNode.Parse(expected), pieces[1]![member]);
    }
}
