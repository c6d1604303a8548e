using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Files;

namespace Muxi.Llm.Tests;

#pragma warning disable OPENAI001 // Uploads are marked as still changing.
/// <summary>OpenAI's own clients use the server's files as if they were OpenAI's.</summary>
public sealed class FilesSdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_javascript_client_sees_everything()
    {
        NpmPackages.Require("openai");
        await using var served = await Served.SandboxAsync();

        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", "openai-files.mjs"), [new Uri(served.Url, "v1").ToString()], "", Token);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(
            """{"ids":true,"expires":3600,"names":["a.txt","b \"q\".txt","日本.txt"],"behind":["b \"q\".txt","a.txt"],"told":"b \"q\".txt","same":true,"ready":"processed","deleted":true,"gone":"NotFoundError 404 id","wrong":"BadRequestError 400 purpose","whole":"abcdef","status":["pending","completed","cancelled"]}""",
            run.Output.TrimEnd());
    }

    [Fact]
    public async Task The_dotnet_client_keeps_lists_reads_and_deletes()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var bytes = Seeded.Bytes(51, 70_000);

        var file = (await client.UploadFileAsync(BinaryData.FromBytes(bytes), "résumé.bin", FileUploadPurpose.UserData)).Value;
        var batch = (await client.UploadFileAsync(BinaryData.FromString("{\"a\":1}"), "a.jsonl", FileUploadPurpose.Batch)).Value;
        var listed = (await client.GetFilesAsync(Token)).Value.Select(one => one.Id).ToList();
        var batches = (await client.GetFilesAsync(OpenAI.Files.FilePurpose.Batch, Token)).Value.Select(one => one.Id).ToList();
        var told = (await client.GetFileAsync(file.Id, Token)).Value;
        var content = (await client.DownloadFileAsync(file.Id, Token)).Value;
        var deleted = (await client.DeleteFileAsync(batch.Id, Token)).Value;
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => client.GetFileAsync(batch.Id, Token));

        Assert.StartsWith("sandbox/file-", file.Id, StringComparison.Ordinal);
        Assert.Equal(("résumé.bin", 70_000L, OpenAI.Files.FilePurpose.UserData), (told.Filename, told.SizeInBytesLong, told.Purpose));
        Assert.Equal([batch.Id, file.Id], listed);
        Assert.Equal([batch.Id], batches);
        Assert.Equal(bytes, content.ToArray());
        Assert.True(deleted.Deleted);
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task The_dotnet_client_reads_what_other_services_have()
    {
        await using var upstream = FaultServer.Start(CannedReply.Json("""{"data":[{"type":"file","id":"file_1","size_bytes":3,"created_at":"2026-01-23T19:43:55Z","filename":"a.png","mime_type":"image/png","downloadable":false}],"has_more":false}"""));
        await using var served = await Served.StartAsync(Calls.OptionsFor(upstream.Url, "anthropic"));

        var file = Assert.Single((await Client(served).GetFilesAsync(Token)).Value);

        Assert.Equal(("anthropic/file_1", "a.png", 3), (file.Id, file.Filename, file.SizeInBytes));
    }

    [Fact]
    public async Task The_dotnet_client_uploads_in_parts()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);

        var upload = Read(await client.CreateUploadAsync(BinaryContent.Create(BinaryData.FromString("""{"filename":"p.txt","purpose":"assistants","bytes":6,"mime_type":"text/plain"}"""))));
        var id = (string)upload["id"]!;
        var first = await PartAsync(client, id, "abc");
        var second = await PartAsync(client, id, "def");
        var done = Read(await client.CompleteUploadAsync(id, BinaryContent.Create(BinaryData.FromString($$"""{"part_ids":["{{first}}","{{second}}"]}"""))));
        var other = Read(await client.CreateUploadAsync(BinaryContent.Create(BinaryData.FromString("""{"filename":"q.txt","purpose":"assistants","bytes":1,"mime_type":"text/plain"}"""))));
        var cancelled = Read(await client.CancelUploadAsync((string)other["id"]!, null));

        Assert.Equal("abcdef", (await client.DownloadFileAsync((string)done["file"]!["id"]!, Token)).Value.ToString());
        Assert.Equal("cancelled", (string?)cancelled["status"]);
    }

    private static OpenAIFileClient Client(Served served) =>
        new(new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(served.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromSeconds(20) });

    private static async Task<string> PartAsync(OpenAIFileClient client, string upload, string text)
    {
        const string Boundary = "part-of-an-upload";
        var body = $"--{Boundary}\r\nContent-Disposition: form-data; name=\"data\"; filename=\"part\"\r\n\r\n{text}\r\n--{Boundary}--\r\n";
        return (string)Read(await client.AddUploadPartAsync(upload, BinaryContent.Create(BinaryData.FromString(body)), $"multipart/form-data; boundary={Boundary}"))["id"]!;
    }

    private static JsonNode Read(ClientResult result) => JsonNode.Parse(result.GetRawResponse().Content.ToString())!;
}
