namespace Muxi.Llm.Tests;

/// <summary>Every event of OpenAI's published schema, written after it by hand.</summary>
internal static class ResponseEvents
{
    private const string At = "\"output_index\":0,\"item_id\":\"it_1\"";
    private const string Part = At + ",\"content_index\":0";
    private const string Summary = At + ",\"summary_index\":0";
    private const string Logprob = """[{"token":"a","logprob":-0.5,"top_logprobs":[{"token":"b","logprob":-1.5}]}]""";

    /// <summary>What each brings besides its type and number.</summary>
    public static IReadOnlyDictionary<string, string> All { get; } = new Dictionary<string, string>
    {
        ["response.created"] = $"\"response\":{WireResponse.Begun()}",
        ["response.queued"] = $"\"response\":{WireResponse.Response("queued", "", usage: "null")}",
        ["response.in_progress"] = $"\"response\":{WireResponse.Begun()}",
        ["response.completed"] = $"\"response\":{WireResponse.Response()}",
        ["response.incomplete"] = $"\"response\":{WireResponse.Response("incomplete").Replace("\"incomplete_details\":null", "\"incomplete_details\":{\"reason\":\"max_output_tokens\"}", StringComparison.Ordinal)}",
        ["response.failed"] = $"\"response\":{WireResponse.Response("failed", "").Replace("\"error\":null", "\"error\":{\"code\":\"server_error\",\"message\":\"It broke.\"}", StringComparison.Ordinal)}",
        ["error"] = "\"code\":\"server_error\",\"message\":\"It broke.\",\"param\":null",
        ["response.output_item.added"] = $"\"output_index\":0,\"item\":{WireResponse.Message.Replace("completed", "in_progress", StringComparison.Ordinal)}",
        ["response.output_item.done"] = $"\"output_index\":0,\"item\":{WireResponse.Message}",
        ["response.content_part.added"] = Part + ""","part":{"type":"output_text","text":"","annotations":[],"logprobs":[]}""",
        ["response.content_part.done"] = Part + ""","part":{"type":"refusal","refusal":"No."}""",
        ["response.output_text.delta"] = Part + $",\"delta\":\"a\",\"logprobs\":{Logprob}",
        ["response.output_text.done"] = Part + $",\"text\":\"a\",\"logprobs\":{Logprob}",
        ["response.output_text.annotation.added"] = Part + ""","annotation_index":0,"annotation":{"type":"url_citation","start_index":0,"end_index":4,"url":"https://example.com","title":"Example"}""",
        ["response.refusal.delta"] = Part + ",\"delta\":\"No\"",
        ["response.refusal.done"] = Part + ",\"refusal\":\"No.\"",
        ["response.reasoning_summary_part.added"] = Summary + ""","part":{"type":"summary_text","text":""}""",
        ["response.reasoning_summary_part.done"] = Summary + ""","part":{"type":"summary_text","text":"Thought."}""",
        ["response.reasoning_summary_text.delta"] = Summary + ",\"delta\":\"Th\"",
        ["response.reasoning_summary_text.done"] = Summary + ",\"text\":\"Thought.\"",
        ["response.reasoning_text.delta"] = Part + ",\"delta\":\"Hm\"",
        ["response.reasoning_text.done"] = Part + ",\"text\":\"Hm.\"",
        ["response.function_call_arguments.delta"] = At + ",\"delta\":\"{\\\"a\\\":\"",
        ["response.function_call_arguments.done"] = At + ",\"name\":\"add\",\"arguments\":\"{\\\"a\\\":1}\"",
        ["response.custom_tool_call_input.delta"] = At + ",\"delta\":\"x\"",
        ["response.custom_tool_call_input.done"] = At + ",\"input\":\"xy\"",
        ["response.web_search_call.in_progress"] = At,
        ["response.web_search_call.searching"] = At,
        ["response.web_search_call.completed"] = At,
        ["response.file_search_call.in_progress"] = At,
        ["response.file_search_call.searching"] = At,
        ["response.file_search_call.completed"] = At,
        ["response.code_interpreter_call.in_progress"] = At,
        ["response.code_interpreter_call_code.delta"] = At + ",\"delta\":\"1+\"",
        ["response.code_interpreter_call_code.done"] = At + ",\"code\":\"1+1\"",
        ["response.code_interpreter_call.interpreting"] = At,
        ["response.code_interpreter_call.completed"] = At,
        ["response.image_generation_call.in_progress"] = At,
        ["response.image_generation_call.generating"] = At,
        ["response.image_generation_call.partial_image"] = At + ",\"partial_image_index\":0,\"partial_image_b64\":\"iVBORw0KGgo=\",\"size\":\"1024x1024\",\"quality\":\"high\",\"background\":\"auto\",\"output_format\":\"png\"",
        ["response.image_generation_call.completed"] = At,
        ["response.mcp_list_tools.in_progress"] = At,
        ["response.mcp_list_tools.completed"] = At,
        ["response.mcp_list_tools.failed"] = At,
        ["response.mcp_call.in_progress"] = At,
        ["response.mcp_call_arguments.delta"] = At + ",\"delta\":\"{\"",
        ["response.mcp_call_arguments.done"] = At + ",\"arguments\":\"{}\"",
        ["response.mcp_call.completed"] = At,
        ["response.mcp_call.failed"] = At,
        ["response.audio.delta"] = "\"delta\":\"AAEC\"",
        ["response.audio.done"] = "\"response_id\":\"resp_1\"",
        ["response.audio.transcript.delta"] = "\"response_id\":\"resp_1\",\"delta\":\"Hel\"",
        ["response.audio.transcript.done"] = "\"response_id\":\"resp_1\"",
        ["response.shell_call_command.added"] = "\"output_index\":0,\"command_index\":0,\"command\":\"\"",
        ["response.shell_call_command.delta"] = "\"output_index\":0,\"command_index\":0,\"delta\":\"ls\",\"obfuscation\":\"xx\"",
        ["response.shell_call_command.done"] = "\"output_index\":0,\"command_index\":0,\"command\":\"ls\"",
        ["response.shell_call_output_content.delta"] = At + ",\"command_index\":0,\"delta\":{\"stdout\":\"a\"}",
        ["response.shell_call_output_content.done"] = At + ""","command_index":0,"output":[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}]""",
    };

    /// <summary>An event's data.</summary>
    public static string Data(string type, int number = 7) => $"{{\"type\":\"{type}\",\"sequence_number\":{number}{(All[type].Length > 0 ? "," : "")}{All[type]}}}";
}
