using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>IBM watsonx.ai's embeddings. How a text that is too long is cut (<c>truncate_input_tokens</c>) is a further member <c>parameters</c> of a request.</summary>
/// <remarks>Source: "Generate embeddings" (<c>POST /ml/v1/text/embeddings</c>) of IBM's watsonx.ai API reference.</remarks>
public sealed record WatsonxEmbeddings : EmbeddingsDialect
{
    /// <summary>IBM takes up to a thousand texts at once.</summary>
    public WatsonxEmbeddings() => MaxInputs = 1000;

    /// <summary>The path after the base URL; it has a query.</summary>
    public string Path { get; init; } = "text/embeddings";

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Input.Tokens.Count > 0) throw context.Refuse("input", "tokens are not taken: give text");
        var warnings = new Warnings();
        if (request.Dimensions is not null) warnings.Add("dimensions", "left out: the service has nothing like it");
        if (request.User is not null) warnings.Add("user", "left out: the service has nothing like it");
        var extra = context.Account is { } account ? account.Beside(request.Extra) : request.Extra;
        var body = JsonOut.ToUtf8((request, extra, context.Model), static (json, it) =>
        {
            var members = new MemberWriter(json, it.extra);
            json.WriteStartObject();
            members.Text("model_id"u8, it.Model);
            members.Texts("inputs"u8, it.request.Input.Texts);
            it.extra.WriteMembers(json);
            json.WriteEndObject();
        });
        return new(HttpMethod.Post, Path) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context)
    {
        try
        {
            if (Read(JsonReading.WithoutMark(reply.Body.Span), context) is { } read) return read;
        }
        catch (JsonException)
        {
            // Not JSON, JSON cut in the middle, or a result without numbers: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) => Exchange.Of(() => Render(request, context), reply =>
    {
        var read = Parse(reply, context);
        if (request.Extra.Holds("inputs"u8) || read.Data.Count == request.Input.Count) return read;
        throw new ServerException($"{context.Provider}: {read.Data.Count} embeddings came for {request.Input.Count} texts") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadGateway };
    });

    private static EmbeddingResponse? Read(ReadOnlySpan<byte> source, CallContext context)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? model = null;
        long? tokens = null;
        List<Embedding>? data = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model_id"u8)) model = reader.ReadString(source);
            else if (reader.Is("input_token_count"u8)) tokens = reader.ReadLong();
            else if (reader.Is("results"u8)) data = ReadResults(ref reader, source);
            else extra.Take(ref reader, source);
        }
        reader.Read();
        var usage = tokens is { } count ? new Usage { PromptTokens = count, TotalTokens = count } : null;
        return data is null ? null : new() { Model = model ?? context.Model, Data = data, Usage = usage, Extra = extra.ToExtra() };
    }

    private static List<Embedding>? ReadResults(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return null;
        var all = new List<Embedding>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("A result is no object.");
            float[]? vector = null;
            var extra = new ExtraReader();
            while (reader.NextMember())
                if (reader.Is("embedding"u8)) vector = VectorJson.ReadVector(ref reader);
                else extra.Take(ref reader, source);
            all.Add(new() { Index = all.Count, Vector = vector ?? throw new JsonException("A result has no embedding."), Extra = extra.ToExtra() });
        }
        return all;
    }
}
