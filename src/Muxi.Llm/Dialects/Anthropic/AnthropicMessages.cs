using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Anthropic's messages, which several services speak besides Anthropic. The defaults are what every speaker takes; what a service or a model takes more, or takes
/// no longer, are its quirks.
/// </summary>
/// <remarks>Source: <c>POST /v1/messages</c> of Anthropic's API reference and its pages on thinking, effort, structured outputs and caching, as of 2026-11.</remarks>
public sealed record AnthropicMessages : ChatDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> in it stands for the model's name.</summary>
    public string Path { get; init; } = "messages";

    /// <summary>The path of a stream, where it has one of its own; empty for <see cref="Path"/>.</summary>
    public string StreamPath { get; init; } = "";

    /// <summary>How a streamed reply is cut into events; the events are the same.</summary>
    public Framing StreamFraming { get; init; } = Framing.Sse;

    /// <summary>What a model's name begins with to be spoken to in this format, and what the service is not told; empty for nothing.</summary>
    public string ModelPrefix { get; init; } = "";

    /// <summary>The <c>anthropic_version</c> in the body, of services that take it there; null where it is a header.</summary>
    public string? BodyVersion { get; init; }

    /// <summary>Whether the body names the model; where not, the path does.</summary>
    public bool ModelInBody { get; init; } = true;

    /// <summary>Whether the body says that the reply is to be streamed; where not, the path does.</summary>
    public bool StreamInBody { get; init; } = true;

    /// <summary>Whether beta values go into the body, as <c>anthropic_beta</c>, and not into a header.</summary>
    public bool BetasInBody { get; init; }

    /// <summary>
    /// The name under which signed and opaque blocks of this service are known. A service that cannot read another one's has a name of its own: blocks of other
    /// names are not sent.
    /// </summary>
    public string BlockFormat { get; init; } = AnthropicOptions.Format;

    /// <summary>Whether thinking without a signature goes back in the next request; Anthropic refuses it.</summary>
    public bool UnsignedThinking { get; init; }

    /// <summary>How a model is told to think.</summary>
    public AnthropicThinking Thinking { get; init; } = AnthropicThinking.Budget;

    /// <summary>
    /// How many tokens to think with for each effort, where thinking has a budget; 1,024 at least. Cut so that an answer still fits into <c>max_tokens</c>, of which
    /// thinking is a part.
    /// </summary>
    public ImmutableDictionary<string, int> ThinkingBudgets { get; init; } = new Dictionary<string, int>
    {
        ["minimal"] = 1024, ["low"] = 2048, ["medium"] = 8192, ["high"] = 24576, ["xhigh"] = 32768, ["max"] = 49152,
    }.ToImmutableDictionary();

    /// <summary>The <c>thinking.type</c> that turns thinking off, for the effort <c>none</c>; null for a model that always thinks.</summary>
    public string? ThinkingOff { get; init; } = "disabled";

    /// <summary>What <c>thinking.display</c> asks for, where thinking is adaptive; null leaves it to the model, and newer ones then show nothing.</summary>
    public string? ThinkingDisplay { get; init; }

    /// <summary>The values that <c>output_config.effort</c> takes, from the least to the most; empty where there is no such member.</summary>
    public ImmutableArray<string> Efforts { get; init; } = [];

    /// <summary>Whether <c>temperature</c>, <c>top_p</c> and <c>top_k</c> are taken; where not, others than the default are left out, with a warning.</summary>
    public bool Sampling { get; init; } = true;

    /// <summary>Whether <c>temperature</c> and <c>top_p</c> are taken together; where not, <c>top_p</c> is left out beside the other, with a warning.</summary>
    public bool TemperatureWithTopP { get; init; } = true;

    /// <summary>The highest temperature; a higher one is sent as this, with a warning.</summary>
    public double MaxTemperature { get; init; } = 1;

    /// <summary>Whether a call can be forced (<c>tool_choice</c> of type <c>any</c> or <c>tool</c>); where not, <c>auto</c> is sent, with a warning.</summary>
    public bool ForcedTools { get; init; } = true;

    /// <summary>
    /// Whether a system message may stand within the conversation; where not, its text goes in front of it, to the other instructions, with a warning.
    /// </summary>
    public bool SystemTurns { get; init; }

    /// <summary>Whether a schema for the answer is sent as <c>output_config.format</c>; where not, and for one that recurs, the model is made to call <see cref="AnswerTool"/>.</summary>
    public bool OutputFormat { get; init; }

    /// <summary>Whether a tool's <c>strict</c> may be sent; where not, it is left out, with a warning where it is true.</summary>
    public bool StrictTools { get; init; }

    /// <summary>The tool that stands for an answer after a schema: its input becomes the answer's text.</summary>
    public string AnswerTool { get; init; } = "answer_in_json";

    /// <summary>What is added to the instructions for an answer of <c>json_object</c>, which the format does not know; null adds nothing.</summary>
    public string? JsonInstruction { get; init; } = "Answer with one JSON object and nothing else: no code fence, no text before or after it.";

    /// <summary>What is said before a schema that is told in the instructions, where it can be asked for in no other way; null tells none.</summary>
    public string? SchemaInstruction { get; init; } = "Answer with JSON that follows this JSON schema, and nothing else: no code fence, no text before or after it.";

    /// <summary>
    /// Whether search results are taken, in a user's message and in a tool's result ("Search results", 2026: Claude from 3.5 Haiku on; DeepSeek's table of 2026 has them as not supported); where not,
    /// they are told in words.
    /// </summary>
    public bool SearchResults { get; init; }

    /// <summary>The service's tool that searches the web, which <see cref="ChatCompletionRequest.WebSearchOptions"/> asks for; null where there is none, and the options are left out, with a warning.</summary>
    public string? WebSearchTool { get; init; }

    /// <summary>Beginnings of the types of tools that the service lacks: a request with one is an <see cref="UnsupportedFeatureException"/>, so that another service may be asked.</summary>
    public ImmutableArray<string> LacksTools { get; init; } = [];

    /// <summary>Request members that the service rejects or ignores: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>The <c>max_tokens</c>, which the format demands, where neither the request nor the table of models' limits has one.</summary>
    public int DefaultMaxTokens { get; init; } = 4096;

    /// <summary>How often an answer that the service paused (<c>pause_turn</c>) is asked to go on.</summary>
    public int MaxContinuations { get; init; } = 8;

    /// <summary>
    /// The values of <c>anthropic-beta</c> that a request needs, by what it uses: a top-level member; a member of one as <c>thinking.block_binding</c>; a tool's or
    /// a context edit's type; <c>file</c> for a file named by id.
    /// </summary>
    public ImmutableDictionary<string, string> Betas { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>How large a request is at most, in bytes, attachments in base64 included; 0 for no limit that is published.</summary>
    public long MaxRequestBytes { get; init; }

    /// <summary>How large a picture in a request is at most, in bytes; 0 for no limit that is published.</summary>
    public long MaxImageBytes { get; init; }

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override Framing Framing => StreamFraming;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) =>
        MessagesRequestWriter.Render(this, request, context, stream ? MessagesUse.Stream : MessagesUse.Whole, stream && StreamPath.Length > 0 ? StreamPath : Path);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => MessagesReplyReader.Parse(this, reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new MessagesStreamFold(this, null, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(ChatCompletionRequest request, CallContext context) => new MessagesStreamFold(this, request, context);

    /// <summary>The call; where the service pauses a long turn, further calls that go on with it.</summary>
    public override IExchange<ChatCompletion> Begin(ChatCompletionRequest request, CallContext context) => new MessagesExchange(this, request, context);
}

/// <summary>How a model is told to think.</summary>
public enum AnthropicThinking
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary>By a number of tokens: <c>{"type":"enabled","budget_tokens":1024}</c>.</summary>
    Budget,

    /// <summary>It decides itself (<c>{"type":"adaptive"}</c>), and the effort says how much.</summary>
    Adaptive,
}
