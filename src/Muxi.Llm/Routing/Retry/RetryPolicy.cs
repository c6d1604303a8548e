using System.Net;

namespace Muxi.Llm;

/// <summary>Whether a failed attempt is made again at the same target, and after which wait. Decides by the kind of the failure, never by who raised it.</summary>
internal sealed class RetryPolicy(Retries retries, TimeProvider clock, Func<double> chance)
{
    private readonly RetryBudget _budget = new(retries, clock);

    /// <summary>A call is about to be sent to a target for the first time.</summary>
    public void Count(Target target) => _budget.Count(target);

    /// <summary>The wait before the next attempt at the same target; null for none.</summary>
    /// <param name="failed">The attempt.</param>
    /// <param name="error">How it failed.</param>
    /// <param name="made">How many attempts were made at this target.</param>
    /// <param name="max">How many may follow the first; null for the client's setting.</param>
    public TimeSpan? WaitBefore(AttemptInProgress failed, LlmException error, int made, int? max)
    {
        if (made > (max ?? retries.Max) || !error.IsRetriable()) return null;
        if ((error as ApiException)?.RetryAfter is { } asked && asked > retries.MaxRetryAfter) return null;
        var wait = Wait((error as ApiException)?.RetryAfter, made);
        return wait < failed.Waiting.Left && _budget.TrySpend(failed.Target) ? wait : null;
    }

    /// <summary>
    /// Whether the failed call cannot have created anything: nothing was sent, the service refused it (a 4xx; 408 and 409 say that something was under way), it has no
    /// room for it, or it says itself that it may be sent again.
    /// </summary>
    public static bool HadNoEffect(LlmException error) => !error.HasBegun && HadNone(error);

    private static bool HadNone(LlmException error) =>
        error is ApiException { ShouldRetry: true } or OverloadedException or ApiException { Status: HttpStatusCode.ServiceUnavailable }
        || (error is ApiException { Status: var status } && (int)status is >= 400 and < 500 and not (408 or 409)) || WasUnsent(error);

    /// <summary>Whether what is not found now was deleted by an earlier attempt of the same call, whose answer did not come.</summary>
    public static bool WasDoneBefore(NotFoundException error) => error.Attempts is [.., _, _] && error.Attempts.SkipLast(1).Any(static attempt => attempt.MayHaveWorked);

    /// <summary>Whether nothing of the call was sent.</summary>
    public static bool WasUnsent(LlmException error) => error is ConfigurationException or UnsupportedFeatureException or ApiConnectionException { NothingWasSent: true } or ApiException { WasSent: false };

    /// <summary>What the service asks for, and up to a tenth more; where it asks for nothing, exponential backoff with full jitter.</summary>
    private TimeSpan Wait(TimeSpan? asked, int made)
    {
        if (asked is { } told && told > TimeSpan.Zero) return told * (1 + chance() / 10);
        var most = Math.Min(retries.MaxDelay.TotalMilliseconds, retries.InitialDelay.TotalMilliseconds * Math.Pow(2, Math.Min(made - 1, 30)));
        return TimeSpan.FromMilliseconds(most * chance());
    }
}
