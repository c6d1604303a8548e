namespace Muxi.Llm;

/// <summary>What was found.</summary>
/// <remarks>Source: CreateModerationResponse in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed partial record ModerationResponse : Reply
{
    /// <summary>The provider's id of the reply.</summary>
    public required string Id { get; init; }

    /// <summary>The model that looked, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>What was found in each text, in the order of the texts; one for parts, which are looked at together.</summary>
    public required IReadOnlyList<ModerationResult> Results { get; init; }

    /// <summary>What the call used, where the provider says.</summary>
    public Usage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether anything was found in any of them.</summary>
    public bool IsFlagged => Results.Any(result => result.Flagged);

    /// <summary>Reads a reply in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no results.</exception>
    public static ModerationResponse Parse(ReadOnlySpan<byte> utf8) => ModerationReply.Read(utf8) ?? throw new System.Text.Json.JsonException("A moderation needs 'results'.");

    /// <summary>The reply in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, reply) => ModerationReply.Write(json, reply), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => ModerationReply.Write(json, reply), indented: true);
}

/// <summary>What was found in one text, or in parts that belong together.</summary>
public sealed record ModerationResult
{
    /// <summary>Whether anything was found. Where the provider does not say it itself (Mistral), whether any category was.</summary>
    public bool Flagged { get; init; }

    /// <summary>Every category that the provider looks for, by its name, and whether it was found; null where the model does not look for it.</summary>
    public IReadOnlyDictionary<string, bool?> Categories { get; init; } = new Dictionary<string, bool?>();

    /// <summary>How sure the model is of each category, 0 to 1.</summary>
    public IReadOnlyDictionary<string, double> CategoryScores { get; init; } = new Dictionary<string, double>();

    /// <summary>What each category was looked for in: <c>text</c>, <c>image</c>; empty where the provider does not say.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> CategoryAppliedInputTypes { get; init; } = new Dictionary<string, IReadOnlyList<string>>();

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The names of the categories that were found.</summary>
    public IEnumerable<string> FlaggedCategories => Categories.Where(category => category.Value == true).Select(category => category.Key);
}
