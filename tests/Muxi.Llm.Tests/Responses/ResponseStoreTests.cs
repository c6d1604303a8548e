using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What is kept is found again until its time is over or its place is needed, and a file store never writes elsewhere.</summary>
public sealed class ResponseStoreTests : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("muxi-llm-responses-").FullName;
    private readonly ManualTime _clock = new();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private DateTimeOffset Later => _clock.GetUtcNow() + TimeSpan.FromDays(30);

    public static TheoryData<bool> Both => [false, true];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory, MemberData(nameof(Both))]
    public async Task What_was_written_is_read_replaced_and_deleted(bool inFiles)
    {
        var store = Store(inFiles);
        await store.WriteAsync("a", "one"u8.ToArray(), Later, Token);
        await store.WriteAsync("b", ""u8.ToArray(), Later, Token);
        Assert.Equal("one", await ReadAsync(store, "a"));
        Assert.Equal("", await ReadAsync(store, "b"));

        await store.WriteAsync("a", "two"u8.ToArray(), Later, Token);
        Assert.Equal("two", await ReadAsync(store, "a"));
        Assert.True(await store.DeleteAsync("a", Token));
        Assert.False(await store.DeleteAsync("a", Token));
        Assert.Null(await ReadAsync(store, "a"));
        Assert.Null(await ReadAsync(store, "c"));
    }

    [Theory, MemberData(nameof(Both))]
    public async Task What_is_over_is_gone(bool inFiles)
    {
        var store = Store(inFiles);
        await store.WriteAsync("a", "one"u8.ToArray(), Later, Token);
        await store.WriteAsync("b", "two"u8.ToArray(), Later, Token);
        _clock.Advance(TimeSpan.FromDays(29));
        Assert.Equal("one", await ReadAsync(store, "a"));
        _clock.Advance(TimeSpan.FromDays(1));

        Assert.Null(await ReadAsync(store, "a"));
        Assert.False(await store.DeleteAsync("b", Token));
    }

    [Fact]
    public async Task What_was_not_used_for_longest_leaves_first()
    {
        var store = new MemoryResponseStore(maxEntries: 3, maxBytes: 10, _clock);
        foreach (var key in (string[])["a", "b", "c"]) await store.WriteAsync(key, "123"u8.ToArray(), Later, Token);
        await ReadAsync(store, "a");

        await store.WriteAsync("d", "1"u8.ToArray(), Later, Token);
        Assert.Equal("a c d", await HaveAsync(store, "a", "b", "c", "d"));
        await store.WriteAsync("e", "12345"u8.ToArray(), Later, Token);
        Assert.Equal("c d e", await HaveAsync(store, "a", "b", "c", "d", "e"));
        // One that is too large for the store takes no other's place.
        await store.WriteAsync("f", new byte[11], Later, Token);
        Assert.Equal("c d e", await HaveAsync(store, "c", "d", "e", "f"));
        Assert.Equal(3, store.Count);
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryResponseStore(maxEntries: 0));
        Assert.Throws<ArgumentOutOfRangeException>(() => new MemoryResponseStore(maxBytes: 0));
    }

    [Fact]
    public async Task Files_survive_the_store_that_wrote_them()
    {
        await Store(inFiles: true).WriteAsync("a", "one"u8.ToArray(), Later, Token);

        Assert.Equal("one", await ReadAsync(Store(inFiles: true), "a"));
    }

    [Theory, InlineData("../../escape"), InlineData("/etc/passwd"), InlineData("..\\up"), InlineData("a\0b"), InlineData("CON"), InlineData("")]
    public async Task No_name_leads_out_of_the_folder(string key)
    {
        var inner = Path.Combine(_folder, "in", "ner");
        var store = new FileResponseStore(inner, _clock);

        await store.WriteAsync(key, "one"u8.ToArray(), Later, Token);

        Assert.Equal("one", await ReadAsync(store, key));
        var only = Assert.Single(Directory.EnumerateFiles(_folder, "*", SearchOption.AllDirectories));
        Assert.Equal(inner, Path.GetDirectoryName(only));
        Assert.Matches("^[0-9a-f]{64}\\.response$", Path.GetFileName(only));
        if (!OperatingSystem.IsWindows()) Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(only));
    }

    [Fact]
    public async Task Files_whose_time_is_over_and_those_left_unfinished_are_taken_away()
    {
        var store = Store(inFiles: true);
        await store.WriteAsync("a", "one"u8.ToArray(), _clock.GetUtcNow() + TimeSpan.FromDays(1), Token);
        await File.WriteAllTextAsync(Path.Combine(_folder, "x.response.1.part"), "cut", Token);
        File.SetLastWriteTimeUtc(Path.Combine(_folder, "x.response.1.part"), _clock.GetUtcNow().UtcDateTime - TimeSpan.FromDays(2));
        await File.WriteAllTextAsync(Path.Combine(_folder, "a stranger's"), "kept", Token);
        _clock.Advance(TimeSpan.FromDays(2));

        await store.WriteAsync("b", "two"u8.ToArray(), Later, Token);

        Assert.Equal(["a stranger's", Assert.Single(Directory.EnumerateFiles(_folder, "*.response").Select(Path.GetFileName))!], Directory.EnumerateFiles(_folder).Select(path => Path.GetFileName(path)).Order(StringComparer.Ordinal).Reverse());
        Assert.Equal("two", await ReadAsync(store, "b"));
    }

    [Fact]
    public async Task A_file_that_is_none_of_ours_is_nothing()
    {
        var store = Store(inFiles: true);
        await store.WriteAsync("a", "one"u8.ToArray(), Later, Token);
        await File.WriteAllTextAsync(Assert.Single(Directory.EnumerateFiles(_folder)), "garbage", Token);

        Assert.Null(await ReadAsync(store, "a"));
        // A time that no calendar has.
        await File.WriteAllBytesAsync(Assert.Single(Directory.EnumerateFiles(_folder)), [.. "muxires1"u8, 255, 255, 255, 255, 255, 255, 255, 127, 1], Token);
        Assert.Null(await ReadAsync(store, "a"));
        _clock.Advance(TimeSpan.FromHours(2));
        await store.WriteAsync("b", "two"u8.ToArray(), Later, Token);
    }

    [Fact]
    public async Task Stores_that_write_the_same_entry_at_once_leave_one_that_is_whole()
    {
        var texts = Enumerable.Range(0, 8).Select(i => new string((char)('a' + i), 200_000)).ToArray();
        var reader = Store(inFiles: true);
        await reader.WriteAsync("a", Encoding.UTF8.GetBytes(texts[0]), Later, Token);

        var writing = Task.WhenAll(texts.Select(text => Task.Run(async () =>
        {
            var store = new FileResponseStore(_folder, _clock);
            for (var i = 0; i < 20; i++) await store.WriteAsync("a", Encoding.UTF8.GetBytes(text), Later, Token);
        }, Token)));
        var seen = new List<string?>();
        while (!writing.IsCompleted) seen.Add(await ReadAsync(reader, "a"));
        await writing;
        seen.Add(await ReadAsync(reader, "a"));

        Assert.All(seen, text => Assert.Contains(text, texts));
        Assert.Single(Directory.EnumerateFiles(_folder));
    }

    [Fact]
    public async Task A_client_with_a_file_store_goes_on_after_a_restart()
    {
        await using var services = await ManyServices.StartAsync();
        var options = services.Options() with { ResponseStore = new FileResponseStore(_folder) };
        Response first;
        using (var client = new LlmClient(options)) first = await client.Responses.CreateAsync(new() { Model = ManyServices.Chat, Input = "One" }, null, Token);

        using var again = new LlmClient(services.Options() with { ResponseStore = new FileResponseStore(_folder) });
        await again.Responses.CreateAsync(new() { Model = ManyServices.Chat, Input = "Two", PreviousResponseId = first.Id }, null, Token);

        Assert.Equal(3, services.Sent(^1)["messages"]!.AsArray().Count);
        Assert.Equal("c2lnbmVk", (string?)services.Sent(^1)["messages"]![1]!["content"]![0]!["signature"]);
    }

    private IResponseStore Store(bool inFiles) => inFiles ? new FileResponseStore(_folder, _clock) : new MemoryResponseStore(timeProvider: _clock);

    private static async Task<string?> ReadAsync(IResponseStore store, string key) => await store.ReadAsync(key, Token) is { } bytes ? Encoding.UTF8.GetString(bytes.Span) : null;

    private static async Task<string> HaveAsync(IResponseStore store, params string[] keys)
    {
        var have = new List<string>();
        foreach (var key in keys)
            if (await store.ReadAsync(key, Token) is not null) have.Add(key);
        return string.Join(' ', have);
    }
}
