using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Muxi.Llm.Tests;

/// <summary>
/// Serves canned or recorded replies over real HTTP, each body in pieces cut at seeded offsets and flushed one by one, so that
/// the client's reads end anywhere. Keeps what it was asked.
/// </summary>
internal sealed class ReplayServer : IAsyncDisposable
{
    private readonly Func<SeenRequest, CannedReply> _answer;
    private readonly int _seed;
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private TestServer? _server;

    private ReplayServer(Func<SeenRequest, CannedReply> answer, int seed)
    {
        _answer = answer;
        _seed = seed;
    }

    /// <summary>The origin, without a trailing path.</summary>
    public Uri Url => _server!.Url;

    /// <summary>The requests so far, in order of arrival.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>Answers with the replies in turn; the last one is repeated.</summary>
    public static Task<ReplayServer> StartAsync(int seed, params CannedReply[] replies)
    {
        var turn = -1;
        return StartAsync(seed, _ => replies[Math.Min(Interlocked.Increment(ref turn), replies.Length - 1)]);
    }

    /// <summary>Answers by looking at the request.</summary>
    public static async Task<ReplayServer> StartAsync(int seed, Func<SeenRequest, CannedReply> answer)
    {
        var replay = new ReplayServer(answer, seed);
        replay._server = await TestServer.StartAsync(replay.AnswerAsync);
        return replay;
    }

    public ValueTask DisposeAsync() => _server!.DisposeAsync();

    private async Task AnswerAsync(HttpContext context)
    {
        using var body = new MemoryStream();
        await context.Request.Body.CopyToAsync(body, context.RequestAborted);
        var request = new SeenRequest(
            context.Request.Method,
            context.Features.Get<IHttpRequestFeature>()!.RawTarget,
            context.Request.Headers.ToDictionary(h => h.Key, h => h.Value.ToString(), StringComparer.OrdinalIgnoreCase),
            body.ToArray());
        _requests.Enqueue(request);

        var reply = _answer(request);
        context.Response.StatusCode = reply.Status;
        foreach (var (name, value) in reply.Headers)
            context.Response.Headers[name] = value;
        foreach (var piece in Seeded.Pieces(reply.Body, _seed))
        {
            await context.Response.Body.WriteAsync(piece, context.RequestAborted);
            await context.Response.Body.FlushAsync(context.RequestAborted);
        }
    }
}
