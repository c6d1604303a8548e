using System.Text.Json;

namespace Muxi.Llm;

/// <summary><c>POST /chat/completions</c>.</summary>
internal static class SandboxChat
{
    public static SandboxAnswer Answer(SandboxCall call)
    {
        try
        {
            return Answer(new SandboxChatReader(JsonElement.Parse(call.Body)).Read(), call.Now);
        }
        catch (SandboxRefusal refusal)
        {
            return refusal.Answer;
        }
        catch (JsonException)
        {
            return new SandboxRefusal("The body is not valid JSON.", null, null).Answer;
        }
        catch (InvalidOperationException)
        {
            // GetString refuses bytes that are not UTF-8 and the escape of half a surrogate pair.
            return new SandboxRefusal("A string of the body is not valid Unicode.", null, null).Answer;
        }
    }

    private static SandboxAnswer Answer(SandboxChatRequest request, DateTimeOffset now)
    {
        var reply = SandboxChatReply.To(request, now);
        var answer = request.Stream
            ? new SandboxAnswer { MediaType = "text/event-stream", Pieces = SandboxChatStream.Events(reply) }
            : SandboxAnswer.Json(json => SandboxChatWriter.Completion(json, reply));
        return answer with { Model = request.Model, PromptTokens = request.PromptTokens };
    }
}
