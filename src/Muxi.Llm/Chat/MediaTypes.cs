using System.Buffers.Binary;

namespace Muxi.Llm;

// The table of media types: what bytes say, what a name says, and what a type is called as an ending.
internal static partial class Media
{
    private const int MostEntries = 200;

    /// <summary>Those that tell by their first bytes alone.</summary>
    private static readonly (byte[] Magic, string Type)[] _signatures =
    [
        ([0x89, .. "PNG"u8], "image/png"),
        ([0xFF, 0xD8, 0xFF], "image/jpeg"),
        ([.. "GIF8"u8], "image/gif"),
        ([0x49, 0x49, 0x2A, 0], "image/tiff"),
        ([0x4D, 0x4D, 0, 0x2A], "image/tiff"),
        ([0, 0, 1, 0], "image/x-icon"),
        ([.. "<svg"u8], "image/svg+xml"),
        ([.. "%PDF-"u8], "application/pdf"),
        ([.. "{\\rtf"u8], "application/rtf"),
        ([0x1F, 0x8B, 8], "application/gzip"),
        ([.. "fLaC"u8], "audio/flac"),
        ([.. "ADIF"u8], "audio/aac"),
        ([.. "#!AMR"u8], "audio/amr"),
        ([.. "caff"u8, 0], "audio/x-caf"),
        ([0x30, 0x26, 0xB2, 0x75], "audio/x-ms-wma"),
        ([0, 0, 1, 0xBA], "video/mpeg"),
        ([0, 0, 1, 0xB3], "video/mpeg"),
    ];

    /// <summary>Endings and their types; of several endings of a type the first is its usual one.</summary>
    private static readonly (string Ending, string Type)[] _endings =
    [
        (".png", "image/png"), (".jpg", "image/jpeg"), (".jpeg", "image/jpeg"), (".gif", "image/gif"), (".webp", "image/webp"), (".bmp", "image/bmp"), (".tiff", "image/tiff"), (".tif", "image/tiff"),
        (".heic", "image/heic"), (".heif", "image/heif"), (".avif", "image/avif"), (".svg", "image/svg+xml"), (".ico", "image/x-icon"),
        (".pdf", "application/pdf"), (".rtf", "application/rtf"), (".zip", "application/zip"), (".gz", "application/gzip"), (".epub", "application/epub+zip"),
        (".docx", Word), (".xlsx", Excel), (".pptx", PowerPoint), (".doc", "application/msword"), (".xls", "application/vnd.ms-excel"), (".ppt", "application/vnd.ms-powerpoint"),
        (".odt", OpenDocument + "text"), (".ods", OpenDocument + "spreadsheet"), (".odp", OpenDocument + "presentation"),
        (".txt", "text/plain"), (".md", "text/plain"), (".html", "text/html"), (".htm", "text/html"), (".csv", "text/csv"), (".tsv", "text/tab-separated-values"), (".xml", "text/xml"), (".json", "application/json"),
        (".jsonl", "text/jsonl"),
        (".mp3", "audio/mpeg"), (".mpga", "audio/mpeg"), (".wav", "audio/wav"), (".m4a", "audio/mp4"), (".ogg", "audio/ogg"), (".oga", "audio/ogg"), (".opus", "audio/ogg"), (".flac", "audio/flac"), (".aac", "audio/aac"),
        (".aiff", "audio/aiff"), (".aif", "audio/aiff"), (".amr", "audio/amr"), (".caf", "audio/x-caf"), (".wma", "audio/x-ms-wma"),
        (".mp4", "video/mp4"), (".m4v", "video/mp4"), (".webm", "video/webm"), (".mov", "video/quicktime"), (".mpeg", "video/mpeg"), (".mpg", "video/mpeg"), (".mkv", "video/x-matroska"), (".avi", "video/x-msvideo"),
        (".3gp", "video/3gpp"),
    ];

    private const string Office = "application/vnd.openxmlformats-officedocument.";
    private const string Word = Office + "wordprocessingml.document", Excel = Office + "spreadsheetml.sheet", PowerPoint = Office + "presentationml.presentation";
    private const string OpenDocument = "application/vnd.oasis.opendocument.";

