namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own JavaScript client talks to the server as if it were OpenAI.</summary>
public sealed class NodeSdkTests
{
    [Theory]
    [InlineData("whole", "sandbox/echo", """{"content":"Hello?","finish":"stop","total":11,"id":true}""")]
    [InlineData("stream", "sandbox/echo", """{"content":"Hello?","finish":"stop","total":11,"several":true}""")]
    [InlineData("helper", "sandbox/echo", """{"content":"Hello?","finish":"stop"}""")]
    [InlineData("tools", "sandbox/chat", """{"finish":"tool_calls","name":"weather","hasCity":true,"last":"stop","told":true}""")]
    [InlineData("loop", "sandbox/chat", """{"told":true,"calls":1}""")]
    [InlineData("parse", "sandbox/chat", """{"type":"string"}""")]
    [InlineData("vision", "sandbox/chat", """{"seen":true}""")]
    [InlineData("models", "sandbox/chat", """{"listed":true,"one":"sandbox/chat"}""")]
    [InlineData("error", "sandbox/context-length", """{"error":"BadRequestError","status":400,"code":"context_length_exceeded"}""")]
    [InlineData("error", "sandbox/auth", """{"error":"AuthenticationError","status":401,"code":"invalid_api_key"}""")]
    [InlineData("error", "nobody/m", """{"error":"NotFoundError","status":404,"code":"model_not_found"}""")]
    [InlineData("error", "sandbox/rate-limit", """{"error":"RateLimitError","status":429,"code":"rate_limit_exceeded"}""")]
    [InlineData("error", "sandbox/html-error", """{"error":"InternalServerError","status":502,"code":"upstream_error"}""")]
    [InlineData("streamError", "sandbox/overloaded", """{"error":"InternalServerError","status":503,"code":"overloaded","some":false}""")]
    [InlineData("streamError", "sandbox/stream-error", """{"error":"APIError","status":null,"code":"internal_error","some":true}""")]
    public async Task The_client_sees(string scenario, string model, string expected)
    {
        await using var served = await Served.SandboxAsync();

        Assert.Equal(expected, await SeeAsync(served, scenario, model));
    }

    [Fact]
    public async Task Its_abort_reaches_the_upstream()
    {
        await using var upstream = FaultServer.Start(Fault.StallAfter(Calls.BytesOf(Calls.Opening + Calls.Piece("Once ")), CannedReply.Sse(Calls.Events("Once ", "upon"))));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var seen = SeeAsync(served, "abort", "openai/gpt-test");

        await upstream.ClientGone.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        Assert.Equal("""{"content":"Once "}""", await seen);
    }

    private static async Task<string> SeeAsync(Served served, string scenario, string model)
    {
        NpmPackages.Require("openai");
        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", "openai-client.mjs"), [new Uri(served.Url, "v1").ToString(), scenario, model], "", TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.TrimEnd();
    }
}
