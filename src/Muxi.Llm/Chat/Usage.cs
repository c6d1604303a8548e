namespace Muxi.Llm;

/// <summary>What a call used, counted in one way whoever answered: cached tokens are part of the prompt, reasoning is part of the completion, the total is their sum.</summary>
public sealed record Usage
{
    /// <summary>Tokens of the prompt, cached ones included.</summary>
    public long PromptTokens { get; init; }

    /// <summary>Tokens of the answer, reasoning included.</summary>
    public long CompletionTokens { get; init; }

    /// <summary>Prompt and answer together.</summary>
    public long TotalTokens { get; init; }

    /// <summary>What the prompt is made of, where the provider says.</summary>
    public PromptTokensDetails? PromptTokensDetails { get; init; }

    /// <summary>What the answer is made of, where the provider says.</summary>
    public CompletionTokensDetails? CompletionTokensDetails { get; init; }

    /// <summary>Members that we do not know: costs, timings.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What a prompt's tokens are; each is a part of <see cref="Usage.PromptTokens"/>.</summary>
public sealed record PromptTokensDetails
{
    /// <summary>Read from the provider's cache.</summary>
    public long? CachedTokens { get; init; }
    /// <summary>Written to the provider's cache.</summary>
    public long? CacheWriteTokens { get; init; }
    /// <summary>Tokens of sound.</summary>
    public long? AudioTokens { get; init; }
    /// <summary>Tokens of pictures.</summary>
    public long? ImageTokens { get; init; }
    /// <summary>Tokens of plain text.</summary>
    public long? TextTokens { get; init; }
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What an answer's tokens are; each is a part of <see cref="Usage.CompletionTokens"/>, rejected predictions included.</summary>
public sealed record CompletionTokensDetails
{
    /// <summary>Tokens of thinking.</summary>
    public long? ReasoningTokens { get; init; }
    /// <summary>Tokens of sound.</summary>
    public long? AudioTokens { get; init; }
    /// <summary>Tokens of plain text.</summary>
    public long? TextTokens { get; init; }
    /// <summary>Of the prediction, where it was right.</summary>
    public long? AcceptedPredictionTokens { get; init; }
    /// <summary>Of the prediction, where it was wrong.</summary>
    public long? RejectedPredictionTokens { get; init; }
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
