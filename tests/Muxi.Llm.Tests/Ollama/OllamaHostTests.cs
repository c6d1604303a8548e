namespace Muxi.Llm.Tests;

/// <summary>Where an Ollama server is: in the name of a model, or in OLLAMA_HOST in all of its forms.</summary>
public sealed class OllamaHostTests
{
    [Theory]
    [InlineData(null, "http://localhost:11434/")]
    [InlineData("gpu-box", "http://gpu-box:11434/")]
    [InlineData("gpu-box:8080", "http://gpu-box:8080/")]
    [InlineData(":8080", "http://localhost:8080/")]
    [InlineData("10.1.2.3", "http://10.1.2.3:11434/")]
    [InlineData("0.0.0.0", "http://localhost:11434/")]
    [InlineData("0.0.0.0:8080", "http://localhost:8080/")]
    [InlineData("::1", "http://[::1]:11434/")]
    [InlineData("[::1]", "http://[::1]:11434/")]
    [InlineData("[::1]:8080", "http://[::1]:8080/")]
    [InlineData("[::]:8080", "http://localhost:8080/")]
    [InlineData("http://gpu-box", "http://gpu-box/")]
    [InlineData("http://gpu-box:8080/", "http://gpu-box:8080/")]
    [InlineData("http://0.0.0.0:8080", "http://localhost:8080/")]
    [InlineData("https://ollama.com", "https://ollama.com/")]
    [InlineData("https://proxy.example/ollama", "https://proxy.example/ollama/")]
    [InlineData("proxy.example/ollama", "http://proxy.example:11434/ollama/")]
    [InlineData(" \"gpu-box:80\" ", "http://gpu-box/")]
    public void The_variable_is_read_as_the_server_itself_reads_it(string? value, string address)
    {
        using var client = new LlmClient(new() { Environment = name => name == "OLLAMA_HOST" ? value : null });

        Assert.Equal(address, client.Targets.AddressOf(Providers.Ollama).Folder.AbsoluteUri);
    }

    [Fact]
    public void A_base_URL_goes_before_it()
    {
        using var client = new LlmClient(new() { Environment = static name => name switch { "OLLAMA_HOST" => "gpu-box", "OLLAMA_BASE_URL" => "http://other:1", _ => null } });

        Assert.Equal("http://other:1/", client.Targets.AddressOf(Providers.Ollama).Folder.AbsoluteUri);
    }

    [Theory, InlineData("gpu box"), InlineData("ftp://gpu-box"), InlineData("gpu-box:99999")]
    public void What_is_no_address_is_told_as_that(string value)
    {
        using var client = new LlmClient(new() { Environment = name => name == "OLLAMA_HOST" ? value : null });

        Assert.Contains("is no http(s) address", Assert.Throws<ConfigurationException>(() => client.Targets.AddressOf(Providers.Ollama)).Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("ollama/llama3:8b@gpu-box:8080", "llama3:8b", "http://gpu-box:8080/")]
    [InlineData("ollama/llama3:8b@gpu-box", "llama3:8b", "http://gpu-box:11434/")]
    [InlineData("ollama/x@[::1]", "x", "http://[::1]:11434/")]
    [InlineData("ollama/x@[fe80::1]:8080", "x", "http://[fe80::1]:8080/")]
    [InlineData("ollama/hf.co/org/m:q4@10.1.2.3", "hf.co/org/m:q4", "http://10.1.2.3:11434/")]
    [InlineData("ollama/org/m:q4", "org/m:q4", "http://localhost:11434/")]
    public void A_models_name_may_name_the_machine(string name, string model, string address)
    {
        using var client = new LlmClient(new() { Environment = static _ => null });

        var target = client.Targets.Resolve(client.Targets.Name(name), null);

        Assert.Equal((model, address), (target.Model, target.BaseUrl.Folder.AbsoluteUri));
    }

    [Fact]
    public async Task A_server_that_does_not_run_is_told_with_how_to_start_it()
    {
        using var client = new LlmClient(new() { Environment = static _ => null, Retries = Calls.Once });
        var address = FaultServer.Refused();

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync($"ollama/m@{address.Authority}"));

        Assert.Equal($"ollama: no reply from http://{address.Authority}: Connection refused (is the server running? start it with 'ollama serve'; OLLAMA_HOST tells where)", error.Message);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task The_key_goes_to_the_server_of_the_variable_and_to_no_machine_of_a_name(bool isNamed)
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = new LlmClient(new() { Environment = name => name switch { "OLLAMA_HOST" => server.Url.Authority, "OLLAMA_API_KEY" => Calls.Key, _ => null }, Retries = Calls.Once });

        await client.AskAsync(isNamed ? $"ollama/m@{server.Url.Authority}" : "ollama/m");

        Assert.Equal(isNamed ? null : $"Bearer {Calls.Key}", server.Requests.Single().Headers.GetValueOrDefault("Authorization"));
    }
}
