namespace Muxi.Llm;

/// <summary>How many tokens a request's prompt has: as its provider counts them, or as they are counted here.</summary>
public sealed record TokenCount : Reply
{
    /// <summary>The tokens of the whole prompt: instructions, messages, tools, pictures and documents.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Whether this is the number that the provider charges: the provider's own word, or a count by rules that have been found exact. Otherwise it is an estimate.</summary>
    public bool IsExact { get; init; }

    /// <summary>
    /// How far an estimate may be off, as a fraction of <see cref="InputTokens"/>: of the recorded requests of such models and contents, 9 in 10 were no further off either way. 0 of what is exact;
    /// docs/tokens.md tells where the numbers are from.
    /// </summary>
    public double ErrorBand { get; init; }

    /// <summary>The encoding that the text was counted with, such as <c>o200k_base</c>; null where the provider counted.</summary>
    public string? Encoding { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
