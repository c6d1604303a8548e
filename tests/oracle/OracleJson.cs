using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The few words the naive readers share.</summary>
internal static class OracleJson
{
    /// <summary>A string's value, null for null or absent, anything else as its JSON text (429, {"a":1}).</summary>
    public static string? Str(this JsonNode? node) =>
        node is null ? null : node.GetValueKind() == JsonValueKind.String ? node.GetValue<string>() : node.ToJsonString();

    /// <summary>A number, null for null or absent.</summary>
    public static long? Num(this JsonNode? node) => node is null ? null : (long)node.GetValue<double>();

    /// <summary>The items of an array with their positions; nothing for anything else.</summary>
    public static IEnumerable<(JsonNode Item, int Position)> Items(this JsonNode? node) =>
        (node as JsonArray ?? []).Select((item, position) => (item!, position));

    /// <summary>The object in a text, or null where the text is no JSON object.</summary>
    public static JsonObject? Parse(string text)
    {
        try
        {
            return JsonNode.Parse(text) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
