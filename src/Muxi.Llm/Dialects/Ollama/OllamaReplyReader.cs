using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads a whole reply of chat.</summary>
internal static class OllamaReplyReader
{
    /// <summary>A reply; a 200 that holds an error, or nothing that can be read, is raised as what it is.</summary>
    public static ChatCompletion Parse(OllamaChat quirks, HttpReply reply, OllamaPrompt prompt, CallContext context)
    {
        try
        {
            var line = OllamaLine.Read(reply.Body.Span, context.Model);
            if (line.IsAnswer) return ToCompletion(quirks, ref line, prompt, context);
        }
        catch (JsonException)
        {
            // Not JSON, or JSON cut in the middle: the classifier says what it is.
        }
        throw context.Error(reply);
    }

    private static ChatCompletion ToCompletion(OllamaChat quirks, ref OllamaLine line, OllamaPrompt prompt, CallContext context)
    {
        var message = line.Message.IsEmpty ? default : OllamaMessage.Read(line.Message, 0, context);
        var usage = line.Usage.ToUsage();
        var finish = OllamaStop.Reason(quirks.FinishReasons, line.DoneReason, message.Calls is not null);
        return new()
        {
            Id = context.MakeId("msg_", 0), Model = line.Model ?? context.Model, Created = line.Created ?? context.Now.ToUnixTimeSeconds(), Usage = usage, Extra = line.Extra.ToExtra(),
            Noticed = prompt.Noticed(usage),
            Choices =
            [
                new()
                {
                    Message = new() { Role = Role.Assistant, Blocks = Blocks(message) },
                    FinishReason = finish, FinishReasonRaw = OllamaStop.Raw(finish, line.DoneReason),
                    Logprobs = line.Logprobs is { } tokens ? new() { Content = tokens } : null,
                },
            ],
        };
    }

    private static List<ContentPart> Blocks(OllamaMessage message)
    {
        var blocks = new List<ContentPart>();
        if (message.Thinking is { } thinking) blocks.Add(ContentPart.FromReasoning(thinking));
        if (message.Content is { } content) blocks.Add(content);
        if (message.Pictures is { } pictures) blocks.AddRange(pictures);
        if (message.Calls is { } calls) blocks.AddRange(calls.Select(ContentPart.FromToolCall));
        return blocks;
    }
}
