namespace Muxi.Llm;

/// <summary>vLLM's count of a chat request's tokens: messages and tools are put through the model's own template, with what the request says to that template, and come back as tokens.</summary>
/// <remarks>
/// Source: <c>TokenizeChatRequest</c> and <c>TokenizeResponse</c> in vLLM's vllm/entrypoints/serve/tokenize/protocol.py, as of 2026-11. The path is the server's own, beside <c>/v1</c> and not below it. Whether a picture counts with all
/// its tokens, or as the mark that stands for it, is the server's version's matter.
/// </remarks>
public sealed record VllmTokenCount : TokenCountDialect
{
    private static readonly OpenAIChat _plain = new();

    /// <summary>Members of a request, unknown to us, that shape the prompt; the others shape only the answer.</summary>
    private static readonly string[] _ofPrompt =
        ["messages", "tools", "add_generation_prompt", "continue_final_message", "add_special_tokens", "chat_template", "chat_template_kwargs", "media_io_kwargs", "mm_processor_kwargs"];

    /// <summary>The path after the base URL.</summary>
    public string Path { get; init; } = "../tokenize";

    /// <inheritdoc/>
    public override HttpCall Render(ChatCompletionRequest request, CallContext context)
    {
        ArgumentNullException.ThrowIfNull(request);
        var quirks = context.Service?.Chat?.ForModel(context.Model) as OpenAIChat ?? _plain;
        // A schema that is told in words is told in the prompt; one that is sent beside it is not.
        var warnings = new Warnings();
        var told = ChatFormatPlan.For(quirks, request, warnings);
        var prompt = new ChatCompletionRequest { Model = request.Model, Messages = told.Messages, Tools = request.Tools, Extra = OfPrompt(request.Extra) };
        var call = ChatRequestWriter.Render(quirks with { Path = Path }, prompt, context, stream: false);
        return warnings.Given.Count == 0 ? call : call with { Warnings = [.. warnings.Given, .. call.Warnings] };
    }

    /// <summary>The count, and the room that the model has (<c>max_model_len</c>) among the further members; the tokens themselves are passed over.</summary>
    public override TokenCount Parse(HttpReply reply, CallContext context) => Read(reply, context, "count", "tokens", "token_strs");

    private static Extra OfPrompt(Extra extra)
    {
        foreach (var name in extra.Names)
            if (!_ofPrompt.Contains(name)) extra = extra.Without(name);
        return extra;
    }
}
