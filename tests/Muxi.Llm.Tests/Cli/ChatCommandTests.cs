using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm chat PROMPT</c>: what is sent, and what stands on stdout and stderr afterwards.</summary>
public sealed class ChatCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm cli ");

    [Fact]
    public async Task The_answer_stands_on_stdout_with_a_newline_and_nothing_on_stderr()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("Hel", "lo"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "openai/gpt-4o-mini", "Hi");

        Assert.Equal(new CliResult(0, "Hello\n", ""), run);
        Assert.Equal("Bearer sk-canary-0123456789", server.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task An_answer_that_ends_with_a_newline_gets_no_second_one()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("Hello\n"));

        Assert.Equal("Hello\n", (await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "Hi")).Output);
    }

    [Fact]
    public async Task Every_option_reaches_the_wire()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        var image = Write("dot.png", "\u0089PNG\r\n");
        var sound = Write("a.mp3", "ID3x");
        var note = Write("note.txt", "Moin");
        var schema = Write("city.json", """{"type":"object","properties":{}}""");

        await CliRun.Asking(server.Url).RunAsync(
            "chat", "-m", "gpt-4o-mini", "-s", "Be brief", "--image", image, "--image", "https://example.org/cat.jpg", "--audio", sound, "--file", note,
            "--schema", schema, "--max-tokens", "7", "--temperature", "0.5", "--reasoning", "low", "Look");

        var sent = JsonNode.Parse(server.Requests[0].Text)!;
        Assert.Equal("gpt-4o-mini", (string?)sent["model"]);
        Assert.Equal("""{"role":"system","content":"Be brief"}""", sent["messages"]![0]!.ToJsonString());
        var parts = sent["messages"]![1]!["content"]!.AsArray();
        Assert.Equal(["text", "image_url", "image_url", "input_audio", "file"], parts.Select(part => (string?)part!["type"]));
        Assert.Equal("https://example.org/cat.jpg", (string?)parts[2]!["image_url"]!["url"]);
        Assert.Equal("mp3", (string?)parts[3]!["input_audio"]!["format"]);
        Assert.Equal("data:text/plain;base64,TW9pbg==", (string?)parts[4]!["file"]!["file_data"]);
        Assert.Equal("city", (string?)sent["response_format"]!["json_schema"]!["name"]);
        Assert.Equal("""{"type":"object","properties":{}}""", sent["response_format"]!["json_schema"]!["schema"]!.ToJsonString());
        Assert.Equal(7, (int?)sent["max_completion_tokens"]);
        Assert.Equal(0.5, (double?)sent["temperature"]);
        Assert.Equal("low", (string?)sent["reasoning_effort"]);
        Assert.True((bool?)sent["stream"]);
    }

    [Fact]
    public async Task Without_streaming_the_answer_is_the_same()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Reply("Hello"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--no-stream", "Hi");

        Assert.Equal(new CliResult(0, "Hello\n", ""), run);
        Assert.Null(JsonNode.Parse(server.Requests[0].Text)!["stream"]);
    }

    [Theory]
    [InlineData("--no-stream")]
    [InlineData("--json")]
    public async Task The_whole_reply_is_printed_as_JSON_streamed_or_not(string option)
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal)
            ? OpenAIWire.Stream("Hel", "lo") : OpenAIWire.Reply("Hello"));

        var run = await CliRun.Asking(server.Url).RunAsync([.. (string[])["chat", "-m", "gpt-4o-mini", "--json", "Hi"], .. option == "--json" ? [] : (string[])[option]]);

        var reply = JsonNode.Parse(run.Output)!;
        Assert.Equal("Hello", (string?)reply["choices"]![0]!["message"]!["content"]);
        Assert.Equal("chat.completion", (string?)reply["object"]);
        Assert.Equal(17, (int?)reply["usage"]!["total_tokens"]);
        Assert.Contains("\n  \"choices\"", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("}\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_usage_is_one_line_on_stderr()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("Hello"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--usage", "Hi");

        Assert.Equal(new CliResult(0, "Hello\n", "muxi-llm: usage: 12 prompt (3 cached) + 5 completion (2 reasoning) = 17 tokens in 0.0 s\n"), run);
    }

    [Fact]
    public async Task The_usage_tells_what_is_left_of_the_services_limits()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("Hello").With("x-ratelimit-remaining-requests", "14999").With("x-ratelimit-limit-tokens", "40000").With("x-ratelimit-remaining-tokens", "39983"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--usage", "Hi");

        Assert.EndsWith(" tokens in 0.0 s; left: 14999 requests, 39983 of 40000 tokens\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_the_service_cannot_do_is_a_warning_on_stderr()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("{}"));
        var run = new CliRun { Environment = new() { ["DEEPSEEK_API_KEY"] = "sk-canary-0123456789", ["DEEPSEEK_BASE_URL"] = server.Url.ToString() } };

        var result = await run.RunAsync("chat", "-m", "deepseek/deepseek-chat", "--schema", Write("s.json", """{"type":"object"}"""), "Hi");

        Assert.Equal((0, "{}\n"), (result.ExitCode, result.Output));
        Assert.Matches("^muxi-llm: warning: response_format: [^\n]+\n$", result.Errors);
    }

    [Fact]
    public async Task A_schema_is_named_by_its_title()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("{}"));

        await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--schema", Write("s.json", """{"title":"A city!","type":"object"}"""), "Hi");

        Assert.Equal("A_city", (string?)JsonNode.Parse(server.Requests[0].Text)!["response_format"]!["json_schema"]!["name"]);
    }

    [Fact]
    public async Task Thinking_is_dimmed_on_a_terminals_stderr_and_nowhere_else()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Events(
            """{"choices":[{"index":0,"delta":{"reasoning_content":"Hm"}}]}""", OpenAIWire.Text("Yes"), """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}"""));

        var piped = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "Hi");
        var seen = await new CliRun { Environment = CliRun.OpenAI(server.Url), IsErrorTerminal = true }.RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal(new CliResult(0, "Yes\n", ""), piped);
        Assert.Equal(new CliResult(0, "Yes\n", "\e[2mHm\e[22m\n"), seen);
    }

    [Fact]
    public async Task A_model_cannot_steer_the_terminal_but_a_pipe_gets_every_byte()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("\e[2Jرقم ۱\t👩‍🚀"));

        var piped = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "Hi");
        var seen = await new CliRun { Environment = CliRun.OpenAI(server.Url), IsOutTerminal = true }.RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal("\e[2Jرقم ۱\t👩‍🚀\n", piped.Output);
        Assert.Equal("␛[2Jرقم ۱\t👩‍🚀\n", seen.Output);
    }

    [Theory]
    [InlineData("length", "the answer was cut at the token limit")]
    [InlineData("content_filter", "the provider's filter cut the answer")]
    public async Task An_answer_that_did_not_end_by_itself_says_so(string reason, string note)
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Events(
            OpenAIWire.Text("Once"), $$"""{"choices":[{"index":0,"delta":{},"finish_reason":"{{reason}}"}]}"""));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal(new CliResult(0, "Once\n", $"muxi-llm: {note}\n"), run);
    }

    [Theory]
    [InlineData("--image", "missing.png", null, "--image: There is no file")]
    [InlineData("--image", "empty.png", "", "--image: The file '")]
    [InlineData("--image", "text.txt", "words", "is not a picture")]
    [InlineData("--audio", "text.txt", "words", "is not a sound file")]
    [InlineData("--file", "missing.pdf", null, "--file: There is no file")]
    [InlineData("--schema", "missing.json", null, "--schema: Could not find file")]
    [InlineData("--schema", "empty.json", " ", "is empty")]
    [InlineData("--schema", "list.json", "[]", "must hold a JSON schema")]
    [InlineData("--schema", "broken.json", "{", "is not JSON")]
    [InlineData("--tools", "object.json", "{}", "must hold a JSON array of tools")]
    [InlineData("--tools", "none.json", "[]", "holds no tool")]
    [InlineData("--tools", "nameless.json", """[{"type":"function","function":{}}]""", "needs 'function' with a 'name'")]
    [InlineData("--tools", "numbers.json", "[1]", "--tools: '")]
    public async Task A_file_that_cannot_be_used_is_told_in_one_line(string option, string name, string? content, string says)
    {
        var path = content is null ? Path.Combine(_folder.FullName, name) : Write(name, content);

        var run = await new CliRun().RunAsync("chat", option, path, "Hi");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains(says, run.Errors, StringComparison.Ordinal);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder.FullName, name);
        File.WriteAllBytes(path, [.. text.Select(c => (byte)c)]);
        return path;
    }
}
