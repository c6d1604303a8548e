using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What of a request is worked out before anything is written: which tools and whether one must be called, what form, how much thinking.</summary>
internal sealed class CoherePlan
{
    public CoherePlan(CohereChat quirks, ChatCompletionRequest request, CallContext context)
    {
        (Quirks, Request, Context) = (quirks, OwnParts.Of(SearchResultText.Told(request, message => !MayHoldResults(message, request.Extra)), null, Warnings), context);
        PlanTools();
        PlanFormat();
        PlanThinking();
    }

    public CohereChat Quirks { get; }

    public ChatCompletionRequest Request { get; }

    public CallContext Context { get; }

    public Warnings Warnings { get; } = new();

    /// <summary>What people gave to answer from.</summary>
    public List<SearchResult> Documents { get; } = [];

    public IReadOnlyList<Tool> Tools { get; private set; } = [];

    /// <summary>The value of <c>tool_choice</c>; null leaves it to the model.</summary>
    public string? ToolChoice { get; private set; }

    /// <summary>Whether the model is held to the tools' schemas.</summary>
    public bool StrictTools { get; private set; }

    /// <summary>The value of <c>response_format.type</c>; null for none.</summary>
    public string? Format { get; private set; }

    /// <summary>The schema beside it; an empty one for none.</summary>
    public RawJson Schema { get; private set; }

    /// <summary>Whether the model is told to think, or not to; null leaves it to the model.</summary>
    public bool? Thinks { get; private set; }

    /// <summary>With how many tokens at most; null for no bound.</summary>
    public int? ThinkingBudget { get; private set; }

    /// <summary>Whether a member is not to be written here: the caller's extra members hold it, or the service rejects it.</summary>
    public bool Skips(string name)
    {
        if (Request.Extra.TryGet(name, out _)) return true;
        if (!Quirks.Drops.Contains(name)) return false;
        Warnings.Add(name, "left out: the service does not take it");
        return true;
    }

    /// <summary>A person's results become documents of the request, unless the caller has written those; a tool's stay with the tool.</summary>
    private static bool MayHoldResults(Message message, Extra extra) => message.Role.Value is "tool" or "function" || (message.Role.Value == "user" && !extra.Holds("documents"u8));

    private void PlanTools()
    {
        var taken = new List<Tool>();
        foreach (var tool in ToolForms.All(Request))
        {
            if (tool.Function is null) Warnings.Add("tools", $"a tool of type '{tool.Type}' was left out: the service knows functions only");
            else taken.Add(tool);
        }
        Tools = taken;
        if (Tools.Count == 0) return;
        if (ToolForms.Choice(Request) is { } choice) Choose(choice);
        if (Request.ParallelToolCalls == false) Warnings.Add("parallel_tool_calls", "left out: the model decides how many calls it makes at once");
        PlanStrictness();
    }

    /// <summary>The service takes REQUIRED and NONE; one tool that must be called is the only one that is shown.</summary>
    private void Choose(ToolChoice choice)
    {
        switch (choice.Mode)
        {
            case "auto":
                return;
            case "none":
                ToolChoice = "NONE";
                break;
            case "required" or "any":
                ToolChoice = "REQUIRED";
                break;
            case "function" when choice.Name is { } name && Tools.Any(tool => tool.Function!.Name == name):
                Tools = [.. Tools.Where(tool => tool.Function!.Name == name)];
                ToolChoice = "REQUIRED";
                break;
            case "allowed_tools" when ToolForms.AllowedNames(choice) is { Count: > 0 } allowed && Tools.Any(tool => allowed.Contains(tool.Function!.Name)):
                Tools = [.. Tools.Where(tool => allowed.Contains(tool.Function!.Name))];
                if (ToolForms.Text(ToolForms.Allowed(choice)!.Value, "mode") == "required") ToolChoice = "REQUIRED";
                break;
            default:
                Warnings.Add("tool_choice", $"left out: the service knows no choice of '{choice.Name ?? choice.Mode}' among these tools");
                break;
        }
    }

    /// <summary>Strictness is of all tools or of none there, and each of them then needs a required argument (docs.cohere.com, structured outputs).</summary>
    private void PlanStrictness()
    {
        if (!Tools.Any(static tool => tool.Function!.Strict == true)) return;
        StrictTools = Quirks.StrictTools && Tools.All(static tool => tool.Function!.Strict == true && HasRequired(tool.Function.Parameters));
        if (!StrictTools)
            Warnings.Add("tools.function.strict", Quirks.StrictTools ? "left out: the service holds a model to the schemas of all tools or of none, and takes only tools with a required argument then" : "left out: the service does not take it");
    }

    private static bool HasRequired(RawJson schema) =>
        !schema.IsEmpty && schema.ToElement() is { ValueKind: JsonValueKind.Object } element && element.TryGetProperty("required"u8, out var required) && required is { ValueKind: JsonValueKind.Array } && required.GetArrayLength() > 0;

    private void PlanFormat()
    {
        switch (Request.ResponseFormat)
        {
            case null or { Type: "text" }:
                return;
            case { Type: "json_object" or "json_schema" } format:
                (Format, Schema) = ("json_object", format.Type == "json_schema" ? format.Schema : default);
                return;
            case { Type: var type }:
                Warnings.Add("response_format", $"left out: the service does not take '{type}'");
                return;
        }
    }

    private void PlanThinking()
    {
        if (Request.ReasoningEffort is not { Value: { Length: > 0 } effort }) return;
        Thinks = effort != "none";
        if (Thinks == true && Quirks.ThinkingBudgets.TryGetValue(effort, out var budget)) ThinkingBudget = budget;
    }
}
