using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// Cohere's chat, version 2. <c>documents</c>, <c>citation_options</c>, <c>safety_mode</c>, <c>k</c> and whatever else only Cohere has go as extra members of a request. What a model plans before its
/// calls (<c>tool_plan</c>) is a reasoning block of a format of its own, which goes back as a plan.
/// </summary>
/// <remarks>Source: <c>POST /v2/chat</c> at docs.cohere.com/reference/chat and chat-stream, and the types of Cohere's own SDKs, as of 2026-11.</remarks>
public sealed record CohereChat : ChatDialect
{
    /// <summary>Which format a plan belongs to: a reasoning block with it is sent to no other.</summary>
    internal const string PlanFormat = "cohere-tool-plan";

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "chat";

    /// <summary>Whether thinking goes back to the model in the next request; models that call tools while they think want it. A plan always does.</summary>
    public bool ThinkingEcho { get; init; } = true;

    /// <summary>
    /// How many tokens to think with at most for each effort (<c>thinking.token_budget</c>); an effort that is not here thinks as long as the model likes. The numbers are ours: Cohere names none.
    /// </summary>
    public ImmutableDictionary<string, int> ThinkingBudgets { get; init; } = new Dictionary<string, int> { ["minimal"] = 512, ["low"] = 1024, ["medium"] = 4096 }.ToImmutableDictionary();

    /// <summary>
    /// Whether a system message may stand within the conversation; where not, its text joins the one in front, with a warning. Among Cohere's errors is
    /// "system turn must be the first in the list" (docs.cohere.com/reference/errors, 2026).
    /// </summary>
    public bool SystemTurns { get; init; }

    /// <summary>Whether tools may be held to their schemas (<c>strict_tools</c>); where not, <c>strict</c> is left out with a warning.</summary>
    public bool StrictTools { get; init; } = true;

    /// <summary>The most stop texts that the service takes; 0 for no limit.</summary>
    public int MaxStops { get; init; } = 5;

    /// <summary>The least that the service takes, by our names of options; less is sent as this, with a warning.</summary>
    public ImmutableDictionary<string, double> Least { get; init; } = new Dictionary<string, double> { ["top_p"] = 0.01, ["frequency_penalty"] = 0, ["presence_penalty"] = 0 }.ToImmutableDictionary();

    /// <summary>The most that the service takes, as for <see cref="Least"/>.</summary>
    public ImmutableDictionary<string, double> Most { get; init; } = new Dictionary<string, double> { ["top_p"] = 0.99, ["frequency_penalty"] = 1, ["presence_penalty"] = 1 }.ToImmutableDictionary();

    /// <summary>Request members that the service rejects, by its own names: left out, with a warning.</summary>
    public ImmutableArray<string> Drops { get; init; } = [];

    /// <summary>Further words for our finish reasons.</summary>
    public ImmutableDictionary<string, string> FinishReasons { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <inheritdoc/>
    public override Framing Framing => Framing.Sse;

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) => CohereRequestWriter.Render(this, request, context, stream);

    /// <inheritdoc/>
    public override ChatCompletion Parse(HttpReply reply, CallContext context) => CohereReplyReader.Parse(this, reply, context);

    /// <inheritdoc/>
    public override IFold<ChatCompletionChunk> Fold(CallContext context) => new CohereStreamFold(this, context);
}
