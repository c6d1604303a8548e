namespace Muxi.Llm;

/// <summary>How often and after which waits a failed attempt is made again at the same target. One place retries; every attempt is counted on the reply.</summary>
public sealed record Retries
{
    /// <summary>How many attempts may follow the first one at each target. 2 by default; 0 for none.</summary>
    public int Max { get; init; } = 2;

    /// <summary>The most that the first wait takes; each further one may take twice as long. The wait is drawn between zero and that. 0.5 seconds by default.</summary>
    public TimeSpan InitialDelay { get; init; } = TimeSpan.FromSeconds(0.5);

    /// <summary>The most that any drawn wait takes. 8 seconds by default.</summary>
    public TimeSpan MaxDelay { get; init; } = TimeSpan.FromSeconds(8);

    /// <summary>
    /// The longest wait that a service may ask for (Retry-After). 60 seconds by default. It is waited for to the full, and a little longer, so that those who were told
    /// the same do not come back at once; where more is asked for, the call goes on to its fallback or ends with the error.
    /// </summary>
    public TimeSpan MaxRetryAfter { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>
    /// How many retries a target is sent per call at most, in the long run, so that a service in trouble does not get three times its load. 0.2 by default;
    /// <see cref="BudgetPerSecond"/> come on top.
    /// </summary>
    public double BudgetRatio { get; init; } = 0.2;

    /// <summary>How many retries per second a target may be sent whatever the number of calls; ten seconds' worth can be saved up. 10 by default.</summary>
    public double BudgetPerSecond { get; init; } = 10;

    /// <summary>The same, checked.</summary>
    /// <exception cref="ConfigurationException">A number or a time is below zero.</exception>
    internal Retries Checked()
    {
        if (Max < 0) throw new ConfigurationException($"Retries.Max is {Max}: it must be 0 (for none) or more");
        foreach (var (name, time) in (ReadOnlySpan<(string, TimeSpan)>)[(nameof(InitialDelay), InitialDelay), (nameof(MaxDelay), MaxDelay), (nameof(MaxRetryAfter), MaxRetryAfter)])
            if (time < TimeSpan.Zero || time.TotalMilliseconds > int.MaxValue) throw new ConfigurationException($"Retries.{name} is {time}: it must be between zero and 24 days");
        foreach (var (name, number) in (ReadOnlySpan<(string, double)>)[(nameof(BudgetRatio), BudgetRatio), (nameof(BudgetPerSecond), BudgetPerSecond)])
            if (!(number >= 0)) throw new ConfigurationException($"Retries.{name} is {number}: it must be 0 or more");
        return this;
    }
}
