using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The form in which each service takes a ranking and gives it, after its own page; hand-written where nothing was recorded.</summary>
public sealed class RerankFormTests
{
    /// <summary>Hugging Face's Text Embeddings Inference, which no provider stands for yet: its form is a matter of quirks.</summary>
    private static readonly Provider _inference = new("inference", "http://inference.invalid", Auth.None)
    {
        Rerank = new CohereRerank { ModelInBody = false, DocumentsField = "texts", DocumentForm = RerankDocumentForm.Text, TopField = null, ReturnField = "return_text", MaxTokensField = null },
    };

    [Theory]
    [InlineData("""{"scores":[1e999,-1e999]}""")]
    [InlineData("""{"results":[{"index":0,"relevance_score":1e999},{"index":1,"score":0}],"meta":{"billed_units":{"search_units":1e999},"warnings":["cut \ud83d",7]}}""")]
    [InlineData("""{"results":[{"index":2147483647,"relevance_score":1,"document":{"text":"cut \ud83d"}}],"usage":{"search_units":1e999}}""")]
    public void A_reply_with_numbers_and_texts_beyond_all_measure_can_be_read_and_written(string reply)
    {
        var read = new CohereRerank().Parse(new(200, System.Text.Encoding.UTF8.GetBytes(reply)), new("house", "m", "request-of-the-test", DateTimeOffset.UnixEpoch));

        Assert.All(read.Results, static result => Assert.True(double.IsFinite(result.RelevanceScore)));
        Assert.NotNull(JsonNode.Parse(read.ToJson()));
    }

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Provider, model, what is asked for, the path and body that its page shows, and a reply that it shows.</summary>
    public static TheoryData<string, string, string, string, string, string> Forms => new()
    {
        {
            "together", "Salesforce/Llama-Rank-v1", """{"top_n":2,"return_documents":false}""", "/rerank",
            """{"model":"Salesforce/Llama-Rank-v1","query":"q","documents":["a","b"],"top_n":2,"return_documents":false}""",
            """{"object":"rerank","id":"1","model":"m","results":[{"index":1,"relevance_score":0.9,"document":{}},{"index":0,"relevance_score":0.1,"document":{}}],"usage":{"prompt_tokens":5,"completion_tokens":0,"total_tokens":5}}"""
        },
        {
            "fireworks", "qwen3-reranker-8b", """{"top_n":2,"return_documents":true}""", "/rerank",
            """{"model":"accounts/fireworks/models/qwen3-reranker-8b","query":"q","documents":["a","b"],"top_n":2,"return_documents":true}""",
            """{"object":"list","model":"m","data":[{"index":1,"relevance_score":0.9,"document":"b"},{"index":0,"relevance_score":0.1,"document":"a"}],"usage":{"prompt_tokens":5,"total_tokens":5,"completion_tokens":0}}"""
        },
        {
            "deepinfra", "Qwen/Qwen3-Reranker-8B", """{"top_n":2,"instruction":"i","service_tier":"default"}""", "/v1/inference/Qwen/Qwen3-Reranker-8B",
            """{"queries":["q","q"],"documents":["a","b"],"instruction":"i","service_tier":"default"}""",
            """{"scores":[0.1,0.9],"input_tokens":5,"request_id":"1","inference_status":{"status":"succeeded","runtime_ms":3,"cost":0.1}}"""
        },
        {
            "nvidia", "nvidia/llama-3.2-nv-rerankqa-1b-v2", """{"top_n":2,"truncate":"END"}""", "/ranking",
            """{"model":"nvidia/llama-3.2-nv-rerankqa-1b-v2","query":{"text":"q"},"passages":[{"text":"a"},{"text":"b"}],"truncate":"END"}""",
            """{"rankings":[{"index":1,"logit":0.9},{"index":0,"logit":0.1}],"usage":{"prompt_tokens":5,"total_tokens":5}}"""
        },
        {
            "openrouter", "cohere/rerank-v3.5", """{"top_n":2,"provider":{"allow_fallbacks":true}}""", "/rerank",
            """{"model":"cohere/rerank-v3.5","query":"q","documents":["a","b"],"top_n":2,"provider":{"allow_fallbacks":true}}""",
            """{"id":"1","model":"m","provider":"Cohere","results":[{"document":{"text":"b"},"index":1,"relevance_score":0.9},{"document":{"text":"a"},"index":0,"relevance_score":0.1}],"usage":{"cost":0.001,"search_units":1,"total_tokens":5}}"""
        },
        {
            "voyage", "rerank-2.5", """{"top_n":2,"truncation":true}""", "/rerank", """{"model":"rerank-2.5","query":"q","documents":["a","b"],"top_k":2,"truncation":true}""",
            """{"object":"list","data":[{"relevance_score":0.9,"index":1},{"relevance_score":0.1,"index":0}],"model":"m","usage":{"total_tokens":5}}"""
        },
        {
            "jina", "jina-reranker-m0", """{"top_n":2,"return_documents":false}""", "/rerank", """{"model":"jina-reranker-m0","query":"q","documents":["a","b"],"top_n":2,"return_documents":false}""",
            """{"model":"m","object":"list","usage":{"total_tokens":5},"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]}"""
        },
        {
            "vllm", "BAAI/bge-reranker-base", """{"top_n":2,"return_documents":true,"truncate_prompt_tokens":9}""", "/rerank",
            """{"model":"BAAI/bge-reranker-base","query":"q","documents":["a","b"],"top_n":2,"truncate_prompt_tokens":9}""",
            """{"id":"1","model":"m","usage":{"total_tokens":5},"results":[{"index":1,"document":{"text":"b"},"relevance_score":0.9},{"index":0,"document":{"text":"a"},"relevance_score":0.1}]}"""
        },
        {
            "llama_cpp", "bge", """{"top_n":2}""", "/rerank", """{"model":"bge","query":"q","documents":["a","b"],"top_n":2}""",
            """{"model":"m","object":"list","usage":{"prompt_tokens":5,"total_tokens":5},"results":[{"index":0,"relevance_score":0.1},{"index":1,"relevance_score":0.9}]}"""
        },
        {
            "sglang", "BAAI/bge-reranker-v2-m3", """{"top_n":2,"instruction":"i","return_documents":true}""", "/rerank",
            """{"model":"BAAI/bge-reranker-v2-m3","query":"q","documents":["a","b"],"top_n":2,"return_documents":true,"instruct":"i"}""",
            """[{"score":0.9,"document":"b","index":1,"meta_info":{"prompt_tokens":3}},{"score":0.1,"document":"a","index":0,"meta_info":null}]"""
        },
        {
            "localai", "jina-reranker-v1-base-en", """{"top_n":2}""", "/rerank", """{"model":"jina-reranker-v1-base-en","query":"q","documents":["a","b"],"top_n":2}""",
            """{"model":"m","usage":{"total_tokens":5,"prompt_tokens":5},"results":[{"index":1,"document":{"text":"b"},"relevance_score":0.9},{"index":0,"document":{"text":"a"},"relevance_score":0.1}]}"""
        },
        {
            "bedrock", "cohere.rerank-v3-5:0", """{"top_n":2,"max_tokens_per_doc":9}""", "/model/cohere.rerank-v3-5%3A0/invoke", """{"query":"q","documents":["a","b"],"api_version":2,"top_n":2,"max_tokens_per_doc":9}""",
            """{"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]}"""
        },
        {
            "bedrock", "amazon.rerank-v1:0", """{"top_n":2}""", "/model/amazon.rerank-v1%3A0/invoke", """{"query":"q","documents":["a","b"],"top_n":2}""",
            """{"results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]}"""
        },
        {
            "inference", "any", """{"top_n":2,"return_documents":true,"raw_scores":false}""", "/rerank", """{"query":"q","texts":["a","b"],"return_text":true,"raw_scores":false}""",
            """[{"index":1,"text":"b","score":0.9},{"index":0,"text":"a","score":0.1}]"""
        },
    };

