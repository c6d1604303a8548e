using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Replies of bytes: when they count as begun, what breaks them, and what is left on disk.</summary>
public sealed class ContentTests : IDisposable
{
    private static readonly byte[] _bytes = Seeded.Bytes(11, 300_000);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-content-");
    private readonly CancellationTokenSource _caller = new();

    public void Dispose()
    {
        _caller.Dispose();
        _folder.Delete(recursive: true);
    }

    private static CannedReply Bytes(byte[] bytes) => new(200, new Dictionary<string, string> { ["content-type"] = "application/pdf", ["content-disposition"] = "attachment; filename=\"file\"" }, bytes);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    [Fact]
    public async Task The_bytes_come_as_they_are_with_their_length_and_type()
    {
        await using var server = FaultServer.Start(Bytes(_bytes));
        using var client = Calls.ClientFor(server.Url);

        await using var content = await client.Files.ContentAsync("file-1", null, TestContext.Current.CancellationToken);

        Assert.Equal((_bytes.Length, "application/pdf", "file", "openai"), (content.Length, content.ContentType, content.Filename, content.Provider));
        Assert.Equal("/files/file-1/content", server.Requests[0].Target);
        Assert.Equal(_bytes, await content.ReadBytesAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task They_can_be_read_synchronously_and_in_any_pieces()
    {
        await using var server = FaultServer.Start(Bytes(_bytes));
        using var client = Calls.ClientFor(server.Url);
        using var content = client.Files.Content("file-1", null, TestContext.Current.CancellationToken);
        using var read = new MemoryStream();

#pragma warning disable VSTHRD103 // That is what is tested.
        content.Content.CopyTo(read, 777);

        Assert.Equal(_bytes, read.ToArray());
        Assert.Equal(0, content.Content.Read(new byte[8], 0, 8));
#pragma warning restore VSTHRD103
    }

    [Fact]
    public async Task A_break_before_the_first_byte_is_tried_again()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(0, Bytes(_bytes)), Bytes(_bytes));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { InitialDelay = TimeSpan.Zero } });

        using var content = await client.Files.ContentAsync("file-1", null, TestContext.Current.CancellationToken);

        Assert.Equal(2, content.Attempts.Count);
        Assert.Equal(_bytes, await content.ReadBytesAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("reset")]
    [InlineData("short")]
    public async Task A_break_after_it_is_told_and_leaves_nothing_behind(string how)
    {
        await using var server = FaultServer.Start(how == "reset" ? Fault.ResetAfter(100_000, Bytes(_bytes)) : Fault.ShortBody(5, Bytes(_bytes)));
        using var client = Calls.ClientFor(server.Url);
        await File.WriteAllTextAsync(At("kept.txt"), "old", TestContext.Current.CancellationToken);

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Files.DownloadAsync("file-1", At("kept.txt"), null, TestContext.Current.CancellationToken));

        Assert.StartsWith("the reply broke off: openai:", error.Message, StringComparison.Ordinal);
        Assert.Single(error.Attempts);
        Assert.Equal("old", await File.ReadAllTextAsync(At("kept.txt"), TestContext.Current.CancellationToken));
        Assert.Single(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Silence_in_the_middle_is_an_idle_timeout_but_not_while_nobody_reads()
    {
        var clock = new ManualTime();
        var limit = TimeSpan.FromSeconds(7);
        await using var server = FaultServer.Start(Fault.StallAfter(1000, Bytes(_bytes)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock, Timeouts = new() { Idle = limit, FirstByte = limit, Total = Timeout.InfiniteTimeSpan } });
        using var content = await client.Files.ContentAsync("file-1", null, TestContext.Current.CancellationToken);
        clock.Advance(limit * 10);
        var buffer = new byte[1 << 16];
        var read = 0;
        while (read < 1000) read += await content.Content.ReadAsync(buffer, TestContext.Current.CancellationToken);
        var waiting = content.Content.ReadAsync(buffer, TestContext.Current.CancellationToken).AsTask();

        clock.Advance(limit);

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => waiting);
        Assert.Equal(TimeoutKind.Idle, Assert.IsType<ApiTimeoutException>(error.InnerException).Timeout);
    }

    [Fact]
    public async Task Disposing_it_ends_the_call_at_the_server()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(1000, Bytes(_bytes)));
        using var client = Calls.ClientFor(server.Url);
        var content = await client.Files.ContentAsync("file-1", null, TestContext.Current.CancellationToken);

        await content.DisposeAsync();

        await server.ClientGone.SoonAsync();
        await Assert.ThrowsAsync<ObjectDisposedException>(() => content.Content.ReadAsync(new byte[1], TestContext.Current.CancellationToken).AsTask());
    }

    [Fact]
    public async Task The_callers_token_ends_a_download_and_nothing_is_left()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(1000, Bytes(_bytes)));
        using var client = Calls.ClientFor(server.Url);
        var download = client.Files.DownloadAsync("file-1", At("a.bin"), null, _caller.Token);
        await server.Stalled;

        await _caller.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => download);
        await server.ClientGone.SoonAsync();
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task An_empty_file_is_a_file()
    {
        await using var server = FaultServer.Start(Bytes([]));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(At("empty"), await client.Files.DownloadAsync("file-1", At("empty"), null, TestContext.Current.CancellationToken));
        Assert.Equal(0, new FileInfo(At("empty")).Length);
    }

    [Fact]
    public async Task An_empty_reply_of_a_verb_that_may_not_be_empty_is_an_error()
    {
        await using var server = FaultServer.Start(Bytes([]));
        using var transport = new Transport(new() { Environment = static _ => null });
        var options = Calls.OptionsFor(server.Url) with { Timeouts = new(), Configuration = LlmConfiguration.Empty };
        var targets = new Targets(options);
        var router = new Router(transport, targets, new(new(), TimeProvider.System, static () => 0), new(new(new() { Environment = static _ => null }), new()));

        var error = await Assert.ThrowsAsync<ServerException>(() => router.OpenAsync(Verbs.FileContent with { MayBeEmpty = false }, new("file-1"), targets.Owner(null), new() { MaxRetries = 0 }, TestContext.Current.CancellationToken));

        Assert.Equal("openai: the reply is empty", error.Message);
    }

    [Fact]
    public async Task A_page_of_somebody_in_between_is_no_file()
    {
        await using var server = FaultServer.Start(CannedReply.Html(200, "<html>log in</html>"));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAsync<ServerException>(() => client.Files.ContentAsync("file-1", null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_download_is_complete_when_it_has_its_name_and_tells_its_progress()
    {
        await using var server = FaultServer.Start(Bytes(_bytes));
        using var client = Calls.ClientFor(server.Url);
        await File.WriteAllTextAsync(At("a.bin"), "old", TestContext.Current.CancellationToken);
        var names = new HashSet<string>();
        var steps = new Steps { OnReport = () => names.UnionWith(_folder.EnumerateFiles().Select(file => file.Name)) };

        await client.Files.DownloadAsync("file-1", At("a.bin"), steps, TestContext.Current.CancellationToken);

        Assert.Equal(_bytes, await File.ReadAllBytesAsync(At("a.bin"), TestContext.Current.CancellationToken));
        Assert.Equal(new TransferProgress(_bytes.Length, _bytes.Length), steps.Seen[^1]);
        Assert.Equal(2, names.Count);
        Assert.Single(_folder.EnumerateFiles());
    }

    [Theory]
    [InlineData("", "is a directory")]
    [InlineData("no/such/folder.txt", "There is no directory")]
    [InlineData("a\0b", "NUL")]
    public async Task What_cannot_be_written_to_is_told(string name, string expected)
    {
        using var content = new MemoryStream(_bytes);

        var error = await Assert.ThrowsAnyAsync<IOException>(() => Saving.SaveAsync(content, name.Length == 0 ? _folder.FullName : Path.Combine(_folder.FullName, name), default, TestContext.Current.CancellationToken));

        Assert.Contains(expected, error.Message, StringComparison.Ordinal);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task The_longest_name_that_a_folder_takes_can_be_written()
    {
        using var content = new MemoryStream("hi"u8.ToArray());

        await Saving.SaveAsync(content, At(new string('a', 255)), default, TestContext.Current.CancellationToken);

        Assert.Equal("hi", await File.ReadAllTextAsync(At(new string('a', 255)), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("report.pdf", "report.pdf")]
    [InlineData("../../etc/passwd", "passwd")]
    [InlineData(@"..\..\boot.ini", "boot.ini")]
    [InlineData(".bashrc", "bashrc")]
    [InlineData("..", "file-1")]
    [InlineData("a\0b\r\nc.txt", "abc.txt")]
    [InlineData("NUL.txt", "_NUL.txt")]
    [InlineData("a:b|c?.txt", "a_b_c_.txt")]
    [InlineData("good\u202Etxt.exe", "goodtxt.exe")]
    [InlineData("trailing. . ", "trailing")]
    [InlineData("résumé 日本.txt", "résumé 日本.txt")]
    public async Task In_a_directory_a_file_gets_its_own_name_made_harmless(string name, string expected)
    {
        var description = $$"""{"id":"file-1","object":"file","bytes":2,"created_at":1,"filename":{{System.Text.Json.JsonSerializer.Serialize(name)}},"purpose":"user_data","status":"processed"}""";
        await using var server = FaultServer.Start(CannedReply.Json(description), Bytes("hi"u8.ToArray()), CannedReply.Json(description), Bytes("ho"u8.ToArray()));
        using var client = Calls.ClientFor(server.Url);

        var first = await client.Files.DownloadAsync("file-1", _folder.FullName, null, TestContext.Current.CancellationToken);
        var second = await client.Files.DownloadAsync("file-1", _folder.FullName, null, TestContext.Current.CancellationToken);

        Assert.Equal(At(expected), first);
        Assert.Equal(At($"{Path.GetFileNameWithoutExtension(expected)} (2){Path.GetExtension(expected)}"), second);
        Assert.Equal(("hi", "ho"), (await File.ReadAllTextAsync(first, TestContext.Current.CancellationToken), await File.ReadAllTextAsync(second, TestContext.Current.CancellationToken)));
    }

    [Fact]
    public void A_name_that_is_too_long_keeps_its_ending()
    {
        var safe = FileNames.Safe(string.Concat(Enumerable.Repeat("日", 300)) + ".json")!;

        Assert.EndsWith("日.json", safe, StringComparison.Ordinal);
        Assert.InRange(Encoding.UTF8.GetByteCount(safe), 190, 200);
        Assert.Null(FileNames.Safe(" ... "));
        Assert.Equal("na_me.txt", FileNames.Of("attachment; filename=\"x\"; filename*=UTF-8''..%2Fna%3Ame.txt"));
    }
}
