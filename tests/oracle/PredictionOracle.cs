using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The naive reader of Replicate's predictions and of IBM's text generation, after their vendors' references: parse, concatenate. At most 60 lines, so that it can be checked by eye.</summary>
internal static class PredictionOracle
{
    /// <summary>A prediction: one line for each picture or, of a text, all of it.</summary>
    public static JsonObject Prediction(byte[] body)
    {
        var root = JsonNode.Parse(Encoding.UTF8.GetString(body))!;
        var pieces = root["output"] is JsonArray list ? [.. list.Select(piece => piece.Str())] : new[] { root["output"].Str() };
        return new()
        {
            ["id"] = root["id"].Str(), ["model"] = root["model"].Str(), ["status"] = root["status"].Str(), ["created"] = Unix(root["created_at"]),
            ["pieces"] = new JsonArray([.. pieces.Where(piece => piece is not null).Select(piece => (JsonNode)piece!)]),
            ["stream"] = root["urls"]?["stream"].Str(), ["predict_time"] = root["metrics"]?["predict_time"].Str(), ["logs"] = root["logs"].Str(),
        };
    }

    /// <summary>A generated text, whole or in events; counters grow from event to event, and the prompt's stands in the first.</summary>
    public static JsonObject Generation(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body);
        var data = text.TrimStart().StartsWith('{') ? [text] : text.Split('\n').Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..]).ToArray();
        var results = data.Select(one => JsonNode.Parse(one)!["results"]![0]!).ToList();
        return new()
        {
            ["model"] = JsonNode.Parse(data[0])!["model_id"].Str(), ["created"] = Unix(JsonNode.Parse(data[0])!["created_at"]),
            ["text"] = string.Concat(results.Select(result => result["generated_text"].Str())), ["stop_reason"] = results[^1]["stop_reason"].Str(),
            ["prompt"] = results.Max(result => result["input_token_count"].Num()), ["generated"] = results.Max(result => result["generated_token_count"].Num()),
        };
    }

    private static long? Unix(JsonNode? time) => time is null ? null : DateTimeOffset.Parse(time.GetValue<string>(), System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