    [Theory, MemberData(nameof(Forms))]
    public async Task Each_service_is_asked_in_its_form_and_read(string provider, string model, string options, string path, string body, string reply)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(reply));
        // Below a path, as a base URL has one: DeepInfra's rerankers are beside it.
        var url = provider == "deepinfra" ? new Uri(server.Url, "v1/openai") : server.Url;
        using var client = new LlmClient(Calls.OptionsFor(url, provider) with { Providers = [_inference] });
        var asked = JsonNode.Parse(options)!.AsObject();
        (asked["model"], asked["query"], asked["documents"]) = ($"{provider}/{model}", "q", new JsonArray("a", "b"));

        var ranking = await client.Rerank.CreateAsync(RerankRequest.Parse(System.Text.Encoding.UTF8.GetBytes(asked.ToJsonString())), null, Token);

        Assert.Equal(path, server.Requests[0].Target);
        JsonComparison.Same("the body", JsonNode.Parse(body), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal([(1, 0.9), (0, 0.1)], ranking.Results.Select(result => (result.Index, result.RelevanceScore)));
        Assert.Empty(ranking.Warnings);
        if (asked["return_documents"]?.GetValue<bool>() == true) Assert.Equal(["b", "a"], ranking.Results.Select(result => result.Document!.Text));
        if (reply.Contains("tokens\":5", StringComparison.Ordinal)) Assert.Equal(5, ranking.Usage?.TotalTokens);
    }

    public static TheoryData<string, string, string> Documents => new()
    {
        { "voyage", """{"title":"Bears","text":"A panda","year":7}""", "\"title: Bears\\ntext: A panda\\nyear: 7\"" },
        { "voyage", """{"text":"A panda"}""", "\"A panda\"" },
        { "jina", """{"image":"https://example.com/a.png"}""", """{"image":"https://example.com/a.png"}""" },
        { "nvidia", """{"text":"A panda","image":"data:image/png;base64,AA=="}""", """{"text":"A panda","image":"data:image/png;base64,AA=="}""" },
        { "vllm", """{"text":"A panda","image":"https://example.com/a.png"}""", """{"content":[{"type":"text","text":"A panda"},{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]}""" },
        { "vllm", """{"content":[{"type":"text","text":"a"}]}""", """{"content":[{"type":"text","text":"a"}]}""" },
        { "sglang", """{"image":"https://example.com/a.png"}""", """[{"type":"image_url","image_url":{"url":"https://example.com/a.png"}}]""" },
        { "sglang", """[{"type":"text","text":"a"}]""", """[{"type":"text","text":"a"}]""" },
    };

    [Theory, MemberData(nameof(Documents))]
    public async Task A_document_that_is_no_text_goes_as_the_service_takes_it(string provider, string document, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"results":[{"index":0,"relevance_score":1}]}"""));
        using var client = Calls.ClientFor(server.Url, provider);

        var reply = await client.Rerank.CreateAsync(new() { Model = $"{provider}/m", Query = "q", Documents = [RerankDocument.FromFields(document)] }, null, Token);

        var body = JsonNode.Parse(server.Requests[0].Text)!;
        Assert.Equal(JsonNode.Parse(sent)!.ToJsonString(), (body["documents"] ?? body["passages"])![0]!.ToJsonString());
        Assert.Equal(sent.StartsWith("\"title", StringComparison.Ordinal), reply.Warnings.Count > 0);
    }

    [Fact]
    public async Task Fields_are_told_as_lines_where_the_service_takes_none_and_pictures_are_refused_there()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"index":0,"relevance_score":1}]}"""));
        using var client = Calls.ClientFor(server.Url, "voyage");
        var request = new RerankRequest { Model = "voyage/m", Query = "q", Documents = [RerankDocument.FromFields("""{"a":"1","b":"2","c":"3"}""")], RankFields = ["c", "a", "d"], MaxTokensPerDoc = 7, Instruction = "i" };

        var reply = await client.Rerank.CreateAsync(request, null, Token);

        Assert.Equal("""{"model":"m","query":"q","documents":["c: 3\na: 1"]}""", server.Requests[0].Text);
        Assert.Equal(["documents", "max_tokens_per_doc", "instruction"], reply.Warnings.Select(warning => warning.Param));
        var refused = await Assert.ThrowsAsync<BadRequestException>(() => client.Rerank.CreateAsync(request with { Documents = ["a", RerankDocument.FromImage(Image.FromUrl("https://example.com/a.png"))] }, null, Token));
        Assert.Equal("documents[1]", refused.Param);
    }

    [Theory]
    [InlineData("deepinfra/Qwen/../../x")]
    [InlineData("bedrock/../x")]
    [InlineData("bedrock/..")]
    public async Task A_models_name_leads_nowhere_else(string model)
    {
        using var seen = new SeenCall("""{"results":[],"scores":[1]}""");
        using var client = new LlmClient(new() { Handler = seen, Environment = static name => name switch { "AWS_REGION" => "here-1", "BEDROCK_API_KEY" or "DEEPINFRA_API_KEY" => "the-key", _ => null }, Retries = Calls.Once });
        var request = new RerankRequest { Model = model, Query = "q", Documents = ["a"] };

        if (model == "bedrock/../x") Assert.Equal("/model/..%2Fx/invoke", await UrlOf(request));
        else await Assert.ThrowsAsync<BadRequestException>(() => client.Rerank.CreateAsync(request, null, Token));

        async Task<string> UrlOf(RerankRequest asked)
        {
            await client.Rerank.CreateAsync(asked, null, Token);
            return new Uri(seen.Url!).AbsolutePath;
        }
    }

    [Theory]
    [InlineData("https://ai.api.nvidia.com/v1/retrieval/nvidia/llama-3_2-nv-rerankqa-1b-v2/reranking", "nvidia/nvidia/llama-3.2-nv-rerankqa-1b-v2")]
    [InlineData("https://api.deepinfra.com/v1/inference/Qwen/Qwen3-Reranker-0.6B", "deepinfra/Qwen/Qwen3-Reranker-0.6B")]
    public async Task Models_that_rank_at_another_address_are_asked_there_with_the_services_key(string url, string model)
    {
        using var seen = new SeenCall("""{"rankings":[{"index":0,"logit":1}],"scores":[1]}""");
        using var client = new LlmClient(new() { Handler = seen, Environment = static name => name is "NVIDIA_API_KEY" or "DEEPINFRA_API_KEY" ? "the-key" : null, Retries = Calls.Once });

        await client.Rerank.CreateAsync(new() { Model = model, Query = "q", Documents = ["a"] }, null, Token);

        Assert.Equal((url, "Bearer the-key"), (seen.Url, seen.Authorization));
    }
}
