namespace Muxi.Llm.Tests;

public sealed class CharactersTests
{
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
