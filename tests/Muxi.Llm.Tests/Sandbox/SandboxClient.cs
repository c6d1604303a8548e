using System.Net;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A plain HttpClient over the sandbox, and what its tests keep asking.</summary>
internal sealed class SandboxClient : IDisposable
{
    private readonly HttpClient _http;

    public SandboxClient(TimeProvider? clock = null) =>
        _http = new HttpClient(new SandboxHandler(clock ?? new ManualTime())) { BaseAddress = new Uri("https://sandbox.invalid/v1/") };

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    public static string Body(string model, string user, string more = "") =>
        $$"""{"model":"{{model}}","messages":[{"role":"user","content":{{JsonSerializer.Serialize(user)}}}]{{(more.Length > 0 ? "," + more : "")}}}""";

    public Task<HttpResponseMessage> GetAsync(string path) => _http.GetAsync(new Uri(path, UriKind.Relative), Cancel);

    public Task<HttpResponseMessage> SendAsync(HttpMethod method, string path) => _http.SendAsync(new HttpRequestMessage(method, path), Cancel);

    public Task<HttpResponseMessage> SendAsync(string body, string path = "chat/completions", CancellationToken? cancel = null) =>
        SendAsync(new StringContent(body, Encoding.UTF8, "application/json"), path, cancel);

    public Task<HttpResponseMessage> SendAsync(HttpContent content, string path, CancellationToken? cancel = null) =>
        _http.SendAsync(new HttpRequestMessage(HttpMethod.Post, path) { Content = content }, HttpCompletionOption.ResponseHeadersRead, cancel ?? Cancel);

    /// <summary>The reply to a good request.</summary>
    public async Task<JsonNode> ReplyAsync(string body)
    {
        using var response = await SendAsync(body);
        var text = await response.Content.ReadAsStringAsync(Cancel);
        Assert.True(response.StatusCode == HttpStatusCode.OK, text);
        return JsonNode.Parse(text)!;
    }

    public async Task<JsonNode> MessageAsync(string body) => (await ReplyAsync(body))["choices"]![0]!["message"]!;

    public async Task<string> ContentAsync(string body) => (string)(await MessageAsync(body))["content"]!;

    /// <summary>The calls of the reply: names and arguments (or a custom tool's input).</summary>
    public async Task<List<(string Name, string Input)>> CallsAsync(string body) =>
        [.. (await MessageAsync(body))["tool_calls"]!.AsArray().Select(call => call!["function"] ?? call["custom"])
            .Select(call => ((string)call!["name"]!, (string)(call["arguments"] ?? call["input"])!))];

    /// <summary>The error of a refused request.</summary>
    public async Task<(int Status, JsonNode Error)> ErrorAsync(string body)
    {
        using var response = await SendAsync(body);
        return ((int)response.StatusCode, JsonNode.Parse(await response.Content.ReadAsStringAsync(Cancel))!["error"]!);
    }

    /// <summary>The data of each event of the stream that this request gets.</summary>
    public async Task<List<string>> EventsAsync(string body)
    {
        using var response = await SendAsync(body[..^1] + ",\"stream\":true}");
        return Events(await response.Content.ReadAsStringAsync(Cancel));
    }

    public static List<string> Events(string stream)
    {
        Assert.True(stream.Length == 0 || stream.EndsWith("\n\n", StringComparison.Ordinal));
        return [.. stream.Split("\n\n", StringSplitOptions.RemoveEmptyEntries).Select(item =>
        {
            Assert.StartsWith("data: ", item, StringComparison.Ordinal);
            return item[6..];
        })];
    }

    /// <summary>The chunks of a good stream, which must end with the end mark.</summary>
    public async Task<List<JsonNode>> ChunksAsync(string body)
    {
        var events = await EventsAsync(body);
        Assert.Equal("[DONE]", events[^1]);
        return [.. events.SkipLast(1).Select(data => JsonNode.Parse(data)!)];
    }

    public void Dispose() => _http.Dispose();
}
