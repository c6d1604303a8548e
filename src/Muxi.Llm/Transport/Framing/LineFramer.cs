namespace Muxi.Llm;

/// <summary>A framing made of lines: finds them, each byte searched once, and skips a byte order mark at the body's start.</summary>
/// <param name="maxEventBytes">The most that one event's data together with the line being read may be.</param>
internal abstract class LineFramer(int maxEventBytes) : Framer
{
    private const byte Lf = (byte)'\n';
    private const byte Cr = (byte)'\r';

    private bool _begun;
    private bool _afterCr;

    private static ReadOnlySpan<byte> ByteOrderMark => [0xEF, 0xBB, 0xBF];

    /// <summary>The next line that ends in LF, CRLF or CR. A CR ends its line at once: an event must not wait for the LF that may follow.</summary>
    protected bool TryReadLine(out int from, out int to)
    {
        if (_afterCr && Next < End)
        {
            _afterCr = false;
            if (Buffer[Next] == Lf) Scanned = ++Next;
        }
        if (!TryReadTo(Buffer.AsSpan(Scanned, End - Scanned).IndexOfAny(Lf, Cr), out from, out to)) return false;
        _afterCr = to < Next && Buffer[to] == Cr;
        return true;
    }

    /// <summary>The next line that ends in LF, without the one CR that may stand before it.</summary>
    protected bool TryReadLfLine(out int from, out int to)
    {
        if (!TryReadTo(Buffer.AsSpan(Scanned, End - Scanned).IndexOf(Lf), out from, out to)) return false;
        if (to > from && Buffer[to - 1] == Cr) to--;
        return true;
    }

    /// <summary>Passes over a byte order mark at the start. False: too few bytes came to know whether there is one.</summary>
    protected bool TryBegin()
    {
        if (_begun) return true;
        var head = Buffer.AsSpan(Next, Math.Min(End - Next, ByteOrderMark.Length));
        if (head.Length < ByteOrderMark.Length && !Completed && ByteOrderMark.StartsWith(head)) return false;
        _begun = true;
        if (head.SequenceEqual(ByteOrderMark)) Next = Scanned = Next + head.Length;
        return true;
    }

    // found is the line end's place after Scanned, or negative. At the end of the body what is left is a line too.
    private bool TryReadTo(int found, out int from, out int to)
    {
        from = Next;
        to = found < 0 ? End : Scanned + found;
        if (HeldTo - HeldFrom + (long)(to - from) > maxEventBytes)
            throw new InvalidDataException($"The reply's stream has an event longer than {maxEventBytes} bytes.");
        if (found < 0)
        {
            Scanned = End;
            if (!Completed || from == to) return false;
            Next = End;
            return true;
        }
        Next = Scanned = to + 1;
        return true;
    }
}
