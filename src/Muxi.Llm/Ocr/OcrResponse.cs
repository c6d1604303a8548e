namespace Muxi.Llm;

/// <summary>What was read.</summary>
/// <remarks>Source: OCRResponse in Mistral's OpenAPI document, as its client 2.7.0 has it (November 2026).</remarks>
public sealed partial record OcrResponse : Reply
{
    /// <summary>The pages that were read, in their order.</summary>
    public required IReadOnlyList<OcrPage> Pages { get; init; }

    /// <summary>The model that read, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>What was to be told of the whole document, as JSON; null where nothing was.</summary>
    public string? DocumentAnnotation { get; init; }

    /// <summary>What the call used, where the provider says.</summary>
    public OcrUsage? UsageInfo { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The text of all pages as Markdown, an empty line between them.</summary>
    public string Text => string.Join("\n\n", Pages.Select(page => page.Markdown));

    /// <summary>Reads a reply in Mistral's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no pages.</exception>
    public static OcrResponse Parse(ReadOnlySpan<byte> utf8) => OcrReply.Read(utf8) ?? throw new System.Text.Json.JsonException("What was read needs 'pages'.");

    /// <summary>The reply in Mistral's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, reply) => OcrReplyWriter.Write(json, reply), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => OcrReplyWriter.Write(json, reply), indented: true);
}

/// <summary>What reading used.</summary>
public sealed record OcrUsage
{
    /// <summary>How many pages were read, which is what is charged.</summary>
    public int PagesProcessed { get; init; }

    /// <summary>How large the document is, in bytes; null where the provider does not say.</summary>
    public long? DocSizeBytes { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
