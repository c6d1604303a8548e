namespace Muxi.Llm;

/// <summary>
/// One thing that a model is given or has made: a message, its thinking, a call, a call's result, the work of a built-in tool. <see cref="Type"/> says which of the
/// other members are set; those that only one kind of item has and that are data of the service stand in <see cref="Extra"/>. An item that came from a service goes
/// back as it came.
/// </summary>
/// <remarks>Source: <c>Item</c>, <c>OutputItem</c> and <c>ItemResource</c> in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed record ResponseItem
{
    /// <summary>What it is. A message may come without the word: then this is <c>message</c> all the same.</summary>
    public required ResponseItemType Type { get; init; }

    /// <summary>The service's id of it.</summary>
    public string? Id { get; init; }

    /// <summary>How far it is: <c>in_progress</c>, <c>completed</c>, <c>incomplete</c>, or a word of its kind.</summary>
    public string? Status { get; init; }

    /// <summary>Who says a message.</summary>
    public Role? Role { get; init; }

    /// <summary>What a message says; of reasoning, the thinking itself where the service shows it.</summary>
    public ResponseContent? Content { get; init; }

    /// <summary>Of an assistant's message: <c>commentary</c> for what is said between calls, <c>final_answer</c> for the answer.</summary>
    public string? Phase { get; init; }

    /// <summary>By which id a call and its result belong together.</summary>
    public string? CallId { get; init; }

    /// <summary>The name of the function or tool that is called.</summary>
    public string? Name { get; init; }

    /// <summary>A function's arguments as the model wrote them: JSON text as a rule; models do write bad JSON, so check it.</summary>
    public string? Arguments { get; init; }

    /// <summary>The free text for a custom tool.</summary>
    public string? Input { get; init; }

    /// <summary>What a function or custom tool gave: text, or pictures and documents too. Other results are objects of their kind, in <see cref="Extra"/>.</summary>
    public ResponseContent? Output { get; init; }

    /// <summary>The summary of the model's thinking, of reasoning.</summary>
    public IReadOnlyList<ResponsePart>? Summary { get; init; }

    /// <summary>What only the service can read, of reasoning and of what it has condensed; it goes back byte for byte.</summary>
    public string? EncryptedContent { get; init; }

    /// <summary>What is done: of a search, of a step at a computer, of a shell's commands.</summary>
    public RawJson Action { get; init; }

    /// <summary>What files were searched for.</summary>
    public IReadOnlyList<string>? Queries { get; init; }

    /// <summary>The code that was run.</summary>
    public string? Code { get; init; }

    /// <summary>The container in which code was run.</summary>
    public string? ContainerId { get; init; }

    /// <summary>A picture that was made, in base64; of other items the result as text.</summary>
    public string? Result { get; init; }

    /// <summary>Which MCP server is meant.</summary>
    public string? ServerLabel { get; init; }

    /// <summary>Which request for approval is answered, or was.</summary>
    public string? ApprovalRequestId { get; init; }

    /// <summary>Whether a tool of an MCP server may be called.</summary>
    public bool? Approve { get; init; }

    /// <summary>All other members, as they came.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the type was missing and is not written either.</summary>
    internal bool IsPlain { get; init; }

    /// <summary>What a person says.</summary>
    public static ResponseItem User(string text) => Said(Muxi.Llm.Role.User, text);

    /// <summary>What a person says and shows.</summary>
    public static ResponseItem User(params ResponsePart[] parts) => Said(Muxi.Llm.Role.User, parts);

    /// <summary>Instructions of the application.</summary>
    public static ResponseItem System(string text) => Said(Muxi.Llm.Role.System, text);

    /// <summary>Instructions of the application, in OpenAI's newer word.</summary>
    public static ResponseItem Developer(string text) => Said(Muxi.Llm.Role.Developer, text);

    /// <summary>What the model said.</summary>
    public static ResponseItem Assistant(string text) => Said(Muxi.Llm.Role.Assistant, text);

    /// <summary>What a function gave.</summary>
    public static ResponseItem FunctionCallOutput(string callId, ResponseContent output) => new() { Type = ResponseItemType.FunctionCallOutput, CallId = callId, Output = output };

    /// <summary>What a custom tool gave.</summary>
    public static ResponseItem CustomToolCallOutput(string callId, ResponseContent output) => new() { Type = ResponseItemType.CustomToolCallOutput, CallId = callId, Output = output };

    /// <summary>An earlier item that the service keeps.</summary>
    public static ResponseItem Reference(string id) => new() { Type = ResponseItemType.ItemReference, Id = id };

    /// <summary>Whether a tool of an MCP server may be called.</summary>
    public static ResponseItem McpApproval(string approvalRequestId, bool approve) => new() { Type = ResponseItemType.McpApprovalResponse, ApprovalRequestId = approvalRequestId, Approve = approve };

    /// <summary>Reads an item in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is no JSON object.</exception>
    public static ResponseItem Parse(ReadOnlySpan<byte> utf8) => ResponseItemJson.Read(utf8) ?? throw new System.Text.Json.JsonException("An item must be a JSON object.");

    /// <summary>The item in OpenAI's JSON form, as it goes into a request.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, item) => ResponseItemJson.Write(json, item, isReply: false), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, item) => ResponseItemJson.Write(json, item, isReply: false), indented: true);

    private static ResponseItem Said(Role role, ResponseContent content) => new() { Type = ResponseItemType.Message, Role = role, Content = content, IsPlain = true };
}

