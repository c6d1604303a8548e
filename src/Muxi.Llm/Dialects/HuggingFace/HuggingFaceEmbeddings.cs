using System.Globalization;
using System.Net;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Hugging Face's feature extraction, as hf-inference and Text Embeddings Inference answer it: texts in, lists of numbers out without anything around them. <c>normalize</c>, <c>truncate</c>,
/// <c>truncation_direction</c> and <c>prompt_name</c> are further members of a request.
/// </summary>
/// <remarks>
/// Sources: the specification of feature-extraction in huggingface.js (packages/tasks); <c>POST /embed</c> of text-embeddings-inference (router/src/http/types.rs), as of 2026-11. Recorded 2026: one text
/// is answered with one flat list. A reply that has a list for each text's every token is that of a model without a pooling of its own, see <see cref="Pooling"/>.
/// </remarks>
public sealed record HuggingFaceEmbeddings : EmbeddingsDialect
{
    /// <summary>Text Embeddings Inference takes 32 texts at once where nothing else is said at its start, and hf-inference runs it.</summary>
    public HuggingFaceEmbeddings() => MaxInputs = 32;

    /// <summary>The path after the base URL; <c>{model}</c> in it is the model's name.</summary>
    public string Path { get; init; } = "../hf-inference/models/{model}/pipeline/feature-extraction";

    /// <summary>Who runs the models, as a name may say behind a colon; empty where names have no such ending.</summary>
    public string Runner { get; init; } = "hf-inference";

    /// <summary>The member that says how many numbers an embedding is to have; null where there is none: then a wish is left out, with a warning.</summary>
    public string? DimensionsField { get; init; }

    /// <summary>
    /// What becomes of a reply that has a vector for every token of a text, and not one for the text. Which pooling is right is the model's matter, and a wrong one gives numbers that look
    /// good and are not: so it is refused unless this says how.
    /// </summary>
    public TokenPooling Pooling { get; init; }

    /// <inheritdoc/>
    public override HttpCall Render(EmbeddingRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        if (request.Input.Tokens.Count > 0) throw context.Refuse("input", "tokens are not taken: give text");
        var warnings = new Warnings();
        if (request.User is not null) warnings.Add("user", "left out: the service has nothing like it");
        if (request.Dimensions is not null && DimensionsField is null) warnings.Add("dimensions", "left out: the service has nothing like it, and gives as many numbers as the model does");
        var body = JsonOut.ToUtf8((DimensionsField, request), static (json, it) => Write(json, it.DimensionsField, it.request));
        return new(HttpMethod.Post, TaskPath.Of(Path, Runner, context)) { Body = body, Warnings = warnings.Given };
    }

    /// <inheritdoc/>
    public override EmbeddingResponse Parse(HttpReply reply, CallContext context) => Parse(reply, null, context);

    /// <inheritdoc/>
    public override IExchange<EmbeddingResponse> Begin(EmbeddingRequest request, CallContext context) =>
        Exchange.Of(() => Render(request, context), reply => Parse(reply, request.Extra.Holds("inputs"u8) ? null : request.Input.Count, context));

    private static void Write(Utf8JsonWriter json, string? dimensionsField, EmbeddingRequest request)
    {
        json.WriteStartObject();
        if (!request.Extra.Holds("inputs"u8)) request.Input.Write(json, "inputs"u8);
        if (request.Dimensions is { } dimensions && dimensionsField is not null && !request.Extra.TryGet(dimensionsField, out _)) json.WriteNumber(dimensionsField, dimensions);
        request.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private EmbeddingResponse Parse(HttpReply reply, int? texts, CallContext context)
    {
        if (VectorLists.Read(reply.Body.Span) is not { } lists) throw context.Error(reply);
        var vectors = lists.Of(texts).Select(rows => Pooled(rows, context)).ToList();
        if (texts is not null && vectors.Count != texts) throw Unusable($"the reply has {vectors.Count} embeddings, and {texts} were asked for", context);
        return new() { Model = context.Model, Data = [.. vectors.Select(static (vector, at) => new Embedding { Index = at, Vector = vector })], Usage = UsageOf(reply) };
    }

    private float[] Pooled(IReadOnlyList<float[]> rows, CallContext context)
    {
        if (rows is [{ Length: > 0 } only]) return only;
        if (rows.Count == 0 || rows.Any(row => row.Length == 0 || row.Length != rows[0].Length)) throw Unusable("the reply has lists of numbers that are no embeddings", context);
        return Pooling switch
        {
            TokenPooling.Mean => Mean(rows),
            TokenPooling.First => rows[0],
            _ => throw Unusable($"the reply has {rows.Count} vectors for a text, one for each token: the model has no pooling of its own. take a model for sentences, or a provider whose HuggingFaceEmbeddings.Pooling is what the model's page says (Mean or First)", context),
        };
    }

    private static float[] Mean(IReadOnlyList<float[]> rows)
    {
        var mean = new float[rows[0].Length];
        for (var i = 0; i < mean.Length; i++) mean[i] = (float)(rows.Sum(row => (double)row[i]) / rows.Count);
        return mean;
    }

    /// <summary>Text Embeddings Inference tells the tokens in a header, and no others.</summary>
    private static Usage? UsageOf(HttpReply reply) =>
        int.TryParse(reply.Headers["x-compute-tokens"], NumberStyles.None, CultureInfo.InvariantCulture, out var tokens) ? new() { PromptTokens = tokens, TotalTokens = tokens } : null;

    private static ServerException Unusable(string what, CallContext context) => new($"{context.Provider}: {what}") { Provider = context.Provider, Model = context.Model, Status = HttpStatusCode.BadGateway };
}

/// <summary>How one vector is made of those of a text's tokens.</summary>
public enum TokenPooling
{
    /// <summary>Not at all: such a reply is an error.</summary>
    None,

    /// <summary>Their mean, each as much as the others.</summary>
    Mean,

    /// <summary>That of the first token, which stands for the whole in BERT's manner.</summary>
    First,
}
