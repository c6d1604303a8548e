using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Ranking over real HTTP: what is sent, what comes of the reply, and what is refused.</summary>
public sealed class RerankTests
{
    private const string Good = """{"id":"r1","model":"rerank-v3.5","results":[{"index":1,"relevance_score":0.25},{"index":0,"relevance_score":0.75,"document":{"text":"a","title":"A"},"note":1}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1},"warnings":["old"]},"region":"eu"}""";

    private static readonly Provider _house = new("house", "http://house.invalid/v2", Auth.None) { Rerank = new CohereRerank { RankFields = true, InstructionField = "instruction" } };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static RerankRequest Ask(params RerankDocument[] documents) => new() { Model = "house/rerank-v3.5", Query = "Which?", Documents = documents.Length > 0 ? documents : ["a", "b"] };

    [Fact]
    public async Task Every_option_is_sent_and_reads_back()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = ClientFor(server);
        var request = Ask("a", RerankDocument.FromFields("""{"title":"B","text":"b"}"""), RerankDocument.FromImage(Image.FromUrl("https://example.com/c.png"), "c")) with
        {
            TopN = 2, ReturnDocuments = true, RankFields = ["title", "text"], MaxTokensPerDoc = 512, Instruction = "The newest.", Extra = """{"truncate":"END"}""",
        };

        await client.Rerank.CreateAsync(request, null, Token);

