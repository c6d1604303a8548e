using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes what was read of a document, in Mistral's form.</summary>
internal static class OcrReplyWriter
{
    public static void Write(Utf8JsonWriter json, OcrResponse reply)
    {
        json.WriteStartObject();
        List(json, "pages"u8, reply.Pages, Write);
        json.WriteString("model"u8, reply.Model);
        Text(json, "document_annotation"u8, reply.DocumentAnnotation);
        if (reply.UsageInfo is { } usage)
        {
            json.WriteStartObject("usage_info"u8);
            json.WriteNumber("pages_processed"u8, usage.PagesProcessed);
            if (usage.DocSizeBytes is { } size) json.WriteNumber("doc_size_bytes"u8, size);
            usage.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        reply.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OcrPage page)
    {
        json.WriteNumber("index"u8, page.Index);
        json.WriteString("markdown"u8, page.Markdown);
        List(json, "images"u8, page.Images, Write);
        if (page.Tables.Count > 0) List(json, "tables"u8, page.Tables, Write);
        if (page.Hyperlinks.Count > 0)
        {
            json.WriteStartArray("hyperlinks"u8);
            foreach (var link in page.Hyperlinks) json.WriteStringValue(link);
            json.WriteEndArray();
        }
        Text(json, "header"u8, page.Header);
        Text(json, "footer"u8, page.Footer);
        WriteDimensions(json, page.Dimensions);
        if (page.ConfidenceScores is { } scores) WriteScores(json, scores);
        if (page.Blocks is { } blocks) List(json, "blocks"u8, blocks, Write);
        page.Extra.WriteMembers(json);
    }

    private static void WriteDimensions(Utf8JsonWriter json, OcrPageDimensions? dimensions)
    {
        if (dimensions is null)
        {
            json.WriteNull("dimensions"u8);
            return;
        }
        json.WriteStartObject("dimensions"u8);
        json.WriteNumber("dpi"u8, dimensions.Dpi);
        json.WriteNumber("height"u8, dimensions.Height);
        json.WriteNumber("width"u8, dimensions.Width);
        dimensions.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OcrImage image)
    {
        json.WriteString("id"u8, image.Id);
        WritePlace(json, (image.TopLeftX, image.TopLeftY), (image.BottomRightX, image.BottomRightY));
        Text(json, "image_base64"u8, image.ImageBase64);
        Text(json, "image_annotation"u8, image.ImageAnnotation);
        image.Extra.WriteMembers(json);
    }

    private static void Write(Utf8JsonWriter json, OcrTable table)
    {
        json.WriteString("id"u8, table.Id);
        json.WriteString("content"u8, table.Content);
        json.WriteString("format"u8, table.Format.ToString());
        if (table.WordConfidenceScores is { } words) List(json, "word_confidence_scores"u8, words, Write);
        table.Extra.WriteMembers(json);
    }

    private static void Write(Utf8JsonWriter json, OcrBlock block)
    {
        json.WriteString("type"u8, block.Type);
        WritePlace(json, (block.TopLeftX, block.TopLeftY), (block.BottomRightX, block.BottomRightY));
        json.WriteString("content"u8, block.Content);
        Text(json, "image_id"u8, block.ImageId);
        Text(json, "table_id"u8, block.TableId);
        if (block.ConfidenceScores is { } scores)
        {
            json.WriteStartObject("confidence_scores"u8);
            Number(json, "average_content_confidence_score"u8, scores.AverageContentConfidenceScore);
            Number(json, "minimum_content_confidence_score"u8, scores.MinimumContentConfidenceScore);
            Number(json, "block_type_confidence_score"u8, scores.BlockTypeConfidenceScore);
            scores.Extra.WriteMembers(json);
            json.WriteEndObject();
        }
        block.Extra.WriteMembers(json);
    }

    private static void WriteScores(Utf8JsonWriter json, OcrPageConfidenceScores scores)
    {
        json.WriteStartObject("confidence_scores"u8);
        Number(json, "average_page_confidence_score"u8, scores.AveragePageConfidenceScore);
        Number(json, "minimum_page_confidence_score"u8, scores.MinimumPageConfidenceScore);
        if (scores.WordConfidenceScores is { } words) List(json, "word_confidence_scores"u8, words, Write);
        scores.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, OcrConfidenceScore score)
    {
        json.WriteString("text"u8, score.Text);
        json.WriteNumber("confidence"u8, score.Confidence);
        json.WriteNumber("start_index"u8, score.StartIndex);
        score.Extra.WriteMembers(json);
    }

    /// <summary>The place on the page. It stands there also where it is not known, as Mistral's schema has it.</summary>
    private static void WritePlace(Utf8JsonWriter json, (int? X, int? Y) topLeft, (int? X, int? Y) bottomRight)
    {
        Edge(json, "top_left_x"u8, topLeft.X);
        Edge(json, "top_left_y"u8, topLeft.Y);
        Edge(json, "bottom_right_x"u8, bottomRight.X);
        Edge(json, "bottom_right_y"u8, bottomRight.Y);
    }

    private static void Edge(Utf8JsonWriter json, ReadOnlySpan<byte> name, int? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
        else json.WriteNull(name);
    }

    private static void Text(Utf8JsonWriter json, ReadOnlySpan<byte> name, string? value)
    {
        if (value is not null) json.WriteString(name, value);
    }

    private static void Number(Utf8JsonWriter json, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) json.WriteNumber(name, number);
    }

    private static void List<T>(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<T> all, Action<Utf8JsonWriter, T> write)
    {
        json.WriteStartArray(name);
        foreach (var one in all)
        {
            json.WriteStartObject();
            write(json, one);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }
}
