using System.IO.Compression;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>What a file is shows in its bytes, whatever it is called; the name counts only where they do not tell.</summary>
public sealed class MediaTypeTests
{
    /// <summary>The beginnings of real files, made with ffmpeg 5.1: the name, what it is, and its first 96 bytes.</summary>
    public static TheoryData<string, string, string> Files => new()
    {
        { "a.png", "image/png", "iVBORw0KGgoAAAANSUhEUgAAAAIAAAACCAIAAAD91JpzAAAACXBIWXMAAAABAAAAAQBPJcTWAAAAEElEQVR4nGP4y8AARAwQCgAfrgP19hgqWQAAAABJRU5ErkJggg==" },
        { "a.jpg", "image/jpeg", "/9j/4AAQSkZJRgABAgAAAQABAAD//gAQTGF2YzU5LjM3LjEwMAD/2wBDAAgEBAQEBAUFBQUFBQYGBgYGBgYGBgYGBgYHBwcICAgHBwcGBgcHCAgICAkJCQgICAgJCQoK" },
        { "a.gif", "image/gif", "R0lGODlhAgACAPcfMQAAACQAAEgAAGwAAJAAALQAANgAAPwAAAAkACQkAEgkAGwkAJAkALQkANgkAPwkAABIACRIAEhIAGxIAJBIALRIANhIAPxIAABsACRsAEhsAGxs" },
        { "a.webp", "image/webp", "UklGRjwAAABXRUJQVlA4IDAAAADQAQCdASoCAAIAAgA0JaACdLoB+AADsAD+8Oj3/yC5YXXI1/8gP+MqfGVP+PIAAAA=" },
        { "a.bmp", "image/bmp", "Qk1GAAAAAAAAADYAAAAoAAAAAgAAAAIAAAABABgAAAAAABAAAAAAAAAAAAAAAAAAAAAAAAAAAAD9AAD9AAAAAP0AAP0AAA==" },
        { "a.tiff", "image/tiff", "SUkqADoAAAAD/QAA/f8AA/0AAP3/AAgACAAIAEgAAAABAAAASAAAAAEAAABMYXZjNTkuMzcuMTAwAA4A/gAEAAEAAAAAAAAAAAEEAAEAAAACAAAAAQEEAAEAAAACAAAA" },
        { "a.avif", "image/avif", "AAAAIGZ0eXBhdmlmAAAAAGF2aWZtaWYxbWlhZk1BMUIAAAD5bWV0YQAAAAAAAAAvaGRscgAAAAAAAAAAcGljdAAAAAAAAAAAAAAAAFBpY3R1cmVIYW5kbGVyAAAAAA5w" },
        { "a.wav", "audio/wav", "UklGRoYBAABXQVZFZm10IBAAAAABAAEAQB8AAIA+AAACABAATElTVBoAAABJTkZPSVNGVA4AAABMYXZmNTkuMjcuMTAwAGRhdGFAAQAAAABrBTIKxQ22D80PBQ6UCuQF" },
        { "a.mp3", "audio/mpeg", "SUQzBAAAAAAAI1RTU0UAAAAPAAADTGF2ZjU5LjI3LjEwMAAAAAAAAAAAAAAA/+M4wAAAAAAAAAAAAEluZm8AAAAPAAAAAwAAAbAAqqqqqqqqqqqqqqqqqqqqqqqqqqqq" },
        { "a.flac", "audio/flac", "ZkxhQwAAACICQAJAAAB5AAB5AfQA8AAAAKAcSe8y/XiQP2vOn1ogJbGHBAAALg0AAABMYXZmNTkuMjcuMTAwAQAAABUAAABlbmNvZGVyPUxhdmY1OS4yNy4xMDCBACAA" },
        { "a.ogg", "audio/ogg", "T2dnUwACAAAAAAAAAAAs1vfyAAAAAAx148EBHgF2b3JiaXMAAAAAAUAfAAAAAAAAgFcAAAAAAACZAU9nZ1MAAAAAAAAAAAAALNb38gEAAAC/bAwGC0D///////////+1" },
        { "a.opus", "audio/ogg", "T2dnUwACAAAAAAAAAADqYDiEAAAAAH+nXQEBE09wdXNIZWFkAQE4AYC7AAAAAABPZ2dTAAAAAAAAAAAAAOpgOIQBAAAA+67o+wE+T3B1c1RhZ3MNAAAATGF2ZjU5LjI3" },
        { "a.m4a", "audio/mp4", "AAAAHGZ0eXBNNEEgAAACAE00QSBpc29taXNvMgAAAAhmcmVlAAADl21kYXTeAgBMYXZjNTkuMzcuMTAwAAI4aFIssOYyGsL9OEGVqN3STWRrep3pl1W4P/9wzrgePcZ2" },
        { "a.aac", "audio/aac", "//FsQEb//N4CAExhdmM1OS4zNy4xMDAAAjhoUiyw5jIawv04QZWo3dJNZGt6nemXVbg//3DOuB49xnbspCBCJKBNMWSlcSaYslK5aaeXqdpoVVA0VluV5hmOCyO3aje2" },
        { "a.aiff", "audio/aiff", "Rk9STQAAAW5BSUZGQ09NTQAAABIAAQAAAKAAEEAL+gAAAAAAAABTU05EAAABSAAAAAAAAAAAAAAFawoyDcUPtg/NDgUKlAXkAIH7D/Yz8n/wZPAh8b/1DPmm/v8Edglm" },
        { "a.caf", "audio/x-caf", "Y2FmZgABAABkZXNjAAAAAAAAACBAv0AAAAAAAGxwY20AAAAAAAAAAgAAAAEAAAABAAAAEGNoYW4AAAAAAAAADABkAAEAAAAAAAAAAGluZm8AAAAAAAAAGgAAAAFlbmNv" },
        { "a.wma", "audio/x-ms-wma", "MCaydY5mzxGm2QCqAGLObO4BAAAAAAAABQAAAAECodyrjEepzxGO5ADADCBTZWgAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAKAOAAAAAAAAAIA+1d6xnQEBAAAAAAAAAMDJ" },
        { "a.webm", "video/webm", "GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQRChYECGFOAZwEAAAAAAAQ1EU2bdLpNu4tTq4QVSalmU6yBoU27i1OrhBZUrmtTrIHYTbuMU6uEElTDZ1OsggFC" },
        { "v.webm", "video/webm", "GkXfo59ChoEBQveBAULygQRC84EIQoKEd2VibUKHgQJChYECGFOAZwEAAAAAAAH9EU2bdLpNu4tTq4QVSalmU6yBoU27i1OrhBZUrmtTrIHYTbuMU6uEElTDZ1OsggEe" },
        { "a.mkv", "video/x-matroska", "GkXfo6NChoEBQveBAULygQRC84EIQoKIbWF0cm9za2FCh4EEQoWBAhhTgGcBAAAAAAAFoBFNm3TAv4Q1S8EJTbuLU6uEFUmpZlOsgaFNu4tTq4QWVK5rU6yB8U27jFOr" },
        { "a.mp4", "video/mp4", "AAAAIGZ0eXBpc29tAAACAGlzb21pc28yYXZjMW1wNDEAAAAIZnJlZQAAAtJtZGF0AAACrgYF//+q3EXpvebZSLeWLNgg2SPu73gyNjQgLSBjb3JlIDE2NCByMzA5NSBi" },
        { "a.mov", "video/quicktime", "AAAAFGZ0eXBxdCAgAAACAHF0ICAAAAAId2lkZQAAAtJtZGF0AAACrgYF//+q3EXpvebZSLeWLNgg2SPu73gyNjQgLSBjb3JlIDE2NCByMzA5NSBiYWVlNDAwIC0gSC4y" },
        { "a.avi", "video/x-msvideo", "UklGRtYWAABBVkkgTElTVDgSAABoZHJsYXZpaDgAAABAnAAAqGEAAAAAAAAQCQAAAQAAAAAAAAABAAAAAAAQABAAAAAQAAAAAAAAAAAAAAAAAAAAAAAAAExJU1TgEAAA" },
        { "a.mpeg", "video/mpeg", "AAABuiEAAQABwzNnAAABuwAJwzNnACH/4ODmAAAB4AAuIQADX5EAAAGzAQAQE///4BgAAAG4AAgAQAAAAQAAD//4AAABARPyFKUvmb9wgAAAAb4Hqw//////////////" },
    };

