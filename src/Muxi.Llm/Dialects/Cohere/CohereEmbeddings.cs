using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Cohere's embeddings, version 2. What they are for (<c>input_type</c>), what becomes of a text that is too long (<c>truncate</c>; it is cut where nothing is said), pictures (<c>images</c>) and
/// pictures among texts (<c>inputs</c>) are further members of a request.
/// </summary>
/// <remarks>Source: <c>POST /v2/embed</c> at docs.cohere.com/reference/embed, as of 2026-11.</remarks>
public sealed record CohereEmbeddings : EmbeddingsDialect
{
    /// <summary>Cohere's embeddings, 96 texts at a time.</summary>
    public CohereEmbeddings() => MaxInputs = 96;

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "embed";

    /// <summary>What embeddings are for where the caller does not say, which the service must be told; of pictures alone it is <c>image</c>.</summary>
    public string Purpose { get; init; } = "search_document";

    /// <summary>The form of the numbers that is asked for where the caller does not say.</summary>
    public string Form { get; init; } = "float";

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Input.Tokens.Count > 0) throw context.Refuse("input", "tokens are not taken: give text");
        var warnings = new Warnings();
        if (request.User is not null) warnings.Add("user", "left out: the service has nothing like it");
        var body = JsonOut.ToUtf8((Dialect: this, request, context.Model), static (json, it) => it.Dialect.Write(json, it.request, it.Model));
        return new(HttpMethod.Post, Path) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context) => Parse(reply, null, context);

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => Parse(reply, HasOwnInput(request.Extra) ? null : request.Input.Count, context));

    private static bool HasOwnInput(Extra extra) => extra.Holds("texts"u8) || extra.Holds("images"u8) || extra.Holds("inputs"u8);

    private void Write(Utf8JsonWriter json, EmbeddingRequest request, string model)
    {
        var extra = request.Extra;
        json.WriteStartObject();
        if (!extra.Holds("model"u8)) json.WriteString("model"u8, model);
        if (!extra.Holds("input_type"u8)) json.WriteString("input_type"u8, extra.Holds("images"u8) && !extra.Holds("texts"u8) ? "image" : Purpose);
        if (!extra.Holds("embedding_types"u8))
        {
            json.WriteStartArray("embedding_types"u8);
            json.WriteStringValue(request.EncodingFormat?.Value ?? Form);
            json.WriteEndArray();
        }
        if (request.Dimensions is { } dimensions && !extra.Holds("output_dimension"u8)) json.WriteNumber("output_dimension"u8, dimensions);
        if (!HasOwnInput(extra))
        {
            json.WriteStartArray("texts"u8);
            foreach (var text in request.Input.Texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static EmbeddingResponse Parse(HttpReply reply, int? texts, CallContext context) => Counted(Read(reply, context) ?? throw context.Error(reply), texts, context);

    private static EmbeddingResponse? Read(HttpReply reply, CallContext context)
    {
        try
        {
            return CohereVectors.Read(JsonReading.WithoutMark(reply.Body.Span), context.Model);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
            return null;
        }
    }
}

/// <summary>
/// Reads a reply with embeddings. There is a list of them for each form that was asked for; the most exact one becomes the vectors, what there is besides stands with each embedding under its form's
/// name. The numbers are as they came: those of <c>binary</c> and <c>ubinary</c> hold eight bits each.
/// </summary>
internal static class CohereVectors
{
    private static readonly string[] _best = ["float", "base64"];

    /// <summary>Reads a reply; null where it has no embeddings.</summary>
    /// <exception cref="JsonException">It is not JSON, or something in a vector is no number.</exception>
    public static EmbeddingResponse? Read(ReadOnlySpan<byte> source, string model)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        List<Embedding>? data = null;
        Usage? usage = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("embeddings"u8)) data = ReadAll(reader.ReadSpan(source));
            // The texts as they were given: who asked has them.
            else if (reader.Is("texts"u8)) reader.SkipMember();
            else
            {
                if (reader.Is("meta"u8)) usage = Used(reader, source);
                extra.Take(ref reader, source);
            }
        }
        reader.Read();
        return data is null ? null : new() { Model = model, Data = data, Usage = usage, Extra = extra.ToExtra() };
    }

    /// <summary>A list of vectors, as without forms; or an object with one for each form.</summary>
    private static List<Embedding>? ReadAll(ReadOnlySpan<byte> embeddings)
    {
        var reader = new Utf8JsonReader(embeddings);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartArray) return ReadVectors(embeddings);
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        var forms = new List<(string Name, Range At)>();
        while (reader.NextMember())
        {
            var name = reader.Text();
            reader.Read();
            var start = (int)reader.TokenStartIndex;
            var isList = reader.TokenType == JsonTokenType.StartArray;
            reader.Skip();
            if (isList) forms.Add((name, start..(int)reader.BytesConsumed));
        }
        if (forms.Count == 0) return null;
        var chosen = forms.FindIndex(static form => form.Name == _best[0]);
        if (chosen < 0) chosen = Math.Max(0, forms.FindIndex(static form => form.Name == _best[1]));
        var vectors = ReadVectors(embeddings[forms[chosen].At]);
        for (var i = 0; i < forms.Count; i++)
            if (i != chosen) AddForm(vectors, forms[i].Name, embeddings[forms[i].At]);
        return vectors;
    }

    private static List<Embedding> ReadVectors(ReadOnlySpan<byte> list)
    {
        var reader = new Utf8JsonReader(list);
        reader.Read();
        var vectors = new List<Embedding>();
        while (true)
        {
            var ahead = reader;
            if (!ahead.NextItem()) return vectors;
            vectors.Add(new() { Index = vectors.Count, Vector = VectorJson.ReadVector(ref reader) ?? throw new JsonException("An embedding has no numbers.") });
        }
    }

    private static void AddForm(List<Embedding> vectors, string name, ReadOnlySpan<byte> list)
    {
        var reader = new Utf8JsonReader(list);
        reader.Read();
        for (var i = 0; reader.NextItem(); i++)
        {
            var value = reader.RawValue(list);
            if (i < vectors.Count) vectors[i] = vectors[i] with { Extra = vectors[i].Extra.With(name, value) };
        }
    }

    /// <summary>What is charged for is all that is counted; the member is kept besides.</summary>
    private static Usage? Used(Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        long? text = null, pictures = null;
        while (reader.NextMember())
        {
            if (!reader.Is("billed_units"u8) || !reader.NextIs(JsonTokenType.StartObject))
            {
                reader.SkipMember();
                continue;
            }
            reader.Read();
            while (reader.NextMember())
            {
                if (reader.Is("input_tokens"u8)) text = reader.ReadLong();
                else if (reader.Is("image_tokens"u8)) pictures = reader.ReadLong();
                else reader.SkipMember();
            }
        }
        if (text is null && pictures is null) return null;
        var all = (text ?? 0) + (pictures ?? 0);
        return new() { PromptTokens = all, TotalTokens = all, PromptTokensDetails = pictures is > 0 ? new() { ImageTokens = pictures } : null };
    }
}
