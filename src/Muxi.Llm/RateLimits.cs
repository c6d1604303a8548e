namespace Muxi.Llm;

/// <summary>
/// How much a service lets its caller do, and how much of it is left, as the headers of a reply tell it. Services count by account, project or key, so other callers use up the same limits.
/// Where several limits hold for the same thing (a minute's and a day's), the members here are the one of which the least is left.
/// </summary>
public sealed record RateLimits
{
    /// <summary>Calls; null where the service does not tell.</summary>
    public RateLimit? Requests { get; init; }

    /// <summary>Tokens of prompts and answers together; null where the service does not tell.</summary>
    public RateLimit? Tokens { get; init; }

    /// <summary>Tokens of prompts; null where the service does not count them apart.</summary>
    public RateLimit? InputTokens { get; init; }

    /// <summary>Tokens of answers; null where the service does not count them apart.</summary>
    public RateLimit? OutputTokens { get; init; }

    /// <summary>Every limit that was told, those of other things (pictures, pages) too.</summary>
    public IReadOnlyList<RateLimit> All { get; init; } = [];
}

/// <summary>One limit of a service. What it does not tell, or tells in a way that means nothing (<c>-1</c>, a placeholder), is null.</summary>
/// <param name="Name">What is limited, in the service's words: <c>requests</c>, <c>input-tokens</c>, <c>req-minute</c>.</param>
public sealed record RateLimit(string Name)
{
    /// <summary>How many there are in a period.</summary>
    public long? Limit { get; init; }

    /// <summary>How many are left; at some services more than <see cref="Limit"/>, where bursts are allowed.</summary>
    public long? Remaining { get; init; }

    /// <summary>How long it was from the reply until the limit is whole again, or a part of it comes back: services differ. Zero where nothing was used up.</summary>
    public TimeSpan? Reset { get; init; }

    /// <summary>The same as a time, by this machine's clock.</summary>
    public DateTimeOffset? ResetsAt { get; init; }

    /// <summary>The period that is counted over.</summary>
    public TimeSpan? Period { get; init; }
}
