namespace Muxi.Llm;

/// <summary>OpenAI's encodings, each read when it is first asked for.</summary>
/// <remarks>Names, ids of special tokens and tables: npm tiktoken 1.0.22; those of o200k_harmony: npm gpt-tokenizer 4.0.0.</remarks>
internal static class Encodings
{
    private const string EndOfText = "<|endoftext|>", EndOfPrompt = "<|endofprompt|>", FimPrefix = "<|fim_prefix|>", FimMiddle = "<|fim_middle|>", FimSuffix = "<|fim_suffix|>";

    private static readonly Lazy<BytePairs> _o200k = new(static () => RankTable.Read("o200k_base")), _p50k = new(static () => RankTable.Read("p50k_base"));

    private static readonly Dictionary<string, Lazy<Tokenizer>> _all = new(StringComparer.Ordinal)
    {
        ["o200k_base"] = new(static () => O200k("o200k_base", [(EndOfText, 199999), (EndOfPrompt, 200018)])),
        ["o200k_harmony"] = new(static () => O200k("o200k_harmony", Harmony())),
        ["cl100k_base"] = new(static () => new RankTokenizer<Cl100kPieces>("cl100k_base", RankTable.Read("cl100k_base"), new(3),
            new([(EndOfText, 100257), (FimPrefix, 100258), (FimMiddle, 100259), (FimSuffix, 100260), (EndOfPrompt, 100276)]))),
        ["p50k_base"] = new(static () => Gpt2("p50k_base", _p50k.Value, [(EndOfText, 50256)])),
        ["p50k_edit"] = new(static () => Gpt2("p50k_edit", _p50k.Value, [(EndOfText, 50256), (FimPrefix, 50281), (FimMiddle, 50282), (FimSuffix, 50283)])),
        ["r50k_base"] = new(static () => Gpt2("r50k_base", RankTable.Read("p50k_base", 50256), [(EndOfText, 50256)])),
    };

    public static IReadOnlyCollection<string> Known => _all.Keys;

    public static Tokenizer? Find(string name) => _all.GetValueOrDefault(name)?.Value;

    /// <summary>What to say of a name that is none of them.</summary>
    public static string Lacks(string name) => $"There is no encoding '{name}'; there are {string.Join(", ", Known)}.";

    private static RankTokenizer<O200kPieces> O200k(string name, IEnumerable<(string Name, int Id)> specials) => new(name, _o200k.Value, new(3, contractions: true), new(specials));

    private static RankTokenizer<Gpt2Pieces> Gpt2(string name, BytePairs pairs, IEnumerable<(string Name, int Id)> specials) => new(name, pairs, default, new(specials));

    // Those of the format in which gpt-oss reads and writes conversations; what lies between them is reserved.
    private static IEnumerable<(string Name, int Id)> Harmony()
    {
        var named = new Dictionary<int, string>
        {
            [199998] = "<|startoftext|>", [199999] = EndOfText, [200002] = "<|return|>", [200003] = "<|constrain|>", [200005] = "<|channel|>",
            [200006] = "<|start|>", [200007] = "<|end|>", [200008] = "<|message|>", [200012] = "<|call|>",
        };
        return Enumerable.Range(199998, 201088 - 199998).Select(id => (named.GetValueOrDefault(id, $"<|reserved_{id}|>"), id)).Append((EndOfPrompt, 200018));
    }
}
