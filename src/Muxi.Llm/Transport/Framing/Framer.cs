using System.Buffers;

namespace Muxi.Llm;

/// <summary>
/// Cuts the bytes of one reply into events, wherever the network happened to split them. Feed it in turns: read from the socket into
/// <see cref="GetBuffer"/>, <see cref="Advance"/> by what came (or <see cref="Complete"/> at the end), then <see cref="TryRead"/> until it is false.
/// Feeding invalidates the data of all earlier events. Not thread-safe.
/// </summary>
internal abstract class Framer : IDisposable
{
    /// <summary>The default limit of one event, in bytes: far above any real event, low enough to stop a runaway body.</summary>
    public const int MaxEventBytes = 256 << 20;

    private const int InitialSize = 16 * 1024;
    private const int LeastRoom = 4 * 1024;

    private byte[] _buffer = ArrayPool<byte>.Shared.Rent(InitialSize);
    private bool _disposed;

    /// <summary>
    /// What the body held that is no part of its framing, so that an error can be made of it; empty in a healthy stream. Outlives the framer.
    /// </summary>
    public virtual ReadOnlyMemory<byte> Stray => default;

    /// <summary>Whether the end of the body was reached.</summary>
    protected bool Completed { get; private set; }

    // The buffer's layout: [ used up | Held | used up | Next ... Scanned ... End | room ].
    // Held is the finished part of an event that is still growing; it always lies before Next.

    /// <summary>The bytes fed so far that are still here; positions below index it.</summary>
    protected byte[] Buffer => _buffer;

    /// <summary>The first byte not yet taken.</summary>
    protected int Next { get; set; }

    /// <summary>Up to where the bytes from <see cref="Next"/> were searched in vain: they are not searched again.</summary>
    protected int Scanned { get; set; }

    /// <summary>Behind the last byte fed.</summary>
    protected int End { get; private set; }

    /// <summary>Where the part to keep of an unfinished event begins.</summary>
    protected int HeldFrom { get; set; }

    /// <summary>Behind the part to keep of an unfinished event.</summary>
    protected int HeldTo { get; set; }

    /// <summary>The framer for one reply of the given kind.</summary>
    public static Framer For(Framing kind) => kind switch
    {
        Framing.Sse => new SseFramer(),
        Framing.JsonLines => new JsonLinesFramer(),
        Framing.AwsEventStream => new AwsEventStreamFramer(unwraps: false),
        Framing.AwsEventStreamChunks => new AwsEventStreamFramer(unwraps: true),
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, null),
    };

    /// <summary>Room to read the next bytes into, never empty.</summary>
    public Memory<byte> GetBuffer()
    {
        ObjectDisposedException.ThrowIf(_disposed, this);
        if (Next == End && HeldFrom == HeldTo) Next = Scanned = End = HeldFrom = HeldTo = 0;
        else if (_buffer.Length - End < LeastRoom) MakeRoom();
        return _buffer.AsMemory(End);
    }

    /// <summary>Takes in the first <paramref name="count"/> bytes of what <see cref="GetBuffer"/> gave last.</summary>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - End);
        End += count;
    }

    /// <summary>Says that the body has ended: what is unfinished now is read as it stands.</summary>
    public void Complete() => Completed = true;

    /// <summary>Reads the next event. False: more bytes are needed, or after <see cref="Complete"/> there is nothing more.</summary>
    /// <exception cref="InvalidDataException">One event is longer than the limit.</exception>
    public abstract bool TryRead(out WireEvent e);

    /// <summary>Gives the buffer back; data of events must not be touched afterwards.</summary>
    public void Dispose()
    {
        if (_disposed) return;
        _disposed = true;
        ArrayPool<byte>.Shared.Return(_buffer);
        _buffer = [];
        Next = Scanned = End = HeldFrom = HeldTo = 0;
    }

    // Compacts while at least half of the buffer is used up, otherwise doubles it: either way a byte is moved a bounded number of times on average.
    private void MakeRoom()
    {
        var held = HeldTo - HeldFrom;
        var rest = End - Next;
        var source = _buffer;
        var grow = held + rest > source.Length / 2;
        if (grow) _buffer = ArrayPool<byte>.Shared.Rent(checked(source.Length * 2));
        source.AsSpan(HeldFrom, held).CopyTo(_buffer);
        source.AsSpan(Next, rest).CopyTo(_buffer.AsSpan(held));
        if (grow) ArrayPool<byte>.Shared.Return(source);
        (HeldFrom, HeldTo, Scanned, End, Next) = (0, held, held + Scanned - Next, held + rest, held);
    }
}
