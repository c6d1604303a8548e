namespace Muxi.Llm.Tests;

/// <summary>A file that came with somebody's project must not get at a secret of the user's: the canary stands in every place where one can be.</summary>
public sealed class StrangersFileTests : IDisposable
{
    private const string Canary = "sk-canary-0123456789";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-stranger");

    public void Dispose() => _folder.Delete(recursive: true);

    public static TheoryData<string, string> Lures => new()
    {
        { "openai/m", "providers: {openai: {base_url: URL}}" },
        { "openai/m", "providers: {openai: {base_url: URL, api_key: theirs}}" },
        { "vllm/m", "providers: {vllm: {base_url: URL}}" },
        { "vllm/m@HOST", "model: vllm/m" },
        { "fast", "aliases: {fast: openai/m}\nproviders: {openai: {base_url: URL}}" },
        { "mine/m", "providers: {mine: {base_url: URL, key_required: false}}" },
        { "mine/m", "providers: {mine: {base_url: URL, api_key: theirs, auth: {header: x-api-key}}}" },
        { "mine/m", "providers: {mine: {base_url: URL, key_required: false, auth: {header: X-Custom}}}" },
        { "groq/m", "fallbacks: {\"*\": [{model: openai/m, base_url: URL}]}\nproviders: {groq: {base_url: URLnowhere}}" },
        { "groq/m", "fallbacks: {\"*\": [{model: mine/m}]}\nproviders: {groq: {base_url: URLnowhere}, mine: {base_url: URL, key_required: false}}" },
    };

    [Theory, MemberData(nameof(Lures))]
    public async Task An_address_of_such_a_file_gets_no_secret_of_the_environment_or_the_code(string model, string yaml)
    {
        await using var server = await ReplayServer.StartAsync(1, static request => request.Target.Contains("nowhere", StringComparison.Ordinal) ? CannedReply.Json("{}", 401) : CannedReply.Json(Calls.Reply("caught")));
        var file = Write(yaml.Replace("URL", server.Url.ToString(), StringComparison.Ordinal));
        foreach (var options in (LlmOptions[])[new() { Environment = EveryVariable }, InCode()])
        {
            using var client = new LlmClient(options with { Configuration = file });
            await client.AskAsync(model.Replace("HOST", server.Url.Authority, StringComparison.Ordinal));
        }

        Assert.True(server.Requests.Count >= 2);
        Assert.All(server.Requests, request => Assert.DoesNotContain(Canary, string.Join('\n', request.Headers.Values) + request.Target + request.Text, StringComparison.Ordinal));
    }

    [Fact]
    public void A_service_that_such_a_file_defines_is_not_set_up_by_a_key_that_it_does_not_get()
    {
        using var client = new LlmClient(new() { Configuration = Write("providers: {mine: {base_url: \"http://stranger.invalid\"}, theirs: {base_url: \"http://stranger.invalid\", api_key: theirs}}"), Environment = EveryVariable });

        Assert.Equal((false, true, true), (client.Targets.IsSetUp(client.Targets.Provider("mine")), client.Targets.IsSetUp(client.Targets.Provider("theirs")), client.Targets.IsSetUp(Providers.OpenAI)));
    }

