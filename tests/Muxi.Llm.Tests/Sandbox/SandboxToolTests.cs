using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class SandboxToolTests : IDisposable
{
    private const string Weather = """
        {"type":"function","function":{"name":"get_weather","parameters":{"type":"object",
        "properties":{"city":{"type":"string"},"unit":{"enum":["c","f"]}},"required":["city"]}}}
        """;
    private const string Clock = """{"type":"function","function":{"name":"get_time","parameters":{"type":"object","properties":{"zone":{"type":"string"}}}}}""";
    private const string Note = """{"type":"custom","custom":{"name":"take_note"}}""";
    private const string Tools = $$""" "tools":[{{Weather}},{{Clock}},{{Note}}] """;

    private readonly SandboxClient _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task The_first_tool_is_called_when_the_message_names_none()
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("chat", "Is it warm in Paris?", Tools));
        var choice = reply["choices"]![0]!;
        var call = Assert.Single(choice["message"]!["tool_calls"]!.AsArray())!;

        Assert.Equal("tool_calls", (string)choice["finish_reason"]!);
        Assert.Null(choice["message"]!["content"]);
        Assert.Equal("function", (string)call["type"]!);
        Assert.StartsWith("call_", (string)call["id"]!, StringComparison.Ordinal);
        Assert.Equal("get_weather", (string)call["function"]!["name"]!);
        Assert.Equal("""{"city":"Paris","unit":"c"}""", (string)call["function"]!["arguments"]!);
    }

    [Theory]
    [InlineData("use get_time now", "get_time")]
    [InlineData("Get time, then get weather.", "get_weather get_time")]
    [InlineData("the get_timer is broken", "get_weather")]
    public async Task Tools_that_the_message_names_are_called_each(string text, string expected) =>
        Assert.Equal(expected, string.Join(' ', (await _sandbox.CallsAsync(SandboxClient.Body("chat", text, Tools))).Select(call => call.Name)));

    [Fact]
    public async Task Without_parallel_calls_only_one_is_made() =>
        Assert.Single(await _sandbox.CallsAsync(SandboxClient.Body("chat", "get_weather and get_time", Tools + ",\"parallel_tool_calls\":false")));

    [Fact]
    public async Task Without_parallel_calls_those_that_the_message_names_follow_one_another()
    {
        static string Round(string after) =>
            $$"""{"model":"chat","messages":[{"role":"user","content":"get_time, then get_weather"}{{after}}],{{Tools}},"parallel_tool_calls":false}""";
        const string weather = """,{"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"a","content":"warm"}""";
        const string time = """,{"role":"assistant","tool_calls":[{"id":"b","type":"function","function":{"name":"get_time","arguments":"{}"}}]},{"role":"tool","tool_call_id":"b","content":"noon"}""";

        Assert.Equal("get_weather", Assert.Single(await _sandbox.CallsAsync(Round(""))).Name);
        Assert.Equal("get_time", Assert.Single(await _sandbox.CallsAsync(Round(weather))).Name);
        Assert.Contains("- get_time: \"noon\"", await _sandbox.ContentAsync(Round(weather + time)), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Each_call_has_an_id_of_its_own()
    {
        var calls = (await _sandbox.MessageAsync(SandboxClient.Body("chat", "get_weather and get_time", Tools)))["tool_calls"]!.AsArray();

        Assert.Equal(2, calls.Select(call => (string)call!["id"]!).Distinct().Count());
    }

    [Theory]
    [InlineData("\"required\"", "get_weather")]
    [InlineData("\"auto\"", "get_weather")]
    [InlineData("""{"type":"function","function":{"name":"get_time"}}""", "get_time")]
    [InlineData("""{"type":"custom","custom":{"name":"take_note"}}""", "take_note")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"required","tools":[{"type":"function","function":{"name":"get_time"}}]}}""", "get_time")]
    public async Task The_choice_of_a_tool_is_honoured(string choice, string expected) =>
        Assert.Equal(expected, Assert.Single(await _sandbox.CallsAsync(SandboxClient.Body("chat", "hi", $"{Tools},\"tool_choice\":{choice}"))).Name);

    [Fact]
    public async Task Choosing_none_gets_a_text()
    {
        var message = await _sandbox.MessageAsync(SandboxClient.Body("chat", "hi", Tools + ",\"tool_choice\":\"none\""));

        Assert.Null(message["tool_calls"]);
        Assert.Contains("- tools: get_weather, get_time, take_note", (string)message["content"]!, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""{"type":"function","function":{"name":"get_lost"}}""")]
    [InlineData("""{"type":"allowed_tools","allowed_tools":{"mode":"auto","tools":[{"type":"function","function":{"name":"get_lost"}}]}}""")]
    [InlineData("\"sometimes\"")]
    public async Task A_choice_that_cannot_be_is_refused(string choice) =>
        Assert.Equal(400, (await _sandbox.ErrorAsync(SandboxClient.Body("chat", "hi", $"{Tools},\"tool_choice\":{choice}"))).Status);

    [Fact]
    public async Task Results_of_tools_get_a_text_that_quotes_them_by_the_tools_names()
    {
        var message = await _sandbox.MessageAsync($$$"""
            {"model":"chat",{{{Tools}}},"messages":[{"role":"user","content":"Weather and time?"},
             {"role":"assistant","content":null,"tool_calls":[
               {"id":"a","type":"function","function":{"name":"get_weather","arguments":"{}"}},
               {"id":"b","type":"function","function":{"name":"get_time","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"a","content":"21 degrees"},
             {"role":"tool","tool_call_id":"b","content":[{"type":"text","text":"noon"}]}]}
            """);

        Assert.Null(message["tool_calls"]);
        Assert.Contains("- get_weather: \"21 degrees\"\n- get_time: \"noon\"", (string)message["content"]!, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_result_that_no_call_asked_for_is_called_so() =>
        Assert.Contains("never made (zzz)", await _sandbox.ContentAsync(
            """{"model":"chat","messages":[{"role":"user","content":"?"},{"role":"tool","tool_call_id":"zzz","content":"lost"}]}"""), StringComparison.Ordinal);

    [Fact]
    public async Task A_new_user_message_after_results_calls_again() =>
        Assert.Single(await _sandbox.CallsAsync($$$"""
            {"model":"chat",{{{Tools}}},"messages":[{"role":"user","content":"?"},
             {"role":"assistant","tool_calls":[{"id":"a","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},
             {"role":"tool","tool_call_id":"a","content":"21"},{"role":"user","content":"And in Rome?"}]}
            """));

    [Fact]
    public async Task A_custom_tool_gets_the_users_words()
    {
        var call = (await _sandbox.MessageAsync(SandboxClient.Body("chat", "take_note: buy milk", Tools)))["tool_calls"]![0]!;

        Assert.Equal("custom", (string)call["type"]!);
        Assert.Equal("take_note: buy milk", (string)call["custom"]!["input"]!);
    }

    [Fact]
    public async Task A_custom_tool_with_a_regular_expression_gets_a_match() =>
        Assert.Matches("^[0-9]+ [+] [0-9]+$", Assert.Single(await _sandbox.CallsAsync(SandboxClient.Body("chat", "add", """
            "tools":[{"type":"custom","custom":{"name":"math","format":{"type":"grammar","grammar":{"syntax":"regex","definition":"^[0-9]+ \\+ [0-9]+$"}}}}]
            """))).Input);

    [Fact]
    public async Task A_tool_without_parameters_gets_an_empty_object() =>
        Assert.Equal("{}", Assert.Single(await _sandbox.CallsAsync(SandboxClient.Body("chat", "go", """ "tools":[{"type":"function","function":{"name":"go"}}] """))).Input);

    [Fact]
    public async Task Legacy_functions_are_called_the_legacy_way()
    {
        const string functions = """ "functions":[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}},{"name":"g"}] """;

        var choice = (await _sandbox.ReplyAsync(SandboxClient.Body("chat", "hi", functions)))["choices"]![0]!;
        var named = await _sandbox.MessageAsync(SandboxClient.Body("chat", "hi", functions + ",\"function_call\":{\"name\":\"g\"}"));
        var none = await _sandbox.MessageAsync(SandboxClient.Body("chat", "hi", functions + ",\"function_call\":\"none\""));

        Assert.Equal("function_call", (string)choice["finish_reason"]!);
        Assert.Equal("""{"name":"f","arguments":"{\u0022a\u0022:1}"}""", choice["message"]!["function_call"]!.ToJsonString());
        Assert.Equal("g", (string)named["function_call"]!["name"]!);
        Assert.Null(none["function_call"]);
    }

    [Fact]
    public async Task A_legacy_result_gets_a_text_too() =>
        Assert.Contains("- f: \"7\"", await _sandbox.ContentAsync("""
            {"model":"chat","functions":[{"name":"f"}],"messages":[{"role":"user","content":"?"},
             {"role":"assistant","content":null,"function_call":{"name":"f","arguments":"{}"}},{"role":"function","name":"f","content":"7"}]}
            """), StringComparison.Ordinal);

    [Fact]
    public async Task A_limit_of_tokens_cuts_the_arguments()
    {
        var choice = (await _sandbox.ReplyAsync(SandboxClient.Body("chat", "hi", Tools + ",\"max_tokens\":6")))["choices"]![0]!;

        Assert.Equal("length", (string)choice["finish_reason"]!);
        Assert.ThrowsAny<System.Text.Json.JsonException>(() => JsonNode.Parse((string)choice["message"]!["tool_calls"]![0]!["function"]!["arguments"]!));
    }
}
