using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What of a request depends on several of its members and on the model: worked out before anything is written.</summary>
internal sealed class ConversePlan
{
    public ConversePlan(BedrockConverse quirks, ChatCompletionRequest request)
    {
        (Quirks, Request) = (quirks, OwnParts.Of(SearchResultText.Told(request), quirks.BlockFormat, Warnings));
        Tools = new ConverseTools(this);
        PlanFormat();
        Tools.Choose();
        Fields = ConverseFields.For(this);
        PlanSampling();
    }

    public BedrockConverse Quirks { get; }

    /// <summary>The call's surroundings, for what is refused.</summary>
    public CallContext Context { get; init; }

    public ChatCompletionRequest Request { get; }

    public Warnings Warnings { get; } = new();

    public ConverseTools Tools { get; }

    /// <summary>The model's own parameters.</summary>
    public ConverseFields Fields { get; }

    /// <summary>The schema that the service itself keeps to.</summary>
    public ResponseFormat? Format { get; private set; }

    /// <summary>What is added to the instructions.</summary>
    public string? Instruction { get; private set; }

    public double? Temperature { get; private set; }

    public double? TopP { get; private set; }

    public int? MaxTokens => Request.MaxCompletionTokens ?? Request.MaxTokens;

    /// <summary>Whether a member of the request is one that the model rejects, of which the caller is told.</summary>
    public bool IsDropped(string name)
    {
        if (!Quirks.Drops.Contains(name)) return false;
        Warnings.Add(name, "left out: the model does not take it");
        return true;
    }

    /// <summary>Whether the caller turned on thinking by a budget, beside which no call can be forced.</summary>
    public bool ThinksByBudget() => ConverseFields.Says(Request.Extra["thinking"], "enabled")
        || (Request.Extra["additionalModelRequestFields"] is { IsEmpty: false } own && own.ToElement().ValueKind == JsonValueKind.Object && ConverseFields.Says(Extra.Trusted(own.Utf8.ToArray())["thinking"], "enabled"));

    private void PlanFormat()
    {
        switch (Request.ResponseFormat)
        {
            case null or { Type: "text" }:
                return;
            case { Type: "json_schema", Schema.IsEmpty: false } format:
                PlanSchema(format);
                return;
            case { Type: "json_object" or "json_schema" }:
                Instruction = Quirks.JsonInstruction;
                Warnings.Add("response_format", Instruction is null ? "left out: the service has no such mode" : "asked for in the instructions: the service has no such mode, so it is not guaranteed");
                return;
            case { Type: var other }:
                Warnings.Add("response_format", $"left out: the service does not know '{other}'");
                return;
        }
    }

    private void PlanSchema(ResponseFormat format)
    {
        if (Quirks.OutputFormat && !ClosedSchema.IsRecursive(format.Schema.ToElement())) Format = format;
        else if (Quirks.ForcedTools) Tools.Answer = format;
        else
        {
            Instruction = Quirks.SchemaInstruction is { } words ? $"{words}\n{SchemaNode.Compact(format.Schema)}" : null;
            Warnings.Add("response_format", $"{(Instruction is null ? "left out" : "told in the instructions, so it is not guaranteed")}: the model takes no schema, and cannot be made to call a tool");
        }
    }

    private void PlanSampling()
    {
        var isFree = Quirks.Sampling && !Fields.Thinks;
        Temperature = Taken("temperature", Request.Temperature, isFree);
        TopP = Taken("top_p", Request.TopP, isFree);
        if (Temperature > Quirks.MaxTemperature)
        {
            Warnings.Add("temperature", FormattableString.Invariant($"sent as {Quirks.MaxTemperature}, the highest that the model takes"));
            Temperature = Quirks.MaxTemperature;
        }
        if (Temperature is null || TopP is null || Quirks.TemperatureWithTopP) return;
        Warnings.Add("top_p", "left out: the model takes it only where there is no temperature");
        TopP = null;
    }

