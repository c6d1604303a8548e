using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>A request to read a document, in Mistral's form.</summary>
internal static class OcrRequestJson
{
    private const string DocumentUrl = "document_url", ImageUrl = "image_url";

    public static OcrRequest Read(ReadOnlySpan<byte> source)
    {
        source = JsonReading.WithoutMark(source);
        var reader = Begin(source, "A request to read a document");
        OcrRequest? request = null;
        var (model, rest) = ("", new OcrRequest { Model = "", Document = "-" });
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("model"u8)) model = Text(ref reader, "model") ?? "";
            else if (reader.Is("document"u8)) request = ReadDocument(ref reader, source) is { } document ? new() { Model = "", Document = document } : null;
            else if (!ReadPictures(ref reader, source, ref rest) && !ReadForm(ref reader, source, ref rest)) extra.Take(ref reader, source);
        }
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        if (model.Length == 0) throw Missing("A request to read a document", "model");
        if (request is null) throw Missing("A request to read a document", "document");
        return rest with { Model = model, Document = request.Document, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, OcrRequest request)
    {
        json.WriteStartObject();
        if (!request.Extra.Holds("document"u8)) WriteDocument(json, request.Document);
        WriteMembers(json, request);
        json.WriteEndObject();
    }

    /// <summary>Everything but the document, as an object.</summary>
    public static void WriteBesides(Utf8JsonWriter json, OcrRequest request)
    {
        json.WriteStartObject();
        WriteMembers(json, request);
        json.WriteEndObject();
    }

    /// <summary>What stands beside a file's data, as an object.</summary>
    public static void WriteNames(Utf8JsonWriter json, OcrDocument document, FileSource file, string member)
    {
        json.WriteStartObject();
        if (member == DocumentUrl && !document.Extra.Holds("document_name"u8)) json.WriteString("document_name"u8, document.DocumentName ?? file.Filename);
        document.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    /// <summary>What a file is, and as which kind of document it goes.</summary>
    public static (string MediaType, string Member) FormOf(FileSource file)
    {
        var type = file.ContentType ?? Media.Unknown;
        return (type, type.StartsWith("image/", StringComparison.Ordinal) ? ImageUrl : DocumentUrl);
    }

    private static void WriteDocument(Utf8JsonWriter json, OcrDocument document)
    {
        json.WriteStartObject("document"u8);
        var extra = document.Extra;
        if (document.FileId is { } id) Form("file", "file_id", id);
        else if (document.ImageUrl is { } picture) Form(ImageUrl, ImageUrl, picture);
        else if (document.File is { } file) WriteFile(file);
        else Form(DocumentUrl, DocumentUrl, document.DocumentUrl!);
        var name = document.DocumentName ?? (document.File is { } named && FormOf(named).Member == DocumentUrl ? named.Filename : null);
        if (name is not null && !extra.Holds("document_name"u8)) json.WriteString("document_name"u8, name);
        extra.WriteMembers(json);
        json.WriteEndObject();

        void Form(string type, string member, string value)
        {
            if (!extra.Holds("type"u8)) json.WriteString("type"u8, type);
            if (!extra.TryGet(member, out _)) json.WriteString(member, value);
        }

        void WriteFile(FileSource file)
        {
            var (type, member) = FormOf(file);
            using var stream = file.Open();
            Form(member, member, Media.DataUri(Media.Read(stream), type));
        }
    }

    private static void WriteMembers(Utf8JsonWriter json, OcrRequest request)
    {
        var members = new MemberWriter(json, request.Extra);
        members.Text("model"u8, request.Model);
        if (request.Pages is { } pages && !members.Overrides("pages"u8))
        {
            json.WriteStartArray("pages"u8);
            foreach (var page in pages) json.WriteNumberValue(page);
            json.WriteEndArray();
        }
        members.Flag("include_image_base64"u8, request.IncludeImageBase64);
        members.Number("image_limit"u8, request.ImageLimit);
        members.Number("image_min_size"u8, request.ImageMinSize);
        if (request.BboxAnnotationFormat is { } ofPictures && !members.Overrides("bbox_annotation_format"u8)) ResponseFormatJson.Write(json, "bbox_annotation_format"u8, ofPictures);
        if (request.DocumentAnnotationFormat is { } ofAll && !members.Overrides("document_annotation_format"u8)) ResponseFormatJson.Write(json, "document_annotation_format"u8, ofAll);
        members.Text("document_annotation_prompt"u8, request.DocumentAnnotationPrompt);
        members.Text("table_format"u8, request.TableFormat?.Value);
        members.Flag("extract_header"u8, request.ExtractHeader);
        members.Flag("extract_footer"u8, request.ExtractFooter);
        members.Flag("include_blocks"u8, request.IncludeBlocks);
        members.Text("confidence_scores_granularity"u8, request.ConfidenceScoresGranularity?.Value);
        request.Extra.WriteMembers(json);
    }

    private static bool ReadPictures(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref OcrRequest request)
    {
        if (reader.Is("include_image_base64"u8)) request = request with { IncludeImageBase64 = Flag(ref reader, "include_image_base64") };
        else if (reader.Is("image_limit"u8)) request = request with { ImageLimit = Whole(ref reader, "image_limit") };
        else if (reader.Is("image_min_size"u8)) request = request with { ImageMinSize = Whole(ref reader, "image_min_size") };
        else if (reader.Is("bbox_annotation_format"u8)) request = request with { BboxAnnotationFormat = ResponseFormatJson.Read(ref reader, source, "bbox_annotation_format") };
        else if (reader.Is("document_annotation_format"u8)) request = request with { DocumentAnnotationFormat = ResponseFormatJson.Read(ref reader, source, "document_annotation_format") };
        else if (reader.Is("document_annotation_prompt"u8)) request = request with { DocumentAnnotationPrompt = Text(ref reader, "document_annotation_prompt") };
        else return false;
        return true;
    }

    private static bool ReadForm(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref OcrRequest request)
    {
        // A text of ranges is taken as well at Mistral, and stays what it is.
        if (reader.Is("pages"u8) && !reader.NextIs(JsonTokenType.String)) request = request with { Pages = ReadPages(ref reader) };
        else if (reader.Is("table_format"u8)) request = request with { TableFormat = Text(ref reader, "table_format") is { } form ? new(form) : null };
        else if (reader.Is("extract_header"u8)) request = request with { ExtractHeader = Flag(ref reader, "extract_header") };
        else if (reader.Is("extract_footer"u8)) request = request with { ExtractFooter = Flag(ref reader, "extract_footer") };
        else if (reader.Is("include_blocks"u8)) request = request with { IncludeBlocks = Flag(ref reader, "include_blocks") };
        else if (reader.Is("confidence_scores_granularity"u8)) request = request with { ConfidenceScoresGranularity = Text(ref reader, "confidence_scores_granularity") is { } word ? new(word) : null };
        else return false;
        return true;
    }

    private static List<int>? ReadPages(ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartArray) throw Wrong("pages", "a list of whole numbers");
        var pages = new List<int>();
        while (reader.NextItem()) pages.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var page) ? page : throw Wrong($"pages[{pages.Count}]", "a whole number"));
        return pages;
    }

    private static OcrDocument? ReadDocument(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Enter(ref reader, "document")) return null;
        string? url = null, picture = null, id = null, name = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) reader.SkipMember();
            else if (reader.Is("document_url"u8)) url = Text(ref reader, "document.document_url");
            else if (reader.Is("document_name"u8)) name = Text(ref reader, "document.document_name");
            else if (reader.Is("file_id"u8)) id = Text(ref reader, "document.file_id");
            // The address alone, or in an object as in a chat.
            else if (reader.Is("image_url"u8)) picture = ChatPartReader.ReadImage(ref reader, source)?.Url;
            else extra.Take(ref reader, source);
        }
        var document = id is { Length: > 0 } ? OcrDocument.FromFileId(id) : picture is { Length: > 0 } ? OcrDocument.FromImageUrl(picture) : url is { Length: > 0 } ? OcrDocument.OfDocument(url) : null;
        return document is null ? throw Wrong("document", "an object with 'document_url', 'image_url' or 'file_id'") : document with { DocumentName = name, Extra = extra.ToExtra() };
    }
}
