using System.Buffers.Binary;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>
/// Amazon's event stream, written and read after the Smithy specification of <c>application/vnd.amazon.eventstream</c> in the plainest way, bit by bit and byte by byte:
/// what the library's own reader is held against.
/// </summary>
internal static class AwsFrames
{
    public const string ContentType = "application/vnd.amazon.eventstream";

    /// <summary>The frames of a fixture, one a line: <c>event TYPE DATA</c>, <c>exception TYPE DATA</c>, <c>error CODE MESSAGE</c>, or <c>chunk DATA</c> for one that wraps another format's event.</summary>
    public static byte[] FromText(string text) => [.. text.ReplaceLineEndings("\n").Split('\n', StringSplitOptions.RemoveEmptyEntries).SelectMany(FromLine)];

    /// <summary>A frame of type <c>event</c>.</summary>
    public static byte[] Event(string type, string data) => Frame(Encoding.UTF8.GetBytes(data), (":event-type", type), (":content-type", "application/json"), (":message-type", "event"));

    /// <summary>A frame that wraps another format's event, padded as the service pads.</summary>
    public static byte[] Chunk(string data) => Event("chunk", $$"""{"bytes":"{{Convert.ToBase64String(Encoding.UTF8.GetBytes(data))}}","p":"abcdefgh"}""");

    /// <summary>A frame whose headers are texts.</summary>
    public static byte[] Frame(byte[] payload, params (string Name, string Value)[] headers)
    {
        var bytes = new List<byte>();
        foreach (var (name, value) in headers)
        {
            bytes.Add((byte)name.Length);
            bytes.AddRange(Encoding.UTF8.GetBytes(name));
            bytes.Add(7);
            bytes.AddRange(Number((ushort)Encoding.UTF8.GetByteCount(value)));
            bytes.AddRange(Encoding.UTF8.GetBytes(value));
        }
        return Frame(payload, [.. bytes]);
    }

    /// <summary>A frame with these bytes for headers.</summary>
    public static byte[] Frame(byte[] payload, byte[] headers)
    {
        byte[] prelude = [.. Number((uint)(16 + headers.Length + payload.Length)), .. Number((uint)headers.Length)];
        byte[] before = [.. prelude, .. Number(Sum(prelude)), .. headers, .. payload];
        return [.. before, .. Number(Sum(before))];
    }

    /// <summary>The frames of a body: the kind, the type, the payload as text.</summary>
    public static IEnumerable<(string Kind, string Type, string Data)> Read(byte[] body)
    {
        for (var at = 0; at + 16 <= body.Length;)
        {
            var total = (int)BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at));
            if (at + total > body.Length) yield break;
            Assert.Equal(Sum(body[at..(at + 8)]), BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 8)));
            Assert.Equal(Sum(body[at..(at + total - 4)]), BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + total - 4)));
            var end = at + 12 + (int)BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at + 4));
            var headers = new Dictionary<string, string>();
            for (var i = at + 12; i < end;)
            {
                var name = Encoding.UTF8.GetString(body, i + 1, body[i]);
                i += 1 + body[i];
                Assert.Equal(7, body[i]);
                var length = BinaryPrimitives.ReadUInt16BigEndian(body.AsSpan(i + 1));
                headers[name] = Encoding.UTF8.GetString(body, i + 3, length);
                i += 3 + length;
            }
            yield return (headers.GetValueOrDefault(":message-type", "event"), headers.GetValueOrDefault(":event-type") ?? headers.GetValueOrDefault(":exception-type") ?? headers.GetValueOrDefault(":error-code", ""), Encoding.UTF8.GetString(body[end..(at + total - 4)]));
            at += total;
        }
    }

    /// <summary>Where each frame ends.</summary>
    public static IEnumerable<int> Ends(byte[] body)
    {
        for (var at = 0; at + 16 <= body.Length;)
        {
            at += (int)BinaryPrimitives.ReadUInt32BigEndian(body.AsSpan(at));
            if (at <= body.Length) yield return at;
        }
    }

    /// <summary>CRC-32 as its definition has it.</summary>
    public static uint Sum(byte[] bytes)
    {
        var sum = uint.MaxValue;
        foreach (var b in bytes)
        {
            sum ^= b;
            for (var bit = 0; bit < 8; bit++) sum = (sum & 1) == 1 ? (sum >> 1) ^ 0xEDB88320 : sum >> 1;
        }
        return ~sum;
    }

    private static byte[] FromLine(string line)
    {
        var words = line.Split(' ', 3);
        return words[0] switch
        {
            "event" => Event(words[1], words[2]),
            "chunk" => Chunk(line["chunk ".Length..]),
            "exception" => Frame(Encoding.UTF8.GetBytes(words[2]), (":exception-type", words[1]), (":content-type", "application/json"), (":message-type", "exception")),
            "error" => Frame([], (":error-code", words[1]), (":error-message", words[2]), (":message-type", "error")),
            _ => throw new InvalidDataException($"'{line}' is no frame"),
        };
    }

    private static byte[] Number(uint value) => [(byte)(value >> 24), (byte)(value >> 16), (byte)(value >> 8), (byte)value];

    private static byte[] Number(ushort value) => [(byte)(value >> 8), (byte)value];
}
