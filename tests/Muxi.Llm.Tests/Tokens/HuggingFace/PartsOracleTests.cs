using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every part of a tokenizer.json that is supported, in files of its own, against Hugging Face's own library.</summary>
public sealed class PartsOracleTests
{
    private const string ByteLevel = """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""";

    public static TheoryData<string> Normalizers =>
    [
        """{"type":"NFC"}""",
        """{"type":"NFD"}""",
        """{"type":"NFKC"}""",
        """{"type":"NFKD"}""",
        """{"type":"Lowercase"}""",
        """{"type":"StripAccents"}""",
        """{"type":"Sequence","normalizers":[{"type":"NFD"},{"type":"StripAccents"},{"type":"Lowercase"}]}""",
        """{"type":"Strip","strip_left":true,"strip_right":false}""",
        """{"type":"Strip","strip_left":false,"strip_right":true}""",
        """{"type":"Strip","strip_left":true,"strip_right":true}""",
        """{"type":"Prepend","prepend":"▁"}""",
        """{"type":"Replace","pattern":{"String":" "},"content":"▁"}""",
        """{"type":"Replace","pattern":{"String":"a"},"content":""}""",
        """{"type":"Replace","pattern":{"Regex":" {2,}"},"content":"▁"}""",
        """{"type":"Replace","pattern":{"Regex":"^\\s+|\\s+$"},"content":"|"}""",
        """{"type":"Sequence","normalizers":[]}""",
    ];

    public static TheoryData<string> Cuttings =>
    [
        ByteLevel,
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""",
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":false}""",
        """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"first","split":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":false}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":false}""",
        """{"type":"Metaspace","replacement":"▁","add_prefix_space":true}""",
        """{"type":"Digits","individual_digits":true}""",
        """{"type":"Digits","individual_digits":false}""",
        """{"type":"Whitespace"}""",
        """{"type":"WhitespaceSplit"}""",
        """{"type":"Punctuation"}""",
        """{"type":"Punctuation","behavior":"Removed"}""",
        """{"type":"Punctuation","behavior":"MergedWithNext"}""",
        """{"type":"Punctuation","behavior":"MergedWithPrevious"}""",
        """{"type":"Punctuation","behavior":"Contiguous"}""",
        """{"type":"Sequence","pretokenizers":[{"type":"WhitespaceSplit"},{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}]}""",
        """{"type":"Sequence","pretokenizers":[{"type":"Digits","individual_digits":true},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true}]}""",
        // Falcon's: what follows ByteLevel sees bytes spelled as characters.
        """
        {"type":"Sequence","pretokenizers":[{"type":"Punctuation","behavior":"Contiguous"},{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":true},
        {"type":"Digits","individual_digits":false},{"type":"Split","pattern":{"Regex":"[0-9][0-9][0-9]"},"behavior":"Isolated","invert":false}]}
        """,
        .. from behavior in (string[])["Isolated", "Removed", "MergedWithPrevious", "MergedWithNext", "Contiguous"]
           from invert in (string[])["true", "false"]
           from pattern in (string[])["""{"String":" "}""", """{"Regex":"\\s+"}""", """{"Regex":"[ab.]"}""", """{"Regex":"[ab]*"}""", """{"Regex":"\\w+|[^\\w\\s]+"}"""]
           select $$"""{"type":"Split","pattern":{{pattern}},"behavior":"{{behavior}}","invert":{{invert}}}""",
    ];

    public static TheoryData<string> Patterns =>
    [
        .. PatternTexts,
        @"\s+(?!\S)|\s+", @"\S+", @"\d", @"\D+", @"\w+", @"\W", @"\h+", @"\H", @"\p{L}", @"\P{L}+", @"\p{^L}+", @"\p{Letter}", @"\p{Uppercase_Letter}+", @"[\p{L}\p{N}]+", @"[^\p{L}\s]+", @"[\p{Lu}&&[^A]]+", @"[a-c&&b]",
        @"\p{Han}+", @"[\p{Hiragana}\p{Katakana}]+", @"\p{Hangul}", @"\p{Latin}+", @"\p{Cyrillic}+|\p{Greek}+", @"\p{Arabic}+|\p{Thai}+|\p{Devanagari}+",
        "a|ab", "(?:ab|a)b?", "(a|b)+1", "(?:ab)*?1", "a{2}", "a{2,}", "a{1,2}", "a{,2}b", "a{2,3}?", "a{2}?", "[ab]{2}+", "a++b", "a*+1", "a?+a", "(?>a|ab)1", "[ab]+?1", "(?i:B)+", "(?i)B|é", "(?i:[a-b])", "(?i:É|ж)", "(?i:'s|'t)", "a(?=b)", "a(?!b)", "(?=[A-Z])", "(?:(?!1).)+",
        ".", "(?m:.)+", "^.", ".$", @"\A.", @".\z", @".\Z", @"\b", @"\B", @"\ba", @"\u4e2d", @"\x61", @"\x{1F600}", @"\.\-\[", @"[\-\]\\.]", "[-a]", "[a-]", "[^a-b]+", "[[a-b]1]", "[^[a-b]]", @"[\n]", @"\n|\t", @"\s+$|x+1", "{a", "a{b}", "(?:)", "x|",
        @"(?:'([sS]|[tT]|[rR][eE]|[vV][eE]|[mM]|[lL][lL]|[dD]))|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @"'(?i:[sdmt]|ll|ve|re)|[^\r\n\p{L}\p{N}]?+\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]++[\r\n]*|\s*[\r\n]|\s+(?!\S)|\s+",
        @"[\p{Han}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]*[\p{Ll}\p{Lm}\p{Lo}\p{M}&&[^\p{Han}]]+(?i:'s|'t|'re|'ve|'m|'ll|'d)?|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
        @" ?[^(\s|[.,!?…。，、।۔،])]+",
    ];

