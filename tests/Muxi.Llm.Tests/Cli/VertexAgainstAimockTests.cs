using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Vertex AI from the command line, against a third party's server, whichever part of the address the environment gives.</summary>
public sealed class VertexAgainstAimockTests : IDisposable
{
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"userMessage": "greet"}, "response": {"content": "Good morning to you, dear caller."}},
          {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"name": "get_weather", "arguments": {"city": "Paris"}}]}}
        ]}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-cli");

    public void Dispose() => _folder.Delete(recursive: true);

    [Theory, InlineData(""), InlineData("v1"), InlineData("v1/projects/mine/locations/eu/publishers/google")]
    public async Task An_answer_is_streamed(string path)
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "5");

        var (exitCode, output, errors) = await ChatAsync(server, path, "greet me");

        Assert.Equal((0, "Good morning to you, dear caller.\n"), (exitCode, output));
        Assert.Equal("", errors);
        var place = path.Contains("mine", StringComparison.Ordinal) ? "mine/locations/eu" : "p/locations/global";
        Assert.StartsWith($"/v1/projects/{place}/publishers/google/models/gemini-2.5-flash:streamGenerateContent", Assert.Single(await server.RequestsAsync()).GetProperty("path").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_comes_whole()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var (exitCode, output, _) = await ChatAsync(server, "", "--no-stream", "greet me");

        Assert.Equal((0, "Good morning to you, dear caller.\n"), (exitCode, output));
        Assert.EndsWith(":generateContent", Assert.Single(await server.RequestsAsync()).GetProperty("path").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_tool_is_offered_and_its_call_is_printed()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var tools = Path.Combine(_folder.FullName, "tools.json");
        await File.WriteAllTextAsync(tools, """[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""", TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await ChatAsync(server, "", "--tools", tools, "weather in Paris?");

        Assert.Equal(0, exitCode);
        var call = Assert.Single(JsonNode.Parse(output)!.AsArray())!["function"]!;
        Assert.Equal(("get_weather", "Paris"), (call["name"].Str(), JsonNode.Parse(call["arguments"].Str()!)!["city"].Str()));
    }

    [Fact]
    public async Task Without_credentials_the_error_is_one_line_that_names_both_ways()
    {
        var variables = new Dictionary<string, string> { ["GOOGLE_CLOUD_PROJECT"] = "p", ["HOME"] = _folder.FullName };

        var (exitCode, output, errors) = await CliProcess.RunAsync(variables, "", ["chat", "-m", "vertexai/gemini-2.5-flash", "greet me"]);

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Matches("^muxi-llm: vertexai needs credentials: .*VERTEXAI_ACCESS_TOKEN.*GOOGLE_APPLICATION_CREDENTIALS.*\n$", errors);
    }

    private static Task<CliResult> ChatAsync(AimockServer server, string path, params string[] arguments) => CliProcess.RunAsync(
        new Dictionary<string, string> { ["VERTEXAI_BASE_URL"] = new Uri(server.Url, path).ToString(), ["VERTEXAI_ACCESS_TOKEN"] = "ya29.canary", ["GOOGLE_CLOUD_PROJECT"] = "p" }, "", ["chat", "-m", "vertexai/gemini-2.5-flash", .. arguments]);
}
