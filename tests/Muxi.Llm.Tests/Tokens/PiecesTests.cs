namespace Muxi.Llm.Tests;

/// <summary>The scanners against the published patterns, which npm `tokenizers` runs: tests/oracle/pieces.mjs.</summary>
public sealed class PiecesTests
{
    [Fact]
    public Task The_pieces_of_GPT_2_are_those_of_its_pattern() => SameAsync("r50k_base", new Gpt2Pieces());

    [Fact]
    public Task The_pieces_of_cl100k_are_those_of_its_pattern() => SameAsync("cl100k_base", new Cl100kPieces(digits: 3));

    [Fact]
    public Task The_pieces_of_Llama_3_are_those_of_its_pattern() => SameAsync("llama3_1", new Cl100kPieces(digits: 3));

    [Fact]
    public Task The_pieces_of_Qwen_are_those_of_its_pattern() => SameAsync("qwen3", new Cl100kPieces(digits: 1));

    [Fact]
    public Task The_pieces_of_o200k_are_those_of_its_pattern() => SameAsync("o200k_base", new O200kPieces(digits: 3, contractions: true));

    [Fact]
    public Task The_pieces_of_Mistral_Nemo_are_those_of_its_pattern() => SameAsync("mistral_nemo", new O200kPieces(digits: 1, contractions: false));

    [Fact]
    public Task The_pieces_of_DeepSeek_are_those_of_its_patterns() => SameAsync("deepseek_v3", new DeepSeekPieces());

    [Fact]
    public void There_are_texts_enough_without_recorded_ones() => Assert.InRange(OracleTexts.Generated.Distinct().Count(), 5000, 10_000);

    [Fact]
    public void The_encodings_of_one_family_have_one_pattern()
    {
        NpmPackages.Require("tiktoken");

        Assert.Equal(Pattern("r50k_base"), Pattern("p50k_base"));
        Assert.Equal(Pattern("r50k_base"), Pattern("p50k_edit"));
    }

    private static string Pattern(string encoding) =>
        System.Text.Json.Nodes.JsonNode.Parse(File.ReadAllText(Path.Combine(NpmPackages.Modules, "tiktoken", "encoders", encoding + ".json")))!["pat_str"]!.GetValue<string>();

    private static async Task SameAsync<TPieces>(string pattern, TPieces pieces) where TPieces : struct, IPieces
    {
        NpmPackages.Require("tokenizers");
        var texts = OracleTexts.All;

        var answers = await TextOracle.AskAsync("pieces.mjs", texts, pattern);

        TextOracle.Same(texts.Zip(answers), text => Lengths(text, pieces));
    }

    private static int[] Lengths<TPieces>(string text, TPieces pieces) where TPieces : struct, IPieces
    {
        var lengths = new List<int>();
        for (int start = 0, end; start < text.Length; start = end)
        {
            end = pieces.End(text, start);
            Assert.InRange(end, start + 1, text.Length);
            lengths.Add(end - start);
        }
        return [.. lengths];
    }
}
