using System.Text.Json.Nodes;
using static Muxi.Llm.Tests.ResponseWire;

namespace Muxi.Llm.Tests;

/// <summary><c>/v1/responses</c> of the server: what reaches the upstream, what comes back, and what is refused.</summary>
public sealed class ResponseRouteTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_response_is_made_told_of_and_deleted_by_an_id_with_its_providers_name()
    {
        await using var served = await Served.SandboxAsync();

        var (status, made) = await PostAsync(served, """{"model":"sandbox/chat","input":"Hello?"}""").JsonAsync();
        var id = (string)made["id"]!;
        var (_, told) = await served.SendAsync(HttpMethod.Get, $"{Route}/{id}").JsonAsync();
        var (_, encoded) = await served.SendAsync(HttpMethod.Get, $"/openai{Route}/{Uri.EscapeDataString(id)}").JsonAsync();
        var (_, bare) = await served.SendAsync(HttpMethod.Get, $"{Route}/{id["sandbox/".Length..]}").JsonAsync();
        var (_, next) = await PostAsync(served, $$"""{"model":"sandbox/chat","input":"And?","previous_response_id":"{{id}}"}""").JsonAsync();
        var (_, items) = await served.SendAsync(HttpMethod.Get, $"{Route}/{id}/input_items?limit=1&order=asc").JsonAsync();
        var (_, deleted) = await served.SendAsync(HttpMethod.Delete, $"{Route}/{id}").JsonAsync();
        var gone = await served.SendAsync(HttpMethod.Get, $"{Route}/{id}").ErrorAsync();

        Assert.Equal(200, status);
        Assert.StartsWith("sandbox/resp_", id, StringComparison.Ordinal);
        Assert.Equal(made.ToJsonString(), told.ToJsonString());
        Assert.Equal(made.ToJsonString(), encoded.ToJsonString());
        Assert.Equal(made.ToJsonString(), bare.ToJsonString());
        Assert.Equal(id, (string?)next["previous_response_id"]);
        Assert.Equal(("list", "Hello?", false), ((string?)items["object"], (string?)items["data"]![0]!["content"]![0]!["text"], (bool)items["has_more"]!));
        Assert.Equal($$"""{"id":"{{id}}","object":"response.deleted","deleted":true}""", deleted.ToJsonString());
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task Everything_that_a_client_says_reaches_the_upstream_but_its_fallbacks()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Reply(more: ",\"previous_response_id\":\"resp_0\",\"x_new\":1")));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var (status, body) = await PostAsync(served, """
            {"model":"openai/gpt-test","input":[{"role":"user","content":[{"type":"input_text","text":"See"},{"type":"input_file","file_id":"openai/file-1"}]},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA+/="}],
            "previous_response_id":"openai/resp_0","tools":[{"type":"web_search","x":1},{"type":"file_search","vector_store_ids":["vs_1"]}],"reasoning":{"effort":"low"},"x_new":{"a":1},"fallbacks":[]}
            """, ("Idempotency-Key", "k-1"), ("X-Other", "no")).JsonAsync();

        Assert.Equal(200, status);
        JsonComparison.Same("the body", JsonNode.Parse("""
            {"model":"gpt-test","input":[{"role":"user","content":[{"type":"input_text","text":"See"},{"type":"input_file","file_id":"file-1"}]},{"type":"reasoning","id":"rs_1","summary":[],"encrypted_content":"gAAA+/="}],
            "previous_response_id":"resp_0","tools":[{"type":"web_search","x":1},{"type":"file_search","vector_store_ids":["vs_1"]}],"reasoning":{"effort":"low"},"x_new":{"a":1}}
            """), JsonComparison.ParseStrictly(upstream.Requests[0].Body));
        Assert.Equal(("k-1", false), (upstream.Requests[0].Headers["Idempotency-Key"], upstream.Requests[0].Headers.ContainsKey("X-Other")));
        Assert.Equal(("openai/resp_1", "openai/resp_0", 1), ((string?)body["id"], (string?)body["previous_response_id"], (int)body["x_new"]!));
    }

    [Fact]
    public async Task Files_are_cited_by_ids_that_the_server_takes()
    {
        const string Cited = """{"type":"file_citation","index":0,"file_id":"file-1","filename":"a.txt"},{"type":"container_file_citation","container_id":"cntr_1","file_id":"cfile_1","filename":"b","start_index":0,"end_index":1}""";
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Reply().Replace("\"annotations\":[]", $"\"annotations\":[{Cited}]", StringComparison.Ordinal)));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var (_, body) = await PostAsync(served, Ask()).JsonAsync();

        Assert.Equal(["openai/file-1", "cfile_1"], body["output"]![0]!["content"]![0]!["annotations"]!.AsArray().Select(one => (string?)one!["file_id"]));
    }

    [Fact]
    public async Task A_stream_has_its_events_under_their_names_unknown_ones_too_and_no_mark_of_its_end()
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(Opening + Delta("Hi", 2) + Event("response.dream.done", 3, "\"place\":3") + End("Hi", 4)));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await PostAsync(served, Ask(""","stream":true"""));
        var text = await reply.Content.ReadAsStringAsync(Cancel);

        Assert.Equal(("text/event-stream", "openai", "gpt-test"), (reply.Content.Headers.ContentType!.MediaType, reply.Header("x-muxi-provider"), reply.Header("x-muxi-model")));
        var events = text.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(one => one.Split('\n')).ToList();
        Assert.Equal(
            ["event: response.created", "event: response.in_progress", "event: response.output_text.delta", "event: response.dream.done", "event: response.completed"], events.Select(one => one[0]));
        Assert.Equal("""data: {"type":"response.dream.done","sequence_number":3,"place":3}""", events[3][1]);
        Assert.Equal(["openai/resp_1", "openai/resp_1"], new[] { events[0], events[^1] }.Select(one => (string?)JsonNode.Parse(one[1]["data: ".Length..])!["response"]!["id"]));
    }

    [Theory]
    [InlineData("?include[]=reasoning.encrypted_content&include[]=b", "include%5B%5D=reasoning.encrypted_content&include%5B%5D=b")]
    [InlineData("?include=a", "include%5B%5D=a")]
    [InlineData("", "")]
    public async Task What_is_to_be_told_besides_is_asked_of_the_upstream(string query, string asked)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Reply()));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var (status, _) = await served.SendAsync(HttpMethod.Get, $"{Route}/openai/resp_1{query}").JsonAsync();

        Assert.Equal((200, asked), (status, string.Join('?', upstream.Requests[0].Target.Split('?')[1..]).Replace("[]", "%5B%5D", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task A_stream_is_taken_up_again_behind_an_event()
    {
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(Delta("Hi", 5) + End("Hi", 6)));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.SendAsync(HttpMethod.Get, $"{Route}/openai%2Fresp_1?stream=true&starting_after=4");
        var (events, error) = await reply.EventsAsync();

        Assert.Null(error);
        Assert.Equal([5, 6], events.Select(one => (int)JsonNode.Parse(one)!["sequence_number"]!));
        Assert.EndsWith("/responses/resp_1?stream=true&starting_after=4", upstream.Requests[0].Target, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_before_anything_is_said_is_a_status_of_its_own()
    {
        var failed = Opening + Event("error", 2, """ "error":{"type":"insufficient_quota","code":"insufficient_quota","message":"spent","param":null} """);
        await using var upstream = await ReplayServer.StartAsync(3, CannedReply.Sse(failed));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var told = await PostAsync(served, Ask(""","stream":true""")).ErrorAsync();

        Assert.Equal((429, "insufficient_quota"), (told.Status, told.Code));
    }

    [Fact]
    public async Task A_stream_that_breaks_ends_with_an_error_that_both_schema_and_clients_know_and_without_an_end()
    {
        await using var upstream = FaultServer.Start(CannedReply.Sse(Opening + Delta("Hi", 2)));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await PostAsync(served, Ask(""","stream":true"""));
        var (events, error) = await reply.EventsAsync();

        Assert.Equal(200, (int)reply.StatusCode);
        Assert.NotNull(error);
        var last = JsonNode.Parse(events[^1])!;
        Assert.Equal(("error", 3, "upstream_stream_broken"), ((string?)last["type"], (int)last["sequence_number"]!, (string?)last["code"]));
        Assert.Equal((string?)last["message"], (string?)last["error"]!["message"]);
        await OpenAISchemas.ExpectValidAsync([("ResponseErrorEvent", events[^1])]);
    }

    [Theory, InlineData("gpt-test"), InlineData("o3-pro")]
    public async Task The_clients_headers_of_OpenAIs_format_reach_the_upstream_whatever_its_chat_is_made_by(string model)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"resp_1","object":"response","status":"completed","model":"m","output":[]}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await PostAsync(served, $$"""{"model":"{{model}}","input":"Hi"}""", ("OpenAI-Beta", "b"), ("Idempotency-Key", "k"), ("anthropic-beta", "a"));

        var headers = Assert.Single(upstream.Requests).Headers;
        Assert.Equal(("b", "k", false), (headers["OpenAI-Beta"], headers["Idempotency-Key"], headers.ContainsKey("anthropic-beta")));
    }

    [Fact]
    public async Task What_a_service_cannot_be_asked_for_is_told_in_a_header()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("ok")));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "deepseek"));

        using var asked = await PostAsync(served, """{"model":"deepseek/m","input":"Hi","background":true,"tools":[{"type":"web_search"}]}""");
        using var plain = await PostAsync(served, """{"model":"deepseek/m","input":"Hi"}""");

        Assert.Contains("background: ", asked.Header("x-muxi-warnings"), StringComparison.Ordinal);
        Assert.Contains("web_search", asked.Header("x-muxi-warnings"), StringComparison.Ordinal);
        Assert.Null(plain.Header("x-muxi-warnings"));
    }

    [Fact]
    public async Task When_a_model_fails_the_next_one_answers()
    {
        await using var served = await Served.SandboxAsync();

        using var whole = await PostAsync(served, """{"model":"sandbox/rate-limit","input":"Hi","fallbacks":["sandbox/echo"]}""");
        using var stream = await PostAsync(served, """{"model":"sandbox/overloaded","input":"Hi","fallbacks":["sandbox/echo"],"stream":true}""");

        Assert.Equal(("echo", "2"), (whole.Header("x-muxi-model"), whole.Header("x-muxi-attempts")));
        Assert.Equal(("echo", "2"), (stream.Header("x-muxi-model"), stream.Header("x-muxi-attempts")));
        Assert.Null((await stream.EventsAsync()).Break);
    }

    [Theory]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":7}""", 400, "input")]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":[7]}""", 400, "input[0]")]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":"a","tools":{}}""", 400, "tools")]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":"a","text":"b"}""", 400, "text")]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":"a","stream":"yes"}""", 400, "stream")]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":"a","input":"b"}""", 400, "input")]
    [InlineData("POST", "", """{"model":"sandbox/chat","input":"a","fallbacks":"b"}""", 400, "fallbacks")]
    [InlineData("POST", "", """{"model":"nobody/m","input":"a"}""", 404, "model")]
    [InlineData("POST", "/compact", """{"model":"sandbox/chat","input":7}""", 400, "input")]
    [InlineData("POST", "/input_tokens", """{"model":"sandbox/chat","input":7}""", 400, "input")]
    [InlineData("GET", "/sandbox/resp_1?stream=maybe", null, 400, "stream")]
    [InlineData("GET", "/sandbox/resp_1?starting_after=1", null, 400, "starting_after")]
    [InlineData("GET", "/sandbox/resp_1?stream=true&starting_after=x", null, 400, "starting_after")]
    [InlineData("GET", "/sandbox/resp_1/input_items?limit=x", null, 400, "limit")]
    [InlineData("GET", "/sandbox/resp_1?provider=openai", null, 400, "provider")]
    public async Task A_wrong_request_is_refused_by_the_name_of_what_is_wrong(string method, string tail, string? body, int status, string param)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(new(method), Route + tail, body).ErrorAsync();

        Assert.Equal((status, param), (told.Status, told.Param));
    }

    [Fact]
    public async Task Tokens_are_counted_and_conversations_condensed()
    {
        await using var served = await Served.SandboxAsync();

        var (_, counted) = await PostAsync(served, """{"model":"sandbox/chat","input":"Hello?"}""", "/input_tokens").JsonAsync();
        var (_, compacted) = await PostAsync(served, """{"model":"sandbox/chat","input":[{"role":"user","content":"1"},{"role":"assistant","content":"2"}]}""", "/compact").JsonAsync();

        Assert.Equal("""{"object":"response.input_tokens","input_tokens":9}""", counted.ToJsonString());
        Assert.Equal(["message", "compaction"], compacted["output"]!.AsArray().Select(item => (string?)item!["type"]));
    }

    [Fact]
    public async Task A_response_in_the_background_is_polled_and_stopped()
    {
        await using var served = await Served.SandboxAsync();

        var (_, queued) = await PostAsync(served, """{"model":"sandbox/chat","input":"Hello?","background":true}""").JsonAsync();
        var (_, later) = await served.SendAsync(HttpMethod.Get, $"{Route}/{queued["id"]}").JsonAsync();
        var (_, stopped) = await served.SendAsync(HttpMethod.Post, $"{Route}/{queued["id"]}/cancel").JsonAsync();

        Assert.Equal(("queued", "in_progress", "cancelled"), ((string?)queued["status"], (string?)later["status"], (string?)stopped["status"]));
        Assert.Equal((string?)queued["id"], (string?)stopped["id"]);
    }

    [Fact]
    public async Task What_the_server_keeps_is_found_only_with_the_key_that_it_was_made_with()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(
            """{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Yes."}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "anthropic"));
        (string, string)[] ann = [("Authorization", "Bearer ann")], bob = [("x-api-key", "bob")];

        var (_, made) = await PostAsync(served, """{"model":"anthropic/m","input":"Hello?"}""", ann).JsonAsync();
        var path = $"{Route}/{made["id"]}";
        var next = $$"""{"model":"anthropic/m","input":"And?","previous_response_id":"{{made["id"]}}"}""";

        foreach (var other in ((string, string)[][])[bob, []])
        {
            Assert.Equal(404, (await served.SendAsync(HttpMethod.Get, path, null, other).ErrorAsync()).Status);
            Assert.Equal(404, (await served.SendAsync(HttpMethod.Get, path + "/input_items", null, other).ErrorAsync()).Status);
            Assert.Equal(404, (await served.SendAsync(HttpMethod.Delete, path, null, other).ErrorAsync()).Status);
            Assert.Equal(404, (await PostAsync(served, next, other).ErrorAsync()).Status);
        }
        Assert.Single(upstream.Requests);
        Assert.Equal((string?)made["id"], (string?)(await served.SendAsync(HttpMethod.Get, path, null, ann).JsonAsync()).Body["id"]);
        Assert.Equal((string?)made["id"], (string?)(await PostAsync(served, next, ann).JsonAsync()).Body["previous_response_id"]);
        Assert.Contains("Yes.", upstream.Requests[1].Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_client_that_leaves_ends_the_call_upstream(bool isStreamed)
    {
        var stream = CannedReply.Sse(Opening + Delta("Hi", 2) + End("Hi", 3));
        await using var upstream = FaultServer.Start(isStreamed ? Fault.StallAfter(Calls.BytesOf(Opening + Delta("Hi", 2)), stream) : Fault.SlowHeader(0, CannedReply.Json(Reply())));
        await using var served = await Served.BeforeAsync(upstream.Url);
        using var client = new CancellationTokenSource();
        using var content = new StringContent(Ask(isStreamed ? ""","stream":true""" : ""), System.Text.Encoding.UTF8, "application/json");
        using var request = new HttpRequestMessage(HttpMethod.Post, Route) { Content = content };
        var call = served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, client.Token);
        await upstream.Stalled.WaitAsync(TimeSpan.FromSeconds(10), Cancel);
        var reply = isStreamed ? await call : null;

        await client.CancelAsync();
        reply?.Dispose();

        await upstream.ClientGone.SoonAsync();
    }

    private static string Ask(string more = "") => $$"""{"model":"openai/gpt-test","input":"Hello?"{{more}}}""";

    private static Task<HttpResponseMessage> PostAsync(Served served, string body, params (string Name, string Value)[] headers) => served.SendAsync(HttpMethod.Post, Route, body, headers);

    private static Task<HttpResponseMessage> PostAsync(Served served, string body, string tail) => served.SendAsync(HttpMethod.Post, Route + tail, body);
}
