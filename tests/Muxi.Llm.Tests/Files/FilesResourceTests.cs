using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What a caller of <c>client.Files</c> may rely on.</summary>
public sealed class FilesResourceTests : IDisposable
{
    private static readonly Retries _atOnce = new() { InitialDelay = TimeSpan.Zero };

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-files-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Described(string id, string status = "processed", string name = "a.txt") =>
        $$"""{"object":"file","id":"{{id}}","purpose":"user_data","filename":"{{name}}","bytes":2,"created_at":1763900000,"expires_at":null,"status":"{{status}}","status_details":null}""";

    private static FileSource Text(string text = "hi", string name = "a.txt") => FileSource.FromBytes(Encoding.UTF8.GetBytes(text), name);

    [Fact]
    public async Task A_file_tells_whose_it_is_and_is_found_by_that()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1")));
        using var client = Calls.ClientFor(server.Url, "groq");

        var file = await client.Files.UploadAsync(new() { File = Text("{}", "a.jsonl"), Provider = "groq" }, null, Token);
        var again = await client.Files.RetrieveAsync(file.QualifiedId, null, Token);
        await client.Files.DeleteAsync(file.QualifiedId, null, Token);

        Assert.Equal(("file-1", "groq/file-1", "groq/file-1"), (file.Id, file.QualifiedId, again.QualifiedId));
        Assert.Equal(["POST /files", "GET /files/file-1", "DELETE /files/file-1"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
    }

    [Theory]
    [InlineData("file-1", "/files/file-1")]
    [InlineData("openai/file-1", "/files/file-1")]
    [InlineData("openai/a/b?c#d", "/files/a%2Fb%3Fc%23d")]
    [InlineData("openai/../models", "/files/..%2Fmodels")]
    public async Task An_id_leads_nowhere_else(string id, string expected)
    {
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1")));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.RetrieveAsync(id, null, Token);

        Assert.Equal(expected, server.Requests[0].Target);
    }

    [Theory]
    [InlineData("openai/..")]
    [InlineData("openai/.")]
    [InlineData("..")]
    public async Task An_id_that_is_a_path_is_refused(string id)
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.RetrieveAsync(id, null, Token));

