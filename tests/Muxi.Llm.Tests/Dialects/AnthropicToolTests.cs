using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Anthropic's own tools and options: what is written for them, and what becomes of them at services that have other ones or none. Expected forms are from the types of its SDK.</summary>
public sealed class AnthropicToolTests
{
    /// <summary>Each tool with what must stand in the request's list.</summary>
    public static TheoryData<string, Tool, string> Tools => new()
    {
        { "search", AnthropicTools.WebSearch(), """{"type":"web_search_20250305","name":"web_search"}""" },
        { "search by options", AnthropicTools.WebSearch(new() { Version = "20260209", MaxUses = 2, AllowedDomains = ["a.example"], UserLocation = new() { City = "Oslo", Region = "Oslo", Country = "NO", TimeZone = "Europe/Oslo" } }),
            """{"type":"web_search_20260209","name":"web_search","allowed_domains":["a.example"],"max_uses":2,"user_location":{"type":"approximate","city":"Oslo","region":"Oslo","country":"NO","timezone":"Europe/Oslo"}}""" },
        { "search elsewhere", AnthropicTools.WebSearch(new() { BlockedDomains = ["b.example"] }), """{"type":"web_search_20250305","name":"web_search","blocked_domains":["b.example"]}""" },
        { "fetch", AnthropicTools.WebFetch(), """{"type":"web_fetch_20250910","name":"web_fetch"}""" },
        { "fetch by options", AnthropicTools.WebFetch(new() { MaxUses = 1, AllowedDomains = ["a.example"], BlockedDomains = [], MaxContentTokens = 500, Cite = true }),
            """{"type":"web_fetch_20250910","name":"web_fetch","allowed_domains":["a.example"],"blocked_domains":[],"max_uses":1,"max_content_tokens":500,"citations":{"enabled":true}}""" },
        { "code", AnthropicTools.CodeExecution(), """{"type":"code_execution_20250825","name":"code_execution"}""" },
        { "by regex", AnthropicTools.ToolSearchByRegex(), """{"type":"tool_search_tool_regex_20251119","name":"tool_search_tool_regex"}""" },
        { "by words", AnthropicTools.ToolSearchByWords(), """{"type":"tool_search_tool_bm25_20251119","name":"tool_search_tool_bm25"}""" },
        { "mcp", AnthropicTools.McpTools("m"), """{"type":"mcp_toolset","mcp_server_name":"m"}""" },
        { "mcp in part", AnthropicTools.McpTools("m", "a", "b"), """{"type":"mcp_toolset","mcp_server_name":"m","default_config":{"enabled":false},"configs":{"a":{"enabled":true},"b":{"enabled":true}}}""" },
        { "bash", AnthropicTools.Bash(), """{"type":"bash_20250124","name":"bash"}""" },
        { "editor", AnthropicTools.TextEditor(), """{"type":"text_editor_20250728","name":"str_replace_based_edit_tool"}""" },
        { "editor in part", AnthropicTools.TextEditor(1000), """{"type":"text_editor_20250728","name":"str_replace_based_edit_tool","max_characters":1000}""" },
        { "computer", AnthropicTools.Computer(800, 600), """{"type":"computer_20251124","name":"computer","display_width_px":800,"display_height_px":600}""" },
        { "memory", AnthropicTools.Memory(), """{"type":"memory_20250818","name":"memory"}""" },
        { "deferred", AnthropicTools.Deferred(Tool.FromFunction("f")), """{"name":"f","input_schema":{"type":"object","properties":{}},"defer_loading":true}""" },
        { "any", AnthropicTools.Of("advisor_20260301", """{"name":"advisor","model":"claude-opus-5"}"""), """{"type":"advisor_20260301","name":"advisor","model":"claude-opus-5"}""" },
    };

    [Theory, MemberData(nameof(Tools))]
    public void A_tool_is_written_as_its_type_says(string name, Tool tool, string expected)
    {
        var body = Body(Render("anthropic", Asking(tool)));

        JsonComparison.Same(name, JsonNode.Parse(expected), body["tools"]![0]);
    }

    [Theory, MemberData(nameof(Tools))]
    public void A_tool_is_the_same_after_the_canonical_form(string name, Tool tool, string expected)
    {
        var again = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(Asking(tool).ToJson()));

