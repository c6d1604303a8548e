using System.Globalization;

namespace Muxi.Llm.Tests;

/// <summary>Holds a tokenizer out of a tokenizer.json against npm tokenizers, which is Hugging Face's own library: tests/oracle/tokenizers.mjs.</summary>
internal static class TokenizersOracle
{
    private const string Script = "tokenizers.mjs";

    /// <summary>Ids are the library's, with special tokens allowed.</summary>
    public static Task SameIdsAsync(Tokenizer ours, IReadOnlyCollection<string> texts) => SameIdsAsync(ours, texts, "specials", SpecialTokens.All);

    /// <summary>Ids are the library's where the names of special tokens are text.</summary>
    public static Task SameOrdinaryIdsAsync(Tokenizer ours, IReadOnlyCollection<string> texts) => SameIdsAsync(ours, texts, "ordinary", null);

    /// <summary>The text of ids is the library's.</summary>
    public static async Task SameTextAsync(Tokenizer ours, IEnumerable<int[]> ids)
    {
        NpmPackages.Require("tokenizers");
        List<string> asked = [.. ids.Select(static it => string.Join(' ', it))];
        var answers = await TextOracle.AskAsync(Script, asked, ours.Name, "decode");
        TextOracle.Same(asked.Zip(answers), asked => [.. ours.Decode(Numbers(asked)).Select(static unit => (int)unit)]);
    }

    private static async Task SameIdsAsync(Tokenizer ours, IReadOnlyCollection<string> texts, string how, SpecialTokens? specials)
    {
        NpmPackages.Require("tokenizers");
        var answers = await TextOracle.AskAsync(Script, texts, ours.Name, how);
        TextOracle.Same(texts.Zip(answers), text => ours.Encode(text, specials));
        Assert.All(texts.Zip(answers), it => Assert.Equal(it.Second.Length, ours.Count(it.First, specials)));
    }

    private static int[] Numbers(string ids) => [.. ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(static id => int.Parse(id, CultureInfo.InvariantCulture))];
}
