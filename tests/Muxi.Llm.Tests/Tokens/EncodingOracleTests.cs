using System.Globalization;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Ids against npm tiktoken, the reference, and npm gpt-tokenizer: tests/oracle/tokens.mjs.</summary>
public sealed class EncodingOracleTests
{
    private const int FewestTexts = 5000;

    /// <summary>The encodings that the reference has too.</summary>
    public static TheoryData<string> OfTheReference => ["o200k_base", "cl100k_base", "p50k_base", "p50k_edit", "r50k_base"];

    /// <summary>
    /// Where npm gpt-tokenizer differs from the reference, whose patterns it hands to JavaScript: the texts that hold such a character are left out, and <see cref="Every_judgement_is_still_needed"/>.
    /// </summary>
    private static readonly Dictionary<string, Func<string, bool>> _judged = new()
    {
        ["U+0085 is white space to Unicode, not to JavaScript's \\s"] = static text => text.Contains('\u0085', StringComparison.Ordinal),
        ["U+FEFF is white space to JavaScript's \\s, not to Unicode"] = static text => text.Contains('\uFEFF', StringComparison.Ordinal),
        ["The long s is an s where case does not matter, not in gpt-tokenizer's list of letters"] = static text => text.Contains("'\u017F", StringComparison.Ordinal),
        ["Node 22 has Unicode 17.0, the reference 16.0, to which the new characters are none yet"] = static text => text.EnumerateRunes().Any(IsNoneYet),
    };

    [Theory]
    [MemberData(nameof(OfTheReference))]
    public async Task Ids_are_those_of_the_reference(string encoding)
    {
        NpmPackages.Require("tiktoken");
        var texts = OracleTexts.All;

        var answers = await TextOracle.AskAsync("tokens.mjs", texts, "tiktoken", encoding, "ordinary");

        var tokenizer = Tokenizer.Get(encoding);
        TextOracle.Same(texts.Zip(answers), text => tokenizer.Encode(text));
        Assert.Equal(answers.Select(static ids => ids.Length), texts.Select(text => tokenizer.Count(text)));
    }

    [Theory]
    [MemberData(nameof(OfTheReference))]
    public async Task With_special_tokens_allowed_ids_are_those_of_the_reference(string encoding)
    {
        NpmPackages.Require("tiktoken");
        var tokenizer = Tokenizer.Get(encoding);
        var texts = WithSpecials([.. tokenizer.Specials.Keys.Order(StringComparer.Ordinal)]);

        var answers = await TextOracle.AskAsync("tokens.mjs", texts, "tiktoken", encoding, "specials");

        TextOracle.Same(texts.Zip(answers), text => tokenizer.Encode(text, SpecialTokens.All));
        Assert.All(answers, ids => Assert.Contains(ids, tokenizer.Specials.Values.Contains));
    }

    [Theory]
    [InlineData("o200k_harmony")]
    [InlineData("p50k_edit")]
    public async Task Ids_are_those_of_gpt_tokenizer(string encoding)
    {
        NpmPackages.Require("gpt-tokenizer");
        List<string> texts = [.. OracleTexts.All.Where(text => !_judged.Values.Any(holds => holds(text)))];

        var answers = await TextOracle.AskAsync("tokens.mjs", texts, "gpt-tokenizer", encoding, "ordinary");

        Assert.True(texts.Count >= FewestTexts);
        var tokenizer = Tokenizer.Get(encoding);
        TextOracle.Same(texts.Zip(answers), text => tokenizer.Encode(text));
    }

    [Fact]
    public async Task Every_judgement_is_still_needed()
    {
        NpmPackages.Require("gpt-tokenizer");
        var tokenizer = Tokenizer.Get("o200k_harmony");

        foreach (var (reason, holds) in _judged)
        {
            List<string> texts = [.. OracleTexts.Generated.Where(holds)];
            var answers = await TextOracle.AskAsync("tokens.mjs", texts, "gpt-tokenizer", "o200k_harmony", "ordinary");
            Assert.True(texts.Zip(answers).Any(it => !tokenizer.Encode(it.First).SequenceEqual(it.Second)), reason);
        }
    }

    // gpt-tokenizer 4.0.0 finds a special token at the beginning of a text alone (its expression is sticky), so that is where each is put.
    [Theory]
    [InlineData("o200k_harmony")]
    [InlineData("p50k_edit")]
    public async Task Special_tokens_are_those_of_gpt_tokenizer(string encoding)
    {
        NpmPackages.Require("gpt-tokenizer");
        var tokenizer = Tokenizer.Get(encoding);
        List<string> texts = [.. tokenizer.Specials.Keys.Order(StringComparer.Ordinal).SelectMany(name => (string[])[name, name + " it's"])];

        var answers = await TextOracle.AskAsync("tokens.mjs", texts, "gpt-tokenizer", encoding, "specials");

        TextOracle.Same(texts.Zip(answers), text => tokenizer.Encode(text, SpecialTokens.All));
        Assert.All(answers, ids => Assert.Contains(ids[0], tokenizer.Specials.Values));
    }

    [Fact]
    public void Harmony_is_o200k_but_for_its_special_tokens()
    {
        var (base200, harmony) = (Tokenizer.Get("o200k_base"), Tokenizer.Get("o200k_harmony"));

        Assert.All(OracleTexts.Generated, text => Assert.Equal(base200.Encode(text), harmony.Encode(text)));
    }

    [Theory]
    [MemberData(nameof(TokenizerTests.Names), MemberType = typeof(TokenizerTests))]
    public void What_was_encoded_is_decoded_to_the_same_text(string encoding)
    {
        var tokenizer = Tokenizer.Get(encoding);
        // One id of o200k_harmony has two names and is decoded to the other one.
        List<string> texts = [.. OracleTexts.All, .. WithSpecials([.. tokenizer.Specials.Keys.Order(StringComparer.Ordinal).Take(60).Where(static name => name != "<|reserved_200018|>")])];

        Assert.True(texts.Count >= FewestTexts);
        foreach (var text in texts)
        {
            Assert.Equal(Unicode(text), tokenizer.Decode(tokenizer.Encode(text)));
            Assert.Equal(Unicode(text), tokenizer.Decode(tokenizer.Encode(text, SpecialTokens.All)));
        }
    }

    // Not assigned in Unicode 16.0, whatever the runtime has.
    private static bool IsNoneYet(Rune rune) => Characters.Of(rune.ToString(), 0) == CharacterKinds.Other
        && Rune.GetUnicodeCategory(rune) is not (UnicodeCategory.Control or UnicodeCategory.Format or UnicodeCategory.PrivateUse);

    /// <summary>The text as a service would get it: U+FFFD for half a character.</summary>
    private static string Unicode(string text)
    {
        var runes = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes()) runes.Append(rune.ToString());
        return runes.ToString();
    }

    private static List<string> WithSpecials(string[] names)
    {
        var random = new Random(4);
        List<string> texts = [.. names, .. names.Select(name => name + name), .. names.Select(name => $" {name[..^1]}{name} \n{name}x")];
        foreach (var text in OracleTexts.Generated.Where(static (_, at) => at % 3 == 0))
        {
            // Not inside a pair of surrogates: two lone halves are what neither side was asked about.
            var at = random.Next(text.Length + 1);
            if (at > 0 && at < text.Length && char.IsSurrogatePair(text[at - 1], text[at])) at--;
            texts.Add(string.Create(CultureInfo.InvariantCulture, $"{text[..at]}{names[random.Next(names.Length)]}{text[at..]}"));
        }
        return texts;
    }
}
