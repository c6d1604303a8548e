using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a configuration file says, which of several sayings counts, and where the file is looked for.</summary>
public sealed class ConfigurationTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-config");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public void The_call_goes_before_the_code_before_the_environment_before_the_file()
    {
        var file = LlmConfiguration.Parse("providers: {groq: {base_url: \"http://file/v1\", api_key: file-key}}");
        var environment = new Dictionary<string, string>();
        var options = new LlmOptions { Configuration = file, Environment = environment.GetValueOrDefault };

        Assert.Equal(("http://file/v1/", "file-key"), Where(options));
        (environment["GROQ_API_KEY"], environment["GROQ_BASE_URL"]) = ("environment-key", "http://environment/v1");
        Assert.Equal(("http://environment/v1/", "environment-key"), Where(options));
        options = options with { ApiKeys = new Dictionary<string, string> { ["groq"] = "code-key" }, BaseUrls = new Dictionary<string, Uri> { ["groq"] = new("http://code/v1") } };
        Assert.Equal(("http://code/v1/", "code-key"), Where(options));
        Assert.Equal(("http://call/v1/", "call-key"), Where(options, new() { ApiKey = "call-key", BaseUrl = new("http://call/v1") }));
        Assert.Equal(("http://call/v1/", null), Where(options, new() { BaseUrl = new("http://call/v1") }));
    }

    [Fact]
    public async Task A_default_fills_what_the_request_leaves_out_the_more_specific_first()
    {
        var file = LlmConfiguration.Parse("""
            defaults:
              temperature: 0.1
              top_p: 0.1
              max_tokens: 1
              stop: [end]
              metadata: &labels {team: search}
              "openai/*": {temperature: 0.2, top_p: 0.2, top_k: 7}
              "openai/gpt-test": {temperature: 0.3, x_labels: *labels}
            """);
        var code = new Dictionary<string, Extra> { ["*"] = """{"top_p": 0.9, "seed": 5}""" };

        var sent = await SentAsync(new() { Configuration = file, Defaults = code }, Calls.Ask() with { MaxCompletionTokens = 99, Extra = """{"top_k": 8}""" });

        Assert.Equal(
            """{"model":"gpt-test","messages":[{"role":"user","content":"Hello?"}],"max_completion_tokens":99,"temperature":0.3,"top_p":0.9,"stop":"end","seed":5,"metadata":{"team":"search"},"x_labels":{"team":"search"},"top_k":8}""",
            Sorted(sent, ["model", "messages", "max_completion_tokens", "temperature", "top_p", "stop", "seed", "metadata", "x_labels", "top_k"]));
    }

    [Theory]
    [InlineData("temperature", "0.5")]
    [InlineData("top_p", "0.5")]
    [InlineData("n", "2")]
    [InlineData("max_tokens", "5")]
    [InlineData("max_completion_tokens", "5")]
    [InlineData("stop", """["x"]""")]
    [InlineData("frequency_penalty", "0.5")]
    [InlineData("presence_penalty", "0.5")]
    [InlineData("logit_bias", """{"5":1}""")]
    [InlineData("logprobs", "true")]
    [InlineData("top_logprobs", "2")]
    [InlineData("seed", "5")]
    [InlineData("reasoning_effort", "\"low\"")]
    [InlineData("verbosity", "\"low\"")]
    [InlineData("modalities", """["text"]""")]
    [InlineData("audio", """{"voice":"alloy","format":"wav"}""")]
    [InlineData("prediction", """{"type":"content","content":"x"}""")]
    [InlineData("web_search_options", "{}")]
    [InlineData("response_format", """{"type":"json_object"}""")]
    [InlineData("stream_options", """{"include_usage":true}""")]
    [InlineData("store", "true")]
    [InlineData("metadata", """{"a":"b"}""")]
    [InlineData("service_tier", "\"flex\"")]
    [InlineData("moderation", """{"model":"m"}""")]
    [InlineData("safety_identifier", "\"u\"")]
    [InlineData("prompt_cache_key", "\"k\"")]
    [InlineData("prompt_cache_retention", "\"24h\"")]
    [InlineData("prompt_cache_options", """{"ttl":"30m"}""")]
    [InlineData("user", "\"u\"")]
    [InlineData("functions", """[{"name":"f"}]""")]
    [InlineData("tools", """[{"type":"function","function":{"name":"f"}}]""")]
    [InlineData("anything_else", """{"deep":[1,"two",null]}""")]
    public async Task Every_member_may_have_a_default(string name, string value)
    {
        var sent = await SentAsync(new() { Defaults = new Dictionary<string, Extra> { ["*"] = $$"""{"{{name}}": {{value}}}""" } }, Calls.Ask("vllm/m"));
        var own = ChatCompletionRequest.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"model":"vllm/m","messages":[{"role":"user","content":"Hello?"}],"{{name}}":{{value}}}"""));

        Assert.Equal((await SentAsync(new(), own)).ToJsonString(), sent.ToJsonString());
    }

    [Fact]
    public async Task How_tools_are_called_is_said_only_where_there_are_tools()
    {
        var options = new LlmOptions { Defaults = new Dictionary<string, Extra> { ["*"] = """{"parallel_tool_calls": false, "tool_choice": "required"}""" } };

        var without = await SentAsync(options, Calls.Ask());
        var with = await SentAsync(options, Calls.Ask() with { Tools = [Tool.FromFunction("f")] });

        Assert.Equal((null, null), (without["parallel_tool_calls"], without["tool_choice"]));
        Assert.Equal("false required", $"{with["parallel_tool_calls"]} {with["tool_choice"]}");
    }

    [Fact]
    public async Task What_an_alias_sets_holds_for_its_fallbacks_too_but_for_members_of_one_service()
    {
        var file = LlmConfiguration.Parse("""
            aliases:
              fast:
                model: openai/small
                fallbacks: [openai/other, groq/third]
                defaults: {temperature: 0, top_k: 3}
            """);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}", 401), CannedReply.Json("{}", 401), CannedReply.Json(Calls.Reply("ok")));
        using var client = new LlmClient(new()
        {
            Configuration = file, Environment = static _ => null, BaseUrls = new Dictionary<string, Uri> { ["openai"] = server.Url, ["groq"] = server.Url },
        });

        var reply = await client.AskStream("fast").ReadAsync();

        Assert.Equal(["small", "other", "third"], server.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["model"]));
        Assert.All(server.Requests, request => Assert.Equal(0, (int)JsonNode.Parse(request.Text)!["temperature"]!));
        Assert.Equal("3  ", string.Join(' ', server.Requests.Select(request => JsonNode.Parse(request.Text)!["top_k"]?.ToString())));
    }

    [Fact]
    public async Task The_file_of_the_working_directory_goes_before_the_one_at_home()
    {
        var home = _folder.CreateSubdirectory("home");
        var here = _folder.CreateSubdirectory("here");
        var xdg = _folder.CreateSubdirectory("xdg");
        var environment = new Dictionary<string, string> { ["HOME"] = home.FullName };
        Assert.Null(LlmConfiguration.Find(environment.GetValueOrDefault, here.FullName));

        await WriteAsync(Path.Combine(home.FullName, ".config", "muxi-llm", "config.yaml"), "model: sandbox/home");
        Assert.Equal(("sandbox/home", false), Found());
        environment["XDG_CONFIG_HOME"] = "relative/is/ignored";
        Assert.Equal(("sandbox/home", false), Found());
        environment["XDG_CONFIG_HOME"] = xdg.FullName;
        Assert.Null(LlmConfiguration.Find(environment.GetValueOrDefault, here.FullName));
        await WriteAsync(Path.Combine(xdg.FullName, "muxi-llm", "config.yaml"), "model: sandbox/xdg");
        Assert.Equal(("sandbox/xdg", false), Found());
        await WriteAsync(Path.Combine(here.FullName, "muxi-llm.yaml"), "model: sandbox/here");
        Assert.Equal(("sandbox/here", true), Found());
        environment["MUXI_LLM_CONFIG"] = Path.Combine(here.FullName, "muxi-llm.yaml");
        Assert.Equal(("sandbox/here", false), Found());

        (string?, bool) Found() => LlmConfiguration.Find(environment.GetValueOrDefault, here.FullName) is { } found ? (found.Model, found.IsOfWorkingDirectory) : default;
    }

    [Fact]
    public void The_library_reads_the_file_that_the_variable_names_and_no_other()
    {
        var file = Path.Combine(_folder.FullName, "muxi-llm.yaml");
        File.WriteAllText(file, "model: sandbox/named");

        using var named = new LlmClient(new() { Environment = name => name == LlmConfiguration.Variable ? $" {file} " : null });
        using var none = new LlmClient(new() { Configuration = LlmConfiguration.Empty, Environment = name => name == LlmConfiguration.Variable ? file : null });
        using var home = new LlmClient(new() { Environment = name => name == "HOME" ? _folder.FullName : null });

        Assert.Equal((file, "sandbox/named"), (named.Configuration.Name, named.Configuration.Model));
        Assert.Same(LlmConfiguration.Empty, none.Configuration);
        Assert.Same(LlmConfiguration.Empty, home.Configuration);
    }

    [Fact]
    public void Merge_keys_anchors_and_comments_are_understood()
    {
        var file = LlmConfiguration.Parse("""
            # what two services share
            providers:
              groq: &slow   # an anchor
                timeouts: {first_byte: 1m30s, idle: none}
                headers: {X-Team: "yes"}
              xai:
                <<: *slow
                headers: {X-Team: other}
            """);

        Assert.Equal(file.Settings["groq"].Timeouts, file.Settings["xai"].Timeouts);
        Assert.Equal((TimeSpan.FromSeconds(90), Timeout.InfiniteTimeSpan), (file.Settings["xai"].Timeouts.FirstByte, file.Settings["xai"].Timeouts.Idle));
        Assert.Equal("other", file.Settings["xai"].Headers[0].Value);
    }

    [Theory]
    [InlineData("a: 1", """{"a":1}""")]
    [InlineData("a: -1.5e3", """{"a":-1500}""")]
    [InlineData("a: 0x1F", """{"a":31}""")]
    [InlineData("a: 0o17", """{"a":15}""")]
    [InlineData("a: '1'", """{"a":"1"}""")]
    [InlineData("a: [no, yes, on, True, ~, null, '']", """{"a":["no","yes","on",true,null,null,""]}""")]
    [InlineData("a: 2026-11-25", """{"a":"2026-11-25"}""")]
    [InlineData("a: 1.2.3", """{"a":"1.2.3"}""")]
    [InlineData("a: Infinity", """{"a":"Infinity"}""")]
    [InlineData("a: !!str 5", """{"a":"5"}""")]
    [InlineData("a: |\n    two\n    lines\n", """{"a":"two\nlines\n"}""")]
    public void A_value_is_what_YAML_1_2_says_it_is(string yaml, string json) =>
        Assert.Equal(json, LlmConfiguration.Parse($"defaults:\n  {yaml}").Defaults["*"].ToString());

    [Fact]
    public void A_quirk_that_is_left_out_keeps_its_value()
    {
        var speaks = (OpenAIChat)LlmConfiguration.Parse("""
            providers:
              groq:
                chat:
                  max_stops: 2
                  reasoning_echo: null
                  finish_reasons: {done: stop}
                  variants:
                    "*-r1": {reasoning_echo: thoughts}
            """).Providers.Single().Chat!;
        var usual = (OpenAIChat)Providers.Groq.Chat!;

        Assert.Equal((2, null, "stop"), (speaks.MaxStops, speaks.ReasoningEcho, speaks.FinishReasons["done"]));
        Assert.Equal((usual.MaxTokensField, usual.Path, usual.StreamOptions), (speaks.MaxTokensField, speaks.Path, speaks.StreamOptions));
        Assert.Equal(usual.Drops, speaks.Drops.AsEnumerable());
        var variant = (OpenAIChat)speaks.ForModel("deepseek-r1");
        Assert.Equal(("thoughts", 2), (variant.ReasoningEcho, variant.MaxStops));
    }

    [Fact]
    public void Every_dialect_of_the_library_has_a_name_in_files_and_its_quirks_survive_there() =>
        Assert.All(Catalog.BuiltIn.Where(provider => provider.Chat is not null), provider =>
        {
            var format = ChatFormats.Of(provider.Chat!)!;
            var plain = provider.Chat! with { Variants = [] };
            Assert.Equal(format.ToJson(plain).GetRawText(), format.ToJson(format.FromJson(System.Text.Encoding.UTF8.GetBytes(format.ToJson(plain).GetRawText()))).GetRawText());
            Assert.Empty(Quirks.In(plain.GetType()).Where(quirk => quirk.Name != nameof(ChatDialect.Variants)).Select(quirk => System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName(quirk.Name)).Except(format.Quirks.Keys));
        });

    [Fact]
    public async Task The_example_of_the_page_can_be_used()
    {
        var page = await File.ReadAllTextAsync(Repo.PathTo("docs", "configuration.md"), TestContext.Current.CancellationToken);
        var yaml = page[(page.IndexOf("```yaml", StringComparison.Ordinal) + 8)..];
        var file = LlmConfiguration.Parse(yaml[..yaml.IndexOf("```", StringComparison.Ordinal)]);

        using var client = new LlmClient(new() { Configuration = file, Environment = static _ => null });

        Assert.Equal(["openai", "house"], client.Configuration.Providers.Select(provider => provider.Name));
        Assert.Equal("house needs a key: set HOUSE_API_KEY, or use a sandbox/ model, which needs none", (await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("house/large", new() { Fallbacks = [] }))).Message);
    }

    private static async Task WriteAsync(string path, string yaml)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        await File.WriteAllTextAsync(path, yaml, TestContext.Current.CancellationToken);
    }

    private static (string, string?) Where(LlmOptions options, RequestOptions? call = null)
    {
        var target = new Targets(options).Resolve(Catalog.Resolve("groq/m"), call);
        return (target.BaseUrl.Folder.ToString(), target.Key);
    }

    private static async Task<JsonObject> SentAsync(LlmOptions options, ChatCompletionRequest request)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("ok")));
        using var client = new LlmClient(options with
        {
            Environment = static _ => null, BaseUrls = new Dictionary<string, Uri> { ["openai"] = server.Url, ["vllm"] = server.Url },
            Providers = [Providers.OpenAI with { Chat = new OpenAIChat { MaxTokensField = null } }],
        });
        await client.AskAsync(request);
        return JsonNode.Parse(server.Requests[0].Text)!.AsObject();
    }

    private static string Sorted(JsonObject body, string[] names)
    {
        Assert.Equal(names.Order(), body.Select(member => member.Key).Order());
        return new JsonObject(names.Select(name => KeyValuePair.Create(name, body[name]?.DeepClone()))).ToJsonString();
    }
}
