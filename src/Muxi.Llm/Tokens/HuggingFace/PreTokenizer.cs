namespace Muxi.Llm;

/// <summary>Reads the <c>pre_tokenizer</c> of a file into steps.</summary>
internal static class PreTokenizer
{
    private const string Supported = "ByteLevel, Split, Metaspace, Digits, Whitespace, WhitespaceSplit, Punctuation, Sequence";

    // The joiners are parts of words to the engine that cuts by this one.
    private const string Words = @"[\w\u200C\u200D]+|[^\w\s\u200C\u200D]+";

    /// <summary>The steps of a file, in order.</summary>
    public static Cutting[] Read(JsonPart part) => part.IsAbsent ? [] : [.. All(part)];

    private static IEnumerable<Cutting> All(JsonPart part) => part.Type switch
    {
        "Sequence" => Sequence([.. part.Parts("pretokenizers")]),
        "ByteLevel" => ByteLevel(part),
        "Split" => [new PatternCutting(Matcher.Of(part), Ends(part, part.Text("behavior")), part.Flag("invert", false))],
        "Metaspace" => Metaspace(part),
        "Digits" => [new PatternCutting(Matcher.OfSet(CharacterFacts.All.Numbers), part.Flag("individual_digits", false) ? SplitEnds.Isolated : SplitEnds.Contiguous, inverts: false)],
        "Whitespace" => [new PatternCutting(Matcher.OfExpression(Words), SplitEnds.Removed, inverts: true)],
        "WhitespaceSplit" => [new PatternCutting(Matcher.OfExpression(@"\s"), SplitEnds.Removed, inverts: false)],
        "Punctuation" => [new PatternCutting(Matcher.OfSet(CharacterFacts.All.Punctuation), part.Has("behavior") ? Ends(part, part.Text("behavior")) : SplitEnds.Isolated, inverts: false)],
        _ => throw part.RefuseType(Supported),
    };

    private static IEnumerable<Cutting> Sequence(JsonPart[] parts)
    {
        if (Scanners.Of(parts.Select(IsolatedPattern)) is not var (steps, scanner)) return parts.SelectMany(All);
        return [new PatternCutting(scanner, SplitEnds.Isolated, inverts: false), .. parts.Skip(steps).SelectMany(All)];
    }

    private static string? IsolatedPattern(JsonPart part) =>
        part.Type == "Split" && part.Pattern() is (var pattern, true) && part.Text("behavior") == "Isolated" && !part.Flag("invert", false) ? pattern : null;

    private static IEnumerable<Cutting> ByteLevel(JsonPart part)
    {
        if (part.Flag("add_prefix_space", true)) yield return new Cutting.Prefix(" ", firstAlone: false);
        if (part.Flag("use_regex", true)) yield return new PatternCutting(Matcher.OfExpression(Scanners.Gpt2), SplitEnds.Isolated, inverts: false);
        yield return new Cutting.ByteSpelling();
    }

    private static IEnumerable<Cutting> Metaspace(JsonPart part)
    {
        var replacement = part.Character("replacement");
        yield return new Cutting.Replacement(" ", replacement);
        // Old files tell by a flag whether to put one before.
        var scheme = part.Has("prepend_scheme") ? part.Text("prepend_scheme") : part.Flag("add_prefix_space", true) ? "always" : "never";
        if (scheme is not ("always" or "first" or "never")) throw part.Refuse($"prepend_scheme '{scheme}'", "always, first, never");
        if (scheme != "never") yield return new Cutting.Prefix(replacement, firstAlone: scheme == "first");
        if (part.Flag("split", true)) yield return new PatternCutting(Matcher.OfText(replacement), SplitEnds.WithNext, inverts: false);
    }

    private static SplitEnds Ends(JsonPart part, string behavior) =>
        PatternCutting.Ends(behavior) ?? throw part.Refuse($"behavior '{behavior}'", "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
}
