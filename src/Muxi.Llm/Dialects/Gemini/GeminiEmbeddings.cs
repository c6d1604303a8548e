using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Embeddings of Google's Gemini API, many at once. Extra members (<c>taskType</c>, <c>title</c>) go to every text. It tells what was used in newer models only.
/// </summary>
/// <remarks>Source: <c>POST models/{model}:batchEmbedContents</c> of the Gemini API's reference, as of 2026-11; replies recorded 2025 and 2026.</remarks>
public sealed record GeminiEmbeddings : EmbeddingsDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> stands for the model's name.</summary>
    public string Path { get; init; } = "models/{model}:batchEmbedContents";

    internal override string NameForVariants(string model) => GeminiBody.Bare(model);

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = GoogleEmbeddingJson.Check(request, context);
        var body = JsonOut.ToUtf8((request, GeminiBody.Resource(context.Model)), static (json, it) => Write(json, it.request, it.Item2));
        return new(HttpMethod.Post, GeminiBody.Path(Path, context.Model)) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context) => GoogleEmbeddingJson.Parse(reply, context);

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) => GoogleEmbeddingJson.Exchange(this, request, context);

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request, string model)
    {
        json.WriteStartObject();
        if (request.Extra.TryGet("requests", out var own))
        {
            json.WritePropertyName("requests"u8);
            own.WriteTo(json);
        }
        else
        {
            json.WriteStartArray("requests"u8);
            foreach (var text in request.Input.Texts)
            {
                json.WriteStartObject();
                json.WriteString("model"u8, model);
                if (!request.Extra.Holds("content"u8)) GoogleEmbeddingJson.WriteContent(json, text);
                if (request.Dimensions is { } dimensions && !request.Extra.Holds("outputDimensionality"u8)) json.WriteNumber("outputDimensionality"u8, dimensions);
                request.Extra.WriteMembers(json);
                json.WriteEndObject();
            }
            json.WriteEndArray();
        }
        json.WriteEndObject();
    }
}
