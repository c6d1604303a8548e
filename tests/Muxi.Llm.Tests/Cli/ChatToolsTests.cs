using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>--tools</c> and <c>--tool-choice</c>.</summary>
public sealed class ChatToolsTests : IDisposable
{
    private const string Tools = """
        [
          {"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}},
          {"type":"custom","custom":{"name":"run","description":"Runs a script"}}
        ]
        """;

    private readonly string _file = Path.GetTempFileName();

    public ChatToolsTests() => File.WriteAllText(_file, Tools);

    [Fact]
    public async Task Calls_are_printed_as_JSON_and_the_text_before_them_goes_to_stderr()
    {
        await using var server = await ReplayServer.StartAsync(1, Calling());

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--tools", _file, "Weather?");

        const string calls = """
            [
              {
                "id": "call_1",
                "type": "function",
                "function": {
                  "name": "get_weather",
                  "arguments": "{\"city\":\"Tromsø\"}"
                }
              }
            ]

            """;
        Assert.Equal(new CliResult(0, calls, "Let me see.\n"), run);
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(Tools), JsonNode.Parse(server.Requests[0].Text)!["tools"]));
    }

    [Fact]
    public async Task On_a_terminal_the_text_is_shown_as_it_comes_and_the_calls_after_it()
    {
        await using var server = await ReplayServer.StartAsync(1, Calling());

        var run = await new CliRun { Environment = CliRun.OpenAI(server.Url), IsOutTerminal = true }.RunAsync("chat", "-m", "gpt-4o-mini", "--tools", _file, "Weather?");

        Assert.StartsWith("Let me see.\n[\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_answer_without_calls_is_text()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("It is ", "cold."));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--tools", _file, "Weather?");

        Assert.Equal(new CliResult(0, "It is cold.\n", ""), run);
    }

    [Fact]
    public async Task Text_that_was_held_back_stays_when_the_stream_breaks()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(OpenAIWire.Length("It is "), OpenAIWire.Stream("It is ", "cold.")));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--tools", _file, "Weather?");

        Assert.Equal((1, "It is \n"), (run.ExitCode, run.Output));
    }

    [Theory]
    [InlineData("none", "\"none\"")]
    [InlineData("auto", "\"auto\"")]
    [InlineData("required", "\"required\"")]
    [InlineData("get_weather", """{"type":"function","function":{"name":"get_weather"}}""")]
    [InlineData("run", """{"type":"custom","custom":{"name":"run"}}""")]
    public async Task The_choice_is_a_word_or_the_name_of_a_tool(string choice, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));

        await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--tools", _file, "--tool-choice", choice, "Weather?");

        Assert.Equal(sent, JsonNode.Parse(server.Requests[0].Text)!["tool_choice"]!.ToJsonString());
    }

    [Fact]
    public async Task A_choice_that_is_no_tool_is_wrong_usage()
    {
        var run = await new CliRun().RunAsync("chat", "--tools", _file, "--tool-choice", "get_wether", "Weather?");

        Assert.Equal(new CliResult(2, "", "muxi-llm: --tool-choice: no tool is named 'get_wether'; write none, auto, required or one of get_weather, run.\n"), run);
    }

    public void Dispose() => File.Delete(_file);

    private static CannedReply Calling() => OpenAIWire.Events(
        OpenAIWire.Text("Let me see."),
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":""}}]}}]}""",
        """{"choices":[{"index":0,"delta":{"tool_calls":[{"index":0,"function":{"arguments":"{\"city\":\"Tromsø\"}"}}]}}]}""",
        """{"choices":[{"index":0,"delta":{},"finish_reason":"tool_calls"}]}""");
}