    /// <summary>
    /// The media type that the bytes give away, of a whole file or of its beginning; null when they do not. Office documents are zip archives and are told by what is in
    /// them, for which a beginning of some kilobytes is enough as a rule.
    /// </summary>
    public static string? TypeOf(ReadOnlySpan<byte> bytes)
    {
        foreach (var (magic, type) in _signatures)
            if (bytes.StartsWith(magic)) return type;
        if (bytes.StartsWith("RIFF"u8)) return bytes.Length < 12 ? null : Riff(bytes[8..12]);
        if (bytes.StartsWith("FORM"u8)) return bytes.Length >= 12 && (bytes[8..12].SequenceEqual("AIFF"u8) || bytes[8..12].SequenceEqual("AIFC"u8)) ? "audio/aiff" : null;
        if (bytes.StartsWith("OggS"u8)) return bytes.Length > 36 && bytes[29..].StartsWith("theora"u8) ? "video/ogg" : "audio/ogg";
        if (bytes.StartsWith("PK\x3\x4"u8)) return Archive(bytes);
        if (bytes.StartsWith((ReadOnlySpan<byte>)[0x1A, 0x45, 0xDF, 0xA3])) return bytes[..Math.Min(bytes.Length, 64)].IndexOf("webm"u8) >= 0 ? "video/webm" : "video/x-matroska";
        if (bytes.Length >= 12 && bytes[4..8].SequenceEqual("ftyp"u8)) return BaseMedia(bytes);
        if (IsBitmap(bytes)) return "image/bmp";
        return Mpeg(bytes) ?? Drawing(bytes);
    }

    /// <summary>The media type that a file's name promises; null when its ending is none that we know.</summary>
    public static string? TypeByName(string path)
    {
        var ending = Path.GetExtension(path.AsSpan());
        if (ending.IsEmpty) return null;
        foreach (var (known, type) in _endings)
            if (ending.Equals(known, StringComparison.OrdinalIgnoreCase)) return type;
        return null;
    }

    /// <summary>The usual ending of a media type, with its dot; null for one that we do not know.</summary>
    public static string? ExtensionOf(string? mediaType)
    {
        foreach (var (ending, type) in _endings)
            if (type.Equals(mediaType, StringComparison.OrdinalIgnoreCase)) return ending;
        return mediaType == "image/jpg" ? ".jpg" : null;
    }

    /// <summary>What an API calls the format of a sound of this type.</summary>
    public static string AudioFormat(string mediaType) => mediaType switch
    {
        "audio/mpeg" => "mp3",
        "audio/mp4" => "m4a",
        "audio/x-caf" => "caf",
        "audio/x-ms-wma" => "wma",
        _ => mediaType[(mediaType.IndexOf('/') + 1)..],
    };

    private static string? Riff(ReadOnlySpan<byte> form)
    {
        if (form.SequenceEqual("WEBP"u8)) return "image/webp";
        if (form.SequenceEqual("WAVE"u8)) return "audio/wav";
        return form.SequenceEqual("AVI "u8) ? "video/x-msvideo" : null;
    }

    /// <summary>ISO base media (ISO/IEC 14496-12): the brands say what is in it. A still picture's major brand may be a general one, and a brand that follows is its own.</summary>
    private static string? BaseMedia(ReadOnlySpan<byte> bytes)
    {
        var end = (int)Math.Min(Math.Min(BinaryPrimitives.ReadUInt32BigEndian(bytes), 256u), (uint)bytes.Length);
        if (Brand(bytes[8..12]) is { } major and not "image/heif") return major;
        for (var at = 16; at + 4 <= end; at += 4)
            if (Brand(bytes.Slice(at, 4)) is { } type && type.StartsWith("image/", StringComparison.Ordinal) && type != "image/heif") return type;
        return Brand(bytes[8..12]) ?? "video/mp4";
    }

    private static string? Brand(ReadOnlySpan<byte> brand)
    {
        if (brand.SequenceEqual("avif"u8) || brand.SequenceEqual("avis"u8)) return "image/avif";
        if (brand[..3].SequenceEqual("hei"u8) || brand[..3].SequenceEqual("hev"u8)) return "image/heic";
        if (brand.SequenceEqual("mif1"u8) || brand.SequenceEqual("msf1"u8)) return "image/heif";
        if (brand[..3].SequenceEqual("M4A"u8) || brand[..3].SequenceEqual("M4B"u8)) return "audio/mp4";
        if (brand.SequenceEqual("qt  "u8)) return "video/quicktime";
        return brand[..3].SequenceEqual("3gp"u8) ? "video/3gpp" : null;
    }

