using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>A part of a service's address that is not the same for everybody: <c>{region}</c> in the base URL.</summary>
/// <param name="Name">Its name, as it stands in the braces.</param>
/// <param name="Variables">Environment variables that hold it; the first that is set counts. After them the client's credentials are asked.</param>
public sealed record UrlPart(string Name, params ImmutableArray<string> Variables)
{
    /// <summary>What holds where nobody says; null where somebody must.</summary>
    public string? Default { get; init; }

    /// <summary>How else it can be told, for an error that says what to set; null for in no other way.</summary>
    public string? Otherwise { get; init; }

    /// <summary>What may stand before a value, and is taken off: <c>https://</c>, where a variable holds an address by custom.</summary>
    public string Prefix { get; init; } = "";

    /// <summary>What may stand behind a value, and is taken off, as is a slash: the host's end, where a variable holds the whole one.</summary>
    public string Suffix { get; init; } = "";

    /// <summary>Whole base URLs for values with which the address is another one.</summary>
    public ImmutableDictionary<string, string> BaseUrls { get; init; } = ImmutableDictionary<string, string>.Empty;
}
