namespace Muxi.Llm.Tests;

public sealed class CharactersTests
{
    private static readonly IEnumerable<int> _scalars = Enumerable.Range(0, 0x110000).Where(static code => code is < 0xD800 or > 0xDFFF);

    private static readonly Dictionary<string, CharacterKinds> _kinds = new()
    {
        ["other"] = CharacterKinds.Other,
        ["upper"] = CharacterKinds.Letter | CharacterKinds.Front,
        ["lower"] = CharacterKinds.Letter | CharacterKinds.Rest,
        ["letter"] = CharacterKinds.Letter | CharacterKinds.Front | CharacterKinds.Rest,
        ["mark"] = CharacterKinds.Other | CharacterKinds.Front | CharacterKinds.Rest | CharacterKinds.Mark,
        ["number"] = CharacterKinds.Number,
        ["space"] = CharacterKinds.Space,
        ["sign"] = CharacterKinds.Other | CharacterKinds.Sign,
    };

    [Fact]
    public async Task Every_character_is_of_the_kind_that_the_reference_takes_it_for()
    {
        NpmPackages.Require("tiktoken");
        var runs = await NodeOracle.ReadAsync("kinds.mjs", NpmPackages.Modules);

        var (run, differ) = (-1, new List<string>());
        for (var code = 0; code < 0x110000; code++)
        {
            if (run + 1 < runs.Count && runs[run + 1]["from"]!.GetValue<int>() == code) run++;
            if (code is >= 0xD800 and <= 0xDFFF) continue;
            var expected = runs[run]["kind"]!.GetValue<string>();
            var text = char.ConvertFromUtf32(code);
            var kinds = Characters.Of(text, 0, out var next);
            if (kinds != _kinds[expected] || next != text.Length) differ.Add($"U+{code:X4} is {expected}, to us {kinds}");
        }

        Assert.True(runs.Count > 3000);
        Assert.Empty(differ);
    }

    // Two tables: that of the scanners here, and for the patterns of tokenizer files that of the runtime, which has finer categories. A newer runtime may know more characters than the libraries do.
    [Theory]
    [InlineData("L", CharacterKinds.Letter)]
    [InlineData("N", CharacterKinds.Number)]
    [InlineData("M", CharacterKinds.Mark)]
    public void A_pattern_takes_a_character_for_what_a_scanner_takes_it_for(string property, object kind)
    {
        var set = CodePointSet.OfProperty(property, isNegated: false)!;

        Assert.DoesNotContain(_scalars, code => set.Contains(code) != Characters.Is(char.ConvertFromUtf32(code), 0, (CharacterKinds)kind));
    }

    [Fact]
    public void White_space_is_the_same_to_patterns_and_to_scanners() =>
        Assert.DoesNotContain(_scalars, static code => CodePointSet.Space.Contains(code) != Characters.Is(char.ConvertFromUtf32(code), 0, CharacterKinds.Space));

    [Theory]
    [InlineData("\uD800")]
    [InlineData("\uDC00x")]
    [InlineData("\uD83Dx")]
    [InlineData("\uD83D\uD83D")]
    public void Half_a_character_is_a_sign_of_its_own(string text)
    {
        Assert.Equal(CharacterKinds.Other | CharacterKinds.Sign, Characters.Of(text, 0, out var next));
        Assert.Equal(1, next);
    }

    [Fact]
    public void Nothing_stands_behind_the_end()
    {
        Assert.Equal(CharacterKinds.None, Characters.Of("a", 1));
        Assert.False(Characters.IsLineEnd("a", 1));
    }
}