    [Theory, MemberData(nameof(Files))]
    public void A_real_file_is_known_by_its_first_bytes_and_by_its_name(string name, string type, string base64)
    {
        Assert.Equal(type, Media.TypeOf(Convert.FromBase64String(base64)));
        // A name cannot tell sound from pictures in a container, nor Vorbis from Opus.
        Assert.Equal(type, Media.TypeByName(name));
        Assert.Equal(type, Media.TypeByName(name.ToUpperInvariant()));
        Assert.Equal(type, FileSource.FromBytes(Convert.FromBase64String(base64), "wrong.txt").ContentType);
    }

    [Theory]
    [InlineData("heic", "mif1heic", "image/heic")]
    [InlineData("heix", "heix", "image/heic")]
    [InlineData("mif1", "mif1heicmiaf", "image/heic")]
    [InlineData("mif1", "mif1avifmiaf", "image/avif")]
    [InlineData("mif1", "mif1miaf", "image/heif")]
    [InlineData("avis", "avismsf1", "image/avif")]
    [InlineData("M4B ", "M4B mp42", "audio/mp4")]
    [InlineData("3gp5", "3gp5isom", "video/3gpp")]
    [InlineData("mp42", "mp42isom", "video/mp4")]
    public void A_container_is_what_its_brands_say(string major, string brands, string type) =>
        Assert.Equal(type, Media.TypeOf([0, 0, 0, (byte)(16 + brands.Length), .. "ftyp"u8, .. Encoding.ASCII.GetBytes(major), 0, 0, 0, 0, .. Encoding.ASCII.GetBytes(brands), .. new byte[16]]));

