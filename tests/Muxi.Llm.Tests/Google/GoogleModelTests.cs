namespace Muxi.Llm.Tests;

/// <summary>Google's lists of models: page by page, names without their collection, limits kept.</summary>
public sealed class GoogleModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_pages_are_listed_and_names_are_bare()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("pageToken=a%2Fb", StringComparison.Ordinal)
            ? """{"models":[{"name":"models/two"},{"name":"tunedModels/three"},{"name":""},{"displayName":"none"}]}""" : $$"""{"models":[{{GoogleWire.Model}}],"nextPageToken":"a/b"}"""));
        using var client = GoogleWire.Client(server.Url);

        var models = await client.Models.ListAsync("gemini", null, Token).ToListAsync(Token);

        Assert.Equal(["gemini-2.5-flash", "two", "tunedModels/three"], models.Select(one => one.Id));
        Assert.Equal(("gemini/gemini-2.5-flash", "Gemini 2.5 Flash", null), (models[0].Name, models[0].DisplayName, models[0].Created));
        Assert.Equal("1048576 65536", $"{models[0].Extra["inputTokenLimit"]} {models[0].Extra["outputTokenLimit"]}");
        Assert.Equal(["/v1beta/models?pageSize=1000", "/v1beta/models?pageSize=1000&pageToken=a%2Fb"], server.Requests.Select(one => one.Target));
    }

    [Theory, InlineData("gemini/gemini-2.5-flash"), InlineData("gemini/models/gemini-2.5-flash")]
    public async Task One_is_looked_at(string name)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.Model));
        using var client = GoogleWire.Client(server.Url);

        Assert.Equal("gemini-2.5-flash", (await client.Models.RetrieveAsync(name, null, Token)).Id);
        Assert.Equal("/v1beta/models/gemini-2.5-flash", Assert.Single(server.Requests).Target);
    }

    [Fact]
    public async Task Vertex_lists_its_publishers_models_beside_the_projects()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"publisherModels":[{"name":"publishers/google/models/gemini-2.5-pro","versionId":"default","launchStage":"GA"}]}"""));
        using var client = GoogleWire.Client(server.Url, "vertexai");

        var model = Assert.Single(await client.Models.ListAsync("vertexai", null, Token).ToListAsync(Token));

        Assert.Equal(("gemini-2.5-pro", "\"GA\""), (model.Id, model.Extra["launchStage"].ToString()));
        Assert.Equal("/v1beta1/publishers/google/models?pageSize=1000", server.Requests[0].Target);
    }

    [Theory]
    [InlineData("{}", 0)]
    [InlineData("""{"models":null}""", 0)]
    [InlineData("""{"models":[null,3,{"name":"models/a"}]}""", 1)]
    [InlineData("[]", null)]
    [InlineData("<html>", null)]
    [InlineData("""{"error":{"code":500,"message":"no"}}""", null)]
    public async Task An_empty_list_is_one_and_an_error_is_none(string body, int? count)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = GoogleWire.Client(server.Url);

        if (count is { } expected) Assert.Equal(expected, (await client.Models.ListPageAsync("gemini", null, null, Token)).Data.Count);
        else await Assert.ThrowsAnyAsync<ApiException>(() => client.Models.ListPageAsync("gemini", null, null, Token));
    }
}