/// <summary>A part of an item: words, a picture, a document, a refusal. <see cref="Type"/> says which of the other members are set.</summary>
public sealed record ResponsePart
{
    /// <summary>What it is.</summary>
    public required ResponsePartType Type { get; init; }

    /// <summary>The words: of input, output, a summary, thinking.</summary>
    public string? Text { get; init; }

    /// <summary>Why the model will not answer.</summary>
    public string? Refusal { get; init; }

    /// <summary>Where the text comes from.</summary>
    public IReadOnlyList<ResponseAnnotation>? Annotations { get; init; }

    /// <summary>How likely the text's tokens were, where that was asked for.</summary>
    public IReadOnlyList<TokenLogprob>? Logprobs { get; init; }

    /// <summary>The picture: an address, or a data URI that holds it.</summary>
    public string? ImageUrl { get; init; }

    /// <summary>How closely to look: <c>low</c>, <c>high</c>, <c>auto</c>, <c>original</c>.</summary>
    public string? Detail { get; init; }

    /// <summary>A picture or document that the service has, by its id.</summary>
    public string? FileId { get; init; }

    /// <summary>A document: a data URI that holds it.</summary>
    public string? FileData { get; init; }

    /// <summary>A document: its address.</summary>
    public string? FileUrl { get; init; }

    /// <summary>A document's name.</summary>
    public string? Filename { get; init; }

    /// <summary>Sound: <c>{"data":"...","format":"wav"}</c>.</summary>
    public RawJson InputAudio { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Words for the model.</summary>
    public static ResponsePart FromText(string text) => new() { Type = ResponsePartType.InputText, Text = text };

    /// <summary>A picture for the model, by its address or as a data URI.</summary>
    public static ResponsePart FromImage(string url, string? detail = null) => new() { Type = ResponsePartType.InputImage, ImageUrl = url, Detail = detail };

    /// <summary>A document for the model that the service has.</summary>
    public static ResponsePart FromFileId(string id) => new() { Type = ResponsePartType.InputFile, FileId = id };

    /// <summary>Words are a part.</summary>
    public static implicit operator ResponsePart(string text) => FromText(text);
}

/// <summary>Where a piece of text comes from.</summary>
public sealed record ResponseAnnotation
{
    /// <summary><c>url_citation</c>, <c>file_citation</c>, <c>container_file_citation</c>, <c>file_path</c>, or a vendor's own word.</summary>
    public required string Type { get; init; }

    /// <summary>The page's address.</summary>
    public string? Url { get; init; }

    /// <summary>The page's title.</summary>
    public string? Title { get; init; }

    /// <summary>Where in the text the cited words begin, in characters.</summary>
    public long? StartIndex { get; init; }

    /// <summary>Where in the text the cited words end, in characters.</summary>
    public long? EndIndex { get; init; }

    /// <summary>The file's id.</summary>
    public string? FileId { get; init; }

    /// <summary>The file's name.</summary>
    public string? Filename { get; init; }

    /// <summary>The container that the file is in.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Where in the list of files the file stands.</summary>
    public long? Index { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
