using System.Collections.Immutable;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Embeddings of Vertex AI's older models. Extra members that describe a text (<see cref="InstanceMembers"/>) go to every text, others to the parameters.
/// </summary>
/// <remarks>Source: "Text embeddings API" of Vertex AI's reference (<c>POST publishers/google/models/{model}:predict</c>), as of 2026-11.</remarks>
public sealed record VertexEmbeddings : EmbeddingsDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> stands for the model's name.</summary>
    public string Path { get; init; } = "models/{model}:predict";

    /// <summary>Extra members that belong to a text, by the name that is sent; <c>taskType</c> is sent as <c>task_type</c>.</summary>
    public ImmutableArray<string> InstanceMembers { get; init; } = ["task_type", "title", "mimeType"];

    internal override string NameForVariants(string model) => GeminiBody.Bare(model);

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var warnings = GoogleEmbeddingJson.Check(request, context);
        var body = JsonOut.ToUtf8((request, quirks: this), static (json, it) => it.quirks.Write(json, it.request));
        return new(HttpMethod.Post, GeminiBody.Path(Path, context.Model)) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context) => GoogleEmbeddingJson.Parse(reply, context);

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) => GoogleEmbeddingJson.Exchange(this, request, context);

    private void Write(Utf8JsonWriter json, EmbeddingRequest request)
    {
        Extra instance = default, parameters = default, top = default;
        foreach (var name in request.Extra.Names)
        {
            var sent = name == "taskType" ? "task_type" : name;
            if (InstanceMembers.Contains(sent)) instance = instance.With(sent, request.Extra[name]);
            else if (name is "instances" or "labels") top = top.With(name, request.Extra[name]);
            else if (name != "parameters") parameters = parameters.With(name, request.Extra[name]);
        }
        if (request.Dimensions is { } dimensions && !parameters.Holds("outputDimensionality"u8)) parameters = GeminiBody.Members(own => own.WriteNumber("outputDimensionality"u8, dimensions)).With(parameters);
        json.WriteStartObject();
        if (!top.Holds("instances"u8)) WriteInstances(json, request.Input, instance);
        GeminiBody.Write(json, "parameters", parameters.With(GeminiBody.Within(request.Extra, "parameters")));
        top.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void WriteInstances(Utf8JsonWriter json, TextInput input, Extra members)
    {
        json.WriteStartArray("instances"u8);
        foreach (var text in input.Texts)
        {
            json.WriteStartObject();
            json.WriteString("content"u8, text);
            members.WriteMembers(json);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}

/// <summary>Embeddings of Vertex AI's newer models, one text at a time. Extra members (<c>taskType</c>, <c>title</c>, <c>autoTruncate</c>) go into <c>embedContentConfig</c>.</summary>
/// <remarks>Source: <c>POST publishers/google/models/{model}:embedContent</c> of Vertex AI's reference, as of 2026-11.</remarks>
public sealed record VertexContentEmbeddings : EmbeddingsDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> stands for the model's name.</summary>
    public string Path { get; init; } = "models/{model}:embedContent";

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Input.Count > 1) throw context.Refuse("input", "one text is taken at a time");
        var warnings = GoogleEmbeddingJson.Check(request, context);
        var body = JsonOut.ToUtf8(request, Write);
        return new(HttpMethod.Post, GeminiBody.Path(Path, context.Model)) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context) => GoogleEmbeddingJson.Parse(reply, context);

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) => GoogleEmbeddingJson.Exchange(this, request, context);

    private static void Write(Utf8JsonWriter json, EmbeddingRequest request)
    {
        var config = request.Dimensions is { } dimensions ? GeminiBody.Members(own => own.WriteNumber("outputDimensionality"u8, dimensions)) : default;
        json.WriteStartObject();
        if (request.Extra.TryGet("content", out var content))
        {
            json.WritePropertyName("content"u8);
            content.WriteTo(json);
        }
        else GoogleEmbeddingJson.WriteContent(json, request.Input.Texts[0]);
        GeminiBody.Write(json, "embedContentConfig", config.With(request.Extra.Without("content").Without("embedContentConfig")).With(GeminiBody.Within(request.Extra, "embedContentConfig")));
        json.WriteEndObject();
    }
}
