namespace Muxi.Llm;

/// <summary>
/// OpenAI's models, of which those that one has fine-tuned can be deleted. The list knows no pages; Anthropic, whose form is the same with other words for some members, says when there is more and is asked for it.
/// </summary>
/// <remarks>Sources: OpenAI's OpenAPI document 2.3.0, <c>GET /models</c>; platform.claude.com/docs/en/api/models-list.</remarks>
public sealed record OpenAIModels : ModelsDialect, IVerb<ModelDeleteRequest, ModelDeleted>
{
    /// <inheritdoc/>
    public override HttpCall Render(ModelListRequest request)
    {
        ArgumentNullException.ThrowIfNull(request);
        // The first page is asked for plainly, as most services know no pages.
        return ModelJson.Render(Path, request.After is { } after ? $"limit=1000&after_id={Uri.EscapeDataString(after)}" : null);
    }

    /// <inheritdoc/>
    public IExchange<ModelDeleted> Begin(ModelDeleteRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        return Exchange.Of(() => Render(new ModelRetrieveRequest(request.Id)) with { Method = HttpMethod.Delete }, reply => ModelJson.ReadDeleted(reply, request.Id, context));
    }
}
