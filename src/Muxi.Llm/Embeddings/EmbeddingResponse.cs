namespace Muxi.Llm;

/// <summary>A reply to a request for embeddings.</summary>
/// <remarks>Source: CreateEmbeddingResponse in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed partial record EmbeddingResponse : Reply
{
    /// <summary>Always <c>list</c>, as in every list of OpenAI's.</summary>
    public string Object => "list";

    /// <summary>The model that answered, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>The embeddings, in the order of the texts.</summary>
    public required IReadOnlyList<Embedding> Data { get; init; }

    /// <summary>What the call used, where the provider says; of a call that was sent in several requests their sum.</summary>
    public Usage? Usage { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a reply in OpenAI's JSON form; its numbers may be lists or base64.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no data.</exception>
    public static EmbeddingResponse Parse(ReadOnlySpan<byte> utf8) => EmbeddingReply.Read(utf8);

    /// <summary>The reply in OpenAI's JSON form, the numbers as lists.</summary>
    public string ToJson() => ToJson(EncodingFormat.Float);

    /// <summary>The reply in OpenAI's JSON form.</summary>
    /// <param name="format">How the numbers are written.</param>
    public string ToJson(EncodingFormat format) => JsonOut.ToText((this, format), static (json, it) => EmbeddingReply.Write(json, it.Item1, it.format), indented: false);

    /// <summary>As <see cref="ToJson()"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => EmbeddingReply.Write(json, reply, EncodingFormat.Float), indented: true);
}

/// <summary>What one text means, as numbers: texts that mean something alike point the same way.</summary>
public sealed record Embedding
{
    /// <summary>The text's place among the texts.</summary>
    public int Index { get; init; }

    /// <summary>The numbers, as many as the model or the request says; as a rule the vector is 1 long.</summary>
    public ReadOnlyMemory<float> Vector { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
