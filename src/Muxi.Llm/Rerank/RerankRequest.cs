namespace Muxi.Llm;

/// <summary>A request to rank documents by how well they fit a query, in Cohere's form, whoever answers. What is null is not sent.</summary>
/// <remarks>
/// Source: Cohere's reference, <c>POST /v2/rerank</c> and <c>/v1/rerank</c>, as of 2026-11. A vendor's further parameters (<c>truncation</c>, <c>truncate</c>, <c>max_chunks_per_doc</c>)
/// go into <see cref="Extra"/>.
/// </remarks>
public sealed record RerankRequest
{
    /// <summary><c>provider/model</c>, or an alias. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What is looked for.</summary>
    public required string Query { get; init; }

    /// <summary>What is ranked, one at least. A result names each by its place in this list.</summary>
    public required IReadOnlyList<RerankDocument> Documents { get; init; }

    /// <summary>How many of the best to give, 1 or more; null for all. Where a service gives all whatever is asked, the others are left out here.</summary>
    public int? TopN { get; init; }

    /// <summary>Whether each result holds its document. Where a service does not give them back, they are put in here.</summary>
    public bool? ReturnDocuments { get; init; }

    /// <summary>Which fields of documents that are objects are read, and in which order; null for <c>text</c> alone, or for what the service usually reads.</summary>
    public IReadOnlyList<string>? RankFields { get; init; }

    /// <summary>How many tokens of a document are read, 1 or more; what is longer is cut there. Null leaves it to the service.</summary>
    public int? MaxTokensPerDoc { get; init; }

    /// <summary>What makes a document fit, in words, for models that read it: <c>Prefer the newest.</c></summary>
    public string? Instruction { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in Cohere's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type; the path names it.</exception>
    public static RerankRequest Parse(ReadOnlySpan<byte> utf8) => RerankRequestJson.Read(utf8);

    /// <summary>The request in Cohere's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => RerankRequestJson.Write(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => RerankRequestJson.Write(json, request), indented: true);
}
