using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The command line with a server of one's own.</summary>
public sealed class OllamaCommandTests : IDisposable
{
    private const string Fixtures = """
        {"fixtures": [
          {"match": {"userMessage": "greet"}, "response": {"content": "Good morning to you, dear caller."}},
          {"match": {"userMessage": "weather"}, "response": {"toolCalls": [{"id": "call_1", "name": "get_weather", "arguments": {"city": "Paris"}}]}}
        ]}
        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-ollama");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CliRun At(Uri server, bool isErrorTerminal = false) => new() { Environment = new() { ["OLLAMA_HOST"] = server.Authority }, IsErrorTerminal = isErrorTerminal };

    [Fact]
    public async Task Models_are_brought_listed_and_deleted()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("gone", StringComparison.Ordinal) ? CannedReply.Json("""{"error":"model 'gone' not found"}""", 404) : OllamaServer.Answer(request));

        var pulled = await At(server.Url).RunAsync("models", "pull", "ollama/qwen3:4b");
        var listed = await At(server.Url).RunAsync("models", "ollama");
        var running = await At(server.Url).RunAsync("models", "running", "ollama");
        var deleted = await At(server.Url).RunAsync("models", "delete", "ollama/gone", "ollama/qwen3:4b");

        Assert.Equal((0, "ollama/qwen3:4b\n"), (pulled.ExitCode, pulled.Output));
        Assert.Equal("muxi-llm: ollama/qwen3:4b: pulling manifest\nmuxi-llm: ollama/qwen3:4b: pulling 359d7dd4bcda, 2.1 kB\nmuxi-llm: ollama/qwen3:4b: verifying sha256 digest\nmuxi-llm: ollama/qwen3:4b: writing manifest\nmuxi-llm: ollama/qwen3:4b: success\n", pulled.Errors);
        Assert.Equal("ollama/llama3.2:latest\nollama/qwen3:4b\n", listed.Output);
        Assert.Equal("ollama/qwen3:4b  6.7 GB  4096 tokens  until 2026-08-04 20:03:15Z\n", running.Output);
        Assert.Equal((1, "ollama/qwen3:4b\n"), (deleted.ExitCode, deleted.Output));
        Assert.Contains("model 'gone' not found", deleted.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_a_file_names_is_administered_alike()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        var file = Path.Combine(_folder.FullName, "llm.yaml");
        await File.WriteAllTextAsync(file, $"providers: {{box: {{format: ollama, base_url: \"{server.Url}\", self_hosted: true}}}}", TestContext.Current.CancellationToken);
        var run = new CliRun { Environment = new() { ["MUXI_LLM_CONFIG"] = file } };

        var pulled = await run.RunAsync("models", "pull", "box/qwen3:4b");
        var listed = await run.RunAsync("models", "box");
        var running = await run.RunAsync("models", "running", "box");

        Assert.Equal((0, "box/qwen3:4b\n"), (pulled.ExitCode, pulled.Output));
        Assert.Equal("box/llama3.2:latest\nbox/qwen3:4b\n", listed.Output);
        Assert.StartsWith("box/qwen3:4b  6.7 GB", running.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task To_bring_a_model_one_says_where()
    {
        var run = await new CliRun().RunAsync("models", "pull", "qwen3:4b");

        Assert.Equal(new CliResult(1, "", "muxi-llm: openai does not offer pulling models through this library; write whose it is before it, as ollama/qwen3:4b\n"), run);
    }

    [Fact]
    public async Task At_a_terminal_a_bar_shows_how_far_it_is_and_is_gone_at_the_end()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);

        var pulled = await At(server.Url, isErrorTerminal: true).RunAsync("models", "pull", "ollama/qwen3:4b");

        Assert.Contains("pulling 359d7dd4bcda  [", pulled.Errors, StringComparison.Ordinal);
        Assert.EndsWith("\r\e[K", pulled.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_does_not_run_is_one_line_that_says_how_to_start_it()
    {
        var refused = await At(FaultServer.Refused()).RunAsync("chat", "-m", "ollama/qwen3:4b", "Hi");

        Assert.Equal(1, refused.ExitCode);
        Assert.Contains("start it with 'ollama serve'", Assert.Single(refused.Errors.Split('\n', StringSplitOptions.RemoveEmptyEntries)), StringComparison.Ordinal);
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_third_partys_server_chats_streams_and_calls_tools(bool isStream)
    {
        await using var server = await AimockServer.StartAsync(Fixtures, "--chunk-size", "5");
        var tools = Path.Combine(_folder.FullName, "tools.json");
        await File.WriteAllTextAsync(tools, """[{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}]""", TestContext.Current.CancellationToken);
        string[] how = isStream ? [] : ["--no-stream"];

        var said = await At(server.Url).RunAsync(["chat", "-m", "ollama/llama3", .. how, "greet me"]);
        var called = await At(server.Url).RunAsync(["chat", "-m", "ollama/llama3", .. how, "--tools", tools, "weather in Paris?"]);

        Assert.Equal((0, "Good morning to you, dear caller.\n"), (said.ExitCode, said.Output));
        Assert.Equal(0, called.ExitCode);
        var call = Assert.Single(JsonNode.Parse(called.Output)!.AsArray())!;
        Assert.Equal("get_weather", call["function"]!["name"].Str());
        Assert.Equal("Paris", JsonNode.Parse(call["function"]!["arguments"].Str()!)!["city"].Str());
        Assert.All(await server.RequestsAsync(), request => Assert.Equal("/api/chat", request.GetProperty("path").GetString()));
    }
}
