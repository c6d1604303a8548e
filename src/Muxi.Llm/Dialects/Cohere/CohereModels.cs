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
        var members = MembersOf(reply, context);
        if (members["models"] is not { IsEmpty: false } list || list.ToElement() is not { ValueKind: JsonValueKind.Array } models) throw context.Error(reply);
        var next = members.GetString("next_page_token");
        var data = models.EnumerateArray().Where(static one => one.ValueKind == JsonValueKind.Object).Select(static one => Named(Extra.Trusted(((RawJson)one).Utf8.ToArray()))).OfType<Model>().ToList();
        return new() { Data = data, HasMore = !string.IsNullOrEmpty(next), LastId = string.IsNullOrEmpty(next) ? data.LastOrDefault()?.Id : next, Extra = members.Without("models").Without("next_page_token") };
    }

    /// <inheritdoc/>
    public override Model Parse(HttpReply reply, CallContext context) => Named(MembersOf(reply, context)) ?? throw context.Error(reply);

    /// <exception cref="ApiException">The reply is no object.</exception>
    private static Extra MembersOf(HttpReply reply, CallContext context)
    {
        try
        {
            var raw = RawJson.Parse(JsonReading.WithoutMark(reply.Body.Span));
            if (raw.ToElement().ValueKind == JsonValueKind.Object) return Extra.Trusted(raw.Utf8.ToArray());
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static Model? Named(Extra members) => members.GetString("name") is { Length: > 0 } name ? new() { Id = name, Extra = members.Without("name") } : null;
}
