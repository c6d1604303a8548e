namespace Muxi.Llm.Tests;

/// <summary>Which setting counts: the call's, the code's, the environment's, what is built in; and whose key goes where.</summary>
public sealed class SettingTests
{
    private static readonly Uri _elsewhere = new("https://elsewhere.example/v9");

    public static TheoryData<string, string> KeyVariables => new()
    {
        { "openai", "OPENAI_API_KEY" }, { "openrouter", "OPENROUTER_API_KEY" }, { "groq", "GROQ_API_KEY" }, { "deepseek", "DEEPSEEK_API_KEY" }, { "xai", "XAI_API_KEY" },
        { "lmstudio", "LMSTUDIO_API_KEY" }, { "lmstudio", "LM_STUDIO_API_KEY" }, { "vllm", "VLLM_API_KEY" }, { "vllm", "HOSTED_VLLM_API_KEY" },
        { "llama_cpp", "LLAMA_CPP_API_KEY" }, { "llama_cpp", "LLAMACPP_API_KEY" },
    };

    [Theory, MemberData(nameof(KeyVariables))]
    public void A_key_is_found_in_its_variables(string provider, string variable)
    {
        var target = Resolve($"{provider}/m", environment: new() { [variable] = "  key-from-there\n" });

        Assert.Equal("key-from-there", target.Key);
        Assert.Contains("key-from-there", target.Secrets);
    }

    public static TheoryData<string, string> UrlVariables => new()
    {
        { "openai", "OPENAI_BASE_URL" }, { "openrouter", "OPENROUTER_BASE_URL" }, { "openrouter", "OPENROUTER_API_BASE" }, { "groq", "GROQ_BASE_URL" },
        { "deepseek", "DEEPSEEK_BASE_URL" }, { "deepseek", "DEEPSEEK_API_BASE" }, { "xai", "XAI_BASE_URL" }, { "xai", "XAI_API_BASE" },
        { "lmstudio", "LMSTUDIO_BASE_URL" }, { "lmstudio", "LM_STUDIO_API_BASE" }, { "vllm", "VLLM_BASE_URL" }, { "vllm", "VLLM_API_BASE" },
        { "llama_cpp", "LLAMA_CPP_BASE_URL" }, { "llama_cpp", "LLAMACPP_API_BASE" },
    };

    [Theory, MemberData(nameof(UrlVariables))]
    public void A_base_url_is_found_in_its_variables_and_replaces_the_whole(string provider, string variable)
    {
        var target = Resolve($"{provider}/m", environment: new() { [variable] = "http://box:1/deep/er" });

        Assert.Equal("http://box:1/deep/er/chat/completions", target.At("chat/completions").ToString());
    }

    [Fact]
    public void The_own_variable_goes_before_the_customary_one_and_an_empty_one_does_not_count()
    {
        Assert.Equal("own", Resolve("vllm/m", environment: new() { ["VLLM_API_KEY"] = "own", ["HOSTED_VLLM_API_KEY"] = "customary" }).Key);
        Assert.Equal("customary", Resolve("vllm/m", environment: new() { ["VLLM_API_KEY"] = " ", ["HOSTED_VLLM_API_KEY"] = "customary" }).Key);
    }

    [Fact]
    public void The_call_goes_before_the_code_before_the_environment_before_what_is_built_in()
    {
        Dictionary<string, string> environment = new() { ["GROQ_API_KEY"] = "environment-key", ["GROQ_BASE_URL"] = "http://environment/v1" };
        var options = new LlmOptions { ApiKeys = new Dictionary<string, string> { ["groq"] = "code-key" }, BaseUrls = new Dictionary<string, Uri> { ["groq"] = new("http://code/v1") } };
        var call = new RequestOptions { ApiKey = "call-key", BaseUrl = new("http://call/v1") };

        Assert.Equal(("https://api.groq.com/openai/v1/", "environment-key"), Where(Resolve("groq/m", environment: new() { ["GROQ_API_KEY"] = "environment-key" })));
        Assert.Equal(("http://environment/v1/", "environment-key"), Where(Resolve("groq/m", environment: environment)));
        Assert.Equal(("http://code/v1/", "code-key"), Where(Resolve("groq/m", options, environment: environment)));
        Assert.Equal(("http://call/v1/", "call-key"), Where(Resolve("groq/m", options, call, environment)));
        Assert.Equal(("http://code/v1/", "call-key"), Where(Resolve("groq/m", options, new() { ApiKey = "call-key" }, environment)));
        Assert.Equal(("http://call/v1/", "call-key"), Where(Resolve("vllm/m@host", options, call, environment)));
    }

    [Fact]
    public void An_address_of_the_calls_own_gets_no_configured_key_header_or_organisation()
    {
        Dictionary<string, string> environment = new() { ["OPENAI_API_KEY"] = "environment-key", ["OPENAI_ORG_ID"] = "org-1", ["VLLM_API_KEY"] = "environment-key" };
        var options = new LlmOptions
        {
            ApiKeys = new Dictionary<string, string> { ["openai"] = "code-key", ["vllm"] = "code-key" },
            Headers = new Dictionary<string, string> { ["X-Api-Key"] = "header-key", ["X-Team"] = "search" },
        };

        foreach (var target in (Target[])[Resolve("openai/m", options, new() { BaseUrl = _elsewhere }, environment), Resolve("vllm/m@evil.example", options, null, environment)])
        {
            Assert.Null(target.Key);
            Assert.Equal(["X-Team"], target.Headers.Select(header => header.Key));
        }
    }

