using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Reads Amazon's event stream, frame by frame:
/// <code>
///   total length | headers' length | sum of these | headers | payload | sum of all before
///        4               4              4                                   4          (bytes; big-endian, CRC-32)
/// </code>
/// Both sums are checked, and a body that ends within a frame is an error. A body that does not begin as a frame is none at all, and kept as <see cref="Stray"/>.
/// </summary>
/// <param name="unwraps">Whether the payload of a frame of type <c>chunk</c> is a wrapper, <c>{"bytes":"..."}</c>, whose base64 holds an event of another format.</param>
/// <param name="maxFrameBytes">The most that a frame may have: Amazon's own limit is 16 MB of payload and 128 KB of headers.</param>
internal sealed class AwsEventStreamFramer(bool unwraps, int maxFrameBytes = AwsEventStreamFramer.MaxFrameBytes) : Framer
{
    public const int MaxFrameBytes = 24 << 20;

    private const int PreludeBytes = 12, SumBytes = 4, MaxStrayBytes = 8 << 20;

    private ArrayBufferWriter<byte>? _stray;
    private bool _begun;

    // Of the frame that begins at Next, once its prelude was checked; 0 before.
    private int _total, _headers;

    /// <summary>All of a body that is no event stream, its first 8 MB: a JSON error, an HTML page.</summary>
    public override ReadOnlyMemory<byte> Stray => _stray?.WrittenMemory ?? default;

    public override bool TryRead(out WireEvent e)
    {
        e = default;
        if (!Begin()) return false;
        if (_total == 0 && !ReadPrelude()) return false;
        if (End - Next < _total) return Completed ? throw Cut(_total) : false;
        var frame = Buffer.AsSpan(Next, _total);
        if (Crc32.Of(frame[..^SumBytes]) != BinaryPrimitives.ReadUInt32BigEndian(frame[^SumBytes..])) throw new InvalidDataException("The reply's stream has a damaged frame: its check sum is wrong.");
        var payload = (From: Next + PreludeBytes + _headers, To: Next + _total - SumBytes);
        e = Event(AwsFrameHead.Read(frame.Slice(PreludeBytes, _headers)), payload.From, payload.To);
        Next = Scanned = Next + _total;
        _total = 0;
        return true;
    }

    /// <summary>Looks at the first byte: no frame is so long that its length would begin with more than 1, and all text does.</summary>
    private bool Begin()
    {
        if (Next == End) return false;
        if (!_begun)
        {
            _begun = true;
            if (Buffer[Next] > 1) _stray = new();
        }
        if (_stray is null) return true;
        _stray.Write(Buffer.AsSpan(Next, Math.Min(End - Next, MaxStrayBytes - _stray.WrittenCount)));
        Next = Scanned = End;
        return false;
    }

    private bool ReadPrelude()
    {
        if (End - Next < PreludeBytes) return Completed ? throw Cut(PreludeBytes) : false;
        var prelude = Buffer.AsSpan(Next, PreludeBytes);
        if (Crc32.Of(prelude[..8]) != BinaryPrimitives.ReadUInt32BigEndian(prelude[8..])) throw new InvalidDataException("The reply's stream has a damaged frame: the check sum of its lengths is wrong.");
        var (total, headers) = (BinaryPrimitives.ReadUInt32BigEndian(prelude), BinaryPrimitives.ReadUInt32BigEndian(prelude[4..]));
        if (total > maxFrameBytes) throw new InvalidDataException($"The reply's stream has a frame of {total} bytes; {maxFrameBytes} at most are taken.");
        if (total < PreludeBytes + SumBytes || headers > total - PreludeBytes - SumBytes) throw new InvalidDataException($"The reply's stream has a frame of {total} bytes with {headers} bytes of headers, which cannot be.");
        (_total, _headers) = ((int)total, (int)headers);
        return true;
    }

    private InvalidDataException Cut(int needed) => new($"The reply's stream ends within a frame: {End - Next} of its {needed} bytes came.");

