using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A small tokenizer.json that exists until it is disposed of.</summary>
internal sealed class TokenizerJson : IDisposable
{
    /// <summary>Has no merges; of texts it shows every byte.</summary>
    public static JsonObject Bytes { get; } = Model([.. ByteNames]);

    /// <summary>Merges each two and each three of the characters that <see cref="Cuttable"/> is made of, and takes others that stand together for one: of texts it shows where they are cut.</summary>
    public static JsonObject Cuts { get; } = CutModel();

    private const string Alphabet = "ab A.,1-▁中Ġé\n";

    private readonly string _path = Path.Combine(Path.GetTempPath(), $"muxi-llm-{Guid.NewGuid():N}.json");

    public TokenizerJson(JsonObject model, string normalizer = "null", string cutting = "null", string decoder = "null", string added = "[]") : this(new JsonObject
    {
        ["version"] = "1.0",
        ["truncation"] = null,
        ["padding"] = null,
        ["added_tokens"] = JsonNode.Parse(added),
        ["normalizer"] = JsonNode.Parse(normalizer),
        ["pre_tokenizer"] = JsonNode.Parse(cutting),
        ["post_processor"] = null,
        ["decoder"] = JsonNode.Parse(decoder),
        ["model"] = model.DeepClone(),
    }.ToJsonString())
    {
    }

    public TokenizerJson(string json) => File.WriteAllText(_path, json);

    /// <summary>Short texts in which cutting has much to decide.</summary>
    public static IReadOnlyList<string> Cuttable { get; } = Random(1, 1500, [.. Alphabet.Select(static it => it.ToString()), " ", "  ", "x", "😀", "1", "'s", "B", "\u0301", "ß"]);

    /// <summary>Where it is.</summary>
    public string Place => _path;

    public Tokenizer Load() => Tokenizer.FromFile(_path);

    public static JsonObject Model(IReadOnlyList<string> tokens, params IEnumerable<(string Left, string Right)> merges)
    {
        var vocabulary = new JsonObject();
        foreach (var token in tokens) vocabulary[token] = vocabulary.Count;
        var pairs = new JsonArray();
        foreach (var (left, right) in merges) pairs.Add(new JsonArray(left, right));
        return new JsonObject { ["type"] = "BPE", ["vocab"] = vocabulary, ["merges"] = pairs };
    }

    public static IReadOnlyList<string> Random(int seed, int count, IReadOnlyList<string> of)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(_ => string.Concat(Enumerable.Range(0, random.Next(12)).Select(_ => of[random.Next(of.Count)])))];
    }

    public void Dispose() => File.Delete(_path);

    // GPT-2's names of bytes: https://github.com/openai/gpt-2/blob/master/src/encoder.py, bytes_to_unicode.
    private static IEnumerable<string> ByteNames
    {
        get
        {
            var others = 256;
            for (var value = 0; value < 256; value++)
                yield return ((char)(value is (>= 33 and <= 126) or (>= 161 and <= 172) or (>= 174 and <= 255) ? value : others++)).ToString();
        }
    }

    private static JsonObject CutModel()
    {
        List<string> tokens = ["<unk>", .. Alphabet.Select(static it => it.ToString())];
        var pairs = Alphabet.SelectMany(_ => Alphabet, static (one, other) => (One: one.ToString(), Other: other.ToString())).ToList();
        var triples = pairs.SelectMany(_ => Alphabet, static (pair, other) => (One: pair.One + pair.Other, Other: other.ToString())).ToList();
        var merges = pairs.Concat(triples).ToList();
        var model = Model([.. tokens, .. merges.Select(static merge => merge.One + merge.Other)], merges);
        (model["unk_token"], model["fuse_unk"]) = ("<unk>", true);
        return model;
    }
}