    [Fact]
    public async Task The_same_file_gets_them_when_the_user_has_named_it()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("trusted")));
        Write($"providers: {{openai: {{base_url: \"{server.Url}\"}}}}");
        using var client = new LlmClient(new() { Environment = name => name == LlmConfiguration.Variable ? Path.Combine(_folder.FullName, LlmConfiguration.FileName) : EveryVariable(name) });

        await client.AskAsync("openai/m");

        Assert.Equal($"Bearer {Canary}", server.Requests[0].Headers["Authorization"]);
    }

    [Fact]
    public async Task An_address_that_the_user_gives_keeps_its_key_whatever_the_file_says()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("trusted")));
        var file = Write("providers: {openai: {base_url: \"http://stranger.invalid\"}}");
        using var client = new LlmClient(new() { Configuration = file, Environment = name => name == "OPENAI_BASE_URL" ? server.Url.ToString() : EveryVariable(name) });

        await client.AskAsync("openai/m");

        Assert.Equal($"Bearer {Canary}", server.Requests[0].Headers["Authorization"]);
    }

    [Theory]
    [InlineData("headers: {X-Team: \"${OPENAI_API_KEY}\"}", "headers.X-Team: ${...}")]
    [InlineData("providers: {openai: {api_key: \"${OPENAI_API_KEY}\"}}", "providers.openai.api_key: ${...}")]
    [InlineData("providers: {openai: {base_url: \"http://x/${OPENAI_API_KEY}\"}}", "providers.openai.base_url: ${...}")]
    [InlineData("providers: {openai: {api_key_env: AWS_SECRET_ACCESS_KEY}}", "providers.openai.api_key_env: a variable")]
    [InlineData("fallbacks: {\"*\": [{model: openai/m, api_key_env: X}]}", "fallbacks.*[0].api_key_env: a variable")]
    [InlineData("proxy: \"http://x\"", "proxy: a proxy")]
    public void It_can_neither_read_a_variable_nor_set_a_proxy(string yaml, string what)
    {
        var error = Assert.Throws<ConfigurationException>(() => Write(yaml));

        Assert.Equal($"./muxi-llm.yaml:1: {what} is not for a file that was merely found in the working directory, as whoever wrote it could have your secrets sent to an address of theirs: name the file in MUXI_LLM_CONFIG to trust it", error.Message);
    }

    [Fact]
    public void It_cannot_say_where_conversations_are_kept()
    {
        var error = Assert.Throws<ConfigurationException>(() => Write("responses: {folder: /tmp/theirs}"));

        Assert.Equal("./muxi-llm.yaml:1: responses.folder: a folder is not for a file that was merely found in the working directory, as whoever wrote it could have conversations written where they can read them: name the file in MUXI_LLM_CONFIG to trust it", error.Message);
    }

    [Fact]
    public async Task A_missing_key_says_why_the_one_of_the_environment_does_not_count()
    {
        using var client = new LlmClient(new() { Configuration = Write("providers: {mine: {base_url: \"http://x\"}}"), Environment = EveryVariable });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync("mine/m"));

        Assert.Equal("mine needs a key: its address is from ./muxi-llm.yaml, which was found in the working directory and gets no key of the environment: name the file in MUXI_LLM_CONFIG to trust it, or put api_key beside the address", error.Message);
    }

    private LlmConfiguration Write(string yaml)
    {
        File.WriteAllText(Path.Combine(_folder.FullName, LlmConfiguration.FileName), yaml);
        return LlmConfiguration.Find(static _ => null, _folder.FullName)!;
    }

    private static string? EveryVariable(string name) => name.EndsWith("_BASE_URL", StringComparison.Ordinal) || name.EndsWith("_API_BASE", StringComparison.Ordinal) || name is "MUXI_LLM_CONFIG" or "MUXI_LLM_MODEL" ? null : Canary;

    private static LlmOptions InCode() => new()
    {
        Environment = EveryVariable,
        ApiKeys = new Dictionary<string, string> { ["openai"] = Canary, ["vllm"] = Canary, ["groq"] = Canary },
        Headers = new Dictionary<string, string> { ["Authorization"] = $"Bearer {Canary}", ["x-api-key"] = Canary, ["X-Custom"] = "harmless" },
    };

    [Fact]
    public void A_service_of_ones_own_that_needs_no_key_is_set_up_and_a_built_in_one_that_needs_none_is_not()
    {
        using var client = new LlmClient(new()
        {
            Configuration = LlmConfiguration.Parse("providers: {house: {base_url: \"http://house.example/v1\", key_required: false}, locked: {base_url: \"http://locked.example/v1\"}}"),
            Environment = static _ => null,
        });

        Assert.Equal(["house"], client.Providers.Where(client.Targets.IsSetUp).Select(provider => provider.Name));
    }
}