    // Patterns that have scanners written for them, spelled so that none is found and the pattern itself is tried.
    private static string[] PatternTexts =>
    [
        @"(?:'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+)",
        @"(?:(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
        @"(?:[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]*[\p{Ll}\p{Lm}\p{Lo}\p{M}]+|[^\r\n\p{L}\p{N}]?[\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]+[\p{Ll}\p{Lm}\p{Lo}\p{M}]*|\p{N}| ?[^\s\p{L}\p{N}]+[\r\n/]*|\s*[\r\n]+|\s+(?!\S)|\s+)",
    ];

    public static TheoryData<string> Decoders =>
    [
        "null",
        """{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true}""",
        """{"type":"ByteFallback"}""",
        """{"type":"Fuse"}""",
        """{"type":"Replace","pattern":{"String":"▁"},"content":" "}""",
        """{"type":"Replace","pattern":{"Regex":"[ab]+"},"content":"-"}""",
        """{"type":"Strip","content":"a","start":1,"stop":0}""",
        """{"type":"Sequence","decoders":[{"type":"Fuse"},{"type":"Strip","content":"a","start":2,"stop":0}]}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"always","split":true}""",
        """{"type":"Metaspace","replacement":"▁","prepend_scheme":"never","split":true}""",
        """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""",
        """{"type":"Sequence","decoders":[{"type":"ByteLevel","add_prefix_space":true,"trim_offsets":true,"use_regex":true},{"type":"Strip","content":"b","start":0,"stop":1}]}""",
    ];

    [Theory]
    [MemberData(nameof(Normalizers))]
    public async Task A_normalizer_leaves_what_the_librarys_leaves(string normalizer)
    {
        using var file = new TokenizerJson(TokenizerJson.Bytes, normalizer: normalizer, cutting: ByteLevel);
        await TokenizersOracle.SameIdsAsync(file.Load(), [.. TokenizerJson.Cuttable, .. OracleTexts.Generated]);
    }

    [Theory]
    [MemberData(nameof(Cuttings))]
    public async Task A_pre_tokenizer_cuts_where_the_librarys_cuts(string cutting)
    {
        using var file = new TokenizerJson(TokenizerJson.Cuts, cutting: cutting);
        await TokenizersOracle.SameIdsAsync(file.Load(), Texts(cutting));
    }

    [Theory]
    [MemberData(nameof(Patterns))]
    public async Task A_pattern_matches_what_the_librarys_matches(string pattern)
    {
        var cutting = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false };
        using var file = new TokenizerJson(TokenizerJson.Cuts, cutting: cutting.ToJsonString());
        await TokenizersOracle.SameIdsAsync(file.Load(), Texts(pattern));
    }

    // The library takes too long for longer texts: it tries every way to divide them.
    [Theory]
    [InlineData("(?:a+)+1")]
    [InlineData("(?:[ab]+1?)+A")]
    [InlineData("(?:a*b)*1|a+$")]
    [InlineData("[ab]*+1")]
    [InlineData("(?:a?b+)+(?=A)")]
    [InlineData("(?:b*a+)+?1")]
    public async Task A_pattern_with_many_ways_matches_what_the_librarys_matches_in_short_texts(string pattern)
    {
        var cutting = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false };
        using var file = new TokenizerJson(TokenizerJson.Cuts, cutting: cutting.ToJsonString());
        await TokenizersOracle.SameIdsAsync(file.Load(), [.. TokenizerJson.Random(11, 3000, ["a", "b", "1", "A"])]);
    }

    [Theory]
    [MemberData(nameof(Decoders))]
    public async Task A_decoder_makes_the_text_that_the_librarys_makes(string decoder)
    {
        string[] names = ["a", "aa", "ab", "b", "▁", "▁a", "a▁", "▁▁b", "Ġa", "Ċ", "é", "中", " ", "<0x41>", "<0xE4>", "<0xB8>", "<0xAD>", "<0xFF>", "<0xf0>", "<0x+1>", "Ã", "©", "â"];
        using var file = new TokenizerJson(TokenizerJson.Model(names), decoder: decoder, added: """[{"id":99,"content":"<x y>é","single_word":false,"lstrip":false,"rstrip":false,"normalized":false,"special":true}]""");
        var random = new Random(6);
        var ids = Enumerable.Range(0, 2000).Select(_ => Enumerable.Range(0, random.Next(1, 8)).Select(_ => random.Next(names.Length + 1)).ToArray());
        await TokenizersOracle.SameTextAsync(file.Load(), ids);
    }

    // There are many rows, and each text is asked about in another process: a row has a third of the generated texts, others another third, and with MUXI_LLM_LONG each has all.
    private static IReadOnlyList<string> Texts(string row)
    {
        var all = Environment.GetEnvironmentVariable("MUXI_LLM_LONG") == "1";
        return [.. TokenizerJson.Cuttable, .. OracleTexts.Generated.Where((_, at) => all || at % 3 == row.Length % 3)];
    }
}
