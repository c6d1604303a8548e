using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Embeddings;
using OpenAI.Models;
using OpenAI.Moderations;

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own clients, of JavaScript and .NET, ask the server for completions, embeddings, moderations and models as if it were OpenAI.</summary>
public sealed class TextSdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("complete", "sandbox/echo", """{"object":"text_completion","text":"OnceOnce","finish":"stop","tokens":2,"top":2,"second":1,"total":3}""")]
    [InlineData("prompts", "sandbox/echo", """{"choices":[2,1,2]}""")]
    [InlineData("completeStream", "sandbox/chat", """{"same":true,"finish":true,"usage":true,"several":true}""")]
    [InlineData("completeWithoutUsage", "sandbox/chat", """{"usage":0}""")]
    [InlineData("embed", "sandbox/embed", """{"same":true,"raw":"string","dimensions":4,"indexes":[0,1],"object":"list","tokens":3}""")]
    [InlineData("embedTokens", "sandbox/embed", """{"counts":[1,2,1],"dimensions":1536}""")]
    [InlineData("moderate", "sandbox/moderate", """{"violence":true,"sure":true,"types":["text","image"],"flagged":[false,true],"categories":13}""")]
    [InlineData("error", "sandbox/rate-limit", """{"complete":"RateLimitError 429 rate_limit_exceeded","embed":"RateLimitError 429 rate_limit_exceeded","moderate":"RateLimitError 429 rate_limit_exceeded"}""")]
    [InlineData("error", "sandbox/auth", """{"complete":"AuthenticationError 401 invalid_api_key","embed":"AuthenticationError 401 invalid_api_key","moderate":"AuthenticationError 401 invalid_api_key"}""")]
    [InlineData("error", "nobody/m", """{"complete":"NotFoundError 404 model_not_found","embed":"NotFoundError 404 model_not_found","moderate":"NotFoundError 404 model_not_found"}""")]
    [InlineData("error", "sandbox/bad-json", """{"complete":"InternalServerError 502 upstream_error","embed":"InternalServerError 502 upstream_error","moderate":"InternalServerError 502 upstream_error"}""")]
    [InlineData("streamError", "sandbox/cut-stream", """{"error":"APIError","some":true}""")]
    [InlineData("streamError", "sandbox/overloaded", """{"error":"InternalServerError","some":false}""")]
    public async Task The_JavaScript_client_sees(string scenario, string model, string expected)
    {
        NpmPackages.Require("openai");
        await using var served = await Served.SandboxAsync();

        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", "texts-client.mjs"), [new Uri(served.Url, "v1").ToString(), scenario, model], "", Token);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(expected, run.Output.TrimEnd());
    }

    [Fact]
    public async Task The_NET_client_embeds_one_text_several_and_tokens()
    {
        await using var served = await Served.SandboxAsync();
        var client = new EmbeddingClient("sandbox/embed", new ApiKeyCredential("any"), Options(served));

        var one = (await client.GenerateEmbeddingAsync("a b", new() { Dimensions = 4, EndUserId = "ann" }, Token)).Value;
        var several = (await client.GenerateEmbeddingsAsync((string[])["a b", "c"], new() { Dimensions = 4 }, Token)).Value;
        var tokens = (await client.GenerateEmbeddingsAsync((ReadOnlyMemory<int>[])[new[] { 1 }, new[] { 2, 3 }], null, Token)).Value;

        Assert.Equal(one.ToFloats().ToArray(), several[0].ToFloats().ToArray());
        Assert.Equal((4, 2, 3, 1), (one.ToFloats().Length, several.Count, several.Usage.TotalTokenCount, several[1].Index));
        Assert.Equal((2, 1536), (tokens.Count, tokens[0].ToFloats().Length));
        // The vectors are those that our own client gets.
        using var ours = new LlmClient(new() { Environment = static _ => null });
        Assert.Equal((await ours.Embeddings.CreateAsync(new() { Model = "sandbox/embed", Input = "a b", Dimensions = 4 }, null, Token)).Data[0].Vector.ToArray(), one.ToFloats().ToArray());
    }

    [Fact]
    public async Task The_NET_client_moderates_and_lists_models()
    {
        await using var served = await Served.SandboxAsync();
        var client = new ModerationClient("sandbox/moderate", new ApiKeyCredential("any"), Options(served));

        var one = (await client.ClassifyTextAsync("violence", Token)).Value;
        var several = (await client.ClassifyTextAsync((string[])["hello", "hate"], Token)).Value;
        var models = (await new OpenAIModelClient(new ApiKeyCredential("any"), Options(served)).GetModelsAsync(Token)).Value;

        Assert.True(one.Flagged && one.Violence.Flagged && one.Violence.Score > 0.5 && !one.Hate.Flagged);
        Assert.Equal([false, true], several.Select(result => result.Flagged));
        Assert.Contains(models, model => model.Id == "sandbox/embed");
    }

    [Fact]
    public async Task The_NET_client_sees_errors_by_their_status()
    {
        await using var served = await Served.SandboxAsync();

        var error = await Assert.ThrowsAsync<ClientResultException>(() => new EmbeddingClient("sandbox/quota", new ApiKeyCredential("any"), Options(served)).GenerateEmbeddingAsync("a", null, Token));

        Assert.Equal(429, error.Status);
    }

    private static OpenAIClientOptions Options(Served served) => new() { Endpoint = new(served.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
}
