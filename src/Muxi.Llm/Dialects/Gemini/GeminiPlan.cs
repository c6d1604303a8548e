using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What of a request depends on several of its members and on the model: worked out before anything is written.</summary>
internal sealed class GeminiPlan
{
    public GeminiPlan(GeminiChat quirks, ChatCompletionRequest request)
    {
        (Quirks, Request) = (quirks, OwnParts.Of(SearchResultText.Told(request), quirks.BlockFormat, Warnings));
        Config = MembersOf("generationConfig");
        PlanTools();
        Choice = GeminiToolChoice.For(this);
        PlanFormat();
        PlanThinking();
    }

    public GeminiChat Quirks { get; }

    /// <summary>The call's surroundings, for what is refused.</summary>
    public CallContext Context { get; init; }

    public ChatCompletionRequest Request { get; }

    public Warnings Warnings { get; } = new();

    /// <summary>The caller's own members of <c>generationConfig</c>, which go before ours.</summary>
    public Extra Config { get; }

    /// <summary>The caller's functions.</summary>
    public IReadOnlyList<Tool> Functions { get; private set; } = [];

    /// <summary>The service's own tools.</summary>
    public IReadOnlyList<Tool> OtherTools { get; private set; } = [];

    public GeminiToolChoice Choice { get; }

    /// <summary>The media type of the answer; null for the usual one.</summary>
    public string? MediaType { get; private set; }

    /// <summary>The schema of the answer.</summary>
    public RawJson Schema { get; private set; }

    /// <summary>What is added to the instructions.</summary>
    public string? Instruction { get; private set; }

    /// <summary>With how many tokens to think.</summary>
    public int? Budget { get; private set; }

    /// <summary>How much to think, in the service's word.</summary>
    public string? Level { get; private set; }

    /// <summary>Whether a summary of the thinking is asked for.</summary>
    public bool ShowsThinking { get; private set; }

    /// <summary>Whether a search of the web was asked for in OpenAI's form.</summary>
    public bool Searches => !Request.WebSearchOptions.IsEmpty;

    /// <summary>Whether calls of the service's own tools are to be shown, without which functions beside them are refused.</summary>
    public bool MixesTools => Quirks.ServerToolCalls && Functions.Count > 0 && (OtherTools.Count > 0 || Searches);

    public bool HasTools => Functions.Count + OtherTools.Count > 0 || Searches || Request.Extra.Holds("tools"u8);

    /// <summary>The members of an object that the caller gave as an extra member; none where it is no object.</summary>
    public Extra MembersOf(string name) =>
        Request.Extra[name] is { IsEmpty: false } own && own.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(own.Utf8.ToArray()) : default;

    private void PlanTools()
    {
        var (own, others) = (new List<Tool>(), new List<Tool>());
        foreach (var tool in ToolForms.All(Request))
        {
            if (!tool.CacheControl.IsEmpty) WarnOfMark();
            if (tool.Function is not null) own.Add(tool);
            else if (!tool.Custom.IsEmpty) Warnings.Add("tools", "a custom tool was left out: the service knows only functions with a schema");
            else others.Add(tool);
        }
        (Functions, OtherTools) = (own, others);
    }

    /// <summary>Leaves only the named functions.</summary>
    public void Allow(IReadOnlySet<string> names) => Functions = [.. Functions.Where(tool => names.Contains(tool.Function!.Name))];

    public void WarnOfMark() => Warnings.Add("cache_control", "left out: the service caches by itself, or what cachedContent names");

    private void PlanFormat()
    {
        if (Request.ResponseFormat is not { Type: not "text" } format) return;
        if (format.Type is not ("json_object" or "json_schema"))
        {
            Warnings.Add("response_format", $"left out: the service does not take '{format.Type}'");
            return;
        }
        if (HasTools && !Quirks.JsonWithTools)
        {
            Instruction = format.Schema.IsEmpty ? Quirks.JsonInstruction : Quirks.SchemaInstruction is { } instruction ? $"{instruction}\n{SchemaNode.Compact(format.Schema)}" : null;
            Warnings.Add("response_format", $"{(Instruction is null ? "left out" : "asked for in the instructions, so it is not guaranteed")}: the model takes none beside tools");
            return;
        }
        MediaType = "application/json";
        Schema = format.Schema;
    }

    private void PlanThinking()
    {
        if (Request.ReasoningEffort is not { Value: var effort } || Config.Holds("thinkingConfig"u8)) return;
        if (Quirks.Thinking == GeminiThinking.None)
        {
            if (effort != "none") Warnings.Add("reasoning_effort", "left out: the model does not think");
            return;
        }
        if (Quirks.Thinking == GeminiThinking.Budget) PlanBudget(effort);
        else PlanLevel(effort);
        ShowsThinking = Quirks.ShownThinking && effort != "none" && (Budget ?? 1) != 0;
    }

    private void PlanBudget(string effort)
    {
        if (Quirks.ThinkingBudgets.TryGetValue(effort, out var budget))
        {
            Budget = budget;
            return;
        }
        var least = effort == "none" && Quirks.ThinkingBudgets.Count > 0 ? Quirks.ThinkingBudgets.Values.Min() : (int?)null;
        Budget = least;
        Warnings.Add("reasoning_effort", least is null ? $"left out: the service has no '{effort}'" : $"sent as a budget of {least} tokens: the model always thinks");
    }

    private void PlanLevel(string effort)
    {
        if (Quirks.ThinkingLevels.IsEmpty || Quirks.ThinkingLevels.Contains(effort))
        {
            Level = effort;
            return;
        }
        var place = Array.IndexOf(_efforts, effort);
        if (place < 0)
        {
            // A newer word than ours: the service judges it.
            Level = effort;
            return;
        }
        Level = _efforts.Take(place).LastOrDefault(Quirks.ThinkingLevels.Contains) ?? Quirks.ThinkingLevels[0];
        Warnings.Add("reasoning_effort", effort == "none" ? $"sent as {Level}: the model always thinks" : $"sent as {Level}: the model has no '{effort}'");
    }

    private static readonly string[] _efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];
}
