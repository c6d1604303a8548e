using System.Diagnostics;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Files that are refused, and what holds for every file.</summary>
public sealed class TokenizerJsonTests
{
    [Theory]
    [InlineData("Unigram")]
    [InlineData("WordPiece")]
    [InlineData("WordLevel")]
    public void A_model_of_another_kind_is_refused_by_name(string type)
    {
        using var file = new TokenizerJson($$$"""{"model":{"type":"{{{type}}}","vocab":[["a",0.5]]}}""");
        Refuses(file, $"the model '{type}'", "supported: BPE");
    }

    [Theory]
    [InlineData("normalizer", "Precompiled", "NFC, NFD")]
    [InlineData("normalizer", "BertNormalizer", "NFC, NFD")]
    [InlineData("pre_tokenizer", "BertPreTokenizer", "ByteLevel, Split")]
    [InlineData("pre_tokenizer", "UnicodeScripts", "ByteLevel, Split")]
    [InlineData("decoder", "WordPiece", "ByteLevel, Replace")]
    [InlineData("decoder", "CTC", "ByteLevel, Replace")]
    public void A_part_that_is_not_supported_is_refused_by_name(string part, string type, string supported)
    {
        using var file = new TokenizerJson($$$"""{"{{{part}}}":{"type":"{{{type}}}"},"model":{"type":"BPE","vocab":{},"merges":[]}}""");
        Refuses(file, $"the {part} '{type}'", $"supported: {supported}");
    }

    [Fact]
    public void A_part_within_a_sequence_is_refused_as_one_outside_it()
    {
        using var file = new TokenizerJson(TokenizerJson.Bytes, normalizer: """{"type":"Sequence","normalizers":[{"type":"NFC"},{"type":"Nmt"}]}""");
        Refuses(file, "the normalizer 'Nmt'", "supported:");
    }

    [Theory]
    [InlineData("dropout", "0.1", "dropout")]
    [InlineData("continuing_subword_prefix", "\"##\"", "continuing_subword_prefix '##'")]
    [InlineData("end_of_word_suffix", "\"</w>\"", "end_of_word_suffix '</w>'")]
    public void A_model_with_an_option_that_is_not_supported_is_refused(string option, string value, string named)
    {
        var model = TokenizerJson.Model(["a"]);
        model[option] = JsonNode.Parse(value);
        using var file = new TokenizerJson(model);
        Refuses(file, "a model BPE with", named);
    }

    [Theory]
    [InlineData(@"(?<=a)b", "(?<=a")]
    [InlineData(@"(a)\1", @"\1")]
    [InlineData(@"\p{Klingon}", @"\p{Klingon}")]
    [InlineData(@"[[:alpha:]]", "[:name:]")]
    [InlineData(@"(?:a*)*", "a repetition of what may be empty")]
    [InlineData(@"(a", "'(' without ')'")]
    [InlineData(@"a)", "')' without '('")]
    [InlineData(@"[a", "'[' without ']'")]
    [InlineData(@"*a", "'*' with nothing to repeat")]
    [InlineData(@"\K", @"\K")]
    [InlineData("(?i:straße)", "(?i) with 'ß'")]
    public void A_pattern_with_what_we_lack_is_refused_by_name(string pattern, string named)
    {
        var cutting = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Isolated", ["invert"] = false };
        using var file = new TokenizerJson(TokenizerJson.Bytes, cutting: cutting.ToJsonString());
        Refuses(file, "pre_tokenizer Split", named);
    }

    [Theory]
    [InlineData("""{"type":"Split","pattern":{"String":" "},"behavior":"Doubled","invert":false}""", "behavior 'Doubled'")]
    [InlineData("""{"type":"Metaspace","replacement":"▁","prepend_scheme":"last"}""", "prepend_scheme 'last'")]
    [InlineData("""{"type":"Metaspace","replacement":"▁▁"}""", "replacement '▁▁'")]
    public void A_setting_that_is_not_known_is_refused(string cutting, string named)
    {
        using var file = new TokenizerJson(TokenizerJson.Bytes, cutting: cutting);
        Refuses(file, "which is not supported", named);
    }

