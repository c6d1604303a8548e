namespace Muxi.Llm;

/// <summary>A request for embeddings: every parameter of OpenAI's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>
/// Source: CreateEmbeddingRequest in OpenAI's OpenAPI document 2.3.0. A vendor's further parameters (<c>input_type</c>, <c>task_type</c>, <c>truncate</c>) go into <see cref="Extra"/>.
/// </remarks>
public sealed record EmbeddingRequest
{
    /// <summary><c>provider/model</c>, or an alias; another name without a slash is OpenAI's. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What to embed: a text or its tokens, or several of them. More than the provider takes at once are sent in several requests.</summary>
    public required TextInput Input { get; init; }

    /// <summary>How many numbers each embedding has, 1 or more; null for as many as the model's own. Not every model can give fewer.</summary>
    public int? Dimensions { get; init; }

    /// <summary>
    /// How the numbers come over the network. Null leaves it to us: base64 where the provider knows it, which is a third of the size. What the caller gets is the same.
    /// </summary>
    public EncodingFormat? EncodingFormat { get; init; }

    /// <summary>The end user's id, for the provider's abuse checks.</summary>
    public string? User { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type; the path names it.</exception>
    public static EmbeddingRequest Parse(ReadOnlySpan<byte> utf8) => EmbeddingRequestJson.Read(utf8);

    /// <summary>The request in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => EmbeddingRequestJson.Write(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => EmbeddingRequestJson.Write(json, request), indented: true);
}

/// <summary>How an embedding's numbers are written.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct EncodingFormat(string Value)
{
    /// <summary>As a list of numbers.</summary>
    public static EncodingFormat Float => new("float");
    /// <summary>As the base64 of their bytes, four each, the lowest first.</summary>
    public static EncodingFormat Base64 => new("base64");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator EncodingFormat(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
