using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Files of the hub's on their way to this machine, over real HTTP.</summary>
public sealed class HubPullTests : IDisposable
{
    private const string Commit = HubServer.Commit;
    private const string Token = "hf_canaryOfTheTest";

    private static readonly byte[] _model = HubServer.Large(1);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-pull");

    public void Dispose() => _folder.Delete(recursive: true);

    private LlmClient Client(HubServer server, int retries = 2, params (string Name, string Value)[] also)
    {
        var set = new Dictionary<string, string> { ["HF_ENDPOINT"] = server.Url.ToString(), ["HF_HUB_CACHE"] = _folder.FullName, ["HF_TOKEN"] = Token };
        foreach (var (name, value) in also) set[name] = value;
        return new(new() { Environment = set.GetValueOrDefault, Retries = new() { Max = retries, InitialDelay = TimeSpan.Zero } });
    }

    private static async Task<string> PullAsync(LlmClient client, string name)
    {
        var all = await client.Models.PullAsync(name, null, TestContext.Current.CancellationToken).ToListAsync(CancellationToken.None);
        Assert.True(all[^1].IsDone);
        return all[^1].Path!;
    }

    private string Blob(string etag) => Path.Combine(_folder.FullName, "models--org--repo", "blobs", etag);

    [Fact]
    public async Task A_large_file_comes_from_another_origin_which_gets_no_key_and_lies_where_every_program_finds_it()
    {
        await using var server = await HubServer.StartAsync(("sub/m.gguf", _model));
        using var client = Client(server);

        var progress = await client.Models.PullAsync("hf:org/repo/sub/m.gguf", null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        var path = progress[^1].Path!;
        Assert.Equal(_model, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(Path.Combine(_folder.FullName, "models--org--repo", "snapshots", Commit, "sub", "m.gguf"), path);
        Assert.Equal("../../../blobs/" + HubServer.Sha256(_model), new FileInfo(path).LinkTarget);
        Assert.Equal(Commit, await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "models--org--repo", "refs", "main"), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Blob(HubServer.Sha256(_model)) + ".incomplete"));
        Assert.Equal(["Bearer " + Token, "Bearer " + Token, "*"], server.Keys);
        Assert.All(server.Encodings, static coding => Assert.Equal("identity", coding));
        Assert.Equal(["HEAD /org/repo/resolve/main/sub/m.gguf", $"GET /org/repo/resolve/{Commit}/sub/m.gguf", "*GET /sub/m.gguf"], server.Asked);
        var bytes = progress.Where(static one => one.Total is not null).ToList();
        Assert.All(bytes, static one => Assert.Equal(_model.Length, one.Total));
        Assert.Equal(bytes.Select(static one => one.Completed).Order(), bytes.Select(static one => one.Completed));
        Assert.Equal(_model.Length, bytes[^1].Completed);
    }

    [Fact]
    public async Task A_file_that_is_there_costs_one_question_and_no_bytes()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        using var client = Client(server);
        var first = await PullAsync(client, "hf:org/repo/m.gguf");
        server.Asked.Clear();

        var second = await PullAsync(client, "hf:org/repo/m.gguf");
        Assert.Equal(["HEAD /org/repo/resolve/main/m.gguf"], server.Asked);
        var pinned = await PullAsync(client, $"hf:org/repo/m.gguf@{Commit}");

