using System.Buffers;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What one does with a tokenizer: count up to a limit, cut, allow special tokens.</summary>
public sealed class TokenizerTests
{
    private const string Prose = "Don't count your chickens before they've hatched; 12,345 eggs aren't 12,345 hens.\n\n  Ça va? 東京は晴れです。 नमस्ते दुनिया 👩‍👩‍👧‍👦 🏳️‍🌈 \t\r\n end ";

    public static TheoryData<string> Names => [.. Tokenizer.Names];

    [Fact]
    public void There_are_six_encodings() =>
        Assert.Equal(["cl100k_base", "o200k_base", "o200k_harmony", "p50k_base", "p50k_edit", "r50k_base"], Tokenizer.Names.Order(StringComparer.Ordinal));

    [Theory]
    [MemberData(nameof(Names))]
    public void An_encoding_is_read_once(string name)
    {
        Assert.Same(Tokenizer.Get(name), Tokenizer.Get(name));
        Assert.Equal(name, Tokenizer.Get(name).Name);
    }

    [Theory]
    [InlineData("o200k_base", 200_019)]
    [InlineData("o200k_harmony", 201_088)]
    [InlineData("cl100k_base", 100_277)]
    [InlineData("p50k_base", 50_281)]
    [InlineData("p50k_edit", 50_284)]
    [InlineData("r50k_base", 50_257)]
    public void The_vocabulary_ends_behind_the_highest_id(string name, int size)
    {
        var tokenizer = Tokenizer.Get(name);

        Assert.Equal(size, tokenizer.VocabularySize);
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.Decode(size));
        Assert.NotEmpty(tokenizer.Decode(size - 1));
    }

    [Fact]
    public void An_unknown_name_is_answered_with_the_known_ones()
    {
        var error = Assert.Throws<ArgumentException>(() => Tokenizer.Get("o300k"));

        Assert.StartsWith("There is no encoding 'o300k'; there are o200k_base, o200k_harmony, cl100k_base, p50k_base, p50k_edit, r50k_base.", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Special_tokens_are_text_unless_they_are_allowed()
    {
        var tokenizer = Tokenizer.Get("o200k_base");
        const string text = "a<|endoftext|>b<|endofprompt|>";

        Assert.DoesNotContain(199_999, tokenizer.Encode(text));
        Assert.DoesNotContain(199_999, tokenizer.Encode(text, SpecialTokens.None));
        Assert.Equal([64, 199_999, 65, 200_018], tokenizer.Encode(text, SpecialTokens.All));
        Assert.Equal(text, tokenizer.Decode(tokenizer.Encode(text, SpecialTokens.All)));
        var one = tokenizer.Encode(text, SpecialTokens.Only("<|endofprompt|>", "<|nothing|>"));
        Assert.DoesNotContain(199_999, one);
        Assert.Equal(200_018, one[^1]);
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Counting_ends_at_the_limit(string name)
    {
        var tokenizer = Tokenizer.Get(name);
        var count = tokenizer.Count(Prose);

        Assert.Equal(tokenizer.Encode(Prose).Length, count);
        for (var limit = 0; limit < count + 2; limit++) Assert.Equal(Math.Min(count, limit + 1), tokenizer.CountUpTo(Prose, limit));
        Assert.Throws<ArgumentOutOfRangeException>(() => tokenizer.CountUpTo(Prose, -1));
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void The_beginning_of_a_text_is_its_first_tokens_up_to_a_whole_character(string name)
    {
        var tokenizer = Tokenizer.Get(name);
        var ids = tokenizer.Encode(Prose);
        for (var limit = 0; limit <= ids.Length + 1; limit++)
        {
            var cut = tokenizer.Truncate(Prose, limit);

            Assert.StartsWith(cut, Prose, StringComparison.Ordinal);
            Assert.InRange(tokenizer.Count(cut), 0, limit);
            AssertWhole(cut);
            var decoded = tokenizer.Decode(ids.AsSpan(0, Math.Min(limit, ids.Length)));
            if (!decoded.EndsWith('\uFFFD') && tokenizer.Count(decoded) <= limit) Assert.Equal(decoded, cut);
        }
    }

    [Theory]
    [MemberData(nameof(Names))]
    public void Parts_of_a_text_are_the_text_and_none_has_too_many_tokens(string name)
    {
        var tokenizer = Tokenizer.Get(name);
        foreach (var text in (string[])[Prose, string.Concat(Enumerable.Repeat(Prose, 40)), new('a', 5000), new(' ', 5000), new('\n', 3000), string.Concat(Enumerable.Repeat("👩‍👩‍👧‍👦", 300)), "", "x"])
            foreach (var limit in (int[])[6, 7, 64, 100_000])
            {
                var parts = tokenizer.Split(text, limit).ToList();

                Assert.Equal(text, string.Concat(parts));
                Assert.All(parts, part => Assert.InRange(tokenizer.Count(part), 1, limit));
                Assert.All(parts, AssertWhole);
            }
    }

    [Fact]
    public void Parts_are_about_as_few_as_can_be()
    {
        var tokenizer = Tokenizer.Get("o200k_base");
        var text = string.Concat(Enumerable.Repeat(Prose, 200));

        Assert.InRange(tokenizer.Split(text, 100).Count(), tokenizer.Count(text) / 100, tokenizer.Count(text) / 95 + 1);
    }

    [Fact]
    public void A_character_that_no_part_has_room_for_is_an_error_that_names_it()
    {
        var error = Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Get("r50k_base").Split("ab🦩", 1).ToList());

        Assert.StartsWith("The character U+1F9A9 alone has 3 tokens; a part must have room for it.", error.Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentOutOfRangeException>(() => Tokenizer.Get("r50k_base").Split("a", 0));
    }

    [Fact]
    public void A_lone_surrogate_is_a_replacement_character()
    {
        var tokenizer = Tokenizer.Get("o200k_base");

        Assert.Equal(tokenizer.Encode("a\uFFFDb\uFFFD"), tokenizer.Encode("a\uD83Db\uDE00"));
        Assert.Equal("a\uFFFDb", tokenizer.Decode(tokenizer.Encode("a\uD83Db")));
        Assert.Equal("a\uD83Db", string.Concat(tokenizer.Split("a\uD83Db", 3)));
    }

    [Fact]
    public void Tokens_that_are_parts_of_a_character_have_bytes_but_no_text()
    {
        var tokenizer = Tokenizer.Get("cl100k_base");
        var ids = tokenizer.Encode("🦩");

        Assert.True(ids.Length > 1);
        Assert.Equal("\uFFFD", tokenizer.Decode(ids[0])[..1]);
        Assert.Equal(Encoding.UTF8.GetBytes("🦩"), ids.SelectMany(id => tokenizer.DecodeBytes(id)));
    }

    [Fact]
    public void Ids_can_be_written_to_a_buffer()
    {
        var tokenizer = Tokenizer.Get("o200k_base");
        var buffer = new ArrayBufferWriter<int>();
        tokenizer.Encode(Prose, buffer);

        Assert.Equal(tokenizer.Encode(Prose), buffer.WrittenSpan.ToArray());
    }

    [Fact]
    public void Many_threads_share_an_encoding()
    {
        var tokenizer = Tokenizer.Get("o200k_base");
        var expected = tokenizer.Encode(Prose);

        Parallel.For(0, 64, _ => Assert.Equal(expected, tokenizer.Encode(Prose)));
    }

    private static void AssertWhole(string text) => Assert.True(text.Length == 0 || Rune.TryGetRuneAt(text, text.Length - (char.IsLowSurrogate(text[^1]) ? 2 : 1), out _), "the cut breaks a character");
}
