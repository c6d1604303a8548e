using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Where a response of ours differs from what a service sent: nothing may be lost or changed; null is as good as absent, and what the schema requires may be added where the
/// service left it out.
/// </summary>
internal static class LooseComparison
{
    private static readonly Dictionary<string, string> _added = new()
    {
        ["tools"] = "[]", ["tool_choice"] = "\"auto\"", ["parallel_tool_calls"] = "true", ["metadata"] = "{}", ["annotations"] = "[]", ["logprobs"] = "[]",
        ["input_tokens_details"] = """{"cached_tokens":0,"cache_write_tokens":0}""", ["output_tokens_details"] = """{"reasoning_tokens":0}""", ["cached_tokens"] = "0", ["cache_write_tokens"] = "0",
        ["reasoning_tokens"] = "0", ["object"] = "\"response\"", ["type"] = "\"message\"",
    };

    /// <summary>The differences; none when nothing was lost.</summary>
    public static IEnumerable<string> Differences(JsonNode? sent, JsonNode? ours, string path = "") => (sent, ours) switch
    {
        (JsonObject theirs, JsonObject mine) => theirs.Select(static member => member.Key).Union(mine.Select(static member => member.Key))
            .SelectMany(name => theirs[name] is null && mine[name] is { } added && IsDefault(name, added) ? [] : Differences(theirs[name], mine[name], $"{path}.{name}")),
        (JsonArray theirs, JsonArray mine) when theirs.Count == mine.Count => Enumerable.Range(0, theirs.Count).SelectMany(i => Differences(theirs[i], mine[i], $"{path}[{i}]")),
        _ => IsSame(sent, ours) ? [] : [$"{path}: {Show(sent)} became {Show(ours)}"],
    };

    private static bool IsDefault(string name, JsonNode added) => _added.TryGetValue(name, out var usual) && JsonNode.DeepEquals(JsonNode.Parse(usual), added);

    private static bool IsSame(JsonNode? a, JsonNode? b)
    {
        if (a?.GetValueKind() == JsonValueKind.Number && b?.GetValueKind() == JsonValueKind.Number) return Number(a) == Number(b);
        return JsonNode.DeepEquals(a, b);
    }

    private static double Number(JsonNode value) => double.Parse(value.ToJsonString(), CultureInfo.InvariantCulture);

    private static string Show(JsonNode? node) => (node?.ToJsonString() ?? "nothing") is var text && text.Length > 160 ? text[..160] + "..." : text;
}
