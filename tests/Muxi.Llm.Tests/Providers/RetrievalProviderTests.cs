using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Services that embed and rank and have no chat, and embeddings in the words of services that have others than OpenAI's.</summary>
public sealed class RetrievalProviderTests
{
    private const string Vectors = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]}],"model":"m","usage":{"total_tokens":4}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string> WithoutChat => [.. Catalog.BuiltIn.Where(provider => provider.Chat is null).Select(provider => provider.Name)];

    [Theory, MemberData(nameof(WithoutChat))]
    public async Task A_service_without_chat_says_so_whatever_way_it_is_asked_to_talk(string name)
    {
        using var client = new LlmClient(new() { Environment = _ => null });

        foreach (var ask in (Func<Task>[])
            [() => client.AskAsync($"{name}/m"), () => client.AskStream($"{name}/m").WholeAsync(), () => client.Responses.CreateAsync(new() { Model = $"{name}/m", Input = "Hi" }, null, Token)])
        {
            var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(ask);
            Assert.Equal(name, error.Provider);
            Assert.Contains($"{name} does not offer ", error.Message, StringComparison.Ordinal);
        }
        Assert.Throws<UnsupportedFeatureException>(() => client.AskNow($"{name}/m"));
    }

    [Theory]
    [InlineData("voyage", "https://api.voyageai.com/v1/", "VOYAGE_API_KEY")]
    [InlineData("voyageai", "https://api.voyageai.com/v1/", "VOYAGEAI_API_KEY")]
    [InlineData("jina", "https://api.jina.ai/v1/", "JINA_API_KEY")]
    [InlineData("jina_ai", "https://api.jina.ai/v1/", "JINA_AI_API_KEY")]
    public async Task It_is_asked_at_its_own_address_with_the_key_from_its_variables(string name, string address, string variable)
    {
        using var embedded = new SeenCall(Vectors);
        using var embeds = new LlmClient(new() { Handler = embedded, Environment = asked => asked == variable ? "the-key" : null });
        using var ranked = new SeenCall("""{"results":[{"index":0,"relevance_score":1}]}""");
        using var ranks = new LlmClient(new() { Handler = ranked, Environment = asked => asked == variable ? "the-key" : null });

        await embeds.Embeddings.CreateAsync(new() { Model = $"{name}/m", Input = "a" }, null, Token);
        await ranks.Rerank.CreateAsync(new() { Model = $"{name}/m", Query = "q", Documents = ["a"] }, null, Token);

        Assert.Equal((address + "embeddings", "Bearer the-key"), (embedded.Url, embedded.Authorization));
        Assert.Equal((address + "rerank", "Bearer the-key"), (ranked.Url, ranked.Authorization));
        using var keyless = new LlmClient(new() { Handler = ranked, Environment = static _ => null });
        Assert.Contains("_API_KEY", (await Assert.ThrowsAsync<ConfigurationException>(() => keyless.Rerank.CreateAsync(new() { Model = $"{name}/m", Query = "q", Documents = ["a"] }, null, Token))).Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => ranks.Models.ListAsync(name, null, Token).ToListAsync(Token).AsTask());
    }

    /// <summary>Provider, what is asked for beside model and input, the body that its page shows.</summary>
    public static TheoryData<string, string, string> Embeddings => new()
    {
        // docs.voyageai.com/reference/embeddings-api
        { "voyage", """{"dimensions":512,"input_type":"query","truncation":false}""", """{"model":"m","input":["a"],"output_dimension":512,"encoding_format":"base64","input_type":"query","truncation":false}""" },
        { "voyage", """{"output_dtype":"int8","encoding_format":"base64"}""", """{"model":"m","input":["a"],"output_dtype":"int8"}""" },
        // api.jina.ai/redoc
        { "jina", """{"dimensions":128,"task":"retrieval.passage","late_chunking":true,"normalized":true}""", """{"model":"m","input":["a"],"dimensions":128,"task":"retrieval.passage","late_chunking":true,"normalized":true}""" },
        { "jina", """{"encoding_format":"float"}""", """{"model":"m","input":["a"],"embedding_type":"float"}""" },
        // docs.nvidia.com/nim/nemo-retriever/text-embedding
        { "nvidia", """{"dimensions":256}""", """{"model":"m","input":["a"],"dimensions":256,"encoding_format":"base64","input_type":"passage"}""" },
        { "nvidia", """{"input_type":"query","truncate":"END"}""", """{"model":"m","input":["a"],"encoding_format":"base64","input_type":"query","truncate":"END"}""" },
        { "together", "{}", """{"model":"m","input":["a"]}""" },
        { "fireworks", """{"dimensions":128}""", """{"model":"accounts/fireworks/models/m","input":["a"],"dimensions":128}""" },
        { "deepinfra", "{}", """{"model":"m","input":["a"]}""" },
        { "sglang", "{}", """{"model":"m","input":["a"]}""" },
    };

    [Theory, MemberData(nameof(Embeddings))]
    public async Task Embeddings_are_asked_for_in_the_services_words(string provider, string options, string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Vectors));
        using var client = Calls.ClientFor(server.Url, provider);
        var asked = JsonNode.Parse(options)!.AsObject();
        (asked["model"], asked["input"]) = ($"{provider}/m", new JsonArray("a"));

        var reply = await client.Embeddings.CreateAsync(EmbeddingRequest.Parse(System.Text.Encoding.UTF8.GetBytes(asked.ToJsonString())), null, Token);

        JsonComparison.Same("the body", JsonNode.Parse(body), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal([0.5f, -1f], reply.Data[0].Vector.ToArray());
        Assert.Equal(4, reply.Usage?.TotalTokens);
        Assert.Empty(reply.Warnings);
    }

    [Fact]
    public async Task What_a_service_does_not_take_is_left_out_with_a_word()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Vectors));
        using var client = Calls.ClientFor(server.Url, "together");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "together/m", Input = "a", Dimensions = 3, User = "ann" }, null, Token);

        Assert.Equal("""{"model":"m","input":"a"}""", server.Requests[0].Text);
        Assert.Equal(["dimensions", "user"], reply.Warnings.Select(warning => warning.Param).Order());
    }

    [Fact]
    public async Task Anyscale_is_a_service_of_ones_own_and_says_what_became_of_the_public_one()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var lost = new LlmClient(new() { Environment = static name => name == "ANYSCALE_API_KEY" ? "the-key" : null });
        using var found = new LlmClient(new() { Environment = name => name switch { "ANYSCALE_API_KEY" => "the-key", "ANYSCALE_BASE_URL" => server.Url.ToString(), _ => null } });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => lost.AskAsync("anyscale/m"));
        var reply = await found.AskAsync(new ChatCompletionRequest { Model = "anyscale/m", Messages = [Message.Developer("Be short."), Message.User("Hi")], MaxCompletionTokens = 9 });

        Assert.Contains("ANYSCALE_BASE_URL", error.Message, StringComparison.Ordinal);
        Assert.Contains("ended in August 2024", error.Message, StringComparison.Ordinal);
        Assert.Equal("Hello", reply.Text);
        Assert.Equal("""{"model":"m","messages":[{"role":"system","content":"Be short."},{"role":"user","content":"Hi"}],"max_tokens":9}""", server.Requests[0].Text);
    }
}
