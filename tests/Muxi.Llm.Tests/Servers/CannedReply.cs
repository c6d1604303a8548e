using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A reply that a test server gives: status, headers as the service sends them, and the verbatim body.</summary>
internal sealed record CannedReply(int Status, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>Headers that describe one connection or one framing; the server that replays a reply makes its own.</summary>
    private static readonly HashSet<string> _hopHeaders = new(StringComparer.OrdinalIgnoreCase)
    {
        "connection", "content-length", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade",
    };

    /// <summary>Whether a body of this type has no known length when it starts.</summary>
    public bool IsStream => Headers.TryGetValue("content-type", out var type)
        && (type.Contains("stream", StringComparison.OrdinalIgnoreCase) || type.Contains("ndjson", StringComparison.OrdinalIgnoreCase));

    /// <summary>A JSON reply.</summary>
    public static CannedReply Json(string json, int status = 200) => Of(status, "application/json", json);

    /// <summary>A stream of server-sent events, verbatim.</summary>
    public static CannedReply Sse(string events) => Of(200, "text/event-stream; charset=utf-8", events);

    /// <summary>A stream of lines of JSON, verbatim.</summary>
    public static CannedReply JsonLines(string lines) => Of(200, "application/x-ndjson", lines);

    /// <summary>What a load balancer says when nobody is behind it.</summary>
    public static CannedReply Html(int status, string html) => Of(status, "text/html", html);

    /// <summary>A recorded reply; a content coding is kept only where the recorded body still carries it.</summary>
    public static CannedReply From(Cassette cassette)
    {
        var recorded = cassette.Reply;
        var kept = recorded.Headers.Where(h => recorded.Encoding is not null || !h.Key.Equals("content-encoding", StringComparison.OrdinalIgnoreCase));
        return new CannedReply(recorded.Status, Plain(kept), recorded.Body);
    }

    /// <summary>The same reply with one more header, or another value for it.</summary>
    public CannedReply With(string name, string value) => this with { Headers = Plain([.. Headers.Where(h => !h.Key.Equals(name, StringComparison.OrdinalIgnoreCase)), new(name, value)]) };

    private static CannedReply Of(int status, string type, string body) =>
        new(status, Plain([new("content-type", type)]), Encoding.UTF8.GetBytes(body));

    private static Dictionary<string, string> Plain(IEnumerable<KeyValuePair<string, string>> headers) =>
        headers.Where(h => !_hopHeaders.Contains(h.Key)).ToDictionary(h => h.Key, h => h.Value, StringComparer.OrdinalIgnoreCase);
}

/// <summary>A request as a test server got it. The target is what stood in the request line.</summary>
internal sealed record SeenRequest(string Method, string Target, IReadOnlyDictionary<string, string> Headers, byte[] Body)
{
    /// <summary>The body as text.</summary>
    public string Text => Encoding.UTF8.GetString(Body);
}
