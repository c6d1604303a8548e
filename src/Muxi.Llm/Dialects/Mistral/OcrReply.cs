using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What was read of a document, in Mistral's form.</summary>
internal static class OcrReply
{
    private delegate T ReadOne<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> source);

    /// <summary>Reads a reply; null where it has no pages.</summary>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static OcrResponse? Read(ReadOnlySpan<byte> source)
    {
        var reader = new Utf8JsonReader(source = JsonReading.WithoutMark(source));
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
        string? model = null, annotation = null;
        List<OcrPage>? pages = null;
        OcrUsage? usage = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("pages"u8)) pages = ReadList(ref reader, source, ReadPage);
            else if (reader.Is("model"u8)) model = reader.ReadString(source);
            else if (reader.Is("document_annotation"u8)) annotation = reader.ReadString(source);
            else if (reader.Is("usage_info"u8)) usage = ReadUsage(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return pages is null ? null : new() { Pages = pages, Model = model ?? "", DocumentAnnotation = annotation, UsageInfo = usage, Extra = extra.ToExtra() };
    }

    private static OcrUsage? ReadUsage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        var usage = new OcrUsage();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("pages_processed"u8)) usage = usage with { PagesProcessed = Whole(ref reader) ?? 0 };
            else if (reader.Is("doc_size_bytes"u8)) usage = usage with { DocSizeBytes = reader.ReadLong() };
            else extra.Take(ref reader, source);
        }
        return usage with { Extra = extra.ToExtra() };
    }

    private static OcrPage ReadPage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var page = new OcrPage();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("index"u8)) page = page with { Index = Whole(ref reader) ?? 0 };
            else if (reader.Is("markdown"u8)) page = page with { Markdown = reader.ReadString(source) ?? "" };
            else if (reader.Is("images"u8)) page = page with { Images = ReadList(ref reader, source, ReadImage) ?? [] };
            else if (reader.Is("tables"u8)) page = page with { Tables = ReadList(ref reader, source, ReadTable) ?? [] };
            else if (reader.Is("hyperlinks"u8)) page = page with { Hyperlinks = ReadTexts(ref reader, source) };
            else if (reader.Is("header"u8)) page = page with { Header = reader.ReadString(source) };
            else if (reader.Is("footer"u8)) page = page with { Footer = reader.ReadString(source) };
            else if (reader.Is("dimensions"u8)) page = page with { Dimensions = ReadDimensions(ref reader, source) };
            else if (reader.Is("confidence_scores"u8)) page = page with { ConfidenceScores = ReadScores(ref reader, source) };
            else if (reader.Is("blocks"u8)) page = page with { Blocks = ReadList(ref reader, source, ReadBlock) };
            else extra.Take(ref reader, source);
        }
        return page with { Extra = extra.ToExtra() };
    }

    private static OcrPageDimensions? ReadDimensions(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        var dimensions = new OcrPageDimensions();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("dpi"u8)) dimensions = dimensions with { Dpi = Whole(ref reader) ?? 0 };
            else if (reader.Is("height"u8)) dimensions = dimensions with { Height = Whole(ref reader) ?? 0 };
            else if (reader.Is("width"u8)) dimensions = dimensions with { Width = Whole(ref reader) ?? 0 };
            else extra.Take(ref reader, source);
        }
        return dimensions with { Extra = extra.ToExtra() };
    }

    private static OcrImage ReadImage(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var image = new OcrImage();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) image = image with { Id = reader.ReadString(source) ?? "" };
            else if (reader.Is("top_left_x"u8)) image = image with { TopLeftX = Whole(ref reader) };
            else if (reader.Is("top_left_y"u8)) image = image with { TopLeftY = Whole(ref reader) };
            else if (reader.Is("bottom_right_x"u8)) image = image with { BottomRightX = Whole(ref reader) };
            else if (reader.Is("bottom_right_y"u8)) image = image with { BottomRightY = Whole(ref reader) };
            else if (reader.Is("image_base64"u8)) image = image with { ImageBase64 = reader.ReadString(source) };
            else if (reader.Is("image_annotation"u8)) image = image with { ImageAnnotation = reader.ReadString(source) };
            else extra.Take(ref reader, source);
        }
        return image with { Extra = extra.ToExtra() };
    }

    private static OcrTable ReadTable(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var table = new OcrTable();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) table = table with { Id = reader.ReadString(source) ?? "" };
            else if (reader.Is("content"u8)) table = table with { Content = reader.ReadString(source) ?? "" };
            else if (reader.Is("format"u8)) table = table with { Format = new(reader.ReadString(source) ?? "") };
            else if (reader.Is("word_confidence_scores"u8)) table = table with { WordConfidenceScores = ReadList(ref reader, source, ReadScore) };
            else extra.Take(ref reader, source);
        }
        return table with { Extra = extra.ToExtra() };
    }

    private static OcrBlock ReadBlock(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var block = new OcrBlock();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) block = block with { Type = reader.ReadString(source) ?? "" };
            else if (reader.Is("top_left_x"u8)) block = block with { TopLeftX = Whole(ref reader) };
            else if (reader.Is("top_left_y"u8)) block = block with { TopLeftY = Whole(ref reader) };
            else if (reader.Is("bottom_right_x"u8)) block = block with { BottomRightX = Whole(ref reader) };
            else if (reader.Is("bottom_right_y"u8)) block = block with { BottomRightY = Whole(ref reader) };
            else if (reader.Is("content"u8)) block = block with { Content = reader.ReadString(source) ?? "" };
            else if (reader.Is("image_id"u8)) block = block with { ImageId = reader.ReadString(source) };
            else if (reader.Is("table_id"u8)) block = block with { TableId = reader.ReadString(source) };
            else if (reader.Is("confidence_scores"u8)) block = block with { ConfidenceScores = ReadBlockScores(ref reader, source) };
            else extra.Take(ref reader, source);
        }
        return block with { Extra = extra.ToExtra() };
    }

    private static OcrPageConfidenceScores? ReadScores(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        var scores = new OcrPageConfidenceScores();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("average_page_confidence_score"u8)) scores = scores with { AveragePageConfidenceScore = reader.ReadDouble() };
            else if (reader.Is("minimum_page_confidence_score"u8)) scores = scores with { MinimumPageConfidenceScore = reader.ReadDouble() };
            else if (reader.Is("word_confidence_scores"u8)) scores = scores with { WordConfidenceScores = ReadList(ref reader, source, ReadScore) };
            else extra.Take(ref reader, source);
        }
        return scores with { Extra = extra.ToExtra() };
    }

    private static OcrBlockConfidenceScores? ReadBlockScores(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        var scores = new OcrBlockConfidenceScores();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("average_content_confidence_score"u8)) scores = scores with { AverageContentConfidenceScore = reader.ReadDouble() };
            else if (reader.Is("minimum_content_confidence_score"u8)) scores = scores with { MinimumContentConfidenceScore = reader.ReadDouble() };
            else if (reader.Is("block_type_confidence_score"u8)) scores = scores with { BlockTypeConfidenceScore = reader.ReadDouble() };
            else extra.Take(ref reader, source);
        }
        return scores with { Extra = extra.ToExtra() };
    }

    private static OcrConfidenceScore ReadScore(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var score = new OcrConfidenceScore();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("text"u8)) score = score with { Text = reader.ReadString(source) ?? "" };
            else if (reader.Is("confidence"u8)) score = score with { Confidence = reader.ReadDouble() ?? 0 };
            else if (reader.Is("start_index"u8)) score = score with { StartIndex = Whole(ref reader) ?? 0 };
            else extra.Take(ref reader, source);
        }
        return score with { Extra = extra.ToExtra() };
    }

    private static int? Whole(ref Utf8JsonReader reader) => reader.ReadLong() is { } number ? (int)Math.Clamp(number, int.MinValue, int.MaxValue) : null;

    /// <summary>The list of objects that the reader is about to step to; null where there is none.</summary>
    private static List<T>? ReadList<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ReadOne<T> read)
    {
        if (!reader.EnterArray()) return null;
        var all = new List<T>();
        while (reader.NextItem())
            if (reader.TokenType == JsonTokenType.StartObject) all.Add(read(ref reader, source));
            else reader.Skip();
        return all;
    }

    private static List<string> ReadTexts(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var texts = new List<string>();
        if (!reader.EnterArray()) return texts;
        while (reader.NextItem())
            if (reader.TextOf(source) is { } text) texts.Add(text);
        return texts;
    }
}
