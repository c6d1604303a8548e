using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>
/// A call whose arguments come in pieces, each a path and a value: <c>{"jsonPath":"$.a[0].b","stringValue":"x","willContinue":true}</c>. A string that goes on is joined.
/// </summary>
/// <remarks>Source: <c>streamFunctionCallArguments</c> of Vertex AI's page on function calling, and recordings of 2026.</remarks>
internal sealed class GeminiPartialCall(int index)
{
    private readonly JsonObject _arguments = [];

    /// <summary>The call's place among the calls.</summary>
    public int Index => index;

    public void Take(GeminiCall call)
    {
        if (call.Arguments != "{}" && RawJson.IsObject(call.Arguments)) Take(call.Arguments);
        if (call.Pieces.IsEmpty || call.Pieces.ToElement() is not { ValueKind: JsonValueKind.Array } pieces) return;
        foreach (var piece in pieces.EnumerateArray())
            if (piece.ValueKind == JsonValueKind.Object && piece.TryGetProperty("jsonPath"u8, out var path) && path.ValueKind == JsonValueKind.String) Put(Steps(((RawJson)path).AsText()!), piece);
    }

    /// <summary>The arguments so far, as JSON.</summary>
    public string Arguments() => JsonOut.ToText(_arguments, static (json, node) => node.WriteTo(json), indented: false);

    /// <exception cref="JsonException">A name is no text.</exception>
    private void Take(string whole)
    {
        using var document = JsonDocument.Parse(whole);
        try
        {
            foreach (var member in document.RootElement.EnumerateObject()) _arguments[member.Name] = Plain(member.Value);
        }
        catch (InvalidOperationException e)
        {
            throw new JsonException("A name among the arguments is no text.", e);
        }
    }

    /// <summary>A value that can be written whatever it holds: of members with one name the last, and of broken text what is left.</summary>
    private static JsonNode? Plain(JsonElement value)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                var members = new JsonObject();
                foreach (var member in value.EnumerateObject()) members[member.Name] = Plain(member.Value);
                return members;
            case JsonValueKind.Array:
                return new JsonArray([.. value.EnumerateArray().Select(Plain)]);
            case JsonValueKind.String:
                return JsonValue.Create(((RawJson)value).AsText());
            default:
                return JsonNode.Parse(value.GetRawText());
        }
    }

    private void Put(List<object> steps, JsonElement piece)
    {
        if (steps.Count == 0 || steps[0] is not string) return;
        JsonNode at = _arguments;
        for (var i = 0; i < steps.Count - 1; i++) at = Child(at, steps[i], steps[i + 1]);
        Set(at, steps[^1], Value(piece, Get(at, steps[^1])));
    }

    /// <summary>The container under a step, made where there is none yet.</summary>
    private static JsonNode Child(JsonNode at, object step, object next)
    {
        var child = Get(at, step);
        if (next is int ? child is JsonArray : child is JsonObject) return child!;
        child = next is int ? new JsonArray() : new JsonObject();
        Set(at, step, child);
        return child;
    }

    private static JsonNode? Get(JsonNode at, object step) => (at, step) switch
    {
        (JsonObject members, string name) => members[name],
        (JsonArray items, int place) when place < items.Count => items[place],
        _ => null,
    };

    private static void Set(JsonNode at, object step, JsonNode? value)
    {
        if (at is JsonObject members && step is string name) members[name] = value;
        else if (at is JsonArray items && step is int place and < MostItems)
        {
            while (items.Count <= place) items.Add((JsonNode?)null);
            items[place] = value;
        }
    }

    private const int MostItems = 100_000;

    private static JsonNode? Value(JsonElement piece, JsonNode? before)
    {
        if (piece.TryGetProperty("stringValue"u8, out var text) && text.ValueKind == JsonValueKind.String)
            return JsonValue.Create((before is JsonValue said && said.GetValueKind() == JsonValueKind.String ? said.GetValue<string>() : "") + ((RawJson)text).AsText());
        if (piece.TryGetProperty("numberValue"u8, out var number) && number.ValueKind == JsonValueKind.Number) return JsonNode.Parse(number.GetRawText());
        if (piece.TryGetProperty("boolValue"u8, out var flag) && flag.ValueKind is JsonValueKind.True or JsonValueKind.False) return JsonNode.Parse(flag.GetRawText());
        return null;
    }

    /// <summary>The steps of a path: names as text, places as numbers.</summary>
    private static List<object> Steps(string path)
    {
        var steps = new List<object>();
        for (var i = path.StartsWith('$') ? 1 : 0; i < path.Length;)
        {
            if (path[i] == '.')
            {
                var end = path.IndexOfAny(['.', '['], i + 1);
                if (end < 0) end = path.Length;
                steps.Add(path[(i + 1)..end]);
                i = end;
            }
            else if (path[i] == '[' && Bracket(path, i) is var (step, next) && step is not null)
            {
                steps.Add(step);
                i = next;
            }
            else return [];
        }
        return steps;
    }

    /// <summary><c>[0]</c>, <c>['a.b']</c> or <c>["a.b"]</c>.</summary>
    private static (object? Step, int Next) Bracket(string path, int at)
    {
        var isQuoted = at + 1 < path.Length && path[at + 1] is '\'' or '"';
        var end = isQuoted ? path.IndexOf($"{path[at + 1]}]", at + 2, StringComparison.Ordinal) : path.IndexOf(']', at);
        if (end < 0) return (null, at);
        if (isQuoted) return (path[(at + 2)..end], end + 2);
        return int.TryParse(path.AsSpan(at + 1, end - at - 1), NumberStyles.None, CultureInfo.InvariantCulture, out var place) ? (place, end + 1) : (null, at);
    }
}
