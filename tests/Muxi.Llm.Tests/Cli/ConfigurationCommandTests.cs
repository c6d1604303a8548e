using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The command line with a configuration file, <c>config</c>, <c>doctor</c> and <c>--fallback</c>.</summary>
public sealed class ConfigurationCommandTests : IDisposable
{
    private const string Canary = "sk-canary-0123456789";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-cli");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_file_that_is_found_is_told_and_its_model_answers()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));

        var run = await In("model: fast\naliases: {fast: {model: openai/small, defaults: {temperature: 0.5}}}", CliRun.OpenAI(server.Url)).RunAsync("chat", "Hi");

        Assert.Equal(new CliResult(0, "ok\n", "muxi-llm: configuration: ./muxi-llm.yaml\nmuxi-llm: fast, which is openai/small, answers (./muxi-llm.yaml:1 says so; -m picks another)\n"), run);
        Assert.Equal(("small", 0.5), ((string?)JsonNode.Parse(server.Requests[0].Text)!["model"], (double)JsonNode.Parse(server.Requests[0].Text)!["temperature"]!));
    }

    [Fact]
    public async Task A_file_that_cannot_be_used_is_one_line()
    {
        Assert.Equal(new CliResult(1, "", "muxi-llm: ./muxi-llm.yaml:1: modle: there is no such key; did you mean model?\n"), await In("modle: x").RunAsync("chat", "Hi"));
    }

    [Fact]
    public async Task Providers_of_the_file_are_listed_and_their_models_too()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[{"id":"large"}]}"""));
        var yaml = $"providers: {{house: {{base_url: \"{server.Url}v1\", api_key: {Canary}, display_name: The House, default_model: large}}}}";
        const string Note = "muxi-llm: configuration: ./muxi-llm.yaml (found here: its addresses get no key of the environment)\n";

        var providers = await In(yaml).RunAsync("providers");
        Assert.Matches($@"^house +The House +chat and 10 more +\./muxi-llm\.yaml:1 is set +http://127\.0\.0\.1:\d+/v1$", providers.Output.Split('\n')[1]);
        Assert.DoesNotContain(Canary, providers.Output, StringComparison.Ordinal);
        Assert.Equal(new CliResult(0, "house/large\n", Note), await In(yaml).RunAsync("models", "house"));
        Assert.Equal($"Bearer {Canary}", server.Requests[0].Headers["Authorization"]);
        Assert.StartsWith($"{Note}muxi-llm: house/large answers (./muxi-llm.yaml:1 is set; -m picks another)\n", (await In(yaml).RunAsync("chat", "Hi")).Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fallback_answers_and_stderr_says_why()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"Busy"}}""", 429), OpenAIWire.Stream("ok"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o", "--fallback", "groq/x", "--fallback", "gpt-4o-mini", "--usage", "Hi");

        Assert.Equal(0, run.ExitCode);
        Assert.Equal("ok\n", run.Output);
        Assert.Equal(
            "muxi-llm: openai/gpt-4o failed (rate limit): going on to groq/x\n"
            + "muxi-llm: groq/x failed (it is not set up here: ask it alone to see what is missing): going on to openai/gpt-4o-mini\n"
            + "muxi-llm: usage: 12 prompt (3 cached) + 5 completion (2 reasoning) = 17 tokens in 0.0 s, 2 attempts\n", run.Errors);
    }

    [Fact]
    public async Task A_fallback_that_nobody_offers_is_told_before_anything_is_sent()
    {
        Assert.Equal(new CliResult(1, "", "muxi-llm: unknown provider 'opnai' in 'opnai/x'; did you mean openai?\n"), await new CliRun().RunAsync("chat", "-m", "sandbox/chat", "--fallback", "opnai/x", "Hi"));
    }

    [Fact]
    public async Task Every_setting_is_shown_with_its_source_and_no_key()
    {
        var run = In($"""
            timeouts: {OpenBrace}idle: 30s{CloseBrace}
            headers:
              X-Team: search
              X-Api-Key: {Canary}
            aliases: {OpenBrace}fast: groq/small{CloseBrace}
            fallbacks: {OpenBrace}"*": [fast, sandbox/chat]{CloseBrace}
            defaults: {OpenBrace}temperature: 0.5{CloseBrace}
            providers:
              groq: {OpenBrace}api_key: {Canary}{CloseBrace}
              xai: {OpenBrace}chat: {OpenBrace}drops: [user]{CloseBrace}{CloseBrace}
            """, new() { ["OPENAI_API_KEY"] = Canary, ["OPENAI_BASE_URL"] = $"http://me:{Canary}@box/v1", ["HTTPS_PROXY"] = $"http://me:{Canary}@proxy:1", ["MUXI_LLM_MODEL"] = "fast" });

        var shown = await run.RunAsync("config", "show", "--json");
        var table = await run.RunAsync("config", "show");

        var settings = JsonNode.Parse(shown.Output)!.AsArray().ToDictionary(setting => (string)setting!["name"]!, setting => $"{setting!["value"]} | {setting["source"]}");
        Assert.Equal("30s | ./muxi-llm.yaml:1", settings["timeouts.idle"]);
        Assert.Equal("15s | built in", settings["timeouts.connect"]);
        Assert.Equal("search | ./muxi-llm.yaml:3", settings["headers.X-Team"]);
        Assert.Equal("(not shown) | ./muxi-llm.yaml:4", settings["headers.X-Api-Key"]);
        Assert.Equal("groq/small | ./muxi-llm.yaml:5", settings["aliases.fast"]);
        Assert.Equal("fast, sandbox/chat | ./muxi-llm.yaml:6", settings["fallbacks.*"]);
        Assert.Equal("0.5 | ./muxi-llm.yaml:7", settings["defaults.*.temperature"]);
        Assert.Equal("found | ./muxi-llm.yaml:9", settings["providers.groq.api_key"]);
        Assert.Equal("set | ./muxi-llm.yaml:10", settings["providers.xai.chat.drops"]);
        Assert.Equal("found | OPENAI_API_KEY", settings["providers.openai.api_key"]);
        Assert.Equal("http://box/v1 | OPENAI_BASE_URL", settings["providers.openai.base_url"]);
        Assert.Equal("fast | MUXI_LLM_MODEL", settings["model"]);
        Assert.Equal(settings.Count, table.Output.TrimEnd('\n').Split('\n').Length);
        Assert.DoesNotContain("canary", shown.Output + shown.Errors + table.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_file_can_be_located_and_checked()
    {
        var run = In("model: sandbox/chat");
        Assert.Equal(new CliResult(0, Path.Combine(_folder.FullName, "muxi-llm.yaml") + "\n", "muxi-llm: configuration: ./muxi-llm.yaml\n"), await run.RunAsync("config", "path"));
        Assert.Equal(new CliResult(0, "./muxi-llm.yaml: good (1 setting)\n", ""), await run.RunAsync("config", "check"));
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "other.yaml"), "\nmodel: opnai/x", TestContext.Current.CancellationToken);
        Assert.EndsWith("other.yaml:2: model: unknown provider 'opnai' in 'opnai/x'; did you mean openai?\n", (await run.RunAsync("config", "check", "other.yaml")).Errors, StringComparison.Ordinal);
        var none = await new CliRun { Environment = new() { ["HOME"] = "/nowhere" } }.RunAsync("config", "path");
        Assert.Equal(new CliResult(1, "", "muxi-llm: there is no configuration file: MUXI_LLM_CONFIG names none, and there is neither ./muxi-llm.yaml nor /nowhere/.config/muxi-llm/config.yaml\n"), none);
    }

    [Fact]
    public async Task The_doctor_says_what_is_missing_and_how_to_get_it()
    {
        var run = await Doctor([], []).RunAsync("doctor");

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Contains("  -    openai: no key\n       export OPENAI_API_KEY=...\n", run.Output, StringComparison.Ordinal);
        Assert.Matches(@"  -    \d\d others: no key\n       muxi-llm providers lists them with their variables\n", run.Output);
        Assert.Contains("  -    vLLM: nobody answers at http://127.0.0.1:", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAIL no service can answer", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_has_no_account_at_a_service_need_not_say_where_it_is()
    {
        var run = await Doctor([], []).RunAsync("doctor");

        Assert.Contains("  -    bedrock: no key\n       export AWS_BEARER_TOKEN_BEDROCK=..., or aws credentials (AWS_ACCESS_KEY_ID, ...)\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  -    vertexai: no key\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_place_of_a_service_is_a_setting()
    {
        var run = await new CliRun { Environment = new() { ["AWS_DEFAULT_REGION"] = "eu-west-1" } }.RunAsync("config", "show");

        Assert.Matches(@"(?m)^providers\.bedrock\.region +eu-west-1 +AWS_DEFAULT_REGION$", run.Output);
    }

    [Fact]
    public async Task Who_has_an_account_is_told_that_the_place_is_missing()
    {
        var run = await Doctor(new() { ["AWS_BEARER_TOKEN_BEDROCK"] = Canary }, []).RunAsync("doctor");

        Assert.Contains("  FAIL bedrock: bedrock needs a region: set AWS_REGION or AWS_DEFAULT_REGION\n       look at AWS_REGION, AWS_DEFAULT_REGION, ", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_key_or_a_local_server_is_enough_and_no_key_is_shown()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"data":[]}"""));

        var keyed = await Doctor(new() { ["GROQ_API_KEY"] = Canary, ["HTTPS_PROXY"] = $"http://u:{Canary}@p:1" }, []).RunAsync("doctor");
        var local = await Doctor([], new() { ["VLLM_BASE_URL"] = server.Url.ToString() }).RunAsync("doctor", "--json");

        Assert.Equal((0, 0), (keyed.ExitCode, local.ExitCode));
        Assert.Contains("  ok   groq: its key is in GROQ_API_KEY\n", keyed.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", keyed.Output, StringComparison.Ordinal);
        Assert.True((bool)JsonNode.Parse(local.Output)!["can_answer"]!);
        Assert.Contains(JsonNode.Parse(local.Output)!["findings"]!.AsArray(), finding => ((string)finding!["what"]!).StartsWith("vLLM answers at http://127.0.0.1:", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Something_else_at_a_servers_address_is_not_taken_for_it()
    {
        await using var page = await ReplayServer.StartAsync(1, CannedReply.Html(200, "<html>a router's page</html>"));

        var run = await Doctor([], new() { ["VLLM_BASE_URL"] = page.Url.ToString() }).RunAsync("doctor");

        Assert.Equal(1, run.ExitCode);
        Assert.DoesNotContain("vLLM answers", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Online_each_key_is_tried()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Headers["Authorization"].EndsWith("good", StringComparison.Ordinal) ? CannedReply.Json("""{"data":[]}""") : CannedReply.Json($$$"""{"error":{"message":"bad key {{{Canary}}}"}}""", 401));
        var environment = new Dictionary<string, string>
        {
            ["OPENAI_API_KEY"] = "good", ["OPENAI_BASE_URL"] = server.Url.ToString(), ["GROQ_API_KEY"] = Canary, ["GROQ_BASE_URL"] = server.Url.ToString(),
        };

        var run = await Doctor(environment, []).RunAsync("doctor", "--online");

        Assert.Contains("  ok   openai takes the key in OPENAI_API_KEY\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("  FAIL groq refuses the key in GROQ_API_KEY\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain(Canary, run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_broken_file_or_setting_is_a_finding_and_the_rest_is_looked_at()
    {
        await File.WriteAllTextAsync(Path.Combine(_folder.FullName, "muxi-llm.yaml"), "modle: x", TestContext.Current.CancellationToken);

        var run = await Doctor(new() { ["OPENAI_API_KEY"] = "sk with blanks", ["MUXI_LLM_MODEL"] = "opnai/x" }, []).RunAsync("doctor");

        Assert.Equal((1, ""), (run.ExitCode, run.Errors));
        Assert.Contains("FAIL ./muxi-llm.yaml:1: modle: there is no such key; did you mean model?\n       mend the line", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAIL openai: the key for openai holds blanks, control characters or other than plain ASCII: look at OPENAI_API_KEY\n", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAIL MUXI_LLM_MODEL: unknown provider 'opnai'", run.Output, StringComparison.Ordinal);
        Assert.Contains("FAIL nobody answers before the configuration is mended\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("no file:", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task With_a_configuration_that_cannot_be_read_no_key_makes_the_doctor_content()
    {
        var run = await Doctor(new() { ["OPENAI_API_KEY"] = Canary, ["MUXI_LLM_CONFIG"] = _folder.FullName }, []).RunAsync("doctor");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains(" is a folder, not a file\n       let MUXI_LLM_CONFIG name a file that can be read, or unset it\n", run.Output, StringComparison.Ordinal);
        Assert.DoesNotContain("without -m", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Only_values_count_as_settings() =>
        Assert.EndsWith(" (2 settings)\n", (await In("timeouts: {idle: 1m}\nproviders: {house: {base_url: \"http://box/v1\"}}").RunAsync("config", "check")).Output, StringComparison.Ordinal);

    [Fact]
    public async Task A_key_in_a_file_that_others_may_read_is_warned_of()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has other rights");
        var file = Path.Combine(_folder.FullName, "muxi-llm.yaml");
        await File.WriteAllTextAsync(file, $"providers: {{groq: {{api_key: {Canary}}}}}", TestContext.Current.CancellationToken);
        if (OperatingSystem.IsWindows()) return;
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.OtherRead);
        Assert.Contains("warn it holds a key, and others may read it\n       chmod 600 ", (await Doctor([], []).RunAsync("doctor")).Output, StringComparison.Ordinal);
        File.SetUnixFileMode(file, UnixFileMode.UserRead | UnixFileMode.UserWrite);
        Assert.DoesNotContain("others may read", (await Doctor([], []).RunAsync("doctor")).Output, StringComparison.Ordinal);
    }

    private const string OpenBrace = "{";
    private const string CloseBrace = "}";

    private CliRun In(string yaml, Dictionary<string, string>? environment = null)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "muxi-llm.yaml"), yaml);
        return new() { WorkingDirectory = _folder.FullName, Environment = environment ?? [] };
    }

    /// <summary>A run that meets no server that may be on this machine.</summary>
    private CliRun Doctor(Dictionary<string, string> environment, Dictionary<string, string> servers)
    {
        var refused = FaultServer.Refused().ToString();
        foreach (var name in (string[])["LMSTUDIO", "VLLM", "LLAMA_CPP", "OLLAMA"]) environment[$"{name}_BASE_URL"] = servers.GetValueOrDefault($"{name}_BASE_URL", refused);
        return new() { WorkingDirectory = _folder.FullName, Environment = environment, Clock = TimeProvider.System };
    }
}
