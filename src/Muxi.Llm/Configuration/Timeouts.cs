namespace Muxi.Llm;

/// <summary>The four limits on waiting. Each may be <see cref="Timeout.InfiniteTimeSpan"/>; the defaults fit models that think for minutes.</summary>
public sealed record Timeouts
{
    /// <summary>Until a connection stands (DNS, TCP and TLS). 15 seconds by default. Set per client: connections are shared.</summary>
    public TimeSpan Connect { get; init; } = TimeSpan.FromSeconds(15);

    /// <summary>From sending the request until the reply's headers and, for a stream, its first event. 10 minutes by default, as in OpenAI's clients.</summary>
    public TimeSpan FirstByte { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>Between two pieces of a reply's body; comments that keep a stream alive count. 2 minutes by default.</summary>
    public TimeSpan Idle { get; init; } = TimeSpan.FromMinutes(2);

    /// <summary>For the whole call. 60 minutes by default.</summary>
    public TimeSpan Total { get; init; } = TimeSpan.FromMinutes(60);

    /// <summary>The same, with limits that no timer can count taken for none.</summary>
    /// <exception cref="ConfigurationException">One is not above zero.</exception>
    internal Timeouts Checked() => new()
    {
        Connect = Checked(Connect, nameof(Connect)), FirstByte = Checked(FirstByte, nameof(FirstByte)), Idle = Checked(Idle, nameof(Idle)), Total = Checked(Total, nameof(Total)),
    };

    private static TimeSpan Checked(TimeSpan limit, string name)
    {
        if (limit == Timeout.InfiniteTimeSpan) return limit;
        if (limit <= TimeSpan.Zero) throw new ConfigurationException($"the timeout {name} is {limit}: it must be above zero, or Timeout.InfiniteTimeSpan for none");
        return limit.TotalMilliseconds > int.MaxValue ? Timeout.InfiniteTimeSpan : limit;
    }
}
