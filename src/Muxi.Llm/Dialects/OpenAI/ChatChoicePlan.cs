namespace Muxi.Llm;

/// <summary>The choice among tools as a service can be told it.</summary>
internal static class ChatChoicePlan
{
    private const string One = "function";

    /// <summary>The request with a choice that the service takes.</summary>
    /// <exception cref="UnsupportedFeatureException">It has tools, and the service takes none.</exception>
    public static ChatCompletionRequest For(OpenAIChat quirks, ChatCompletionRequest request, CallContext context, Warnings warnings)
    {
        if (!quirks.Tools) return WithoutTools(request, context);
        if (!quirks.ForcesToolsWhileReasoning) request = Forced(quirks, request, warnings);
        if (quirks.ToolChoices.IsEmpty || request.ToolChoice is not { } choice || request.Extra.Holds("tool_choice"u8)) return request;
        if (!quirks.ToolChoices.TryGetValue(choice.Mode, out var word)) return request;
        return choice.Mode switch
        {
            // Who is shown no tool calls none.
            "none" when word.Length == 0 => request with { ToolChoice = null, Tools = null, ParallelToolCalls = null },
            One when choice.Name is { } name => Only(request, name, word, warnings),
            _ => As(request, choice.Mode, word, warnings),
        };
    }

    /// <summary>The request with either the tool forced or reasoning on, where the service does not do both.</summary>
    private static ChatCompletionRequest Forced(OpenAIChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        var effort = request.ReasoningEffort?.Value;
        if (request.ToolChoice is not { Mode: "required" or One } choice || effort == "none" || request.Extra.Holds("tool_choice"u8)) return request;
        // The caller's own switch says what is meant, whatever it is.
        if (quirks.ThinkingField is not { } field || request.Extra.TryGet(field.Split('.')[0], out _)) return request;
        if (effort is null)
        {
            warnings.Add("reasoning_effort", "reasoning was switched off: the service forces no tool while the model reasons");
            return request with { ReasoningEffort = "none" };
        }
        warnings.Add("tool_choice", $"sent as 'auto': the service takes '{choice.Mode}' only without reasoning, which 'reasoning_effort' asks for");
        return request with { ToolChoice = "auto" };
    }

    /// <summary>One tool by its name: that tool alone is shown, and the word says whether it must be called.</summary>
    private static ChatCompletionRequest Only(ChatCompletionRequest request, string name, string word, Warnings warnings)
    {
        var tools = request.Tools?.Where(tool => tool.Function?.Name == name).ToList();
        return As(tools is { Count: > 0 } ? request with { Tools = tools } : request, One, word, warnings);
    }

    private static ChatCompletionRequest As(ChatCompletionRequest request, string asked, string word, Warnings warnings)
    {
        var isLeftOut = word.Length == 0;
        if (!MeansTheSame(asked, word)) warnings.Add("tool_choice", isLeftOut ? $"'{asked}' was left out: the service does not take it" : $"sent as '{word}': the service does not take '{asked}'");
        return request with { ToolChoice = isLeftOut ? null : (ToolChoice)word };
    }

    /// <summary>Whether the other word says the same: <c>any</c> is the older one for <c>required</c>, and nothing at all is <c>auto</c>.</summary>
    private static bool MeansTheSame(string asked, string word) => asked switch
    {
        "required" => word is "any" or "required",
        "auto" => word is "" or "auto",
        One => word is "any" or "required",
        _ => word == asked,
    };

    private static ChatCompletionRequest WithoutTools(ChatCompletionRequest request, CallContext context)
    {
        if (request.Tools is { Count: > 0 } && request.ToolChoice?.Mode != "none") throw context.Lacks("tools", "this model calls no tools: leave them out, or name a model that does");
        return request with { Tools = null, ToolChoice = null, ParallelToolCalls = null };
    }
}
