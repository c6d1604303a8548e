namespace Muxi.Llm.Tests;

/// <summary>A service's list of models, as services write it.</summary>
public sealed class ModelListReaderTests
{
    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"a","created":5,"owned_by":"me"},{"id":"b"}]}""")]
    [InlineData("""[{"id":"a","created":5,"owned_by":"me"},{"id":"b","created":"yesterday","owned_by":""}]""")]
    [InlineData("""{"data":[7,{"name":"no id"},{"id":""},{"id":"a","created":5,"owned_by":"me"},{"id":"b","owned_by":null}],"has_more":true,"last_id":null}""")]
    public async Task Every_usual_form_is_read(string body) =>
        Assert.Equal([new("openai/a", 5, "me"), new("openai/b", null, null)], await ReadAsync(await ReplayServer.StartAsync(1, CannedReply.Json(body))));

    [Fact]
    public async Task A_service_that_gives_the_same_page_again_is_believed_once()
    {
        var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"""));

        Assert.Equal([new("openai/a", null, null)], await ReadAsync(server));
        Assert.Equal(2, server.Requests.Count);
    }

    [Fact]
    public async Task A_service_that_never_comes_to_an_end_is_given_up()
    {
        var page = 0;
        var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json($$"""{"data":[],"has_more":true,"last_id":"{{Interlocked.Increment(ref page)}}"}"""));

        var error = await Assert.ThrowsAsync<ServerException>(() => ReadAsync(server));

        Assert.Equal(("openai: the list of models does not end", 100), (error.Message, server.Requests.Count));
    }

    [Fact]
    public async Task What_stands_behind_the_path_stays_there()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"id":"a/b"}],"has_more":true,"last_id":"a/b"}"""));
        using var client = new LlmClient(Calls.OptionsFor(server.Url));
        var provider = client.Targets.Provider("openai") with { ModelsPath = "models?type=chat" };

        await new ModelListReader(client, provider, new()).ReadAsync(TestContext.Current.CancellationToken);

        Assert.Equal(["/models?type=chat", "/models?type=chat&limit=1000&after_id=a%2Fb"], server.Requests.Select(request => request.Target));
    }

    private static async Task<IReadOnlyList<ListedModel>> ReadAsync(ReplayServer server)
    {
        await using (server)
        {
            using var client = new LlmClient(Calls.OptionsFor(server.Url));
            return await new ModelListReader(client, client.Targets.Provider("openai"), new()).ReadAsync(TestContext.Current.CancellationToken);
        }
    }
}