    private double? Taken(string name, double? value, bool isFree)
    {
        if (value is null || IsDropped(name)) return null;
        if (isFree) return value;
        if (value != 1) Warnings.Add(name, Quirks.Sampling ? "left out: the model takes only its default while it thinks" : "left out: the model takes only its default");
        return null;
    }
}

/// <summary>The model's own parameters, which the service passes on (<c>additionalModelRequestFields</c>).</summary>
internal sealed class ConverseFields
{
    /// <summary>The least budget that Anthropic's models think with.</summary>
    private const int LeastBudget = 1024;

    /// <summary>OpenAI's words for efforts, from the least to the most.</summary>
    private static readonly string[] _efforts = ["minimal", "low", "medium", "high", "xhigh", "max"];

    private readonly ConversePlan _plan;
    private Extra _fields;

    private ConverseFields(ConversePlan plan) => _plan = plan;

    /// <summary>The word for <c>outputConfig.effort</c>.</summary>
    public string? Effort { get; private set; }

    /// <summary>Whether the model thinks, as we or the caller turned it on, in a way that forbids to choose the sampling.</summary>
    public bool Thinks { get; private set; }

    public Extra Members => _fields;

    public static ConverseFields For(ConversePlan plan)
    {
        var fields = new ConverseFields(plan);
        fields.TakeOwn();
        fields.PlanThinking();
        fields.PlanSingleCalls();
        return fields;
    }

    /// <summary>What the caller added: all that is no member of the format itself.</summary>
    private void TakeOwn()
    {
        var extra = _plan.Request.Extra;
        if (extra["additionalModelRequestFields"] is { IsEmpty: false } own && own.ToElement().ValueKind == JsonValueKind.Object) _fields = Extra.Trusted(own.Utf8.ToArray());
        foreach (var name in extra.IsEmpty ? [] : extra.Names)
        {
            // Words of OpenAI's, which the method that is called and our own members say.
            if (name is "model" or "stream" or "stream_options" || _plan.Quirks.Members.Contains(name)) continue;
            if (name == "top_k") Put(_plan.Quirks.TopKField, extra[name]);
            else Put(name, extra[name]);
        }
        Thinks = Own("thinking", "enabled") || Own("thinking", "adaptive") || (Own("reasoningConfig", "enabled") && HasHighEffort());
    }

    private bool Own(string name, string type) => Says(_fields[name], type);

    /// <summary>Whether an object's <c>type</c> is this word.</summary>
    public static bool Says(RawJson own, string type) => !own.IsEmpty && own.ToElement() is { ValueKind: JsonValueKind.Object } element
        && element.TryGetProperty("type"u8, out var word) && word.ValueKind == JsonValueKind.String && word.ValueEquals(type);

    private bool HasHighEffort() => _fields["reasoningConfig"].ToElement().TryGetProperty("maxReasoningEffort"u8, out var word) && word.ValueKind == JsonValueKind.String && word.ValueEquals("high"u8);

