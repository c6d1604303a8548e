using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Tests;

/// <summary>A hub and, at another origin, what holds its large files: as huggingface.co and its storage answer, over real HTTP.</summary>
internal sealed class HubServer : IAsyncDisposable
{
    public const string Commit = "0123456789abcdef0123456789abcdef01234567";

    private readonly Dictionary<string, byte[]> _files = [];
    private TestServer _hub = null!, _storage = null!;

    /// <summary>What was asked: <c>METHOD path [range]</c>, at the storage with a star before it.</summary>
    public ConcurrentQueue<string> Asked { get; } = [];

    /// <summary>The headers <c>Authorization</c> that came, the storage's with a star before them.</summary>
    public ConcurrentQueue<string> Keys { get; } = [];

    /// <summary>In which codings a body might come.</summary>
    public ConcurrentQueue<string> Encodings { get; } = [];

    public Uri Url => _hub.Url;

    /// <summary>After how many bytes of a body the connection is cut, one for each of the next bodies.</summary>
    public Queue<int> Cuts { get; } = [];

    /// <summary>Whether parts are given.</summary>
    public bool KnowsRanges { get; set; } = true;

    /// <summary>What is done to the bytes on their way.</summary>
    public Func<byte[], byte[]> Alter { get; set; } = static bytes => bytes;

    /// <summary>An error for everything, by the hub's word and status; null for none.</summary>
    public (int Status, string Code)? Error { get; set; }

    /// <summary>What a storage's body waits for.</summary>
    public Task Gate { get; set; } = Task.CompletedTask;

    /// <summary>A commit of another one's, for a branch that has moved.</summary>
    public string Head { get; set; } = Commit;

    public static async Task<HubServer> StartAsync(params (string Name, byte[] Bytes)[] files)
    {
        var server = new HubServer();
        foreach (var (name, bytes) in files) server._files[name] = bytes;
        server._storage = await TestServer.StartAsync(server.StoreAsync);
        server._hub = await TestServer.StartAsync(server.AnswerAsync);
        return server;
    }

    public void Set(string name, byte[] bytes) => _files[name] = bytes;

    /// <summary>The bytes of a file that is large enough to come in several pieces.</summary>
    public static byte[] Large(int seed, int length = 900_000)
    {
        var bytes = new byte[length];
        new Random(seed).NextBytes(bytes);
        return bytes;
    }

    public static string Sha256(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    /// <summary>As <c>git hash-object</c> says it.</summary>
    public static string GitName(byte[] bytes)
    {
#pragma warning disable CA5350
        return Convert.ToHexStringLower(SHA1.HashData([.. Encoding.ASCII.GetBytes($"blob {bytes.Length}\0"), .. bytes]));
#pragma warning restore CA5350
    }

    private async Task AnswerAsync(HttpContext context)
    {
        Log(context, "");
        var response = context.Response;
        if (Error is var (status, code))
        {
            response.StatusCode = status;
            response.Headers["x-error-code"] = code;
            response.Headers["x-error-message"] = "as the hub says it";
            return;
        }
        var path = context.Request.Path.Value!;
        if (path.StartsWith("/api/models/org/repo/revision/", StringComparison.Ordinal))
        {
            await response.WriteAsync(JsonSerializer.Serialize(new { id = "org/repo", sha = Head, siblings = _files.Keys.Select(static name => new { rfilename = name }) }));
            return;
        }
        if (path.StartsWith("/old/name/", StringComparison.Ordinal))
        {
            // A repository that was renamed.
            response.StatusCode = 307;
            response.Headers.Location = "/org/repo/" + path["/old/name/".Length..];
            return;
        }
        if (!path.StartsWith("/org/repo/resolve/", StringComparison.Ordinal) || path["/org/repo/resolve/".Length..].Split('/', 2) is not [var revision, var name] || !_files.TryGetValue(name, out var bytes))
        {
            response.StatusCode = 404;
            response.Headers["x-error-code"] = "EntryNotFound";
            return;
        }
        response.Headers["x-repo-commit"] = revision is "main" ? Head : revision;
        if (bytes.Length < 10_000)
        {
            response.Headers.ETag = $"\"{GitName(bytes)}\"";
            response.ContentLength = bytes.Length;
            if (context.Request.Method == "GET") await SendAsync(context, bytes);
            return;
        }
        response.StatusCode = 302;
        response.Headers["x-linked-etag"] = $"\"{Sha256(bytes)}\"";
        response.Headers["x-linked-size"] = bytes.Length.ToString(System.Globalization.CultureInfo.InvariantCulture);
        response.Headers.Location = $"{_storage.Url}{name}?signature=abc";
    }

    private async Task StoreAsync(HttpContext context)
    {
        Log(context, "*");
        await Gate;
        await SendAsync(context, _files[context.Request.Path.Value![1..]]);
    }

    private async Task SendAsync(HttpContext context, byte[] bytes)
    {
        var sent = Alter(bytes);
        var from = 0;
        if (KnowsRanges && context.Request.Headers.Range.ToString() is { Length: > 0 } range)
        {
            from = int.Parse(range["bytes=".Length..^1], System.Globalization.CultureInfo.InvariantCulture);
            context.Response.StatusCode = 206;
            context.Response.Headers.ContentRange = $"bytes {from}-{sent.Length - 1}/{sent.Length}";
        }
        context.Response.ContentLength = sent.Length - from;
        if (Cuts.TryDequeue(out var cut))
        {
            await context.Response.Body.WriteAsync(sent.AsMemory(from, Math.Min(cut, sent.Length - from)));
            await context.Response.Body.FlushAsync();
            context.Abort();
            return;
        }
        await context.Response.Body.WriteAsync(sent.AsMemory(from));
    }

    private void Log(HttpContext context, string mark)
    {
        var range = context.Request.Headers.Range.ToString();
        Asked.Enqueue($"{mark}{context.Request.Method} {context.Request.Path}{(range.Length > 0 ? " " + range : "")}");
        Encodings.Enqueue(context.Request.Headers.AcceptEncoding.ToString());
        Keys.Enqueue(mark + context.Request.Headers.Authorization);
    }

    public async ValueTask DisposeAsync()
    {
        await _hub.DisposeAsync();
        await _storage.DisposeAsync();
    }
}
