using System.Buffers;
using System.Collections.Frozen;
using System.Text;

namespace Muxi.Llm;

/// <summary>
/// The characters that stand for bytes in the names of byte-level vocabularies, since GPT-2: printable ones of Latin-1 for themselves, the others for U+0100 and what follows,
/// so that a space is <c>Ġ</c> and a line feed <c>Ċ</c>.
/// </summary>
internal static class ByteAlphabet
{
    private static readonly char[] _characters = Build();

    private static readonly FrozenDictionary<char, byte> _bytes = Enumerable.Range(0, 256).ToFrozenDictionary(static at => _characters[at], static at => (byte)at);

    /// <summary>The characters, by the byte that each stands for.</summary>
    public static ReadOnlySpan<char> Characters => _characters;

    /// <summary>The text whose characters stand for the bytes of a text.</summary>
    public static string Write(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return string.Create(bytes.Length, bytes, static (to, from) =>
        {
            for (var at = 0; at < to.Length; at++) to[at] = _characters[from[at]];
        });
    }

    /// <summary>Writes the bytes that a name's characters stand for.</summary>
    /// <returns>False, and nothing is written, where some stand for none.</returns>
    public static bool TryRead(ReadOnlySpan<byte> name, IBufferWriter<byte> to)
    {
        var bytes = to.GetSpan(name.Length + 1);
        var written = 0;
        for (var rest = name; !rest.IsEmpty;)
        {
            Rune.DecodeFromUtf8(rest, out var rune, out var length);
            if (!rune.IsBmp || !_bytes.TryGetValue((char)rune.Value, out bytes[written++])) return false;
            rest = rest[length..];
        }
        to.Advance(written);
        return true;
    }

    private static char[] Build()
    {
        var characters = new char[256];
        var others = 0x100;
        for (var at = 0; at < characters.Length; at++)
            characters[at] = (char)(at is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or >= 0xAE ? at : others++);
        return characters;
    }
}
