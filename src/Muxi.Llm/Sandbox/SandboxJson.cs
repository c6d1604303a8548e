using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Looking into a request: a member that is missing and one that is null are the same, as OpenAI treats them.</summary>
internal static class SandboxJson
{
    public static JsonElement? Get(this JsonElement value, string name) =>
        value.ValueKind == JsonValueKind.Object && value.TryGetProperty(name, out var found) && found.ValueKind != JsonValueKind.Null ? found : null;

    public static JsonElement? Get(this JsonElement value, string name, string inner) => value.Get(name)?.Get(inner);

    /// <summary>The member's text, or null when it is no string.</summary>
    public static string? Text(this JsonElement value, string name) =>
        value.Get(name) is { ValueKind: JsonValueKind.String } text ? text.GetString() : null;

    public static bool Is(this JsonElement value, string name) => value.Get(name) is { ValueKind: JsonValueKind.True };

    public static IEnumerable<JsonElement> Items(this JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Array } array ? array.EnumerateArray() : [];

    public static IEnumerable<JsonProperty> Members(this JsonElement? value) =>
        value is { ValueKind: JsonValueKind.Object } members ? members.EnumerateObject() : [];
}
