
namespace Muxi.Llm.Tests;

/// <summary>The command line as its user has it, against a third party's server whose Anthropic side fails: the fallback answers.</summary>
public sealed class FallbackAgainstAimockTests
{
    /// <summary>What is told to fail on Anthropic's side, by what its user asks; OpenAI's side answers everything.</summary>
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "works"}, "response": {"content": "Claude answers."}},
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "overloaded"}, "response": {"error": {"message": "Overloaded", "type": "overloaded_error"}, "status": 529}},
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "no key"}, "response": {"error": {"message": "invalid x-api-key", "type": "authentication_error"}, "status": 401}},
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "opening"}, "response": {"content": "Claude would have answered."}, "truncateAfterChunks": 1},
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "gone"}, "response": {"content": "never"}, "chaos": {"disconnectRate": 1.0}},
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "broken"}, "response": {"content": "never"}, "chaos": {"malformedRate": 1.0}},
          {"match": {"model": "claude-sonnet-4-5", "userMessage": "wrong"}, "response": {"error": {"message": "messages: too strange", "type": "invalid_request_error"}, "status": 400}},
          {"match": {"model": "gpt-4o-mini"}, "response": {"content": "GPT answers instead."}}
        ]}
        """;

    [Fact]
    public async Task A_side_that_works_answers_itself()
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "4");

        var (exitCode, output, _) = await ChatAsync(server, "one that works");

        Assert.Equal((0, "Claude answers.\n"), (exitCode, output));
        Assert.Equal(["/v1/messages"], await PathsAsync(server));
    }

    [Theory]
    [InlineData("overloaded", 3)]
    [InlineData("no key", 1)]
    [InlineData("opening", 3)]
    [InlineData("gone", 3)]
    [InlineData("broken", 3)]
    public async Task A_side_that_fails_is_followed_by_the_fallback_and_nothing_of_it_shows(string how, int attempts)
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "4");
        foreach (var stream in (string[][])[[], ["--no-stream"]])
        {
            // Only a stream has an opening to fail in.
            if (how == "opening" && stream.Length > 0) continue;
            var before = (await PathsAsync(server)).Count;

            var (exitCode, output, errors) = await ChatAsync(server, [$"one that is {how}", .. stream]);

            Assert.Equal((0, "GPT answers instead.\n"), (exitCode, output));
            Assert.Contains("openai/gpt-4o-mini", errors, StringComparison.Ordinal);
            // HttpClient itself renews a request whose connection broke while it was reused, so there may be more of them.
            var asked = (await PathsAsync(server)).Skip(before).ToList();
            Assert.True(asked.Count(path => path == "/v1/messages") >= attempts, string.Join(' ', asked));
            Assert.Equal("/v1/chat/completions", asked[^1]);
            Assert.Single(asked, path => path == "/v1/chat/completions");
        }
    }

    [Fact]
    public async Task A_request_that_is_wrong_in_itself_is_not_sent_on()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var (exitCode, output, errors) = await ChatAsync(server, "one that is wrong");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Contains("too strange", errors, StringComparison.Ordinal);
        Assert.Equal(["/v1/messages"], await PathsAsync(server));
    }

    [Fact]
    public async Task A_history_with_pictures_and_tools_is_understood_by_both_sides()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var folder = Directory.CreateTempSubdirectory("muxi-fallback");
        try
        {
            var picture = Path.Combine(folder.FullName, "dot");
            await File.WriteAllBytesAsync(picture, [0x89, .. "PNG"u8, 13, 10, 26, 10, 0], TestContext.Current.CancellationToken);
            var tools = Path.Combine(folder.FullName, "tools.json");
            await File.WriteAllTextAsync(tools, """[{"type":"function","function":{"name":"look","parameters":{"type":"object","properties":{}}}}]""", TestContext.Current.CancellationToken);

            var (exitCode, output, _) = await ChatAsync(server, "one that is overloaded", "-s", "Be brief.", "--image", picture, "--tools", tools);

            Assert.Equal((0, "GPT answers instead.\n"), (exitCode, output));
            var bodies = (await server.RequestsAsync()).Select(request => request.GetProperty("body").GetRawText()).ToList();
            // Of Anthropic's side the journal shows what it made of the request, which has no pictures; the conformance suites see them there.
            Assert.Contains("iVBORw0KGgoA", bodies[^1], StringComparison.Ordinal);
            Assert.All(bodies, body => Assert.Contains("Be brief.", body, StringComparison.Ordinal));
        }
        finally
        {
            folder.Delete(recursive: true);
        }
    }

    private static Task<CliResult> ChatAsync(AimockServer server, params string[] arguments) => CliProcess.RunAsync(
        new Dictionary<string, string>(CliRun.OpenAI(server.Url)) { ["ANTHROPIC_API_KEY"] = "sk-ant-canary-0123456789", ["ANTHROPIC_BASE_URL"] = server.Url.ToString().TrimEnd('/') }, "",
        ["chat", "-m", "anthropic/claude-sonnet-4-5", "--fallback", "openai/gpt-4o-mini", .. arguments]);

    private static async Task<IReadOnlyList<string>> PathsAsync(AimockServer server) =>
        [.. (await server.RequestsAsync()).Select(request => request.GetProperty("path").GetString()!)];
}
