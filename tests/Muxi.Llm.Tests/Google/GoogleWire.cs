using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Google's operations as they cross the wire, written by hand after its published references, and what tests of them share.</summary>
internal static class GoogleWire
{
    public const string Embedded = """{"embeddings":[{"values":[0.5,-1,0.25]}],"usageMetadata":{"promptTokenCount":4,"promptTokensDetails":[{"modality":"TEXT","tokenCount":4}]}}""";

    public const string Model = """{"name":"models/gemini-2.5-flash","version":"001","displayName":"Gemini 2.5 Flash","description":"Fast.","inputTokenLimit":1048576,"outputTokenLimit":65536,"supportedGenerationMethods":["generateContent","countTokens"],"temperature":1,"thinking":true}""";

    public const string File = """{"name":"files/abc","displayName":"a.txt","mimeType":"text/plain","sizeBytes":"5","createTime":"2026-06-17T14:13:00.159379Z","updateTime":"2026-06-17T14:13:00.159379Z","expirationTime":"2026-06-19T14:12:59.403313302Z","sha256Hash":"aGFzaA==","uri":"https://generativelanguage.googleapis.com/v1beta/files/abc","state":"ACTIVE","source":"UPLOADED"}""";

    /// <summary>A file's bytes as a picture that Google's models made.</summary>
    public static string Picture(params ReadOnlySpan<string> data) => Answer(string.Join(',', data.ToArray().Select(one => $$$"""{"inlineData":{"mimeType":"image/png","data":"{{{one}}}"}}""")), "STOP");

    /// <summary>An answer of these parts.</summary>
    public static string Answer(string parts, string? finish) =>
        $$$"""{"candidates":[{"content":{"parts":[{{{parts}}}],"role":"model"},{{{(finish is null ? "" : $"\"finishReason\":\"{finish}\",")}}}"index":0}],"usageMetadata":{"promptTokenCount":7,"candidatesTokenCount":1290,"totalTokenCount":1297,"promptTokensDetails":[{"modality":"TEXT","tokenCount":7}],"candidatesTokensDetails":[{"modality":"IMAGE","tokenCount":1290}]},"modelVersion":"m-1"}""";

    /// <summary>A piece of sound as an event.</summary>
    public static string Sound(byte[] bytes, string? finish = null, string type = "audio/L16;codec=pcm;rate=24000") =>
        "data: " + Answer($$$"""{"inlineData":{"mimeType":"{{{type}}}","data":"{{{Convert.ToBase64String(bytes)}}}"}}""", finish) + "\r\n\r\n";

    /// <summary>The event that ends an answer.</summary>
    public static string End(string finish = "STOP") => "data: " + Answer("""{"text":""}""", finish) + "\r\n\r\n";

    /// <summary>A client of a service at the server's address as its own ends.</summary>
    public static LlmClient Client(Uri server, string provider = "gemini") => new(Options(server, provider));

    public static LlmOptions Options(Uri server, string provider = "gemini") => Calls.OptionsFor(server, provider) with
    {
        BaseUrls = new Dictionary<string, Uri> { [provider] = new(server, provider == "gemini" ? "v1beta" : "v1/projects/p/locations/global/publishers/google") },
    };

    /// <summary>A request's body.</summary>
    public static JsonNode? Body(SeenRequest request) => JsonNode.Parse(Encoding.UTF8.GetString(request.Body));
}
