using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What we send is what Amazon's own SDK sends for the same call: path, body and signature. The calls stand side by side in bedrock-sdk-calls.json.</summary>
public sealed class BedrockRequestTests
{
    private const string Package = "@aws-sdk/client-bedrock-runtime";

    private static readonly AwsKey _key = new("AKIATEST0123456789AB", "secret-0123456789-abcdefghijklmnopqrstuvwxyz", "session-token-0123456789");

    private static string File => Repo.PathTo("tests", "Muxi.Llm.Tests", "Replay", "bedrock-sdk-calls.json");

    [Fact]
    public async Task Paths_and_bodies_are_those_of_the_official_SDK()
    {
        var calls = JsonNode.Parse(await System.IO.File.ReadAllTextAsync(File, TestContext.Current.CancellationToken))!.AsArray();
        await using var theirs = await ReplayServer.StartAsync(1, Answer);
        await AskSdkAsync(theirs);
        await using var ours = await ReplayServer.StartAsync(1, Answer);
        using var client = Calls.ClientFor(ours.Url, "bedrock");
        foreach (var call in calls) await AskAsync(client, call!.AsObject());

        Assert.True(calls.Count >= 15);
        Assert.Equal((calls.Count, calls.Count), (theirs.Requests.Count, ours.Requests.Count));
        var judged = Judgements.Load("Replay/judged-bedrock-requests.json");
        var differences = new List<string>();
        foreach (var (call, at) in calls.Select((call, at) => (call!, at)))
        {
            var (one, other) = (theirs.Requests[at], ours.Requests[at]);
            var name = (string)call["name"]!;
            if (one.Target != other.Target) differences.Add($"{name}: asked at {other.Target}, not {one.Target}");
            if (!judged.Covers(name, "body")) differences.AddRange(JsonComparison.Differences(JsonNode.Parse(one.Body), JsonComparison.ParseStrictly(other.Body), "").Select(difference => $"{name}: {difference}"));
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task The_signature_is_that_of_the_official_SDK()
    {
        await using var server = await ReplayServer.StartAsync(1, Answer);
        await AskSdkAsync(server);

        Assert.NotEmpty(server.Requests);
        foreach (var request in server.Requests)
        {
            var theirs = request.Headers["Authorization"];
            var names = theirs.Split("SignedHeaders=")[1].Split(',')[0].Split(';');
            var signed = new AwsRequest(request.Method, new(server.Url, request.Target), [.. names.Select(name => new KeyValuePair<string, string>(name, request.Headers[name]))], AwsSignature.HashOf(request.Body));
            Assert.Equal(theirs, AwsSignature.Authorization(signed, _key, new("us-east-1", "bedrock")));
        }
    }

    private static async Task AskSdkAsync(ReplayServer server)
    {
        NpmPackages.Require(Package);
        var made = await NodeOracle.ReadAsync("bedrock-sdk.mjs", NpmPackages.Modules, server.Url.ToString(), File);
        Assert.All(made, call => Assert.True(call["error"] is null, call.ToJsonString()));
    }

    private static CannedReply Answer(SeenRequest request) => request.Target.EndsWith("/converse-stream", StringComparison.Ordinal)
        ? new(200, new Dictionary<string, string> { ["content-type"] = AwsFrames.ContentType }, AwsFrames.FromText("""
            event messageStart {"role":"assistant"}
            event contentBlockDelta {"contentBlockIndex":0,"delta":{"text":"Hi."}}
            event messageStop {"stopReason":"end_turn"}
            event metadata {"usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}
            """))
        : CannedReply.Json("""{"inputTokens":7,"output":{"message":{"role":"assistant","content":[{"text":"Hi."}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2},"metrics":{"latencyMs":1}}""");

    private static async Task AskAsync(LlmClient client, JsonObject call)
    {
        var request = ChatCompletionRequest.Parse(System.Text.Encoding.UTF8.GetBytes(call["request"]!.ToJsonString()));
        var token = TestContext.Current.CancellationToken;
        if ((string)call["operation"]! == "stream") Assert.Equal("Hi.", (await client.AskStream(request).WholeAsync()).Text);
        else if ((string)call["operation"]! == "count") Assert.Equal(7, (await client.Tokens.CountAsync(request, null, token)).InputTokens);
        else Assert.Equal("Hi.", (await client.AskAsync(request)).Text);
    }
}
