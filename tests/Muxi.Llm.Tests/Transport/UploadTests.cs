using System.Net;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Tests;

/// <summary>What becomes of a file on its way: tried again or not, waited for, refused, broken off.</summary>
public sealed class UploadTests : IDisposable
{
    private const string Filed = """{"id":"file-1","object":"file","bytes":3,"created_at":1,"filename":"a.txt","purpose":"user_data","status":"processed"}""";

    private static readonly Retries _atOnce = new() { InitialDelay = TimeSpan.Zero };
    private static readonly CannedReply _overloaded = CannedReply.Json("""{"error":{"message":"later"}}""", 503);

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-upload-");
    private readonly CancellationTokenSource _caller = new();

    public void Dispose()
    {
        _caller.Dispose();
        _folder.Delete(recursive: true);
    }

    public static TheoryData<string> Replayable => ["file", "bytes", "stream"];

    [Theory, MemberData(nameof(Replayable))]
    public async Task What_can_be_read_again_is_sent_again_whole(string kind)
    {
        var bytes = Seeded.Bytes(3, 300_000);
        await using var server = FaultServer.Start(_overloaded, CannedReply.Json("""{"error":{"message":"slow down"}}""", 429), CannedReply.Json(Filed));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce });
        var steps = new Steps();

        var file = await client.Files.UploadAsync(new() { File = Source(kind, bytes) with { Progress = steps } }, null, TestContext.Current.CancellationToken);

        Assert.Equal(3, file.Attempts.Count);
        Assert.All(server.Requests, request => Assert.Equal(bytes, Multipart.Read(request)[^1].Body));
        // Told from the beginning each time, and to the end.
        Assert.Equal(3, steps.Seen.Count(step => step.Bytes == bytes.Length));
        Assert.All(steps.Seen, step => Assert.Equal(bytes.Length, step.Total));
        Assert.Equal(2, steps.Seen.Zip(steps.Seen.Skip(1)).Count(pair => pair.Second.Bytes < pair.First.Bytes));
    }

    [Fact]
    public async Task A_stream_that_can_be_read_once_is_never_sent_again()
    {
        var stream = new OneShot(Seeded.Bytes(4, 100_000));
        await using var server = FaultServer.Start(_overloaded, CannedReply.Json(Filed));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce });

        var error = await Assert.ThrowsAsync<OverloadedException>(() => client.Files.UploadAsync(new() { File = FileSource.FromStream(stream, "a.bin") }, null, TestContext.Current.CancellationToken));

        Assert.Single(error.Attempts);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Yet_it_is_tried_again_while_nobody_has_taken_a_byte()
    {
        var stream = new OneShot("all of it"u8.ToArray());
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var sockets = new SocketsHttpHandler();
        using var handler = new RefusedFirst(sockets);
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce, Handler = handler });

        var file = await client.Files.UploadAsync(new() { File = FileSource.FromStream(stream, "a.bin") }, null, TestContext.Current.CancellationToken);

        Assert.Equal(["Connection", "ok"], file.Attempts.Select(attempt => attempt.Outcome));
        Assert.Equal("all of it"u8.ToArray(), Multipart.Read(server.Requests[0])[^1].Body);
    }

    [Fact]
    public async Task An_upload_that_may_have_worked_is_not_made_twice()
    {
        await using var server = FaultServer.Start(CannedReply.Json("""{"error":{"message":"oops"}}""", 500), CannedReply.Json(Filed));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce });

        await Assert.ThrowsAsync<ServerException>(() => client.Files.UploadAsync(new() { File = Source("bytes", [1]) }, null, TestContext.Current.CancellationToken));

        Assert.Single(server.Requests);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(100_000)]
    public async Task A_refusal_before_all_is_read_is_told_as_what_it_is(int read)
    {
        await using var server = HalfServer.Start(read, "413 Content Too Large");
        using var client = Calls.ClientFor(server.Url);
        var file = Source("bytes", new byte[32 << 20]);

        var error = await Assert.ThrowsAnyAsync<LlmException>(() => client.Files.UploadAsync(new() { File = file }, null, TestContext.Current.CancellationToken));

        Assert.Contains("Expect: 100-continue", server.Head, StringComparison.Ordinal);
        if (read == 0) Assert.Equal("openai: too much", Assert.IsType<RequestTooLargeException>(error).Message);
        // Who says yes and then closes is a connection that broke; nothing else can be known.
        else Assert.True(error is RequestTooLargeException or ApiConnectionException, error.ToString());
    }

    [Fact]
    public async Task A_small_form_does_not_ask_first()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);

        await client.Files.UploadAsync(new() { File = Source("bytes", new byte[(1 << 20) - 1]) }, null, TestContext.Current.CancellationToken);

        Assert.DoesNotContain("expect", server.Requests[0].Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_server_that_takes_no_more_is_an_idle_timeout_and_not_one_of_the_reply()
    {
        var clock = new ManualTime();
        var limit = TimeSpan.FromSeconds(7);
        await using var server = HalfServer.Start(100_000, null);
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock, Timeouts = new() { Idle = limit, FirstByte = TimeSpan.FromHours(1), Total = Timeout.InfiniteTimeSpan } });
        var steps = new Steps();
        var call = client.Files.UploadAsync(new() { File = Source("bytes", new byte[64 << 20]) with { Progress = steps } }, null, TestContext.Current.CancellationToken);
        await server.HasRead;
        await steps.QuietAsync();

        clock.Advance(limit);

        var error = await Assert.ThrowsAsync<ApiTimeoutException>(() => call);
        Assert.Equal(TimeoutKind.Idle, error.Timeout);
        Assert.InRange(steps.Seen[^1].Bytes, 100_000, (64 << 20) - 1);
    }

    [Fact]
    public async Task The_time_for_the_reply_begins_behind_the_last_piece()
    {
        var clock = new ManualTime();
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json(Filed)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock, Timeouts = new() { Idle = TimeSpan.FromSeconds(7), FirstByte = TimeSpan.FromSeconds(30), Total = Timeout.InfiniteTimeSpan } });
        var call = client.Files.UploadAsync(new() { File = Source("bytes", new byte[500_000]) }, null, TestContext.Current.CancellationToken);
        await server.Stalled;

        clock.Advance(TimeSpan.FromSeconds(29));
        Assert.False(call.IsCompleted);
        clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Equal(TimeoutKind.FirstByte, (await Assert.ThrowsAsync<ApiTimeoutException>(() => call)).Timeout);
    }

    [Fact]
    public async Task A_slow_upload_is_no_timeout_while_pieces_go()
    {
        var clock = new ManualTime();
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { TimeProvider = clock, Timeouts = new() { Idle = TimeSpan.FromSeconds(7), FirstByte = TimeSpan.FromSeconds(7), Total = Timeout.InfiniteTimeSpan } });
        // Each piece takes six seconds, an upload a minute.
        var steps = new Steps { OnReport = () => clock.Advance(TimeSpan.FromSeconds(6)) };

        await client.Files.UploadAsync(new() { File = Source("bytes", new byte[700_000]) with { Progress = steps } }, null, TestContext.Current.CancellationToken);

        Assert.True(steps.Seen.Count >= 10, $"{steps.Seen.Count} pieces");
    }

    [Fact]
    public async Task The_callers_cancellation_reaches_the_server_in_the_middle_of_a_file()
    {
        var some = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var gone = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async context =>
        {
            try
            {
                var buffer = new byte[1 << 16];
                while (await context.Request.Body.ReadAsync(buffer, CancellationToken.None) > 0) some.TrySetResult();
            }
            catch (Exception e) when (e is IOException or BadHttpRequestException or OperationCanceledException)
            {
                gone.TrySetResult();
            }
        });
        using var client = Calls.ClientFor(server.Url);
        using var endless = new Endless();
        var call = client.Files.UploadAsync(new() { File = FileSource.FromStream(endless, "a.bin") }, null, _caller.Token);
        await some.Task.SoonAsync();

        await _caller.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(_caller.Token, error.CancellationToken);
        await gone.Task.SoonAsync();
    }

    [Fact]
    public async Task A_file_that_cannot_be_read_further_is_not_the_services_failure()
    {
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = _atOnce });
        var torn = new OneShot(Seeded.Bytes(5, 500_000), failAt: 200_000);

        var error = await Assert.ThrowsAsync<IOException>(() => client.Files.UploadAsync(new() { File = FileSource.FromStream(torn, "tape.bin") }, null, TestContext.Current.CancellationToken));

        Assert.Equal("The file 'tape.bin' could not be read while it was sent: the tape is torn", error.Message);
        Assert.IsType<InvalidOperationException>(error.InnerException);
    }

    [Fact]
    public async Task A_file_that_is_deleted_between_two_attempts_is_missed_by_name_and_the_others_are_closed()
    {
        var path = Path.Combine(_folder.FullName, "a.txt");
        await File.WriteAllTextAsync(path, "hi", TestContext.Current.CancellationToken);
        var file = FileSource.FromFile(path);
        File.Delete(path);
        await using var server = FaultServer.Start(CannedReply.Json(Filed));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAsync<FileNotFoundException>(() => client.Files.UploadAsync(new() { File = file }, null, TestContext.Current.CancellationToken));

        using var other = new Closing();
        Assert.Throws<FileNotFoundException>(() => FormContent.Of(Form.Empty.With("a", FileSource.FromStream(other, "x")).With("b", file), new(new(new(), TimeProvider.System, 0, default))).Dispose());
        Assert.Empty(server.Requests);
    }

    private FileSource Source(string kind, byte[] bytes)
    {
        if (kind == "bytes") return FileSource.FromBytes(bytes, "a.bin");
        if (kind == "stream") return FileSource.FromStream(new MemoryStream(bytes), "a.bin");
        var path = Path.Combine(_folder.FullName, "a.bin");
        File.WriteAllBytes(path, bytes);
        return FileSource.FromFile(path);
    }

    /// <summary>Refuses the first connection as a machine without a listener does.</summary>
    private sealed class RefusedFirst(HttpMessageHandler inner) : DelegatingHandler(inner)
    {
        private bool _refused;

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            if (_refused) return base.SendAsync(request, cancellationToken);
            _refused = true;
            throw new HttpRequestException(HttpRequestError.ConnectionError, "Connection refused");
        }
    }

    private sealed class Closing : MemoryStream;

    private sealed class Endless : Stream
    {
        public override bool CanRead => true;
        public override bool CanSeek => false;
        public override bool CanWrite => false;
        public override long Length => throw new NotSupportedException();
        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }
        public override int Read(byte[] buffer, int offset, int count) => count;
        public override void Flush() { }
        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();
        public override void SetLength(long value) => throw new NotSupportedException();
        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}

/// <summary>What was told of a transfer, in order.</summary>
internal sealed class Steps : IProgress<TransferProgress>
{
    private readonly Lock _lock = new();
    private readonly List<TransferProgress> _seen = [];

    public Action? OnReport { get; init; }

    public IReadOnlyList<TransferProgress> Seen
    {
        get
        {
            lock (_lock) return [.. _seen];
        }
    }

    public void Report(TransferProgress value)
    {
        lock (_lock) _seen.Add(value);
        OnReport?.Invoke();
    }

    /// <summary>Waits until nothing more is told: whatever takes bytes is full.</summary>
    public async Task QuietAsync()
    {
        for (var (count, still) = (-1, 0); still < 5; await Task.Delay(50, TestContext.Current.CancellationToken))
        {
            var now = Seen.Count;
            (count, still) = (now, now == count && now > 0 ? still + 1 : 0);
        }
    }
}
