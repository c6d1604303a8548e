namespace Muxi.Llm.Tests;

/// <summary>A megabyte of one thing. The peers need time that grows with the square of a piece, so that most are asked about the beginning alone.</summary>
public sealed class HostileTextTests
{
    private const int Megabyte = 1 << 20;
    private const int Some = 384;
    private const int MostBytes = 1024;

    /// <summary>What makes one long piece, or pieces of which two borders never meet: doubled, it has twice the tokens.</summary>
    private static readonly string[] _units = ["a", "A", "e", " ", "\n", "\t", "0", "7", "=", "-", "/", "😀", "中", "ह", "\u0301", "\0", "'", "a'", " a", "Aa", "x1", "\uD800", "👩🏽‍🚀", "?!", " \n"];

    /// <summary>What every pattern cuts into short pieces, which the reference has done soon.</summary>
    private static readonly string[] _choppy = ["a'", " a", "x1", "Ab!\n"];

    [Theory]
    [MemberData(nameof(EncodingOracleTests.OfTheReference), MemberType = typeof(EncodingOracleTests))]
    public async Task A_megabyte_of_one_thing_has_as_many_tokens_as_its_beginning_tells(string encoding)
    {
        NpmPackages.Require("tiktoken");
        List<string> texts = [.. _units.SelectMany(unit => (string[])[Times(unit, Some), Times(unit, 2 * Some)])];

        var counts = await CountAsync(texts, encoding);

        var tokenizer = Tokenizer.Get(encoding);
        foreach (var (unit, at) in _units.Select((unit, at) => (unit, at)))
        {
            var (once, twice) = (counts[2 * at], counts[2 * at + 1]);
            var times = Megabyte / Some / 4;
            Assert.Equal(once, tokenizer.Count(texts[2 * at]));
            Assert.Equal(twice, tokenizer.Count(texts[2 * at + 1]));
            // The tokens that each further stretch of that length adds.
            Assert.Equal(once + (times - 1) * (twice - once), tokenizer.Count(Times(unit, times * Some)));
        }
    }

    [Theory]
    [MemberData(nameof(EncodingOracleTests.OfTheReference), MemberType = typeof(EncodingOracleTests))]
    public async Task A_megabyte_of_short_pieces_has_as_many_tokens_as_the_reference_counts(string encoding)
    {
        NpmPackages.Require("tiktoken");
        List<string> texts = [.. _choppy.Select(unit => Times(unit, Megabyte / unit.Length))];

        var counts = await CountAsync(texts, encoding);

        var tokenizer = Tokenizer.Get(encoding);
        Assert.Equal(counts, texts.Select(text => tokenizer.Count(text)));
    }

    [Theory]
    [MemberData(nameof(TokenizerTests.Names), MemberType = typeof(TokenizerTests))]
    public void Counting_allocates_next_to_nothing(string encoding)
    {
        var tokenizer = Tokenizer.Get(encoding);
        List<string> texts = [.. _choppy.Concat(["a", " ", "0", "中", "😀", "\uD800"]).Select(unit => Times(unit, Megabyte / unit.Length)), .. OracleTexts.Generated.Take(200)];

        Assert.All(texts, text => Assert.InRange(Allocated(tokenizer, text), 0, MostBytes));
    }

    // What is rented is given back, but a collection in between may take it: the least of some calls is what a call needs.
    private static long Allocated(Tokenizer tokenizer, string text)
    {
        tokenizer.Count(text);
        return Enumerable.Range(0, 3).Min(_ =>
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            tokenizer.Count(text);
            return GC.GetAllocatedBytesForCurrentThread() - before;
        });
    }

    private static async Task<List<int>> CountAsync(List<string> texts, string encoding)
    {
        var answers = await TextOracle.AskAsync("tokens.mjs", texts, "tiktoken", encoding, "count");
        return [.. answers.Select(static it => it[0])];
    }

    private static string Times(string unit, int times) => string.Concat(Enumerable.Repeat(unit, times));
}
