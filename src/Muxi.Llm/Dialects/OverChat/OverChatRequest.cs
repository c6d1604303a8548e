namespace Muxi.Llm;

/// <summary>A request for a response as the chat request that means the same; what chat has no place for is a warning by its name.</summary>
internal sealed class OverChatRequest(ResponseRequest request, CallContext context)
{
    private static readonly string[] _included = ["reasoning.encrypted_content", "message.output_text.logprobs"];

    private readonly Warnings _warnings = new();

    /// <summary>What could not be said as chat.</summary>
    public IReadOnlyList<Warning> Warnings => _warnings.Given;

    /// <exception cref="BadRequestException">An item cannot be what it says.</exception>
    public ChatCompletionRequest ToChat()
    {
        WarnOfTheRest();
        var tools = new OverChatTools(request, _warnings);
        var (format, effort) = (request.Text?.Format, request.Reasoning?.Effort);
        return new()
        {
            Model = request.Model,
            Messages = Messages(),
            Tools = tools.Tools,
            ToolChoice = tools.Choice,
            ParallelToolCalls = tools.Tools is null ? null : request.ParallelToolCalls,
            ResponseFormat = format is null or { Type: "text", Extra.IsEmpty: true } ? null : format,
            Verbosity = request.Text?.Verbosity,
            ReasoningEffort = effort,
            MaxCompletionTokens = request.MaxOutputTokens,
            Temperature = request.Temperature,
            TopP = request.TopP,
            Logprobs = AsksForLogprobs ? true : null,
            TopLogprobs = AsksForLogprobs ? request.TopLogprobs : null,
            ServiceTier = request.ServiceTier,
            Moderation = request.Moderation,
            SafetyIdentifier = request.SafetyIdentifier,
            PromptCacheKey = request.PromptCacheKey,
            PromptCacheRetention = request.PromptCacheRetention,
            PromptCacheOptions = request.PromptCacheOptions,
            User = request.User,
            StreamOptions = request.StreamOptions,
            Extra = request.Extra,
        };
    }

    private bool AsksForLogprobs => request.TopLogprobs > 0 || request.Include?.Contains("message.output_text.logprobs") == true;

    private List<Message> Messages()
    {
        var input = new OverChatInput(context, _warnings);
        if (!string.IsNullOrEmpty(request.Instructions)) input.Add(Message.System(request.Instructions));
        var items = request.Input?.Items ?? [];
        for (var i = 0; i < items.Count; i++) input.Add(items[i], i);
        return input.Messages.Count > 0 ? input.Messages : throw context.Refuse("input", "the request says nothing that a chat could be asked: set input to a text or to items");
    }

    private void WarnOfTheRest()
    {
        if (!request.Prompt.IsEmpty) _warnings.Add("prompt", "left out: the service keeps no prompts; put its text into instructions and input");
        if (!request.Conversation.IsEmpty) _warnings.Add("conversation", "left out: the service keeps no conversations; go on by previous_response_id");
        if (!request.ContextManagement.IsEmpty) _warnings.Add("context_management", "left out: the service does not shorten a conversation");
        if (request.Background == true) _warnings.Add("background", "it was answered at once: the service does nothing in the background");
        if (request.MaxToolCalls is not null) _warnings.Add("max_tool_calls", "left out: the service cannot be told how often its own tools may be used");
        if (request.Truncation == "auto") _warnings.Add("truncation", "left out: the service takes nothing away from a conversation that is too long");
        if (request.Text is { Extra.IsEmpty: false } text)
            foreach (var name in text.Extra.Names) _warnings.Add($"text.{name}", "left out: a chat has no place for it");
        if (request.Reasoning is { Extra.IsEmpty: false } reasoning)
            foreach (var name in reasoning.Extra.Names) _warnings.Add($"reasoning.{name}", "left out: a chat has no place for it");
        foreach (var name in request.Include ?? [])
            if (!_included.Contains(name)) _warnings.Add("include", $"'{name}' is told of no tool of this service");
    }
}

/// <summary>The names of a chat request's members as those of a request for a response.</summary>
internal static class OverChatNames
{
    private static readonly (string Chat, string Response)[] _all =
    [
        ("messages", "input"), ("response_format.json_schema", "text.format"), ("response_format", "text.format"), ("max_completion_tokens", "max_output_tokens"), ("max_tokens", "max_output_tokens"),
        ("reasoning_effort", "reasoning.effort"), ("verbosity", "text.verbosity"), ("tools.function", "tools"), ("logprobs", "include"),
    ];

    public static Warning Of(Warning warning) => warning with { Param = Of(warning.Param) };

    private static string Of(string param)
    {
        foreach (var (chat, response) in _all)
            if (param.StartsWith(chat, StringComparison.Ordinal) && (param.Length == chat.Length || param[chat.Length] is '.' or '[')) return response + param[chat.Length..];
        return param;
    }
}
