using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Responses as OpenAI sends them, written after its documentation.</summary>
internal static class WireResponse
{
    public const string Id = "resp_1";

    /// <summary>A reasoning item whose thinking is sealed, with characters that a careless copy loses.</summary>
    public const string Sealed = "gAAAAABo+/==\u00e9\\u2028";

    public const string Message = """{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[],"logprobs":[]}]}""";

    public const string Usage = """{"input_tokens":3,"input_tokens_details":{"cached_tokens":1,"cache_write_tokens":0},"output_tokens":5,"output_tokens_details":{"reasoning_tokens":2},"total_tokens":8}""";

    /// <summary>A whole response.</summary>
    public static string Response(string status = "completed", string output = Message, string more = "", string id = Id, string usage = Usage) => $$$"""
        {"id":"{{{id}}}","object":"response","created_at":1763900000,"status":"{{{status}}}","background":false,"error":null,"incomplete_details":null,"instructions":null,"max_output_tokens":null,"model":"gpt-test-2026","output":[{{{output}}}],"parallel_tool_calls":true,"previous_response_id":null,"reasoning":{"effort":null,"summary":null},"service_tier":"default","store":true,"temperature":1,"text":{"format":{"type":"text"}},"tool_choice":"auto","tools":[],"top_p":1,"truncation":"disabled","usage":{{{usage}}},"metadata":{}{{{more}}}}
        """;

    /// <summary>One that is on its way.</summary>
    public static string Begun(string more = "") => Response("in_progress", "", more, usage: "null");

    /// <summary>An event on the wire, with its name as OpenAI writes it.</summary>
    public static string Event(string type, int number, string members) => $"event: {type}\ndata: {{\"type\":\"{type}\",\"sequence_number\":{number}{(members.Length > 0 ? "," : "")}{members}}}\n\n";

    public static string Created(int number = 0, string more = "") => Event("response.created", number, $"\"response\":{Begun(more)}");

    public static string ItemAdded(int number = 1) => Event("response.output_item.added", number, "\"output_index\":0,\"item\":{\"id\":\"msg_1\",\"type\":\"message\",\"status\":\"in_progress\",\"role\":\"assistant\",\"content\":[]}");

    public static string PartAdded(int number = 2) => Event("response.content_part.added", number, "\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"part\":{\"type\":\"output_text\",\"text\":\"\",\"annotations\":[],\"logprobs\":[]}");

    public static string Delta(int number, string text) => Event("response.output_text.delta", number, $"\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"{text}\",\"logprobs\":[]");

    public static string Completed(int number, string output = Message) => Event("response.completed", number, $"\"response\":{Response(output: output)}");

    public static string Failed(int number, string code = "server_error") =>
        Event("response.failed", number, $"\"response\":{Response("failed", "", usage: "null").Replace("\"error\":null", $"\"error\":{{\"code\":\"{code}\",\"message\":\"It broke.\"}}", StringComparison.Ordinal)}");

    /// <summary>A stream that says Hello in two pieces.</summary>
    public static string Stream => Created() + ItemAdded() + PartAdded() + Delta(3, "Hel") + Delta(4, "lo") + Completed(5);

    /// <summary>All events of a stream, and what ended it.</summary>
    public static async Task<(List<ResponseStreamEvent> Events, Exception? Error)> ReadAsync(this IAsyncEnumerable<ResponseStreamEvent> stream)
    {
        var events = new List<ResponseStreamEvent>();
        try
        {
            await foreach (var one in stream) events.Add(one);
            return (events, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (events, e);
        }
    }

    public static byte[] Utf8(string text) => Encoding.UTF8.GetBytes(text);
}
