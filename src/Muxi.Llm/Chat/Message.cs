namespace Muxi.Llm;

/// <summary>
/// One message of a conversation. What it says is its ordered <see cref="Blocks"/>; <see cref="Content"/>, <see cref="ToolCalls"/>,
/// <see cref="ReasoningContent"/> and <see cref="Refusal"/> are views of them, in OpenAI's words.
/// </summary>
public sealed record Message
{
    /// <summary>Who says it.</summary>
    public required Role Role { get; init; }

    /// <summary>Everything the message says, in order.</summary>
    public IReadOnlyList<ContentPart> Blocks { get; init; } = [];

    /// <summary>The text of all text blocks together; null when there is none. Setting it replaces them by one.</summary>
    public string? Content
    {
        get => Joined(ContentPartType.Text);
        init => Blocks = With(ContentPartType.Text, value is null ? [] : [ContentPart.FromText(value)]);
    }

    /// <summary>The model's thinking, as far as the vendor shows it; null when there is none. Setting it replaces the reasoning blocks by one in front.</summary>
    public string? ReasoningContent
    {
        get => Joined(ContentPartType.Reasoning);
        init => Blocks = value is null ? With(ContentPartType.Reasoning, []) : [ContentPart.FromReasoning(value), .. With(ContentPartType.Reasoning, [])];
    }

    /// <summary>Why the model will not answer; null when it does.</summary>
    public string? Refusal
    {
        get => Joined(ContentPartType.Refusal);
        init => Blocks = With(ContentPartType.Refusal, value is null ? [] : [ContentPart.FromRefusal(value)]);
    }

    /// <summary>
    /// The pictures, in order: those that a person shows, or those that the model drew; empty when there are none. An answer's stand in its JSON as <c>images</c>, as
    /// OpenRouter has them. Setting it replaces the pictures by these, behind everything else.
    /// </summary>
    public IReadOnlyList<ImageUrl> Images
    {
        get
        {
            List<ImageUrl>? images = null;
            for (var i = 0; i < Blocks.Count; i++)
                if (Blocks[i].ImageUrl is { } image) (images ??= []).Add(image);
            return images ?? (IReadOnlyList<ImageUrl>)[];
        }
        init => Blocks = With(ContentPartType.ImageUrl, [.. value.Select(ContentPart.FromImage)]);
    }

    /// <summary>The calls that the model wants made, in order; empty when there are none.</summary>
    public IReadOnlyList<ToolCall> ToolCalls
    {
        get
        {
            List<ToolCall>? calls = null;
            for (var i = 0; i < Blocks.Count; i++)
                if (Blocks[i].ToolCall is { } call) (calls ??= []).Add(call);
            return calls ?? (IReadOnlyList<ToolCall>)[];
        }
        init => Blocks = With(ContentPartType.ToolCall, [.. value.Select(ContentPart.FromToolCall)]);
    }

    /// <summary>
    /// The calls of tools that ran at the service's side, in order, each with what came of it; empty where the service's format tells of none (so far those of Anthropic's messages are read).
    /// They are read from <see cref="Blocks"/> at each call.
    /// </summary>
    public IReadOnlyList<ServerToolCall> ServerToolCalls => ServerToolCall.Of(Blocks);

    /// <summary>A name that tells speakers of one role apart; of a function's result, the function.</summary>
    public string? Name { get; init; }

    /// <summary>Which call a tool's result answers.</summary>
    public string? ToolCallId { get; init; }

    /// <summary>Whether a tool's result tells of its failure, for services that want to know; <c>is_error</c> in JSON.</summary>
    public bool? IsError { get; init; }

    /// <summary>The model's answer as sound.</summary>
    public AudioOutput? Audio { get; init; }

