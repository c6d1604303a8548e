namespace Muxi.Llm;

/// <summary>The bytes that a reply's events hold, read as the events come.</summary>
internal sealed class UnpackedStream(EventStream<ReadOnlyMemory<byte>> events) : PassingStream
{
    private readonly List<ReadOnlyMemory<byte>> _pieces = [];
    private int _piece, _at;

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        while (_piece == _pieces.Count)
        {
            _pieces.Clear();
            _piece = 0;
            if (!await events.ReadAsync(_pieces, cancellationToken).ConfigureAwait(false)) return 0;
            _pieces.RemoveAll(static piece => piece.IsEmpty);
        }
        var left = _pieces[_piece][_at..];
        var count = Math.Min(buffer.Length, left.Length);
        left[..count].CopyTo(buffer);
        (_piece, _at) = count == left.Length ? (_piece + 1, 0) : (_piece, _at + count);
        return count;
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing) events.Dispose();
        base.Dispose(disposing);
    }
}
