using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Amazon Bedrock's Converse: one format for the models of many makers. The defaults are what a model takes of which nothing else is known; what a model takes more, or does not
/// take, are its quirks.
/// </summary>
/// <remarks>Source: <c>Converse</c> and <c>ConverseStream</c> of the Amazon Bedrock API reference and its user guide, as of 2026-11.</remarks>
public sealed record BedrockConverse : ChatDialect
{
    /// <summary>The path after the base URL; <c>{model}</c> is the model's id or ARN, escaped.</summary>
    public string Path { get; init; } = "model/{model}/converse";

    /// <summary>The path where the reply is asked for in pieces; the model's name stands in it as in the other.</summary>
    public string StreamPath { get; init; } = "model/{model}/converse-stream";

    /// <summary>The name under which signed and opaque blocks of this service are known; blocks of other names are not sent.</summary>
    public string BlockFormat { get; init; } = "bedrock-converse";

    /// <summary>
    /// The request members that are the format's own. Any other one that a caller adds is a parameter of the model, and goes into <c>additionalModelRequestFields</c>.
    /// </summary>
    public ImmutableArray<string> Members { get; init; } =
    [
        "messages", "system", "inferenceConfig", "toolConfig", "guardrailConfig", "additionalModelRequestFields", "promptVariables", "additionalModelResponseFieldPaths", "requestMetadata",
        "performanceConfig", "serviceTier", "outputConfig",
    ];

    /// <summary>How a model is told to think.</summary>
    public BedrockThinking Thinking { get; init; }

    /// <summary>How many tokens to think with for each effort, where thinking has a budget; 1,024 at least, and no more than leaves a fifth of <c>maxTokens</c> for the answer.</summary>
    public ImmutableDictionary<string, int> ThinkingBudgets { get; init; } = new Dictionary<string, int>
    {
        ["minimal"] = 1024, ["low"] = 2048, ["medium"] = 8192, ["high"] = 24576, ["xhigh"] = 32768, ["max"] = 49152,
    }.ToImmutableDictionary();

    /// <summary>The words for an effort that the model takes, from the least to the most; empty where it takes none.</summary>
    public ImmutableArray<string> Efforts { get; init; } = [];

    /// <summary>Whether the model can be told not to think, for the effort <c>none</c>.</summary>
    public bool ThinkingOff { get; init; } = true;

    /// <summary>Whether <c>temperature</c> and <c>topP</c> are taken; where not, others than the default are left out, with a warning.</summary>
    public bool Sampling { get; init; } = true;

    /// <summary>Whether <c>temperature</c> and <c>topP</c> are taken together; where not, <c>topP</c> is left out beside the other, with a warning.</summary>
    public bool TemperatureWithTopP { get; init; } = true;

    /// <summary>The highest temperature; a higher one is sent as this, with a warning.</summary>
    public double MaxTemperature { get; init; } = 1;

    /// <summary>Where <c>top_k</c> goes among the model's own parameters; a dot parts an object from its member.</summary>
    public string TopKField { get; init; } = "top_k";

    /// <summary>Whether a call can be forced (<c>any</c>, <c>tool</c>); where not, the model decides, with a warning.</summary>
    public bool ForcedTools { get; init; } = true;

    /// <summary>Whether one of several tools can be forced by its name; where not, any of them is, with a warning where there are others.</summary>
    public bool NamedTools { get; init; } = true;

    /// <summary>Whether one call at a time can be asked for, by a <c>tool_choice</c> as Anthropic's models have it among their own parameters.</summary>
    public bool SingleCalls { get; init; }

    /// <summary>Whether a tool's <c>strict</c> may be sent; where not, it is left out, with a warning where it is true.</summary>
    public bool StrictTools { get; init; }

    /// <summary>Whether a result's <c>status</c> may be sent; where not, that a tool failed is left to its words, with a warning.</summary>
    public bool ResultStatus { get; init; } = true;

    /// <summary>Whether a schema for the answer is sent as <c>outputConfig.textFormat</c>; where not, and for one that recurs, the model is made to call <see cref="AnswerTool"/>.</summary>
    public bool OutputFormat { get; init; }

    /// <summary>The tool that stands for an answer after a schema: its input becomes the answer's text.</summary>
    public string AnswerTool { get; init; } = "answer_in_json";

    /// <summary>What is added to the instructions for an answer of <c>json_object</c>, which the format does not know; null adds nothing.</summary>
    public string? JsonInstruction { get; init; } = "Give your answer as a single JSON object. Write nothing before it or after it, and no code fence around it.";

    /// <summary>What is said before a schema that is told in the instructions, where it can be asked for in no other way; null tells none.</summary>
    public string? SchemaInstruction { get; init; } = "Give your answer as JSON after the schema that follows. Write nothing before it or after it, and no code fence around it.";

    /// <summary>Whether cache points may be sent; where not, marks for the cache are left out, with a warning.</summary>
    public bool CachePoints { get; init; } = true;

    /// <summary>Whether the model takes <c>system</c> texts; where not, they go in front of the first message, with a warning.</summary>
    public bool SystemPrompt { get; init; } = true;

    /// <summary>How large a picture is at most, in bytes; 0 for no limit.</summary>
    public long MaxImageBytes { get; init; } = 3_932_160;

    /// <summary>How large a document is at most, in bytes; 0 for no limit.</summary>
    public long MaxDocumentBytes { get; init; } = 4_718_592;

    /// <summary>Request members that the model rejects: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override Framing Framing => Framing.AwsEventStream;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream)
    {
        var plan = new ConversePlan(this, request) { Context = context };
        var body = JsonOut.ToUtf8(plan, static (json, it) => new ConverseRequestWriter(json, it).Write());
        return new(HttpMethod.Post, BedrockPath.Of(stream ? StreamPath : Path, context.Model)) { Body = body, Warnings = plan.Warnings.Given };
    }

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => ConverseReplyReader.Parse(this, reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new ConverseStreamFold(this, context);
}

/// <summary>How a model behind Bedrock is told to think, among its own parameters.</summary>
public enum BedrockThinking
{
    /// <summary>In no way that is known.</summary>
    None,

    /// <summary>By a number of tokens: <c>"thinking":{"type":"enabled","budget_tokens":1024}</c> (Claude 3.7 to 4.5).</summary>
    Budget,

    /// <summary>It decides itself (<c>"thinking":{"type":"adaptive"}</c>), and <c>outputConfig.effort</c> says how much (Claude from 4.6 on).</summary>
    Adaptive,

    /// <summary>By <c>"reasoningConfig":{"type":"enabled","maxReasoningEffort":"low"}</c> (Nova 2).</summary>
    Config,

    /// <summary>By <c>"reasoning_effort":"low"</c> (models of OpenAI's).</summary>
    Effort,
}

/// <summary>Paths with a model's name in them.</summary>
internal static class BedrockPath
{
    /// <summary>The path for a model: an id with a version (<c>:0</c>) and an ARN hold what means something else in a path.</summary>
    public static string Of(string path, string model) => path.Replace("{model}", ModelPath.Segment(model), StringComparison.Ordinal);
}