    /// <summary>A zip archive: a document where its entries are a document's, and the first of them already is one.</summary>
    private static string Archive(ReadOnlySpan<byte> bytes)
    {
        var isDocument = false;
        for (var (at, entries) = (0, 0); entries < MostEntries && Entry(bytes, at) is { IsEmpty: false } name; entries++)
        {
            if (entries == 0 && name.SequenceEqual("mimetype"u8)) return Declared(bytes[(at + 38)..]) ?? "application/zip";
            if (name.StartsWith("word/"u8)) return Word;
            if (name.StartsWith("xl/"u8)) return Excel;
            if (name.StartsWith("ppt/"u8)) return PowerPoint;
            isDocument |= name.StartsWith("[Content_Types].xml"u8) || name.StartsWith("_rels/"u8) || name.StartsWith("docProps/"u8) || name.StartsWith("customXml/"u8);
            if (!isDocument) break;
            var next = bytes[(at + 4)..].IndexOf("PK\x3\x4"u8);
            if (next < 0) break;
            at += 4 + next;
        }
        return "application/zip";
    }

    /// <summary>The name in a local file header; empty where there is none.</summary>
    private static ReadOnlySpan<byte> Entry(ReadOnlySpan<byte> bytes, int at)
    {
        if (bytes.Length < at + 30) return default;
        var length = BinaryPrimitives.ReadUInt16LittleEndian(bytes[(at + 26)..]);
        return bytes.Length < at + 30 + length ? default : bytes.Slice(at + 30, length);
    }

    /// <summary>What an OpenDocument file or an e-book says of itself in its first entry, which is not compressed.</summary>
    private static string? Declared(ReadOnlySpan<byte> content)
    {
        foreach (var (_, type) in _endings)
            if ((type.StartsWith(OpenDocument, StringComparison.Ordinal) || type == "application/epub+zip") && content.StartsWith(System.Text.Encoding.ASCII.GetBytes(type))) return type;
        return null;
    }

    /// <summary>Two letters begin many a text; what follows them must fit, too.</summary>
    private static bool IsBitmap(ReadOnlySpan<byte> bytes) =>
        bytes.Length >= 18 && bytes.StartsWith("BM"u8) && BinaryPrimitives.ReadUInt32LittleEndian(bytes[6..]) == 0 && BinaryPrimitives.ReadUInt32LittleEndian(bytes[14..]) is 12 or 40 or 52 or 56 or 64 or 108 or 124;

    /// <summary>MP3 and AAC: a tag, or the pattern in which each frame begins (ISO/IEC 11172-3 and 13818-7).</summary>
    private static string? Mpeg(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > 3 && bytes.StartsWith("ID3"u8) && bytes[3] < 16) return "audio/mpeg";
        if (bytes.Length < 3 || bytes[0] != 0xFF) return null;
        if ((bytes[1] & 0xF6) == 0xF0) return "audio/aac";
        // FF FE is how a text in UTF-16 begins.
        var isFrame = (bytes[1] & 0xE0) == 0xE0 && (bytes[1] & 0x06) != 0 && (bytes[1] & 0x18) != 0x08 && bytes[1] != 0xFE;
        return isFrame && bytes[2] >> 4 != 15 && (bytes[2] & 0x0C) != 0x0C ? "audio/mpeg" : null;
    }

    /// <summary>A drawing in XML, whose first element may come behind a declaration.</summary>
    private static string? Drawing(ReadOnlySpan<byte> bytes)
    {
        bytes = JsonReading.WithoutMark(bytes).TrimStart(" \t\r\n"u8);
        if (!bytes.StartsWith("<?xml"u8) && !bytes.StartsWith("<!"u8)) return bytes.StartsWith("<svg"u8) ? "image/svg+xml" : null;
        return bytes[..Math.Min(bytes.Length, 1024)].IndexOf("<svg"u8) >= 0 ? "image/svg+xml" : null;
    }
}
