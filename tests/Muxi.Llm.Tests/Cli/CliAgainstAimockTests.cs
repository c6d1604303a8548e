using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The command line as its user has it, against a third party's server: what it streams, calls, sends and honours.</summary>
public sealed class CliAgainstAimockTests : IDisposable
{
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"userMessage": "greet"}, "response": {"content": "Good morning to you, dear caller."}},
          {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"id": "call_1", "name": "get_weather", "arguments": {"city": "Paris"}}]}},
          {"match": {"userMessage": "picture"}, "response": {"content": "A red dot."}},
          {"match": {"userMessage": "person"}, "response": {"content": "{\"name\":\"Ada\",\"age\":36}"}},
          {"match": {"userMessage": "too fast"}, "response": {"error": {"message": "Slow down", "type": "rate_limit_error", "code": "rate_limit_exceeded"}, "status": 429, "retryAfter": 7}}
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
        var body = await BodyAsync(server);
        Assert.True(body["stream"]!.GetValue<bool>());
        Assert.Equal("gpt-4o-mini", body["model"].Str());
    }

    [Fact]
    public async Task A_tool_is_offered_and_its_call_is_printed()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var tools = Write("tools.json", """[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""");

        var (exitCode, output, _) = await ChatAsync(server, "--tools", tools, "weather in Paris?");

        Assert.Equal(0, exitCode);
        var call = Assert.Single(JsonNode.Parse(output)!.AsArray())!;
        Assert.Equal(("call_1", "get_weather"), (call["id"].Str(), call["function"]!["name"].Str()));
        Assert.Equal("Paris", JsonNode.Parse(call["function"]!["arguments"].Str()!)!["city"].Str());
        Assert.Equal("get_weather", (await BodyAsync(server))["tools"]![0]!["function"]!["name"].Str());
    }

    [Fact]
    public async Task An_image_is_sent_byte_for_byte()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var picture = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");
        var file = Path.Combine(_folder.FullName, "no-ending");
        await File.WriteAllBytesAsync(file, picture, TestContext.Current.CancellationToken);

        var (exitCode, output, _) = await ChatAsync(server, "--image", file, "what is in the picture?");

        Assert.Equal((0, "A red dot.\n"), (exitCode, output));
        var parts = (await BodyAsync(server))["messages"]![0]!["content"]!.AsArray();
        Assert.Equal($"data:image/png;base64,{Convert.ToBase64String(picture)}", parts.Single(part => part!["type"].Str() == "image_url")!["image_url"]!["url"].Str());
    }

    [Fact]
    public async Task A_schema_is_sent_as_the_form_of_the_answer()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);
        var schema = Write("person.json", """{"type":"object","properties":{"name":{"type":"string"},"age":{"type":"integer"}},"required":["name","age"],"additionalProperties":false}""");

        var (exitCode, output, _) = await ChatAsync(server, "--schema", schema, "invent a person");

        Assert.Equal(0, exitCode);
        Assert.Equal("Ada", JsonNode.Parse(output)!["name"].Str());
        var format = (await BodyAsync(server))["response_format"]!;
        Assert.Equal("json_schema", format["type"].Str());
        Assert.Equal("person", format["json_schema"]!["name"].Str());
        Assert.Equal("integer", format["json_schema"]!["schema"]!["properties"]!["age"]!["type"].Str());
    }

    [Fact]
    public async Task An_error_is_one_line()
    {
        await using var server = await AimockServer.StartAsync(Fixtures);

        var (exitCode, output, errors) = await ChatAsync(server, "too fast");

        Assert.Equal((1, ""), (exitCode, output));
        Assert.Matches("^muxi-llm: openai: Slow down .*7 s.*\n$", errors);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static Task<CliResult> ChatAsync(AimockServer server, params string[] arguments) =>
        CliProcess.RunAsync(CliRun.OpenAI(server.Url), "", ["chat", "-m", "openai/gpt-4o-mini", .. arguments]);

    private static async Task<JsonNode> BodyAsync(AimockServer server) => JsonNode.Parse(Assert.Single(await server.RequestsAsync()).GetProperty("body").GetRawText())!;

    private string Write(string name, string text)
    {
        var file = Path.Combine(_folder.FullName, name);
        File.WriteAllText(file, text);
        return file;
    }
}
