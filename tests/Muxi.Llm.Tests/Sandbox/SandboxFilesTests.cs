using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The simulator's files: those of the client that it belongs to.</summary>
public sealed class SandboxFilesTests : IDisposable
{
    private readonly ManualTime _clock = new();
    private readonly HttpClient _http;

    public SandboxFilesTests() => _http = new(new SandboxHandler(_clock)) { BaseAddress = new("https://sandbox.invalid/v1/") };

    public void Dispose() => _http.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_id_is_made_of_what_the_file_holds()
    {
        var first = await FileAsync("a.txt", "hello");
        var same = await FileAsync("a.txt", "hello");
        var others = new[] { await FileAsync("b.txt", "hello"), await FileAsync("a.txt", "hullo"), await FileAsync("a.txt", "hello", "assistants") };

        Assert.Equal((string?)first["id"], (string?)same["id"]);
        Assert.Equal(4, others.Select(file => (string?)file["id"]).Append((string?)first["id"]).Distinct().Count());
        Assert.Equal(4, (await GetAsync("files"))["data"]!.AsArray().Count);
    }

    [Fact]
    public async Task A_file_comes_back_byte_for_byte_with_its_name()
    {
        var bytes = Seeded.Bytes(31, 100_000);
        var id = (string)(await FileAsync("a;b=\"c\" 100%41 é.bin", bytes))["id"]!;

        using var content = await _http.GetAsync(new Uri($"files/{id}/content", UriKind.Relative), Token);

        Assert.Equal(bytes, await content.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal("a;b=\"c\" 100%41 é.bin", content.Content.Headers.ContentDisposition!.FileNameStar);
        Assert.Equal("a;b=\"c\" 100%41 é.bin", (string?)(await GetAsync($"files/{id}"))["filename"]);
    }

    [Theory]
    [InlineData("", "edcba", false)]
    [InlineData("?order=asc", "abcde", false)]
    [InlineData("?limit=2", "ed", true)]
    [InlineData("?limit=2&order=asc&after={b}", "cd", true)]
    [InlineData("?limit=2&order=asc&after={c}", "de", false)]
    [InlineData("?purpose=vision", "db", false)]
    [InlineData("?after={a}", "", false)]
    public async Task A_list_has_pages(string query, string expected, bool hasMore)
    {
        foreach (var name in "abcde") await FileAsync(name.ToString(), "hello", name is 'b' or 'd' ? "vision" : "user_data");
        var all = (await GetAsync("files"))["data"]!.AsArray().ToDictionary(file => (string)file!["filename"]!, file => (string)file!["id"]!);

        var page = await GetAsync("files" + all.Aggregate(query, (text, file) => text.Replace($"{{{file.Key}}}", file.Value, StringComparison.Ordinal)));

        Assert.Equal((expected, hasMore), (string.Concat(page["data"]!.AsArray().Select(file => (string?)file!["filename"])), (bool)page["has_more"]!));
        Assert.Equal(expected.Length == 0 ? "" : all[expected[^1..]], (string?)page["last_id"]);
    }

    [Theory]
    [InlineData("GET", "files?limit=0", 400, "limit")]
    [InlineData("GET", "files?limit=many", 400, "limit")]
    [InlineData("GET", "files?order=up", 400, "order")]
    [InlineData("GET", "files?after=file-none", 400, "after")]
    [InlineData("GET", "files/file-none", 404, "id")]
    [InlineData("GET", "files/file-none/content", 404, "id")]
    [InlineData("DELETE", "files/file-none", 404, "id")]
    [InlineData("POST", "uploads/upload-none/cancel", 404, "upload_id")]
    [InlineData("POST", "uploads/upload-none/other", 404, null)]
    public async Task What_is_wrong_is_refused_as_openai_does(string method, string path, int status, string? param)
    {
        using var request = new HttpRequestMessage(new(method), path);
        using var reply = await _http.SendAsync(request, Token);

        var error = JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!["error"]!;
        Assert.Equal((status, param, "invalid_request_error"), ((int)reply.StatusCode, (string?)error["param"], (string?)error["type"]));
    }

    [Theory]
    [InlineData("nonsense", "hello", null, "purpose")]
    [InlineData(null, "hello", null, "purpose")]
    [InlineData("user_data", "", null, "file")]
    [InlineData("user_data", null, null, "file")]
    [InlineData("user_data", "hello", "60", "expires_after")]
    public async Task A_wrong_form_is_refused(string? purpose, string? content, string? seconds, string param)
    {
        using var form = new MultipartFormDataContent();
        if (purpose is not null) form.Add(new StringContent(purpose), "\"purpose\"");
        if (content is not null) form.Add(new StringContent(content), "\"file\"", "\"a.txt\"");
        if (seconds is not null) form.Add(new StringContent(seconds), "\"expires_after[seconds]\"");
        if (seconds is not null) form.Add(new StringContent("created_at"), "\"expires_after[anchor]\"");

        using var reply = await _http.PostAsync(new Uri("files", UriKind.Relative), form, Token);

        Assert.Equal((400, param), ((int)reply.StatusCode, (string?)JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!["error"]!["param"]));
    }

    [Fact]
    public async Task Its_memory_is_bounded_and_what_is_deleted_or_expired_gives_room_back()
    {
        var large = new byte[20 << 20];
        var id = (string)(await FileAsync("a", large))["id"]!;

        using var full = await SendAsync("b", large, "user_data", null);
        Assert.Equal(413, (int)full.StatusCode);
        Assert.Contains("32 MB", await full.Content.ReadAsStringAsync(Token), StringComparison.Ordinal);

        using (await _http.DeleteAsync(new Uri($"files/{id}", UriKind.Relative), Token)) { }
        using var short1 = await SendAsync("b", large, "user_data", "3600");
        Assert.Equal(200, (int)short1.StatusCode);
        _clock.Advance(TimeSpan.FromHours(1));
        Assert.Empty((await GetAsync("files"))["data"]!.AsArray());
        using var again = await SendAsync("c", large, "user_data", null);
        Assert.Equal(200, (int)again.StatusCode);
    }

    [Fact]
    public async Task A_body_that_nobody_could_keep_is_not_read()
    {
        using var reply = await SendAsync("a", new byte[100 << 20], "user_data", null);

        Assert.Equal(413, (int)reply.StatusCode);
    }

    [Fact]
    public async Task Parts_make_a_file_in_the_order_that_is_named_and_hold_no_room_twice()
    {
        var half = Seeded.Bytes(1, 10 << 20);
        var other = Seeded.Bytes(2, 10 << 20);
        var upload = await PostAsync("uploads", $$"""{"filename":"a","purpose":"assistants","mime_type":"text/plain","bytes":{{half.Length * 2}}}""");
        var b = await PartAsync(upload, other);
        var a = await PartAsync(upload, half);

        var done = await PostAsync($"uploads/{upload["id"]}/complete", $$"""{"part_ids":["{{a["id"]}}","{{b["id"]}}"]}""");
        using var content = await _http.GetAsync(new Uri($"files/{done["file"]!["id"]}/content", UriKind.Relative), Token);

        Assert.Equal((byte[])[.. half, .. other], await content.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal("completed", (string?)done["status"]);
        await FileAsync("more", new byte[10 << 20]);
    }

    [Theory]
    [InlineData("""{"part_ids":[]}""", "part_ids")]
    [InlineData("""{"part_ids":["part_none"]}""", "part_ids")]
    [InlineData("""{}""", "part_ids")]
    [InlineData("""{"part_ids":["{a}"],"md5":"00000000000000000000000000000000"}""", "md5")]
    public async Task Parts_that_do_not_make_the_file_are_refused_and_it_can_be_completed_still(string body, string param)
    {
        var upload = await PostAsync("uploads", """{"filename":"a","purpose":"assistants","mime_type":"text/plain","bytes":2}""");
        var a = await PartAsync(upload, "ab"u8.ToArray());

        var error = await PostAsync($"uploads/{upload["id"]}/complete", body.Replace("{a}", (string?)a["id"], StringComparison.Ordinal));
        var done = await PostAsync($"uploads/{upload["id"]}/complete", $$"""{"part_ids":["{{a["id"]}}"]}""");

        Assert.Equal((param, "completed"), ((string?)error["error"]!["param"], (string?)done["status"]));
    }

    [Fact]
    public async Task All_calls_of_one_client_see_the_same_files_and_another_clients_do_not()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        using var other = new LlmClient(new() { Environment = static _ => null });
        var file = await client.Files.UploadAsync(new() { File = FileSource.FromBytes("hi"u8.ToArray(), "a.txt"), Provider = "sandbox" }, null, Token);

        Assert.Equal(file.Id, (await client.Files.RetrieveAsync(file.QualifiedId, null, Token)).Id);
        await Assert.ThrowsAsync<NotFoundException>(() => other.Files.RetrieveAsync(file.QualifiedId, null, Token));
    }

    private Task<JsonNode> FileAsync(string name, string content, string purpose = "user_data") => FileAsync(name, Encoding.UTF8.GetBytes(content), purpose);

    private async Task<JsonNode> FileAsync(string name, byte[] content, string purpose = "user_data")
    {
        using var reply = await SendAsync(name, content, purpose, null);
        Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Token));
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!;
    }

    /// <summary>Sent by the form that the library itself sends.</summary>
    private async Task<HttpResponseMessage> SendAsync(string name, byte[] content, string purpose, string? seconds)
    {
        var form = Form.Empty.With("purpose", purpose).With("file", FileSource.FromBytes(content, name));
        if (seconds is not null) form = form.With("expires_after[anchor]", "created_at").With("expires_after[seconds]", seconds);
        using var waiting = new Waiting(new(), TimeProvider.System, 0, default);
        using var body = FormContent.Of(form, new(waiting));
        return await _http.PostAsync(new Uri("files", UriKind.Relative), body, Token);
    }

    private async Task<JsonNode> PartAsync(JsonNode upload, byte[] bytes)
    {
        using var form = new MultipartFormDataContent { { new ByteArrayContent(bytes), "data", "part" } };
        using var reply = await _http.PostAsync(new Uri($"uploads/{upload["id"]}/parts", UriKind.Relative), form, Token);
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!;
    }

    private async Task<JsonNode> PostAsync(string path, string body)
    {
        using var reply = await _http.PostAsync(new Uri(path, UriKind.Relative), new StringContent(body, Encoding.UTF8, "application/json"), Token);
        return JsonNode.Parse(await reply.Content.ReadAsStringAsync(Token))!;
    }

    private async Task<JsonNode> GetAsync(string path) => JsonNode.Parse(await _http.GetStringAsync(new Uri(path, UriKind.Relative), Token))!;
}
