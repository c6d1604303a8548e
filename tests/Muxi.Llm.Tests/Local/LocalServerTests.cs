using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>When servers for models' files are started, shared and ended.</summary>
[Collection(LlamaFolder.Collection)]
public sealed class LocalServerTests
{
    /// <summary>Waits until the test lets it go on, then is the real server.</summary>
    private const string Waits = "while [ ! -e HERE/go ]; do sleep 0.02; done; exec REAL \"$@\"";

    [Fact]
    public async Task Calls_that_come_during_the_start_and_clients_of_the_same_settings_share_one_server()
    {
        await using var folder = new LlamaFolder();
        var options = folder.Options(folder.Script("waits", Waits));
        using LlmClient first = new(options), second = new(options);

        var calls = Enumerable.Range(0, 6).Select(i => (i % 2 == 0 ? first : second).AskAsync(folder.Name)).ToList();
        await LlamaFolder.UntilAsync(() => folder.Processes().Count > 0);
        File.Create(folder.PathTo("go")).Dispose();
        await Task.WhenAll(calls);

        var server = Assert.Single(folder.Servers());
        first.Dispose();
        await second.AskAsync(folder.Name);
        Assert.Equal([server], folder.Servers());
        second.Dispose();
        Assert.Empty(folder.Servers());
    }

