namespace Muxi.Llm.Tests;

/// <summary><c>/v1/batches</c> of the server.</summary>
public sealed class BatchRouteTests
{
    private const string Create = """{"input_file_id":"file-in","endpoint":"/v1/chat/completions","completion_window":"24h"}""";

    [Theory]
    [InlineData("?provider=groq", null, "file-in", "")]
    [InlineData("", "groq", "file-in", "")]
    [InlineData("", null, "groq/file-in", "")]
    [InlineData("", null, "file-in", ""","provider":"groq" """)]
    public async Task A_request_names_its_provider_and_every_id_that_is_given_says_it(string query, string? header, string file, string field)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(BatchWire.Ended()));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "groq") with { ApiKeys = new Dictionary<string, string> { ["groq"] = "k", ["openai"] = "k" } });

        var (status, batch) = await served.SendAsync(HttpMethod.Post, $"/v1/batches{query}", Create.Replace("file-in", file, StringComparison.Ordinal).Replace("\"24h\"", "\"24h\"" + field, StringComparison.Ordinal), header is null ? [] : [("x-provider", header)]).JsonAsync();

        Assert.Equal(200, status);
        Assert.Equal(["groq/batch_1", "groq/file-in", "groq/file-out", "groq/file-err"], new[] { "id", "input_file_id", "output_file_id", "error_file_id" }.Select(name => (string?)batch[name]));
        Assert.Equal(Create, Assert.Single(upstream.Requests).Text);
    }

    [Fact]
    public async Task Ids_are_taken_raw_and_encoded_and_pages_say_how_to_go_on()
    {
        await using var upstream = await ReplayServer.StartAsync(1, static request => CannedReply.Json(request.Target.Contains('?', StringComparison.Ordinal) ? $$"""{"object":"list","data":[{{BatchWire.Ended()}}],"first_id":"batch_1","last_id":"batch_1","has_more":true}""" : BatchWire.Ended()));
        await using var served = await Served.BeforeAsync(upstream.Url);

        await served.SendAsync(HttpMethod.Get, "/v1/batches/openai/batch_1").JsonAsync();
        await served.SendAsync(HttpMethod.Get, "/openai/v1/batches/openai%2Fbatch_1").JsonAsync();
        await served.SendAsync(HttpMethod.Post, "/v1/batches/openai/batch_1/cancel").JsonAsync();
        var (_, page) = await served.SendAsync(HttpMethod.Get, "/v1/batches?limit=3&after=openai/batch_0").JsonAsync();

        Assert.Equal(["GET /batches/batch_1", "GET /batches/batch_1", "POST /batches/batch_1/cancel", "GET /batches?limit=3&after=batch_0"], upstream.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal(("openai/batch_1", "openai/batch_1", true), ((string?)page["first_id"], (string?)page["last_id"], (bool)page["has_more"]!));
    }

    [Theory]
    [InlineData("""{"endpoint":"/v1/chat/completions"}""", "", 400, "input_file_id")]
    [InlineData("""{"input_file_id":"f"}""", "", 400, "endpoint")]
    [InlineData("""{"input_file_id":1,"endpoint":"/v1/chat/completions"}""", "", 400, "input_file_id")]
    [InlineData("""{"input_file_id":"f","endpoint":"/v1/wishes"}""", "", 400, "endpoint")]
    [InlineData("""{"input_file_id":"f","endpoint":"/v1/chat/completions","output_expires_after":{"anchor":"created_at","seconds":1}}""", "", 400, "output_expires_after")]
    [InlineData("""{"input_file_id":"groq/f","endpoint":"/v1/chat/completions"}""", "?provider=openai", 400, "provider")]
    [InlineData("""{"input_file_id":"f","endpoint":"/v1/chat/completions"}""", "?provider=nobody", 400, "provider")]
    [InlineData("""{"input_file_id":"f","endpoint":"/v1/chat/completions"}""", "?provider=anthropic", 400, "input_file_id")]
    public async Task What_is_wrong_is_named_and_nothing_is_sent(string body, string query, int status, string param)
    {
        await using var served = await Served.BeforeAsync(FaultServer.Refused());

        var told = await served.SendAsync(HttpMethod.Post, $"/v1/batches{query}", body).ErrorAsync();

        Assert.Equal((status, param), (told.Status, told.Param));
    }

    [Fact]
    public async Task Anthropics_batches_can_be_looked_at_listed_and_stopped()
    {
        const string Batch = """{"id":"msgbatch_1","type":"message_batch","processing_status":"in_progress","request_counts":{"processing":2,"succeeded":1,"errored":0,"canceled":0,"expired":0},"created_at":"2026-11-24T18:37:24Z","expires_at":"2026-11-25T18:37:24Z"}""";
        await using var upstream = await ReplayServer.StartAsync(1, static request => CannedReply.Json(request.Target == "/messages/batches" ? $$"""{"data":[{{Batch}}],"has_more":false,"first_id":"msgbatch_1","last_id":"msgbatch_1"}""" : Batch));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "anthropic"));

        var (_, looked) = await served.SendAsync(HttpMethod.Get, "/v1/batches/anthropic/msgbatch_1").JsonAsync();
        var (_, list) = await served.SendAsync(HttpMethod.Get, "/v1/batches?provider=anthropic").JsonAsync();
        var (status, _) = await served.SendAsync(HttpMethod.Post, "/v1/batches/anthropic/msgbatch_1/cancel").JsonAsync();

        Assert.Equal(("anthropic/msgbatch_1", "in_progress", 3, 1), ((string?)looked["id"], (string?)looked["status"], (int)looked["request_counts"]!["total"]!, (int)looked["request_counts"]!["completed"]!));
        Assert.Equal(("anthropic/msgbatch_1", 200), ((string?)list["data"]![0]!["id"], status));
    }
}
