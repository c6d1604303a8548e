namespace Muxi.Llm;

/// <summary>A request to read what stands in a document or a picture: every parameter of Mistral's published schema, whoever answers. What is null is not sent.</summary>
/// <remarks>Source: OCRRequest in Mistral's OpenAPI document, as its client 2.7.0 has it (November 2026). A vendor's further parameters go into <see cref="Extra"/>.</remarks>
public sealed record OcrRequest
{
    /// <summary><c>provider/model</c>, or an alias. An empty one is the client's default model.</summary>
    public required string Model { get; init; }

    /// <summary>What is read.</summary>
    public required OcrDocument Document { get; init; }

    /// <summary>Which pages, from 0 on; all of them where nothing is said.</summary>
    public IReadOnlyList<int>? Pages { get; init; }

    /// <summary>Whether the reply brings the pictures in the document, not only their places.</summary>
    public bool? IncludeImageBase64 { get; init; }

    /// <summary>How many pictures are taken out at most.</summary>
    public int? ImageLimit { get; init; }

    /// <summary>How high and wide a picture must be to be taken out, in pixels.</summary>
    public int? ImageMinSize { get; init; }

    /// <summary>What is to be told of each picture that is taken out: <see cref="ResponseFormat.JsonSchema"/>, or <see cref="ResponseFormat.FromType"/>.</summary>
    public ResponseFormat? BboxAnnotationFormat { get; init; }

    /// <summary>What is to be told of the whole document: <see cref="ResponseFormat.JsonSchema"/>, or <see cref="ResponseFormat.FromType"/>.</summary>
    public ResponseFormat? DocumentAnnotationFormat { get; init; }

    /// <summary>What to look for where the document is told of; needs <see cref="DocumentAnnotationFormat"/>.</summary>
    public string? DocumentAnnotationPrompt { get; init; }

    /// <summary>Takes tables out of the pages' text, in this form; they stay in the text where nothing is said.</summary>
    public OcrTableFormat? TableFormat { get; init; }

    /// <summary>Takes the head of each page out of its text.</summary>
    public bool? ExtractHeader { get; init; }

    /// <summary>Takes the foot of each page out of its text.</summary>
    public bool? ExtractFooter { get; init; }

    /// <summary>Whether the reply tells the place of every paragraph.</summary>
    public bool? IncludeBlocks { get; init; }

    /// <summary>How finely the reply tells how sure the model is; not at all where nothing is said.</summary>
    public OcrConfidenceGranularity? ConfidenceScoresGranularity { get; init; }

    /// <summary>Further parameters, sent as they are; one of a known name goes before the typed one.</summary>
    public Extra Extra { get; init; }

    /// <summary>Reads a request in Mistral's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON, or a member is missing or of the wrong type; the path names it.</exception>
    public static OcrRequest Parse(ReadOnlySpan<byte> utf8) => OcrRequestJson.Read(utf8);

    /// <summary>The request in Mistral's JSON form, a file in it as a data URI.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, request) => OcrRequestJson.Write(json, request), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, request) => OcrRequestJson.Write(json, request), indented: true);
}

/// <summary>In which form tables are given.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct OcrTableFormat(string Value)
{
    /// <summary>As Markdown.</summary>
    public static OcrTableFormat Markdown => new("markdown");
    /// <summary>As HTML.</summary>
    public static OcrTableFormat Html => new("html");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator OcrTableFormat(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How finely it is told how sure the model is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct OcrConfidenceGranularity(string Value)
{
    /// <summary>For each page.</summary>
    public static OcrConfidenceGranularity Page => new("page");
    /// <summary>For each block, besides each page.</summary>
    public static OcrConfidenceGranularity Block => new("block");
    /// <summary>For each word, besides each page.</summary>
    public static OcrConfidenceGranularity Word => new("word");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator OcrConfidenceGranularity(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