    [Theory]
    [InlineData("", "is no tokenizer.json")]
    [InlineData("[1]", "it is not an object")]
    [InlineData("{}", "it has no model")]
    [InlineData("""{"model":{"type":"BPE","vocab":{"a":0}}}""", "its model has no merges")]
    [InlineData("""{"model":{"type":"BPE","merges":[]}}""", "its model has no vocab")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":["a"]}}""", "a merge is not of two tokens")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":["a a"]}}""", "'aa', which its vocab lacks")]
    [InlineData("""{"model":{"vocab":{"a":0,"b":0},"merges":[]}}""", "two tokens have the id 0")]
    [InlineData("""{"model":{"vocab":{"a":-1},"merges":[]}}""", "the id -1")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[],"unk_token":"b"}}""", "unk_token 'b'")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"normalizer":{}}""", "has no type")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]}""", "is no tokenizer.json")]
    public void A_file_that_is_none_is_refused_with_the_reason(string json, string reason)
    {
        using var file = new TokenizerJson(json);
        Refuses(file, reason, file.Place);
    }

    [Fact]
    public void A_file_that_cannot_be_read_is_refused_with_the_reason()
    {
        var missing = Path.Combine(Path.GetTempPath(), "no-such-tokenizer.json");
        Assert.Equal($"the tokenizer {missing} is not there", Assert.Throws<ConfigurationException>(() => Tokenizer.FromFile(missing)).Message);
        Assert.Equal($"the tokenizer {Path.GetTempPath()} is a folder, not a file", Assert.Throws<ConfigurationException>(() => Tokenizer.FromFile(Path.GetTempPath())).Message);
    }

    [Fact]
    public void An_old_file_tells_by_a_flag_that_nothing_goes_before_a_text()
    {
        using var file = new TokenizerJson(TokenizerJson.Model(["a", "_", "_a"], ("_", "a")), cutting: """{"type":"Metaspace","replacement":"_","add_prefix_space":false}""");
        Assert.Equal([0, 2], file.Load().Encode("a a"));
    }

    [Fact]
    public void A_special_token_is_text_unless_it_is_allowed()
    {
        const string added = """[{"id":256,"content":"<s>","special":true,"normalized":false},{"id":257,"content":"<t>","special":true,"normalized":false},{"id":258,"content":"<u>","special":false,"normalized":false}]""";
        using var file = new TokenizerJson(TokenizerJson.Bytes, cutting: """{"type":"ByteLevel","add_prefix_space":false}""", decoder: """{"type":"ByteLevel"}""", added: added);
        var tokenizer = file.Load();

        Assert.Equal([.. "<s><t>"u8.ToArray().Select(static value => (int)value), 258], tokenizer.Encode("<s><t><u>"));
        Assert.Equal([256, .. "<t>"u8.ToArray().Select(static value => (int)value), 258], tokenizer.Encode("<s><t><u>", SpecialTokens.Only("<s>")));
        Assert.Equal([256, 257, 258], tokenizer.Encode("<s><t><u>", SpecialTokens.All));
        Assert.Equal("<s><t><u>", tokenizer.Decode(256, 257, 258));
        Assert.Equal(259, tokenizer.VocabularySize);
        Assert.Equal(file.Place, tokenizer.Name);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(259));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.DecodeBytes(-1));
    }

    [Fact]
    public void Bytes_that_are_no_character_come_back_as_they_are()
    {
        string[] names = ["a", "<0xE4>", "<0xB8>", "<0xAD>", "▁b"];
        using var file = new TokenizerJson(TokenizerJson.Model(names), decoder: """{"type":"Sequence","decoders":[{"type":"Replace","pattern":{"String":"▁"},"content":" "},{"type":"ByteFallback"},{"type":"Fuse"},{"type":"Strip","content":" ","start":1,"stop":0}]}""");
        var tokenizer = file.Load();

        Assert.Equal([0xE4, 0xB8, (byte)'a'], tokenizer.DecodeBytes(1, 2, 0));
        Assert.Equal("中 b", tokenizer.Decode(1, 2, 3, 4));
        Assert.Equal("b", tokenizer.Decode(4));
        Assert.Equal(" b"u8, tokenizer.Bytes(4));
    }

    [Theory]
    [InlineData("llama2")]
    [InlineData("qwen3")]
    public void A_text_is_cut_at_a_limit_of_tokens(string model)
    {
        var tokenizer = Tokenizer.FromFile(Path.Combine(NpmPackages.Require(Path.Combine("@lenml", $"tokenizer-{model}")), "models", "tokenizer.json"));
        foreach (var text in OracleTexts.Generated.Take(300).Where(static text => text.Length > 0))
        {
            var cut = tokenizer.Truncate(text, 10);
            Assert.StartsWith(cut, text, StringComparison.Ordinal);
            Assert.True(tokenizer.Count(cut) <= 10);
            Assert.Equal(tokenizer.Count(text) <= 10, cut.Length == text.Length);
        }
    }

    [Theory]
    [InlineData("llama2", "a")]
    [InlineData("llama2", " ")]
    [InlineData("llama2", "😀")]
    [InlineData("llama2", "\u0378")]
    [InlineData("gemma3", "ab")]
    [InlineData("qwen3", "\u0344")]
    [InlineData("deepseek_v3", "1")]
    [InlineData("mistral_nemo", "A\u0301")]
    [InlineData("gpt2", " \n")]
    public void A_hostile_text_takes_time_in_proportion_to_its_length(string model, string unit)
    {
        var tokenizer = Tokenizer.FromFile(Path.Combine(NpmPackages.Require(Path.Combine("@lenml", $"tokenizer-{model}")), "models", "tokenizer.json"));
        var (few, many) = (Repeated(unit, 100_000), Repeated(unit, 1_600_000));

        // The best of several, for the machine has other work; quadratic would be 256 times as long.
        var times = Enumerable.Range(0, 4).Select(_ => (Few: Time(tokenizer, few), Many: Time(tokenizer, many))).ToList();

        Assert.True(times.Min(static it => it.Many) < 80 * times.Min(static it => it.Few), string.Join(' ', times));
    }

    [Theory]
    [InlineData(@"\s+$", " ", "x")]
    [InlineData(@"^\s+|\s+$", " ", "x")]
    [InlineData(@"(?:a+)+c", "a", "b")]
    [InlineData(@"(?:a+b?)+c", "a", "b")]
    [InlineData(@"a++c", "a", "b")]
    [InlineData(@"[a-c]*\d", "b", "x")]
    public void A_pattern_that_almost_matches_takes_time_in_proportion_to_the_text(string pattern, string unit, string end)
    {
        var cutting = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Removed", ["invert"] = true };
        using var file = new TokenizerJson(TokenizerJson.Bytes, cutting: cutting.ToJsonString());
        var tokenizer = file.Load();
        var (few, many) = (Repeated(unit, 20_000) + end, Repeated(unit, 320_000) + end);

        var times = Enumerable.Range(0, 4).Select(_ => (Few: Time(tokenizer, few), Many: Time(tokenizer, many))).ToList();

        Assert.True(times.Min(static it => it.Many) < 80 * times.Min(static it => it.Few), string.Join(' ', times));
        Assert.Equal(0, tokenizer.Count(many));
    }

    private static TimeSpan Time(Tokenizer tokenizer, string text)
    {
        var clock = Stopwatch.StartNew();
        tokenizer.Count(text);
        return clock.Elapsed;
    }

    private static string Repeated(string unit, int length) => string.Concat(Enumerable.Repeat(unit, length / unit.Length));

    private static void Refuses(TokenizerJson file, params ReadOnlySpan<string> parts)
    {
        var refusal = Assert.Throws<ConfigurationException>(file.Load);
        Assert.Contains(file.Place, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        foreach (var part in parts) Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }
}
