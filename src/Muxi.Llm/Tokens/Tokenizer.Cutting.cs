using System.Text;

namespace Muxi.Llm;

public abstract partial class Tokenizer
{
    // How many characters a token has at most, as good as always.
    private const int Wide = 64;

    /// <summary>The beginning of a text: as many of its tokens as allowed, less where a cut behind them would break a character.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">How many tokens the result has at most; from 0 up.</param>
    /// <returns>The text itself where it has no more.</returns>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 0.</exception>
    public string Truncate(string text, int limit)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegative(limit);
        return text[..Fitting(text, limit)];
    }

    /// <summary>Cuts a text into parts of so many tokens at most. Joined they are the text, and no character (Unicode scalar value) is broken.</summary>
    /// <param name="text">The text.</param>
    /// <param name="limit">How many tokens a part has at most; from 1 up. A rare character has up to 4 in OpenAI's encodings.</param>
    /// <exception cref="ArgumentOutOfRangeException">The limit is below 1, or below the tokens of a single character of the text.</exception>
    public IEnumerable<string> Split(string text, int limit)
    {
        ArgumentNullException.ThrowIfNull(text);
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(limit);
        return Parts(text, limit);
    }

    private IEnumerable<string> Parts(string text, int limit)
    {
        for (var at = 0; at < text.Length;)
        {
            var length = Fitting(text.AsSpan(at), limit);
            if (length == 0) throw new ArgumentOutOfRangeException(nameof(limit), limit, $"The character {Name(text, at)} alone has {Count(text.AsSpan(at, Width(text, at)))} tokens; a part must have room for it.");
            yield return text.Substring(at, length);
            at += length;
        }

        static string Name(string text, int at) => $"U+{(Rune.TryGetRuneAt(text, at, out var rune) ? rune.Value : text[at]):X4}";
    }

    /// <summary>Whether the bytes of a text's tokens, joined, are the text: not so where it is normalised first.</summary>
    internal virtual bool Keeps(ReadOnlySpan<char> text) => true;

    // How many characters of a text have so many tokens at most. What is far behind the limit is not looked at, however long the text is.
    private int Fitting(ReadOnlySpan<char> text, int limit)
    {
        for (var window = Math.Min((long)limit * Wide + Wide, text.Length); ; window = Math.Min(window * 2, text.Length))
        {
            var seen = text[..(int)window];
            var fitting = Keeps(seen) ? ByBytes(seen, limit) : BySearch(seen, limit);
            if (fitting < seen.Length || seen.Length == text.Length) return fitting;
        }
    }

    private int ByBytes(ReadOnlySpan<char> text, int limit)
    {
        for (var tokens = limit; tokens > 0; tokens--)
        {
            var sink = new LengthSink(this, tokens);
            Run(text, null, ref sink);
            if (!sink.IsFull) return text.Length;
            var end = Characters(text, sink.Bytes);
            // Cut off, the end may be encoded otherwise than it was with what followed.
            if (CountUpTo(text[..end], limit) <= limit) return end;
        }
        return 0;
    }

    private int BySearch(ReadOnlySpan<char> text, int limit)
    {
        if (CountUpTo(text, limit) <= limit) return text.Length;
        var (fits, over) = (0, text.Length);
        while (over - fits > 1)
        {
            var middle = Whole(text, (fits + over) / 2);
            if (middle <= fits) middle = Math.Min(over, fits + Width(text, fits));
            if (middle >= over) break;
            if (CountUpTo(text[..middle], limit) <= limit) fits = middle;
            else over = middle;
        }
        return fits;
    }

    // How many characters so many bytes of UTF-8 have; one that is not whole is not counted.
    private static int Characters(ReadOnlySpan<char> text, long bytes)
    {
        var at = 0;
        while (at < text.Length)
        {
            Rune.DecodeFromUtf16(text[at..], out var rune, out var width);
            bytes -= rune.Utf8SequenceLength;
            if (bytes < 0) break;
            at += width;
        }
        return at;
    }

    private static int Whole(ReadOnlySpan<char> text, int at) => at > 0 && at < text.Length && char.IsLowSurrogate(text[at]) && char.IsHighSurrogate(text[at - 1]) ? at - 1 : at;

    private static int Width(ReadOnlySpan<char> text, int at)
    {
        Rune.DecodeFromUtf16(text[at..], out _, out var width);
        return width;
    }

    /// <summary>Adds up how many bytes the first tokens have.</summary>
    private struct LengthSink(Tokenizer tokenizer, int limit) : ITokenSink
    {
        private int _count;

        public long Bytes { get; private set; }

        /// <summary>Whether there are more tokens than the limit.</summary>
        public bool IsFull { get; private set; }

        public bool Add(int id)
        {
            if (_count++ == limit)
            {
                IsFull = true;
                return false;
            }
            Bytes += tokenizer.Bytes(id).Length;
            return true;
        }
    }
}
