namespace Muxi.Llm;

/// <summary>What the patterns of pre-tokenisation ask of a character. Of <see cref="Letter"/>, <see cref="Number"/>, <see cref="Space"/> and <see cref="Other"/> each has exactly one.</summary>
[Flags]
internal enum CharacterKinds : byte
{
    None = 0,

    /// <summary>\p{L}.</summary>
    Letter = 1,

    /// <summary>\p{N}.</summary>
    Number = 2,

    /// <summary>\s: Unicode's White_Space.</summary>
    Space = 4,

    /// <summary>[^\s\p{L}\p{N}].</summary>
    Other = 8,

    /// <summary>[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]: what the front of a word is made of.</summary>
    Front = 16,

    /// <summary>[\p{Ll}\p{Lm}\p{Lo}\p{M}]: what the rest of a word is made of.</summary>
    Rest = 32,

    /// <summary>\p{M}.</summary>
    Mark = 64,

    /// <summary>[\p{P}\p{S}].</summary>
    Sign = 128,

    /// <summary>Half a character, of which only the pair tells more. No character is all of these, so that every mask lets it through to where pairs are read.</summary>
    Surrogate = 255,
}
