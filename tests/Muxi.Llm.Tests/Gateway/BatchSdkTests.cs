using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI;
using OpenAI.Batch;

namespace Muxi.Llm.Tests;

#pragma warning disable OPENAI001 // Batches are marked as still changing.
/// <summary>OpenAI's own clients use the server's batches as if they were OpenAI's.</summary>
public sealed class BatchSdkTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_javascript_client_sees_everything()
    {
        NpmPackages.Require("openai");
        await using var served = await Served.SandboxAsync();

        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", "openai-batches.mjs"), [new Uri(served.Url, "v1").ToString()], "", Token);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(
            """{"ids":true,"input":true,"metadata":{"job":"nightly"},"states":["validating","in_progress","completed"],"counts":{"total":3,"completed":2,"failed":1},"output":["a 200","c 200"],"errors":["b 401 invalid_api_key"],"stopping":"cancelling","listed":true,"gone":"NotFoundError 404 batch_id","wrong":"BadRequestError 400 endpoint"}""",
            run.Output.TrimEnd());
    }

    [Fact]
    public async Task The_dotnet_client_makes_looks_at_lists_and_stops()
    {
        await using var served = await Served.SandboxAsync();
        var options = new OpenAIClientOptions { Endpoint = new Uri(served.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0) };
        var client = new OpenAIClient(new ApiKeyCredential("any"), options);
        var file = (await client.GetOpenAIFileClient().UploadFileAsync(BinaryData.FromString("""{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{"model":"chat","messages":[{"role":"user","content":"Hi"}]}}"""), "in.jsonl", OpenAI.Files.FileUploadPurpose.Batch)).Value;
        var batches = client.GetBatchClient();

        var made = await batches.CreateBatchAsync(BinaryContent.Create(BinaryData.FromString($$"""{"input_file_id":"{{file.Id}}","endpoint":"/v1/chat/completions","completion_window":"24h"}""")), waitUntilCompleted: false, new RequestOptionsOf(Token).Options);
        var looked = JsonNode.Parse((await batches.GetBatchAsync(made.BatchId, new RequestOptionsOf(Token).Options)).GetRawResponse().Content.ToString())!;
        var listed = new List<string>();
        await foreach (var page in batches.GetBatchesAsync(after: null, limit: 5, new RequestOptionsOf(Token).Options).GetRawPagesAsync())
            listed.AddRange(JsonNode.Parse(page.GetRawResponse().Content.ToString())!["data"]!.AsArray().Select(one => (string)one!["id"]!));

        Assert.StartsWith("sandbox/batch_", made.BatchId, StringComparison.Ordinal);
        Assert.Equal(("in_progress", file.Id), ((string?)looked["status"], (string?)looked["input_file_id"]));
        Assert.Equal([made.BatchId], listed);
    }

    private sealed class RequestOptionsOf(CancellationToken token)
    {
        public System.ClientModel.Primitives.RequestOptions Options { get; } = new() { CancellationToken = token };
    }
}
