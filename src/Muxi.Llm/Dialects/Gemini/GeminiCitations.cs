using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Sources of an answer, which also go where OpenAI's clients look for them. The service counts bytes of UTF-8; here are characters.</summary>
internal static class GeminiCitations
{
    /// <summary>What an answer cites.</summary>
    /// <param name="metadata">The candidate's members, grounding and citations among them.</param>
    /// <param name="content">The answer's text.</param>
    public static IReadOnlyList<Annotation> Of(Extra metadata, string content)
    {
        if (metadata.IsEmpty) return [];
        var annotations = new List<Annotation>();
        if (Object(metadata["groundingMetadata"]) is { } grounding) AddGrounding(grounding, content, annotations);
        if (Object(metadata["citationMetadata"]) is { } recited) AddRecited(recited, content, annotations);
        return annotations;
    }

    private static void AddGrounding(JsonElement grounding, string content, List<Annotation> into)
    {
        var chunks = Items(grounding, "groundingChunks").ToList();
        foreach (var support in Items(grounding, "groundingSupports"))
        {
            var segment = support.ValueKind == JsonValueKind.Object && support.TryGetProperty("segment"u8, out var found) && found.ValueKind == JsonValueKind.Object ? found : default;
            var (start, end) = Place(segment, content);
            foreach (var index in Items(support, "groundingChunkIndices"))
                if (index.ValueKind == JsonValueKind.Number && index.TryGetInt32(out var place) && place >= 0 && place < chunks.Count && Source(chunks[place]) is { } source)
                    into.Add(source with { StartIndex = start, EndIndex = end });
        }
    }

    /// <summary>A source: a page, a place on the map, a document of the caller's, a picture.</summary>
    private static Annotation? Source(JsonElement chunk)
    {
        if (chunk.ValueKind != JsonValueKind.Object) return null;
        foreach (var kind in chunk.EnumerateObject())
        {
            if (kind.Value.ValueKind != JsonValueKind.Object) continue;
            if ((Text(kind.Value, "uri") ?? Text(kind.Value, "sourceUri")) is { } url) return new() { Url = url, Title = Text(kind.Value, "title") };
        }
        return null;
    }

    private static void AddRecited(JsonElement metadata, string content, List<Annotation> into)
    {
        // Vertex AI and the Gemini API call the list differently.
        foreach (var citation in Items(metadata, "citations").Concat(Items(metadata, "citationSources")))
        {
            if (citation.ValueKind != JsonValueKind.Object || Text(citation, "uri") is not { } url) continue;
            var (start, end) = Place(citation, content);
            var licence = citation.TryGetProperty("license"u8, out var told) && told.ValueKind == JsonValueKind.String ? new Extra().With("license", told) : default;
            into.Add(new() { Url = url, Title = Text(citation, "title"), StartIndex = start, EndIndex = end, Extra = licence });
        }
    }

    /// <summary>Where a segment stands in the text. Its bytes are told, but of which part is not certain: its text decides where that is told, too.</summary>
    private static (long? Start, long? End) Place(JsonElement segment, string content)
    {
        if (segment.ValueKind != JsonValueKind.Object) return (null, null);
        var (from, to) = (Number(segment, "startIndex") ?? 0, Number(segment, "endIndex"));
        if (to is { } end && Characters(content, from) is { } first && Characters(content, end) is { } last && first <= last && (Text(segment, "text") is not { } said || content[first..last] == said)) return (first, last);
        if (Text(segment, "text") is { Length: > 0 } text && content.IndexOf(text, StringComparison.Ordinal) is >= 0 and var at) return (at, at + text.Length);
        return (null, null);
    }

    /// <summary>How many characters so many bytes are; null where that is in the middle of one, or past the end.</summary>
    private static int? Characters(string content, long bytes)
    {
        if (bytes < 0) return null;
        var (at, count) = (0, 0L);
        while (count < bytes && at < content.Length)
        {
            if (!Rune.TryGetRuneAt(content, at, out var rune)) rune = Rune.ReplacementChar;
            count += rune.Utf8SequenceLength;
            at += rune == Rune.ReplacementChar ? 1 : rune.Utf16SequenceLength;
        }
        return count == bytes ? at : null;
    }

    private static JsonElement? Object(RawJson raw) => !raw.IsEmpty && raw.ToElement() is { ValueKind: JsonValueKind.Object } element ? element : null;

    private static IEnumerable<JsonElement> Items(JsonElement parent, string name) =>
        parent.ValueKind == JsonValueKind.Object && parent.TryGetProperty(name, out var list) && list.ValueKind == JsonValueKind.Array ? list.EnumerateArray() : [];

    private static long? Number(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : null;

    private static string? Text(JsonElement parent, string name) => parent.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ((RawJson)value).AsText() : null;
}

/// <summary>How likely an answer's tokens were.</summary>
internal static class GeminiLogprobs
{
    /// <summary>Reads <c>logprobsResult</c>; null where it holds none.</summary>
    public static Logprobs? Read(RawJson result)
    {
        if (result.IsEmpty || result.ToElement() is not { ValueKind: JsonValueKind.Object } element) return null;
        if (!element.TryGetProperty("chosenCandidates"u8, out var chosen) || chosen.ValueKind != JsonValueKind.Array) return null;
        var alternatives = element.TryGetProperty("topCandidates"u8, out var top) && top.ValueKind == JsonValueKind.Array ? top.EnumerateArray().ToList() : [];
        var content = chosen.EnumerateArray().Select((token, place) => Token(token) with { TopLogprobs = place < alternatives.Count ? Top(alternatives[place]) : null }).ToList();
        return new() { Content = content };
    }

    private static List<TokenLogprob> Top(JsonElement step) =>
        step.ValueKind == JsonValueKind.Object && step.TryGetProperty("candidates"u8, out var list) && list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Select(Token)] : [];

    private static TokenLogprob Token(JsonElement token)
    {
        if (token.ValueKind != JsonValueKind.Object) return new("", 0);
        var text = token.TryGetProperty("token"u8, out var said) && said.ValueKind == JsonValueKind.String ? ((RawJson)said).AsText()! : "";
        var logprob = token.TryGetProperty("logProbability"u8, out var told) && told.ValueKind == JsonValueKind.Number ? Math.Clamp(told.GetDouble(), double.MinValue, 0) : 0;
        return new(text, logprob);
    }
}
