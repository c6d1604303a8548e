using System.Collections.Frozen;

namespace Muxi.Llm;

/// <summary>Which special tokens a text may hold. What is not allowed is read as the text that its name is made of, so that nobody's input can forge a turn of a conversation.</summary>
public sealed class SpecialTokens
{
    private readonly FrozenSet<string>? _names;

    private SpecialTokens(FrozenSet<string>? names) => _names = names;

    /// <summary>All that the encoding has.</summary>
    public static SpecialTokens All { get; } = new(null);

    /// <summary>None: every name is text.</summary>
    public static SpecialTokens None { get; } = new(FrozenSet<string>.Empty);

    /// <summary>These alone, by their names, such as <c>&lt;|endoftext|&gt;</c>; those that the encoding lacks do nothing.</summary>
    public static SpecialTokens Only(params ReadOnlySpan<string> names) => new(names.ToArray().ToFrozenSet(StringComparer.Ordinal));

    /// <summary>Whether the text may hold the token of this name.</summary>
    public bool Allows(string name) => _names?.Contains(name) ?? true;
}
