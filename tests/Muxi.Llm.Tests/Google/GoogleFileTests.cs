namespace Muxi.Llm.Tests;

/// <summary>Files of the Gemini API: the two steps of an upload, where its bytes go and where not, states, ids, and what comes back.</summary>
public sealed class GoogleFileTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static FileSource Hello => FileSource.FromBytes("hello"u8.ToArray(), "a.txt");

    [Fact]
    public async Task A_file_is_handed_over_in_two_steps()
    {
        await using var server = await UploadServerAsync(request => $"http://{request.Headers["Host"]}/upload/v1beta/files?upload_id=u1");
        using var client = GoogleWire.Client(server.Url);
        var progress = new List<long>();

        var file = await client.Files.UploadAsync(new() { File = Hello with { Progress = new Told(progress) }, Provider = "gemini", Extra = """{"name":"files/mine"}""" }, null, Token);

        Assert.Equal(["POST /upload/v1beta/files", "POST /upload/v1beta/files?upload_id=u1"], server.Requests.Select(one => $"{one.Method} {one.Target}"));
        Assert.Equal("""{"file":{"displayName":"a.txt","mimeType":"text/plain","sizeBytes":"5","name":"files/mine"}}""", server.Requests[0].Text);
        Assert.Equal("resumable start 5 text/plain", string.Join(' ', new[] { "Protocol", "Command", "Header-Content-Length", "Header-Content-Type" }.Select(name => server.Requests[0].Headers["X-Goog-Upload-" + name])));
        Assert.Equal("upload, finalize 0 text/plain hello", $"{server.Requests[1].Headers["X-Goog-Upload-Command"]} {server.Requests[1].Headers["X-Goog-Upload-Offset"]} {server.Requests[1].Headers["Content-Type"]} {server.Requests[1].Text}");
        Assert.All(server.Requests, one => Assert.Equal(Calls.Key, one.Headers["x-goog-api-key"]));
        Assert.Equal(("files/abc", "gemini/files/abc", "a.txt", 5L, 1_781_705_580L, 1_781_878_379L), (file.Id, file.QualifiedId, file.Filename, file.Bytes, file.CreatedAt, file.ExpiresAt!.Value));
        Assert.Equal((FileStatus.Processed, "text/plain", false), (file.Status!.Value, file.MimeType, file.Downloadable!.Value));
        Assert.Equal(5, progress[^1]);
    }

    [Theory]
    // The vendor's own address, handed on as it is by what stands before it, is asked for there.
    [InlineData("https://generativelanguage.googleapis.com/upload/v1beta/files?upload_id=u1", true)]
    // A path that looks like another host is a path.
    [InlineData("https://generativelanguage.googleapis.com//evil.example/upload?upload_id=u1", true)]
    [InlineData("https://evil.example/upload/v1beta/files?upload_id=u1", false)]
    [InlineData("https://generativelanguage.googleapis.com.evil.example/upload", false)]
    [InlineData("https://generativelanguage.googleapis.com:444/upload", false)]
    [InlineData("http://127.0.0.1:9/upload", false)]
    [InlineData("file:///etc/passwd", false)]
    public async Task The_bytes_go_to_the_services_own_origin_and_nowhere_else(string told, bool isTaken)
    {
        await using var server = await UploadServerAsync(_ => told);
        using var client = GoogleWire.Client(server.Url);

        var call = client.Files.UploadAsync(new() { File = Hello, Provider = "gemini" }, null, Token);

        if (isTaken)
        {
            Assert.Equal("files/abc", (await call).Id);
            Assert.Equal(new Uri(told).PathAndQuery, server.Requests[1].Target);
            return;
        }
        var error = await Assert.ThrowsAsync<ServerException>(() => call);
        Assert.Contains("another origin", error.Message, StringComparison.Ordinal);
        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task A_beginning_that_tells_no_address_is_an_error_of_the_service()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = GoogleWire.Client(server.Url);

        var error = await Assert.ThrowsAsync<ServerException>(() => client.Files.UploadAsync(new() { File = Hello, Provider = "gemini" }, null, Token));

        Assert.Contains("X-Goog-Upload-URL", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_failed_step_begins_the_upload_again()
    {
        var failed = false;
        await using var server = await ReplayServer.StartAsync(1, request =>
        {
            if (!request.Target.Contains("upload_id", StringComparison.Ordinal)) return Begun(request);
            (var first, failed) = (!failed, true);
            return first ? CannedReply.Json("""{"error":{"code":503,"message":"busy","status":"UNAVAILABLE"}}""", 503) : CannedReply.Json($"{{\"file\":{GoogleWire.File}}}");
        });
        using var client = new LlmClient(GoogleWire.Options(server.Url) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        Assert.Equal("files/abc", (await client.Files.UploadAsync(new() { File = Hello, Provider = "gemini" }, null, Token)).Id);
        Assert.Equal(4, server.Requests.Count);
    }

    [Theory]
    [InlineData("ACTIVE", "processed")]
    [InlineData("PROCESSING", "uploaded")]
    [InlineData("FAILED", "error")]
    [InlineData("STATE_UNSPECIFIED", null)]
    [InlineData("RESTING", "resting")]
    public async Task States_are_in_our_words(string state, string? status)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.File.Replace("\"ACTIVE\"", $"\"{state}\",\"error\":{{\"code\":3,\"message\":\"no film\"}}", StringComparison.Ordinal)));
        using var client = GoogleWire.Client(server.Url);

        var file = await client.Files.RetrieveAsync("gemini/files/abc", null, Token);

        Assert.Equal((status, "no film"), (file.Status?.Value, file.StatusDetails));
    }

    [Fact]
    public async Task A_file_is_waited_for_until_the_service_is_done_with_it()
    {
        var time = new SteppedTime();
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(GoogleWire.File.Replace("ACTIVE", "PROCESSING", StringComparison.Ordinal)), CannedReply.Json(GoogleWire.File));
        using var client = new LlmClient(GoogleWire.Options(server.Url) with { TimeProvider = time });

        Assert.Equal(FileStatus.Processed, (await client.Files.WaitAsync("gemini/files/abc", null, Token)).Status);
        Assert.Equal(2, server.Requests.Count);
    }

    [Theory]
    [InlineData("gemini/files/abc", "/v1beta/files/abc")]
    [InlineData("gemini/abc", "/v1beta/files/abc")]
    [InlineData("gemini/files/../models", "/v1beta/files/..%2Fmodels")]
    public async Task An_id_may_have_its_collection_in_front_and_leads_nowhere_else(string id, string target)
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Method == "DELETE" ? "" : GoogleWire.File));
        using var client = GoogleWire.Client(server.Url);

        await client.Files.RetrieveAsync(id, null, Token);
        Assert.True((await client.Files.DeleteAsync(id, null, Token)).Deleted);

        Assert.Equal([$"GET {target}", $"DELETE {target}"], server.Requests.Select(one => $"{one.Method} {one.Target}"));
    }

    [Fact]
    public async Task A_page_goes_on_by_its_mark()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target.Contains("pageToken", StringComparison.Ordinal) ? "{}" : $$"""{"files":[{{GoogleWire.File}}],"nextPageToken":"n/1"}"""));
        using var client = GoogleWire.Client(server.Url);

        var page = await client.Files.ListPageAsync(new() { Provider = "gemini", Limit = 5, Purpose = "vision", Order = "asc" }, null, Token);
        var all = await client.Files.ListAsync(new() { Provider = "gemini" }, null, Token).ToListAsync(Token);

        Assert.Equal((true, "n/1", "purpose order"), (page.HasMore, page.LastId, string.Join(' ', page.Warnings.Select(one => one.Param))));
        Assert.Equal("gemini/files/abc", Assert.Single(all).QualifiedId);
        Assert.Equal("/v1beta/files?pageSize=5 /v1beta/files /v1beta/files?pageToken=n%2F1", string.Join(' ', server.Requests.Select(one => one.Target)));
    }

    [Fact]
    public async Task Content_is_what_the_service_gives()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Target.EndsWith("files/made:download?alt=media", StringComparison.Ordinal)
            ? new(200, new Dictionary<string, string> { ["content-type"] = "video/mp4" }, [1, 2, 3]) : CannedReply.Json("""{"error":{"code":400,"message":"Only generated files can be downloaded.","status":"INVALID_ARGUMENT"}}""", 400));
        using var client = GoogleWire.Client(server.Url);

        await using var content = await client.Files.ContentAsync("gemini/files/made", null, Token);
        Assert.Equal([1, 2, 3], await content.ReadBytesAsync(Token));
        await Assert.ThrowsAsync<BadRequestException>(() => client.Files.ContentAsync("gemini/files/abc", null, Token));
    }

    [Fact]
    public async Task What_the_service_does_not_take_is_told()
    {
        await using var server = await UploadServerAsync(request => $"http://{request.Headers["Host"]}/upload/v1beta/files?upload_id=u1");
        using var client = GoogleWire.Client(server.Url);

        var file = await client.Files.UploadAsync(new() { File = Hello, Provider = "gemini", Purpose = "vision", ExpiresAfter = TimeSpan.FromHours(2) }, null, Token);
        var large = await Assert.ThrowsAsync<BadRequestException>(() => client.Files.UploadAsync(new() { File = FileSource.FromStream(new OneShot([]), "a.bin", (2L << 30) + 1), Provider = "gemini" }, null, Token));

        Assert.Equal("purpose expires_after", string.Join(' ', file.Warnings.Select(one => one.Param)));
        Assert.Contains("2048 MB", large.Message, StringComparison.Ordinal);
    }

    private static Task<ReplayServer> UploadServerAsync(Func<SeenRequest, string> address) => ReplayServer.StartAsync(1, request =>
        request.Target.Contains("upload_id", StringComparison.Ordinal) ? CannedReply.Json($"{{\"file\":{GoogleWire.File}}}") : CannedReply.Json("").With("X-Goog-Upload-URL", address(request)));

    private static CannedReply Begun(SeenRequest request) => CannedReply.Json("").With("X-Goog-Upload-URL", $"http://{request.Headers["Host"]}/upload/v1beta/files?upload_id=u1");

    private sealed class Told(List<long> bytes) : IProgress<TransferProgress>
    {
        public void Report(TransferProgress value) => bytes.Add(value.Bytes);
    }
}
