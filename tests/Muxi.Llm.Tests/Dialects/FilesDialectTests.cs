namespace Muxi.Llm.Tests;

/// <summary>
/// The services' files side by side with the wire: what is asked of each in the same words, what goes to it, what it says, and what that means in ours. The replies are written after
/// the services' reference pages.
/// </summary>
public sealed class FilesDialectTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    public static TheoryData<string, string, string, string> Uploads => new()
    {
        { "openai", "purpose=user_data expires_after[anchor]=created_at expires_after[seconds]=3600 file", "", """{"object":"file","id":"f","purpose":"user_data","filename":"a.jsonl","bytes":2,"created_at":1700000000,"expires_at":1700003600,"status":"processed","status_details":null}""" },
        { "groq", "purpose=batch expires_after[anchor]=created_at expires_after[seconds]=3600 file", "", """{"id":"f","object":"file","bytes":2,"created_at":1700000000,"filename":"a.jsonl","purpose":"batch"}""" },
        { "xai", "expires_after[anchor]=created_at expires_after[seconds]=3600 file", "", """{"id":"f","object":"file","bytes":2,"created_at":1700000000,"expires_at":1700003600,"filename":"a.jsonl","purpose":"","team_id":"t"}""" },
        { "deepseek", "purpose=user_data expires_after[anchor]=created_at expires_after[seconds]=3600 file", "", """{"id":"f","object":"file","bytes":2,"created_at":1700000000,"filename":"a.jsonl","purpose":"user_data","expires_at":1700003600}""" },
        { "openrouter", "file", "expires_after", """{"id":"f","type":"file","filename":"a.jsonl","mime_type":"application/jsonl","size_bytes":2,"created_at":"2023-11-14T22:13:20Z","downloadable":false}""" },
        { "anthropic", "file", "expires_after", """{"id":"f","type":"file","filename":"a.jsonl","mime_type":"application/jsonl","size_bytes":2,"created_at":"2023-11-14T22:13:20.000000Z","downloadable":false}""" },
    };

    [Theory, MemberData(nameof(Uploads))]
    public async Task A_file_goes_to_each_service_as_it_takes_it(string provider, string fields, string warned, string reply)
    {
        await using var server = FaultServer.Start(CannedReply.Json(reply));
        using var client = Calls.ClientFor(server.Url, provider);

        var file = await client.Files.UploadAsync(new() { File = FileSource.FromBytes("{}"u8.ToArray(), "a.jsonl"), ExpiresAfter = TimeSpan.FromHours(1), Provider = provider }, null, Token);

        var seen = Assert.Single(server.Requests);
        Assert.Equal(("POST", "/files"), (seen.Method, seen.Target));
        Assert.Equal(fields, string.Join(' ', Multipart.Read(seen).Select(part => part.Head[0].Split("name=\"")[1].Split('"')[0] is var name && name == "file" ? name : $"{name}={System.Text.Encoding.UTF8.GetString(part.Body)}")));
        Assert.Equal(warned, string.Join(' ', file.Warnings.Select(warning => warning.Param)));
        Assert.Equal(("f", $"{provider}/f", "a.jsonl", 2L, 1_700_000_000L), (file.Id, file.QualifiedId, file.Filename, file.Bytes, file.CreatedAt));
        Assert.Equal(provider == "anthropic" ? "files-api-2025-04-14" : null, seen.Headers.GetValueOrDefault("anthropic-beta"));
    }

    [Theory]
    [InlineData("openai", "/files?purpose=batch&limit=2&order=asc&after=f0", "", """{"object":"list","data":[{"id":"f1","object":"file"},{"id":"f2","object":"file"}],"first_id":"f1","last_id":"f2","has_more":true}""", "f2")]
    [InlineData("groq", "/files?purpose=batch&limit=2&order=asc&after=f0", "", """{"object":"list","data":[{"id":"f1","object":"file"}]}""", null)]
    [InlineData("deepseek", "/files?purpose=batch&limit=2&order=asc&after=f0", "", """{"object":"list","data":[{"id":"f1","object":"file"}],"has_more":true}""", "f1")]
    [InlineData("xai", "/files?purpose=batch&limit=2&order=asc&pagination_token=f0", "", """{"data":[{"id":"f1"}],"pagination_token":"next=="}""", "next==")]
    [InlineData("xai", "/files?purpose=batch&limit=2&order=asc&pagination_token=f0", "", """{"data":[{"id":"f1"}],"pagination_token":null}""", null)]
    [InlineData("openrouter", "/files?limit=2&cursor=f0", "purpose order", """{"data":[{"id":"f1","type":"file"}],"first_id":"f1","last_id":"f1","has_more":true,"cursor":"c2"}""", "c2")]
    [InlineData("anthropic", "/files?limit=2&after_id=f0", "purpose order", """{"data":[{"id":"f1","type":"file"}],"first_id":"f1","last_id":"f1","has_more":true}""", "f1")]
    public async Task A_page_is_asked_for_and_goes_on_as_each_service_does(string provider, string target, string warned, string reply, string? next)
    {
        await using var server = FaultServer.Start(CannedReply.Json(reply));
        using var client = Calls.ClientFor(server.Url, provider);

        var page = await client.Files.ListPageAsync(new() { Provider = provider, Purpose = "batch", Limit = 2, Order = "asc", After = $"{provider}/f0" }, null, Token);

        Assert.Equal(target, server.Requests[0].Target);
        Assert.Equal(warned, string.Join(' ', page.Warnings.Select(warning => warning.Param)));
        Assert.Equal((next is not null, next), (page.HasMore, page.HasMore ? page.LastId : null));
        Assert.Equal($"{provider}/f1", page.Data[0].QualifiedId);
    }

    [Theory]
    [InlineData("openai", """{"object":"file","deleted":true,"id":"f"}""", true)]
    [InlineData("openai", """{"object":"file","deleted":false,"id":"f"}""", false)]
    [InlineData("anthropic", """{"id":"f","type":"file_deleted"}""", true)]
    [InlineData("openrouter", """{"id":"f","type":"file_deleted"}""", true)]
    public async Task A_deletion_is_read_in_each_services_words(string provider, string reply, bool expected)
    {
        await using var server = FaultServer.Start(CannedReply.Json(reply));
        using var client = Calls.ClientFor(server.Url, provider);

        Assert.Equal((expected, "f"), await client.Files.DeleteAsync($"{provider}/f", null, Token) is var deleted ? (deleted.Deleted, deleted.Id) : default);
    }

    [Fact]
    public async Task A_purpose_that_a_service_does_not_know_is_a_warning_or_with_strict_an_error()
    {
        await using var server = FaultServer.Start(CannedReply.Json("""{"id":"f","type":"file"}"""));
        using var client = Calls.ClientFor(server.Url, "anthropic");
        var request = new FileCreateRequest { File = FileSource.FromBytes("hi"u8.ToArray(), "a.txt"), Purpose = "vision", Provider = "anthropic" };

        var file = await client.Files.UploadAsync(request, null, Token);
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Files.UploadAsync(request, new() { Strict = true }, Token));

        Assert.Equal("purpose", Assert.Single(file.Warnings).Param);
        Assert.Single(server.Requests);
    }

    [Fact]
    public void Members_that_nobody_knows_are_kept_and_written_again()
    {
        const string Json = """{"id":"f","object":"file","bytes":2,"created_at":3,"expires_at":9,"filename":"a","purpose":"evals","status":"error","status_details":"bad line","mime_type":"text/plain","downloadable":true,"team":{"a":[1]},"x":null}""";

        Assert.Equal(Json, FileObject.Parse(System.Text.Encoding.UTF8.GetBytes(Json)).ToJson());
        Assert.Equal("""{"id":"u","object":"upload","bytes":1,"created_at":2,"expires_at":3,"filename":"a","purpose":"evals","status":"odd","file":{"id":"f","object":"file","bytes":0,"created_at":0,"filename":""},"more":1}""", Upload.Parse("""{"more":1,"id":"u","bytes":1,"created_at":2,"expires_at":3,"filename":"a","purpose":"evals","status":"odd","file":{"id":"f"}}"""u8).ToJson());
    }

    [Theory]
    [InlineData("""{}""")]
    [InlineData("""[]""")]
    [InlineData("""{"object":"file"}""")]
    [InlineData("""{"error":{"message":"no"}}""")]
    [InlineData("<html>")]
    [InlineData("")]
    public async Task A_reply_that_is_no_file_is_an_error(string reply)
    {
        await using var server = FaultServer.Start(CannedReply.Json(reply));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Files.RetrieveAsync("f", null, Token));
        // A list without anything around it is one at some services.
        if (reply != "[]") await Assert.ThrowsAnyAsync<ApiException>(() => client.Files.ListPageAsync(null, null, Token));
        // A deletion needs no words.
        if (reply.Length > 0) await Assert.ThrowsAnyAsync<ApiException>(() => client.Files.DeleteAsync("f", null, Token));
        await Assert.ThrowsAnyAsync<ApiException>(() => client.Uploads.CancelAsync("u", null, Token));
    }

    [Theory]
    [InlineData("""{"filename":"a","purpose":"batch","bytes":1}""", "mime_type")]
    [InlineData("""{"filename":"a","mime_type":"t","bytes":"1"}""", "bytes")]
    [InlineData("""{"filename":1,"mime_type":"t","bytes":1}""", "filename")]
    [InlineData("""{"filename":"a","mime_type":"t","bytes":1,"expires_after":3600}""", "expires_after")]
    [InlineData("""{"filename":"a","mime_type":"t","bytes":1,"expires_after":{"anchor":"created_at"}}""", "expires_after.seconds")]
    [InlineData("""[]""", null)]
    [InlineData("""{"filename":"a"} more""", null)]
    public void A_request_to_begin_an_upload_is_read_strictly(string json, string? path)
    {
        var error = Assert.ThrowsAny<System.Text.Json.JsonException>(() => UploadCreateRequest.Parse(System.Text.Encoding.UTF8.GetBytes(json)));

        if (path is not null) Assert.Equal(path, error.Path);
    }

    [Fact]
    public void A_request_that_was_read_is_written_alike()
    {
        const string Create = """{"filename":"a","purpose":"batch","bytes":1,"mime_type":"t","expires_after":{"anchor":"created_at","seconds":3600},"own":[1]}""";
        const string Complete = """{"part_ids":["a","b"],"md5":"c","own":1}""";

        Assert.Equal(Create, UploadCreateRequest.Parse(System.Text.Encoding.UTF8.GetBytes(Create)).ToJson());
        Assert.Equal(Complete, UploadCompleteRequest.Parse("u", System.Text.Encoding.UTF8.GetBytes(Complete)).ToJson());
        Assert.Equal("part_ids[1]", Assert.ThrowsAny<System.Text.Json.JsonException>(() => UploadCompleteRequest.Parse("u", """{"part_ids":["a",1]}"""u8)).Path);
    }
}
