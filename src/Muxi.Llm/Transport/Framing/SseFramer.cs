using System.Buffers;

namespace Muxi.Llm;

/// <summary>
/// Reads server-sent events by the WHATWG rules, on bytes, with one deliberate departure: an event still open at the end of the body is given
/// although its blank line is missing, even if its last line is unterminated, because real services leave it out. So a body cut within an event
/// gives a cut event: whether a stream is whole is the fold's to say. <c>id:</c> and <c>retry:</c> are ignored; so are comments, of which the
/// transport knows by having read bytes.
/// </summary>
internal sealed class SseFramer(int maxEventBytes = Framer.MaxEventBytes) : LineFramer(maxEventBytes)
{
    /// <summary>How much of <see cref="Stray"/> is kept.</summary>
    public const int MaxStrayBytes = 8 << 20;

    private ArrayBufferWriter<byte>? _stray;
    private bool _hasData;
    private string? _type;
    private string _lastType = "";

    /// <summary>
    /// The lines which are neither blank, comment nor one of the four SSE fields, joined with LF, the first 8 MB of them: a JSON error, an HTML
    /// page or plain text where a stream was due, or dropped into the middle of one. It says something where the stream gave no event or had
    /// no proper end; in a stream that ended well it is to be ignored, as the standard ignores unknown fields.
    /// </summary>
    public override ReadOnlyMemory<byte> Stray => _stray?.WrittenMemory ?? default;

    public override bool TryRead(out WireEvent e)
    {
        e = default;
        if (!TryBegin()) return false;
        while (TryReadLine(out var from, out var to))
        {
            if (from != to) TakeLine(from, to);
            else if (TryDispatch(out e)) return true;
        }
        return Completed && TryDispatch(out e);
    }

    private bool TryDispatch(out WireEvent e)
    {
        e = _hasData ? new WireEvent(_type, Buffer.AsMemory(HeldFrom, HeldTo - HeldFrom)) : default;
        var dispatched = _hasData;
        _hasData = false;
        _type = null;
        HeldFrom = HeldTo;
        return dispatched;
    }

    private void TakeLine(int from, int to)
    {
        var line = Buffer.AsSpan(from, to - from);
        if (line[0] == ':') return;
        if (IsField(line, "data"u8)) AddData(from + ValueStart(line, 4), to);
        else if (IsField(line, "event"u8)) SetType(line[ValueStart(line, 5)..]);
        else if (!IsField(line, "id"u8) && !IsField(line, "retry"u8)) KeepStray(line);
    }

    private static bool IsField(ReadOnlySpan<byte> line, ReadOnlySpan<byte> name) =>
        line.StartsWith(name) && (line.Length == name.Length || line[name.Length] == ':');

    private static int ValueStart(ReadOnlySpan<byte> line, int nameLength)
    {
        var at = Math.Min(nameLength + 1, line.Length);
        return at < line.Length && line[at] == ' ' ? at + 1 : at;
    }

    // Further lines are pulled up to the first one within the buffer: their field name always leaves room for the LF between.
    private void AddData(int from, int to)
    {
        if (!_hasData)
        {
            _hasData = true;
            (HeldFrom, HeldTo) = (from, to);
            return;
        }
        Buffer[HeldTo] = (byte)'\n';
        Buffer.AsSpan(from, to - from).CopyTo(Buffer.AsSpan(HeldTo + 1));
        HeldTo += 1 + to - from;
    }

    private void SetType(ReadOnlySpan<byte> name) =>
        _type = name.IsEmpty ? null : EventNames.Same(name, _lastType) ? _lastType : _lastType = EventNames.Get(name);

    private void KeepStray(ReadOnlySpan<byte> line)
    {
        _stray ??= new ArrayBufferWriter<byte>();
        if (_stray.WrittenCount is > 0 and < MaxStrayBytes) _stray.Write("\n"u8);
        _stray.Write(line[..Math.Min(line.Length, MaxStrayBytes - _stray.WrittenCount)]);
    }
}
