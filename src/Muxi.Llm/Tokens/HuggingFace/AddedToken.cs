namespace Muxi.Llm;

/// <summary>A token that is looked for in the text before the vocabulary's, by its name.</summary>
internal sealed record AddedToken(string Name)
{
    /// <summary>Whether it stands for itself and not for text: it matches only when a call allows it.</summary>
    public bool IsSpecial { get; init; }

    /// <summary>Whether it matches only where no letter, digit or mark stands beside it.</summary>
    public bool IsSingleWord { get; init; }

    /// <summary>Whether it takes the white space before it with it (<c>lstrip</c>).</summary>
    public bool TakesLeft { get; init; }

    /// <summary>Whether it takes the white space after it with it (<c>rstrip</c>).</summary>
    public bool TakesRight { get; init; }

    /// <summary>Whether it is looked for in the text as the normalizer leaves it; its name is then normalized too.</summary>
    public bool IsNormalized { get; init; }
}
