using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A ranking, read from whatever form a service gives it and written in Cohere's: the results stand in <c>results</c>, <c>data</c> (Voyage, Fireworks) or <c>rankings</c> (NVIDIA), or
/// are the whole reply (SGLang, Text Embeddings Inference), or are but <c>scores</c> in the documents' order (DeepInfra).
/// </summary>
internal static class RerankReply
{
    /// <summary>Reads a reply; null where it has no results.</summary>
    /// <exception cref="JsonException">It is not JSON, or a result has no score.</exception>
    public static RerankResponse? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read()) return null;
        if (reader.TokenType == JsonTokenType.StartArray) return new() { Results = Items(ref reader, source) };
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        string? id = null, request = null, model = null;
        List<RerankResult>? results = null, scores = null;
        Usage? usage = null;
        RerankMeta? meta = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("request_id"u8)) request = reader.ReadString(source);
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (IsResults(reader)) results = Results(ref reader, source);
            else if (IsScores(reader)) scores = Scores(ref reader);
            else if (reader.Is("usage"u8) && reader.NextIs(JsonTokenType.StartObject)) usage = RerankUsage.Read(reader.ReadSpan(source));
            else if (reader.Is("meta"u8) && reader.NextIs(JsonTokenType.StartObject)) meta = RerankUsage.ReadMeta(reader.ReadSpan(source));
            else extra.Take(ref reader, source);
        }
        if ((results ?? scores) is not { } all) return null;
        var reply = new RerankResponse { Id = id ?? request ?? "", Model = model ?? "", Results = all, IsInOrder = results is null, Extra = extra.ToExtra() };
        return reply with { Usage = usage ?? RerankUsage.Of(meta, reply.Extra), Meta = meta ?? RerankUsage.MetaOf(usage) };
    }

    private static bool IsScores(in Utf8JsonReader reader) => reader.Is("scores"u8) && reader.NextIs(JsonTokenType.StartArray);

    private static bool IsResults(in Utf8JsonReader reader) => (reader.Is("results"u8) || reader.Is("data"u8) || reader.Is("rankings"u8)) && reader.NextIs(JsonTokenType.StartArray);

    public static void Write(Utf8JsonWriter json, RerankResponse reply)
    {
        json.WriteStartObject();
        json.WriteString("id"u8, reply.Id);
        if (reply.Model.Length > 0) json.WriteString("model"u8, reply.Model);
        json.WriteStartArray("results"u8);
        foreach (var result in reply.Results) Write(json, result);
        json.WriteEndArray();
        if (reply.Meta is { } meta) RerankUsage.Write(json, meta);
        if (reply.Usage is { } usage) UsageJson.Write(json, "usage"u8, usage);
        reply.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>The document that the reader stands on: a text, an object or a list of parts; null for anything else, and for an object without members (Together, where none was asked for).</summary>
    public static RerankDocument? Document(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (reader.TokenType == JsonTokenType.String) return RerankDocument.FromText(reader.Text());
        var isStructure = reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray;
        var raw = reader.RawValue(source);
        return isStructure && !IsEmpty(raw) ? RerankDocument.Of(raw) : null;
    }

    private static void Write(Utf8JsonWriter json, RerankResult result)
    {
        json.WriteStartObject();
        json.WriteNumber("index"u8, result.Index);
        json.WriteNumber("relevance_score"u8, result.RelevanceScore);
        if (result.Document is { Fields.IsEmpty: true, Text: var text })
        {
            json.WriteStartObject("document"u8);
            json.WriteString("text"u8, text);
            json.WriteEndObject();
        }
        else if (result.Document is { } document)
        {
            json.WritePropertyName("document"u8);
            document.Fields.WriteTo(json);
        }
        result.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static List<RerankResult> Results(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        return Items(ref reader, source);
    }

    /// <summary>The results in the array that the reader stands on.</summary>
    private static List<RerankResult> Items(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var results = new List<RerankResult>();
        while (reader.NextItem())
            if (reader.TokenType == JsonTokenType.StartObject) results.Add(Result(ref reader, source));
            else reader.Skip();
        return results;
    }

    private static RerankResult Result(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        long? index = null;
        double? score = null;
        RerankDocument? document = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) index = reader.ReadLong();
            else if (IsScore(reader)) score = reader.ReadDouble();
            else if (reader.Is("document"u8) || reader.Is("text"u8))
            {
                reader.Read();
                document = Document(ref reader, source) ?? document;
            }
            else extra.Take(ref reader, source);
        }
        if (index is null or < int.MinValue or > int.MaxValue || score is null) throw new JsonException("A result needs 'index' and 'relevance_score'.");
        return new() { Index = (int)index, RelevanceScore = score.Value, Document = document, Extra = extra.ToExtra() };
    }

    /// <summary>Cohere's word and others for it: Bedrock's, SGLang's, NVIDIA's.</summary>
    private static bool IsScore(in Utf8JsonReader reader) => reader.Is("relevance_score"u8) || reader.Is("relevanceScore"u8) || reader.Is("score"u8) || reader.Is("logit"u8);

    private static List<RerankResult> Scores(ref Utf8JsonReader reader)
    {
        var results = new List<RerankResult>();
        reader.Read();
        while (reader.NextItem())
            results.Add(reader.TokenType == JsonTokenType.Number ? new() { Index = results.Count, RelevanceScore = Math.Clamp(reader.GetDouble(), double.MinValue, double.MaxValue) } : throw new JsonException("A score must be a number."));
        return results;
    }

    private static bool IsEmpty(RawJson raw)
    {
        var reader = new Utf8JsonReader(raw.Utf8.Span);
        reader.Read();
        return reader.Read() && reader.TokenType is JsonTokenType.EndObject or JsonTokenType.EndArray;
    }
}
