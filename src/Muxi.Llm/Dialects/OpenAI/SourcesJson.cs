using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What an answer rests on, where a service lists it beside the answers: as addresses, or as objects of search results.</summary>
internal static class SourcesJson
{
    /// <summary>The annotations that the first of the members gives; empty where none is there.</summary>
    public static IReadOnlyList<Annotation> Read(OpenAIChat quirks, Extra extra)
    {
        foreach (var field in quirks.SourcesFields)
            if (extra.TryGet(field, out var raw) && raw.ToElement() is { ValueKind: JsonValueKind.Array } list && list.GetArrayLength() > 0)
                return [.. list.EnumerateArray().Select(One).OfType<Annotation>()];
        return [];
    }

    private static Annotation? One(JsonElement source)
    {
        if (source.ValueKind == JsonValueKind.String) return new() { Url = source.Text() };
        if (source.ValueKind != JsonValueKind.Object) return null;
        var annotation = new Annotation { Url = Text(source, "url"), Title = Text(source, "title") };
        if (annotation is { Url: null, Title: null }) return null;
        var extra = new Extra();
        foreach (var member in source.EnumerateObject())
            if (member.Name is not ("url" or "title") && member.Value.ValueKind != JsonValueKind.Null) extra = extra.With(member.Name, member.Value);
        return annotation with { Extra = extra };
    }

    private static string? Text(JsonElement source, string name) => source.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.Text() : null;
}
