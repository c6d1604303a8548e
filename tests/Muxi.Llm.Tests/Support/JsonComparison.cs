using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>
/// Where a JSON value differs from the expected one, each place named by its path. Members may stand in any order, but null is not the same as absent.
/// The expected text <c>&lt;any&gt;</c> stands for any text but an empty one, <c>&lt;number&gt;</c> for any number, <c>&lt;like PATTERN&gt;</c> for text that matches whole.
/// </summary>
internal static partial class JsonComparison
{
    /// <summary>Fails with all differences.</summary>
    public static void Same(string what, JsonNode? expected, JsonNode? found)
    {
        var differences = Differences(expected, found, "").ToList();
        Assert.True(differences.Count == 0, $"{what}:\n{string.Join('\n', differences)}\nfound: {found?.ToJsonString()}");
    }

    /// <summary>Reads JSON that names no member twice.</summary>
    public static JsonNode? ParseStrictly(ReadOnlySpan<byte> utf8) =>
        JsonNode.Parse(utf8, documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false });

    /// <summary>The differences; none when it is as expected.</summary>
    public static IEnumerable<string> Differences(JsonNode? expected, JsonNode? found, string path) => (expected, found) switch
    {
        (JsonObject wanted, JsonObject given) => wanted.Select(member => member.Key).Union(given.Select(member => member.Key))
            .SelectMany(name => Member(wanted, given, name, $"{path}.{name}")),
        (JsonArray wanted, JsonArray given) when wanted.Count == given.Count =>
            Enumerable.Range(0, wanted.Count).SelectMany(i => Differences(wanted[i], given[i], $"{path}[{i}]")),
        _ => IsSame(expected, found) ? [] : [$"{path}: expected {Show(expected)}, found {Show(found)}"],
    };

    private static IEnumerable<string> Member(JsonObject wanted, JsonObject given, string name, string path)
    {
        if (!given.TryGetPropertyValue(name, out var found)) return [$"{path}: expected {Show(wanted[name])}, found nothing"];
        if (!wanted.TryGetPropertyValue(name, out var expected)) return [$"{path}: expected nothing, found {Show(found)}"];
        return Differences(expected, found, path);
    }

    private static bool IsSame(JsonNode? expected, JsonNode? found)
    {
        if (Text(expected) == "<number>") return found?.GetValueKind() == JsonValueKind.Number;
        if (Text(expected) is not { } wanted || Text(found) is not { } given) return JsonNode.DeepEquals(expected, found);
        if (wanted == "<any>") return given.Length > 0;
        return Like().Match(wanted) is { Success: true } like ? Regex.IsMatch(given, $@"\A(?:{like.Groups[1].Value})\z") : wanted == given;
    }

    private static string? Text(JsonNode? node) => node?.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : null;

    private static string Show(JsonNode? node) => node?.ToJsonString() ?? "null";

    [GeneratedRegex(@"\A<like (.+)>\z", RegexOptions.Singleline)]
    private static partial Regex Like();
}
