using System.Globalization;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Just enough HTTP/1.1 for servers that must misbehave: reads a request, writes a head or a chunk.</summary>
internal static class HttpWire
{
    /// <summary>The next request on a buffered connection, or null when the client closed it between requests.</summary>
    public static async Task<SeenRequest?> ReadRequestAsync(Stream input, CancellationToken cancel)
    {
        var start = await ReadLineAsync(input, cancel);
        if (start is null)
            return null;
        var words = start.Split(' ');
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        while (await ReadLineAsync(input, cancel) is { Length: > 0 } line)
        {
            var colon = line.IndexOf(':', StringComparison.Ordinal);
            headers[line[..colon]] = line[(colon + 1)..].Trim();
        }
        return new SeenRequest(words[0], words[1], headers, await ReadBodyAsync(input, headers, cancel));
    }

    /// <summary>A status line and headers, ready for the body.</summary>
    public static byte[] Head(CannedReply reply, params ReadOnlySpan<string> more)
    {
        var head = new StringBuilder($"HTTP/1.1 {reply.Status} Canned\r\n");
        foreach (var (name, value) in reply.Headers)
            head.Append(CultureInfo.InvariantCulture, $"{name}: {value}\r\n");
        foreach (var line in more)
            head.Append(line).Append("\r\n");
        return Encoding.UTF8.GetBytes(head.Append("\r\n").ToString());
    }

    /// <summary>Bytes as one chunk of a chunked body; no bytes make no chunk.</summary>
    public static byte[] Chunk(ReadOnlySpan<byte> bytes) =>
        bytes.IsEmpty ? [] : [.. Encoding.ASCII.GetBytes($"{bytes.Length:x}\r\n"), .. bytes, .. "\r\n"u8];

    private static async Task<byte[]> ReadBodyAsync(Stream input, Dictionary<string, string> headers, CancellationToken cancel)
    {
        if (headers.TryGetValue("content-length", out var length))
            return await ReadExactlyAsync(input, int.Parse(length, CultureInfo.InvariantCulture), cancel);
        if (!headers.ContainsKey("transfer-encoding"))
            return [];
        using var body = new MemoryStream();
        while (true)
        {
            var size = int.Parse(await ReadLineAsync(input, cancel) ?? throw new EndOfStreamException("the client closed within a body"), NumberStyles.HexNumber, CultureInfo.InvariantCulture);
            await body.WriteAsync(await ReadExactlyAsync(input, size, cancel), cancel);
            await ReadLineAsync(input, cancel);
            if (size == 0)
                return body.ToArray();
        }
    }

    private static async Task<byte[]> ReadExactlyAsync(Stream input, int count, CancellationToken cancel)
    {
        var bytes = new byte[count];
        await input.ReadExactlyAsync(bytes, cancel);
        return bytes;
    }

    private static async Task<string?> ReadLineAsync(Stream input, CancellationToken cancel)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await input.ReadAsync(one, cancel) == 1)
        {
            if (one[0] == '\n')
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            line.Add(one[0]);
        }
        return line.Count == 0 ? null : throw new EndOfStreamException("the client closed within a request");
    }
}