        Assert.Equal(
            ("POST", "/rerank", """{"model":"rerank-v3.5","query":"Which?","documents":["a",{"title":"B","text":"b"},{"text":"c","image":"https://example.com/c.png"}],"top_n":2,"return_documents":true,"rank_fields":["title","text"],"max_tokens_per_doc":512,"instruction":"The newest.","truncate":"END"}"""),
            (server.Requests[0].Method, server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal(request.ToJson(), RerankRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())).ToJson());
        Assert.Contains("\n", request.ToIndentedJson(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_best_come_first_and_nothing_of_the_reply_is_lost()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = ClientFor(server);

        var reply = await client.Rerank.CreateAsync(Ask(), null, Token);

        Assert.Equal([(0, 0.75), (1, 0.25)], reply.Results.Select(result => (result.Index, result.RelevanceScore)));
        Assert.Equal(("r1", "rerank-v3.5", "house", "eu", 1.0, "old"), (reply.Id, reply.Model, reply.Provider, reply.Extra.GetString("region"), reply.Meta?.SearchUnits, reply.Meta?.Warnings[0]));
        Assert.Equal(("a", """{"text":"a","title":"A"}"""), (reply.Results[0].Document?.Text, reply.Results[0].Document?.ToString()));
        Assert.Equal("1", reply.Results[0].Extra["note"].ToString());
        Assert.Null(reply.Usage);
        Assert.Equal("""{"id":"r1","model":"rerank-v3.5","results":[{"index":0,"relevance_score":0.75,"document":{"text":"a","title":"A"},"note":1},{"index":1,"relevance_score":0.25}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1},"warnings":["old"]},"region":"eu"}""", reply.ToJson());
        Assert.Equal(reply.ToJson(), RerankResponse.Parse(Encoding.UTF8.GetBytes(reply.ToJson())).ToJson());
    }

    [Fact]
    public async Task What_a_service_does_not_do_itself_is_done_here()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"results":[{"index":2,"relevance_score":0.1},{"index":0,"relevance_score":-3},{"index":1,"relevance_score":7}]}"""));
        using var client = ClientFor(server);

        var reply = await client.Rerank.CreateAsync(Ask("a", RerankDocument.FromFields("""{"text":"b","n":1}"""), "c") with { TopN = 2, ReturnDocuments = true }, null, Token);

        Assert.Equal([(1, """{"text":"b","n":1}"""), (2, "c")], reply.Results.Select(result => (result.Index, result.Document!.ToString())));
        Assert.Equal("""{"index":1,"relevance_score":7,"document":{"text":"b","n":1}}""", JsonDocument.Parse(reply.ToJson()).RootElement.GetProperty("results")[0].GetRawText());
        Assert.Equal("rerank-v3.5", reply.Model);
    }

    [Fact]
    public async Task Results_of_one_score_keep_their_order()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"results":[{"index":1,"relevance_score":0.5},{"index":0,"relevance_score":0.5},{"index":2,"relevance_score":0.5}]}"""));
        using var client = ClientFor(server);

        Assert.Equal([1, 0, 2], (await client.Rerank.CreateAsync(Ask("a", "b", "c"), null, Token)).Results.Select(result => result.Index));
    }

    [Theory]
    [InlineData("""{"results":[{"index":2,"relevance_score":1}]}""", "a result names document 2, and 2 were given")]
    [InlineData("""{"results":[{"index":-1,"relevance_score":1}]}""", "a result names document -1, and 2 were given")]
    [InlineData("""{"results":[{"index":1,"relevance_score":1},{"index":1,"relevance_score":0.5}]}""", "a result names document 1, which another one names too")]
    [InlineData("""{"scores":[0.5]}""", "1 scores came, and 2 documents were given")]
    public async Task A_ranking_of_other_documents_than_were_given_is_an_error(string body, string told)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = ClientFor(server);

        var error = await Assert.ThrowsAsync<ServerException>(() => client.Rerank.CreateAsync(Ask(), null, Token));

        Assert.Contains(told, error.Message, StringComparison.Ordinal);
        Assert.Equal("house", error.Provider);
    }

    [Theory]
    [InlineData("""{"id":"1"}""")]
    [InlineData("""{"results":[{"index":0}]}""")]
    [InlineData("""{"results":[{"relevance_score":1}]}""")]
    [InlineData("""{"results":[],"error":{"message":"no"}}""")]
    [InlineData("""{"results":[{"index":0,"rel""")]
    [InlineData("7")]
    [InlineData("nothing")]
    public async Task A_good_status_without_a_ranking_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = ClientFor(server);

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Rerank.CreateAsync(Ask(), null, Token));
        Assert.ThrowsAny<LlmException>(() => client.Rerank.Create(Ask(), null, Token));
    }

    public static TheoryData<string, RerankRequest> Wrongs => new()
    {
        { "query", Ask() with { Query = "" } }, { "documents", Ask() with { Documents = [] } }, { "documents[1]", Ask() with { Documents = ["a", null!] } },
        { "top_n", Ask() with { TopN = 0 } }, { "max_tokens_per_doc", Ask() with { MaxTokensPerDoc = 0 } },
    };

    [Theory, MemberData(nameof(Wrongs))]
    public async Task What_cannot_be_ranked_is_refused_before_anything_is_sent(string param, RerankRequest request)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = ClientFor(server);

        Assert.Equal(param, (await Assert.ThrowsAsync<BadRequestException>(() => client.Rerank.CreateAsync(request, null, Token))).Param);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("{}", null)]
    [InlineData("""{"model":"m","documents":["a"]}""", "query")]
    [InlineData("""{"model":"m","query":"q"}""", "documents")]
    [InlineData("""{"model":"m","query":"q","documents":"a"}""", "documents")]
    [InlineData("""{"model":"m","query":"q","documents":["a",7]}""", "documents[1]")]
    [InlineData("""{"model":"m","query":"q","documents":["a"],"top_n":"3"}""", "top_n")]
    [InlineData("""{"model":"m","query":["q"],"documents":["a"]}""", "query")]
    public void A_request_of_the_wrong_shape_is_refused_by_its_place(string json, string? path)
    {
        var error = Assert.ThrowsAny<JsonException>(() => RerankRequest.Parse(Encoding.UTF8.GetBytes(json)));

        if (path is not null) Assert.Equal(path, error.Path);
    }

    [Fact]
    public async Task A_fallback_ranks_and_extra_members_of_the_call_are_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"bad\"", StringComparison.Ordinal) ? CannedReply.Json("{}", 503) : CannedReply.Json(Good));
        using var client = ClientFor(server);

        var reply = await client.Rerank.CreateAsync(Ask() with { Model = "house/bad" }, new() { Fallbacks = ["house/good"], ExtraBody = """{"priority":1}""" }, Token);

        Assert.Equal(2, reply.Attempts.Count);
        Assert.Contains("\"priority\":1", server.Requests[1].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_service_without_it_says_so_and_one_that_a_file_defines_has_it()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        using var client = new LlmClient(new() { Environment = static _ => null, Configuration = LlmConfiguration.Parse($"providers: {{house: {{base_url: \"{server.Url}\", key_required: false}}}}") });

        Assert.Equal(2, (await client.Rerank.CreateAsync(Ask(), null, Token)).Results.Count);
        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Rerank.CreateAsync(Ask() with { Model = "groq/m" }, null, Token));
        Assert.Contains("groq does not offer rerank", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_sandbox_ranks_by_words_and_always_alike()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        RerankDocument[] documents = ["Hi.", "A panda is a bear.", RerankDocument.FromFields("""{"title":"What is a bear","text":"no"}""")];
        var request = new RerankRequest { Model = "sandbox/rerank", Query = "What is a panda?", Documents = documents, TopN = 2, ReturnDocuments = true };

        var reply = await client.Rerank.CreateAsync(request, null, Token);

        Assert.Equal([(1, 0.75, "A panda is a bear."), (0, 0, "Hi.")], reply.Results.Select(result => (result.Index, result.RelevanceScore, result.Document!.Text!)));
        Assert.Equal(reply.ToJson(), client.Rerank.Create(request, null, Token).ToJson());
        Assert.Equal([1, 2, 0], (await client.Rerank.CreateAsync(request with { TopN = null, RankFields = ["title"] }, null, Token)).Results.Select(result => result.Index));
        Assert.Equal("documents", (await Assert.ThrowsAsync<BadRequestException>(() => client.Rerank.CreateAsync(request with { Extra = """{"documents":[]}""" }, null, Token))).Param);
        Assert.Equal(2, (await RerankResponse.CreateAsync("sandbox/rerank", "a", ["a", "b"], Token)).Results.Count);
        Assert.Equal(2, RerankResponse.Create("sandbox/rerank", "a", ["a", "b"], Token).Results.Count);
    }

    private static LlmClient ClientFor(ReplayServer server) => new(Calls.OptionsFor(server.Url, "house") with { Providers = [_house], ApiKeys = new Dictionary<string, string>() });
}
