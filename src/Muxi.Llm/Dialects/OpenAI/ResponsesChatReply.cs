namespace Muxi.Llm;

/// <summary>A response as a chat reply.</summary>
internal static class ResponsesChatReply
{
    /// <summary>What a response echoes of its request, and what chat has no word for.</summary>
    private static readonly string[] _echoes =
    [
        "object", "tools", "tool_choice", "parallel_tool_calls", "max_tool_calls", "temperature", "top_p", "top_logprobs", "text", "reasoning", "truncation", "max_output_tokens", "store", "user",
        "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options", "prompt", "output_text", "frequency_penalty", "presence_penalty", "include", "stream",
    ];

    public static ChatCompletion Parse(OpenAIResponsesChat quirks, OpenAIResponseCreation wire, HttpReply reply, CallContext context)
    {
        var response = wire.Begin(new() { Model = context.Model }, context).Next(reply).Value!;
        return response.Status?.Value is "failed" or "cancelled" ? throw context.Error(reply) : From(quirks, response, context);
    }

    public static ChatCompletion From(OpenAIResponsesChat quirks, Response response, CallContext context)
    {
        var blocks = new List<ContentPart>();
        var annotations = new List<Annotation>();
        List<TokenLogprob>? logprobs = null;
        var (calls, length) = (0, 0);
        foreach (var item in response.Output)
        {
            if (IsCall(item)) blocks.AddRange(ResponsesChatItems.Blocks(quirks, item, CallId(item, context, calls++)));
            else blocks.AddRange(ResponsesChatItems.Blocks(quirks, item, ""));
            if (item.Type != ResponseItemType.Message) continue;
            foreach (var part in item.Content?.Parts ?? [])
            {
                annotations.AddRange(ResponsesChatItems.Annotations(part.Annotations, length));
                if (part.Logprobs is { Count: > 0 } some) (logprobs ??= []).AddRange(some);
                length += part.Refusal is null ? part.Text?.Length ?? 0 : 0;
            }
        }
        return new()
        {
            Id = response.Id, Model = response.Model, Created = Created(response, context), Usage = response.Usage, ServiceTier = response.ServiceTier, Extra = Others(response),
            Choices =
            [
                new()
                {
                    Message = new() { Role = Role.Assistant, Blocks = blocks, Annotations = annotations },
                    FinishReason = Finish(response, calls > 0), FinishReasonRaw = FinishRaw(response), Logprobs = logprobs is null ? null : new() { Content = logprobs },
                },
            ],
        };
    }

    /// <summary>Whether the caller is to run it.</summary>
    public static bool IsCall(ResponseItem item) => item.Type.Value is "function_call" or "custom_tool_call";

    /// <summary>The id that the call's result names.</summary>
    public static string CallId(ResponseItem item, CallContext context, int place) => item.CallId is { Length: > 0 } id ? id : context.MakeId("call_", place);

    public static long Created(Response response, CallContext context) => response.CreatedAt > 0 ? response.CreatedAt : context.Now.ToUnixTimeSeconds();

    /// <summary>Members that chat does not know, but for what is only said back.</summary>
    public static Extra Others(Response response)
    {
        var others = response.Extra;
        foreach (var name in _echoes) others = others.Without(name);
        return others;
    }

    /// <summary>Why the model stopped, in OpenAI's words of chat.</summary>
    public static FinishReason? Finish(Response response, bool hasCalls) => response.Status?.Value switch
    {
        null or "completed" => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
        "incomplete" => response.IncompleteDetails?.Reason is var reason and not (null or "max_output_tokens") ? new FinishReason(reason) : FinishReason.Length,
        _ => default(FinishReason?),
    };

    /// <summary>Why it stopped, where the service has a word of its own for it.</summary>
    public static string? FinishRaw(Response response) => response.Status?.Value switch
    {
        null or "completed" => null,
        "incomplete" => response.IncompleteDetails?.Extra.GetString("finish_reason_raw") ?? (response.IncompleteDetails?.Reason is var reason and not "content_filter" ? reason : null),
        var status => status,
    };
}
