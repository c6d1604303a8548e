namespace Muxi.Llm;

/// <summary>What the service has begun and works on: looking at it, and leaving it.</summary>
internal sealed partial class Transport
{
    /// <summary>How many times in a row looking may fail.</summary>
    private const int MostLooks = 5;

    private static readonly TimeSpan _firstPause = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan _longestPause = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan _farewell = TimeSpan.FromSeconds(5);

    /// <summary>Sends a call that only looks, again where it fails in passing.</summary>
    private async ValueTask<HttpResponseMessage> LookAsync(Target target, HttpCall call, Waiting waiting, Trace trace)
    {
        for (var failures = 1; ; failures++)
        {
            var pause = _firstPause * Math.Pow(2, failures - 1);
            try
            {
                return await SendAsync(target, call with { Looks = false }, waiting, trace).ConfigureAwait(false);
            }
            catch (LlmException e)
            {
                var passes = e.IsRetriable() && !waiting.Token.IsCancellationRequested;
                e.HasBegun = true;
                if (!passes || failures >= MostLooks) throw;
                if ((e as ApiException)?.RetryAfter is { } asked && asked > pause) pause = asked;
            }
            await PauseAsync(target, pause < _longestPause ? pause : _longestPause, waiting).ConfigureAwait(false);
        }
    }

    /// <summary>Waits for as long as was asked for, but no longer than the caller and the call's limit allow.</summary>
    public async Task PauseAsync(Target target, TimeSpan pause, Waiting waiting)
    {
        waiting.Pause();
        try
        {
            await Task.Delay(pause, Clock, waiting.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException e)
        {
            throw waiting.Explain(e, target.Provider.Name, target.Model);
        }
    }

    /// <summary>An error of a call that only looked: what it looked at is there.</summary>
    private static Exception Marked(Exception error, HttpCall call)
    {
        if (call.Looks && error is LlmException ours) ours.HasBegun = true;
        return error;
    }

    /// <summary>Tells the service that nobody waits any longer. The caller, who has left, does not wait for that either, and how it goes is nobody's concern.</summary>
    /// <param name="target">Where.</param>
    /// <param name="call">What to tell; null for nothing.</param>
    public void Abandon(Target target, HttpCall? call)
    {
        if (call is not null) _ = TellAsync(target, call);
    }

    /// <summary>A token that from now on shows in no error.</summary>
    private static string Protected(string token, Target target)
    {
        if (target.Secrets is List<string> secrets && !secrets.Contains(token)) secrets.Add(token);
        return token;
    }

    private async Task TellAsync(Target target, HttpCall call)
    {
        try
        {
            using var waiting = new Waiting(new() { Total = _farewell }, Clock, Clock.GetTimestamp(), CancellationToken.None);
            using var response = await SendAsync(target, call, waiting, new()).ConfigureAwait(false);
        }
        catch (Exception e) when (e is LlmException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // It ends there by itself, a little later.
        }
    }
}