    /// <summary>Where the text comes from: citations and search results.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    /// <summary>Asks the provider to keep the prompt up to here in its cache.</summary>
    public RawJson CacheControl { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the content came, and is sent, as a list of parts even where text would do.</summary>
    internal bool ContentIsList { get; init; }

    /// <summary>What a person says.</summary>
    public static Message User(string text) => new() { Role = Role.User, Blocks = [ContentPart.FromText(text)] };

    /// <summary>What a person says and shows: <c>Message.User("What is this?", Image.FromFile("cat.png"))</c>.</summary>
    public static Message User(params ContentPart[] parts) => new() { Role = Role.User, Blocks = parts };

    /// <summary>Instructions of the application.</summary>
    public static Message System(string text) => new() { Role = Role.System, Content = text };

    /// <summary>Instructions of the application, in OpenAI's newer word.</summary>
    public static Message Developer(string text) => new() { Role = Role.Developer, Content = text };

    /// <summary>What the model said.</summary>
    public static Message Assistant(string text) => new() { Role = Role.Assistant, Content = text };

    /// <summary>What the model said and did, in order.</summary>
    public static Message Assistant(params ContentPart[] blocks) => new() { Role = Role.Assistant, Blocks = blocks };

    /// <summary>A tool's result.</summary>
    public static Message Tool(string toolCallId, string result) => new() { Role = Role.Tool, ToolCallId = toolCallId, Content = result };

    /// <summary>What a tool that failed has to say.</summary>
    public static Message ToolError(string toolCallId, string error) => Tool(toolCallId, error) with { IsError = true };

    private string? Joined(ContentPartType type)
    {
        string? only = null;
        List<string>? more = null;
        for (var i = 0; i < Blocks.Count; i++)
        {
            var block = Blocks[i];
            if (block.Type != type || block.Text is not { } text) continue;
            if (only is null) only = text;
            else (more ??= [only]).Add(text);
        }
        return more is null ? only : string.Concat(more);
    }

    private IReadOnlyList<ContentPart> With(ContentPartType type, IReadOnlyList<ContentPart> parts) =>
        Blocks.Count == 0 ? parts : [.. Blocks.Where(block => block.Type != type), .. parts];
}

/// <summary>An answer as sound.</summary>
public sealed record AudioOutput
{
    /// <summary>The id by which a later turn can name this sound.</summary>
    public string? Id { get; init; }

    /// <summary>The sound's bytes in base64, in the format that was asked for.</summary>
    public string? Data { get; init; }

    /// <summary>What is said.</summary>
    public string? Transcript { get; init; }

    /// <summary>Until when the provider knows the id, in Unix seconds.</summary>
    public long? ExpiresAt { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The sound as bytes; empty where there is none. Of a stream, each piece decodes for itself.</summary>
    /// <exception cref="FormatException">It is no base64.</exception>
    public byte[] ToBytes() => Data is null ? [] : Convert.FromBase64String(Data);

    /// <summary>Whether there is anything to hear or to read, beside the id.</summary>
    internal bool IsContent => !string.IsNullOrEmpty(Data) || !string.IsNullOrEmpty(Transcript);
}

/// <summary>A citation: of a page, which has an address, or of a document or search result that was given.</summary>
public sealed record Annotation
{
    /// <summary><c>url_citation</c> for what has an address, <c>document_citation</c> for what has none, or a vendor's own word.</summary>
    public string Type { get; init; } = "url_citation";

    /// <summary>The cited page's address.</summary>
    public string? Url { get; init; }

    /// <summary>The page's or document's title.</summary>
    public string? Title { get; init; }

    /// <summary>The words that are cited, of the page or document.</summary>
    public string? CitedText { get; init; }

    /// <summary>The id of the document, or of the file, or the source of the search result, where it has one.</summary>
    public string? DocumentId { get; init; }

    /// <summary>Which one of the given documents, or of the given search results, it is; from 0.</summary>
    public int? DocumentIndex { get; init; }

    /// <summary>Where in the content the cited text begins, in characters.</summary>
    public long? StartIndex { get; init; }

    /// <summary>Where in the content the cited text ends, in characters.</summary>
    public long? EndIndex { get; init; }

    /// <summary>Members that we do not know; of a <c>url_citation</c> and a <c>document_citation</c>, those inside it: of a document, where the cited words stand in it.</summary>
    public Extra Extra { get; init; }
}
