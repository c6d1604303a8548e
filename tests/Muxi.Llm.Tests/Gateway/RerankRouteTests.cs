using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The server's two paths for ranking, which differ in the shape of their errors.</summary>
public sealed class RerankRouteTests
{
    private const string Good = """{"id":"1","results":[{"index":0,"relevance_score":0.1},{"index":1,"relevance_score":0.9,"vendor":1}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}},"x":[2]}""";

    [Theory]
    [InlineData("/v1/rerank")]
    [InlineData("/v2/rerank")]
    public async Task Both_rank_in_Coheres_form_and_say_who_ranked(string path)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, path, """{"model":"sandbox/rerank","query":"a panda","documents":["hi","a panda"],"top_n":1,"return_documents":true}""");

        Assert.Equal(("sandbox", "rerank"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-model")));
        var body = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!;
        Assert.Equal("""[{"index":1,"relevance_score":1,"document":{"text":"a panda"}}]""", body["results"]!.ToJsonString());
    }

    [Fact]
    public async Task Unknown_members_reach_the_upstream_and_come_back_and_ours_stay_here()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "voyage"));

        var (status, reply) = await served.SendAsync(HttpMethod.Post, "/v2/rerank", """{"model":"voyage/m","query":"q","documents":["a","b"],"truncation":false,"fallbacks":["voyage/other"]}""").JsonAsync();

        Assert.Equal(200, status);
        Assert.Equal("""{"id":"1","model":"m","results":[{"index":1,"relevance_score":0.9,"vendor":1},{"index":0,"relevance_score":0.1}],"meta":{"api_version":{"version":"2"},"billed_units":{"search_units":1}},"x":[2]}""", reply.ToJsonString());
        Assert.Equal("""{"model":"m","query":"q","documents":["a","b"],"truncation":false}""", upstream.Requests[0].Text);
    }

    [Theory]
    [InlineData("""{"query":"q","documents":["a"]}""", 400)]
    [InlineData("""{"model":"sandbox/rerank","query":"q","documents":[]}""", 400)]
    [InlineData("""{"model":"sandbox/rerank","query":"q","documents":["a"],"top_n":0}""", 400)]
    [InlineData("""{"model":"nobody/m","query":"q","documents":["a"]}""", 404)]
    [InlineData("""{"model":"sandbox/rate-limit","query":"q","documents":["a"]}""", 429)]
    [InlineData("{", 400)]
    public async Task A_refusal_has_the_shape_of_its_path(string body, int status)
    {
        await using var served = await Served.SandboxAsync();

        var (first, openai) = await served.SendAsync(HttpMethod.Post, "/v1/rerank", body).JsonAsync();
        var (second, cohere) = await served.SendAsync(HttpMethod.Post, "/v2/rerank", body).JsonAsync();

        Assert.Equal((status, status), (first, second));
        Assert.Equal(["message", "type", "param", "code"], openai["error"]!.AsObject().Select(member => member.Key));
        Assert.Equal(["message"], cohere.AsObject().Select(member => member.Key));
        Assert.Equal((string?)openai["error"]!["message"], (string?)cohere["message"]);
    }
}
