#:project ../src/Muxi.Llm/Muxi.Llm.csproj
// Brings a file of Hugging Face's hub into the cache that its programs share.
// Run: dotnet run examples/pull.cs [hf:org/repo/file]
// Without a name a small hub within this program answers, so that it runs anywhere.
using System.Net;
using Muxi.Llm;

string? name = args.FirstOrDefault();
using var hub = new SmallHub();
string cache = Directory.CreateTempSubdirectory("muxi-llm-example").FullName;
using LlmClient client = name is not null ? new() : new(new() { Handler = hub, Environment = variable => variable == "HF_HUB_CACHE" ? cache : null });

await foreach (ModelPullProgress progress in client.Models.PullAsync(name ?? "hf:example/hello/greeting.txt"))
{
    string far = progress.Total is { } total ? $", {progress.Completed} of {total} bytes" : "";
    Console.WriteLine(progress.Path is { } path ? $"it is at {path}, {new FileInfo(path).ResolveLinkTarget(returnFinalTarget: true)?.Name ?? path}" : progress.Status + far);
}
Directory.Delete(cache, recursive: true);

/// <summary>A hub with one file: it tells the commit and what the bytes are known by, and gives them.</summary>
internal sealed class SmallHub : HttpMessageHandler
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        var response = new HttpResponseMessage(HttpStatusCode.OK) { Content = new StringContent("hello\n") };
        response.Headers.Add("x-repo-commit", "0123456789abcdef0123456789abcdef01234567");
        // What git calls these six bytes.
        response.Headers.Add("x-linked-etag", "\"ce013625030ba8dba906f756967f9e9ca394464a\"");
        response.Headers.Add("x-linked-size", "6");
        return Task.FromResult(response);
    }
}
