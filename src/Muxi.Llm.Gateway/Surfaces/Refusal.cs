namespace Muxi.Llm.Gateway;

/// <summary>What a client is told instead of an answer, before a surface puts it into its own shape.</summary>
/// <param name="Status">The HTTP status.</param>
/// <param name="Message">What, who, and how to mend it; never a key.</param>
internal sealed record Refusal(int Status, string Message)
{
    /// <summary>The kind, in OpenAI's words; null for the usual one of the status.</summary>
    public string? Type { get; init; }

    /// <summary>The machine-readable code, ours or the upstream's.</summary>
    public string? Code { get; init; }

    /// <summary>The request member that is at fault.</summary>
    public string? Param { get; init; }

    /// <summary>When to try again.</summary>
    public TimeSpan? RetryAfter { get; init; }

    /// <summary>The upstream's own word on whether to try again.</summary>
    public bool? ShouldRetry { get; init; }

    /// <summary>Whether it is our own key that is asked for.</summary>
    public bool IsChallenge { get; init; }

    /// <summary>The methods that the path knows.</summary>
    public string? Allow { get; init; }
}

/// <summary>Ends a request with a refusal of ours.</summary>
internal sealed class RefusalException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal => refusal;
}

/// <summary>A stream was broken off and its client told so: the connection is to end without the end of a body.</summary>
internal sealed class BrokenOffException(Exception cause) : Exception("The stream was broken off.", cause);
