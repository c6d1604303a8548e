namespace Muxi.Llm;

/// <summary>How many tokens a request has, as its provider counts them.</summary>
public sealed record TokenCount : Reply
{
    /// <summary>The tokens of the whole prompt: instructions, messages, tools, pictures and documents.</summary>
    public required long InputTokens { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
