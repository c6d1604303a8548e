namespace Muxi.Llm.Tests;

/// <summary>What we send about files and uploads, judged by OpenAI's published document: with nothing set but what is needed, and with everything.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class FilesConformanceTests(SchemaServer server)
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static readonly CannedReply _file = CannedReply.Json("""{"id":"file-1","object":"file","bytes":3,"created_at":1,"filename":"a.txt","purpose":"user_data","status":"processed"}""");
    private static readonly CannedReply _upload = CannedReply.Json("""{"id":"upload_1","object":"upload","bytes":2,"created_at":1,"filename":"a","purpose":"assistants","status":"pending","expires_at":2}""");
    private static readonly CannedReply _part = CannedReply.Json("""{"id":"part_1","object":"upload.part","created_at":1,"upload_id":"upload_1"}""");

    [Fact]
    public async Task A_file_with_nothing_and_with_every_option()
    {
        await server.ExpectAcceptedAsync(client => client.Files.UploadAsync(new() { File = Source() }, null, Token), _file);
        foreach (var purpose in (FilePurpose[])["assistants", "batch", "fine-tune", "vision", "user_data", "evals"])
        {
            var judged = await server.ExpectAcceptedAsync(client => client.Files.UploadAsync(new() { File = Source("a.jsonl"), Purpose = purpose, ExpiresAfter = TimeSpan.FromDays(30) }, null, Token), _file);
            Assert.Equal("/files", Assert.Single(judged).Path);
        }
    }

    [Fact]
    public async Task Lists_descriptions_contents_and_deletions()
    {
        await server.ExpectAcceptedAsync(client => client.Files.ListPageAsync(null, null, Token), CannedReply.Json("""{"object":"list","data":[],"first_id":"","last_id":"","has_more":false}"""));
        await server.ExpectAcceptedAsync(client => client.Files.ListPageAsync(new() { Purpose = "batch", Limit = 10_000, Order = ListOrder.Ascending, After = "file-0" }, null, Token), CannedReply.Json("""{"object":"list","data":[],"first_id":"","last_id":"","has_more":false}"""));
        await server.ExpectAcceptedAsync(client => client.Files.RetrieveAsync("file-1", null, Token), _file);
        await server.ExpectAcceptedAsync(client => client.Files.ContentAsync("file-1", null, Token), _file);
        await server.ExpectAcceptedAsync(client => client.Files.DeleteAsync("file-1", null, Token), CannedReply.Json("""{"id":"file-1","object":"file","deleted":true}"""));
    }

    [Fact]
    public async Task Uploads_and_their_parts()
    {
        var create = new UploadCreateRequest { Filename = "a.jsonl", Bytes = 2, MimeType = "text/jsonl", Purpose = "batch", ExpiresAfter = TimeSpan.FromHours(1) };
        var complete = new UploadCompleteRequest("upload_1", ["part_1", "part_2"]) { Md5 = "187ef4436122d1cc2f40dc2b92f0eba0" };

        await server.ExpectAcceptedAsync(client => client.Uploads.CreateAsync(create, null, Token), _upload);
        await server.ExpectAcceptedAsync(client => client.Uploads.AddPartAsync(new("upload_1", Source()), null, Token), _part);
        await server.ExpectAcceptedAsync(client => client.Uploads.CompleteAsync(complete, null, Token), _upload);
        await server.ExpectAcceptedAsync(client => client.Uploads.CompleteAsync(new("upload_1", ["part_1"]), null, Token), _upload);
        await server.ExpectAcceptedAsync(client => client.Uploads.CancelAsync("upload_1", null, Token), _upload);
        await OpenAISchemas.ExpectValidAsync([("CreateUploadRequest", create.ToJson()), ("CompleteUploadRequest", complete.ToJson())]);
    }

    private static FileSource Source(string name = "a.txt") => FileSource.FromBytes("{}"u8.ToArray(), name);
}
