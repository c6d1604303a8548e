using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The file that shows how a service of one's own is written down asks it as it wants to be asked.</summary>
public sealed class OwnProviderExampleTests
{
    private static readonly string _file = Repo.PathTo("examples", "own-provider.yaml");

    [Fact]
    public void It_says_where_the_service_is_and_which_variable_holds_the_key()
    {
        var provider = Assert.Single(LlmConfiguration.Load(_file).Providers);

        Assert.Equal(("parasail", "https://api.parasail.io/v1"), (provider.Name, provider.BaseUrl));
        Assert.Equal(["PARASAIL_API_KEY"], provider.KeyVariables);
        Assert.Equal(["chat"], Operations.Of(provider));
    }

    [Fact]
    public async Task A_call_has_its_path_its_key_and_its_body()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"ok"},"finish_reason":"stop"}]}"""));
        // The same file, but for the host.
        var yaml = (await File.ReadAllTextAsync(_file, TestContext.Current.CancellationToken)).Replace("https://api.parasail.io", server.Url.ToString().TrimEnd('/'), StringComparison.Ordinal);
        using var client = new LlmClient(new LlmOptions
        {
            Configuration = LlmConfiguration.Parse(yaml, "own-provider.yaml"), Environment = static name => name == "PARASAIL_API_KEY" ? "key-of-the-test" : null, Retries = Calls.Once,
        });

        var reply = await client.Chat.Completions.CreateAsync(new() { Model = "parasail/parasail-llama-33-70b-fp8", Messages = [Message.User("Hi")], Store = true, MaxTokens = 9 }, null, TestContext.Current.CancellationToken);

        var asked = Assert.Single(server.Requests);
        Assert.Equal("ok", reply.Text);
        Assert.Equal(("POST", "/v1/chat/completions", "Bearer key-of-the-test"), (asked.Method, asked.Target, asked.Headers["Authorization"]));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"model":"parasail-llama-33-70b-fp8","messages":[{"role":"user","content":"Hi"}],"max_tokens":9}"""), JsonNode.Parse(asked.Body)), System.Text.Encoding.UTF8.GetString(asked.Body));
    }
}
