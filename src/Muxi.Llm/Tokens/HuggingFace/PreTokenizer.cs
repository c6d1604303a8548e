namespace Muxi.Llm;

/// <summary>Reads the <c>pre_tokenizer</c> of a file into steps.</summary>
internal static class PreTokenizer
{
    private const string Supported = "ByteLevel, Split, Metaspace, Digits, Whitespace, WhitespaceSplit, Punctuation, Sequence";

    /// <summary>GPT-2's pattern, which ByteLevel cuts by.</summary>
    private const string Gpt2 = @"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";

    // The joiners are parts of words to the engine that cuts by this one.
    private const string Words = @"[\w\u200C\u200D]+|[^\w\s\u200C\u200D]+";

    /// <summary>The steps of a file, in order.</summary>
    public static Cutting[] Read(JsonPart part) => part.IsAbsent ? [] : [.. All(part)];

    private static IEnumerable<Cutting> All(JsonPart part) => part.Type switch
    {
        "Sequence" => part.Parts("pretokenizers").SelectMany(All),
        "ByteLevel" => ByteLevel(part),
        "Split" => [new Split(Matcher.Of(part), Ends(part, part.Text("behavior")), part.Flag("invert", false))],
        "Metaspace" => Metaspace(part),
        "Digits" => [new Split(Matcher.OfSet(CharacterFacts.All.Numbers), part.Flag("individual_digits", false) ? SplitEnds.Isolated : SplitEnds.Contiguous, inverts: false)],
        "Whitespace" => [new Split(Matcher.OfExpression(Words), SplitEnds.Removed, inverts: true)],
        "WhitespaceSplit" => [new Split(Matcher.OfExpression(@"\s"), SplitEnds.Removed, inverts: false)],
        "Punctuation" => [new Split(Matcher.OfSet(CharacterFacts.All.Punctuation), part.Has("behavior") ? Ends(part, part.Text("behavior")) : SplitEnds.Isolated, inverts: false)],
        _ => throw part.RefuseType(Supported),
    };

    private static IEnumerable<Cutting> ByteLevel(JsonPart part)
    {
        if (part.Flag("add_prefix_space", true)) yield return new Cutting.Prefix(" ", firstAlone: false);
        if (part.Flag("use_regex", true)) yield return new Split(Matcher.OfExpression(Gpt2), SplitEnds.Isolated, inverts: false);
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
        if (part.Flag("split", true)) yield return new Split(Matcher.OfText(replacement), SplitEnds.WithNext, inverts: false);
    }

    private static SplitEnds Ends(JsonPart part, string behavior) =>
        Split.Ends(behavior) ?? throw part.Refuse($"behavior '{behavior}'", "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous");
}
