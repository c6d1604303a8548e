namespace Muxi.Llm;

/// <summary>
/// Something found for the model to answer from: by a search of the caller's own, in a user's message or in a tool's result. A format that knows search results sends it as
/// one, so that the answer can cite it (<see cref="Message.Annotations"/>); any other is told it in words.
/// </summary>
public sealed record SearchResult
{
    /// <summary>Where it is from: an address, or the caller's own name for it; a citation tells it again.</summary>
    public required string Source { get; init; }

    /// <summary>What it is called; a citation tells it again. Null for none.</summary>
    public string? Title { get; init; }

    /// <summary>What was found, in one piece or in several; a citation is of whole pieces.</summary>
    public required IReadOnlyList<string> Content { get; init; }

    /// <summary>The caller's id of it, for formats in which documents have one.</summary>
    public string? Id { get; init; }

    /// <summary>Whether the answer shall cite it, where the format can tell; some services want all of a request's results alike.</summary>
    public bool Cite { get; init; } = true;

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
