using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Muxi.Llm.Gateway.Surfaces.OpenAI;

namespace Muxi.Llm.Gateway;

/// <summary>
/// Every request comes in here and goes out here.
/// <code>
///   find the endpoint ─► may it come in ─► is there room ─► the endpoint answers
///        └──────────────────┴─────────────────┴──────────────────┴─ raises ─► a refusal in the surface's shape
/// </code>
/// </summary>
internal sealed class Front(GatewayOptions options, Endpoints endpoints)
{
    private readonly Gate _gate = new(options.MasterKey);
    private readonly TimeProvider _clock = options.Client.TimeProvider;
    private int _underWay;

    public async Task AnswerAsync(HttpContext context)
    {
        var since = _clock.GetTimestamp();
        var call = new Incoming(context, "req_" + CallIds.Next(_clock.GetUtcNow()));
        call.Response.Headers["x-request-id"] = call.RequestId;
        try
        {
            await LetInAsync(call, Target(context));
        }
        catch (Exception e) when (call.Aborted.IsCancellationRequested && e is OperationCanceledException or IOException)
        {
            // Nobody is left to be told.
            context.Abort();
        }
        catch (BrokenOffException)
        {
            // The server closes the connection behind what was written, without the mark of a body's end.
            throw;
        }
#pragma warning disable CA1031 // The last stop: whatever it is becomes an answer.
        catch (Exception e)
#pragma warning restore CA1031
        {
            await RefuseAsync(call, e);
        }
        finally
        {
            if (options.Log is { } log) log(Line(call, since));
        }
    }

    private async Task LetInAsync(Incoming call, string target)
    {
        var found = endpoints.Find(call.Request.Method, target);
        (call.Endpoint, call.Id) = (found.Endpoint, found.Id);
        _gate.Check(call.Request, found.Endpoint);
        if (found.Endpoint is not { } endpoint) throw new RefusalException(Lost(call.Request.Method, found.Allow));
        if (endpoint.Method == "POST") _gate.CheckBody(call, endpoint.Body, options);
        try
        {
            if (Interlocked.Increment(ref _underWay) > options.MaxRequests && !endpoint.IsOpen)
                throw new RefusalException(new(503, "the server has as many requests under way as it takes") { Code = "overloaded", RetryAfter = TimeSpan.FromSeconds(1) });
            await endpoint.Answer(call);
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    /// <summary>The path and query as they came; of a request as proxies get it, which names the whole address, those alone.</summary>
    private static string Target(HttpContext context)
    {
        var target = context.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        return target.StartsWith('/') ? target : context.Request.Path.ToUriComponent();
    }

    private static Refusal Lost(string method, string? allow) => allow is null
        ? new(404, "there is nothing at this path; the base URL of OpenAI's clients ends in /v1") { Code = "unknown_url" }
        : new(405, $"{method} is not what this path takes, but {allow}") { Code = "method_not_allowed", Allow = allow };

    private async Task RefuseAsync(Incoming call, Exception error)
    {
        var refusal = Refusals.Of(error);
        if (refusal.Status == 500 && error is not LlmException) options.Complain?.Invoke($"{call.RequestId}: unexpected {error.GetType().Name} at {call.Endpoint?.Template}");
        if (call.Response.HasStarted) throw new BrokenOffException(error);
        if (error is LlmException failed) call.Name(failed.Attempts, failed.Provider);
        var headers = call.Response.Headers;
        if (refusal.IsChallenge) headers.WWWAuthenticate = "Bearer";
        if (refusal.Allow is { } allow) headers.Allow = allow;
        if (refusal.RetryAfter is { } wait) headers.RetryAfter = Math.Ceiling(wait.TotalSeconds).ToString("0", CultureInfo.InvariantCulture);
        if (refusal.ShouldRetry is { } again) headers["x-should-retry"] = again ? "true" : "false";
        await call.WriteJsonAsync(refusal.Status, refusal, call.Endpoint?.Refuse ?? OpenAIErrors.Write);
    }

    /// <summary>The template and not the path: whatever a client writes there is its own.</summary>
    private string Line(Incoming call, long since) => string.Create(
        CultureInfo.InvariantCulture,
        $"{call.Request.Method} {call.Endpoint?.Template ?? "(unknown path)"} {(call.Aborted.IsCancellationRequested ? "client gone" : call.Response.StatusCode)} {call.AnsweredBy ?? "-"} {_clock.GetElapsedTime(since).TotalMilliseconds:0} ms {call.RequestId}");
}
