namespace Muxi.Llm;

/// <summary>OpenAI's list of models. It knows no pages; services that do as Anthropic does, and say that there is more, are asked as that is.</summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>GET /models</c>.</remarks>
public sealed record OpenAIModels : ModelsDialect
{
    /// <inheritdoc/>
    public override HttpCall Render(ModelListing request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The first page is asked for plainly, as most services know no pages.
        return ModelJson.Render(Path, request.After is { } after ? $"limit=1000&after_id={Uri.EscapeDataString(after)}" : null);
    }
}
