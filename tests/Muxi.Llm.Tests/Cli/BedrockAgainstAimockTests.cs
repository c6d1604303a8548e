using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The command line with Bedrock, whose frames here are a third party's.</summary>
public sealed class BedrockAgainstAimockTests : IDisposable
{
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"userMessage": "greet"}, "response": {"content": "Good morning to you, dear caller. 👋🏽"}},
          {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"id": "tooluse_1", "name": "get_weather", "arguments": {"city": "Paris"}}]}}
        ]}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-cli");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory]
    [InlineData("bedrock/anthropic.claude-3-haiku-20240307-v1:0", "converse-stream")]
    [InlineData("bedrock/invoke/anthropic.claude-3-haiku-20240307-v1:0", "invoke-with-response-stream")]
    public async Task An_answer_is_streamed(string model, string path)
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "5");

        var (exitCode, output, errors) = await ChatAsync(server, model, "greet me");

        Assert.Equal((0, "Good morning to you, dear caller. 👋🏽\n"), (exitCode, output));
        Assert.EndsWith(path, Uri.UnescapeDataString((await server.RequestsAsync())[^1].GetProperty("path").GetString()!), StringComparison.Ordinal);
        Assert.DoesNotContain("secret-canary", errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_comes_whole()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var (exitCode, output, _) = await ChatAsync(server, "bedrock/anthropic.claude-3-haiku-20240307-v1:0", "--no-stream", "greet me");

        Assert.Equal((0, "Good morning to you, dear caller. 👋🏽\n"), (exitCode, output));
    }

    [Fact]
    public async Task A_tool_is_offered_and_its_call_is_printed()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var tools = Path.Combine(_folder.FullName, "tools.json");
        await File.WriteAllTextAsync(tools, """[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""", TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await ChatAsync(server, "bedrock/anthropic.claude-3-haiku-20240307-v1:0", "--tools", tools, "weather in Paris?");

        Assert.Equal(0, exitCode);
        var call = Assert.Single(JsonNode.Parse(output)!.AsArray())!;
        Assert.Equal(("tooluse_1", "get_weather", "Paris"), (call["id"].Str(), call["function"]!["name"].Str(), JsonNode.Parse(call["function"]!["arguments"].Str()!)!["city"].Str()));
    }

    private static Task<CliResult> ChatAsync(AimockServer server, string model, params string[] arguments) => CliProcess.RunAsync(
        new Dictionary<string, string>
        {
            ["AWS_ACCESS_KEY_ID"] = "AKIACANARY0123456789", ["AWS_SECRET_ACCESS_KEY"] = "secret-canary-0123456789", ["AWS_REGION"] = "us-east-1", ["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = server.Url.ToString(),
        },
        "", ["chat", "-m", model, .. arguments]);
}
