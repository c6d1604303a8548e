namespace Muxi.Llm.Tests;

/// <summary>Responses as OpenAI's service sends them, made small.</summary>
internal static class ResponseWire
{
    public const string Route = "/v1/responses";

    /// <summary>A response that says something.</summary>
    public static string Reply(string text = "Hi", string id = "resp_1", string more = "", string status = "completed") =>
        $$"""
        {"id":"{{id}}","object":"response","created_at":1772840757,"status":"{{status}}","error":null,"incomplete_details":null,"instructions":null,"model":"gpt-test","output":[{{(status == "completed" ? Message(text) : "")}}],"parallel_tool_calls":true,"temperature":1,"tool_choice":"auto","tools":[],"top_p":1,"metadata":{}{{more}}}
        """;

    public static string Message(string text, string annotations = "") =>
        $$"""{"id":"msg_1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"{{text}}","annotations":[{{annotations}}],"logprobs":[]}]}""";

    public static string Event(string type, int number, string more) => $$"""
        event: {{type}}
        data: {"type":"{{type}}","sequence_number":{{number}},{{more}}}


        """;

    /// <summary>The beginning of a stream, before anything is said.</summary>
    public static string Opening => Event("response.created", 0, $"\"response\":{Reply(status: "in_progress")}") + Event("response.in_progress", 1, $"\"response\":{Reply(status: "in_progress")}");

    public static string Delta(string text, int number) => Event("response.output_text.delta", number, $"\"item_id\":\"msg_1\",\"output_index\":0,\"content_index\":0,\"delta\":\"{text}\",\"logprobs\":[]");

    public static string End(string text, int number) => Event("response.completed", number, $"\"response\":{Reply(text)}");
}
