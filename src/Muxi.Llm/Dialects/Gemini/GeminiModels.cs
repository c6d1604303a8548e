using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Google's list of models, page by page. Names come without the collection in front (<c>models/</c>, <c>publishers/google/models/</c>); limits, abilities and usual settings
/// are kept as extra members; when a model was made is not told.
/// </summary>
/// <remarks>Sources: <c>GET models</c> of the Gemini API's reference; <c>GET publishers/google/models</c> of Vertex AI's (v1beta1 for the list), as of 2026-11.</remarks>
public sealed record GeminiModels : ModelsDialect
{
    /// <summary>The path of one model, where it is another one than that of the list with the name behind it; <c>{model}</c> stands for the name.</summary>
    public string? ModelPath { get; init; }

    /// <summary>How many models a page is asked to hold; the service gives 50 where nothing is said, and 1,000 at most.</summary>
    public int PageSize { get; init; } = 1000;

    /// <inheritdoc/>
    public override HttpCall Render(ModelListRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelJson.Render(Path, new Query("").With("pageSize", PageSize).With("pageToken", request.After).ToString().TrimStart('?'));
    }

    /// <inheritdoc/>
    public override HttpCall Render(ModelRetrieveRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelPath is null ? base.Render(new ModelRetrieveRequest(GeminiBody.Bare(request.Id))) : new(HttpMethod.Get, GeminiBody.Path(ModelPath, request.Id));
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
            var reader = new Utf8JsonReader(JsonReading.WithoutMark(reply.Body.Span));
            if (reader.Read() && reader.TokenType == JsonTokenType.StartObject && ReadModel(ref reader, JsonReading.WithoutMark(reply.Body.Span)) is { } model) return model;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    /// <summary>Reads a page. An empty list is left out by the service, so that an empty object is a page without models.</summary>
    private static Page<Model>? ReadPage(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        List<Model> models = [];
        string? next = null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("models"u8) || reader.Is("publisherModels"u8)) ReadList(ref reader, source, models);
            else if (reader.Is("nextPageToken"u8)) next = reader.ReadString(source);
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        return isError ? null : new() { Data = models, HasMore = !string.IsNullOrEmpty(next), LastId = string.IsNullOrEmpty(next) ? models.LastOrDefault()?.Id : next, Extra = extra.ToExtra() };
    }

    private static void ReadList(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, List<Model> into)
    {
        if (!reader.EnterArray()) return;
        while (reader.NextItem())
            if (reader.TokenType != JsonTokenType.StartObject) reader.Skip();
            else if (ReadModel(ref reader, source) is { } model) into.Add(model);
    }

    private static Model? ReadModel(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? name = null, display = null;
        var isError = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("name"u8) && reader.NextIs(JsonTokenType.String)) name = reader.ReadString(source);
            else if (reader.Is("displayName"u8) && reader.NextIs(JsonTokenType.String)) display = reader.ReadString(source);
            else
            {
                isError |= reader.Is("error"u8) && !reader.NextIsNull();
                extra.Take(ref reader, source);
            }
        }
        if (name is null || isError) return null;
        const string Collection = "models/";
        var id = name.LastIndexOf(Collection, StringComparison.Ordinal) is >= 0 and var at && (at == 0 || name[at - 1] == '/') ? name[(at + Collection.Length)..] : name;
        return id.Length == 0 ? null : new() { Id = id, DisplayName = display, Extra = extra.ToExtra() };
    }
}
