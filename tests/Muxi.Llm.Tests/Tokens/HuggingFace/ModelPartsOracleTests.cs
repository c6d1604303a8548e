using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the model and the added tokens of a tokenizer.json may say, against Hugging Face's own library.</summary>
public sealed class ModelPartsOracleTests
{
    private static readonly string[] _letters = ["a", "b", "ab", "c", "d", "cd", "abcd", "▁", "▁a", "<unk>", "é", "😀"];
    private static readonly (string, string)[] _merges = [("a", "b"), ("c", "d"), ("ab", "cd"), ("▁", "a")];
    private static readonly IReadOnlyList<string> _texts = TokenizerJson.Random(2, 2000, ["a", "b", "c", "d", "ab", "cd", "abcd", "▁", "x", "y", "é", "ß", "😀", "👍", "\uD800", "\0", " "]);

    public static TheoryData<string> Options =>
    [
        "{}",
        """{"unk_token":"<unk>"}""",
        """{"unk_token":"<unk>","fuse_unk":true}""",
        """{"unk_token":"<unk>","fuse_unk":true,"byte_fallback":true}""",
        """{"unk_token":"<unk>","fuse_unk":false,"byte_fallback":true}""",
        """{"byte_fallback":true}""",
        """{"ignore_merges":true}""",
        """{"unk_token":"<unk>","ignore_merges":true}""",
        """{"continuing_subword_prefix":"","end_of_word_suffix":"","dropout":null,"unk_token":null}""",
    ];

    public static TheoryData<string, bool> Flags
    {
        get
        {
            string[] flags = ["", "lstrip", "rstrip", "lstrip rstrip", "single_word", "single_word lstrip rstrip", "normalized", "normalized single_word"];
            var all = new TheoryData<string, bool>();
            foreach (var one in flags)
            {
                all.Add(one, true);
                all.Add(one, false);
            }
            return all;
        }
    }

    [Theory]
    [MemberData(nameof(Options))]
    public async Task What_the_vocabulary_lacks_becomes_what_the_library_makes_of_it(string options)
    {
        // Of the tokens for bytes some are missing, so that some characters have all of theirs and others do not.
        string[] bytes = [.. Enumerable.Range(0, 256).Where(static value => value is not (0x00 or 0x98 or 0x79)).Select(static value => $"<0x{value:X2}>")];
        var model = TokenizerJson.Model([.. _letters, .. bytes, "xy", "ax"], _merges);
        foreach (var (name, value) in JsonNode.Parse(options)!.AsObject()) model[name] = value?.DeepClone();
        using var file = new TokenizerJson(model);
        await TokenizersOracle.SameIdsAsync(file.Load(), [.. _texts, "xy", "ax", "x", "aß", "ßx\u0118\u0118x"]);
    }

    [Theory]
    [InlineData("""[["a","b"],["b","a"],["ab","a"],["a","b"]]""")]
    [InlineData("""["a b","b a","ab a"]""")]
    [InlineData("""["ab a","a b","b a"]""")]
    [InlineData("[]")]
    public async Task Merges_may_be_written_either_way_and_in_any_order(string merges)
    {
        var model = TokenizerJson.Model(["a", "b", "ab", "ba", "aba"]);
        model["merges"] = JsonNode.Parse(merges);
        using var file = new TokenizerJson(model);
        await TokenizersOracle.SameIdsAsync(file.Load(), TokenizerJson.Random(3, 2000, ["a", "b"]));
    }

    [Fact]
    public void Merges_may_stand_before_the_vocabulary_and_the_type_may_be_missing()
    {
        using var file = new TokenizerJson("\uFEFF" + """{"model":{"merges":["a b"],"vocab":{"a":0,"b":1,"\u0061b":2}}}""");
        Assert.Equal([2, 0], file.Load().Encode("aba"));
    }

    [Theory]
    [MemberData(nameof(Flags))]
    public async Task An_added_token_is_found_where_the_library_finds_it(string flags, bool special)
    {
        // Of two names that are normalized alike the library finds now the one, now the other: here are none.
        var added = string.Join(',', new[] { "[T]", "ab", "aba", "Éa", " b", "b c", "[t" }.Select((name, at) => Added(at + 500, name, special, flags)));
        using var file = new TokenizerJson(TokenizerJson.Bytes, normalizer: """{"type":"Lowercase"}""", cutting: """{"type":"Metaspace","replacement":"_","prepend_scheme":"first","split":true}""", added: $"[{added}]");
        string[] parts = ["[T]", "ab", "a", "b", "c", " ", "  ", "\n", "É", "éa", "[t]", "[", "T", "_", "1", "\u0301", "\u200D", "Ⓐ", "中", ".", "\u00A0"];
        await TokenizersOracle.SameIdsAsync(file.Load(), TokenizerJson.Random(7, 3000, parts));
    }

    [Fact]
    public async Task An_added_token_has_the_id_that_the_library_gives_it()
    {
        // One is in the vocabulary, one's id is out of the row, one stands there twice, and one of two is special.
        const string added = """
            [{"id":7,"content":"b","special":false,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
             {"id":70,"content":"<x>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
             {"id":71,"content":"<x>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},
             {"id":90,"content":"<y>","special":false,"single_word":false,"lstrip":false,"rstrip":false,"normalized":true},
             {"id":91,"content":"<z>","special":true,"single_word":false,"lstrip":true,"rstrip":false,"normalized":true}]
            """;
        using var file = new TokenizerJson(TokenizerJson.Model(["a", "b", " "]), added: added);
        var tokenizer = file.Load();
        await TokenizersOracle.SameIdsAsync(tokenizer, TokenizerJson.Random(8, 1000, ["a", "b", "<x>", "<y>", "<z>", " ", "<", "c"]));
        Assert.Equal(["<x>", "<z>"], tokenizer.Specials.Keys.Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task A_prefix_of_each_part_goes_before_parts_between_added_tokens()
    {
        const string added = """[{"id":9,"content":"<s>","special":true,"single_word":false,"lstrip":false,"rstrip":false,"normalized":false},{"id":10,"content":"<n>","special":false,"single_word":false,"lstrip":false,"rstrip":false,"normalized":true}]""";
        using var file = new TokenizerJson(TokenizerJson.Model(_letters, _merges), normalizer: """{"type":"Prepend","prepend":"▁"}""", added: added);
        await TokenizersOracle.SameIdsAsync(file.Load(), TokenizerJson.Random(9, 2000, ["a", "b", "<s>", "<n>", "cd", "▁"]));
    }

    private static string Added(int id, string name, bool special, string flags)
    {
        var token = new JsonObject { ["id"] = id, ["content"] = name, ["special"] = special };
        foreach (var flag in (string[])["single_word", "lstrip", "rstrip", "normalized"]) token[flag] = flags.Split(' ').Contains(flag);
        return token.ToJsonString();
    }
}
