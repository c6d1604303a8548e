using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a ranking used, wherever a service says it: tokens in <c>usage</c>, searches in Cohere's <c>meta</c>, either beside the results.</summary>
internal static class RerankUsage
{
    /// <summary>Reads a <c>usage</c>; one that counts searches or money alone (OpenRouter) is kept as further members.</summary>
    public static Usage? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        reader.Read();
        if (UsageJson.Read(ref reader, source) is { } counted) return counted;
        var members = Extra.Trusted(source.ToArray());
        return members.Names.Count > 0 ? new() { Extra = members } : null;
    }

    /// <summary>The tokens where no <c>usage</c> says them: in <c>meta</c>, as <c>tokens</c> beside the results (SiliconFlow) or as <c>input_tokens</c> (DeepInfra) or <c>input_token_count</c> (IBM) there. Null where nothing does.</summary>
    public static Usage? Of(RerankMeta? meta, Extra beside)
    {
        var (read, written) = (meta?.InputTokens ?? meta?.BilledInputTokens, meta?.OutputTokens);
        if (read is null && beside.TryGet("tokens", out var tokens)) (read, written) = (Count(tokens.ToElement(), "input_tokens"), Count(tokens.ToElement(), "output_tokens"));
        if (read is null && (beside.TryGet("input_tokens", out var alone) || beside.TryGet("input_token_count", out alone))) read = Count(alone.ToElement());
        return read is null ? null : new() { PromptTokens = read.Value, CompletionTokens = written ?? 0, TotalTokens = read.Value + (written ?? 0) };
    }

    /// <summary>The searches where a <c>usage</c> tells them (OpenRouter); null where none does.</summary>
    public static RerankMeta? MetaOf(Usage? usage) =>
        usage is { } told && told.Extra.TryGet("search_units", out var units) && units.ToElement() is { ValueKind: JsonValueKind.Number } number ? new() { SearchUnits = Finite(number) } : null;

    /// <summary>Reads Cohere's <c>meta</c>.</summary>
    public static RerankMeta ReadMeta(ReadOnlySpan<byte> source)
    {
        var rest = Extra.Trusted(source.ToArray());
        var (billed, tokens) = (rest["billed_units"].ToElement(), rest["tokens"].ToElement());
        return new()
        {
            SearchUnits = billed.ValueKind == JsonValueKind.Object && billed.TryGetProperty("search_units"u8, out var units) && units.ValueKind == JsonValueKind.Number ? Finite(units) : null,
            BilledInputTokens = Count(billed, "input_tokens") ?? Count(billed, "total_tokens"),
            InputTokens = Count(tokens, "input_tokens"), OutputTokens = Count(tokens, "output_tokens"), Warnings = Texts(rest["warnings"].ToElement()),
            Extra = Others(rest.Without("billed_units").Without("tokens").Without("warnings")),
        };
    }

    public static void Write(Utf8JsonWriter json, RerankMeta meta)
    {
        json.WriteStartObject("meta"u8);
        meta.Extra.WriteMembers(json);
        if (meta.SearchUnits is not null || meta.BilledInputTokens is not null)
        {
            json.WriteStartObject("billed_units"u8);
            if (meta.SearchUnits is { } units) json.WriteNumber("search_units"u8, units);
            UsageJson.Count(json, "input_tokens"u8, meta.BilledInputTokens);
            json.WriteEndObject();
        }
        if (meta.InputTokens is not null || meta.OutputTokens is not null)
        {
            json.WriteStartObject("tokens"u8);
            UsageJson.Count(json, "input_tokens"u8, meta.InputTokens);
            UsageJson.Count(json, "output_tokens"u8, meta.OutputTokens);
            json.WriteEndObject();
        }
        if (meta.Warnings.Count > 0)
        {
            json.WriteStartArray("warnings"u8);
            foreach (var warning in meta.Warnings) json.WriteStringValue(warning);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }

    /// <summary>A number that can be written again, however large it is told.</summary>
    private static double Finite(JsonElement number) => Math.Clamp(number.GetDouble(), double.MinValue, double.MaxValue);

    private static Extra Others(Extra extra) => extra.Names.Count == 0 ? default : extra;

    private static IReadOnlyList<string> Texts(JsonElement list) =>
        list.ValueKind == JsonValueKind.Array ? [.. list.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.String).Select(static one => one.Text())] : [];

    private static long? Count(JsonElement counts, string name) => counts.ValueKind == JsonValueKind.Object && counts.TryGetProperty(name, out var count) ? Count(count) : null;

    private static long? Count(JsonElement count) => count.ValueKind == JsonValueKind.Number && count.TryGetDouble(out var number) && number is >= 0 and < long.MaxValue ? (long)number : null;
}
