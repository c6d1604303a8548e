using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>POST /chat/completions</c>, and <c>/chat/completions/input_tokens</c>.</summary>
internal static class SandboxChat
{
    public static SandboxAnswer Answer(SandboxCall call) => Answer(new SandboxChatReader(JsonElement.Parse(call.Body)).Read(), call.Now);

    /// <summary>As many tokens as the chat would be answered to have.</summary>
    public static SandboxAnswer Count(SandboxCall call) => SandboxTokens.Answer(new SandboxChatReader(JsonElement.Parse(call.Body)).Read().PromptTokens);

    private static SandboxAnswer Answer(SandboxChatRequest request, DateTimeOffset now)
    {
        var reply = SandboxChatReply.To(request, now);
        var answer = request.Stream
            ? new SandboxAnswer { MediaType = "text/event-stream", Pieces = SandboxChatStream.Events(reply) }
            : SandboxAnswer.Json(json => SandboxChatWriter.Completion(json, reply));
        return answer with { Model = request.Model, PromptTokens = request.PromptTokens };
    }
}