    [Theory]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "[Content_Types].xml", "_rels/.rels", "word/document.xml")]
    [InlineData("application/vnd.openxmlformats-officedocument.wordprocessingml.document", "_rels/.rels", "docProps/app.xml", "word/document.xml")]
    [InlineData("application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "[Content_Types].xml", "xl/workbook.xml")]
    [InlineData("application/vnd.openxmlformats-officedocument.presentationml.presentation", "[Content_Types].xml", "docProps/core.xml", "ppt/presentation.xml")]
    [InlineData("application/zip", "notes.txt", "word/document.xml")]
    [InlineData("application/zip", "[Content_Types].xml", "AppxManifest.xml")]
    public void An_office_document_is_known_by_its_entries(string type, params string[] entries)
    {
        var archive = Zip([.. entries.Select(name => (name, $"<x>{name}</x>"))]);

        Assert.Equal(type, Media.TypeOf(archive));
        Assert.Equal(type, FileSource.FromBytes(archive, "upload").ContentType);
    }

    [Theory]
    [InlineData("application/vnd.oasis.opendocument.text")]
    [InlineData("application/epub+zip")]
    public void An_archive_that_says_what_it_is_is_believed(string type) => Assert.Equal(type, Media.TypeOf(Zip([("mimetype", type), ("content.xml", "<x/>")])));

    [Fact]
    public void A_zip_within_a_zip_is_no_document() => Assert.Equal("application/zip", Media.TypeOf(Zip([("inner.zip", Encoding.Latin1.GetString(Zip([("word/document.xml", "x")])))])));

    [Theory]
    [InlineData("%PDF-1.7\n", "application/pdf")]
    [InlineData("{\\rtf1", "application/rtf")]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>", "image/svg+xml")]
    [InlineData("<?xml version='1.0'?>\n<svg/>", "image/svg+xml")]
    [InlineData("<?xml version='1.0'?>\n<note/>", null)]
    [InlineData("BMW is a brand of cars, and this is a text", null)]
    [InlineData("ID3 is a tag", null)]
    [InlineData("RIFF", null)]
    [InlineData("PK", null)]
    [InlineData("Moin", null)]
    [InlineData("", null)]
    public void Text_is_not_taken_for_something_else(string text, string? type) => Assert.Equal(type, Media.TypeOf(Encoding.UTF8.GetBytes(text)));

    [Fact]
    public void A_text_in_UTF_16_is_no_sound() => Assert.Null(Media.TypeOf([0xFF, 0xFE, (byte)'H', 0, (byte)'i', 0]));

    [Fact]
    public void Nothing_that_is_cut_short_throws()
    {
        foreach (var row in Files)
            for (var length = 0; length < 40; length++) Media.TypeOf(Convert.FromBase64String(row.Data.Item3).AsSpan(0, length));
        var archive = Zip([("[Content_Types].xml", "x"), ("word/document.xml", "x")]);
        for (var length = 0; length < archive.Length; length++) Media.TypeOf(archive.AsSpan(0, length));
    }

    [Theory]
    [InlineData("audio/mpeg", ".mp3", "mp3")]
    [InlineData("audio/mp4", ".m4a", "m4a")]
    [InlineData("audio/wav", ".wav", "wav")]
    [InlineData("video/webm", ".webm", "webm")]
    [InlineData("image/jpeg", ".jpg", "jpeg")]
    [InlineData("image/jpg", ".jpg", "jpg")]
    [InlineData("x/y", null, "y")]
    public void A_type_has_an_ending_and_a_format(string type, string? ending, string format) => Assert.Equal((ending, format), (Media.ExtensionOf(type), Media.AudioFormat(type)));

    private static byte[] Zip((string Name, string Content)[] entries)
    {
        using var file = new MemoryStream();
        using (var zip = new ZipArchive(file, ZipArchiveMode.Create, leaveOpen: true))
            foreach (var (name, content) in entries)
            {
                using var entry = zip.CreateEntry(name, CompressionLevel.NoCompression).Open();
                entry.Write(Encoding.Latin1.GetBytes(content));
            }
        return file.ToArray();
    }
}
