namespace Muxi.Llm.Tests;

/// <summary>Servers for models' files that do not come up, and what is said of it.</summary>
[Collection(LlamaFolder.Collection)]
public sealed class LocalStartTests
{
    [Fact]
    public async Task A_port_that_was_taken_meanwhile_is_left_for_another_one()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("taken", "echo \"$6\" >> HERE/ports; if [ ! -e HERE/once ]; then touch HERE/once; echo \"E couldn't bind HTTP server socket\" >&2; exit 1; fi; exec REAL \"$@\"")));

        Assert.Equal(LlamaFolder.Answer, (await client.AskAsync(folder.Name)).Text);
        Assert.Equal(2, (await File.ReadAllLinesAsync(folder.PathTo("ports"), TestContext.Current.CancellationToken)).Distinct().Count());
    }

    [Fact]
    public async Task Who_answers_at_the_port_and_does_not_take_our_key_is_not_the_server()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("another", "LLAMA_API_KEY=of-somebody-else exec REAL \"$@\""), new() { StartTimeout = TimeSpan.FromSeconds(1.5) }));

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync(folder.Name));

        Assert.Contains("had not loaded", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_ends_while_it_loads_is_told_with_its_last_lines_to_each_who_waits()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("dies", "i=0; while [ $i -lt 5000 ]; do i=$((i+1)); echo \"line $i\"; done; echo 'out of memory' >&2; sleep 0.1; exit 3")));

        var errors = await Task.WhenAll(Enumerable.Range(0, 3).Select(_ => Assert.ThrowsAsync<ServerException>(() => client.AskAsync(folder.Name))));

        Assert.Equal(3, errors.Distinct().Count());
        Assert.All(errors, error =>
        {
            Assert.Equal(("local_server_failed", 503, ErrorKind.Server, 0), (error.Code, (int)error.Status, error.Kind, error.Attempts.Count));
            Assert.StartsWith($"llama_cpp: llama-server ended while it loaded {folder.Model}: exit code 3; the last it said: ", error.Message, StringComparison.Ordinal);
            Assert.Contains("out of memory", error.Message, StringComparison.Ordinal);
            Assert.InRange(error.Message.Length, 100, 1600);
        });
    }

    [Fact]
    public async Task A_file_that_is_no_model_is_told_in_the_servers_own_words()
    {
        await using var folder = new LlamaFolder();
        await File.WriteAllTextAsync(folder.PathTo("broken.gguf"), "no model", TestContext.Current.CancellationToken);
        using var client = new LlmClient(folder.Options());

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync("llama_cpp/" + folder.PathTo("broken.gguf")));

        Assert.Contains("broken.gguf", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_takes_too_long_is_ended_and_told()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("hangs", "echo 'reading tensors'; while :; do sleep 0.1; done"), new() { StartTimeout = TimeSpan.FromSeconds(0.4) }));

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync(folder.Name));

        Assert.Equal($"llama_cpp: llama-server had not loaded {folder.Model} after 400ms (start_timeout); the last it said: reading tensors", error.Message);
    }

    [Fact]
    public async Task A_client_that_is_disposed_ends_what_it_was_starting()
    {
        await using var folder = new LlamaFolder();
        var client = new LlmClient(folder.Options(folder.Script("hangs", "while :; do sleep 0.1; done")));
        var call = client.AskAsync(folder.Name);
        await LlamaFolder.UntilAsync(() => folder.Processes().Count > 0);

        client.Dispose();

        await Assert.ThrowsAsync<ServerException>(() => call);
        await folder.GoneAsync();
    }

    [Fact]
    public async Task A_client_that_is_disposed_starts_nothing()
    {
        await using var folder = new LlamaFolder();
        var client = new LlmClient(folder.Options());
        client.Dispose();

        var error = await Assert.ThrowsAsync<ServerException>(() => client.AskAsync(folder.Name));

        Assert.Equal("llama_cpp: no server is started for it: the client is disposed", error.Message);
        Assert.Empty(folder.Processes());
    }

    [Fact]
    public async Task For_what_is_not_offered_nothing_is_started()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("notes", "touch HERE/started; exit 1")));

        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Images.GenerateAsync(new() { Model = folder.Name, Prompt = "A cat" }, null, TestContext.Current.CancellationToken));

        Assert.False(File.Exists(folder.PathTo("started")));
    }

    [Fact]
    public async Task A_failed_start_goes_on_to_the_fallback()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("dies", "exit 1")));

        var reply = await client.AskAsync(folder.Name, new() { Fallbacks = ["sandbox/echo"] });

        Assert.Equal("sandbox", reply.Provider);
    }

    [Fact]
    public async Task A_program_that_is_not_there_is_told_with_where_it_was_looked_for_and_how_it_is_got()
    {
        await using var folder = new LlamaFolder();
        var nowhere = folder.PathTo("nowhere");
        var file = folder.PathTo("muxi-llm.yaml");
        await File.WriteAllTextAsync(file, "local_servers: {command: ./theirs}", TestContext.Current.CancellationToken);

        Assert.Contains("llama_cpp: llama-server is not in PATH", await ToldAsync(folder.Options() with { Environment = name => name == "PATH" ? nowhere : null }), StringComparison.Ordinal);
        Assert.Contains($"llama_cpp: LLAMA_SERVER_PATH names {nowhere}, which is not there", await ToldAsync(folder.Options(nowhere)), StringComparison.Ordinal);
        Assert.Contains($"LlmOptions.LocalServers.Command names {nowhere}", await ToldAsync(folder.Options(servers: new() { Command = nowhere })), StringComparison.Ordinal);
        Assert.Contains($"muxi-llm.yaml:1: local_servers.command names {folder.PathTo("theirs")}", await ToldAsync(new() { Environment = static _ => null, Configuration = LlmConfiguration.Load(file, static _ => null) }), StringComparison.Ordinal);

        async Task<string> ToldAsync(LlmOptions options)
        {
            using var client = new LlmClient(options);
            var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.AskAsync(folder.Name));
            Assert.Contains("brew install llama.cpp", error.Message, StringComparison.Ordinal);
            return error.Message;
        }
    }

    [Fact]
    public async Task The_program_is_found_in_PATH_and_gets_no_key_of_a_service()
    {
        await using var folder = new LlamaFolder();
        folder.Script("llama-server", "exec REAL \"$@\"");
        // One of a service that we know, one that looks like a key, and one of our own.
        string[] secrets = ["ZENMUX_API_KEY", "CANARY_CLIENT_SECRET", "MUXI_LLM_CANARY"];
        foreach (var name in secrets) Environment.SetEnvironmentVariable(name, LlamaFolder.ServiceKey);
        try
        {
            using var client = new LlmClient(folder.Options() with { Environment = name => name == "PATH" ? $"relative:{Path.GetDirectoryName(folder.Model)}" : null });
            await client.AskAsync(folder.Name);
            Assert.DoesNotContain(LlamaFolder.ServiceKey, LlamaFolder.ReadOf(Assert.Single(folder.Servers()), "environ"), StringComparison.Ordinal);
        }
        finally
        {
            foreach (var name in secrets) Environment.SetEnvironmentVariable(name, null);
        }
    }
}
