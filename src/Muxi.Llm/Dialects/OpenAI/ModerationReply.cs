using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a moderation found, read and written in OpenAI's form.</summary>
internal static class ModerationReply
{
    /// <summary>Reads a reply; null where it has no results.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static ModerationResponse? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? id = null, model = null;
        List<ModerationResult>? results = null;
        Usage? usage = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("results"u8)) results = ReadResults(ref reader, source);
            else if (reader.Is("usage"u8))
            {
                reader.Read();
                usage = UsageJson.Read(ref reader, source);
            }
            else extra.Take(ref reader, source);
        }
        return results is null ? null : new() { Id = id ?? "", Model = model ?? "", Results = results, Usage = usage, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, ModerationResponse reply)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, reply.Id);
        json.WriteString("model"u8, reply.Model);
        json.WriteStartArray("results"u8);
        foreach (var result in reply.Results) Write(json, result);
        json.WriteEndArray();
        if (reply.Usage is { } usage) UsageJson.Write(json, "usage"u8, usage);
        reply.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static List<ModerationResult>? ReadResults(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var results = new List<ModerationResult>();
        while (reader.NextItem())
            if (reader.TokenType == JsonTokenType.StartObject) results.Add(ReadResult(ref reader, source));
            else reader.Skip();
        return results;
    }

    private static ModerationResult ReadResult(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        bool? flagged = null;
        var categories = new Dictionary<string, bool?>();
        var scores = new Dictionary<string, double>();
        var types = new Dictionary<string, IReadOnlyList<string>>();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("flagged"u8)) flagged = reader.ReadBool();
            else if (reader.Is("categories"u8)) ReadCategories(ref reader, categories);
            else if (reader.Is("category_scores"u8)) ReadScores(ref reader, scores);
            else if (reader.Is("category_applied_input_types"u8)) ReadTypes(ref reader, source, types);
            else extra.Take(ref reader, source);
        }
        return new()
        {
            Flagged = flagged ?? categories.ContainsValue(true), Categories = categories, CategoryScores = scores, CategoryAppliedInputTypes = types, Extra = extra.ToExtra(),
        };
    }

    private static void ReadCategories(ref Utf8JsonReader reader, Dictionary<string, bool?> into)
    {
        if (!reader.EnterObject()) return;
        while (reader.NextMember())
        {
            var name = reader.Text();
            into[name] = reader.ReadBool();
        }
    }

    private static void ReadScores(ref Utf8JsonReader reader, Dictionary<string, double> into)
    {
        if (!reader.EnterObject()) return;
        while (reader.NextMember())
        {
            var name = reader.Text();
            if (reader.ReadDouble() is { } score) into[name] = score;
        }
    }

    private static void ReadTypes(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, Dictionary<string, IReadOnlyList<string>> into)
    {
        if (!reader.EnterObject()) return;
        while (reader.NextMember())
        {
            var name = reader.Text();
            if (reader.NextIs(JsonTokenType.String)) into[name] = [reader.ReadString(source)!];
            if (reader.TokenType == JsonTokenType.String || !reader.EnterArray()) continue;
            var types = new List<string>();
            while (reader.NextItem()) types.Add(reader.TextOf(source) ?? "");
            into[name] = types;
        }
    }

    private static void Write(Utf8JsonWriter json, ModerationResult result)
    {
        json.WriteStartObject();
        json.WriteBoolean("flagged"u8, result.Flagged);
        json.WriteStartObject("categories"u8);
        foreach (var (name, found) in result.Categories)
            if (found is { } told) json.WriteBoolean(name, told);
            else json.WriteNull(name);
        json.WriteEndObject();
        json.WriteStartObject("category_scores"u8);
        foreach (var (name, score) in result.CategoryScores) json.WriteNumber(name, score);
        json.WriteEndObject();
        if (result.CategoryAppliedInputTypes.Count > 0) WriteTypes(json, result.CategoryAppliedInputTypes);
        result.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteTypes(Utf8JsonWriter json, IReadOnlyDictionary<string, IReadOnlyList<string>> all)
    {
        json.WriteStartObject("category_applied_input_types"u8);
        foreach (var (name, types) in all)
        {
            json.WriteStartArray(name);
            foreach (var type in types) json.WriteStringValue(type);
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
