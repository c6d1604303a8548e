namespace Muxi.Llm.Tests;

/// <summary>What <c>provider/model</c> means.</summary>
public sealed class NameTests
{
    [Theory]
    [InlineData("groq/llama-3.3-70b-versatile", "groq", "llama-3.3-70b-versatile")]
    [InlineData("openrouter/anthropic/claude-sonnet-4", "openrouter", "anthropic/claude-sonnet-4")]
    [InlineData("openrouter/a/b/c:free", "openrouter", "a/b/c:free")]
    [InlineData("gpt-4o-mini", "openai", "gpt-4o-mini")]
    [InlineData("ft:gpt-4o:acme::1", "openai", "ft:gpt-4o:acme::1")]
    [InlineData("OpenAI/gpt-4o", "openai", "gpt-4o")]
    [InlineData("llamacpp/model.gguf", "llama_cpp", "model.gguf")]
    [InlineData("llama.cpp/model.gguf", "llama_cpp", "model.gguf")]
    [InlineData("lm_studio/m", "lmstudio", "m")]
    [InlineData("hosted_vllm/m", "vllm", "m")]
    [InlineData("sandbox/chat", "sandbox", "chat")]
    // An @ belongs to the model where the service is not one's own.
    [InlineData("openai/m@2025", "openai", "m@2025")]
    [InlineData("gpt@host", "openai", "gpt@host")]
    [InlineData("openrouter/x@localhost:80", "openrouter", "x@localhost:80")]
    // What follows is no host.
    [InlineData("vllm/org/model@refs/pr/1", "vllm", "org/model@refs/pr/1")]
    [InlineData("vllm/m@", "vllm", "m@")]
    [InlineData("vllm/m@user:pw@", "vllm", "m@user:pw@")]
    [InlineData("vllm/m@host?x=1", "vllm", "m@host?x=1")]
    [InlineData("vllm/m@host#x", "vllm", "m@host#x")]
    public void A_name_is_a_provider_and_a_model(string name, string provider, string model)
    {
        var resolved = Catalog.Resolve(name);

        Assert.Equal((provider, model, null), (resolved.Provider.Name, resolved.Model, resolved.Host));
    }

    [Theory]
    [InlineData("vllm/m@gpu-box", "m", "gpu-box", "http://gpu-box:8000/v1/")]
    [InlineData("vllm/org/m@gpu-box:9000", "org/m", "gpu-box:9000", "http://gpu-box:9000/v1/")]
    [InlineData("vllm/m@gpu-box:80", "m", "gpu-box:80", "http://gpu-box/v1/")]
    [InlineData("llama_cpp/m.gguf@10.0.0.7", "m.gguf", "10.0.0.7", "http://10.0.0.7:8080/v1/")]
    [InlineData("lmstudio/m@[::1]", "m", "[::1]", "http://[::1]:1234/v1/")]
    [InlineData("lmstudio/m@[::1]:5678", "m", "[::1]:5678", "http://[::1]:5678/v1/")]
    [InlineData("vllm/m@[fe80::80]", "m", "[fe80::80]", "http://[fe80::80]:8000/v1/")]
    [InlineData("vllm/llama3:8b@gpu-box:11434", "llama3:8b", "gpu-box:11434", "http://gpu-box:11434/v1/")]
    // LM Studio's own names may hold an @; the last one counts.
    [InlineData("lmstudio/qwen@q4_k_m@localhost", "qwen@q4_k_m", "localhost", "http://localhost:1234/v1/")]
    public void A_host_may_follow_the_model_of_a_self_hosted_service(string name, string model, string host, string url)
    {
        var resolved = Catalog.Resolve(name);
        var target = new Targets(new() { Environment = static _ => null }).Resolve(resolved, null);

        Assert.Equal((model, host), (resolved.Model, resolved.Host));
        Assert.Equal(url, target.BaseUrl.Folder.ToString());
        Assert.Equal(name, resolved.ToString());
    }

    [Theory]
    [InlineData("opnai/gpt-4o", "unknown provider 'opnai' in 'opnai/gpt-4o'; did you mean openai?")]
    [InlineData("gorq/m", "unknown provider 'gorq' in 'gorq/m'; did you mean groq?")]
    [InlineData("deepseak/m", "unknown provider 'deepseak' in 'deepseak/m'; did you mean deepseek?")]
    [InlineData("LLamaCp/m", "unknown provider 'LLamaCp' in 'LLamaCp/m'; did you mean llama_cpp?")]
    [InlineData("openai/", "'openai/' names no model: write openai/MODEL")]
    public void A_name_that_cannot_be_says_what_was_meant(string name, string message) =>
        Assert.Equal(message, Assert.Throws<ConfigurationException>(() => Catalog.Resolve(name)).Message);

    [Theory]
    [InlineData("somebody-else/m")]
    [InlineData("/m")]
    [InlineData("a/m")]
    public void A_name_like_no_other_says_who_is_known_and_where_the_rest_is_listed(string name)
    {
        var error = Assert.Throws<ConfigurationException>(() => Catalog.Resolve(name));

        Assert.EndsWith($"known are {string.Join(", ", Catalog.BuiltIn.Take(12).Select(provider => provider.Name))} and {Catalog.BuiltIn.Length - 12} more, which Catalog.All and 'muxi-llm providers' list", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("")]
    [InlineData("  ")]
    [InlineData("opnai/m")]
    [InlineData("openai/")]
    public async Task A_name_that_cannot_be_is_refused_before_anything_is_sent(string name)
    {
        using var client = new LlmClient(new() { Environment = static _ => null });

        await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(name));
        await Assert.ThrowsAsync<ConfigurationException>(() => client.AskStream(name).WholeAsync());
    }

    [Fact]
    public async Task A_service_of_the_clients_own_goes_before_a_built_in_one()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply("mine")));
        var own = new Provider("groq", server.Url.ToString(), Auth.None) { Aliases = ["my"], Chat = new OpenAIChat() };
        using var client = new LlmClient(new() { Providers = [own], Environment = static _ => null });

        Assert.Equal("mine", (await client.AskAsync("groq/m")).Text);
        Assert.Equal("groq", (await client.AskAsync("MY/m")).Provider);
        Assert.NotEqual(own, Catalog.Resolve("groq/m").Provider);
    }

    [Theory]
    [InlineData("", "http://x")]
    [InlineData("a/b", "http://x")]
    [InlineData("a", "ftp://x")]
    [InlineData("a", "x")]
    public void A_service_that_cannot_be_is_refused(string name, string url)
    {
        var provider = new Provider(name, url, Auth.None);

        Assert.Throws<ConfigurationException>(() => Catalog.Add(provider));
        Assert.Throws<ConfigurationException>(() => new LlmClient(new() { Providers = [provider] }));
    }

    [Fact]
    public async Task A_service_without_chat_says_so()
    {
        using var client = new LlmClient(new() { Providers = [new("mute", "http://nowhere.invalid", Auth.None)], Environment = static _ => null });

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskAsync("mute/m"));

        Assert.Equal(("mute", "m", "mute does not offer chat through this library"), (error.Provider, error.Model, error.Message));
        Assert.Empty(error.Attempts);
    }
}