        JsonComparison.Same(name, JsonNode.Parse(expected), Body(Render("anthropic", again))["tools"]![0]);
        Assert.Equal(tool.Format, again.Tools![0].Format);
    }

    [Theory]
    [InlineData("openai"), InlineData("groq"), InlineData("openai-responses"), InlineData("gemini"), InlineData("ollama"), InlineData("bedrock"), InlineData("deepseek-anthropic")]
    public void Another_format_is_not_given_them_and_says_so(string provider)
    {
        var request = Asking(AnthropicTools.Bash(), Tool.FromFunction("f")) with { FormatOptions = new AnthropicOptions { Effort = "low" }.ForRequest(), ToolChoice = ToolChoice.Auto };

        var call = Render(provider, request);

        var body = Encoding.UTF8.GetString(call.Body.Span);
        Assert.DoesNotContain("bash", body, StringComparison.Ordinal);
        Assert.DoesNotContain("format", body, StringComparison.Ordinal);
        Assert.DoesNotContain("effort", body, StringComparison.Ordinal);
        Assert.Contains("\"f\"", body, StringComparison.Ordinal);
        Assert.Equal(["format_options", "tools"], call.Warnings.Select(warning => warning.Param).Where(param => param is "tools" or "format_options").Order());
    }

    [Fact]
    public void Where_no_tool_is_left_nothing_is_said_of_tools()
    {
        var body = Body(Render("openai", Asking(AnthropicTools.WebSearch()) with { ToolChoice = ToolChoice.Required, ParallelToolCalls = false }));

        Assert.Equal(["model", "messages"], body.Select(member => member.Key));
    }

    [Fact]
    public void Options_are_written_as_members_of_the_request()
    {
        var options = new AnthropicOptions
        {
            McpServers = [new("m", "https://m.example/mcp") { AuthorizationToken = "token-of-the-test" }, new("n", "https://n.example")],
            ContextEdits = [AnthropicContextEdit.ClearThinking(2), AnthropicContextEdit.ClearToolUses(30000, 5), AnthropicContextEdit.Compact()],
            ContainerId = "container_1", Skills = [new("pptx"), new("skill_1") { IsCustom = true, Version = "7" }],
            Effort = "medium", CacheControl = """{"type":"ephemeral"}""", InferenceGeo = "us", Speed = "fast", Extra = """{"top_k":5}""",
        };

        var call = Render("anthropic", Asking(AnthropicTools.McpTools("m")) with { FormatOptions = options.ForRequest() });

        var expected = JsonNode.Parse("""
            {"mcp_servers":[{"type":"url","name":"m","url":"https://m.example/mcp","authorization_token":"token-of-the-test"},{"type":"url","name":"n","url":"https://n.example"}],
            "context_management":{"edits":[{"type":"clear_thinking_20251015","keep":{"type":"thinking_turns","value":2}},{"type":"clear_tool_uses_20250919","trigger":{"type":"input_tokens","value":30000},"keep":{"type":"tool_uses","value":5}},{"type":"compact_20260112"}]},
            "container":{"id":"container_1","skills":[{"type":"anthropic","skill_id":"pptx","version":"latest"},{"type":"custom","skill_id":"skill_1","version":"7"}]},
            "output_config":{"effort":"medium"},"cache_control":{"type":"ephemeral"},"inference_geo":"us","speed":"fast","top_k":5}
            """)!.AsObject();
        var body = Body(call);
        foreach (var (name, value) in expected) JsonComparison.Same(name, value, body[name]);
        Assert.Empty(call.Warnings);
        Assert.Equal("compact-2026-01-12,context-management-2025-06-27,fast-mode-2026-02-01,mcp-client-2025-11-20,skills-2025-10-02", Assert.Single(call.AddedHeaders).Value);
        Assert.DoesNotContain("token-of-the-test", options.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_container_alone_is_its_id() =>
        Assert.Equal("""{"container":"container_1"}""", new AnthropicOptions { ContainerId = "container_1" }.ToMembers().ToString());

    [Fact]
    public void A_further_member_of_the_request_goes_before_an_option()
    {
        var body = Body(Render("anthropic", Asking() with { FormatOptions = new AnthropicOptions { Speed = "fast", InferenceGeo = "us" }.ForRequest(), Extra = """{"speed":"standard"}""" }));

        Assert.Equal(("standard", "us"), ((string)body["speed"]!, (string)body["inference_geo"]!));
    }

    [Theory]
    [InlineData("bedrock", "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "web_search_20250305")]
    [InlineData("bedrock", "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "web_fetch_20250910")]
    [InlineData("bedrock", "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "code_execution_20250825")]
    [InlineData("bedrock", "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0", "mcp_toolset")]
    [InlineData("vertexai", "claude-sonnet-4-5", "web_fetch_20250910")]
    [InlineData("vertexai", "claude-sonnet-4-5", "code_execution_20260120")]
    [InlineData("vertexai", "claude-sonnet-4-5", "mcp_toolset")]
    public void A_tool_that_a_host_lacks_is_refused_before_the_call(string provider, string model, string type)
    {
        var lacked = Assert.Throws<UnsupportedFeatureException>(() => Render(provider, Asking(AnthropicTools.Of(type, default)), model));

        Assert.Contains(provider, lacked.Message, StringComparison.Ordinal);
        Assert.Contains(type, lacked.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_host_says_by_its_own_values_what_is_used()
    {
        var vertex = Render("vertexai", Asking(AnthropicTools.WebSearch(), AnthropicTools.ToolSearchByRegex()), "claude-sonnet-4-5");
        var bedrock = Render("bedrock", Asking(AnthropicTools.Memory(), AnthropicTools.ToolSearchByWords(), AnthropicTools.Bash()), "invoke/us.anthropic.claude-sonnet-4-5-20250929-v1:0");

        Assert.Equal("tool-search-tool-2025-10-19,web-search-2025-03-05", Assert.Single(vertex.AddedHeaders).Value);
        Assert.Equal(["context-management-2025-06-27", "tool-search-tool-2025-10-19"], Body(bedrock)["anthropic_beta"]!.AsArray().Select(value => (string)value!));
        Assert.Empty(bedrock.AddedHeaders);
    }

    [Fact]
    public void Only_what_is_in_beta_has_a_beta_header() =>
        Assert.Empty(Render("anthropic", Asking(AnthropicTools.WebSearch(), AnthropicTools.WebFetch(), AnthropicTools.ToolSearchByRegex(), AnthropicTools.Memory(), AnthropicTools.Bash(), AnthropicTools.TextEditor())).AddedHeaders);

    private static ChatCompletionRequest Asking(params Tool[] tools) => new() { Model = "m", Messages = [Message.User("Hi")], Tools = tools.Length == 0 ? null : tools };

    private static HttpCall Render(string provider, ChatCompletionRequest request, string model = "claude-sonnet-4-5") =>
        Catalog.BuiltIn.Single(one => one.Name == provider).Chat!.ForModel(model).Render(request, new(provider, model, "request-of-the-test", default), stream: false);

    private static JsonObject Body(HttpCall call) => JsonNode.Parse(call.Body.Span)!.AsObject();
}
