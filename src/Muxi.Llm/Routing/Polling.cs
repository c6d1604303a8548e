namespace Muxi.Llm;

/// <summary>Looks at a thing at a service again and again until it is done. Looking that fails in passing does not end it.</summary>
/// <param name="Provider">Who is asked.</param>
/// <param name="What">What is looked at, to be told where it takes too long.</param>
/// <param name="Interval">How often.</param>
/// <param name="Limit">For how long in all.</param>
/// <param name="Clock">Waits.</param>
internal sealed record Polling(Provider Provider, string What, TimeSpan Interval, TimeSpan Limit, TimeProvider Clock)
{
    /// <summary>How many times in a row looking may fail: some waits take a day, and the network is not always there.</summary>
    private const int MostFailures = 10;

    /// <summary>The thing once it is done.</summary>
    /// <param name="look">Looks at it.</param>
    /// <param name="isDone">Whether it is done.</param>
    /// <param name="status">How far it is, to be told where it takes too long.</param>
    /// <param name="progress">Told of it each time.</param>
    /// <param name="cancellationToken">Ends the wait.</param>
    /// <exception cref="BadRequestException">There is no time between the looks; nothing was sent.</exception>
    /// <exception cref="ApiTimeoutException">It took longer than the limit.</exception>
    public async Task<T> UntilAsync<T>(Func<Task<T>> look, Func<T, bool> isDone, Func<T, string?> status, IProgress<T>? progress, CancellationToken cancellationToken) where T : Reply
    {
        if (Interval <= TimeSpan.Zero) throw Wrong.Request("interval", $"the interval at which {What} is looked at is {Interval}: it must be above zero");
        var (since, failures, last) = (Clock.GetTimestamp(), 0, default(T));
        while (true)
        {
            try
            {
                last = await look().ConfigureAwait(false);
                failures = 0;
                progress?.Report(last);
                if (isDone(last)) return last;
            }
            catch (LlmException e) when (Passes(e) && failures < MostFailures)
            {
                failures++;
            }
            if (Clock.GetElapsedTime(since) + Interval > Limit)
                throw new ApiTimeoutException($"{Provider.Name}: {What} is '{(last is null ? "not known" : status(last))}' still after {Limit.TotalSeconds:0} s", TimeoutKind.Total) { Provider = Provider.Name };
            await Task.Delay(Interval, Clock, cancellationToken).ConfigureAwait(false);
        }
    }

    private static bool Passes(LlmException error) => error is ApiConnectionException or ServerException or RateLimitException and not QuotaExceededException;
}
