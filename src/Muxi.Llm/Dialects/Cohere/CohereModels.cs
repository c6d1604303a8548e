using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Cohere's list of models, page by page. It is of the first version of the API alone. What a model is for (<c>endpoints</c>), its context and its tokenizer are kept as extra members; when a model was
/// made is not told.
/// </summary>
/// <remarks>Source: <c>GET /v1/models</c> and <c>/v1/models/{model}</c> at docs.cohere.com/reference/list-models, as of 2026-11.</remarks>
public sealed record CohereModels : ModelsDialect
{
    /// <summary>Cohere's models, beside the version that the base URL ends in.</summary>
    public CohereModels() => Path = "../v1/models";

    /// <summary>How many models a page is asked to hold; the service gives 20 where nothing is said, and 1,000 at most.</summary>
    public int PageSize { get; init; } = 1000;

    /// <inheritdoc/>
    public override HttpCall Render(ModelListRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelJson.Render(Path, new Query("").With("page_size", PageSize).With("page_token", request.After).ToString().TrimStart('?'));
    }

    /// <inheritdoc/>
    public override Page<Model> ParsePage(HttpReply reply, CallContext context)
    {
        try
        {
            return ReadPage(JsonReading.WithoutMark(reply.Body.Span)) ?? throw context.Error(reply);
        }
        catch (JsonException e)
        {
            throw new ServerException($"{context.Provider}: the list of models is not JSON", e) { Provider = context.Provider, Status = HttpStatusCode.BadGateway };
        }
    }

    /// <inheritdoc/>
    public override Model Parse(HttpReply reply, CallContext context)
    {
        try
        {
            var source = JsonReading.WithoutMark(reply.Body.Span);
            var reader = new Utf8JsonReader(source);
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && ReadModel(ref reader, source) is { } model) return model;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static Page<Model>? ReadPage(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        List<Model>? models = null;
        string? next = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("models"u8) && reader.NextIs(JsonTokenType.StartArray)) models = ReadList(ref reader, source);
            else if (reader.Is("next_page_token"u8)) next = reader.ReadString(source);
            else if (reader.NextIsNull()) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        return models is null ? null : new() { Data = models, HasMore = !string.IsNullOrEmpty(next), LastId = string.IsNullOrEmpty(next) ? models.LastOrDefault()?.Id : next, Extra = extra.ToExtra() };
    }

    private static List<Model> ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var models = new List<Model>();
        reader.Read();
        while (reader.NextItem())
            if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
            else if (ReadModel(ref reader, source) is { } model) models.Add(model);
        return models;
    }

    private static Model? ReadModel(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? name = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("name"u8)) name = reader.ReadString(source);
            else if (reader.NextIsNull()) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        return string.IsNullOrEmpty(name) ? null : new() { Id = name, Extra = extra.ToExtra() };
    }
}
