using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm models</c> and <c>muxi-llm providers</c>.</summary>
public sealed class ListingTests
{
    private const string Models = """{"object":"list","data":[{"id":"gpt-4o-mini","object":"model","created":1721172741,"owned_by":"system"},{"id":"gpt-4o","object":"model"}]}""";

    [Fact]
    public async Task A_services_models_are_listed_by_the_names_that_chat_takes()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Models));

        var run = await CliRun.Asking(server.Url).RunAsync("models", "openai");

        Assert.Equal(new CliResult(0, "openai/gpt-4o\nopenai/gpt-4o-mini\n", ""), run);
        Assert.Equal(("GET", "/v1/models"), (server.Requests[0].Method, server.Requests[0].Target));
    }

    [Fact]
    public async Task The_list_as_JSON_has_OpenAIs_form()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Models));

        var run = await CliRun.Asking(server.Url).RunAsync("models", "openai", "--json");

        Assert.True(JsonNode.DeepEquals(
            JsonNode.Parse("""{"object":"list","data":[{"id":"openai/gpt-4o","object":"model"},{"id":"openai/gpt-4o-mini","object":"model","created":1721172741,"owned_by":"system"}]}"""),
            JsonNode.Parse(run.Output)));
    }

    [Fact]
    public async Task A_list_that_comes_in_pages_is_read_to_its_end()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("after_id=claude-b", StringComparison.Ordinal)
            ? """{"data":[{"type":"model","id":"claude-a"}],"has_more":false,"first_id":"claude-a","last_id":"claude-a"}"""
            : """{"data":[{"type":"model","id":"claude-c"},{"type":"model","id":"claude-b"}],"has_more":true,"first_id":"claude-c","last_id":"claude-b"}"""));
        var run = new CliRun { Environment = new() { ["ANTHROPIC_API_KEY"] = "sk-ant-1", ["ANTHROPIC_BASE_URL"] = server.Url.ToString() } };

        var result = await run.RunAsync("models", "anthropic");

        Assert.Equal(new CliResult(0, "anthropic/claude-a\nanthropic/claude-b\nanthropic/claude-c\n", ""), result);
        Assert.Equal(["/v1/models", "/v1/models?limit=1000&after_id=claude-b"], server.Requests.Select(request => request.Target));
        Assert.All(server.Requests, request => Assert.Equal(("2023-06-01", "sk-ant-1"), (request.Headers["anthropic-version"], request.Headers["x-api-key"])));
    }

    [Fact]
    public async Task Without_a_provider_all_who_can_be_asked_are_listed_and_the_others_named()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Models));
        await using var local = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"id":"qwen3"}]}"""));
        var refused = FaultServer.Refused().ToString();
        var run = new CliRun
        {
            Environment = new(CliRun.OpenAI(server.Url)) { ["VLLM_BASE_URL"] = local.Url.ToString(), ["LMSTUDIO_BASE_URL"] = refused, ["LLAMA_CPP_BASE_URL"] = refused, ["OLLAMA_BASE_URL"] = refused },
        };

        var result = await run.RunAsync("models");

        Assert.Equal(0, result.ExitCode);
        Assert.StartsWith("openai/gpt-4o\nopenai/gpt-4o-mini\nvllm/qwen3\n", result.Output, StringComparison.Ordinal);
        Assert.Contains("muxi-llm: left out, as their keys are not set: anthropic (ANTHROPIC_API_KEY), gemini (GEMINI_API_KEY), openrouter (OPENROUTER_API_KEY), groq (GROQ_API_KEY), ", result.Errors, StringComparison.Ordinal);
        Assert.Matches(@" and \d\d more: muxi-llm providers lists them\n", result.Errors);
        // A key would bring nothing: they list no models.
        Assert.DoesNotContain("minimax", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("openai-responses", result.Errors, StringComparison.Ordinal);
        Assert.Contains("muxi-llm: lmstudio: no reply from ", result.Errors, StringComparison.Ordinal);
        Assert.Contains("muxi-llm: llama_cpp: no reply from ", result.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("grok", "unknown provider 'grok'; did you mean groq?")]
    [InlineData("openai", "openai needs a key: set OPENAI_API_KEY, or use a sandbox/ model, which needs none")]
    public async Task A_provider_that_cannot_be_asked_is_a_failure(string provider, string says)
    {
        Assert.Equal(new CliResult(1, "", $"muxi-llm: {says}\n"), await new CliRun().RunAsync("models", provider));
    }

    [Theory]
    [InlineData("<html>", "openai: the list of models is not JSON (try again later)")]
    [InlineData("""{"models":[]}""", "openai: the list of models is not in OpenAI's form (try again later)")]
    public async Task A_list_that_is_none_is_told(string body, string says)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));

        Assert.Equal(new CliResult(1, "", $"muxi-llm: {says}\n"), await CliRun.Asking(server.Url).RunAsync("models", "openai"));
    }

    [Fact]
    public async Task A_list_that_breaks_off_is_told()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(20, CannedReply.Json(Models)));

        Assert.Equal(new CliResult(1, "", $"muxi-llm: openai: no reply from {server.Url.GetLeftPart(UriPartial.Authority)}: Connection reset by peer (check the network, the proxy and the base URL)\n"), await CliRun.Asking(server.Url).RunAsync("models", "openai"));
    }

    [Theory]
    [InlineData]
    [InlineData("--json")]
    [InlineData("--markdown")]
    public async Task No_form_of_the_providers_shows_a_key(params string[] form)
    {
        var variables = Catalog.All.SelectMany(provider => provider.CredentialVariables).Distinct().ToDictionary(name => name, _ => "sk-canary-0123456789");
        variables["OPENAI_BASE_URL"] = "http://user:canary@proxy.example:8080/v1?key=canary#canary";

        var run = await new CliRun { Environment = variables }.RunAsync(["providers", .. form]);

        Assert.Equal((0, ""), (run.ExitCode, run.Errors));
        Assert.DoesNotContain("canary", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_table_says_where_calls_go_and_which_keys_are_set()
    {
        var run = await new CliRun { Environment = new() { ["HOSTED_VLLM_API_KEY"] = "x", ["OPENAI_BASE_URL"] = "http://proxy.example:8080/v1/" } }.RunAsync("providers");

        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(Catalog.All.Length + 1, lines.Length);
        // Those that can be used at once come first.
        Assert.Matches("^vllm +vLLM .* HOSTED_VLLM_API_KEY is set ", lines[1]);
        Assert.Matches(@"^openai +OpenAI +chat and 11 more +OPENAI_API_KEY is not set +http://proxy\.example:8080/v1$", lines[2]);
    }

    [Fact]
    public async Task The_facts_are_there_as_JSON()
    {
        var run = await new CliRun { Environment = new() { ["GROQ_API_KEY"] = "x" } }.RunAsync("providers", "--json");

        var groq = JsonNode.Parse(run.Output)!.AsArray().Single(provider => (string?)provider!["name"] == "groq")!;
        Assert.Equal(Operations.Of(Providers.Groq), groq["operations"]!.AsArray().Select(name => (string)name!));
        Assert.True((bool?)groq["key_set"]);
        Assert.Equal(["built in", "recorded", "unverified", "vendor's page"], JsonNode.Parse(run.Output)!.AsArray().Select(provider => (string)provider!["evidence"]!).Distinct().Order());
        Assert.Equal("groq/openai/gpt-oss-120b", (string?)groq["default_model"]);
        Assert.Equal("https://api.groq.com/openai/v1", (string?)groq["base_url"]);
    }

    [Fact]
    public async Task The_page_of_the_providers_is_what_the_command_prints()
    {
        var run = await new CliRun().RunAsync("providers", "--markdown");

        Assert.True(
            run.Output == await File.ReadAllTextAsync(Repo.PathTo("docs", "providers.md"), TestContext.Current.CancellationToken),
            "docs/providers.md is out of date: ./muxi-llm providers --markdown > docs/providers.md");
    }

    [Fact]
    public async Task An_address_that_depends_on_a_place_is_shown_with_the_place_open_or_filled()
    {
        var open = await new CliRun().RunAsync("providers");
        var filled = await new CliRun { Environment = new() { ["AWS_REGION"] = "eu-west-1" } }.RunAsync("providers");

        Assert.Matches(@"(?m)^bedrock .* AWS_BEARER_TOKEN_BEDROCK is not set +https://bedrock-runtime\.\{region\}\.amazonaws\.com$", open.Output);
        Assert.Matches(@"(?m)^vertexai .* VERTEXAI_ACCESS_TOKEN is not set +https://\{location\}-aiplatform\.googleapis\.com/", open.Output);
        Assert.Matches(@"(?m)^bedrock .* https://bedrock-runtime\.eu-west-1\.amazonaws\.com$", filled.Output);
    }

    [Fact]
    public async Task A_providers_name_in_place_of_a_models_is_understood()
    {
        var run = await new CliRun().RunAsync("chat", "-m", "gemini", "Hi");

        Assert.Equal(new CliResult(1, "", "muxi-llm: openai needs a key: set OPENAI_API_KEY, or use a sandbox/ model, which needs none; if gemini is meant, write gemini/MODEL\n"), run);
    }
}
