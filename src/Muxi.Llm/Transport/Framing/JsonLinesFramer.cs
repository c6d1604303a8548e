namespace Muxi.Llm;

/// <summary>
/// Reads one JSON value per line. A line ends in LF or CRLF, the last one also with the body. Blank lines are skipped; no other line is looked
/// into, so a body that is not JSON at all comes out as events which the fold cannot parse.
/// </summary>
internal sealed class JsonLinesFramer(int maxEventBytes = Framer.MaxEventBytes) : LineFramer(maxEventBytes)
{
    public override bool TryRead(out WireEvent e)
    {
        e = default;
        if (!TryBegin()) return false;
        while (TryReadLfLine(out var from, out var to))
        {
            if (Buffer.AsSpan(from, to - from).IndexOfAnyExcept(" \t\r"u8) < 0) continue;
            e = new WireEvent(null, Buffer.AsMemory(from, to - from));
            return true;
        }
        return false;
    }
}