    [Theory]
    [InlineData("OPENAI")]
    [InlineData("Groq")]
    [InlineData("llamacpp")]
    public void Settings_are_found_under_every_name_of_a_service(string name)
    {
        var options = new LlmOptions { ApiKeys = new Dictionary<string, string> { [name] = "code-key" }, BaseUrls = new Dictionary<string, Uri> { [name] = _elsewhere } };

        Assert.Equal(("https://elsewhere.example/v9/", "code-key"), Where(Resolve($"{name}/m", options)));
    }

    [Theory]
    [InlineData("openai/m", "openai needs a key: set OPENAI_API_KEY, or use a sandbox/ model, which needs none")]
    [InlineData("xai/m", "xai needs a key: set XAI_API_KEY, or use a sandbox/ model, which needs none")]
    public async Task A_missing_key_names_its_variable_and_opens_no_socket(string model, string message)
    {
        using var handler = new NoSocket();
        using var client = new LlmClient(new() { Handler = handler, Environment = static _ => null });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(model));
        var streamed = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskStream(model).WholeAsync());
        var raw = await Assert.ThrowsAsync<ConfigurationException>(() => client.Raw.SendAsync(error.Provider!, HttpMethod.Get, "models", null, TestContext.Current.CancellationToken));

        Assert.Equal((message, message, message), (error.Message, streamed.Message, raw.Message));
        Assert.Equal(("m", ErrorKind.Configuration), (error.Model, error.Kind));
        Assert.Empty(error.Attempts);
        Assert.False(handler.WasAsked);
    }

    [Fact]
    public void No_key_is_missed_where_none_is_needed()
    {
        Assert.Null(Resolve("vllm/m").Key);
        Assert.Null(Resolve("openai/m", environment: new() { ["OPENAI_BASE_URL"] = "http://localhost:1/v1" }).Key);
        Assert.Null(Resolve("openai/m", call: new() { BaseUrl = _elsewhere }).Key);
        Assert.Null(Resolve("openai/m", call: new() { Headers = new Dictionary<string, string> { ["authorization"] = "Bearer mine" } }).Key);
    }

    [Theory]
    [InlineData("sk-secret\nX-Evil: 1")]
    [InlineData("sk-secret with blanks")]
    [InlineData("sk-secret\0")]
    [InlineData("sk-secret…")]
    [InlineData("")]
    public void A_key_that_cannot_be_one_is_refused_without_being_shown(string key)
    {
        var byCall = Assert.Throws<ConfigurationException>(() => Resolve("groq/m", call: new() { ApiKey = key }));
        Assert.Contains("RequestOptions.ApiKey", byCall.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", byCall.ToString(), StringComparison.Ordinal);
        if (key.Length == 0) return;

        var byCode = Assert.Throws<ConfigurationException>(() => Resolve("groq/m", new() { ApiKeys = new Dictionary<string, string> { ["groq"] = key } }));
        var byEnvironment = Assert.Throws<ConfigurationException>(() => Resolve("groq/m", environment: new() { ["GROQ_API_KEY"] = key + "x\u0001" }));

        Assert.Contains("LlmOptions.ApiKeys", byCode.Message, StringComparison.Ordinal);
        Assert.Contains("GROQ_API_KEY", byEnvironment.Message, StringComparison.Ordinal);
        Assert.DoesNotContain("secret", byCode.ToString() + byEnvironment, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("localhost:8000")]
    [InlineData("ftp://host/v1")]
    [InlineData("not an address")]
    [InlineData("http://")]
    public void A_base_url_that_is_none_is_refused(string url)
    {
        var error = Assert.Throws<ConfigurationException>(() => Resolve("vllm/m", environment: new() { ["VLLM_BASE_URL"] = url }));

        Assert.Contains($"'{url}'", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("http://host", "http://host/chat")]
    [InlineData("http://host/", "http://host/chat")]
    [InlineData("http://host/v1//", "http://host/v1/chat")]
    [InlineData("http://host/v1?api-version=7", "http://host/v1/chat?api-version=7")]
    [InlineData("http://host/v1#part", "http://host/v1/chat")]
    [InlineData("http://ann:pw@host/v1", "http://host/v1/chat")]
    public void A_base_url_is_a_folder_however_it_is_written(string url, string expected) =>
        Assert.Equal(expected, Resolve("vllm/m", call: new() { BaseUrl = new(url) }).At("chat").AbsoluteUri);

    [Fact]
    public void A_relative_base_url_is_refused() =>
        Assert.Throws<ConfigurationException>(() => Resolve("vllm/m", call: new() { BaseUrl = new("v1/chat", UriKind.Relative) }));

    private static (string, string?) Where(Target target) => (target.BaseUrl.Folder.ToString(), target.Key);

    private static Target Resolve(string name, LlmOptions? options = null, RequestOptions? call = null, Dictionary<string, string>? environment = null) =>
        new Targets((options ?? new()) with { Environment = variable => environment?.GetValueOrDefault(variable) }).Resolve(Catalog.Resolve(name), call);

    private sealed class NoSocket : HttpMessageHandler
    {
        public bool WasAsked { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            WasAsked = true;
            throw new HttpRequestException("nobody is to be asked");
        }
    }
}
