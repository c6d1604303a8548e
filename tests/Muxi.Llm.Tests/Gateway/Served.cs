using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using Muxi.Llm.Gateway;

namespace Muxi.Llm.Tests;

/// <summary>The server on a free port of this machine, and a client that speaks plain HTTP to it.</summary>
internal sealed class Served : IAsyncDisposable
{
    public const string ChatPath = "/v1/chat/completions";

    private readonly GatewayServer _server;
    private readonly ConcurrentQueue<string> _lines;

    private Served(GatewayServer server, ConcurrentQueue<string> lines)
    {
        (_server, _lines) = (server, lines);
        // A client that leaves closes its connection at once, and sends in its headers what it likes.
        var sockets = new SocketsHttpHandler { ResponseDrainTimeout = TimeSpan.Zero, RequestHeaderEncodingSelector = static (_, _) => Encoding.UTF8 };
        Http = new(sockets) { BaseAddress = Url, Timeout = TimeSpan.FromSeconds(30) };
    }

    public Uri Url => _server.LocalUrl;

    public HttpClient Http { get; }

    /// <summary>What an operator was told.</summary>
    public IReadOnlyList<string> Lines => [.. _lines];

    /// <summary>A server that asks this upstream as OpenAI, and tries once.</summary>
    public static Task<Served> BeforeAsync(Uri upstream, Func<GatewayOptions, GatewayOptions>? change = null) =>
        StartAsync(Calls.OptionsFor(upstream) with { Retries = new() { Max = 0 } }, change);

    /// <summary>A server with the simulator alone.</summary>
    public static Task<Served> SandboxAsync(Func<GatewayOptions, GatewayOptions>? change = null) =>
        StartAsync(new() { Environment = static _ => null, Retries = new() { Max = 0 } }, change);

    public static async Task<Served> StartAsync(LlmOptions client, Func<GatewayOptions, GatewayOptions>? change = null)
    {
        var lines = new ConcurrentQueue<string>();
        var options = new GatewayOptions { Port = 0, Client = client, Log = lines.Enqueue, Complain = lines.Enqueue };
        return new(await GatewayServer.StartAsync(change?.Invoke(options) ?? options, TestContext.Current.CancellationToken), lines);
    }

    /// <summary>A question as a body.</summary>
    public static string Ask(string model = "openai/gpt-test", string more = "") => $$"""{"model":"{{model}}","messages":[{"role":"user","content":"Hello?"}]{{more}}}""";

    /// <summary>As the other, for a stream.</summary>
    public static string AskStream(string model = "openai/gpt-test", string more = "") => Ask(model, ""","stream":true""" + more);

    /// <summary>Sends a chat request; the answer is there when its headers are.</summary>
    public Task<HttpResponseMessage> ChatAsync(string body, params (string Name, string Value)[] headers) => SendAsync(HttpMethod.Post, ChatPath, body, headers);

    public async Task<HttpResponseMessage> SendAsync(HttpMethod method, string path, string? body = null, params (string Name, string Value)[] headers)
    {
        using var request = new HttpRequestMessage(method, new Uri(Url.AbsoluteUri.TrimEnd('/') + path, new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }));
        if (body is not null) request.Content = new StringContent(body, Encoding.UTF8, new MediaTypeHeaderValue("application/json"));
        foreach (var (name, value) in headers)
        {
            if (name == "Content-Type") request.Content!.Headers.Remove(name);
            if (name.StartsWith("Content-", StringComparison.Ordinal)) request.Content!.Headers.TryAddWithoutValidation(name, value);
            else request.Headers.TryAddWithoutValidation(name, value);
        }
        return await Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    public Task StopAsync(TimeSpan grace) => _server.StopAsync(grace);

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await _server.StopAsync(TimeSpan.Zero);
        await _server.DisposeAsync();
    }
}

/// <summary>Reading what the server answered.</summary>
internal static class ServedReplies
{
    /// <summary>The status, and the body as JSON.</summary>
    public static async Task<(int Status, JsonNode Body)> JsonAsync(this Task<HttpResponseMessage> sending)
    {
        using var reply = await sending;
        return ((int)reply.StatusCode, JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!);
    }

    /// <summary>The status, and the error's members; fails where one of the four is missing.</summary>
    public static async Task<Told> ErrorAsync(this Task<HttpResponseMessage> sending)
    {
        using var reply = await sending;
        Assert.Equal("application/json", reply.Content.Headers.ContentType?.MediaType);
        Assert.StartsWith("req_", reply.Header("x-request-id"), StringComparison.Ordinal);
        return Told.Read((int)reply.StatusCode, await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken));
    }

    /// <summary>A header's value; null where it was not sent.</summary>
    public static string? Header(this HttpResponseMessage reply, string name) =>
        reply.Headers.TryGetValues(name, out var values) || reply.Content.Headers.TryGetValues(name, out values) ? string.Join(", ", values) : null;

    /// <summary>The payloads of a stream's events, to its end or to where it breaks.</summary>
    public static async Task<(List<string> Events, Exception? Break)> EventsAsync(this HttpResponseMessage reply)
    {
        var events = new List<string>();
        try
        {
            using var reader = new StreamReader(await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken));
            while (await reader.ReadLineAsync(TestContext.Current.CancellationToken) is { } line)
            {
                if (line.Length == 0 || line.StartsWith("event: ", StringComparison.Ordinal)) continue;
                Assert.StartsWith("data: ", line, StringComparison.Ordinal);
                events.Add(line["data: ".Length..]);
            }
            return (events, null);
        }
        catch (Exception e) when (e is IOException or HttpRequestException)
        {
            return (events, e);
        }
    }
}

/// <summary>An error in OpenAI's shape.</summary>
internal sealed record Told(int Status, string Message, string? Type, string? Param, string? Code)
{
    public static Told Read(int status, string body)
    {
        var error = JsonNode.Parse(body)!.AsObject().Single();
        Assert.Equal("error", error.Key);
        Assert.Equal(["message", "type", "param", "code"], error.Value!.AsObject().Select(member => member.Key));
        return new(status, (string)error.Value["message"]!, (string?)error.Value["type"], (string?)error.Value["param"], (string?)error.Value["code"]);
    }
}
