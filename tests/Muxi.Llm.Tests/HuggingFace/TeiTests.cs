namespace Muxi.Llm.Tests;

/// <summary>Text Embeddings Inference: embeddings, ranking and errors. Replies by hand after router/src/http/types.rs of huggingface/text-embeddings-inference.</summary>
public sealed class TeiTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static LlmClient Client(ReplayServer server) => new(new() { Retries = Calls.Once, Environment = name => name == "TEI_BASE_URL" ? server.Url.ToString() : null });

    [Fact]
    public async Task Embeddings_are_asked_for_by_its_own_path_and_tell_their_tokens()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("[[0.5,1]]").With("x-compute-tokens", "4"));
        using var client = Client(server);

        var reply = await client.Embeddings.CreateAsync(new() { Model = "tei/bge", Input = "one", Dimensions = 2, Extra = """{"truncate":true}""" }, null, Token);

        Assert.Equal("/embed", server.Requests[0].Target);
        Assert.Equal("""{"inputs":"one","dimensions":2,"truncate":true}""", server.Requests[0].Text);
        Assert.False(server.Requests[0].Headers.ContainsKey("Authorization"));
        Assert.Equal([0.5f, 1f], reply.Data[0].Vector.ToArray());
        Assert.Equal(4, reply.Usage!.PromptTokens);
        Assert.Empty(reply.Warnings);
    }

    [Fact]
    public async Task Documents_are_ranked_as_texts_and_cut_to_the_best_here()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""[{"index":1,"text":"b","score":0.9},{"index":0,"text":"a","score":0.2},{"index":2,"text":"c","score":-0.1}]"""));
        using var client = Client(server);

        var reply = await client.Rerank.CreateAsync(new() { Model = "tei/reranker@" + server.Url.Authority, Query = "q", Documents = ["a", "b", "c"], TopN = 2, ReturnDocuments = true, Extra = """{"raw_scores":true}""" }, null, Token);

        Assert.Equal("/rerank", server.Requests[0].Target);
        Assert.Equal("""{"query":"q","texts":["a","b","c"],"return_text":true,"raw_scores":true}""", server.Requests[0].Text);
        Assert.Equal([(1, 0.9, "b"), (0, 0.2, "a")], reply.Results.Select(static one => (one.Index, one.RelevanceScore, one.Document!.Text!)));
    }

    [Theory]
    [InlineData(413, """{"error":"batch size 33 > maximum allowed batch size 32","error_type":"Validation"}""", typeof(RequestTooLargeException))]
    [InlineData(413, """{"error":"Input validation error: `inputs` must have less than 512 tokens. Given: 600","error_type":"Validation"}""", typeof(ContextLengthExceededException))]
    [InlineData(422, """{"error":"Tokenization error: x","error_type":"Tokenizer"}""", typeof(UnprocessableEntityException))]
    [InlineData(424, """{"error":"Inference failed: x","error_type":"Backend"}""", typeof(ServerException))]
    [InlineData(429, """{"error":"Model is overloaded","error_type":"Overloaded"}""", typeof(OverloadedException))]
    [InlineData(503, """{"error":"unhealthy","error_type":"Unhealthy"}""", typeof(OverloadedException))]
    public async Task Its_errors_are_what_they_say(int status, string error, Type type)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(error, status));
        using var client = Client(server);

        Assert.IsType(type, await Record.ExceptionAsync(() => client.Embeddings.CreateAsync(new() { Model = "tei/m", Input = "x" }, null, Token)));
    }

    [Fact]
    public async Task A_server_that_does_not_run_is_one_line_that_says_how_to_start_it()
    {
        using var client = new LlmClient(new() { Retries = Calls.Once, Environment = static name => name == "TEI_BASE_URL" ? FaultServer.Refused().ToString() : null });

        var refused = await Assert.ThrowsAsync<ApiConnectionException>(() => client.Embeddings.CreateAsync(new() { Model = "tei/m", Input = "x" }, null, Token));

        Assert.Contains("text-embeddings-inference:cpu-latest --model-id MODEL'; TEI_BASE_URL tells where)", refused.Message, StringComparison.Ordinal);
    }
}
