using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>The ways a call can go, each with a server that tells the key wherever it can.</summary>
internal static class CanaryServers
{
    private const string Opening = "data: {\"id\":\"1\",\"created\":1,\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Hello\"}}]}\n\n";
    private const string Good = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hello"},"finish_reason":"stop"}]}""";

    private static readonly string _plain = Quoted(Canary.Key);
    private static readonly string _escaped = string.Concat(Canary.Key.Select(letter => $"\\u{(int)letter:x4}"));
    private static readonly string _base64 = Convert.ToBase64String(Encoding.UTF8.GetBytes(Canary.Key));
    private static readonly string _longerBase64 = Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Canary.Key}"));

    /// <summary>Replies, by what they show.</summary>
    public static IReadOnlyDictionary<string, Fault> Replies { get; } = new Dictionary<string, Fault>
    {
        ["a good reply"] = CannedReply.Json(Good),
        ["a good stream"] = CannedReply.Sse(Opening + "data: {\"id\":\"1\",\"choices\":[{\"index\":0,\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n"),
        ["401 with the key in its message, code, type and param"] = Json("""{"error":{"message":"Incorrect API key provided: KEY.","type":"KEY","code":"KEY","param":"KEY"}}""", _plain, 401),
        ["401 with every letter escaped"] = Json("""{"error":{"message":"Incorrect API key provided: KEY.","code":"KEY"}}""", _escaped, 401),
        ["401 with the key in base64"] = Json("""{"error":{"message":"Authorization: Basic KEY"}}""", $"{_longerBase64} ({_base64})", 401),
        ["401 in plain text"] = new CannedReply(401, new Dictionary<string, string> { ["content-type"] = "text/plain" }, Encoding.UTF8.GetBytes($"Bearer {Canary.Key} is wrong")),
        ["401 with the key in its headers"] = CannedReply.Json("""{"error":{"message":"no"}}""", 401).With("x-request-id", Canary.Key).With("www-authenticate", $"Bearer error=\"{Canary.Key}\"").With("retry-after", Canary.Key),
        ["400 with a percent-encoded key"] = Json("""{"detail":"bad url https://host/?key=KEY"}""", Uri.EscapeDataString(Canary.Key), 400),
        ["a good reply with the key as its id"] = CannedReply.Json(Good).With("x-request-id", Canary.Key),
        ["502 in HTML"] = CannedReply.Html(502, $"<html><title>Bad gateway</title><body>{System.Net.WebUtility.HtmlEncode(Canary.Key)} {Canary.Key}</body></html>"),
        ["200 in HTML"] = CannedReply.Html(200, $"<html><body>{Canary.Key}</body></html>"),
        ["an error in a good reply"] = Json("""{"error":{"message":"key KEY","code":401}}""", _plain, 200),
        ["broken JSON"] = Json("""{"id":"KEY","choices":[{""", _plain, 200),
        ["an error event before any content"] = CannedReply.Sse("""data: {"error":{"message":"key KEY","code":"KEY"}}""".Replace("KEY", _plain, StringComparison.Ordinal) + "\n\n"),
        ["an error event after content"] = CannedReply.Sse(Opening + """data: {"error":{"message":"key KEY","code":"KEY"}}""".Replace("KEY", _plain, StringComparison.Ordinal) + "\n\n"),
        ["an event that is no JSON"] = CannedReply.Sse(Opening + $"data: {Canary.Key}\n\n"),
        ["a stream without its end"] = CannedReply.Sse(Opening),
        ["a reset in the middle"] = Fault.ResetAfter(40, CannedReply.Sse(Opening)),
        ["a reset at once"] = Fault.ResetUnanswered,
        ["a body that is cut"] = Fault.ShortBody(10, CannedReply.Json(Good)),
        ["silence"] = Fault.SlowHeader(0, CannedReply.Json(Good)),
        ["silence in the middle"] = Fault.StallAfter(Opening.Length, CannedReply.Sse(Opening + "data: [DONE]\n\n")),
    };

    private static CannedReply Json(string template, string key, int status) => CannedReply.Json(template.Replace("KEY", key, StringComparison.Ordinal), status);

    /// <summary>A key as it stands inside a JSON string.</summary>
    private static string Quoted(string text) => JsonSerializer.Serialize(text)[1..^1].Replace("\\u0022", "\\\"", StringComparison.Ordinal);
}