    private WireEvent Event(AwsFrameHead head, int from, int to)
    {
        if (head.Fault is { } fault) return new(head.Type, Buffer.AsMemory(from, to - from)) { Fault = fault };
        return unwraps && head.Type == "chunk" && Unwrap(from, to) is { } inner ? new(null, inner) : new(head.Type, Buffer.AsMemory(from, to - from));
    }

    /// <summary>What a wrapper holds, decoded where it stands; null where it is none.</summary>
    private Memory<byte>? Unwrap(int from, int to)
    {
        try
        {
            var reader = new Utf8JsonReader(Buffer.AsSpan(from, to - from));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return null;
            while (reader.NextMember())
            {
                if (!reader.Is("bytes"u8))
                {
                    reader.SkipMember();
                    continue;
                }
                reader.Read();
                if (reader.TokenType != JsonTokenType.String) return null;
                if (reader.ValueIsEscaped) return reader.TryGetBytesFromBase64(out var copy) ? copy : null;
                var start = from + (int)reader.TokenStartIndex + 1;
                var length = reader.ValueSpan.Length;
                return Base64.DecodeFromUtf8InPlace(Buffer.AsSpan(start, length), out var count) == OperationStatus.Done ? Buffer.AsMemory(start, count) : null;
            }
            return null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}

/// <summary>What a frame's headers say of it.</summary>
/// <param name="Type">The event's name, or the exception's.</param>
/// <param name="Fault">What went wrong, in a frame that says so.</param>
internal readonly record struct AwsFrameHead(string? Type, WireFault? Fault)
{
    /// <summary>Reads all headers; those that are none of the protocol's are stepped over.</summary>
    /// <exception cref="InvalidDataException">They are not in their form.</exception>
    public static AwsFrameHead Read(ReadOnlySpan<byte> headers)
    {
        ReadOnlySpan<byte> kind = default, type = default, exception = default, code = default, message = default;
        while (!headers.IsEmpty)
        {
            var name = Take(ref headers, Take(ref headers, 1)[0]);
            var value = Value(ref headers);
            if (name.SequenceEqual(":message-type"u8)) kind = value;
            else if (name.SequenceEqual(":event-type"u8)) type = value;
            else if (name.SequenceEqual(":exception-type"u8)) exception = value;
            else if (name.SequenceEqual(":error-code"u8)) code = value;
            else if (name.SequenceEqual(":error-message"u8)) message = value;
        }
        var isFault = kind.SequenceEqual("exception"u8) || kind.SequenceEqual("error"u8);
        if (isFault) type = exception.IsEmpty ? code : exception;
        var word = type.IsEmpty ? null : EventNames.Get(type);
        return new(word, isFault ? new(word, message.IsEmpty ? null : System.Text.Encoding.UTF8.GetString(message)) : null);
    }

    /// <summary>A header's value: of a text its bytes, of a number or the like its bytes, of a flag nothing.</summary>
    private static ReadOnlySpan<byte> Value(scoped ref ReadOnlySpan<byte> rest) => Take(ref rest, 1)[0] switch
    {
        0 or 1 => [],
        2 => Take(ref rest, 1),
        3 => Take(ref rest, 2),
        4 => Take(ref rest, 4),
        5 or 8 => Take(ref rest, 8),
        6 or 7 => Take(ref rest, BinaryPrimitives.ReadUInt16BigEndian(Take(ref rest, 2))),
        9 => Take(ref rest, 16),
        var kind => throw new InvalidDataException($"The reply's stream has a frame with a header of the unknown kind {kind}."),
    };

    private static ReadOnlySpan<byte> Take(scoped ref ReadOnlySpan<byte> rest, int count)
    {
        if (count > rest.Length) throw new InvalidDataException("The reply's stream has a frame whose headers break off.");
        var taken = rest[..count];
        rest = rest[count..];
        return taken;
    }
}
