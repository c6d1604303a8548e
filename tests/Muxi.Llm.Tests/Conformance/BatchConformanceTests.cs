namespace Muxi.Llm.Tests;

/// <summary>What we send about batches, judged by OpenAI's published document: with nothing set but what is needed, and with everything.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class BatchConformanceTests(SchemaServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly CannedReply _batch = CannedReply.Json(BatchWire.Batch("validating"));

    [Fact]
    public async Task A_batch_with_nothing_and_with_every_option()
    {
        var least = new BatchCreateRequest { InputFileId = "file-1", Endpoint = BatchEndpoint.ChatCompletions };
        foreach (var endpoint in (BatchEndpoint[])[BatchEndpoint.Responses, BatchEndpoint.ChatCompletions, BatchEndpoint.Embeddings, BatchEndpoint.Completions, BatchEndpoint.Moderations, BatchEndpoint.ImageGenerations, "/v1/images/edits", "/v1/videos"])
            await server.ExpectAcceptedAsync(client => client.Batches.CreateAsync(least with { Endpoint = endpoint }, null, Token), _batch);
        var judged = await server.ExpectAcceptedAsync(client => client.Batches.CreateAsync(least with { CompletionWindow = "24h", Metadata = new Dictionary<string, string> { ["a"] = "b" }, OutputExpiresAfter = TimeSpan.FromDays(30) }, null, Token), _batch);
        Assert.Equal("/batches", Assert.Single(judged).Path);
    }

    [Fact]
    public async Task Lists_descriptions_and_stops()
    {
        var page = CannedReply.Json("""{"object":"list","data":[],"has_more":false}""");
        await server.ExpectAcceptedAsync(client => client.Batches.ListPageAsync(null, null, Token), page);
        await server.ExpectAcceptedAsync(client => client.Batches.ListPageAsync(new() { Limit = 100, After = "batch_0" }, null, Token), page);
        await server.ExpectAcceptedAsync(client => client.Batches.RetrieveAsync("batch_1", null, Token), _batch);
        await server.ExpectAcceptedAsync(client => client.Batches.CancelAsync("batch_1", null, Token), _batch);
    }

    [Fact]
    public async Task What_the_simulator_and_the_server_give_is_in_the_published_form()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        await using var served = await Served.SandboxAsync();
        var batch = await client.Batches.CreateAsync([BatchWire.Ask("a", "sandbox/chat"), BatchWire.Ask("b", "sandbox/auth")], new() { Metadata = new Dictionary<string, string> { ["a"] = "b" } }, null, Token);
        var bodies = new List<(string, string)> { ("Batch", batch.ToJson()) };
        while (!batch.HasEnded) bodies.Add(("Batch", (batch = await client.Batches.RetrieveAsync(batch.QualifiedId, null, Token)).ToJson()));
        foreach (var result in await client.Batches.ResultsAsync(batch.QualifiedId, null, Token).AllAsync())
            if (result.Reply is not null) bodies.Add(("CreateChatCompletionResponse", System.Text.Json.JsonElement.Parse(result.ToJson()).GetProperty("response").GetProperty("body").GetRawText()));
        var (_, list) = await served.SendAsync(HttpMethod.Get, "/v1/batches?provider=sandbox").JsonAsync();
        bodies.Add(("ListBatchesResponse", list.ToJsonString()));

        await OpenAISchemas.ExpectValidAsync(bodies);
        Assert.NotEqual("done\n", await OpenAISchemas.ValidateAsync([("Batch", "{\"id\":1}")]));
    }
}
