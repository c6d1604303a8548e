using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Muxi.Llm.Tests;

/// <summary>A file that is too large for one call. The service is a provider of the test's own with small limits, and OpenAI's interface behind it.</summary>
public sealed class UploadInPartsTests : IDisposable
{
    private const int Part = 1000;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-parts-");

    public void Dispose() => _folder.Delete(recursive: true);

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("file", 4_500, 5)]
    [InlineData("bytes", 2_001, 3)]
    [InlineData("bytes", 3_000, 3)]
    [InlineData("stream", 4_500, 5)]
    [InlineData("once", 4_500, 5)]
    public async Task It_goes_in_parts_and_comes_out_whole(string kind, int size, int parts)
    {
        await using var service = await PartService.StartAsync();
        using var client = service.Client();
        var bytes = Seeded.Bytes(size, size);
        var steps = new Steps();

        var file = await client.Files.UploadAsync(new() { File = Source(kind, bytes) with { Progress = steps }, Provider = "parts", Purpose = "assistants", ExpiresAfter = TimeSpan.FromDays(1), Extra = """{"own":1}""" }, null, Token);

        Assert.Equal(("file-of-parts", "parts/file-of-parts", "parts"), (file.Id, file.QualifiedId, file.Provider));
        Assert.Equal(bytes, service.Whole);
        Assert.Equal(parts, service.Parts.Count);
        var begun = JsonNode.Parse(service.Begun!)!;
        Assert.Equal($$"""{"filename":"a.bin","purpose":"assistants","bytes":{{size}},"mime_type":"application/octet-stream","expires_after":{"anchor":"created_at","seconds":86400},"own":1}""", begun.ToJsonString());
#pragma warning disable CA5351 // OpenAI's interface has this sum and no other.
        Assert.Equal(Convert.ToHexStringLower(System.Security.Cryptography.MD5.HashData(bytes)), (string?)JsonNode.Parse(service.Completed!)!["md5"]);
#pragma warning restore CA5351
        Assert.Equal(new TransferProgress(size, size), steps.Seen[^1]);
        Assert.True(service.MostAtOnce <= 4, $"{service.MostAtOnce} at once");
        if (kind is "stream" or "once") Assert.Equal(1, service.MostAtOnce);
        Assert.False(service.IsCancelled);
    }

    [Theory]
    [InlineData("file")]
    [InlineData("once")]
    public async Task A_part_that_fails_is_tried_again_by_itself(string kind)
    {
        await using var service = await PartService.StartAsync(fail: number => number is 2 or 3 ? 500 : null);
        using var client = service.Client();
        var bytes = Seeded.Bytes(9, 3_500);

        await client.Files.UploadAsync(new() { File = Source(kind, bytes), Provider = "parts" }, null, Token);

        Assert.Equal(bytes, service.Whole);
        Assert.Equal(6, service.Asked);
    }

    [Fact]
    public async Task One_that_fails_for_good_gives_the_upload_up()
    {
        await using var service = await PartService.StartAsync(fail: static _ => 400);
        using var client = service.Client();

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.UploadAsync(new() { File = Source("file", Seeded.Bytes(9, 9_000)), Provider = "parts" }, null, Token));

        Assert.Equal("parts: no", error.Message);
        Assert.True(service.IsCancelled);
        Assert.Null(service.Completed);
    }

    [Fact]
    public async Task A_caller_who_leaves_gives_the_upload_up()
    {
        using var caller = new CancellationTokenSource();
        await using var service = await PartService.StartAsync(hold: true);
        using var client = service.Client();
        var call = client.Files.UploadAsync(new() { File = Source("file", Seeded.Bytes(9, 9_000)), Provider = "parts" }, null, caller.Token);
        await service.Held.SoonAsync();

        await caller.CancelAsync();

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => call);
        Assert.Equal(caller.Token, error.CancellationToken);
        Assert.True(service.IsCancelled);
    }

    [Fact]
    public async Task A_stream_that_ends_early_gives_the_upload_up()
    {
        await using var service = await PartService.StartAsync();
        using var client = service.Client();

        var error = await Assert.ThrowsAsync<IOException>(() => client.Files.UploadAsync(new() { File = FileSource.FromStream(new OneShot(Seeded.Bytes(9, 1_500)), "a.bin", 5_000), Provider = "parts" }, null, Token));

        Assert.Contains("ended 3500 bytes before", error.Message, StringComparison.Ordinal);
        Assert.True(service.IsCancelled);
    }

    [Fact]
    public async Task What_fits_into_one_call_goes_in_one_and_what_is_too_large_for_both_goes_nowhere()
    {
        await using var service = await PartService.StartAsync();
        using var client = service.Client();

        await client.Files.UploadAsync(new() { File = Source("bytes", new byte[2_000]), Provider = "parts" }, null, Token);
        Assert.Null(service.Begun);
        var large = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.UploadAsync(new() { File = Source("bytes", new byte[20_001]), Provider = "parts" }, null, Token));
        var one = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.CreateAsync(new() { File = Source("bytes", new byte[2_001]), Provider = "parts" }, null, Token));

        Assert.StartsWith("parts: a file may have 0.019", large.Message, StringComparison.Ordinal);
        Assert.StartsWith("parts: a file may have 0.0019", one.Message, StringComparison.Ordinal);
        Assert.Null(service.Begun);
    }

    [Fact]
    public async Task Step_by_step_it_is_the_same()
    {
        await using var service = await PartService.StartAsync();
        using var client = service.Client();

        var upload = await client.Uploads.CreateAsync(new() { Filename = "a.txt", Bytes = 4, MimeType = "text/plain", Purpose = "assistants", Provider = "parts" }, null, Token);
        var second = await client.Uploads.AddPartAsync(new(upload.QualifiedId, FileSource.FromBytes("CD"u8.ToArray(), "part")), null, Token);
        var first = await client.Uploads.AddPartAsync(new(upload.QualifiedId, FileSource.FromBytes("AB"u8.ToArray(), "part")), null, Token);
        var done = await client.Uploads.CompleteAsync(new(upload.QualifiedId, [$"parts/{first.Id}", second.Id]), null, Token);
        var other = await client.Uploads.CancelAsync(upload.QualifiedId, null, Token);

        Assert.Equal("ABCD"u8.ToArray(), service.Whole);
        Assert.Equal((UploadStatus.Pending, UploadStatus.Completed, UploadStatus.Cancelled), (upload.Status, done.Status, other.Status));
        Assert.Equal("parts/file-of-parts", done.File!.QualifiedId);
        Assert.Equal(upload.Id, first.UploadId);
    }

    [Fact]
    public async Task What_cannot_be_is_refused_before_anything_is_sent()
    {
        await using var service = await PartService.StartAsync();
        using var client = service.Client();
        async Task<string?> Param(Func<Task> call) => (await Assert.ThrowsAsync<BadRequestException>(call)).Param;

        Assert.Equal("bytes", await Param(() => client.Uploads.CreateAsync(new() { Filename = "a", Bytes = 0, MimeType = "text/plain" }, null, Token)));
        Assert.Equal("filename", await Param(() => client.Uploads.CreateAsync(new() { Filename = "", Bytes = 1, MimeType = "text/plain" }, null, Token)));
        Assert.Equal("data", await Param(() => client.Uploads.AddPartAsync(new("parts/u", FileSource.FromBytes(Array.Empty<byte>(), "p")), null, Token)));
        Assert.Equal("data", await Param(() => client.Uploads.AddPartAsync(new("parts/u", FileSource.FromBytes(new byte[Part + 1], "p")), null, Token)));
        Assert.Equal("part_ids", await Param(() => client.Uploads.CompleteAsync(new("parts/u", []), null, Token)));
        Assert.Equal("part_ids[0]", await Param(() => client.Uploads.CompleteAsync(new("parts/u", ["openai/p"]), null, Token)));
        Assert.Equal("upload_id", await Param(() => client.Uploads.CancelAsync("parts/..", null, Token)));
        Assert.Equal(0, service.Asked);
    }

    private FileSource Source(string kind, byte[] bytes)
    {
        switch (kind)
        {
            case "bytes": return FileSource.FromBytes(bytes, "a.bin");
            case "stream": return FileSource.FromStream(new MemoryStream(bytes), "a.bin");
            case "once": return FileSource.FromStream(new OneShot(bytes), "a.bin", bytes.Length);
            default:
                var path = Path.Combine(_folder.FullName, "a.bin");
                File.WriteAllBytes(path, bytes);
                return FileSource.FromFile(path);
        }
    }

    /// <summary>OpenAI's uploads, as its reference tells them; files in one call are taken and forgotten.</summary>
    private sealed class PartService : IAsyncDisposable
    {
        private readonly TaskCompletionSource _held = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private Func<int, int?> _fail = static _ => null;
        private bool _holds;
        private TestServer? _server;
        private int _asked, _atOnce;

        public ConcurrentDictionary<string, byte[]> Parts { get; } = [];
        public string? Begun { get; private set; }
        public string? Completed { get; private set; }
        public byte[]? Whole { get; private set; }
        public bool IsCancelled { get; private set; }
        public int MostAtOnce { get; private set; }
        public int Asked => _asked;
        public Task Held => _held.Task;

        public static async Task<PartService> StartAsync(Func<int, int?>? fail = null, bool hold = false)
        {
            var service = new PartService { _holds = hold };
            if (fail is not null) service._fail = fail;
            service._server = await TestServer.StartAsync(service.AnswerAsync);
            return service;
        }

        public LlmClient Client() => new(new()
        {
            Environment = static _ => null, Retries = new() { InitialDelay = TimeSpan.Zero },
            Providers = [new("parts", _server!.Url.AbsoluteUri.TrimEnd('/'), Auth.None) { Files = new OpenAIFiles { MaxBytes = 2 * Part }, Uploads = new OpenAIUploads { MaxBytes = 20 * Part, MaxPartBytes = Part } }],
        });

        public ValueTask DisposeAsync() => _server!.DisposeAsync();

        private async Task AnswerAsync(HttpContext context)
        {
            var path = context.Request.Path.Value!;
            if (path.EndsWith("/parts", StringComparison.Ordinal)) await TakeAsync(context);
            else
            {
                using var body = new StreamReader(context.Request.Body);
                var text = await body.ReadToEndAsync(context.RequestAborted);
                if (path == "/uploads") Begun = text;
                else if (path.EndsWith("/cancel", StringComparison.Ordinal)) IsCancelled = true;
                else if (path.EndsWith("/complete", StringComparison.Ordinal))
                {
                    Completed = text;
                    Whole = [.. JsonNode.Parse(text)!["part_ids"]!.AsArray().SelectMany(id => Parts[(string)id!])];
                }
                await context.Response.WriteAsync(path == "/files" ? """{"id":"file-whole","object":"file","bytes":1,"created_at":1,"filename":"a","purpose":"user_data","status":"processed"}""" : Upload(path), context.RequestAborted);
            }
        }

        private async Task TakeAsync(HttpContext context)
        {
            var number = Interlocked.Increment(ref _asked);
            var now = Interlocked.Increment(ref _atOnce);
            lock (Parts) MostAtOnce = Math.Max(MostAtOnce, now);
            try
            {
                var form = await new FormFeature(context.Request).ReadFormAsync(context.RequestAborted);
                using var data = new MemoryStream();
                await form.Files["data"]!.CopyToAsync(data, context.RequestAborted);
                if (_holds)
                {
                    _held.TrySetResult();
                    await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
                }
                if (_fail(number) is { } status)
                {
                    context.Response.StatusCode = status;
                    await context.Response.WriteAsync("""{"error":{"message":"no"}}""", context.RequestAborted);
                    return;
                }
                Parts[$"part_{number}"] = data.ToArray();
                await context.Response.WriteAsync($$"""{"id":"part_{{number}}","object":"upload.part","created_at":1,"upload_id":"upload_1"}""", context.RequestAborted);
            }
            catch (OperationCanceledException)
            {
                // The client has gone.
            }
            finally
            {
                Interlocked.Decrement(ref _atOnce);
            }
        }

        private static string Upload(string path)
        {
            var status = path.EndsWith("/cancel", StringComparison.Ordinal) ? "cancelled" : path.EndsWith("/complete", StringComparison.Ordinal) ? "completed" : "pending";
            var file = status == "completed" ? """{"id":"file-of-parts","object":"file","bytes":1,"created_at":1,"filename":"a","purpose":"assistants","status":"processed"}""" : "null";
            return $$"""{"id":"upload_1","object":"upload","bytes":1,"created_at":1,"filename":"a","purpose":"assistants","status":"{{status}}","expires_at":2,"file":{{file}}}""";
        }
    }
}
