namespace Muxi.Llm;

/// <summary>What an event of a response's stream tells. Any other word is kept as it is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ResponseEventType(string Value)
{
    /// <summary>It was begun.</summary>
    public static ResponseEventType Created => new("response.created");
    /// <summary>It waits, in the background.</summary>
    public static ResponseEventType Queued => new("response.queued");
    /// <summary>It is being made.</summary>
    public static ResponseEventType InProgress => new("response.in_progress");
    /// <summary>It is whole: the last event.</summary>
    public static ResponseEventType Completed => new("response.completed");
    /// <summary>It was cut: the last event.</summary>
    public static ResponseEventType Incomplete => new("response.incomplete");
    /// <summary>It came to nothing: the last event.</summary>
    public static ResponseEventType Failed => new("response.failed");
    /// <summary>The stream failed: <see cref="ResponseStreamEvent.Message"/> says why. It is raised as an exception and seen only in what was parsed from text.</summary>
    public static ResponseEventType Error => new("error");
    /// <summary>An item begins.</summary>
    public static ResponseEventType OutputItemAdded => new("response.output_item.added");
    /// <summary>An item is whole.</summary>
    public static ResponseEventType OutputItemDone => new("response.output_item.done");
    /// <summary>A part of a message begins.</summary>
    public static ResponseEventType ContentPartAdded => new("response.content_part.added");
    /// <summary>A part of a message is whole.</summary>
    public static ResponseEventType ContentPartDone => new("response.content_part.done");
    /// <summary>A further piece of the answer's text.</summary>
    public static ResponseEventType OutputTextDelta => new("response.output_text.delta");
    /// <summary>A text is whole.</summary>
    public static ResponseEventType OutputTextDone => new("response.output_text.done");
    /// <summary>Where a piece of the text comes from.</summary>
    public static ResponseEventType OutputTextAnnotationAdded => new("response.output_text.annotation.added");
    /// <summary>New text of a refusal.</summary>
    public static ResponseEventType RefusalDelta => new("response.refusal.delta");
    /// <summary>A refusal is whole.</summary>
    public static ResponseEventType RefusalDone => new("response.refusal.done");
    /// <summary>A piece of the summary of the thinking begins.</summary>
    public static ResponseEventType ReasoningSummaryPartAdded => new("response.reasoning_summary_part.added");
    /// <summary>A piece of the summary is whole.</summary>
    public static ResponseEventType ReasoningSummaryPartDone => new("response.reasoning_summary_part.done");
    /// <summary>A further piece of what people are told of the thinking.</summary>
    public static ResponseEventType ReasoningSummaryTextDelta => new("response.reasoning_summary_text.delta");
    /// <summary>A text of the summary is whole.</summary>
    public static ResponseEventType ReasoningSummaryTextDone => new("response.reasoning_summary_text.done");
    /// <summary>New text of the thinking.</summary>
    public static ResponseEventType ReasoningTextDelta => new("response.reasoning_text.delta");
    /// <summary>A text of the thinking is whole.</summary>
    public static ResponseEventType ReasoningTextDone => new("response.reasoning_text.done");
    /// <summary>New text of a call's arguments.</summary>
    public static ResponseEventType FunctionCallArgumentsDelta => new("response.function_call_arguments.delta");
    /// <summary>A call's arguments are whole.</summary>
    public static ResponseEventType FunctionCallArgumentsDone => new("response.function_call_arguments.done");
    /// <summary>New text for a custom tool.</summary>
    public static ResponseEventType CustomToolCallInputDelta => new("response.custom_tool_call_input.delta");
    /// <summary>The text for a custom tool is whole.</summary>
    public static ResponseEventType CustomToolCallInputDone => new("response.custom_tool_call_input.done");
    /// <summary>A search of the web begins.</summary>
    public static ResponseEventType WebSearchCallInProgress => new("response.web_search_call.in_progress");
    /// <summary>A search of the web is under way.</summary>
    public static ResponseEventType WebSearchCallSearching => new("response.web_search_call.searching");
    /// <summary>A search of the web is done.</summary>
    public static ResponseEventType WebSearchCallCompleted => new("response.web_search_call.completed");
    /// <summary>A search of files begins.</summary>
    public static ResponseEventType FileSearchCallInProgress => new("response.file_search_call.in_progress");
    /// <summary>A search of files is under way.</summary>
    public static ResponseEventType FileSearchCallSearching => new("response.file_search_call.searching");
    /// <summary>A search of files is done.</summary>
    public static ResponseEventType FileSearchCallCompleted => new("response.file_search_call.completed");
    /// <summary>Code is being written.</summary>
    public static ResponseEventType CodeInterpreterCallInProgress => new("response.code_interpreter_call.in_progress");
    /// <summary>New text of the code.</summary>
    public static ResponseEventType CodeInterpreterCallCodeDelta => new("response.code_interpreter_call_code.delta");
    /// <summary>The code is whole.</summary>
    public static ResponseEventType CodeInterpreterCallCodeDone => new("response.code_interpreter_call_code.done");
    /// <summary>The code runs.</summary>
    public static ResponseEventType CodeInterpreterCallInterpreting => new("response.code_interpreter_call.interpreting");
    /// <summary>The code has run.</summary>
    public static ResponseEventType CodeInterpreterCallCompleted => new("response.code_interpreter_call.completed");
    /// <summary>A picture was asked for.</summary>
    public static ResponseEventType ImageGenerationCallInProgress => new("response.image_generation_call.in_progress");
    /// <summary>A picture is being made.</summary>
    public static ResponseEventType ImageGenerationCallGenerating => new("response.image_generation_call.generating");
    /// <summary>A picture as far as it is.</summary>
    public static ResponseEventType ImageGenerationCallPartialImage => new("response.image_generation_call.partial_image");
    /// <summary>A picture is whole.</summary>
    public static ResponseEventType ImageGenerationCallCompleted => new("response.image_generation_call.completed");
    /// <summary>An MCP server is asked for its tools.</summary>
    public static ResponseEventType McpListToolsInProgress => new("response.mcp_list_tools.in_progress");
    /// <summary>An MCP server has told its tools.</summary>
    public static ResponseEventType McpListToolsCompleted => new("response.mcp_list_tools.completed");
    /// <summary>An MCP server has not told its tools.</summary>
    public static ResponseEventType McpListToolsFailed => new("response.mcp_list_tools.failed");
    /// <summary>A tool of an MCP server is called.</summary>
    public static ResponseEventType McpCallInProgress => new("response.mcp_call.in_progress");
    /// <summary>New text of its arguments.</summary>
    public static ResponseEventType McpCallArgumentsDelta => new("response.mcp_call_arguments.delta");
    /// <summary>Its arguments are whole.</summary>
    public static ResponseEventType McpCallArgumentsDone => new("response.mcp_call_arguments.done");
    /// <summary>A tool of an MCP server has answered.</summary>
    public static ResponseEventType McpCallCompleted => new("response.mcp_call.completed");
    /// <summary>A tool of an MCP server has failed.</summary>
    public static ResponseEventType McpCallFailed => new("response.mcp_call.failed");
    /// <summary>A further piece of sound, in base64.</summary>
    public static ResponseEventType AudioDelta => new("response.audio.delta");
    /// <summary>The sound is whole.</summary>
    public static ResponseEventType AudioDone => new("response.audio.done");
    /// <summary>New text of what is said.</summary>
    public static ResponseEventType AudioTranscriptDelta => new("response.audio.transcript.delta");
    /// <summary>The text of what is said is whole.</summary>
    public static ResponseEventType AudioTranscriptDone => new("response.audio.transcript.done");
    /// <summary>A command begins.</summary>
    public static ResponseEventType ShellCallCommandAdded => new("response.shell_call_command.added");
    /// <summary>New text of a command.</summary>
    public static ResponseEventType ShellCallCommandDelta => new("response.shell_call_command.delta");
    /// <summary>A command is whole.</summary>
    public static ResponseEventType ShellCallCommandDone => new("response.shell_call_command.done");
    /// <summary>New output of a command.</summary>
    public static ResponseEventType ShellCallOutputContentDelta => new("response.shell_call_output_content.delta");
    /// <summary>The output of a command is whole.</summary>
    public static ResponseEventType ShellCallOutputContentDone => new("response.shell_call_output_content.done");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ResponseEventType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
