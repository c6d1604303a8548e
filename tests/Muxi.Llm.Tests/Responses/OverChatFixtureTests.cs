using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Scenarios written by hand: a request for a response and the chat request that it becomes, a chat's answer and the response and events that it becomes.</summary>
public sealed class OverChatFixtureTests
{
    private const string Folder = "responses-over-chat";

    public static TheoryData<string> All => Fixture.Names(Folder);

    public static TheoryData<string> Streamed => Fixture.Names(Folder, "wire-reply.sse");

    [Theory, MemberData(nameof(All))]
    public async Task The_request_goes_out_as_chat_and_the_answer_comes_back_as_a_response(string name)
    {
        var fixture = Fixture.Load(name);
        var (response, events, sent) = await PlayAsync(fixture, seed: 1);

        JsonComparison.Same("the request's body", fixture.Json("wire-request.json"), JsonComparison.ParseStrictly(sent.Body));
        string[] warned = fixture.Has("warnings.json") ? [.. fixture.Json("warnings.json").AsArray().Select(param => param!.GetValue<string>())] : [];
        Assert.Equal(warned.Order(StringComparer.Ordinal), response.Warnings.Select(warning => warning.Param).Order(StringComparer.Ordinal));
        if (fixture.Has("reply.json")) JsonComparison.Same("the response", fixture.Json("reply.json"), Expected(response));
        if (fixture.Has("events.json")) JsonComparison.Same("the events", fixture.Json("events.json"), new JsonArray([.. events.Select(Brief)]));
    }

    [Theory, MemberData(nameof(Streamed))]
    public async Task Events_do_not_depend_on_where_the_body_is_cut(string name)
    {
        var fixture = Fixture.Load(name);
        var (_, expected, _) = await PlayAsync(fixture, seed: 0);
        for (var seed = 1; seed <= 20; seed++)
        {
            var (_, events, _) = await PlayAsync(fixture, seed);
            Assert.Equal(expected.Select(one => Brief(one).ToJsonString()), events.Select(one => Brief(one).ToJsonString()));
        }
    }

    [Theory, MemberData(nameof(Streamed))]
    public async Task A_stream_that_is_cut_is_no_response(string name)
    {
        var fixture = Fixture.Load(name);
        foreach (var beginning in StreamCuts.BetweenEvents(fixture.WireReply))
        {
            if (StreamCuts.IsWhole(fixture.Json("request.json")["model"]!.GetValue<string>().StartsWith("anthropic", StringComparison.Ordinal) ? "anthropic-messages" : "openai-chat", beginning)) continue;
            var error = await Assert.ThrowsAnyAsync<LlmException>(() => PlayAsync(fixture, seed: 1, beginning));
            Assert.True(error is StreamInterruptedException or ApiException, error.ToString());
        }
    }

    private static async Task<(Response Response, List<ResponseStreamEvent> Events, SeenRequest Sent)> PlayAsync(Fixture fixture, int seed, byte[]? body = null)
    {
        var canned = fixture.Has("wire-reply.json") || fixture.IsStream ? fixture.Canned : CannedReply.Json(fixture.Json("request.json")["model"]!.GetValue<string>().StartsWith("anthropic", StringComparison.Ordinal)
            ? """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Yes."}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""
            : """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Yes."},"finish_reason":"stop"}]}""");
        await using var server = await ReplayServer.StartAsync(seed, body is null ? canned : canned with { Body = body });
        using var client = new LlmClient(new()
        {
            Providers = [new("plain", server.Url.AbsoluteUri.TrimEnd('/'), Auth.None) { Chat = new OpenAIChat() }],
            BaseUrls = new Dictionary<string, Uri> { ["anthropic"] = server.Url }, ApiKeys = new Dictionary<string, string> { ["anthropic"] = Calls.Key }, Environment = static _ => null, Retries = Calls.Once,
        });
        var request = ResponseRequest.Parse(fixture.Request);
        var events = new List<ResponseStreamEvent>();
        if (!fixture.IsStream) return (await client.Responses.CreateAsync(request, null, TestContext.Current.CancellationToken), events, server.Requests[^1]);
        await foreach (var one in client.Responses.StreamAsync(request, null, TestContext.Current.CancellationToken)) events.Add(one);
        return (events[^1].Response!, events, server.Requests[^1]);
    }

    /// <summary>The response without its own ids, which nobody can guess, and the parameters that it repeats where the scenario does not say them.</summary>
    private static JsonNode Expected(Response response)
    {
        var json = JsonNode.Parse(Encoding.UTF8.GetBytes(response.ToJson()))!.AsObject();
        foreach (var name in (string[])["id", "created_at"]) json.Remove(name);
        foreach (var item in json["output"]!.AsArray()) Assert.Matches("^(msg|rs|fc|ctc)_[0-9a-f]{24}$", Removed(item!.AsObject(), "id"));
        return json;
    }

    /// <summary>An event without ids, and without the response that stands in it.</summary>
    private static JsonObject Brief(ResponseStreamEvent one)
    {
        var json = JsonNode.Parse(one.ToJson())!.AsObject();
        foreach (var name in (string[])["response", "item_id"]) json.Remove(name);
        (json["item"] as JsonObject)?.Remove("id");
        if (json["logprobs"] is JsonArray { Count: 0 }) json.Remove("logprobs");
        return json;
    }

    private static string Removed(JsonObject from, string name)
    {
        var text = (string)from[name]!;
        from.Remove(name);
        return text;
    }
}
