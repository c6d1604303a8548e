using System.Buffers.Binary;
using System.Text;

namespace Muxi.Llm;

/// <summary>What sound and documents cost: estimates, from the bytes that are at hand.</summary>
/// <remarks>A second of sound is 10 tokens at OpenAI ("Managing costs" in its guide to the Realtime API) and 32 at Google ("Understand and count tokens").</remarks>
internal static class MediaTokens
{
    // MP3 at 64 kbit/s, which is what speech has at least.
    private const double BytesPerSecond = 8000;

    private const double UnknownSeconds = 30;

    // A head that tells of less or more is broken: speech has some thousand bytes a second, eight channels of the finest sound some six million.
    private const double LeastRate = 500, MostRate = 1e7;

    private static ReadOnlySpan<byte> PageMark => "/Type"u8;

    /// <summary>How long a sound is: told by a WAV file's header, else by the size of the file.</summary>
    public static double Seconds(ReadOnlySpan<byte> file) => file.IsEmpty ? UnknownSeconds : WavSeconds(file) ?? file.Length / BytesPerSecond;

    /// <summary>The pages of a PDF, as far as their objects stand in plain sight; 1 where none does, since newer files compress them.</summary>
    public static int Pages(ReadOnlySpan<byte> file)
    {
        var pages = 0;
        while (file.IndexOf(PageMark) is >= 0 and var at)
        {
            file = file[(at + PageMark.Length)..];
            var name = file.TrimStart((byte)' ');
            // /Pages is the tree that holds them.
            if (name.StartsWith("/Page"u8) && (name.Length == 5 || !char.IsAsciiLetter((char)name[5]))) pages++;
        }
        return Math.Max(1, pages);
    }

    /// <summary>A document's text, where it is text; null of other kinds.</summary>
    public static string? Text(ReadOnlySpan<byte> file, string? mediaType)
    {
        var isText = mediaType is not null && (mediaType.StartsWith("text/", StringComparison.Ordinal) || mediaType is "application/json" or "application/xml" or "application/yaml");
        return isText ? Encoding.UTF8.GetString(file) : null;
    }

    // Chunks of a name and a length (RIFF): "fmt " tells the bytes per second, "data" how many follow; a length that was not known when the file was begun is what is there.
    private static double? WavSeconds(ReadOnlySpan<byte> file)
    {
        if (file.Length < 12 || !file.StartsWith("RIFF"u8) || !file[8..].StartsWith("WAVE"u8)) return null;
        double rate = 0;
        for (var at = 12L; at + 8 <= file.Length;)
        {
            var chunk = file[(int)at..];
            var length = BinaryPrimitives.ReadUInt32LittleEndian(chunk[4..]);
            if (chunk.StartsWith("fmt "u8) && chunk.Length >= 20) rate = BinaryPrimitives.ReadUInt32LittleEndian(chunk[16..]);
            if (chunk.StartsWith("data"u8)) return rate is >= LeastRate and <= MostRate ? Math.Min(length, chunk.Length - 8) / rate : null;
            at += 8L + length + (length & 1);
        }
        return null;
    }
}