        Assert.Equal((first, first), (second, pinned));
        Assert.Single(server.Asked);
        Assert.Equal(first, new HubCache(name => name == "HF_HUB_CACHE" ? _folder.FullName : null).Find(HubFile.Parse("hf:org/repo/m.gguf")));
    }

    [Fact]
    public async Task A_branch_that_has_moved_brings_only_what_has_changed()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        using var client = Client(server);
        await PullAsync(client, "hf:org/repo/m.gguf");
        server.Head = new string('a', 40);
        server.Asked.Clear();

        var same = await PullAsync(client, "hf:org/repo/m.gguf");
        server.Set("m.gguf", HubServer.Large(2));
        server.Head = new string('b', 40);
        var other = await PullAsync(client, "hf:org/repo/m.gguf");

        Assert.Equal(_model, await File.ReadAllBytesAsync(same, TestContext.Current.CancellationToken));
        Assert.Equal(HubServer.Large(2), await File.ReadAllBytesAsync(other, TestContext.Current.CancellationToken));
        Assert.Single(server.Asked, static asked => asked.StartsWith('*'));
    }

    [Fact]
    public async Task A_connection_that_is_cut_is_gone_on_with_from_where_it_was()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        foreach (var cut in (ReadOnlySpan<int>)[300_000, 100_000, 0, 200_000]) server.Cuts.Enqueue(cut);
        using var client = Client(server);

        var path = await PullAsync(client, "hf:org/repo/m.gguf");

        Assert.Equal(_model, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        var froms = server.Asked.Where(static asked => asked.StartsWith('*')).Select(static asked => asked.Contains('=', StringComparison.Ordinal) ? int.Parse(asked.Split('=')[1][..^1], System.Globalization.CultureInfo.InvariantCulture) : 0).ToList();
        Assert.Equal(5, froms.Count);
        Assert.Equal(froms.Order(), froms);
        Assert.True(froms[^1] > 300_000, $"the last one began at {froms[^1]}");
    }

    [Fact]
    public async Task What_breaks_for_good_leaves_a_part_that_the_next_pull_goes_on_with()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        for (var i = 0; i < 2; i++) server.Cuts.Enqueue(i == 0 ? 400_000 : 0);
        using var impatient = Client(server, retries: 0);

        await Assert.ThrowsAsync<ApiConnectionException>(() => PullAsync(impatient, "hf:org/repo/m.gguf"));
        var part = new FileInfo(Blob(HubServer.Sha256(_model)) + ".incomplete");
        Assert.True(part.Exists && part.Length is > 0 and <= 400_000, $"{part.Length}");
        server.Cuts.Clear();
        server.Asked.Clear();
        var path = await PullAsync(impatient, "hf:org/repo/m.gguf");

        Assert.Equal(_model, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Contains($"*GET /m.gguf bytes={part.Length}-", server.Asked);
    }

    [Fact]
    public async Task A_server_that_knows_no_parts_begins_anew()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        server.KnowsRanges = false;
        server.Cuts.Enqueue(300_000);
        using var client = Client(server);

        Assert.Equal(_model, await File.ReadAllBytesAsync(await PullAsync(client, "hf:org/repo/m.gguf"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_part_that_is_longer_than_the_file_is_thrown_away()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        Directory.CreateDirectory(Path.GetDirectoryName(Blob("x"))!);
        await File.WriteAllBytesAsync(Blob(HubServer.Sha256(_model)) + ".incomplete", new byte[_model.Length + 1], TestContext.Current.CancellationToken);
        using var client = Client(server);

        Assert.Equal(_model, await File.ReadAllBytesAsync(await PullAsync(client, "hf:org/repo/m.gguf"), TestContext.Current.CancellationToken));
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task Wrong_bytes_are_removed_and_told(bool isLarge)
    {
        var bytes = isLarge ? _model : Encoding.UTF8.GetBytes("{\"a\": 1}");
        await using var server = await HubServer.StartAsync(("f", bytes));
        server.Alter = static right => [.. right[..^1], (byte)(right[^1] ^ 1)];
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<ServerException>(() => PullAsync(client, "hf:org/repo/f"));

        Assert.Contains("what came for f is not what the hub has", error.Message, StringComparison.Ordinal);
        Assert.Empty(Directory.GetFiles(Path.GetDirectoryName(Blob("x"))!));
        server.Alter = static right => right;
        Assert.Equal(bytes, await File.ReadAllBytesAsync(await PullAsync(client, "hf:org/repo/f"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_part_with_wrong_bytes_in_it_is_seen_when_the_rest_has_come()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        Directory.CreateDirectory(Path.GetDirectoryName(Blob("x"))!);
        await File.WriteAllBytesAsync(Blob(HubServer.Sha256(_model)) + ".incomplete", new byte[1000], TestContext.Current.CancellationToken);
        using var client = Client(server);

        await Assert.ThrowsAsync<ServerException>(() => PullAsync(client, "hf:org/repo/m.gguf"));
        Assert.Equal(_model, await File.ReadAllBytesAsync(await PullAsync(client, "hf:org/repo/m.gguf"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task More_bytes_than_there_are_is_an_error()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        server.Alter = static right => [.. right, 1, 2, 3];
        using var client = Client(server);

        Assert.Contains("more came for m.gguf", (await Assert.ThrowsAsync<ServerException>(() => PullAsync(client, "hf:org/repo/m.gguf"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_quantization_brings_all_of_its_parts_and_gives_the_first()
    {
        await using var server = await HubServer.StartAsync(("q/m-Q4_0-00001-of-00002.gguf", HubServer.Large(3)), ("q/m-Q4_0-00002-of-00002.gguf", HubServer.Large(4)), ("m-Q8_0.gguf", _model), ("README.md", "hi"u8.ToArray()));
        using var client = Client(server);

        var path = await PullAsync(client, "hf:org/repo:q4_0");
        var missing = await Assert.ThrowsAsync<NotFoundException>(() => PullAsync(client, "hf:org/repo:Q2_K"));

        Assert.EndsWith("m-Q4_0-00001-of-00002.gguf", path, StringComparison.Ordinal);
        Assert.Equal(HubServer.Large(4), await File.ReadAllBytesAsync(path.Replace("00001-of", "00002-of", StringComparison.Ordinal), TestContext.Current.CancellationToken));
        Assert.False(File.Exists(Path.Combine(Path.GetDirectoryName(path)!, "..", "m-Q8_0.gguf")));
        Assert.Equal("huggingface-hub: org/repo has no GGUF file of Q2_K at main: it has m-Q8_0, q/m-Q4_0", missing.Message);
    }

    [Fact]
    public async Task Two_pulls_at_once_bring_the_bytes_once()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        var gate = new TaskCompletionSource();
        server.Gate = gate.Task;
        using var client = Client(server);
        using var other = Client(server);

        var first = PullAsync(client, "hf:org/repo/m.gguf");
        var waits = new TaskCompletionSource();
        var second = Task.Run(async () =>
        {
            var path = "";
            // Begun only once the first one has the lock.
            while (!server.Asked.Any(static asked => asked.StartsWith('*'))) await Task.Yield();
            await foreach (var progress in other.Models.PullAsync("hf:org/repo/m.gguf", null, TestContext.Current.CancellationToken))
            {
                if (progress.Status.StartsWith("waiting for", StringComparison.Ordinal)) waits.SetResult();
                path = progress.Path ?? path;
            }
            return path;
        }, TestContext.Current.CancellationToken);
        await waits.Task.WaitAsync(TimeSpan.FromSeconds(20), TestContext.Current.CancellationToken);
        gate.SetResult();

        Assert.Equal(await first, await second);
        Assert.Equal(_model, await File.ReadAllBytesAsync(await first, TestContext.Current.CancellationToken));
        Assert.Single(server.Asked, static asked => asked.StartsWith('*'));
    }

    [Fact]
    public async Task Who_cancels_leaves_a_part_behind()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", HubServer.Large(5, 8_000_000)));
        using var client = Client(server);
        using var source = new CancellationTokenSource();

        var cancelled = await Assert.ThrowsAnyAsync<OperationCanceledException>(async () =>
        {
            await foreach (var progress in client.Models.PullAsync("hf:org/repo/m.gguf", null, source.Token))
                if (progress.Completed > 1_000_000) await source.CancelAsync();
        });

        Assert.Equal(source.Token, cancelled.CancellationToken);
        Assert.True(new FileInfo(Blob(HubServer.Sha256(HubServer.Large(5, 8_000_000))) + ".incomplete").Length > 1_000_000);
    }

    [Theory]
    [InlineData(403, "GatedRepo", typeof(PermissionDeniedException), "huggingface-hub: org/repo is gated: ask for access at ")]
    [InlineData(401, "RepoNotFound", typeof(NotFoundException), "huggingface-hub: there is no repository org/repo that the token may see")]
    [InlineData(404, "RevisionNotFound", typeof(NotFoundException), "huggingface-hub: org/repo has no branch, tag or commit 'v9'")]
    [InlineData(404, "EntryNotFound", typeof(NotFoundException), "huggingface-hub: org/repo has no file 'f.gguf' at v9")]
    [InlineData(503, "", typeof(OverloadedException), "huggingface-hub: ")]
    public async Task What_the_hub_refuses_is_one_line(int status, string code, Type type, string message)
    {
        await using var server = await HubServer.StartAsync();
        server.Error = (status, code);
        using var client = Client(server);

        var error = await Assert.ThrowsAsync(type, () => PullAsync(client, "hf:org/repo/f.gguf@v9"));

        Assert.StartsWith(message, error.Message, StringComparison.Ordinal);
        // What may pass is asked for again.
        Assert.Equal(status == 503 ? 3 : 1, server.Asked.Count);
        Assert.DoesNotContain('\n', error.Message);
        Assert.DoesNotContain(Token, error.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_token_that_can_be_none_is_told_with_where_it_stands()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        using var client = Client(server, also: ("HF_TOKEN", "two words"));

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => PullAsync(client, "hf:org/repo/m.gguf"));

        Assert.Contains("look at", error.Message, StringComparison.Ordinal);
        Assert.Contains("HF_TOKEN", error.Message, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task Offline_only_what_is_there_is_given()
    {
        await using var server = await HubServer.StartAsync(("m.gguf", _model));
        using var client = Client(server);
        using var offline = Client(server, also: ("HF_HUB_OFFLINE", "1"));
        var path = await PullAsync(client, "hf:org/repo/m.gguf");
        server.Asked.Clear();

        Assert.Equal(path, await PullAsync(offline, "hf:org/repo/m.gguf"));
        var refused = await Assert.ThrowsAsync<ConfigurationException>(() => PullAsync(offline, "hf:org/repo/other.gguf"));

        Assert.Contains("HF_HUB_OFFLINE is set", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Asked);
    }

    [Fact]
    public async Task Where_nobody_answers_what_was_brought_before_is_given()
    {
        string path;
        await using (var server = await HubServer.StartAsync(("m.gguf", _model)))
        {
            using var client = Client(server);
            path = await PullAsync(client, "hf:org/repo/m.gguf");
        }
        var set = new Dictionary<string, string> { ["HF_ENDPOINT"] = FaultServer.Refused().ToString(), ["HF_HUB_CACHE"] = _folder.FullName };
        using var alone = new LlmClient(new() { Environment = set.GetValueOrDefault, Retries = Calls.Once });

        Assert.Equal(path, await PullAsync(alone, "hf:org/repo/m.gguf"));
        await Assert.ThrowsAsync<ApiConnectionException>(() => PullAsync(alone, "hf:org/repo/other.gguf"));
    }

    [Fact]
    public async Task A_repository_that_was_renamed_is_followed_with_the_key_as_it_is_the_hub_still()
    {
        await using var server = await HubServer.StartAsync(("config.json", "{}"u8.ToArray()));
        using var client = Client(server);

        var path = await PullAsync(client, "hf:old/name/config.json");

        Assert.Equal("{}", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.All(server.Keys, static key => Assert.Equal("Bearer " + Token, key));
    }

    [Fact]
    public async Task A_file_for_which_there_is_no_room_is_not_begun()
    {
        await using var hub = await TestServer.StartAsync(context =>
        {
            context.Response.StatusCode = 302;
            context.Response.Headers["x-repo-commit"] = Commit;
            context.Response.Headers["x-linked-etag"] = $"\"{new string('a', 64)}\"";
            context.Response.Headers["x-linked-size"] = "9000000000000000000";
            context.Response.Headers.Location = "https://storage.example/x";
            return Task.CompletedTask;
        });
        var set = new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Url.ToString(), ["HF_HUB_CACHE"] = _folder.FullName };
        using var client = new LlmClient(new() { Environment = set.GetValueOrDefault, Retries = Calls.Once });

        var full = await Assert.ThrowsAsync<IOException>(() => PullAsync(client, "hf:org/repo/m.gguf"));

        Assert.Contains("are free where", full.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("x-linked-etag", "\"../../evil\"")]
    [InlineData("x-repo-commit", "../../../evil")]
    public async Task A_hub_cannot_choose_where_files_go(string header, string value)
    {
        await using var hub = await TestServer.StartAsync(context =>
        {
            context.Response.Headers["x-repo-commit"] = Commit;
            context.Response.Headers["x-linked-etag"] = $"\"{new string('a', 64)}\"";
            context.Response.Headers[header] = value;
            return Task.CompletedTask;
        });
        var set = new Dictionary<string, string> { ["HF_ENDPOINT"] = hub.Url.ToString(), ["HF_HUB_CACHE"] = _folder.FullName };
        using var client = new LlmClient(new() { Environment = set.GetValueOrDefault, Retries = Calls.Once });

        await Assert.ThrowsAsync<ServerException>(() => PullAsync(client, "hf:org/repo/m.gguf"));
        Assert.Empty(_folder.GetFileSystemInfos());
    }
}
