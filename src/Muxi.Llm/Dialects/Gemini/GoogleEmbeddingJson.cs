using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Google's embeddings as JSON. All of its forms of a reply are read alike.</summary>
internal static class GoogleEmbeddingJson
{
    /// <summary>One request and its reply.</summary>
    public static IExchange<EmbeddingResponse> Exchange(EmbeddingsDialect dialect, EmbeddingRequest request, CallContext context) => Muxi.Llm.Exchange.Of(
        () => dialect.Render(request, context),
        reply => Counted(dialect.Parse(reply, context), IsReplaced(request.Extra) ? null : request.Input.Count, context));

    /// <summary>Refuses what cannot be asked, and warns of what is left out.</summary>
    /// <exception cref="BadRequestException">The input is tokens.</exception>
    public static Warnings Check(EmbeddingRequest request, CallContext context)
    {
        if (request.Input.Tokens.Count > 0) throw context.Refuse("input", "tokens are not taken: send the text itself");
        var warnings = new Warnings();
        GeminiBody.LeaveOut(warnings, ("user", request.User is not null));
        return warnings;
    }

    /// <summary>Writes a text as the content to embed.</summary>
    public static void WriteContent(Utf8JsonWriter json, string text)
    {
        json.WriteStartObject("content"u8);
        json.WriteStartArray("parts"u8);
        json.WriteStartObject();
        json.WriteString("text"u8, text);
        json.WriteEndObject();
        json.WriteEndArray();
        json.WriteString("role"u8, "user"u8);
        json.WriteEndObject();
    }

    /// <summary>The embeddings in a reply.</summary>
    /// <exception cref="ApiException">It is an error after all, or nothing that can be read.</exception>
    public static EmbeddingResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(JsonReading.WithoutMark(reply.Body.Span), context.Model) is { } found) return found;
        }
        catch (JsonException)
        {
            // Not JSON, or an embedding without numbers: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static bool IsReplaced(Extra extra) => extra.Holds("requests"u8) || extra.Holds("instances"u8);

    private static EmbeddingResponse Counted(EmbeddingResponse response, int? texts, CallContext context) => texts is null || response.Data.Count == texts ? response
        : throw new ServerException($"{context.Provider}: the reply has {response.Data.Count} embeddings, and {texts} were asked for") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadGateway };

    private static EmbeddingResponse? Read(ReadOnlySpan<byte> source, string model)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        var found = new List<Embedding>();
        var (isReply, isError) = (false, false);
        Usage? usage = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("embeddings"u8) || reader.Is("predictions"u8)) isReply |= ReadList(ref reader, source, found);
            else if (reader.Is("embedding"u8)) isReply |= ReadOne(ref reader, source, found);
            else if (reader.Is("usageMetadata"u8)) usage = ReadUsage(ref reader, source);
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        if (!isReply || isError) return null;
        return new() { Model = model, Data = found, Usage = usage ?? Counted(found), Extra = extra.ToExtra() };
    }

    private static bool ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<Embedding> into)
    {
        if (!reader.EnterArray()) return false;
        while (reader.NextItem()) into.Add(ReadEmbedding(ref reader, source, into.Count));
        return true;
    }

    private static bool ReadOne(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<Embedding> into)
    {
        reader.Read();
        if (reader.TokenType != JsonTokenType.StartObject)
        {
            reader.Skip();
            return false;
        }
        into.Add(ReadEmbedding(ref reader, source, into.Count));
        return true;
    }

    /// <summary>An embedding: its values, or an object <c>embeddings</c> that holds them, as a prediction does.</summary>
    private static Embedding ReadEmbedding(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, int index)
    {
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("An embedding is no object.");
        float[]? values = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("values"u8)) values = VectorJson.ReadVector(ref reader);
            else if (reader.Is("embeddings"u8) && reader.NextIs(JsonTokenType.StartObject))
            {
                reader.Read();
                return ReadWithin(ref reader, source, index);
            }
            else extra.Take(ref reader, source);
        }
        return new() { Index = index, Vector = values ?? throw new JsonException("An embedding has no numbers."), Extra = extra.ToExtra() };
    }

    private static Embedding ReadWithin(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, int index)
    {
        var inner = ReadEmbedding(ref reader, source, index);
        while (reader.NextMember()) reader.SkipMember();
        return inner;
    }

    private static Usage? ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? prompt = null, total = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("promptTokenCount"u8)) prompt = reader.ReadLong();
            else if (reader.Is("totalTokenCount"u8)) total = reader.ReadLong();
            else extra.Take(ref reader, source);
        }
        return prompt is null && total is null ? null : new() { PromptTokens = prompt ?? total!.Value, TotalTokens = prompt ?? total!.Value, Extra = extra.ToExtra() };
    }

    /// <summary>What the texts themselves say that they took, where all of them do.</summary>
    private static Usage? Counted(List<Embedding> embeddings)
    {
        long sum = 0;
        foreach (var embedding in embeddings)
        {
            if (!embedding.Extra.TryGet("statistics", out var raw) || raw.ToElement() is not { ValueKind: JsonValueKind.Object } statistics) return null;
            if (!statistics.TryGetProperty("token_count", out var count) && !statistics.TryGetProperty("tokenCount", out count)) return null;
            if (count.ValueKind != JsonValueKind.Number || !count.TryGetDouble(out var tokens)) return null;
            sum += (long)tokens;
        }
        return embeddings.Count == 0 ? null : new() { PromptTokens = sum, TotalTokens = sum };
    }
}
