namespace Muxi.Llm;

/// <summary>One page and what stands on it.</summary>
public sealed record OcrPage
{
    /// <summary>Its place in the document, from 0 on.</summary>
    public int Index { get; init; }

    /// <summary>Its text as Markdown; pictures, and tables that were taken out, stand in it by their ids.</summary>
    public string Markdown { get; init; } = "";

    /// <summary>The pictures on it.</summary>
    public IReadOnlyList<OcrImage> Images { get; init; } = [];

    /// <summary>The tables on it, where they were to be taken out.</summary>
    public IReadOnlyList<OcrTable> Tables { get; init; } = [];

    /// <summary>The addresses that it links to.</summary>
    public IReadOnlyList<string> Hyperlinks { get; init; } = [];

    /// <summary>Its head, where that was to be taken out; null where there is none.</summary>
    public string? Header { get; init; }

    /// <summary>Its foot, where that was to be taken out; null where there is none.</summary>
    public string? Footer { get; init; }

    /// <summary>How large it was looked at; null where the provider does not say. Places on the page are in these pixels.</summary>
    public OcrPageDimensions? Dimensions { get; init; }

    /// <summary>How sure the model is; null where that was not asked for.</summary>
    public OcrPageConfidenceScores? ConfidenceScores { get; init; }

    /// <summary>Its paragraphs and their places, in the order in which they are read; null where they were not asked for.</summary>
    public IReadOnlyList<OcrBlock>? Blocks { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How large a page was looked at.</summary>
public sealed record OcrPageDimensions
{
    /// <summary>Pixels in an inch.</summary>
    public int Dpi { get; init; }

    /// <summary>The height in pixels.</summary>
    public int Height { get; init; }

    /// <summary>The width in pixels.</summary>
    public int Width { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A picture in a document.</summary>
public sealed record OcrImage
{
    /// <summary>Its id, by which the page's text names it: <c>img-0.jpeg</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>The left edge on the page, in pixels; null where it is not known.</summary>
    public int? TopLeftX { get; init; }

    /// <summary>The upper edge on the page, in pixels; null where it is not known.</summary>
    public int? TopLeftY { get; init; }

    /// <summary>The right edge on the page, in pixels; null where it is not known.</summary>
    public int? BottomRightX { get; init; }

    /// <summary>The lower edge on the page, in pixels; null where it is not known.</summary>
    public int? BottomRightY { get; init; }

    /// <summary>The picture as a data URI, or its plain base64; null where pictures were not asked for.</summary>
    public string? ImageBase64 { get; init; }

    /// <summary>What was to be told of the picture, as JSON; null where nothing was.</summary>
    public string? ImageAnnotation { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The picture itself; null where it did not come, or its base64 is broken.</summary>
    public byte[]? GetBytes() => ImageBase64 is not { Length: > 0 } data ? null : (DataUri.Read(data) ?? DataUri.Of(Media.Unknown, data)).Bytes();
}

/// <summary>A table that was taken out of a page's text.</summary>
public sealed record OcrTable
{
    /// <summary>Its id, by which the page's text names it: <c>tbl-0.html</c>.</summary>
    public string Id { get; init; } = "";

    /// <summary>The table, in its form.</summary>
    public string Content { get; init; } = "";

    /// <summary>The form it is in.</summary>
    public OcrTableFormat Format { get; init; }

    /// <summary>How sure the model is of each word; null where that was not asked for.</summary>
    public IReadOnlyList<OcrConfidenceScore>? WordConfidenceScores { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A paragraph, a heading, a table, a picture, ... and its place on the page, in pixels.</summary>
public sealed record OcrBlock
{
    /// <summary>What it is: <c>text</c>, <c>title</c>, <c>list</c>, <c>table</c>, <c>image</c>, <c>equation</c>, <c>caption</c>, <c>code</c>, <c>references</c>, <c>aside_text</c>, <c>header</c>, <c>footer</c>, <c>signature</c>.</summary>
    public string Type { get; init; } = "";

    /// <summary>The left edge.</summary>
    public int? TopLeftX { get; init; }

    /// <summary>The upper edge.</summary>
    public int? TopLeftY { get; init; }

    /// <summary>The right edge.</summary>
    public int? BottomRightX { get; init; }

    /// <summary>The lower edge.</summary>
    public int? BottomRightY { get; init; }

    /// <summary>What stands there.</summary>
    public string Content { get; init; } = "";

    /// <summary>Which of the page's pictures it is; null for others.</summary>
    public string? ImageId { get; init; }

    /// <summary>Which of the page's tables it is; null for others.</summary>
    public string? TableId { get; init; }

    /// <summary>How sure the model is; null where that was not asked for.</summary>
    public OcrBlockConfidenceScores? ConfidenceScores { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How sure the model is of a page, 0 to 1.</summary>
public sealed record OcrPageConfidenceScores
{
    /// <summary>On average.</summary>
    public double? AveragePageConfidenceScore { get; init; }

    /// <summary>Where it is least sure.</summary>
    public double? MinimumPageConfidenceScore { get; init; }

    /// <summary>Of each word; null where that was not asked for.</summary>
    public IReadOnlyList<OcrConfidenceScore>? WordConfidenceScores { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How sure the model is of a block, 0 to 1.</summary>
public sealed record OcrBlockConfidenceScores
{
    /// <summary>Of its words, on average; null where it has none.</summary>
    public double? AverageContentConfidenceScore { get; init; }

    /// <summary>Of the word it is least sure of; null where there is none.</summary>
    public double? MinimumContentConfidenceScore { get; init; }

    /// <summary>Of what kind of block it is; null where that is not known.</summary>
    public double? BlockTypeConfidenceScore { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How sure the model is of a word.</summary>
public sealed record OcrConfidenceScore
{
    /// <summary>The word.</summary>
    public string Text { get; init; } = "";

    /// <summary>How sure, 0 to 1.</summary>
    public double Confidence { get; init; }

    /// <summary>Where it begins in the page's text.</summary>
    public int StartIndex { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
