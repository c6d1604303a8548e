using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>IBM watsonx.ai's list of models, page by page; what they can do, their limits and their prices are kept as extra members. It is told to everybody.</summary>
/// <remarks>Source: "List the available foundation models" (<c>GET /ml/v1/foundation_model_specs</c>) of IBM's watsonx.ai API reference.</remarks>
public sealed record WatsonxModels : ModelsDialect
{
    /// <summary>IBM's list of models.</summary>
    public WatsonxModels() => Path = "foundation_model_specs";

    /// <summary>How many models a page is asked to hold; the service gives 100 where nothing is said, and 200 at most.</summary>
    public int PageSize { get; init; } = 200;

    /// <inheritdoc/>
    public override HttpCall Render(ModelListRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelJson.Render(Path, new Query("").With("limit", PageSize).With("start", request.After).ToString().TrimStart('?'));
    }

    /// <inheritdoc/>
    public override HttpCall Render(ModelRetrieveRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelJson.Render(Path, new Query("").With("filters", $"modelid_{request.Id}").ToString().TrimStart('?'));
    }

    /// <inheritdoc/>
    public override Page<Model> ParsePage(HttpReply reply, CallContext context)
    {
        var page = Read(reply) ?? throw context.Error(reply);
        return page with { LastId = page.LastId ?? (page.Data is [.., var last] ? last.Id : null) };
    }

    /// <inheritdoc/>
    public override Model Parse(HttpReply reply, CallContext context)
    {
        var page = Read(reply) ?? throw context.Error(reply);
        return page.Data.FirstOrDefault(model => model.Id == context.Model) ?? (context.Model.Length == 0 && page.Data is [var only, ..] ? only : null)
            ?? throw new NotFoundException($"{context.Provider}: there is no model '{context.Model}'") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.NotFound };
    }

    private static Page<Model>? Read(HttpReply reply)
    {
        try
        {
            var reader = new Utf8JsonReader(JsonReading.WithoutMark(reply.Body.Span));
            var root = JsonElement.ParseValue(ref reader);
            if (root.ValueKind != JsonValueKind.Object || !root.TryGetProperty("resources"u8, out var models) || models.ValueKind != JsonValueKind.Array) return null;
            var next = root.TryGetProperty("next"u8, out var more) ? Start(ToolForms.Text(more, "href")) : null;
            return new() { Data = [.. models.EnumerateArray().Select(Of).OfType<Model>()], HasMore = next is not null, LastId = next, Extra = Extra.Rest(root, "resources", "next") };
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
            return null;
        }
    }

    private static Model? Of(JsonElement model) =>
        ToolForms.Text(model, "model_id") is not { Length: > 0 } id ? null : new() { Id = id, OwnedBy = ToolForms.Text(model, "provider") ?? "", Extra = Extra.Rest(model, "model_id", "provider") };

    /// <summary>The mark of the next page in its address.</summary>
    private static string? Start(string? address)
    {
        var query = address is null ? "" : address[(address.IndexOf('?', StringComparison.Ordinal) + 1)..];
        foreach (var part in query.Split('&'))
            if (part.StartsWith("start=", StringComparison.Ordinal)) return Uri.UnescapeDataString(part["start=".Length..]);
        return null;
    }
}
