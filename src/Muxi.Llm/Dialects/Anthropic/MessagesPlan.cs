using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What of a request depends on several of its members and on the model: worked out before anything is written.</summary>
internal sealed class MessagesPlan
{
    public MessagesPlan(AnthropicMessages quirks, ChatCompletionRequest request, CallContext context)
    {
        (Quirks, Request, Betas) = (quirks, OwnParts.Of(SearchResultText.Told(request, message => !quirks.SearchResults || IsWithoutResults(message)), quirks.BlockFormat, Warnings), new(quirks));
        Context = context;
        MaxTokens = MaxTokensFor(context.Model);
        PlanTools();
        PlanFormat();
        Choice = MessagesToolChoice.For(this);
        PlanThinking();
        PlanSampling();
        Betas.Note(Request, Tools);
    }

    public AnthropicMessages Quirks { get; }

    /// <summary>The call's surroundings, for what is refused.</summary>
    public CallContext Context { get; }

    public ChatCompletionRequest Request { get; }

    public Warnings Warnings { get; } = new();

    public MessagesBetas Betas { get; }

    public int MaxTokens { get; }

    public IReadOnlyList<Tool> Tools { get; private set; } = [];

    public MessagesToolChoice Choice { get; }

    /// <summary>The schema that the model is made to answer after by calling a tool.</summary>
    public ResponseFormat? Answer { get; private set; }

    /// <summary>The schema that the service itself keeps to.</summary>
    public RawJson Schema { get; private set; }

    /// <summary>What is added to the instructions.</summary>
    public string? Instruction { get; private set; }

    public MessagesThinking? Thinking { get; private set; }

    public string? Effort { get; private set; }

    public double? Temperature { get; private set; }

    public double? TopP { get; private set; }

    /// <summary>Whether a message is none in which the service takes search results: those are a user's and a tool's.</summary>
    private static bool IsWithoutResults(Message message) => message.Role.Value is not ("user" or "tool" or "function");

    public bool IsDropped(string name)
    {
        if (!Quirks.Drops.Contains(name)) return false;
        Warnings.Add(name, "left out: the service does not take it");
        return true;
    }

    private int MaxTokensFor(string model)
    {
        if ((Request.MaxCompletionTokens ?? Request.MaxTokens) is { } asked) return asked;
        if (ModelLimits.MaxOutput(model) is { } known) return known;
        if (!Request.Extra.Holds("max_tokens"u8)) Warnings.Add("max_tokens", $"sent as {Quirks.DefaultMaxTokens}: the service demands one, and the model's own limit is not known here");
        return Quirks.DefaultMaxTokens;
    }

    private void PlanTools()
    {
        var tools = ToolForms.All(Request);
        if (Request.ToolChoice is { Mode: "allowed_tools" } choice && ToolForms.AllowedNames(choice) is { } allowed)
            tools = tools.Where(tool => allowed.Contains(tool.Function?.Name ?? tool.Extra.GetString("name")));
        var taken = new List<Tool>();
        foreach (var tool in tools)
        {
            CheckTool(tool.Type);
            if (!tool.Custom.IsEmpty) Warnings.Add("tools", "a custom tool was left out: the service knows only tools with a schema");
            else taken.Add(tool);
        }
        if (MessagesWebSearch.Tool(this, taken) is { } search) taken.Add(search);
        Tools = taken;
        if (Request.Extra.Holds("mcp_servers"u8)) CheckTool("mcp_toolset");
    }

    /// <summary>A tool that the service certainly lacks is asked of another one that may be there.</summary>
    private void CheckTool(string type)
    {
        foreach (var lacked in Quirks.LacksTools)
            if (type.StartsWith(lacked, StringComparison.Ordinal)) throw Context.Lacks("tools", $"'{type}' is a tool that there is not at this service: leave it out, or ask one that has it");
    }

    private void PlanFormat()
    {
        if (Request.ResponseFormat is not { Type: not "text" } format) return;
        if (format is { Type: "json_schema", Schema.IsEmpty: false })
        {
            if (Quirks.OutputFormat && !ClosedSchema.IsRecursive(format.Schema.ToElement())) Schema = format.Schema;
            else if (Quirks.ForcedTools) Answer = format;
            else
            {
                Instruction = Quirks.SchemaInstruction is { } instruction ? $"{instruction}\n{SchemaNode.Compact(format.Schema)}" : null;
                Warnings.Add("response_format", $"{(Instruction is null ? "left out" : "told in the instructions, so it is not guaranteed")}: the service takes no such schema, and cannot be made to call a tool");
            }
        }
        else if (format.Type is "json_object" or "json_schema")
        {
            Instruction = Quirks.JsonInstruction;
            Warnings.Add("response_format", Instruction is null ? $"left out: the service knows no {format.Type}" : "asked for in the instructions: the service has no such mode, so it is not guaranteed");
        }
        else Warnings.Add("response_format", $"left out: the service does not take '{format.Type}'");
    }

