using System.IO.Compression;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>One recorded exchange. The index fields are read at once, request and reply on first use.</summary>
internal sealed class Cassette
{
    private readonly ReadOnlyMemory<byte> _line;
    private readonly Lazy<(CassetteRequest Request, CassetteReply Reply)> _bodies;

    private Cassette(ReadOnlyMemory<byte> line)
    {
        _line = line;
        _bodies = new(ReadBodies);
    }

    public string Id { get; private set; } = "";
    public string Provider { get; private set; } = "";
    public string Endpoint { get; private set; } = "";

    /// <summary>How near the bytes are to the wire: wire, ws, wire-json, bare, chunks or sdk.</summary>
    public string Fidelity { get; private set; } = "";

    public IReadOnlyList<string> Features { get; private set; } = [];
    public IReadOnlyList<string> Quirks { get; private set; } = [];
    public CassetteRequest Request => _bodies.Value.Request;
    public CassetteReply Reply => _bodies.Value.Reply;

    public override string ToString() => Id;

    /// <summary>Reads the members that stand before the request, so that 14 MB are indexed without being parsed.</summary>
    public static Cassette Index(ReadOnlyMemory<byte> line)
    {
        var cassette = new Cassette(line);
        var reader = new Utf8JsonReader(line.Span);
        reader.Read();
        for (var left = 6; left > 0 && reader.Read() && reader.TokenType == JsonTokenType.PropertyName; left--)
        {
            var name = reader.GetString();
            reader.Read();
            switch (name)
            {
                case "id": cassette.Id = reader.GetString()!; break;
                case "provider": cassette.Provider = reader.GetString()!; break;
                case "endpoint": cassette.Endpoint = reader.GetString()!; break;
                case "fidelity": cassette.Fidelity = reader.GetString()!; break;
                case "features": cassette.Features = Strings(ref reader); break;
                case "quirks": cassette.Quirks = Strings(ref reader); break;
                default:
                    reader.Skip();
                    left++;
                    break;
            }
        }
        return cassette;
    }

    private static List<string> Strings(ref Utf8JsonReader reader)
    {
        var strings = new List<string>();
        while (reader.Read() && reader.TokenType == JsonTokenType.String)
            strings.Add(reader.GetString()!);
        return strings;
    }

    private (CassetteRequest Request, CassetteReply Reply) ReadBodies()
    {
        using var json = JsonDocument.Parse(_line);
        var request = json.RootElement.GetProperty("request");
        var reply = json.RootElement.GetProperty("response");
        var headers = Headers(reply);
        // Observed 2026-11: a text body is never encoded, whatever its content-encoding says, and all four base64 bodies
        // with a content-encoding still are, although they are marked `decoded`.
        var encoding = reply.TryGetProperty("body_base64", out _) ? headers.GetValueOrDefault("content-encoding") : null;
        return (
            new CassetteRequest(request.GetProperty("method").GetString()!, request.GetProperty("url").GetString()!, Headers(request), Body(request)),
            new CassetteReply(reply.GetProperty("status").GetInt32(), headers, Body(reply), encoding));
    }

    private static Dictionary<string, string> Headers(JsonElement message) =>
        message.GetProperty("headers").EnumerateObject()
            .ToDictionary(h => h.Name, h => h.Value.GetString()!, StringComparer.OrdinalIgnoreCase);

    private static byte[] Body(JsonElement message) =>
        message.TryGetProperty("body_base64", out var encoded) && encoded.ValueKind == JsonValueKind.String ? encoded.GetBytesFromBase64()
        : message.TryGetProperty("body_text", out var text) && text.ValueKind == JsonValueKind.String ? Encoding.UTF8.GetBytes(text.GetString()!)
        : message.TryGetProperty("body_json", out var json) && json.ValueKind != JsonValueKind.Null ? Encoding.UTF8.GetBytes(json.GetRawText())
        : [];
}

/// <summary>What the recorded client sent. A body that was JSON keeps its meaning, not its bytes.</summary>
internal sealed record CassetteRequest(string Method, string Url, IReadOnlyDictionary<string, string> Headers, byte[] Body);

/// <summary>What the service answered; <see cref="Encoding"/> is the content coding that <see cref="Body"/> still carries, or null.</summary>
internal sealed record CassetteReply(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body, string? Encoding)
{
    /// <summary>The body as a client sees it after decompression.</summary>
    public byte[] PlainBody()
    {
        if (Encoding is null)
            return Body;
        using var source = new MemoryStream(Body);
        using Stream decoder = Encoding switch
        {
            "br" => new BrotliStream(source, CompressionMode.Decompress),
            "gzip" => new GZipStream(source, CompressionMode.Decompress),
            _ => throw new NotSupportedException($"content-encoding {Encoding}"),
        };
        using var plain = new MemoryStream();
        decoder.CopyTo(plain);
        return plain.ToArray();
    }
}
