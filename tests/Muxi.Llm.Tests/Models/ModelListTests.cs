namespace Muxi.Llm.Tests;

/// <summary>A service's list of models, as services write it, and one model of it.</summary>
public sealed class ModelListTests
{
    [Theory]
    [InlineData("""{"object":"list","data":[{"id":"a","created":5,"owned_by":"me"},{"id":"b"}]}""")]
    [InlineData("""[{"id":"a","created":5,"owned_by":"me"},{"id":"b","created":"yesterday","owned_by":""}]""")]
    [InlineData("""{"data":[7,{"name":"no id"},{"id":""},{"id":"a","created":5,"owned_by":"me"},{"id":"b","owned_by":null}],"has_more":true,"last_id":null}""")]
    [InlineData("""{"data":[{"type":"model","id":"a","created_at":"1970-01-01T00:00:05Z","owned_by":"me"},{"id":"b"}],"has_more":false,"first_id":"a","last_id":"b"}""")]
    [InlineData("""{"models":[{"id":"a","name":"A","created":5,"owned_by":"me"},{"id":"b","name":"B"}]}""")]
    [InlineData("""{"models":[{"name":"c","model":"c"}],"object":"list","data":[{"id":"a","created":5,"owned_by":"me"},{"id":"b"}]}""")]
    public async Task Every_usual_form_is_read(string body) =>
        Assert.Equal([("openai/a", 5, "me"), ("openai/b", null, null)], (await ReadAsync(await ReplayServer.StartAsync(1, CannedReply.Json(body)))).Select(model => (model.Name, model.Created, model.OwnedBy)));

    [Fact]
    public async Task A_service_that_gives_the_same_page_again_is_believed_once()
    {
        var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"id":"a"}],"has_more":true,"last_id":"a"}"""));

        Assert.Equal(["openai/a"], (await ReadAsync(server)).Select(model => model.Name));
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
    public async Task A_list_that_is_far_too_long_is_given_up()
    {
        var server = await ReplayServer.StartAsync(1, CannedReply.Json("[" + new string(' ', 17 << 20) + "]"));

        Assert.Equal("openai: the reply is longer than 16 MB", (await Assert.ThrowsAsync<ServerException>(() => ReadAsync(server))).Message);
    }

    [Theory]
    [InlineData("<html>no</html>", "openai: the list of models is not JSON")]
    [InlineData("""{"data":[{"id":"a"}""", "openai: the list of models is not JSON")]
    [InlineData("""{"models":["a"]}""", "openai: the list of models is not in OpenAI's form")]
    [InlineData("7", "openai: the list of models is not in OpenAI's form")]
    public async Task What_is_no_list_is_told_as_that(string body, string told)
    {
        var error = await Assert.ThrowsAsync<ServerException>(async () => await ReadAsync(await ReplayServer.StartAsync(1, CannedReply.Json(body))));

        Assert.Equal(told, error.Message);
    }

    [Fact]
    public async Task What_stands_behind_the_path_stays_there()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("/a/b", StringComparison.Ordinal) ? """{"id":"a/b"}""" : """{"data":[{"id":"a/b"}],"has_more":true,"last_id":"a/b"}"""));
        var provider = Providers.OpenAI with { Models = new OpenAIModels { Path = "models?type=chat" } };
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Providers = [provider] });

        await client.Models.ListAsync("openai", null, TestContext.Current.CancellationToken).CountAsync(TestContext.Current.CancellationToken);
        await client.Models.RetrieveAsync("openai/a/b", null, TestContext.Current.CancellationToken);

        Assert.Equal(["/models?type=chat", "/models?type=chat&limit=1000&after_id=a%2Fb", "/models/a/b?type=chat"], server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task Anthropics_pages_are_gone_through_and_its_models_read()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("after_id", StringComparison.Ordinal)
            ? """{"data":[{"type":"model","id":"claude-b","display_name":"Claude B","created_at":"2024-03-07T00:00:00Z"}],"has_more":false,"first_id":"claude-b","last_id":"claude-b"}"""
            : """{"data":[{"type":"model","id":"claude-a","display_name":"Claude A","created_at":"2025-02-19T00:00:00Z","max_tokens":64000}],"has_more":true,"first_id":"claude-a","last_id":"claude-a"}"""));
        using var client = Calls.ClientFor(server.Url, "anthropic");

        var models = await client.Models.ListAsync("anthropic", null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        var page = await client.Models.ListPageAsync("anthropic", null, null, TestContext.Current.CancellationToken);

        Assert.Equal([("anthropic/claude-a", "Claude A", 1739923200L), ("anthropic/claude-b", "Claude B", 1709769600)], models.Select(model => (model.Name, model.DisplayName, model.Created ?? 0)));
        Assert.Equal("""{"max_tokens":64000}""", models[0].Extra.ToString());
        Assert.Equal((true, "claude-a", "claude-a", "anthropic"), (page.HasMore, page.LastId, page.FirstId, page.Provider));
        Assert.Equal(["/models", "/models?limit=1000&after_id=claude-a", "/models"], server.Requests.Select(request => request.Target));
        Assert.All(server.Requests, request => Assert.Equal("2023-06-01", request.Headers["anthropic-version"]));
    }

    [Fact]
    public async Task One_model_is_asked_for_by_its_own_id_and_keeps_what_we_do_not_know()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"ft:gpt:me::1","object":"model","created":9,"owned_by":"me","shutdown_date":"2027-01-01"}"""));
        using var client = Calls.ClientFor(server.Url);

        var model = await client.Models.RetrieveAsync("openai/ft:gpt:me::1", null, TestContext.Current.CancellationToken);

        Assert.Equal(("openai/ft:gpt:me::1", 9L, "2027-01-01"), (model.Name, model.Created ?? 0, model.Extra.GetString("shutdown_date")));
        Assert.Equal("/models/ft%3Agpt%3Ame%3A%3A1", Assert.Single(server.Requests).Target);
        Assert.Equal("""{"id":"ft:gpt:me::1","object":"model","created":9,"owned_by":"me","shutdown_date":"2027-01-01"}""", model.ToJson());
    }

    [Theory]
    [InlineData("openai/../files")]
    [InlineData("openai/a//b")]
    public async Task A_name_that_would_be_another_path_is_refused_before_it_is_sent(string name)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Models.RetrieveAsync(name, null, TestContext.Current.CancellationToken));

        Assert.Equal("model", error.Param);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_model_that_is_not_there_and_a_service_without_a_list_are_told()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"The model 'x' does not exist","type":"invalid_request_error","param":"model","code":"model_not_found"}}""", 404));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAsync<NotFoundException>(() => client.Models.RetrieveAsync("openai/x", null, TestContext.Current.CancellationToken));
        using var other = Calls.ClientFor(server.Url, "minimax");
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => other.Models.ListPageAsync("minimax", null, null, TestContext.Current.CancellationToken));
        Assert.Throws<UnsupportedFeatureException>(() => other.Models.List("minimax", null, TestContext.Current.CancellationToken).ToList());
    }

    private static async Task<IReadOnlyList<Model>> ReadAsync(ReplayServer server)
    {
        await using (server)
        {
            using var client = new LlmClient(Calls.OptionsFor(server.Url));
            return await client.Models.ListAsync("openai", null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);
        }
    }
}