    [Fact]
    public async Task Whoever_leaves_during_the_start_does_not_end_it_for_the_others()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(folder.Script("waits", Waits)));
        using var leaving = new CancellationTokenSource();

        var left = client.AskAsync(folder.Name, null, leaving.Token);
        var stays = client.AskAsync(folder.Name);
        await LlamaFolder.UntilAsync(() => folder.Processes().Count > 0);
        await leaving.CancelAsync();
        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => left);
        File.Create(folder.PathTo("go")).Dispose();

        Assert.Equal(leaving.Token, error.CancellationToken);
        Assert.Equal(LlamaFolder.Answer, (await stays).Text);
    }

    [Fact]
    public async Task Loading_does_not_count_as_waiting_for_the_first_byte()
    {
        await using var folder = new LlamaFolder();
        var clock = new ManualTime();
        using var client = new LlmClient(folder.Options(folder.Script("waits", Waits)) with { TimeProvider = clock, Timeouts = new() { FirstByte = TimeSpan.FromSeconds(30) } });

        var call = client.AskAsync(folder.Name);
        await LlamaFolder.UntilAsync(() => folder.Processes().Count > 0);
        clock.Advance(TimeSpan.FromMinutes(2));
        File.Create(folder.PathTo("go")).Dispose();

        Assert.Equal(LlamaFolder.Answer, (await WithTimeAsync(clock, call)).Text);
    }

    [Fact]
    public async Task A_server_that_nobody_asks_any_more_is_ended_after_a_while_and_started_again_when_it_is_wanted()
    {
        await using var folder = new LlamaFolder();
        var clock = new ManualTime();
        using var client = new LlmClient(folder.Options(servers: new() { IdleTime = TimeSpan.FromMinutes(5) }) with { TimeProvider = clock });
        await WithTimeAsync(clock, client.AskAsync(folder.Name));
        var first = folder.Servers();

        clock.Advance(TimeSpan.FromMinutes(4));
        await WithTimeAsync(clock, client.AskAsync(folder.Name));
        clock.Advance(TimeSpan.FromMinutes(4));
        Assert.Equal(first, folder.Servers());
        clock.Advance(TimeSpan.FromMinutes(1.5));
        Assert.Empty(folder.Servers());

        await WithTimeAsync(clock, client.AskAsync(folder.Name));
        Assert.NotEqual(first, folder.Servers());
    }

    [Fact]
    public async Task Where_no_more_may_run_the_idle_one_makes_room_and_a_busy_one_is_waited_for()
    {
        await using var folder = new LlamaFolder();
        File.Copy(folder.Model, folder.PathTo("other.gguf"));
        var other = "llama_cpp/" + folder.PathTo("other.gguf");
        using var client = new LlmClient(folder.Options(servers: new() { MaxServers = 1 }));

        await client.AskAsync(folder.Name);
        await client.AskAsync(other);
        Assert.Contains("other.gguf", LlamaFolder.CommandOf(Assert.Single(folder.Servers())), StringComparison.Ordinal);

        var stream = client.AskStream(other).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await stream.MoveNextAsync());
        var waits = client.AskAsync(folder.Name);
        await Assert.ThrowsAsync<TimeoutException>(() => waits.WaitAsync(TimeSpan.FromSeconds(0.2), TestContext.Current.CancellationToken));
        await stream.DisposeAsync();

        Assert.Equal(LlamaFolder.Answer, (await waits).Text);
        Assert.Contains("tiny.gguf", LlamaFolder.CommandOf(Assert.Single(folder.Servers())), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Who_waits_too_long_for_room_is_told_so()
    {
        await using var folder = new LlamaFolder();
        File.Copy(folder.Model, folder.PathTo("other.gguf"));
        using var client = new LlmClient(folder.Options(servers: new() { MaxServers = 1, StartTimeout = TimeSpan.FromSeconds(5) }));
        using var hasty = new LlmClient(folder.Options(servers: new() { MaxServers = 1, StartTimeout = TimeSpan.FromSeconds(0.2) }));
        await using var stream = client.AskStream(folder.Name).GetAsyncEnumerator(TestContext.Current.CancellationToken);
        Assert.True(await stream.MoveNextAsync());

        var error = await Assert.ThrowsAsync<ServerException>(() => hasty.AskAsync("llama_cpp/" + folder.PathTo("other.gguf")));

        Assert.Equal("llama_cpp: all 1 servers that may run at once (max_servers) had calls under way for 200ms (start_timeout), so none made room", error.Message);
    }

    [Fact]
    public async Task A_server_that_was_killed_is_started_again_by_the_next_call()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());
        await client.AskAsync(folder.Name);
        var killed = Assert.Single(folder.Servers());

        await LlamaFolder.SignalAsync("KILL", killed);
        await LlamaFolder.UntilAsync(() => folder.Processes().Count == 0);

        Assert.Equal(LlamaFolder.Answer, (await client.AskAsync(folder.Name)).Text);
        Assert.NotEqual(killed, Assert.Single(folder.Servers()));
    }

    [Fact]
    public async Task A_call_under_which_the_server_dies_is_told_so_and_where_it_may_be_repeated_it_is()
    {
        await using var folder = new LlamaFolder();
        using LlmClient once = new(folder.Options()), again = new(folder.Options() with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });
        await once.AskAsync(folder.Name);
        await again.AskAsync(folder.Name);
        var server = Assert.Single(folder.Servers());

        await LlamaFolder.SignalAsync("STOP", server);
        var (failing, repeated) = (once.AskAsync(folder.Name), again.AskAsync(folder.Name));
        await Assert.ThrowsAsync<TimeoutException>(() => Task.WhenAny(failing, repeated).WaitAsync(TimeSpan.FromSeconds(0.3), TestContext.Current.CancellationToken));
        await LlamaFolder.SignalAsync("KILL", server);
        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => failing);

        Assert.StartsWith("llama_cpp: llama-server has ended under the call: killed by signal 9; the last it said: ", error.Message, StringComparison.Ordinal);
        Assert.Equal((ErrorKind.Connection, 1), (error.Kind, error.Attempts.Count));
        Assert.Equal((LlamaFolder.Answer, 2), ((await repeated).Text, (await repeated).Attempts.Count));
    }

    [Fact]
    public async Task Only_who_started_it_is_answered_and_the_key_stands_where_other_users_cannot_read_it()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());
        await client.AskAsync(folder.Name);
        var server = Assert.Single(folder.Servers());
        var words = LlamaFolder.CommandOf(server).Split('\0');
        var port = words[Array.IndexOf(words, "--port") + 1];
        using var http = new HttpClient();

        using var refused = await http.GetAsync(new Uri($"http://127.0.0.1:{port}/v1/models"), TestContext.Current.CancellationToken);

        Assert.Equal(HttpStatusCode.Unauthorized, refused.StatusCode);
        var key = LlamaFolder.ReadOf(server, "environ").Split('\0').Single(line => line.StartsWith("LLAMA_API_KEY=", StringComparison.Ordinal))["LLAMA_API_KEY=".Length..];
        Assert.Equal(48, key.Length);
        Assert.DoesNotContain(key, LlamaFolder.CommandOf(server), StringComparison.Ordinal);
    }

    [Fact]
    public async Task No_proxy_stands_before_it_and_headers_of_the_settings_do_not_take_its_keys_place()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options() with
        {
            Proxy = new WebProxy("http://nobody.invalid:1"), Headers = new Dictionary<string, string> { ["Authorization"] = "Bearer mine" }, ApiKeys = new Dictionary<string, string> { ["llama_cpp"] = "another" },
        });

        Assert.Equal(LlamaFolder.Answer, (await client.AskAsync(folder.Name)).Text);
    }

    [Fact]
    public async Task With_an_address_set_nothing_is_started()
    {
        await using var folder = new LlamaFolder();
        await using var server = await ReplayServer.StartAsync(4, CannedReply.Json(Calls.Reply("attached")));
        LlmOptions[] settings =
        [
            folder.Options() with { BaseUrls = new Dictionary<string, Uri> { ["llama_cpp"] = server.Url } },
            folder.Options() with { Environment = name => name == "LLAMA_CPP_BASE_URL" ? server.Url.ToString() : null },
            folder.Options() with { Configuration = LlmConfiguration.Parse($"providers: {{llama_cpp: {{base_url: \"{server.Url}\"}}}}") },
        ];

        foreach (var one in settings)
        {
            using var client = new LlmClient(one);
            Assert.Equal("attached", (await client.AskAsync(folder.Name)).Text);
        }
        using var plain = new LlmClient(folder.Options());
        Assert.Equal("attached", (await plain.AskAsync(folder.Name, new() { BaseUrl = server.Url })).Text);
        Assert.Equal("attached", (await plain.AskAsync($"llama_cpp/tiny.gguf@{server.Url.Authority}")).Text);
        Assert.Empty(folder.Processes());
    }

    /// <summary>Lets a clock go on in small steps until a call has ended: what is waited for is another process.</summary>
    private static async Task<T> WithTimeAsync<T>(ManualTime clock, Task<T> call)
    {
        await LlamaFolder.UntilAsync(() =>
        {
            clock.Advance(TimeSpan.FromMilliseconds(5));
            return call.IsCompleted;
        });
        return await call;
    }
}
