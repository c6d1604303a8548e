using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What of a request is worked out before anything is written: which tools, what form, how much thinking.</summary>
internal sealed class OllamaPlan
{
    /// <summary>OpenAI's words for efforts, from the least to the most.</summary>
    private static readonly string[] _efforts = ["minimal", "low", "medium", "high", "xhigh", "max"];

    public OllamaPlan(OllamaChat quirks, ChatCompletionRequest request, CallContext context)
    {
        (Quirks, Request, Context) = (quirks, OwnParts.Of(SearchResultText.Told(request), null, Warnings), context);
        PlanTools();
        PlanFormat();
        PlanThinking();
    }

    public OllamaChat Quirks { get; }

    public ChatCompletionRequest Request { get; }

    public CallContext Context { get; }

    public Warnings Warnings { get; } = new();

    public IReadOnlyList<Tool> Tools { get; private set; } = [];

    /// <summary>The value of <c>format</c>; an empty one for none.</summary>
    public RawJson Format { get; private set; }

    /// <summary>The value of <c>think</c>; an empty one leaves it to the model.</summary>
    public RawJson Think { get; private set; }

    /// <summary>Whether a member is not to be written here: the caller's extra members hold it, or the server rejects it.</summary>
    public bool Skips(string name)
    {
        if (Request.Extra.TryGet(name, out _)) return true;
        if (!Quirks.Drops.Contains(name)) return false;
        Warnings.Add(name, "left out: the server does not take it");
        return true;
    }

    private void PlanTools()
    {
        var choice = ToolForms.Choice(Request);
        if (choice?.Mode == "none") return;
        var taken = new List<Tool>();
        foreach (var tool in ToolForms.All(Request))
        {
            if (tool.Function is null) Warnings.Add("tools", $"a tool of type '{tool.Type}' was left out: the server knows functions only");
            else taken.Add(tool);
        }
        Tools = taken;
        if (Tools.Count > 0 && choice is not null) Choose(choice);
        if (Tools.Count > 0 && Request.ParallelToolCalls == false) Warnings.Add("parallel_tool_calls", "left out: the model decides how many calls it makes at once");
    }

    /// <summary>The server lets a model decide and nothing else; what can be done is to show it fewer tools.</summary>
    private void Choose(ToolChoice choice)
    {
        switch (choice.Mode)
        {
            case "auto":
                return;
            case "function" when choice.Name is { } name && Tools.Any(tool => tool.Function!.Name == name):
                Tools = [.. Tools.Where(tool => tool.Function!.Name == name)];
                Warnings.Add("tool_choice", "only this function is sent, and it is not certain that the model calls it: the server cannot make it");
                break;
            case "allowed_tools" when ToolForms.AllowedNames(choice) is { Count: > 0 } allowed:
                Tools = [.. Tools.Where(tool => allowed.Contains(tool.Function!.Name))];
                break;
            default:
                Warnings.Add("tool_choice", "left out: the server cannot make a model call a tool");
                break;
        }
    }

    private void PlanFormat()
    {
        switch (Request.ResponseFormat)
        {
            case null or { Type: "text" }:
                return;
            case { Type: "json_schema", Schema: { IsEmpty: false } schema }:
                Format = schema;
                return;
            case { Type: "json_object" or "json_schema" }:
                Format = "\"json\"";
                return;
            case { Type: var type }:
                Warnings.Add("response_format", $"left out: the server does not take '{type}'");
                return;
        }
    }

    private void PlanThinking()
    {
        if (Request.ReasoningEffort is not { Value: { } effort } || effort.Length == 0) return;
        if (effort == "none") Think = "false";
        else if (Quirks.Efforts.IsEmpty) Think = "true";
        else Think = JsonOut.ToUtf8(Nearest(effort), static (json, word) => json.WriteStringValue(word)) is var utf8 ? RawJson.Trusted(utf8) : default;
    }

    /// <summary>The word that the server takes for an effort. One that is newer than ours is sent as it is: the server judges it.</summary>
    private string Nearest(string effort)
    {
        var place = Array.IndexOf(_efforts, effort);
        if (place < 0 || Quirks.Efforts.Contains(effort)) return effort;
        var nearest = _efforts.Take(place).LastOrDefault(Quirks.Efforts.Contains) ?? Quirks.Efforts[0];
        Warnings.Add("reasoning_effort", $"sent as {nearest}: the server has no '{effort}'");
        return nearest;
    }
}
