using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's document itself: which schema belongs to which call.</summary>
internal static class OpenAIDocument
{
    private static readonly Lazy<JsonElement> _root = new(static () => JsonDocument.Parse(File.ReadAllText(OpenAISchemas.File())).RootElement);

    /// <summary>The whole document; the test is skipped where it is not there.</summary>
    public static JsonElement Root
    {
        get
        {
            OpenAISchemas.File();
            return _root.Value;
        }
    }

    /// <summary>The name of the schema of a call's JSON body.</summary>
    public static string BodyOf(string method, string path) => Schema(method, path, "application/json").GetProperty("$ref").GetString()!.Split('/')[^1];

    /// <summary>The members of a schema that is named so, those that it has of others included.</summary>
    public static IReadOnlySet<string> MembersOf(string schema)
    {
        var names = new HashSet<string>();
        Collect(Root.GetProperty("components").GetProperty("schemas").GetProperty(schema), property => names.Add(property.Name));
        return names;
    }

    /// <summary>The fields of a call's form, and of each whether it is a file.</summary>
    public static IReadOnlyDictionary<string, bool> FormOf(string method, string path)
    {
        var fields = new Dictionary<string, bool>();
        Collect(Schema(method, path, "multipart/form-data"), property => fields[property.Name] = IsFile(property.Value));
        return fields;
    }

    private static JsonElement Schema(string method, string path, string type) =>
        Root.GetProperty("paths").GetProperty(path).GetProperty(method.ToLowerInvariant()).GetProperty("requestBody").GetProperty("content").GetProperty(type).GetProperty("schema");

    private static void Collect(JsonElement schema, Action<JsonProperty> found)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("allOf", out var all))
            foreach (var one in all.EnumerateArray()) Collect(one, found);
        if (!schema.TryGetProperty("properties", out var properties)) return;
        foreach (var property in properties.EnumerateObject()) found(property);
    }

    private static bool IsFile(JsonElement schema)
    {
        schema = Resolve(schema);
        if (schema.TryGetProperty("format", out var format)) return format.GetString() == "binary";
        if (schema.TryGetProperty("items", out var items)) return IsFile(items);
        return schema.TryGetProperty("anyOf", out var any) && any.EnumerateArray().Any(IsFile) || schema.TryGetProperty("oneOf", out var one) && one.EnumerateArray().Any(IsFile);
    }

    private static JsonElement Resolve(JsonElement schema) =>
        schema.TryGetProperty("$ref", out var reference) ? Root.GetProperty("components").GetProperty("schemas").GetProperty(reference.GetString()!.Split('/')[^1]) : schema;
}
