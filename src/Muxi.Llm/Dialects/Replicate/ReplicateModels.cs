using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Replicate's public models, page by page: a model's id is <c>owner/name</c>. What it does, how often it ran and its latest version are kept as extra members.</summary>
/// <remarks>Source: <c>GET /models</c> and <c>GET /models/{owner}/{name}</c> in replicate.com/docs/reference/http.</remarks>
public sealed record ReplicateModels : ModelsDialect
{
    /// <inheritdoc/>
    public override HttpCall Render(ModelListRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelJson.Render(Path, request.After is { } mark ? new Query("").With("cursor", mark).ToString().TrimStart('?') : null);
    }

    /// <inheritdoc/>
    public override Page<Model> ParsePage(HttpReply reply, CallContext context)
    {
        if (Root(reply) is not { } root || !root.TryGetProperty("results"u8, out var models) || models.ValueKind != JsonValueKind.Array) throw context.Error(reply);
        var next = Cursor(ToolForms.Text(root, "next"));
        List<Model> all = [.. models.EnumerateArray().Select(Of).OfType<Model>()];
        return new() { Data = all, HasMore = next is not null, LastId = next ?? all.LastOrDefault()?.Id };
    }

    /// <inheritdoc/>
    public override Model Parse(HttpReply reply, CallContext context) => Root(reply) is { } root && Of(root) is { } model ? model : throw context.Error(reply);

    private static JsonElement? Root(HttpReply reply)
    {
        try
        {
            var reader = new Utf8JsonReader(JsonReading.WithoutMark(reply.Body.Span));
            return JsonElement.ParseValue(ref reader) is { ValueKind: JsonValueKind.Object } root ? root : null;
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
            return null;
        }
    }

    private static Model? Of(JsonElement model)
    {
        if (ToolForms.Text(model, "owner") is not { Length: > 0 } owner || ToolForms.Text(model, "name") is not { Length: > 0 } name) return null;
        var rest = Extra.Trusted(((RawJson)model).Utf8.ToArray()).Without("owner").Without("name");
        var made = ToolForms.Text(model, "created_at") ?? (model.TryGetProperty("latest_version"u8, out var version) ? ToolForms.Text(version, "created_at") : null);
        return new()
        {
            Id = $"{owner}/{name}", OwnedBy = owner, Extra = rest.Names.Count > 0 ? rest : default,
            Created = DateTimeOffset.TryParse(made, System.Globalization.CultureInfo.InvariantCulture, System.Globalization.DateTimeStyles.AssumeUniversal, out var time) ? time.ToUnixTimeSeconds() : null,
        };
    }

    /// <summary>The mark of the next page in its address.</summary>
    private static string? Cursor(string? address)
    {
        if (address is null || address.IndexOf("cursor=", StringComparison.Ordinal) is not (>= 0 and var at)) return null;
        var mark = address[(at + "cursor=".Length)..];
        return Uri.UnescapeDataString(mark.IndexOf('&', StringComparison.Ordinal) is >= 0 and var end ? mark[..end] : mark);
    }
}
