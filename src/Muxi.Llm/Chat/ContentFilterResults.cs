using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a service's content filters found in a prompt or an answer.</summary>
/// <param name="Categories">By category, in the service's words: <c>hate</c>, <c>sexual</c>, <c>violence</c>, <c>self_harm</c>, <c>jailbreak</c>, <c>protected_material_text</c>, ...</param>
/// <remarks>Source: "Content filter annotations" and "Content streaming" of Azure OpenAI's documentation, as of 2026; services behind it hand the members on.</remarks>
public sealed record ContentFilterResults(IReadOnlyDictionary<string, ContentFilterResult> Categories)
{
    private const int Deepest = 8;

    /// <summary>Whether anything was held back.</summary>
    public bool IsFiltered => Categories.Values.Any(static result => result.Filtered);

    /// <summary>The results among the members that a vendor added to a reply, a choice or a picture; null where there are none.</summary>
    /// <param name="extra">The members.</param>
    /// <param name="member">The name of the one that holds the results.</param>
    public static ContentFilterResults? Of(Extra extra, string member = "content_filter_results") =>
        extra.TryGet(member, out var results) && Read(results.ToElement()) is { Categories.Count: > 0 } read ? read : null;

    /// <summary>What was filtered, as <c>hate (high), jailbreak</c>; empty for nothing.</summary>
    public override string ToString() => string.Join(", ", Categories.Where(static one => one.Value.Filtered).Select(static one => one.Value.Severity is { Length: > 0 } severity ? $"{one.Key} ({severity})" : one.Key));

    /// <summary>The results for each part of a prompt; empty where there are none.</summary>
    internal static IReadOnlyList<PromptFilterResult> OfPrompts(Extra extra)
    {
        // The older name is in the first sample of "Content streaming".
        if (!extra.TryGet("prompt_filter_results", out var list) && !extra.TryGet("prompt_annotations", out list)) return [];
        var prompts = list.ToElement();
        if (prompts.ValueKind != JsonValueKind.Array) return [];
        return
        [
            .. from prompt in prompts.EnumerateArray()
               where prompt.ValueKind == JsonValueKind.Object
               let results = prompt.TryGetProperty("content_filter_results"u8, out var held) || prompt.TryGetProperty("content_filter_result"u8, out held) ? held : default
               select new PromptFilterResult(ContentFilterOffsets.Number(prompt, "prompt_index"u8), Read(results)),
        ];
    }

    /// <summary>The results anywhere in an error's body; null where there are none.</summary>
    internal static ContentFilterResults? InError(string body)
    {
        try
        {
            using var document = JsonDocument.Parse(body);
            var found = new Dictionary<string, ContentFilterResult>();
            Collect(document.RootElement, found, 0);
            return found.Count > 0 ? new(found) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static void Collect(JsonElement element, Dictionary<string, ContentFilterResult> into, int depth)
    {
        if (depth > Deepest) return;
        if (element.ValueKind == JsonValueKind.Array)
            foreach (var item in element.EnumerateArray().Take(20)) Collect(item, into, depth + 1);
        if (element.ValueKind != JsonValueKind.Object) return;
        foreach (var member in element.EnumerateObject())
            if (member.Name is not ("content_filter_result" or "content_filter_results")) Collect(member.Value, into, depth + 1);
            else
                foreach (var (category, result) in Read(member.Value).Categories)
                    if (!into.TryGetValue(category, out var known) || !known.Filtered) into[category] = result;
    }

    private static ContentFilterResults Read(JsonElement results)
    {
        var categories = new Dictionary<string, ContentFilterResult>();
        if (results.ValueKind == JsonValueKind.Object)
            foreach (var member in results.EnumerateObject())
                if (Result(member.Value) is { } result) categories[member.Name] = result;
        return new(categories);
    }

    /// <summary>The result of a category; lists of one's own words come as a list of results.</summary>
    private static ContentFilterResult? Result(JsonElement value) => value.ValueKind switch
    {
        JsonValueKind.Object => new(IsTrue(value, "filtered"u8))
        {
            Severity = value.TryGetProperty("severity"u8, out var severity) && severity.ValueKind == JsonValueKind.String ? severity.Text() : null,
            Detected = value.TryGetProperty("detected"u8, out _) ? IsTrue(value, "detected"u8) : null,
            Raw = RawJson.Parse(value.GetRawText()),
        },
        JsonValueKind.Array => new(value.EnumerateArray().Any(static item => item.ValueKind == JsonValueKind.Object && IsTrue(item, "filtered"u8))) { Raw = RawJson.Parse(value.GetRawText()) },
        _ => null,
    };

    private static bool IsTrue(JsonElement value, ReadOnlySpan<byte> member) => value.TryGetProperty(member, out var held) && held.ValueKind == JsonValueKind.True;
}

/// <summary>What a filter found in one category.</summary>
/// <param name="Filtered">Whether the text was held back for it.</param>
public sealed record ContentFilterResult(bool Filtered)
{
    /// <summary>How bad it is (<c>safe</c>, <c>low</c>, <c>medium</c>, <c>high</c>); null for categories that are there or not.</summary>
    public string? Severity { get; init; }

    /// <summary>Whether it is there, of categories that are there or not (<c>jailbreak</c>); null for those of a severity.</summary>
    public bool? Detected { get; init; }

    /// <summary>All that the service says of it, as a citation with its licence.</summary>
    public RawJson Raw { get; init; }
}

/// <summary>What the filters found in one part of a prompt.</summary>
/// <param name="PromptIndex">Which part, from 0 on.</param>
/// <param name="ContentFilterResults">What they found.</param>
public sealed record PromptFilterResult(int PromptIndex, ContentFilterResults ContentFilterResults);

/// <summary>Which characters of a streamed answer filters that run beside it have looked at, from the prompt's beginning on.</summary>
/// <param name="CheckOffset">All before it has been looked at; later results are about what is behind it.</param>
/// <param name="StartOffset">Where the text begins that the results beside it are about.</param>
/// <param name="EndOffset">Where it ends.</param>
public sealed record ContentFilterOffsets(int CheckOffset, int StartOffset, int EndOffset)
{
    internal static ContentFilterOffsets? Of(Extra extra)
    {
        if (!extra.TryGet("content_filter_offsets", out var held) || held.ToElement() is not { ValueKind: JsonValueKind.Object } offsets) return null;
        return new(Number(offsets, "check_offset"u8), Number(offsets, "start_offset"u8), Number(offsets, "end_offset"u8));
    }

    internal static int Number(JsonElement of, ReadOnlySpan<byte> name) => of.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : 0;
}
