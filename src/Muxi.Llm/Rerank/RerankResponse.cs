namespace Muxi.Llm;

/// <summary>Documents ranked by how well they fit.</summary>
/// <remarks>Source: Cohere's reference, <c>POST /v2/rerank</c>, as of 2026-11, with the model and the usage that other services tell.</remarks>
public sealed partial record RerankResponse : Reply
{
    /// <summary>The provider's id of the reply; empty where it has none.</summary>
    public string Id { get; init; } = "";

    /// <summary>The model that ranked, in the vendor's own words; empty where it does not say.</summary>
    public string Model { get; init; } = "";

    /// <summary>The documents by their places in the request, the best first.</summary>
    public required IReadOnlyList<RerankResult> Results { get; init; }

    /// <summary>What is billed, in Cohere's words, where the provider says.</summary>
    public RerankMeta? Meta { get; init; }

    /// <summary>The tokens that were read, where the provider says. A cost that it tells is among its further members.</summary>
    public Usage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the scores came without places, one for each document in its order: then there must be as many as documents.</summary>
    internal bool IsInOrder { get; init; }

    /// <summary>Reads a reply in Cohere's JSON form, or in that of another service.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no results.</exception>
    public static RerankResponse Parse(ReadOnlySpan<byte> utf8) => RerankReply.Read(utf8) ?? throw new System.Text.Json.JsonException("A reply with a ranking needs 'results'.");

    /// <summary>The reply in Cohere's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, reply) => RerankReply.Write(json, reply), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => RerankReply.Write(json, reply), indented: true);
}

/// <summary>How well one document fits.</summary>
public sealed record RerankResult
{
    /// <summary>The document's place among the documents of the request, from 0.</summary>
    public required int Index { get; init; }

    /// <summary>
    /// How well it fits; more is better. Most models give 0 to 1, some (NVIDIA's, llama.cpp's) any number, also below 0: scores of two models, or of two queries, cannot be compared.
    /// </summary>
    public required double RelevanceScore { get; init; }

    /// <summary>The document, where it was asked for or the provider gives it unasked.</summary>
    public RerankDocument? Document { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>What Cohere says beside the results.</summary>
public sealed record RerankMeta
{
    /// <summary>How many searches are billed: at Cohere one is a query with up to 100 documents. Null where the provider does not say.</summary>
    public double? SearchUnits { get; init; }

    /// <summary>Tokens that are billed, where the provider bills them.</summary>
    public long? BilledInputTokens { get; init; }

    /// <summary>Tokens that were read.</summary>
    public long? InputTokens { get; init; }

    /// <summary>Tokens that were written; models that rank write none, or one for each document.</summary>
    public long? OutputTokens { get; init; }

    /// <summary>What the provider warns of.</summary>
    public IReadOnlyList<string> Warnings { get; init; } = [];

    /// <summary>Members that we do not know: <c>api_version</c>.</summary>
    public Extra Extra { get; init; }
}
