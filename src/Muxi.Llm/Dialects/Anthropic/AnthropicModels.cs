namespace Muxi.Llm;

/// <summary>Anthropic's list of models, in pages of a thousand at most; it gives their names for people, and when they were made as a date.</summary>
/// <remarks>Source: platform.claude.com/docs/en/api/models-list.</remarks>
public sealed record AnthropicModels : ModelsDialect
{
    /// <inheritdoc/>
    public override HttpCall Render(ModelListing request)
    {
        ArgumentNullException.ThrowIfNull(request);
        return ModelJson.Render(Path, request.After is { } after ? $"limit=1000&after_id={Uri.EscapeDataString(after)}" : "limit=1000");
    }
}
