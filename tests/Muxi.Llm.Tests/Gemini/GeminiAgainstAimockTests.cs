using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The command line with a model of Google's format, against a third party's server.</summary>
public sealed class GeminiAgainstAimockTests : IDisposable
{
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"userMessage": "greet"}, "response": {"content": "Good morning to you, dear caller."}},
          {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"id": "call_1", "name": "get_weather", "arguments": {"city": "Paris"}}]}},
          {"match": {"userMessage": "too fast"}, "response": {"error": {"message": "Slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}, "status": 429}}
        ]}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-cli");

    [Fact]
    public async Task An_answer_is_streamed_and_counted()
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "5");

        var (exitCode, output, errors) = await ChatAsync(server, "--usage", "greet me");

        Assert.Equal((0, "Good morning to you, dear caller.\n"), (exitCode, output));
        Assert.Contains("tokens", errors, StringComparison.Ordinal);
        Assert.Contains("/v1beta/models/gemini-3.8-flash:streamGenerateContent", Assert.Single(await server.RequestsAsync()).GetProperty("path").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_comes_whole()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var (exitCode, output, _) = await ChatAsync(server, "--no-stream", "--system", "Be kind.", "greet me");

        Assert.Equal((0, "Good morning to you, dear caller.\n"), (exitCode, output));
    }

    [Fact]
    public async Task A_tool_is_offered_and_its_call_is_printed()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var tools = Path.Combine(_folder.FullName, "tools.json");
        await File.WriteAllTextAsync(tools, """[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""", TestContext.Current.CancellationToken);

        var (exitCode, output, errors) = await ChatAsync(server, "--tools", tools, "weather in Paris?");

        Assert.True(exitCode == 0, errors);
        var call = Assert.Single(JsonNode.Parse(output)!.AsArray())!;
        Assert.Equal("get_weather", call["function"]!["name"].Str());
        Assert.Equal("Paris", JsonNode.Parse(call["function"]!["arguments"].Str()!)!["city"].Str());
    }

    [Fact]
    public async Task An_error_is_one_line()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var (exitCode, output, errors) = await ChatAsync(server, "too fast");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Matches("^muxi-llm: gemini: Slow down.*\n$", errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<CliResult> ChatAsync(AimockServer server, params string[] arguments) =>
        CliProcess.RunAsync(new Dictionary<string, string> { ["GEMINI_API_KEY"] = "canary-0123456789", ["GEMINI_BASE_URL"] = new Uri(server.Url, "v1beta").ToString() }, "", ["chat", "-m", "gemini/gemini-3.8-flash", .. arguments]);
}
