namespace Muxi.Llm.Tests;

/// <summary>Google's embeddings: every form of a reply, what was used, what is refused, and many texts in several requests.</summary>
public sealed class GoogleEmbeddingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task More_texts_than_a_request_takes_go_in_several()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(
            "{\"embeddings\":[" + string.Join(',', GoogleWire.Body(request)!["requests"]!.AsArray().Select(one => $"{{\"values\":[{one!["content"]!["parts"]![0]!["text"]}]}}")) + "],\"usageMetadata\":{\"promptTokenCount\":10}}"));
        using var client = GoogleWire.Client(server.Url);

        var reply = await client.Embeddings.CreateAsync(new() { Model = "gemini/gemini-embedding-001", Input = [.. Enumerable.Range(0, 250).Select(one => $"{one}")] }, null, Token);

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(Enumerable.Range(0, 250).Select(one => (one, (float)one)), reply.Data.Select(one => (one.Index, one.Vector.Span[0])));
        Assert.Equal((30L, 30L, "gemini-embedding-001"), (reply.Usage!.PromptTokens, reply.Usage.TotalTokens, reply.Model));
    }

    [Fact]
    public async Task A_newer_model_of_vertex_takes_a_text_at_a_time()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json($$$"""{"embedding":{"values":[{{{GoogleWire.Body(request)!["content"]!["parts"]![0]!["text"]}}}]},"usageMetadata":{"promptTokenCount":2}}"""));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "vertexai/gemini-embedding-2", Input = ["7", "8"] }, null, Token);

        Assert.Equal([7f, 8f], reply.Data.Select(one => one.Vector.Span[0]));
        Assert.Equal(4, reply.Usage!.PromptTokens);
    }

    public static TheoryData<string, long?> Replies => new()
    {
        { GoogleWire.Embedded, 4 },
        { """{"embeddings":[{"values":[0.5,-1,0.25]}]}""", null },
        { """{"embedding":{"values":[0.5,-1,0.25],"shape":[3]}}""", null },
        { """{"predictions":[{"embeddings":{"statistics":{"truncated":false,"token_count":5},"values":[0.5,-1,0.25]},"more":1}],"metadata":{"billableCharacterCount":6}}""", 5 },
        { """{"embeddings":[{"values":[0.5,-1,0.25]}],"error":null,"later":{"x":[]}}""", null },
    };

    [Theory, MemberData(nameof(Replies))]
    public void Every_form_of_a_reply_is_read(string body, long? tokens)
    {
        var reply = new GeminiEmbeddings().Parse(new(200, System.Text.Encoding.UTF8.GetBytes(body)), new("gemini", "m", "r", default));

        Assert.Equal([0.5f, -1, 0.25f], Assert.Single(reply.Data).Vector.ToArray());
        Assert.Equal(tokens, reply.Usage?.PromptTokens);
        Assert.Equal(tokens, reply.Usage?.TotalTokens);
    }

    [Theory]
    [InlineData("{}")]
    [InlineData("[]")]
    [InlineData("")]
    [InlineData("<html>")]
    [InlineData("""{"embeddings":[{"values":null}]}""")]
    [InlineData("""{"embeddings":[3]}""")]
    [InlineData("""{"embeddings":[]}""")]
    [InlineData("""{"embeddings":[{"values":[1]},{"values":[1]}]}""")]
    [InlineData("""{"embeddings":[{"values":[1]}],"error":{"code":500,"message":"no","status":"INTERNAL"}}""")]
    public async Task What_is_no_embedding_is_an_error_of_the_service(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = GoogleWire.Client(server.Url);

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(new() { Model = "gemini/m", Input = "a" }, null, Token));
    }

    [Fact]
    public async Task Tokens_are_refused_and_a_user_is_a_warning()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Embedded));
        using var client = GoogleWire.Client(server.Url);

        var refused = await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(new() { Model = "gemini/m", Input = TextInput.FromTokens([1, 2]) }, null, Token));
        var reply = await client.Embeddings.CreateAsync(new() { Model = "gemini/models/m", Input = "a", User = "ann" }, null, Token);

        Assert.Equal("gemini: tokens are not taken: send the text itself", refused.Message);
        Assert.Equal("user", Assert.Single(reply.Warnings).Param);
        Assert.Equal("/v1beta/models/m:batchEmbedContents", Assert.Single(server.Requests).Target);
        Assert.Equal("""{"requests":[{"model":"models/m","content":{"parts":[{"text":"a"}],"role":"user"}}]}""", server.Requests[0].Text);
        Assert.Equal(Calls.Key, server.Requests[0].Headers["x-goog-api-key"]);
    }
}
