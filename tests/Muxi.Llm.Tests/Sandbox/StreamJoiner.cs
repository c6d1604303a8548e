using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Puts chunks together to the reply that they are: strings are joined, elements with an index found by it, the rest replaced.</summary>
internal static class StreamJoiner
{
    // Strings that come whole and are not continued.
    private static readonly HashSet<string> Whole = ["id", "type", "role", "name", "finish_reason", "object", "model", "service_tier", "system_fingerprint"];

    public static JsonObject Join(IEnumerable<JsonNode> chunks)
    {
        var reply = new JsonObject();
        foreach (var chunk in chunks)
            Merge(reply, chunk.AsObject());
        return reply;
    }

    private static void Merge(JsonObject into, JsonObject from)
    {
        foreach (var (name, value) in from)
            into[name] = (into[name], value) switch
            {
                (JsonObject old, JsonObject more) => Merged(old, more),
                (JsonArray old, JsonArray more) => Merged(old, more),
                ({ } old, null) => old.DeepClone(),
                (JsonValue old, JsonValue more) when !Whole.Contains(name) && old.TryGetValue<string>(out var start) && more.TryGetValue<string>(out var rest) => start + rest,
                _ => value?.DeepClone(),
            };
    }

    private static JsonObject Merged(JsonObject old, JsonObject more)
    {
        var copy = old.DeepClone().AsObject();
        Merge(copy, more);
        return copy;
    }

    private static JsonArray Merged(JsonArray old, JsonArray more)
    {
        var copy = old.DeepClone().AsArray();
        foreach (var item in more)
            if (item is JsonObject indexed && indexed["index"] is { } index && copy.FirstOrDefault(known => (int)known!["index"]! == (int)index) is JsonObject known)
                Merge(known, indexed);
            else
                copy.Add(item?.DeepClone());
        return copy;
    }
}
