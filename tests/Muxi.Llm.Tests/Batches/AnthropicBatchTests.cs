using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Anthropic's message batches behind the same interface. The replies are synthetic, after its API reference; its own client is asked about the same bytes.</summary>
public sealed class AnthropicBatchTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private const string Ended = """{"id":"msgbatch_1","type":"message_batch","processing_status":"ended","request_counts":{"processing":0,"succeeded":1,"errored":1,"canceled":1,"expired":1},"ended_at":"2026-11-24T20:00:00.5Z","created_at":"2026-11-24T18:37:24.100435Z","expires_at":"2026-11-25T18:37:24.100435Z","archived_at":null,"cancel_initiated_at":"2026-11-24T19:00:00Z","results_url":"https://elsewhere.invalid/v1/messages/batches/msgbatch_1/results"}""";

    private const string Message = """{"id":"msg_1","type":"message","role":"assistant","model":"claude-sonnet-4-5-20250929","content":[{"type":"text","text":"Héllo"}],"stop_reason":"end_turn","stop_sequence":null,"usage":{"input_tokens":10,"output_tokens":4,"service_tier":"batch"}}""";

    private static readonly string _results = string.Join('\n',
        """{"custom_id":"second","result":{"type":"errored","error":{"type":"error","error":{"type":"invalid_request_error","message":"max_tokens: must be at least 1"},"request_id":"req_1"}}}""",
        $$$"""{"custom_id":"first","result":{"type":"succeeded","message":{{{Message}}} } }""",
        """{"custom_id":"third","result":{"type":"expired"}}""",
        """{"custom_id":"fourth","result":{"type":"canceled"}}""") + "\n";

    private static Task<ReplayServer> ServerAsync() => ReplayServer.StartAsync(11, static request => request.Target.TrimStart('/').Replace("v1/", "", StringComparison.Ordinal) switch
    {
        "messages/batches/msgbatch_1/results" => new(200, new Dictionary<string, string> { ["content-type"] = "application/x-jsonl" }, Encoding.UTF8.GetBytes(_results)),
        var target when request.Method == "DELETE" => CannedReply.Json("""{"id":"msgbatch_1","type":"message_batch_deleted"}"""),
        "messages/batches?limit=1" => CannedReply.Json($$"""{"data":[{{Ended}}],"has_more":true,"first_id":"msgbatch_1","last_id":"msgbatch_1"}"""),
        "messages/batches?limit=1&after_id=msgbatch_1" => CannedReply.Json("""{"data":[],"has_more":false,"first_id":null,"last_id":null}"""),
        _ => CannedReply.Json(Ended),
    });

    [Fact]
    public async Task The_requests_themselves_are_sent_as_the_chat_format_renders_them()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url, "anthropic");
        BatchRequest[] requests =
        [
            BatchWire.Ask("first", "anthropic/claude-sonnet-4-5"),
            new("second", Calls.Ask("anthropic/claude-3-5-haiku-latest") with { MaxTokens = 7, Extra = """{"mcp_servers":[]}""" }),
        ];

        var batch = await client.Batches.CreateAsync(requests, new() { Metadata = new Dictionary<string, string> { ["a"] = "b" } }, null, Token);

        var request = Assert.Single(server.Requests);
        Assert.Equal("POST /messages/batches", $"{request.Method} {request.Target}");
        Assert.Equal("application/json", request.Headers["content-type"]);
        Assert.Equal("mcp-client-2025-11-20", request.Headers["anthropic-beta"]);
        var sent = JsonNode.Parse(request.Text)!["requests"]!.AsArray();
        Assert.Equal(["first", "second"], sent.Select(one => (string)one!["custom_id"]!));
        Assert.Equal("claude-sonnet-4-5", (string?)sent[0]!["params"]!["model"]);
        Assert.Equal(7, (int)sent[1]!["params"]!["max_tokens"]!);
        Assert.Equal("Hello?", (string?)sent[1]!["params"]!["messages"]![0]!["content"]);
        Assert.Null(sent[0]!["params"]!["stream"]);
        Assert.Equal("anthropic/msgbatch_1", batch.QualifiedId);
        Assert.Equal("metadata", Assert.Single(batch.Warnings).Param);
    }

    [Fact]
    public async Task Its_states_counts_and_times_are_told_in_OpenAIs_words_and_its_own_are_kept()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url, "anthropic");

        var batch = await client.Batches.RetrieveAsync("anthropic/msgbatch_1", null, Token);

        Assert.Equal((BatchStatus.Cancelled, BatchEndpoint.ChatCompletions, true), (batch.Status, batch.Endpoint, batch.HasEnded));
        Assert.Equal((4, 1, 3), (batch.RequestCounts!.Total, batch.RequestCounts.Completed, batch.RequestCounts.Failed));
        Assert.Equal((1795545444L, 1795631844L, 1795546800L, 1795550400L), (batch.CreatedAt, batch.ExpiresAt!.Value, batch.CancellingAt!.Value, batch.CancelledAt!.Value));
        Assert.Equal("ended", batch.Extra.GetString("processing_status"));
        Assert.Equal("1", batch.RequestCounts.Extra["canceled"].ToString());
    }

    [Theory]
    [InlineData("in_progress", "", "in_progress")]
    [InlineData("canceling", "", "cancelling")]
    [InlineData("ended", "\"expired\":2", "expired")]
    [InlineData("ended", "\"succeeded\":2", "completed")]
    [InlineData("paused", "", "paused")]
    public void Its_states_have_words_of_OpenAIs(string status, string counts, string expected) =>
        Assert.Equal(expected, Batch.Parse(Encoding.UTF8.GetBytes($$$"""{"id":"msgbatch_1","type":"message_batch","processing_status":"{{{status}}}","request_counts": { {{{counts}}} } }""")).Status.Value);

    [Fact]
    public async Task Results_are_read_by_the_chat_format_and_the_address_that_is_named_is_not_followed()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url, "anthropic");

        var results = await client.Batches.ResultsAsync("anthropic/msgbatch_1", null, Token).AllAsync();

        Assert.Equal(["second errored BadRequestException ", "first succeeded Héllo", "third expired ApiException batch_expired", "fourth cancelled ApiException batch_cancelled"], results.Select(BatchWire.Told));
        Assert.Equal(("invalid_request_error", "req_1"), (results[0].Error!.Type, results[0].Error!.RequestId));
        Assert.Equal(("stop", 14L, "anthropic"), (results[1].Chat!.Choices[0].FinishReason!.Value.Value, results[1].Chat!.Usage!.TotalTokens, results[1].Chat!.Provider));
        Assert.Equal(["GET /messages/batches/msgbatch_1", "GET /messages/batches/msgbatch_1/results"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
    }

    [Fact]
    public async Task A_delete_whose_answer_was_lost_is_done_when_the_batch_is_gone()
    {
        await using var server = FaultServer.Start(Fault.ResetUnanswered, CannedReply.Json("""{"type":"error","error":{"type":"not_found_error","message":"gone"}}""", 404));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic") with { Retries = new() { InitialDelay = TimeSpan.Zero, MaxDelay = TimeSpan.Zero } });

        var deleted = await client.Batches.DeleteAsync("anthropic/msgbatch_1", null, Token);

        Assert.Equal(("msgbatch_1", true, "anthropic", 2), (deleted.Id, deleted.Deleted, deleted.Provider, deleted.Attempts.Count));
    }

    [Fact]
    public async Task Batches_are_listed_stopped_and_deleted()
    {
        await using var server = await ServerAsync();
        using var client = Calls.ClientFor(server.Url, "anthropic");

        var all = await client.Batches.ListAsync(new() { Provider = "anthropic", Limit = 1 }, null, Token).AllAsync();
        await client.Batches.CancelAsync("anthropic/msgbatch_1", null, Token);
        var deleted = await client.Batches.DeleteAsync("anthropic/msgbatch_1", null, Token);

        Assert.Equal("anthropic/msgbatch_1", Assert.Single(all).QualifiedId);
        Assert.Equal(("msgbatch_1", true), (deleted.Id, deleted.Deleted));
        Assert.Equal(["POST /messages/batches/msgbatch_1/cancel", "DELETE /messages/batches/msgbatch_1"], server.Requests.Skip(2).Select(request => $"{request.Method} {request.Target}"));
        Assert.All(server.Requests, request => Assert.Equal("2023-06-01", request.Headers["anthropic-version"]));
    }

    [Fact]
    public async Task Its_own_client_reads_the_same_out_of_the_same_bytes()
    {
        NpmPackages.Require("@anthropic-ai/sdk");
        await using var server = await ReplayServer.StartAsync(11, static request => request.Target.EndsWith("results", StringComparison.Ordinal)
            ? new(200, new Dictionary<string, string> { ["content-type"] = "application/x-jsonl" }, Encoding.UTF8.GetBytes(_results)) : CannedReply.Json(Ended.Replace("https://elsewhere.invalid", "", StringComparison.Ordinal)));
        using var client = Calls.ClientFor(new(server.Url, "v1"), "anthropic");

        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Batches", "anthropic-batches.mjs"), [server.Url.ToString().TrimEnd('/')], "", Token);
        var batch = await client.Batches.RetrieveAsync("anthropic/msgbatch_1", null, Token);
        var results = await client.Batches.ResultsAsync("anthropic/msgbatch_1", null, Token).AllAsync();

        Assert.True(run.ExitCode == 0, run.Errors);
        var seen = JsonNode.Parse(run.Output)!;
        Assert.Equal((string?)seen["status"], batch.Extra.GetString("processing_status"));
        Assert.Equal((int)seen["succeeded"]!, batch.RequestCounts!.Completed);
        Assert.Equal(
            seen["results"]!.AsArray().Select(one => $"{one!["id"]} {one["type"]} {one["text"]}{one["error"]}"),
            results.Select(result => $"{result.CustomId} {result.Outcome.Value.Replace("cancelled", "canceled", StringComparison.Ordinal)} {result.Chat?.Text}{(result.Outcome == BatchOutcome.Errored ? result.Error!.Message["anthropic: ".Length..] : "")}"));
    }
}