    /// <summary>Puts a parameter where its name says; one that is there already stays.</summary>
    private void Put(string name, RawJson value)
    {
        var dot = name.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0)
        {
            if (!_fields.TryGet(name, out _)) _fields = _fields.With(name, value);
            return;
        }
        var (home, member) = (name[..dot], name[(dot + 1)..]);
        var inner = _fields[home] is { IsEmpty: false } own && own.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(own.Utf8.ToArray()) : default;
        if (!inner.TryGet(member, out _)) _fields = _fields.With(home, inner.With(member, value).ToString());
    }

    private void PlanThinking()
    {
        if (_plan.Request.ReasoningEffort is not { Value: var effort } || _fields.TryGet("thinking", out _) || _fields.TryGet("reasoningConfig", out _) || _fields.TryGet("reasoning_effort", out _)) return;
        if (effort == "none") TurnOff();
        else if (_plan.Quirks.Thinking == BedrockThinking.None) _plan.Warnings.Add("reasoning_effort", "left out: how the model is told to think is not known here");
        else if (_plan.Quirks.Thinking == BedrockThinking.Budget) PlanBudget(effort);
        else PlanEffort(Nearest(effort));
    }

    private void TurnOff()
    {
        switch (_plan.Quirks)
        {
            case { Thinking: BedrockThinking.None } or { Thinking: BedrockThinking.Config, ThinkingOff: true } or { Thinking: BedrockThinking.Budget }:
                // They think only where they are told to.
                return;
            case { Thinking: BedrockThinking.Adaptive, ThinkingOff: true }:
                _fields = _fields.With("thinking", """{"type":"disabled"}""");
                return;
            case { Efforts: [var least, ..] }:
                _plan.Warnings.Add("reasoning_effort", $"sent as {least}: the model always thinks");
                PlanEffort(least);
                return;
            default:
                _plan.Warnings.Add("reasoning_effort", "left out: the model always thinks");
                return;
        }
    }

    private void PlanEffort(string effort)
    {
        switch (_plan.Quirks.Thinking)
        {
            case BedrockThinking.Adaptive:
                _fields = _fields.With("thinking", """{"type":"adaptive"}""");
                Effort = effort;
                Thinks = true;
                break;
            case BedrockThinking.Config:
                _fields = _fields.With("reasoningConfig", $$"""{"type":"enabled","maxReasoningEffort":{{Quoted(effort)}}}""");
                // Nova 2: at this effort alone the sampling is not to be chosen.
                Thinks = effort == "high";
                break;
            default:
                _fields = _fields.With("reasoning_effort", Quoted(effort));
                break;
        }
    }

    private void PlanBudget(string effort)
    {
        if (!_plan.Quirks.ThinkingBudgets.TryGetValue(effort, out var budget)) _plan.Warnings.Add("reasoning_effort", $"left out: '{effort}' is no effort that has a budget here");
        else if (_plan.Tools.IsForced) _plan.Warnings.Add("reasoning_effort", "left out: while the model thinks, no call can be forced");
        else if (_plan.MaxTokens <= LeastBudget) _plan.Warnings.Add("reasoning_effort", $"left out: {LeastBudget} tokens to think with are the least, and max_tokens has no room for an answer beside them");
        else
        {
            // What is left is for the answer: thinking is a part of all that may be said.
            var most = _plan.MaxTokens is { } all ? Math.Max(LeastBudget, all - (all / 5)) : int.MaxValue;
            _fields = _fields.With("thinking", FormattableString.Invariant($$"""{"type":"enabled","budget_tokens":{{Math.Clamp(budget, LeastBudget, most)}}}"""));
            Thinks = true;
        }
    }

    /// <summary>The model's word that is nearest below, else its least; a newer word than ours is for the service to judge.</summary>
    private string Nearest(string effort)
    {
        var (known, rank) = (_plan.Quirks.Efforts, Array.IndexOf(_efforts, effort));
        if (known.IsEmpty || known.Contains(effort) || rank < 0) return effort;
        var nearest = known.LastOrDefault(word => Array.IndexOf(_efforts, word) < rank) ?? known[0];
        _plan.Warnings.Add("reasoning_effort", $"sent as {nearest}: the model does not know '{effort}'");
        return nearest;
    }

    /// <summary>One call at a time: the choice goes among the model's own parameters wholly, since the service takes it in one place only.</summary>
    private void PlanSingleCalls()
    {
        if (_plan.Request.ParallelToolCalls != false || _plan.Tools.IsEmpty) return;
        if (!_plan.Quirks.SingleCalls)
        {
            _plan.Warnings.Add("parallel_tool_calls", "left out: the service cannot hold the model to one call at a time");
            return;
        }
        if (_fields.TryGet("tool_choice", out _)) return;
        var choice = new Extra().With("type", Quoted(_plan.Tools.Mode ?? "auto"));
        if (_plan.Tools.Chosen is { } name) choice = choice.With("name", Quoted(name));
        _fields = _fields.With("tool_choice", choice.With("disable_parallel_tool_use", "true").ToString());
        _plan.Tools.IsSaidByModel = true;
    }

    private static string Quoted(string text) => JsonOut.ToText(text, static (json, it) => json.WriteStringValue(it), indented: false);
}
