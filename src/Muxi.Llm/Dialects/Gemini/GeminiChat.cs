using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Google's <c>generateContent</c>, which its Gemini API and Vertex AI speak. The defaults are what the newest models take; what an older model or a service does
/// otherwise are its quirks.
/// </summary>
/// <remarks>Source: <c>POST models/{model}:generateContent</c> of the Gemini API's and Vertex AI's references, and their pages on thinking, thought signatures and function calling, as of 2026-11.</remarks>
public sealed record GeminiChat : ChatDialect
{
    /// <summary>The path after the base URL of a call that is answered whole. <c>{model}</c> stands for the model; of one whose name has a slash, for all of <c>models/{model}</c>.</summary>
    public string Path { get; init; } = "models/{model}:generateContent";

    /// <summary>The path after the base URL of a call that is answered in pieces, as <see cref="Path"/> is.</summary>
    public string StreamPath { get; init; } = "models/{model}:streamGenerateContent?alt=sse";

    /// <summary>
    /// The name under which signed and opaque blocks of this service are known. Where a service cannot read another one's, it has a name of its own: blocks of other
    /// names are not sent.
    /// </summary>
    public string BlockFormat { get; init; } = "gemini-chat";

    /// <summary>
    /// The signature of a call that has none, because another model made it: the first one of every turn must have one for models from Gemini 3 on. Null for models
    /// that do not ask for it.
    /// </summary>
    public string? MissingSignature { get; init; } = "skip_thought_signature_validator";

    /// <summary>Whether calls and results are sent with their ids; where not, and for ids that were made here, results stand in the order of the calls.</summary>
    public bool CallIds { get; init; } = true;

    /// <summary>How a model is told to think.</summary>
    public GeminiThinking Thinking { get; init; } = GeminiThinking.Level;

    /// <summary>The values that <c>thinkingLevel</c> takes, from the least to the most.</summary>
    public ImmutableArray<string> ThinkingLevels { get; init; } = ["low", "medium", "high"];

    /// <summary>How many tokens to think with for each effort, where thinking has a budget; where <c>none</c> is missing, the model always thinks.</summary>
    public ImmutableDictionary<string, int> ThinkingBudgets { get; init; } = new Dictionary<string, int>
    {
        ["none"] = 0, ["minimal"] = 1024, ["low"] = 1024, ["medium"] = 8192, ["high"] = 24576, ["xhigh"] = 24576, ["max"] = 24576,
    }.ToImmutableDictionary();

    /// <summary>Whether a summary of the thinking is asked for (<c>includeThoughts</c>) where an effort is.</summary>
    public bool ShownThinking { get; init; } = true;

    /// <summary>Whether <c>temperature</c>, <c>topP</c> and <c>topK</c> are heeded; where not, others than the default are left out, with a warning.</summary>
    public bool Sampling { get; init; }

    /// <summary>Whether <c>frequencyPenalty</c> and <c>presencePenalty</c> are taken; where not, they are left out, with a warning.</summary>
    public bool Penalties { get; init; }

    /// <summary>Whether an answer in JSON can be asked for beside tools; where not, it is asked for in the instructions, with a warning.</summary>
    public bool JsonWithTools { get; init; } = true;

    /// <summary>Whether the arguments of strict tools are kept to their schema where no call is forced (<c>VALIDATED</c>); where not, <c>strict</c> is left out, with a warning.</summary>
    public bool StrictTools { get; init; } = true;

    /// <summary>Whether functions beside the service's own tools need <c>includeServerSideToolInvocations</c>, as the Gemini API wants it from Gemini 3 on and Vertex AI does not know it.</summary>
    public bool ServerToolCalls { get; init; } = true;

    /// <summary>Whether a tool's result may hold pictures and documents; where not, they follow the results as the user's.</summary>
    public bool MediaInToolResults { get; init; } = true;

    /// <summary>How many texts to stop at are taken; further ones are left out, with a warning. 0 for no limit.</summary>
    public int MaxStops { get; init; } = 5;

    /// <summary>Whether <c>metadata</c> is sent as <c>labels</c>; where not, it is left out, with a warning.</summary>
    public bool Labels { get; init; }

    /// <summary>Whether <c>store</c> is taken; where not, it is left out, with a warning.</summary>
    public bool Store { get; init; } = true;

    /// <summary>
    /// The header that names the class of service where it is another one than the usual; null where the body does (<c>serviceTier</c>). Vertex AI refuses OpenAI's words in
    /// the body, and serves its own there as the usual class.
    /// </summary>
    public string? ServiceTierHeader { get; init; }

    /// <summary>What stands before the id of an uploaded file (<c>files/abc</c>) to make it an address; null for a service that has no files of its own.</summary>
    public string? FilesUrl { get; init; } = "https://generativelanguage.googleapis.com/v1beta/";

    /// <summary>What is added to the instructions for an answer in JSON that can be asked for in no other way; null adds nothing.</summary>
    public string? JsonInstruction { get; init; } = "Answer with one JSON object and nothing else: no code fence, no text before or after it.";

    /// <summary>What is said before a schema that is told in the instructions; null tells none.</summary>
    public string? SchemaInstruction { get; init; } = "Answer with JSON that follows this JSON schema, and nothing else: no code fence, no text before or after it.";

    /// <summary>Members of <c>generationConfig</c>, by the service's names, that the model rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>How large a request is at most, in bytes, attachments in base64 included; 0 for no limit that is published.</summary>
    public long MaxRequestBytes { get; init; }

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    internal override string NameForVariants(string model) => GeminiBody.Bare(model);

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) =>
        GeminiRequestWriter.Render(this, request, context, stream ? StreamPath : Path);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => GeminiReplyReader.Parse(this, reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new GeminiStreamFold(this, context);
}

/// <summary>How a model is told to think.</summary>
public enum GeminiThinking
{
    /// <summary>It does not think.</summary>
    None,

    /// <summary>By a number of tokens: <c>{"thinkingBudget":1024}</c>.</summary>
    Budget,

    /// <summary>By a word: <c>{"thinkingLevel":"low"}</c>.</summary>
    Level,
}
