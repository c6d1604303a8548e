using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Embeddings by Bedrock's <c>InvokeModel</c>, which has no format of its own: each maker's is another one. Models that take one text at a time are asked as often as there are
/// texts, one call after the other.
/// </summary>
/// <remarks>Source: the pages of the Amazon Bedrock user guide on Titan embeddings and Cohere Embed, and of the Nova user guide on its embeddings, as of 2026-11.</remarks>
public sealed record BedrockEmbeddings : EmbeddingsDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> is the model's id or ARN, escaped.</summary>
    public string Path { get; init; } = "model/{model}/invoke";

    /// <summary>Whose format the model speaks.</summary>
    public BedrockEmbeddingForm Form { get; init; }

    /// <summary>The member for how many numbers there are to be; a dot parts an object from its member. Null where the model has one size only: then another is a warning.</summary>
    public string? DimensionsField { get; init; } = "dimensions";

    /// <summary>What the embeddings are for, where the format wants to know and the caller does not say.</summary>
    public string Purpose { get; init; } = "";

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context) => Render(request, request.Input.Texts, context);

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            using var document = JsonDocument.Parse(reply.Body);
            if (BedrockVectors.In(document.RootElement) is { Count: > 0 } vectors)
                return new() { Model = context.Model, Data = [.. vectors.Select(static (vector, at) => new Embedding { Index = at, Vector = vector })], Usage = Usage(document.RootElement, reply.Headers), Extra = BedrockVectors.Beside(document.RootElement) };
        }
        catch (JsonException)
        {
            // The classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context)
    {
        if (request.Input.Tokens.Count > 0) throw context.Refuse("input", "the service takes texts, not a model's tokens");
        return new Course(this, request, context);
    }

    private HttpCall Render(EmbeddingRequest request, IReadOnlyList<string> texts, CallContext context)
    {
        var warnings = new Warnings();
        if (request.EncodingFormat is { } format && format != EncodingFormat.Float && format != EncodingFormat.Base64) warnings.Add("encoding_format", $"left out: the numbers come as they are, not as '{format}'");
        if (request.User is not null) warnings.Add("user", "left out: the service has nothing like it");
        if (request.Dimensions is not null && DimensionsField is null) warnings.Add("dimensions", "left out: the model has one size only");
        var body = JsonOut.ToUtf8((Dialect: this, request, texts), static (json, it) => BedrockEmbeddingWriter.Write(json, it.Dialect, it.request, it.texts));
        return new(HttpMethod.Post, BedrockPath.Of(Path, context.Model)) { Body = body, Warnings = warnings.Given };
    }

    /// <summary>The tokens: in the body at some models, in a header at all.</summary>
    private static Usage? Usage(JsonElement reply, ReplyHeaders headers)
    {
        var tokens = reply.TryGetProperty("inputTextTokenCount"u8, out var counted) && counted.ValueKind == JsonValueKind.Number && counted.TryGetInt64(out var number) ? number
            : long.TryParse(headers["x-amzn-bedrock-input-token-count"], NumberStyles.None, CultureInfo.InvariantCulture, out var told) ? told : (long?)null;
        return tokens is { } all ? new() { PromptTokens = all, TotalTokens = all } : null;
    }

    /// <summary>One call for all texts, or one for each.</summary>
    private sealed class Course(BedrockEmbeddings dialect, EmbeddingRequest request, CallContext context) : IExchange<EmbeddingResponse>
    {
        private readonly List<EmbeddingResponse> _replies = [];
        private readonly bool _isOneByOne = dialect.Form != BedrockEmbeddingForm.Cohere && request.Input.Count > 1;

        public Step<EmbeddingResponse> Next(HttpReply? reply)
        {
            if (reply is { } got) _replies.Add(dialect.Parse(got, context));
            if (!_isOneByOne) return reply is null ? Step<EmbeddingResponse>.Send(dialect.Render(request, context)) : Step<EmbeddingResponse>.Done(Checked(_replies[0]));
            if (_replies.Count < request.Input.Count) return Step<EmbeddingResponse>.Send(dialect.Render(request, [request.Input.Texts[_replies.Count]], context));
            return Step<EmbeddingResponse>.Done(_replies[0] with
            {
                Data = [.. _replies.Select(static (one, at) => one.Data[0] with { Index = at })], Usage = Usages.Sum(_replies.Select(static one => one.Usage)),
            });
        }

        private EmbeddingResponse Checked(EmbeddingResponse only) => request.Input.Count == only.Data.Count || request.Input.Count == 0 ? only
            : throw new ServerException($"{context.Provider}: {only.Data.Count} embeddings came for {request.Input.Count} texts") { Provider = context.Provider, Model = context.Model, Status = System.Net.HttpStatusCode.BadGateway };
    }
}

/// <summary>Whose format a model speaks that makes embeddings.</summary>
public enum BedrockEmbeddingForm
{
    /// <summary>Titan's text models: <c>{"inputText":"...","dimensions":512}</c>.</summary>
    Titan,

    /// <summary>Cohere's: <c>{"texts":["..."],"input_type":"search_document"}</c>.</summary>
    Cohere,

