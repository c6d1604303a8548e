namespace Muxi.Llm.Tests;

/// <summary>The models of a server of one's own: listed, looked at, brought, deleted, and those in memory.</summary>
public sealed class OllamaModelsTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task They_are_listed_and_looked_at()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");

        var listed = await client.Models.ListAsync("ollama", null, Token).ToListAsync(Token);
        var shown = await client.Models.RetrieveAsync("ollama/qwen3:4b", null, Token);

        Assert.Equal([("ollama/qwen3:4b", 1785898695L), ("ollama/llama3.2:latest", 1767225600)], listed.Select(model => (model.Name, model.Created ?? 0)));
        Assert.Equal("""{"size":2620788260,"digest":"359d7dd4bcda","details":{"family":"qwen3","parameter_size":"4.0B"}}""", listed[0].Extra.ToString());
        Assert.Equal(("ollama/qwen3:4b", 1767225600L, """["completion","tools"]"""), (shown.Name, shown.Created, shown.Extra["capabilities"].ToString()));
    }

    [Fact]
    public async Task Those_in_memory_and_the_version_are_told()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");

        var running = Assert.Single((await client.Models.ListRunningAsync("ollama", null, Token)).Data);
        var version = await client.Models.VersionAsync("ollama", null, Token);

        Assert.Equal(("ollama/qwen3:4b", 6654289920L, 6654289920L, 4096L, 1785873795L), (running.Name, running.Size, running.SizeVram, running.ContextLength, running.ExpiresAt));
        Assert.Equal(("0.33.2", "ollama"), (version.Version, version.Provider));
    }

    [Theory, InlineData("""{"models":null}"""), InlineData("""{"models":[]}"""), InlineData("""{"models":[7,{"name":""},{}]}""")]
    public async Task A_server_without_any_has_none(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, "ollama");

        Assert.Empty((await client.Models.ListRunningAsync("ollama", null, Token)).Data);
        Assert.Equal(0, await client.Models.ListAsync("ollama", null, Token).CountAsync(Token));
    }

    [Fact]
    public async Task One_is_brought_with_every_progress()
    {
        await using var server = await ReplayServer.StartAsync(7, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");

        var progress = await client.Models.PullAsync("ollama/qwen3:4b", new() { ExtraBody = """{"insecure":true}""" }, Token).ToListAsync(Token);

        Assert.Equal(
            ["pulling manifest", "pulling 359d7dd4bcda 700/2100", "pulling 359d7dd4bcda 2100/2100", "verifying sha256 digest", "writing manifest", "success"],
            progress.Select(one => one.Status + (one.Total is { } total ? $" {one.Completed}/{total}" : "")));
        Assert.Equal((true, "ollama", "sha256:359d7dd4bcda"), (progress[^1].IsDone, progress[^1].Provider, progress[1].Digest));
        Assert.Equal("""{"model":"qwen3:4b","insecure":true,"stream":true}""", server.Requests.Single().Text);
    }

    [Theory]
    [InlineData("pull model manifest: file does not exist")]
    // What is said of it is not to pull it.
    [InlineData("model 'no-such' not found")]
    public async Task One_that_is_nowhere_is_not_found(string told)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.JsonLines($$"""{"status":"pulling manifest"}{{'\n'}}{"error":"{{told}}"}{{'\n'}}"""));
        using var client = Calls.ClientFor(server.Url, "ollama");

        var error = await Assert.ThrowsAsync<NotFoundException>(async () => await client.Models.PullAsync("ollama/no-such", null, Token).CountAsync(Token));

        Assert.Equal($"ollama: {told}", error.Message);
    }

    [Theory]
    [InlineData("{\"status\":\"pulling a\",\"total\":9}\n{\"error\":\"disk full\"}\n", "the stream broke off: ollama: disk full")]
    [InlineData("{\"status\":\"pulling a\",\"total\":9}\n", "ollama: the stream was cut: it ended before the model was there")]
    public async Task A_transfer_that_breaks_off_says_how_far_it_was(string body, string told)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.JsonLines(body));
        using var client = Calls.ClientFor(server.Url, "ollama");

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(async () => await client.Models.PullAsync("ollama/m", null, Token).CountAsync(Token));

        Assert.Equal((told, "pulling a"), (error.Message, Assert.IsType<ModelPullProgress>(error.Partial).Status));
    }

    [Fact]
    public async Task One_is_deleted_and_one_that_is_not_there_is_not_found()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("gone", StringComparison.Ordinal) ? CannedReply.Json("""{"error":"model 'gone' not found"}""", 404) : OllamaServer.Answer(request));
        using var client = Calls.ClientFor(server.Url, "ollama");

        var deleted = await client.Models.DeleteAsync("ollama/hf.co/org/m:q4", null, Token);
        await Assert.ThrowsAsync<NotFoundException>(() => client.Models.DeleteAsync("ollama/gone", null, Token));

        Assert.Equal(("hf.co/org/m:q4", true, "model"), (deleted.Id, deleted.Deleted, deleted.Object));
        Assert.Equal(("DELETE", "/api/delete", """{"model":"hf.co/org/m:q4"}"""), (server.Requests[0].Method, server.Requests[0].Target, server.Requests[0].Text));
    }

    [Theory]
    [InlineData("""{"id":"ft:gpt-4o:me","object":"model","deleted":true}""", true)]
    [InlineData("""{"id":"ft:gpt-4o:me","object":"model","deleted":false}""", false)]
    [InlineData("", true)]
    public async Task A_fine_tuned_model_of_OpenAIs_is_deleted(string body, bool isGone)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url);

        var deleted = await client.Models.DeleteAsync("openai/ft:gpt-4o:me", null, Token);

        Assert.Equal(("ft:gpt-4o:me", isGone), (deleted.Id, deleted.Deleted));
        Assert.Equal(("DELETE", "/models/ft%3Agpt-4o%3Ame"), (server.Requests[0].Method, server.Requests[0].Target));
    }

    [Fact]
    public async Task What_a_service_does_not_offer_is_told_before_anything_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(async () => await client.Models.PullAsync("openai/m", null, Token).CountAsync(Token));
        Assert.StartsWith("openai does not offer pulling models", error.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Models.ListRunningAsync("openai", null, Token));
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Models.VersionAsync("openai", null, Token));
        Assert.Empty(server.Requests);
    }
}
