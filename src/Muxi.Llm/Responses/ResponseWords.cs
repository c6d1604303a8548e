namespace Muxi.Llm;

/// <summary>How far a response is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ResponseStatus(string Value)
{
    /// <summary>It was taken in the background and waits.</summary>
    public static ResponseStatus Queued => new("queued");
    /// <summary>It is being made.</summary>
    public static ResponseStatus InProgress => new("in_progress");
    /// <summary>It is whole.</summary>
    public static ResponseStatus Completed => new("completed");
    /// <summary>It was cut: <see cref="Response.IncompleteDetails"/> says why.</summary>
    public static ResponseStatus Incomplete => new("incomplete");
    /// <summary>It came to nothing: <see cref="Response.Error"/> says why.</summary>
    public static ResponseStatus Failed => new("failed");
    /// <summary>Its caller has stopped it.</summary>
    public static ResponseStatus Cancelled => new("cancelled");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ResponseStatus(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What an item of a response, or of what a model is given, is. Any other word is kept as it is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ResponseItemType(string Value)
{
    /// <summary>Something said: in <see cref="ResponseItem.Role"/> and <see cref="ResponseItem.Content"/>.</summary>
    public static ResponseItemType Message => new("message");
    /// <summary>The model's thinking: a summary for people, and often the thinking itself, sealed.</summary>
    public static ResponseItemType Reasoning => new("reasoning");
    /// <summary>A function that the caller is to run.</summary>
    public static ResponseItemType FunctionCall => new("function_call");
    /// <summary>What a function gave.</summary>
    public static ResponseItemType FunctionCallOutput => new("function_call_output");
    /// <summary>A custom tool, which takes free text, that the caller is to run.</summary>
    public static ResponseItemType CustomToolCall => new("custom_tool_call");
    /// <summary>What a custom tool gave.</summary>
    public static ResponseItemType CustomToolCallOutput => new("custom_tool_call_output");
    /// <summary>An earlier item, by its id.</summary>
    public static ResponseItemType ItemReference => new("item_reference");
    /// <summary>A search of the web by the service.</summary>
    public static ResponseItemType WebSearchCall => new("web_search_call");
    /// <summary>A search of the caller's files by the service.</summary>
    public static ResponseItemType FileSearchCall => new("file_search_call");
    /// <summary>Code that the service has run.</summary>
    public static ResponseItemType CodeInterpreterCall => new("code_interpreter_call");
    /// <summary>A picture that the service has made.</summary>
    public static ResponseItemType ImageGenerationCall => new("image_generation_call");
    /// <summary>Something to be done at a computer.</summary>
    public static ResponseItemType ComputerCall => new("computer_call");
    /// <summary>What the computer shows then.</summary>
    public static ResponseItemType ComputerCallOutput => new("computer_call_output");
    /// <summary>A command for the caller's shell.</summary>
    public static ResponseItemType LocalShellCall => new("local_shell_call");
    /// <summary>What the command gave.</summary>
    public static ResponseItemType LocalShellCallOutput => new("local_shell_call_output");
    /// <summary>Commands for a shell.</summary>
    public static ResponseItemType ShellCall => new("shell_call");
    /// <summary>What the commands gave.</summary>
    public static ResponseItemType ShellCallOutput => new("shell_call_output");
    /// <summary>A change of a file.</summary>
    public static ResponseItemType ApplyPatchCall => new("apply_patch_call");
    /// <summary>What became of the change.</summary>
    public static ResponseItemType ApplyPatchCallOutput => new("apply_patch_call_output");
    /// <summary>A tool of an MCP server that the service has called.</summary>
    public static ResponseItemType McpCall => new("mcp_call");
    /// <summary>The tools of an MCP server.</summary>
    public static ResponseItemType McpListTools => new("mcp_list_tools");
    /// <summary>The service asks whether it may call a tool of an MCP server.</summary>
    public static ResponseItemType McpApprovalRequest => new("mcp_approval_request");
    /// <summary>Whether it may.</summary>
    public static ResponseItemType McpApprovalResponse => new("mcp_approval_response");
    /// <summary>What was said before, condensed and sealed.</summary>
    public static ResponseItemType Compaction => new("compaction");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ResponseItemType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What a part of an item is. Any other word is kept as it is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ResponsePartType(string Value)
{
    /// <summary>Words for the model.</summary>
    public static ResponsePartType InputText => new("input_text");
    /// <summary>A picture for the model.</summary>
    public static ResponsePartType InputImage => new("input_image");
    /// <summary>A document for the model.</summary>
    public static ResponsePartType InputFile => new("input_file");
    /// <summary>Sound for the model.</summary>
    public static ResponsePartType InputAudio => new("input_audio");
    /// <summary>Words of the model.</summary>
    public static ResponsePartType OutputText => new("output_text");
    /// <summary>Why the model will not answer.</summary>
    public static ResponsePartType Refusal => new("refusal");
    /// <summary>A piece of the summary of its thinking.</summary>
    public static ResponsePartType SummaryText => new("summary_text");
    /// <summary>Its thinking itself.</summary>
    public static ResponsePartType ReasoningText => new("reasoning_text");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ResponsePartType(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