    /// <summary>Nova's: <c>{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{...}}</c>.</summary>
    Nova,
}

/// <summary>Writes requests for embeddings.</summary>
internal static class BedrockEmbeddingWriter
{
    public static void Write(Utf8JsonWriter json, BedrockEmbeddings dialect, EmbeddingRequest request, IReadOnlyList<string> texts)
    {
        json.WriteStartObject();
        if (dialect.Form == BedrockEmbeddingForm.Titan) WriteTitan(json, dialect, request, texts[0]);
        else if (dialect.Form == BedrockEmbeddingForm.Cohere) WriteCohere(json, dialect, request, texts);
        else WriteNova(json, dialect, request, texts[0]);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteTitan(Utf8JsonWriter json, BedrockEmbeddings dialect, EmbeddingRequest request, string text)
    {
        if (!request.Extra.Holds("inputText"u8)) json.WriteString("inputText"u8, text);
        WriteDimensions(json, dialect, request);
    }

    private static void WriteCohere(Utf8JsonWriter json, BedrockEmbeddings dialect, EmbeddingRequest request, IReadOnlyList<string> texts)
    {
        if (!request.Extra.Holds("texts"u8) && !request.Extra.Holds("images"u8) && !request.Extra.Holds("inputs"u8))
        {
            json.WriteStartArray("texts"u8);
            foreach (var text in texts) json.WriteStringValue(text);
            json.WriteEndArray();
        }
        if (!request.Extra.Holds("input_type"u8)) json.WriteString("input_type"u8, dialect.Purpose);
        WriteDimensions(json, dialect, request);
    }

    private static void WriteNova(Utf8JsonWriter json, BedrockEmbeddings dialect, EmbeddingRequest request, string text)
    {
        if (!request.Extra.Holds("taskType"u8)) json.WriteString("taskType"u8, "SINGLE_EMBEDDING"u8);
        if (request.Extra.Holds("singleEmbeddingParams"u8) || request.Extra.Holds("segmentedEmbeddingParams"u8)) return;
        json.WriteStartObject("singleEmbeddingParams"u8);
        json.WriteString("embeddingPurpose"u8, dialect.Purpose);
        WriteDimensions(json, dialect, request);
        json.WriteStartObject("text"u8);
        json.WriteString("truncationMode"u8, "NONE"u8);
        json.WriteString("value"u8, text);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static void WriteDimensions(Utf8JsonWriter json, BedrockEmbeddings dialect, EmbeddingRequest request)
    {
        if (request.Dimensions is not { } dimensions || dialect.DimensionsField is not { } field) return;
        var dot = field.IndexOf('.', StringComparison.Ordinal);
        if (request.Extra.TryGet(dot < 0 ? field : field[..dot], out _)) return;
        if (dot < 0)
        {
            json.WriteNumber(field, dimensions);
            return;
        }
        json.WriteStartObject(field[..dot]);
        json.WriteNumber(field[(dot + 1)..], dimensions);
        json.WriteEndObject();
    }
}

/// <summary>The vectors in a reply, whichever form it has.</summary>
internal static class BedrockVectors
{
    /// <summary>The vectors in their order; null where there are none.</summary>
    public static List<ReadOnlyMemory<float>>? In(JsonElement reply)
    {
        if (reply.ValueKind != JsonValueKind.Object) return null;
        if (reply.TryGetProperty("embedding"u8, out var one) && Vector(one) is { } only) return [only];
        if (!reply.TryGetProperty("embeddings"u8, out var many))
            return reply.TryGetProperty("embeddingsByType"u8, out var typed) && typed.ValueKind == JsonValueKind.Object && typed.TryGetProperty("float"u8, out var single) && Vector(single) is { } vector ? [vector] : null;
        if (many.ValueKind == JsonValueKind.Object) many = many.TryGetProperty("float"u8, out var floats) ? floats : many.EnumerateObject().FirstOrDefault().Value;
        if (many.ValueKind != JsonValueKind.Array) return null;
        var vectors = new List<ReadOnlyMemory<float>>();
        foreach (var item in many.EnumerateArray())
        {
            var numbers = item.ValueKind == JsonValueKind.Object && item.TryGetProperty("embedding"u8, out var within) ? within : item;
            if (Vector(numbers) is not { } found) return null;
            vectors.Add(found);
        }
        return vectors;
    }

    /// <summary>What a reply says beside its vectors.</summary>
    public static Extra Beside(JsonElement reply)
    {
        var extra = default(Extra);
        foreach (var member in reply.EnumerateObject())
            if (member.Value.ValueKind != JsonValueKind.Null && member.Name is not ("embedding" or "embeddings" or "embeddingsByType" or "inputTextTokenCount" or "texts")) extra = extra.With(member.Name, member.Value);
        return extra;
    }

    private static ReadOnlyMemory<float>? Vector(JsonElement numbers)
    {
        if (numbers.ValueKind != JsonValueKind.Array) return null;
        var vector = new float[numbers.GetArrayLength()];
        var at = 0;
        foreach (var number in numbers.EnumerateArray())
        {
            if (number.ValueKind != JsonValueKind.Number) return null;
            vector[at++] = number.GetSingle();
        }
        return vector;
    }
}
