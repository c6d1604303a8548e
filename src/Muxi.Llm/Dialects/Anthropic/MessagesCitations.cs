using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Citations, which also go where OpenAI's clients look for them. They are of a text (<c>char_location</c>), of a PDF's pages (<c>page_location</c>), of a document's blocks
/// (<c>content_block_location</c>), of search results and of pages of the web (<c>search_result_location</c>, <c>web_search_result_location</c>).
/// </summary>
internal static class MessagesCitations
{
    /// <summary>Adds what a text block cites.</summary>
    /// <param name="into">Takes it.</param>
    /// <param name="text">The block; as it came it keeps its citations, which go back with it.</param>
    /// <param name="start">Where its text begins in the message's content.</param>
    public static void AddTo(ref List<Annotation>? into, ContentPart text, int start)
    {
        if (!text.Extra.TryGet("citations", out var citations) || citations.ToElement() is not { ValueKind: JsonValueKind.Array } list) return;
        foreach (var citation in list.EnumerateArray())
        {
            if (citation.ValueKind != JsonValueKind.Object) continue;
            (into ??= []).Add(Read(citation) with { StartIndex = start, EndIndex = start + (text.Text?.Length ?? 0) });
        }
    }

    private static Annotation Read(JsonElement citation)
    {
        var source = Text(citation, "source");
        var url = Text(citation, "url") ?? (IsAddress(source) ? source : null);
        return new()
        {
            Type = url is null ? "document_citation" : "url_citation", Url = url, Title = Text(citation, "title") ?? Text(citation, "document_title"), CitedText = Text(citation, "cited_text"),
            DocumentId = Text(citation, "file_id") ?? (url is null ? source : null), DocumentIndex = Number(citation, "document_index") ?? Number(citation, "search_result_index"), Extra = Places(citation),
        };
    }

    /// <summary>Where the cited words stand in the document: its characters, its pages from 1, or its blocks, each up to before the end.</summary>
    private static Extra Places(JsonElement citation)
    {
        Extra places = default;
        foreach (var member in citation.EnumerateObject())
            if (member.Value.ValueKind == JsonValueKind.Number && (member.Name.StartsWith("start_", StringComparison.Ordinal) || member.Name.StartsWith("end_", StringComparison.Ordinal))) places = places.With(member.Name, member.Value);
        return places;
    }

    private static bool IsAddress(string? source) => source is not null && (source.StartsWith("https://", StringComparison.OrdinalIgnoreCase) || source.StartsWith("http://", StringComparison.OrdinalIgnoreCase));

    private static int? Number(JsonElement citation, string name) => citation.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static string? Text(JsonElement citation, string name) => citation.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ((RawJson)value).AsText() : null;
}