        Assert.Equal("file_id", error.Param);
        Assert.Empty(error.Attempts);
    }

    public static TheoryData<string, string, string, string> Wrong => new()
    {
        { "empty", "", "file", "the file 'a.txt' is empty" },
        { "name", "{\"a\":1}", "file", "openai: a file for batch must be JSON lines, with a name that ends in .jsonl; this one is 'a.txt'" },
        { "lines", "a,b\n1,2\n", "file", "openai: a file for batch must be JSON lines; the first line of 'a.jsonl' is no JSON object" },
        { "list", "[1]\n", "file", "openai: a file for fine-tune must be JSON lines; the first line of 'a.jsonl' is no JSON object" },
        { "soon", "hi", "expires_after", "'expires_after' is 60 s: it must be from 3600 (an hour) to 2592000 (30 days)" },
        { "large", "hi", "file", "openai: a file for batch may have 200 MB; 'a.jsonl' has 200.000001 MB" },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_cannot_be_is_told_before_anything_is_sent(string what, string content, string param, string expected)
    {
        using var client = Calls.ClientFor(FaultServer.Refused());
        FileCreateRequest request = what switch
        {
            "name" => new() { File = Text(content), Purpose = "batch" },
            "lines" => new() { File = Text(content, "a.jsonl"), Purpose = "batch" },
            "list" => new() { File = Text(content, "a.jsonl"), Purpose = "fine-tune" },
            "soon" => new() { File = Text(content), ExpiresAfter = TimeSpan.FromMinutes(1) },
            "large" => new() { File = FileSource.FromStream(new OneShot([]), "a.jsonl", (200 << 20) + 1), Purpose = "batch" },
            _ => new() { File = Text(content) },
        };

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.UploadAsync(request, null, Token));

        Assert.Equal((param, expected), (error.Param, error.Message));
        Assert.Equal(ErrorKind.BadRequest, error.Kind);
    }

    [Theory]
    [InlineData("{\"a\":1}\nnot looked at")]
    [InlineData("\uFEFF{\"a\":1}")]
    [InlineData("{\"a\":1}\r\n{}")]
    public async Task Json_lines_are_let_through(string content)
    {
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1")));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.UploadAsync(new() { File = Text(content, "A.JSONL"), Purpose = "batch" }, null, Token);

        Assert.Equal(content, Encoding.UTF8.GetString(Multipart.Read(server.Requests[0])[^1].Body));
    }

    [Fact]
    public async Task A_first_line_longer_than_what_is_looked_at_is_let_through()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1")));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.UploadAsync(new() { File = Text($$"""{"a":"{{new string('x', 100_000)}}"}""", "a.jsonl"), Purpose = "batch" }, null, Token);

        Assert.Single(server.Requests);
    }

    [Fact]
    public void A_file_that_is_not_there_is_told_at_once()
    {
        File.WriteAllText(Path.Combine(_folder.FullName, "empty"), "");
        Assert.Contains("is a directory", Assert.Throws<FileNotFoundException>(() => FileSource.FromFile(_folder.FullName)).Message, StringComparison.Ordinal);
        Assert.Contains("There is no file", Assert.Throws<FileNotFoundException>(() => FileSource.FromFile(Path.Combine(_folder.FullName, "none"))).Message, StringComparison.Ordinal);
        Assert.Contains("is empty", Assert.Throws<FileNotFoundException>(() => FileSource.FromFile(Path.Combine(_folder.FullName, "empty"))).Message, StringComparison.Ordinal);
        Assert.Contains("NUL", Assert.Throws<FileNotFoundException>(() => FileSource.FromFile("a\0b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_purpose_or_status_that_nobody_knows_goes_and_comes()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1", "half-baked").Replace("user_data", "agent", StringComparison.Ordinal)));
        using var client = Calls.ClientFor(server.Url);

        var file = await client.Files.UploadAsync(new() { File = Text(), Purpose = "agent" }, null, Token);

        Assert.Equal(("agent", "half-baked"), (file.Purpose?.Value, file.Status?.Value));
        Assert.Equal("agent"u8.ToArray(), Multipart.Read(server.Requests[0])[0].Body);
    }

    [Fact]
    public async Task A_list_goes_through_all_pages_as_they_are_needed()
    {
        string Page(string ids, bool more) => $$"""{"object":"list","data":[{{string.Join(',', ids.Select(id => Described($"file-{id}")))}}],"first_id":"file-{{ids[0]}}","last_id":"file-{{ids[^1]}}","has_more":{{(more ? "true" : "false")}}}""";
        await using var server = FaultServer.Start(CannedReply.Json(Page("ab", true)), CannedReply.Json(Page("cd", true)), CannedReply.Json(Page("e", false)));
        using var client = Calls.ClientFor(server.Url);
        var ids = new List<string>();

        await foreach (var file in client.Files.ListAsync(new() { Limit = 2, Order = "asc", Purpose = "batch" }, null, Token))
        {
            ids.Add(file.QualifiedId);
            // The next page is not asked for before this one is used up.
            Assert.Equal((ids.Count + 1) / 2, server.Requests.Count);
        }

        Assert.Equal(["openai/file-a", "openai/file-b", "openai/file-c", "openai/file-d", "openai/file-e"], ids);
        Assert.Equal(["/files?purpose=batch&limit=2&order=asc", "/files?purpose=batch&limit=2&order=asc&after=file-b", "/files?purpose=batch&limit=2&order=asc&after=file-d"], server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task A_page_begins_behind_a_qualified_id_and_never_behind_another_providers()
    {
        await using var server = FaultServer.Start(CannedReply.Json("""{"object":"list","data":[],"has_more":false}"""));
        using var client = Calls.ClientFor(server.Url);

        Assert.Empty((await client.Files.ListPageAsync(new() { After = "openai/file-1" }, null, Token)).Data);
        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.ListPageAsync(new() { After = "groq/file-1" }, null, Token));

        Assert.Equal("/files?after=file-1", server.Requests.Single().Target);
        Assert.Equal("after", error.Param);
    }

    [Theory]
    [InlineData(0, "'limit' is 0: a page holds one file or more")]
    [InlineData(10_001, "openai: a page may hold 10000 files at most, not 10001")]
    public async Task A_limit_that_cannot_be_is_refused(int limit, string expected)
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.ListPageAsync(new() { Limit = limit }, null, Token));

        Assert.Equal(("limit", expected), (error.Param, error.Message));
    }

    [Theory]
    [InlineData("lost")]
    [InlineData("500")]
    public async Task A_delete_whose_answer_was_lost_is_done_when_the_file_is_gone(string how)
    {
        var gone = CannedReply.Json("""{"error":{"message":"No such File object: file-1","type":"invalid_request_error","param":"id","code":null}}""", 404);
        await using var server = FaultServer.Start(how == "lost" ? Fault.ResetUnanswered : CannedReply.Json("{}", 500), gone);
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce });

        var deleted = await client.Files.DeleteAsync("file-1", null, Token);

        Assert.Equal(("file-1", true, "openai", 2), (deleted.Id, deleted.Deleted, deleted.Provider, deleted.Attempts.Count));
    }

    [Fact]
    public async Task A_file_that_never_was_is_not_found_even_when_it_was_asked_for_twice()
    {
        var gone = CannedReply.Json("""{"error":{"message":"No such File object"}}""", 404);
        await using var server = FaultServer.Start(CannedReply.Json("""{"error":{"message":"slow down"}}""", 429), gone);
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce });

        var error = await Assert.ThrowsAsync<NotFoundException>(() => client.Files.DeleteAsync("file-1", null, Token));

        Assert.Equal(2, error.Attempts.Count);
    }

    [Fact]
    public async Task Waiting_asks_until_the_service_is_done()
    {
        var clock = new SteppedTime();
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1", "uploaded")), CannedReply.Json(Described("file-1", "uploaded")), CannedReply.Json(Described("file-1", "error")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock });

        var file = await client.Files.WaitAsync("file-1", new() { Interval = TimeSpan.FromSeconds(5) }, Token);

        Assert.Equal(FileStatus.Error, file.Status);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task Waiting_has_an_end()
    {
        var clock = new SteppedTime();
        await using var server = FaultServer.Start(CannedReply.Json(Described("file-1", "uploaded")));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock });

        var error = await Assert.ThrowsAsync<ApiTimeoutException>(() => client.Files.WaitAsync("file-1", new() { Interval = TimeSpan.FromSeconds(5), Limit = TimeSpan.FromSeconds(20) }, Token));

        Assert.Equal("openai: the file file-1 is 'uploaded' still after 20 s", error.Message);
    }

    [Fact]
    public async Task A_provider_without_files_is_unsupported_and_one_without_content_says_so()
    {
        using var client = new LlmClient(Calls.OptionsFor(FaultServer.Refused(), "deepseek"));

        Assert.Contains("lmstudio does not offer files", (await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Files.UploadAsync(new() { File = Text(), Provider = "lmstudio" }, null, Token))).Message, StringComparison.Ordinal);
        Assert.Contains("deepseek does not offer the content of files", (await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Files.ContentAsync("deepseek/file-1", null, Token))).Message, StringComparison.Ordinal);
        Assert.Contains("did you mean groq", (await Assert.ThrowsAsync<ConfigurationException>(() => client.Files.RetrieveAsync("grok/file-1", null, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Files_have_no_fallbacks_and_reads_no_further_members()
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        await Assert.ThrowsAsync<ConfigurationException>(() => client.Files.RetrieveAsync("file-1", new() { Fallbacks = ["groq/x"] }, Token));
        await Assert.ThrowsAsync<ConfigurationException>(() => client.Files.RetrieveAsync("file-1", new() { ExtraBody = """{"a":1}""" }, Token));
        await Assert.ThrowsAsync<ConfigurationException>(() => client.Files.UploadAsync(new() { File = FileSource.FromStream(new OneShot([]), "x", 1L << 30) }, new() { Fallbacks = ["groq/x"] }, Token));
    }

    [Fact]
    public async Task The_synchronous_doors_do_the_same()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        using var sandbox = new SyncContext();
        var path = Path.Combine(_folder.FullName, "a.txt");
        await File.WriteAllTextAsync(path, "hello", Token);

        var (file, listed, text) = sandbox.Run(() =>
        {
            var file = client.Files.Upload(new() { File = FileSource.FromFile(path), Provider = "sandbox" });
            var listed = client.Files.List(new() { Provider = "sandbox" }).Single();
            var target = client.Files.Download(file.QualifiedId, Path.Combine(_folder.FullName, "b.txt"));
            var text = File.ReadAllText(target);
            Assert.Equal(file.Id, client.Files.Retrieve(file.QualifiedId).Id);
            Assert.Single(client.Files.ListPage(new() { Provider = "sandbox" }).Data);
            Assert.True(client.Files.Delete(file.QualifiedId).Deleted);
            return (file, listed, text);
        });

        Assert.Equal((file.Id, "hello"), (listed.Id, text));
    }

    /// <summary>A thread that runs one thing at a time, as a user interface's does.</summary>
    private sealed class SyncContext : SynchronizationContext, IDisposable
    {
        public override void Post(SendOrPostCallback d, object? state) => throw new InvalidOperationException("something came back to the caller's thread");

        public T Run<T>(Func<T> act)
        {
            var before = Current;
            SetSynchronizationContext(this);
            try
            {
                return act();
            }
            finally
            {
                SetSynchronizationContext(before);
            }
        }

        public void Dispose() { }
    }
}