    private void PlanThinking()
    {
        if (Request.ReasoningEffort is not { Value: var effort } || Request.Extra.Holds("thinking"u8)) return;
        if (effort == "none") TurnThinkingOff();
        else if (Quirks.Thinking == AnthropicThinking.None && Quirks.Efforts.IsEmpty) Warnings.Add("reasoning_effort", "left out: the model does not think");
        else
        {
            Effort = EffortFor(effort);
            if (Quirks.Thinking == AnthropicThinking.Adaptive) Thinking = new("adaptive") { Display = Quirks.ThinkingDisplay };
            else if (Quirks.Thinking == AnthropicThinking.Budget) PlanBudget(effort);
        }
    }

    private void TurnThinkingOff()
    {
        if (Quirks.Thinking == AnthropicThinking.None) return;
        if (Quirks.ThinkingOff is { } off)
        {
            Thinking = new(off);
            return;
        }
        Effort = Quirks.Efforts.IsEmpty ? null : Quirks.Efforts[0];
        Warnings.Add("reasoning_effort", Effort is null ? "left out: the model always thinks" : $"sent as {Effort}: the model always thinks");
    }

    private void PlanBudget(string effort)
    {
        if (Choice.IsForced)
        {
            Warnings.Add("reasoning_effort", "left out: the model cannot be made to call a tool while it thinks");
            return;
        }
        if (!Quirks.ThinkingBudgets.TryGetValue(effort, out var budget))
        {
            Warnings.Add("reasoning_effort", $"left out: '{effort}' is no known effort");
            return;
        }
        // Thinking is a part of max_tokens: a fifth of them is kept for the answer, and 1,024 is the least that may be asked for.
        var most = Request.Extra["max_tokens"] is { IsEmpty: false } raw && int.TryParse(raw.ToString(), out var own) ? own : MaxTokens;
        if (most <= MessagesThinking.Least) Warnings.Add("reasoning_effort", $"left out: max_tokens ({most}) leaves no room to think, which takes {MessagesThinking.Least} tokens at least");
        else Thinking = new("enabled") { Budget = Math.Clamp(budget, MessagesThinking.Least, Math.Max(MessagesThinking.Least, (int)(most * 0.8))) };
    }

    private string? EffortFor(string effort)
    {
        if (Quirks.Efforts.IsEmpty) return null;
        if (Quirks.Efforts.Contains(effort)) return effort;
        var place = Array.IndexOf(MessagesThinking.Efforts, effort);
        if (place < 0)
        {
            // A newer word than ours: the service judges it.
            return effort;
        }
        var nearest = MessagesThinking.Efforts.Take(place).LastOrDefault(Quirks.Efforts.Contains) ?? Quirks.Efforts[0];
        Warnings.Add("reasoning_effort", $"sent as {nearest}: the model has no '{effort}'");
        return nearest;
    }

    private void PlanSampling()
    {
        (Temperature, TopP) = (Request.Temperature, Request.TopP);
        if (!Quirks.Sampling)
        {
            if (Temperature is not (null or 1)) Warnings.Add("temperature", "left out: the model takes only its default");
            if (TopP is not (null or 1)) Warnings.Add("top_p", "left out: the model takes only its default");
            (Temperature, TopP) = (null, null);
            return;
        }
        if (Temperature > Quirks.MaxTemperature)
        {
            Warnings.Add("temperature", FormattableString.Invariant($"sent as {Quirks.MaxTemperature}, the highest that the service takes"));
            Temperature = Quirks.MaxTemperature;
        }
        if (IsThinking())
        {
            if (Temperature is not (null or 1)) Warnings.Add("temperature", "left out: the model takes only its default while it thinks");
            if (TopP < 0.95) Warnings.Add("top_p", "left out: the model takes 0.95 to 1 while it thinks");
            (Temperature, TopP) = (Temperature is 1 ? 1 : null, TopP < 0.95 ? null : TopP);
        }
        if (!Quirks.TemperatureWithTopP && Temperature is not null && TopP is not null)
        {
            Warnings.Add("top_p", "left out: the model does not take it beside temperature");
            TopP = null;
        }
    }

    /// <summary>Whether thinking is on, as we or the caller turned it on.</summary>
    private bool IsThinking() => (Thinking?.Type ?? OwnThinking()) is "enabled" or "adaptive";

    /// <summary>Whether the caller turned on thinking by a budget, beside which no call can be forced.</summary>
    public bool ThinksByBudget() => OwnThinking() == "enabled";

    private string? OwnThinking() =>
        Request.Extra["thinking"] is { IsEmpty: false } own && own.ToElement() is { ValueKind: JsonValueKind.Object } element
            && element.TryGetProperty("type"u8, out var type) && type.ValueKind == JsonValueKind.String ? type.GetString() : null;
}

/// <summary>How a model is told to think, as it is written.</summary>
internal sealed record MessagesThinking(string Type)
{
    /// <summary>The least budget that the service takes.</summary>
    public const int Least = 1024;

    /// <summary>OpenAI's words for efforts, from the least to the most.</summary>
    public static readonly string[] Efforts = ["minimal", "low", "medium", "high", "xhigh", "max"];

    public int? Budget { get; init; }

    public string? Display { get; init; }

    public void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject("thinking"u8);
        json.WriteString("type"u8, Type);
        if (Budget is { } budget) json.WriteNumber("budget_tokens"u8, budget);
        if (Display is { } display) json.WriteString("display"u8, display);
        json.WriteEndObject();
    }
}
