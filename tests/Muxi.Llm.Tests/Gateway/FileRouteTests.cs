using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>/v1/files</c> and <c>/v1/uploads</c> of the server.</summary>
public sealed class FileRouteTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly byte[] _content = [.. "%PDF-1.4 "u8, .. Seeded.Bytes(21, 5_000)];

    [Fact]
    public async Task A_file_is_kept_listed_told_of_given_back_and_deleted()
    {
        await using var served = await Served.SandboxAsync();

        var (status, file) = await PostAsync(served, "/v1/files", Form(("purpose", "user_data")), ("file", "résumé.pdf", _content)).JsonAsync();
        var id = (string)file["id"]!;
        var (_, told) = await served.SendAsync(HttpMethod.Get, $"/v1/files/{id}").JsonAsync();
        var (_, encoded) = await served.SendAsync(HttpMethod.Get, $"/openai/v1/files/{Uri.EscapeDataString(id)}").JsonAsync();
        var (_, list) = await served.SendAsync(HttpMethod.Get, "/v1/files?limit=5&order=asc&purpose=user_data").JsonAsync();
        using var content = await served.SendAsync(HttpMethod.Get, $"/v1/files/{id}/content");
        var (_, deleted) = await served.SendAsync(HttpMethod.Delete, $"/v1/files/{id}").JsonAsync();
        var gone = await served.SendAsync(HttpMethod.Get, $"/v1/files/{id}").ErrorAsync();

        Assert.Equal(200, status);
        Assert.StartsWith("sandbox/file-", id, StringComparison.Ordinal);
        Assert.Equal(("résumé.pdf", _content.Length, "user_data", "processed"), ((string?)file["filename"], (int)file["bytes"]!, (string?)file["purpose"], (string?)file["status"]));
        Assert.Equal(file.ToJsonString(), told.ToJsonString());
        Assert.Equal(file.ToJsonString(), encoded.ToJsonString());
        Assert.Equal(file.ToJsonString(), list["data"]!.AsArray().Single()!.ToJsonString());
        Assert.Equal((id, id, false), ((string?)list["first_id"], (string?)list["last_id"], (bool)list["has_more"]!));
        Assert.Equal(_content, await content.Content.ReadAsByteArrayAsync(Token));
        Assert.Equal(("application/octet-stream", "nosniff", "attachment; filename*=UTF-8''r%C3%A9sum%C3%A9.pdf", _content.Length), (content.Content.Headers.ContentType?.ToString(), content.Header("x-content-type-options"), content.Header("content-disposition"), content.Content.Headers.ContentLength));
        Assert.Equal("sandbox", content.Header("x-muxi-provider"));
        Assert.Equal((id, true), ((string?)deleted["id"], (bool)deleted["deleted"]!));
        Assert.Equal((404, "id"), (gone.Status, gone.Param));
    }

    [Fact]
    public async Task An_upload_goes_in_parts()
    {
        await using var served = await Served.SandboxAsync();

        var (_, upload) = await served.SendAsync(HttpMethod.Post, "/v1/uploads", """{"filename":"a.jsonl","purpose":"batch","bytes":8,"mime_type":"text/jsonl","provider":"sandbox"}""").JsonAsync();
        var id = (string)upload["id"]!;
        var (_, second) = await PostAsync(served, $"/v1/uploads/{Uri.EscapeDataString(id)}/parts", [], ("data", "blob", "\":1}"u8.ToArray())).JsonAsync();
        var (_, first) = await PostAsync(served, $"/v1/uploads/{id}/parts", [], ("data", "blob", "{\"ab"u8.ToArray())).JsonAsync();
        var (_, done) = await served.SendAsync(HttpMethod.Post, $"/v1/uploads/{id}/complete", $$"""{"part_ids":["{{first["id"]}}","{{second["id"]}}"]}""").JsonAsync();
        var (_, other) = await served.SendAsync(HttpMethod.Post, "/v1/uploads", """{"filename":"a.jsonl","purpose":"batch","bytes":8,"mime_type":"text/jsonl"}""").JsonAsync();
        var (_, cancelled) = await served.SendAsync(HttpMethod.Post, $"/v1/uploads/{other["id"]}/cancel").JsonAsync();
        using var content = await served.SendAsync(HttpMethod.Get, $"/v1/files/{done["file"]!["id"]}/content");

        Assert.Equal(("pending", "completed", "cancelled"), ((string?)upload["status"], (string?)done["status"], (string?)cancelled["status"]));
        Assert.Equal(id, (string?)first["upload_id"]);
        Assert.StartsWith("sandbox/part_", (string?)first["id"], StringComparison.Ordinal);
        Assert.Equal("{\"ab\":1}", await content.Content.ReadAsStringAsync(Token));
    }

    [Theory]
    [InlineData("?provider=groq", null, null)]
    [InlineData("", "groq", null)]
    [InlineData("", null, "groq")]
    [InlineData("?provider=GROQ", "groq", "groq")]
    public async Task A_request_names_its_provider_in_three_ways_none_of_which_is_sent_on(string query, string? header, string? field)
    {
        await using var upstream = FaultServer.Start(CannedReply.Json("""{"id":"file-1","object":"file","bytes":2,"created_at":1,"filename":"a.jsonl","purpose":"batch"}"""));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "groq") with { ApiKeys = new Dictionary<string, string> { ["groq"] = "k", ["openai"] = "k" } });

        var (status, file) = await PostAsync(served, "/v1/files" + query, Form(("provider", field), ("purpose", "batch"), ("own", "kept")), ("file", "a.jsonl", "{}"u8.ToArray()), header).JsonAsync();

        Assert.Equal((200, "groq/file-1", "processed"), (status, (string?)file["id"], (string?)file["status"]));
        var seen = Assert.Single(upstream.Requests);
        Assert.DoesNotContain("provider", seen.Text + seen.Target + string.Join(' ', seen.Headers.Keys), StringComparison.OrdinalIgnoreCase);
        Assert.Contains("name=\"own\"\r\n\r\nkept\r\n", seen.Text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("GET", "/v1/files?provider=groq&provider=openai", null, "conflicting_providers")]
    [InlineData("GET", "/v1/files?provider=groq", "openai", "conflicting_providers")]
    [InlineData("GET", "/v1/files/groq/file-1?provider=openai", null, "conflicting_providers")]
    [InlineData("GET", "/v1/files?provider=grok", null, "unknown_provider")]
    [InlineData("GET", "/v1/files/file-1", "nobody", "unknown_provider")]
    [InlineData("GET", "/v1/files", null, "missing_provider")]
    [InlineData("DELETE", "/v1/files/file-1", null, "missing_provider")]
    public async Task A_provider_that_is_not_clear_is_a_400(string method, string path, string? header, string code)
    {
        await using var served = await Served.StartAsync(new() { Environment = static _ => null, ApiKeys = new Dictionary<string, string> { ["groq"] = "k", ["anthropic"] = "k" } });

        var told = await served.SendAsync(new(method), path, null, header is null ? [] : [("x-provider", header)]).ErrorAsync();

        Assert.Equal((400, code, "provider"), (told.Status, told.Code, told.Param));
    }

    [Fact]
    public async Task Without_a_name_it_is_openais_else_the_only_one_that_is_set_up()
    {
        await using var upstream = FaultServer.Start(CannedReply.Json("""{"object":"list","data":[],"has_more":false}"""));
        async Task<string?> AnswererAsync(params string[] providers)
        {
            await using var served = await Served.StartAsync(new()
            {
                Environment = static _ => null, Retries = Calls.Once,
                BaseUrls = providers.ToDictionary(static name => name, _ => upstream.Url), ApiKeys = providers.ToDictionary(static name => name, static _ => "k"),
            });
            using var reply = await served.SendAsync(HttpMethod.Get, "/v1/files");
            return reply.Header("x-muxi-provider");
        }

        Assert.Equal("openai", await AnswererAsync("groq", "openai"));
        Assert.Equal("xai", await AnswererAsync("xai"));
        Assert.Equal("sandbox", await AnswererAsync());
    }

    [Theory]
    [InlineData("GET", "/v1/files/sandbox/file-1/content/more", 404)]
    [InlineData("POST", "/v1/files/sandbox/file-1/content", 405)]
    [InlineData("PUT", "/v1/files/sandbox/file-1", 405)]
    [InlineData("GET", "/v1/uploads/sandbox/u/parts", 405)]
    [InlineData("GET", "/v1/uploads", 405)]
    [InlineData("POST", "/v1/uploads/sandbox/u/other", 404)]
    [InlineData("POST", "/v1/uploads/sandbox/u", 404)]
    [InlineData("GET", "/v1/files/content", 404)]
    [InlineData("GET", "/v1/files/sandbox%2F..%2Fmodels", 404)]
    [InlineData("GET", "/v1/files/sandbox%2F..", 400)]
    [InlineData("POST", "/v1/uploads/x/cancel", 404)]
    public async Task Paths_are_told_apart(string method, string path, int status)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(new(method), path).ErrorAsync();

        Assert.True(status == told.Status, $"{told}");
    }

    [Theory]
    [InlineData("/v1/files", "", "invalid_value")]
    [InlineData("/v1/files", "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n", "invalid_form")]
    [InlineData("/v1/files", "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--x--\r\n", "invalid_value")]
    [InlineData("/v1/files", "--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\nb\r\n--x--\r\n", "invalid_value")]
    [InlineData("/v1/files", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"b\"\r\n\r\nb\r\n--x--\r\n", "invalid_value")]
    [InlineData("/v1/files", "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\na\r\n--x\r\nContent-Disposition: form-data; name=\"expires_after[seconds]\"\r\n\r\nsoon\r\n--x--\r\n", "invalid_value")]
    [InlineData("/v1/uploads/sandbox/u/parts", "--x--\r\n", "invalid_value")]
    public async Task A_form_that_is_not_what_it_should_be_is_a_400(string path, string body, string code)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(HttpMethod.Post, path, body, ("Content-Type", "multipart/form-data; boundary=x")).ErrorAsync();

        Assert.Equal((400, code), (told.Status, told.Code));
    }

    [Fact]
    public async Task A_body_of_another_kind_is_a_415()
    {
        await using var served = await Served.SandboxAsync();

        Assert.Equal(415, (await served.SendAsync(HttpMethod.Post, "/v1/files", "{}").ErrorAsync()).Status);
        Assert.Equal(415, (await PostAsync(served, "/v1/uploads", [], ("data", "a", [1])).ErrorAsync()).Status);
    }

    [Fact]
    public async Task A_file_beyond_the_servers_limit_is_a_413_and_one_beyond_the_services_own_tells_its_words()
    {
        await using var served = await Served.SandboxAsync(options => options with { MaxUploadBytes = 100_000 });
        await using var wide = await Served.SandboxAsync();

        Assert.Equal((413, "request_too_large"), (await PostAsync(served, "/v1/files", [], ("file", "a", new byte[200_000])).ErrorAsync()) is var told ? (told.Status, told.Code) : default);
        var large = await PostAsync(wide, "/v1/files", [], ("file", "a", new byte[(32 << 20) + 1])).ErrorAsync();

        Assert.Equal((400, "file"), (large.Status, large.Param));
        Assert.Contains("32 MB", large.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Nothing_of_a_form_is_left_on_disk()
    {
        var before = Waiting();
        await using var served = await Served.SandboxAsync();

        await PostAsync(served, "/v1/files", Form(("purpose", "user_data")), ("file", "a.bin", Seeded.Bytes(8, 2_000_000))).JsonAsync();
        await PostAsync(served, "/v1/files", Form(("purpose", "nonsense")), ("file", "a.bin", Seeded.Bytes(8, 2_000_000))).ErrorAsync();

        for (var i = 0; Waiting().Except(before).Any(); i++)
        {
            Assert.True(i < 50, "a form's file is still there");
            await Task.Delay(20, Token);
        }

        static HashSet<string> Waiting() => [.. Directory.EnumerateFiles(Path.GetTempPath(), "ASPNETCORE_*")];
    }

    [Theory]
    [InlineData("text/html", "application/octet-stream")]
    [InlineData("image/svg+xml", "application/octet-stream")]
    [InlineData("application/pdf", "application/pdf")]
    [InlineData("text/plain", "text/plain")]
    public async Task Content_that_a_browser_would_act_on_is_plain_bytes(string type, string expected)
    {
        var reply = new CannedReply(200, new Dictionary<string, string> { ["content-type"] = type, ["content-disposition"] = "attachment; filename=\"../../x\\\"y.html\"", ["set-cookie"] = "a=b", ["openai-organization"] = "org" }, "<script>"u8.ToArray());
        await using var upstream = FaultServer.Start(reply);
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var content = await served.SendAsync(HttpMethod.Get, "/v1/files/openai/file-1/content");

        Assert.Equal((expected, "nosniff"), (content.Content.Headers.ContentType?.MediaType, content.Header("x-content-type-options")));
        Assert.StartsWith("attachment; filename*=UTF-8''", content.Header("content-disposition"), StringComparison.Ordinal);
        Assert.DoesNotContain("/", content.Header("content-disposition"), StringComparison.Ordinal);
        Assert.Null(content.Header("set-cookie"));
        Assert.Null(content.Header("openai-organization"));
    }

    [Fact]
    public async Task Content_that_breaks_off_is_no_whole_file()
    {
        var reply = new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "application/pdf" }, Seeded.Bytes(2, 300_000));
        await using var upstream = FaultServer.Start(Fault.ResetAfter(100_000, reply));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var content = await served.SendAsync(HttpMethod.Get, "/v1/files/openai/file-1/content");

        Assert.Equal(200, (int)content.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => content.Content.ReadAsByteArrayAsync(Token));
    }

    [Fact]
    public async Task An_error_of_the_service_keeps_its_meaning()
    {
        await using var upstream = FaultServer.Start(CannedReply.Json("""{"type":"error","error":{"type":"invalid_request_error","message":"File 'file_1' is not downloadable"},"request_id":"req_1"}""", 400));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "anthropic"));

        var told = await served.SendAsync(HttpMethod.Get, "/v1/files/anthropic/file_1/content").ErrorAsync();

        Assert.Equal((400, "anthropic: File 'file_1' is not downloadable"), (told.Status, told.Message));
        Assert.Equal("files-api-2025-04-14", upstream.Requests[0].Headers["anthropic-beta"]);
        Assert.Equal("/files/file_1/content", upstream.Requests[0].Target);
    }

    [Fact]
    public async Task A_services_own_words_become_openais_where_its_clients_know_no_others()
    {
        await using var upstream = FaultServer.Start(CannedReply.Json("""{"data":[{"type":"file","id":"file_1","size_bytes":3,"created_at":"2026-01-23T19:43:55.230000Z","filename":"a.png","mime_type":"image/png","downloadable":false}],"has_more":true,"first_id":"file_1","last_id":"file_1"}"""));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "anthropic"));

        var (_, list) = await served.SendAsync(HttpMethod.Get, "/v1/files?after=anthropic%2Ffile_0&limit=1", null, ("anthropic-beta", "files-api-2025-04-14,other"), ("OpenAI-Beta", "no")).JsonAsync();

        Assert.Equal("""{"object":"list","data":[{"id":"anthropic/file_1","object":"file","bytes":3,"created_at":1769197435,"filename":"a.png","purpose":"user_data","status":"processed","mime_type":"image/png","downloadable":false}],"first_id":"anthropic/file_1","last_id":"anthropic/file_1","has_more":true}""", list.ToJsonString());
        Assert.Equal("/files?limit=1&after_id=file_0", upstream.Requests[0].Target);
        Assert.Equal("files-api-2025-04-14,other", upstream.Requests[0].Headers["anthropic-beta"]);
        Assert.DoesNotContain("openai-beta", upstream.Requests[0].Headers.Keys, StringComparer.OrdinalIgnoreCase);
    }

    [Fact]
    public async Task A_chat_gets_the_bare_id_of_a_file_at_its_own_provider_and_a_400_for_anothers()
    {
        await using var upstream = FaultServer.Start(CannedReply.Json(Calls.Reply("seen")));
        await using var served = await Served.BeforeAsync(upstream.Url);
        static string Body(string id) => $$$"""{"model":"openai/gpt-test","messages":[{"role":"user","content":[{"type":"text","text":"?"},{"type":"file","file":{"file_id":"{{{id}}}"}}]}]}""";

        using var good = await served.ChatAsync(Body("openai/file-1"));
        using var bare = await served.ChatAsync(Body("file-2"));
        using var odd = await served.ChatAsync(Body("files/x"));
        var told = await served.ChatAsync(Body("anthropic/file_1")).ErrorAsync();

        Assert.Equal(["file-1", "file-2", "files/x"], upstream.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["messages"]![0]!["content"]![1]!["file"]!["file_id"]));
        Assert.Equal((400, "messages[0].content[1].file.file_id"), (told.Status, told.Param));
        Assert.Contains("anthropic", told.Message, StringComparison.Ordinal);
        Assert.Contains("openai", told.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_is_answered_is_valid_by_openais_schemas()
    {
        await using var served = await Served.SandboxAsync();
        async Task<string> BodyAsync(Task<HttpResponseMessage> sending)
        {
            using var reply = await sending;
            Assert.True(reply.IsSuccessStatusCode, await reply.Content.ReadAsStringAsync(Token));
            return await reply.Content.ReadAsStringAsync(Token);
        }
        var bodies = new List<(string, string)> { ("ListFilesResponse", await BodyAsync(served.SendAsync(HttpMethod.Get, "/v1/files"))) };
        var file = await BodyAsync(PostAsync(served, "/v1/files", Form(("purpose", "vision"), ("expires_after[anchor]", "created_at"), ("expires_after[seconds]", "3600")), ("file", "a.png", _content)));
        bodies.Add(("OpenAIFile", file));
        bodies.Add(("ListFilesResponse", await BodyAsync(served.SendAsync(HttpMethod.Get, "/v1/files?limit=1"))));
        bodies.Add(("DeleteFileResponse", await BodyAsync(served.SendAsync(HttpMethod.Delete, $"/v1/files/{JsonNode.Parse(file)!["id"]}"))));
        var upload = await BodyAsync(served.SendAsync(HttpMethod.Post, "/v1/uploads", """{"filename":"a.txt","purpose":"assistants","bytes":2,"mime_type":"text/plain","expires_after":{"anchor":"created_at","seconds":7200}}"""));
        var part = await BodyAsync(PostAsync(served, $"/v1/uploads/{JsonNode.Parse(upload)!["id"]}/parts", [], ("data", "p", "ab"u8.ToArray())));
        bodies.Add(("UploadPart", part));
        var done = await BodyAsync(served.SendAsync(HttpMethod.Post, $"/v1/uploads/{JsonNode.Parse(upload)!["id"]}/complete", $$"""{"part_ids":["{{JsonNode.Parse(part)!["id"]}}"],"md5":"187ef4436122d1cc2f40dc2b92f0eba0"}"""));
        bodies.Add(("Upload", done));
        Assert.Equal((long)JsonNode.Parse(done)!["file"]!["created_at"]! + 7200, (long)JsonNode.Parse(done)!["file"]!["expires_at"]!);
        // The schema of an upload that has no file yet wants one all the same (document 2.3.0), though its own example is without.
        Assert.Null(JsonNode.Parse(upload)!["file"]);

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    private static List<(string, string)> Form(params (string Name, string? Value)[] fields) => [.. fields.Where(field => field.Value is not null).Select(field => (field.Name, field.Value!))];

    private static async Task<HttpResponseMessage> PostAsync(Served served, string path, List<(string Name, string Value)> fields, (string Name, string FileName, byte[] Bytes) file, string? provider = null)
    {
        using var form = new MultipartFormDataContent();
        foreach (var (name, value) in fields) form.Add(new StringContent(value, Encoding.UTF8), $"\"{name}\"");
        var content = new ByteArrayContent(file.Bytes);
        content.Headers.TryAddWithoutValidation("Content-Disposition", $"form-data; name=\"{file.Name}\"; filename=\"{file.FileName}\"");
        form.HeaderEncodingSelector = static (_, _) => Encoding.UTF8;
        form.Add(content);
        using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(served.Url.AbsoluteUri.TrimEnd('/') + path)) { Content = form };
        if (provider is not null) request.Headers.TryAddWithoutValidation("x-provider", provider);
        request.Headers.Accept.Add(new MediaTypeWithQualityHeaderValue("application/json"));
        return await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Token);
    }
}
