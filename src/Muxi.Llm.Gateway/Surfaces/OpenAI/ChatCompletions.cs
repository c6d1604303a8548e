namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>
/// <c>POST /v1/chat/completions</c>. The first content decides about the status of a stream:
/// <code>
///   body ─► ChatCall ─► client.Chat.Completions ─┬─ reply ─► JSON
///                                                └─ first chunk ─► 200, headers ─► events as they come ─┬─ proper end ─► [DONE]
///        an error before that is a status of its own                                                    └─ an error ─► an error event, connection aborted
/// </code>
/// </summary>
internal sealed class ChatCompletions(LlmClient client, Callees callees)
{
    public async Task AnswerAsync(Incoming call)
    {
        ChatCall asked;
        using (var body = await call.ReadBodyAsync()) asked = ChatCall.Read(body.WrittenMemory);
        var options = callees.OptionsFor(call, asked.Request.Model, asked.Fallbacks);
        if (asked.IsStreamed) await StreamAsync(call, asked, options);
        else await ReplyAsync(call, asked, options);
    }

    private async Task ReplyAsync(Incoming call, ChatCall asked, RequestOptions options)
    {
        var reply = await client.Chat.Completions.CreateAsync(asked.Request, options, call.Aborted);
        await call.AnswerAsync(ReplyWords.Known(reply), ChatReplyWriter.Write);
    }

    private Task StreamAsync(Incoming call, ChatCall asked, RequestOptions options) => EventBody<ChatCompletionChunk>.AnswerAsync(
        call, client.Chat.Completions.StreamAsync(asked.Request, options, call.Aborted), new(ChatReplyWriter.Write) { Show = chunk => ReplyWords.Known(chunk, asked.TellsUsage), EndsWithDone = true });
}
