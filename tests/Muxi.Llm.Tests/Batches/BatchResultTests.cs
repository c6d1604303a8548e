using System.Globalization;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Tests;

/// <summary>What comes of a batch: waiting for it, its results and its errors, each under its request's name.</summary>
public sealed class BatchResultTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Replies_and_errors_come_out_of_both_files_under_their_names()
    {
        await using var server = await BatchWire.ServerAsync(BatchWire.Ended(), $"{BatchWire.Line("b", Calls.Reply("Two"))}\n{BatchWire.Line("a", Calls.Reply("One"))}\n", $"{BatchWire.Line("c", BatchWire.Refusal, 400)}\n{BatchWire.Unmade("d", "batch_expired")}\n");
        using var client = Calls.ClientFor(server.Url);

        var results = await client.Batches.ResultsAsync("batch_1", null, Token).AllAsync();

        Assert.Equal(["b succeeded Two", "a succeeded One", "c errored BadRequestException invalid_value", "d expired ApiException batch_expired"], results.Select(BatchWire.Told));
        Assert.Equal(("openai", "req_b", 8L), (results[0].Chat!.Provider, results[0].RequestId, results[0].Chat!.Usage!.TotalTokens));
        Assert.Equal(("openai: max_tokens is too large", "max_tokens"), (results[2].Error!.Message, results[2].Error!.Param));
        Assert.Equal(System.Net.HttpStatusCode.RequestTimeout, results[3].Error!.Status);
        Assert.Equal("batch_req_b", BatchWire.Json(results[0].Raw.ToString()).GetProperty("id").GetString());
    }

    [Fact]
    public async Task A_line_that_cannot_be_read_is_an_error_and_the_others_are_there()
    {
        var output = string.Join('\n', BatchWire.Line("a", Calls.Reply("One")), "not json", BatchWire.Line("b", "{\"id\":1}"), "[]", "", """{"custom_id":"c"}""", BatchWire.Line("d", Calls.Reply("Four")));
        await using var server = await BatchWire.ServerAsync(BatchWire.Ended(), output);
        using var client = Calls.ClientFor(server.Url);

        var results = await client.Batches.ResultsAsync("batch_1", null, Token).AllAsync();

        Assert.Equal(["a", "", "b", "", "c", "d"], results.Select(result => result.CustomId));
        Assert.Equal([true, false, false, false, false, true], results.Select(result => result.Chat is not null));
        Assert.All(results.Where(result => result.Chat is null), result => Assert.Equal(BatchOutcome.Errored, result.Outcome));
        Assert.Equal("openai: the line 2 of the batch's results is not in the form of a result", results[1].Error!.Message);
    }

    [Theory]
    [InlineData("completed", "missing", "batch_result_missing")]
    [InlineData("expired", "expired", "batch_expired")]
    [InlineData("cancelled", "cancelled", "batch_cancelled")]
    public async Task Results_come_in_the_requests_order_and_those_that_are_missing_say_why(string status, string outcome, string code)
    {
        await using var server = await BatchWire.ServerAsync(BatchWire.Ended(status), $"{BatchWire.Line("c", Calls.Reply("Three"))}\n{BatchWire.Line("x", Calls.Reply("Extra"))}\n{BatchWire.Line("a", Calls.Reply("One"))}\n");
        using var client = Calls.ClientFor(server.Url);
        var batch = await client.Batches.RetrieveAsync("batch_1", null, Token);

        var results = await client.Batches.ResultsAsync(batch, [BatchWire.Ask("a"), BatchWire.Ask("b"), BatchWire.Ask("c")], null, Token).AllAsync();

        Assert.Equal(["a succeeded One", $"b {outcome} ApiException {code}", "c succeeded Three", "x succeeded Extra"], results.Select(BatchWire.Told));
    }

    [Fact]
    public async Task Lines_are_read_however_a_service_writes_them()
    {
        var output = "\uFEFF" + string.Join("\r\n",
            BatchWire.Line("a \\\"quoted\\\" \\u00e9 \U0001F600", Calls.Reply("One")), "", "  ",
            "{\"error\":null,\"response\":{\"body\":" + Calls.Reply("Two") + ",\"status_code\":\"200\",\"request_id\":null},\"custom_id\":7,\"later\":[{}]}",
            """{"custom_id":"c","response":{"status_code":null,"body":null},"error":{}}""", """{"custom_id":"d","response":null,"error":"gone"}""", """{"custom_id":"e","response":{"status_code":500,"body":"<html>"}}""",
            """{"custom_id":"f","response":{"status_code":200,"body":[]},"error":null}""", """{"custom_id":null,"response":[]}""");
        await using var server = await BatchWire.ServerAsync(BatchWire.Ended(), output);
        using var client = Calls.ClientFor(server.Url);

        var results = await client.Batches.ResultsAsync("batch_1", null, Token).AllAsync();

        Assert.Equal(["a \"quoted\" \u00e9 \U0001F600", "7", "c", "d", "e", "f", ""], results.Select(result => result.CustomId));
        Assert.Equal(["One", "Two", null, null, null, null, null], results.Select(result => result.Chat?.Text));
        Assert.All(results.Skip(2), result => Assert.Equal((BatchOutcome.Errored, true), (result.Outcome, result.Error is not null)));
    }

    public static TheoryData<string, string, Func<BatchResult, string?>> Operations => new()
    {
        { "/v1/embeddings", """{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[1,2]}],"usage":{"prompt_tokens":1,"total_tokens":1}}""", static result => result.Embedding?.Data[0].Vector.Length.ToString(CultureInfo.InvariantCulture) },
        { "/v1/completions", """{"id":"1","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":"2","finish_reason":"stop"}]}""", static result => result.Completion?.Text },
        { "/v1/moderations", """{"id":"2","model":"m","results":[{"flagged":false,"categories":{},"category_scores":{}}]}""", static result => result.Moderation?.Id },
        { "/v1/images/generations", """{"created":2,"data":[{"b64_json":"aGk="}]}""", static result => result.Images?.Created.ToString(CultureInfo.InvariantCulture) },
        { "/v1/responses", WireResponse.Response(id: "2"), static result => result.Response?.Id },
        { "/v1/videos", """{"id":"2"}""", static result => result.Reply is null && result.Error is null ? BatchWire.Json(result.Raw.ToString()).GetProperty("response").GetProperty("body").GetProperty("id").GetString() : null },
    };

    [Theory, MemberData(nameof(Operations))]
    public async Task Each_operation_has_replies_of_its_own_type(string endpoint, string body, Func<BatchResult, string?> read)
    {
        await using var server = await BatchWire.ServerAsync(BatchWire.Ended().Replace("/v1/chat/completions", endpoint, StringComparison.Ordinal), BatchWire.Line("a", body));
        using var client = Calls.ClientFor(server.Url);

        var result = Assert.Single(await client.Batches.ResultsAsync("batch_1", null, Token).AllAsync());

        Assert.Equal("2", read(result));
        Assert.Equal("a", BatchWire.Json(result.ToJson()).GetProperty("custom_id").GetString());
        Assert.Equal(JsonValueKind.Object, BatchWire.Json(result.ToJson()).GetProperty("response").GetProperty("body").ValueKind);
    }

    [Fact]
    public async Task Results_before_the_end_and_of_a_failed_batch_are_refused_with_the_reason()
    {
        var failed = BatchWire.Batch("failed").Replace("\"errors\":null", """ "errors":{"object":"list","data":[{"code":"invalid_json_line","message":"This line is no JSON.","param":null,"line":3},{"code":"x","message":"y"}]}""", StringComparison.Ordinal);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(BatchWire.Batch("in_progress")), CannedReply.Json(failed));
        using var client = Calls.ClientFor(server.Url);

        var early = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.ResultsAsync("batch_1", null, Token).AllAsync());
        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.ResultsAsync("batch_1", null, Token).AllAsync());
        var each = await client.Batches.ResultsAsync(Batch.Parse(Encoding.UTF8.GetBytes(failed)), [BatchWire.Ask("a")], null, Token).AllAsync();

        Assert.Equal("openai: the batch batch_1 is 'in_progress' still: its results are there when it has ended", early.Message);
        Assert.Equal(("openai: the batch failed: This line is no JSON. (line 3), and 1 more", "invalid_json_line"), (error.Message, error.Code));
        Assert.Equal("a errored ApiException invalid_json_line", Assert.Single(each).Told());
    }

    [Fact]
    public async Task Waiting_asks_until_the_batch_has_ended_and_tells_how_far_it_is()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(BatchWire.Batch("validating")), CannedReply.Html(502, "<p>no</p>"), CannedReply.Json(BatchWire.Batch("in_progress")), CannedReply.Json(BatchWire.Ended()));
        var clock = new SteppedTime { Never = TimeSpan.FromSeconds(60) };
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock, Timeouts = new() { Connect = TimeSpan.FromHours(1), FirstByte = TimeSpan.FromHours(1), Idle = TimeSpan.FromHours(1), Total = TimeSpan.FromHours(1) } });
        var seen = new Seen();

        var batch = await client.Batches.WaitAsync("batch_1", new() { Interval = TimeSpan.FromSeconds(20) }, seen, null, Token);

        Assert.Equal(BatchStatus.Completed, batch.Status);
        Assert.Equal(["validating", "in_progress", "completed"], seen.Statuses);
        Assert.Equal([20, 20, 20], clock.Waits.Select(wait => (int)wait.TotalSeconds));
    }

    [Fact]
    public async Task Waiting_asks_with_the_settings_of_the_call()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(BatchWire.Ended()));
        using var client = Calls.ClientFor(server.Url);

        await client.Batches.WaitAsync("batch_1", null, null, new() { ApiKey = "another" }, Token);

        Assert.Equal("Bearer another", Assert.Single(server.Requests).Headers["authorization"]);
    }

    [Fact]
    public void What_a_batch_used_is_counted_in_the_same_members_as_elsewhere()
    {
        var batch = Batch.Parse(Encoding.UTF8.GetBytes(BatchWire.Batch("completed", ""","usage":{"input_tokens":9,"input_tokens_details":{"cached_tokens":4,"cache_write_tokens":2},"output_tokens":3,"output_tokens_details":{"reasoning_tokens":1},"total_tokens":12}""")));

        Assert.Equal((9, 4, 2, 1, 12), (batch.Usage?.PromptTokens, batch.Usage?.PromptTokensDetails?.CachedTokens, batch.Usage?.PromptTokensDetails?.CacheWriteTokens, batch.Usage?.CompletionTokensDetails?.ReasoningTokens, batch.Usage?.TotalTokens));
    }

    [Fact]
    public async Task Waiting_ends_at_its_limit_by_the_callers_wish_and_by_an_error_that_will_not_pass()
    {
        await using var server = await ReplayServer.StartAsync(1, static request => request.Target.EndsWith("gone", StringComparison.Ordinal) ? CannedReply.Json("""{"error":{"message":"No such batch","type":"invalid_request_error"}}""", 404) : CannedReply.Json(BatchWire.Batch("in_progress")));
        var clock = new ManualTime();
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock });
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);

        var late = await Assert.ThrowsAsync<ApiTimeoutException>(() => client.Batches.WaitAsync("batch_1", new() { Limit = TimeSpan.FromSeconds(1) }, null, null, Token));
        await Assert.ThrowsAsync<NotFoundException>(() => client.Batches.WaitAsync("gone", null, null, null, Token));
        Assert.False((await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.WaitAsync("batch_1", new() { Interval = TimeSpan.Zero }, null, null, Token))).WasSent);
        var waiting = client.Batches.WaitAsync("batch_1", new() { Interval = TimeSpan.FromSeconds(77) }, null, null, stop.Token);
        await clock.Armed(TimeSpan.FromSeconds(77)).SoonAsync();
        await stop.CancelAsync();

        Assert.Equal("openai: the batch batch_1 is 'in_progress' still after 1 s", late.Message);
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting);
    }

    [Fact]
    public async Task Batches_are_listed_page_by_page_and_stopped()
    {
        await using var server = await ReplayServer.StartAsync(1, static request => CannedReply.Json(request.Target switch
        {
            "/batches?limit=1" => $$"""{"object":"list","data":[{{BatchWire.Batch("completed")}}],"first_id":"batch_1","last_id":"batch_1","has_more":true}""",
            "/batches?limit=1&after=batch_1" => $$"""{"object":"list","data":[{{BatchWire.Batch("completed", id: "batch_2")}}],"has_more":false}""",
            _ => BatchWire.Batch("cancelling"),
        }));
        using var client = Calls.ClientFor(server.Url);

        var all = await client.Batches.ListAsync(new() { Limit = 1 }, null, Token).AllAsync();
        var stopped = await client.Batches.CancelAsync("openai/batch_1", null, Token);
        var large = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.ListPageAsync(new() { Limit = 101 }, null, Token));

        Assert.Equal(["openai/batch_1", "openai/batch_2"], all.Select(batch => batch.QualifiedId));
        Assert.Equal((BatchStatus.Cancelling, "POST /batches/batch_1/cancel"), (stopped.Status, $"{server.Requests[^1].Method} {server.Requests[^1].Target}"));
        Assert.Equal("openai: a page may hold 100 batches at most, not 101", large.Message);
    }

    [Fact]
    public async Task Results_that_break_off_are_an_error_behind_those_that_came()
    {
        var line = BatchWire.Line("a", Calls.Reply("One")) + "\n";
        await using var server = await TestServer.StartAsync(async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("content", StringComparison.Ordinal))
            {
                await context.Response.WriteAsync(BatchWire.Ended(), context.RequestAborted);
                return;
            }
            context.Response.ContentLength = 100_000;
            await context.Response.WriteAsync(line, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
            context.Abort();
        });
        using var client = Calls.ClientFor(server.Url);
        var came = new List<string>();

        await Assert.ThrowsAnyAsync<LlmException>(async () =>
        {
            await foreach (var result in client.Batches.ResultsAsync("batch_1", null, Token)) came.Add(result.CustomId);
        });

        Assert.True(came is [] or ["a"]);
    }

    [Fact]
    public async Task Fifty_thousand_results_are_read_as_they_come()
    {
        // What was written and has not come out is somewhere between: buffers of a few megabytes, while the whole has more than a hundred.
        const int MayBeUnderWay = 20_000;
        var line = Encoding.UTF8.GetBytes(BatchWire.Line("request", Calls.Reply(new string('x', 2000))) + "\n");
        var written = 0;
        await using var server = await TestServer.StartAsync(async context =>
        {
            if (!context.Request.Path.Value!.EndsWith("file-out/content", StringComparison.Ordinal))
            {
                await context.Response.WriteAsync(context.Request.Path.Value!.EndsWith("content", StringComparison.Ordinal) ? "" : BatchWire.Ended(), context.RequestAborted);
                return;
            }
            for (; written < 50_000; Interlocked.Increment(ref written)) await context.Response.Body.WriteAsync(line, context.RequestAborted);
        });
        using var client = Calls.ClientFor(server.Url);
        var (count, most) = (0, 0);

        await foreach (var result in client.Batches.ResultsAsync("batch_1", null, Token))
        {
            Assert.NotNull(result.Chat);
            most = Math.Max(most, Volatile.Read(ref written) - ++count);
        }

        Assert.Equal(50_000, count);
        Assert.InRange(most, 1, MayBeUnderWay);
    }

    private sealed class Seen : IProgress<Batch>
    {
        public List<string> Statuses { get; } = [];

        public void Report(Batch value) => Statuses.Add(value.Status.Value);
    }
}
