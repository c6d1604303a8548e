using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The naive reader of rerank replies, whoever's they are. At most 60 lines, so that it can be checked by eye.</summary>
internal static class RerankOracle
{
    private static readonly string[] _lists = ["results", "data", "rankings"];
    private static readonly string[] _scores = ["relevance_score", "relevanceScore", "score", "logit"];

    /// <summary>What the body says, best first, one line for each result; null where it is no ranking.</summary>
    public static JsonObject? Read(byte[] body)
    {
        var root = JsonNode.Parse(Encoding.UTF8.GetString(body));
        var results = root as JsonArray ?? _lists.Select(name => (root as JsonObject)?[name] as JsonArray).FirstOrDefault(list => list is not null);
        if (results is null && (root as JsonObject)?["scores"] is JsonArray scores) results = new JsonArray([.. scores.Select((score, at) => new JsonObject { ["index"] = at, ["score"] = score!.DeepClone() })]);
        if (results is null) return null;
        var usage = (root as JsonObject)?["usage"];
        var meta = (root as JsonObject)?["meta"];
        return new()
        {
            ["id"] = (root as JsonObject)?["id"].Str() ?? "",
            ["model"] = (root as JsonObject)?["model"].Str() ?? "",
            ["ranking"] = new JsonArray([.. results.Items().OrderByDescending(one => Score(one.Item)).Select(one => (JsonNode)$"{one.Item["index"].Num()} {Score(one.Item):R} {Text(one.Item)}".TrimEnd())]),
            ["tokens"] = usage?["total_tokens"].Num() ?? meta?["tokens"]?["input_tokens"].Num() ?? (root as JsonObject)?["input_tokens"].Num(),
            ["search_units"] = meta?["billed_units"]?["search_units"].Num() ?? usage?["search_units"].Num(),
        };
    }

    private static double Score(JsonNode result) => _scores.Select(name => result[name]).First(score => score is not null)!.GetValue<double>();

    private static string? Text(JsonNode result) => result["document"] is JsonObject document ? document["text"].Str() : (result["document"] ?? result["text"]).Str();
}
