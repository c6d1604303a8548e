namespace Muxi.Llm;

/// <summary>What a call for a transcript or for speech used: tokens, or seconds of sound, as the model is paid for.</summary>
public sealed record AudioUsage
{
    /// <summary><c>tokens</c> or <c>duration</c>; null for speech, which counts tokens.</summary>
    public string? Type { get; init; }

    /// <summary>Tokens of what was sent.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens of what came back.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>What was sent and what came back together, in tokens.</summary>
    public long? TotalTokens { get; init; }

    /// <summary>What the tokens that were sent are, where the provider says.</summary>
    public AudioInputTokenDetails? InputTokenDetails { get; init; }

    /// <summary>Seconds of sound.</summary>
    public double? Seconds { get; init; }

    /// <summary>Members that we do not know, such as a cost.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What the tokens that were sent are; each is a part of <see cref="AudioUsage.InputTokens"/>.</summary>
public sealed record AudioInputTokenDetails
{
    /// <summary>Tokens of sound.</summary>
    public long? AudioTokens { get; init; }

    /// <summary>Tokens of text: the prompt.</summary>
    public long? TextTokens { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
