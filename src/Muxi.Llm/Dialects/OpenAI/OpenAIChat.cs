using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// OpenAI's chat completions, the format that most services speak. Reading is tolerant of all that was seen in recorded traffic (absent indexes, repeated names,
/// whole calls in one chunk, arguments as objects, content as a list); the quirks are for what cannot be told from the bytes, above all what may be sent.
/// </summary>
/// <remarks>Source: OpenAI's OpenAPI document 2.3.0, <c>POST /chat/completions</c>.</remarks>
public sealed record OpenAIChat : ChatDialect
{
    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "chat/completions";

    /// <summary>The path for a stream, where that is what asks for one; null where <c>stream</c> in the body does, at <see cref="Path"/>.</summary>
    public string? StreamPath { get; init; }

    /// <summary>The member that limits the answer's tokens: both of our words for it are sent under this name. Null sends each under its own.</summary>
    public string? MaxTokensField { get; init; } = "max_tokens";

    /// <summary>Request members that the service rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Roles that the service knows by another word, e.g. <c>developer</c> as <c>system</c>.</summary>
    public ImmutableDictionary<string, string> Roles { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Roles whose messages may carry a <c>name</c>; empty for all. Names of others are left out, with a warning.</summary>
    public ImmutableArray<string> NamedRoles { get; init; } = [];

    /// <summary>Whether a tool's result may hold pictures and documents. Where not, as at OpenAI, its words stay and these follow in a user message after all results.</summary>
    public bool MediaInToolResults { get; init; }

    /// <summary>Whether a sound goes as a data URI, not as base64 alone.</summary>
    public bool AudioUris { get; init; }

    /// <summary>
    /// The forms of answer that the service takes; empty for all. A schema falls back to <c>json_object</c> where only that is taken, else to nothing; it is then told in
    /// the instructions, with a warning.
    /// </summary>
    public ImmutableArray<string> ResponseFormats { get; init; } = [];

    /// <summary>What is said before a schema that is told in the instructions; null tells none.</summary>
    public string? SchemaInstruction { get; init; } = "Answer with JSON that follows this JSON schema, and nothing else: no code fence, no text before or after it.";

    /// <summary>How many stop texts the service takes; the others are left out, with a warning. 0 for no limit.</summary>
    public int MaxStops { get; init; }

    /// <summary>Whether stop texts must be a list, also where there is but one.</summary>
    public bool StopLists { get; init; }

    /// <summary>The type of the answer's form by which the service takes a schema as it is, in a member <c>value</c> (<c>json</c> at Text Generation Inference); null for OpenAI's <c>json_schema</c>.</summary>
    public string? SchemaFormat { get; init; }

    /// <summary>Whether a tool's <c>strict</c> may be sent; where not, it is left out, with a warning where it is true.</summary>
    public bool StrictTools { get; init; } = true;

    /// <summary>Whether <c>cache_control</c> marks may be sent; where not, they are left out, with a warning.</summary>
    public bool CacheControl { get; init; }

    /// <summary>Whether <c>stream_options</c> may be sent. It asks for the usage, which a stream otherwise lacks.</summary>
    public bool StreamOptions { get; init; } = true;

    /// <summary>Where a chunk holds its usage, when not in <c>usage</c>; both places are looked at.</summary>
    public ImmutableArray<string> StreamUsagePath { get; init; } = [];

    /// <summary>The member of an earlier assistant message under which its reasoning is sent back; null sends none.</summary>
    public string? ReasoningEcho { get; init; }

    /// <summary>
    /// The member that holds structured reasoning (a list of objects with text, signatures, encrypted data), read and sent back as it came; null where there is none.
    /// </summary>
    public string? ReasoningDetails { get; init; }

    /// <summary>Whether an earlier assistant message with tool calls must hold <see cref="ReasoningEcho"/>: where there is none, because another model thought, a space goes: an empty text is not enough (Moonshot).</summary>
    public bool ReasoningEchoRequired { get; init; }

    /// <summary>Whether the answer's text begins with its reasoning between <c>&lt;think&gt;</c> and <c>&lt;/think&gt;</c>: it is read as reasoning then.</summary>
    public bool ThinkTags { get; init; }

    /// <summary>The member that takes the effort of reasoning, with dots between an object and its member: <c>reasoning.effort</c>. Null where there is none.</summary>
    public string? EffortField { get; init; } = "reasoning_effort";

    /// <summary>Efforts of reasoning that the service knows by another word, or has only a near one for: OpenAI's word to its. Others go as they are.</summary>
    public ImmutableDictionary<string, string> Efforts { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The member that switches reasoning, with dots as above (<c>thinking.type</c>, <c>enable_thinking</c>): the effort <c>none</c> switches it off, any other on. Null where there is none.</summary>
    public string? ThinkingField { get; init; }

    /// <summary>The two words for on and off in <see cref="ThinkingField"/>; empty for <c>true</c> and <c>false</c>.</summary>
    public ImmutableArray<string> ThinkingWords { get; init; } = [];

    /// <summary>Request members that the service knows by another name, e.g. <c>seed</c> as <c>random_seed</c>.</summary>
    public ImmutableDictionary<string, string> Renames { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The least that the service takes for a number, by the member's name; what is below is raised to it, with a warning.</summary>
    public ImmutableDictionary<string, double> Least { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>The most that the service takes for a number, by the member's name; what is above is lowered to it, with a warning.</summary>
    public ImmutableDictionary<string, double> Most { get; init; } = ImmutableDictionary<string, double>.Empty;

    /// <summary>Whether the service takes tools. Where not, a request with some is refused, and earlier calls and their results are told as text.</summary>
    public bool Tools { get; init; } = true;

    /// <summary>
    /// What the service says for <c>none</c>, <c>auto</c>, <c>required</c> and <c>function</c> (one tool by its name), where it does not take that word. One tool by name becomes
    /// another word with that tool alone to choose from. A word of another meaning is a warning. An empty one for <c>none</c> leaves out the tools, for others the choice.
    /// </summary>
    public ImmutableDictionary<string, string> ToolChoices { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The member that takes a choice among tools which is a word (<c>auto</c>, <c>required</c>), where it is another one than the one that names a tool; null where <c>tool_choice</c> takes both.</summary>
    public string? ToolModeField { get; init; }

    /// <summary>How many letters and digits the id of a tool call must have; other ids go as a hash of that many. 0 for any id.</summary>
    public int ToolCallIdLength { get; init; }

    /// <summary>Whether content that is nothing but texts must be one text: several are joined, with an empty line between.</summary>
    public bool PlainContent { get; init; }

    /// <summary>Whether user and assistant must take turns: messages of one that follow each other are joined.</summary>
    public bool Alternates { get; init; }

    /// <summary>Whether the content of an assistant message with calls alone may be <c>null</c>; where not, it is the empty text.</summary>
    public bool NullContent { get; init; } = true;

    /// <summary>The member that says of a last message of the assistant's that the answer goes on from it (<c>prefix</c>, <c>partial</c>); null where nothing has to say so.</summary>
    public string? PrefillField { get; init; }

    /// <summary>Members of a reply that list what the answer rests on: addresses, or objects with <c>url</c> and <c>title</c>. The first that is there is read as the message's annotations.</summary>
    public ImmutableArray<string> SourcesFields { get; init; } = [];

    /// <summary>How large a request is at most, in bytes, attachments in base64 included; 0 for no limit that is published.</summary>
    public long MaxRequestBytes { get; init; }

    /// <summary>Whether the service says <c>stop</c> where an answer ends in calls: it is read as <c>tool_calls</c> then, with the service's word beside it.</summary>
    public bool StopsWithCalls { get; init; }

    /// <summary>Further words for our finish reasons, besides those that all services share.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>The name by which opaque blocks of this format are known; another service's are not sent.</summary>
    internal string OpaqueFormat => ReasoningDetails ?? "";

    /// <summary>
    /// The type of a document's part that holds its address or its data in a member of the same name, with the file's name beside it (<c>document_url</c> and
    /// <c>document_name</c>); a document's id stands in the part itself then. Null for OpenAI's object <c>file</c>.
    /// </summary>
    public string? DocumentField { get; init; }

    /// <summary>Whether a document's data in <see cref="DocumentField"/> are plain base64, without the head of a data URI.</summary>
    public bool PlainDocumentData { get; init; }

    /// <summary>Whether a sound's part holds its base64 alone, not in an object with its format.</summary>
    public bool PlainSound { get; init; }

    /// <summary>Whether an earlier answer's reasoning goes back as a part <c>thinking</c> of its content.</summary>
    public bool ThinkingParts { get; init; }

    /// <summary>
    /// The path for what the service takes only there: a tool's <c>strict</c>, and a last message of the assistant's that the answer goes on from (see
    /// <see cref="PrefillField"/>). Null for none.
    /// </summary>
    public string? BetaPath { get; init; }

    /// <summary>
    /// Whether a tool may be forced while the model reasons. Where not, reasoning is switched off for such a request, with a warning; where the caller asks for reasoning, the choice
    /// is left to the model instead.
    /// </summary>
    public bool ForcesToolsWhileReasoning { get; init; } = true;

    /// <summary>Whether an answer's form may be asked for beside tools. Where not, a schema is told in the instructions then, with a warning.</summary>
    public bool FormatsWithTools { get; init; } = true;

    /// <summary>Whether an answer's form may be asked for in a stream; where not, as <see cref="FormatsWithTools"/> has it.</summary>
    public bool FormatsInStreams { get; init; } = true;

    /// <summary>Whether an earlier answer's pictures go back with it, as <c>images</c>; where not, they are left out, with a warning.</summary>
    public bool AnswerImages { get; init; }

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) =>
        ChatRequestWriter.Render(this, request, context, stream);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => ChatReplyReader.Parse(this, reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new ChatStreamFold(this, context);
}
