using System.IO.Pipelines;
using System.Text.Json;

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
    /// <summary>The headers of OpenAI's clients that mean something to a service of the same format. No others pass.</summary>
    private static readonly string[] _passed = ["OpenAI-Beta", "Idempotency-Key"];

    private static readonly Dictionary<string, string> _none = [];

    public async Task AnswerAsync(Incoming call)
    {
        ChatCall asked;
        using (var body = await call.ReadBodyAsync()) asked = ChatCall.Read(body.WrittenMemory);
        var options = callees.OptionsFor(asked.Request.Model, asked.Fallbacks, Passed(call), static name => name.Provider.Chat?.ForModel(name.Model) is OpenAIChat);
        if (asked.IsStreamed) await StreamAsync(call, asked, options);
        else await ReplyAsync(call, asked, options);
    }

    private async Task ReplyAsync(Incoming call, ChatCall asked, RequestOptions options)
    {
        var reply = await client.Chat.Completions.CreateAsync(asked.Request, options, call.Aborted);
        call.Name(reply.Attempts, reply.Provider);
        await call.WriteJsonAsync(200, ReplyWords.Known(reply), ChatReplyWriter.Write);
    }

    private async Task StreamAsync(Incoming call, ChatCall asked, RequestOptions options)
    {
        await using var chunks = client.Chat.Completions.StreamAsync(asked.Request, options, call.Aborted).GetAsyncEnumerator(call.Aborted);
        var isThere = await chunks.MoveNextAsync();
        if (isThere) call.Name(chunks.Current.Attempts, chunks.Current.Provider);
        var headers = call.Response.Headers;
        headers.ContentType = "text/event-stream; charset=utf-8";
        headers.CacheControl = "no-cache";
        // nginx would gather the events otherwise.
        headers["X-Accel-Buffering"] = "no";
        await new EventBody(call.Response.BodyWriter, asked.TellsUsage).WriteAsync(chunks, isThere, call.Aborted);
    }

    private static Dictionary<string, string> Passed(Incoming call)
    {
        Dictionary<string, string>? passed = null;
        foreach (var name in _passed)
        {
            if (!call.Request.Headers.TryGetValue(name, out var values) || values.ToString() is not { Length: > 0 } value) continue;
            if (value.AsSpan().ContainsAnyExceptInRange(' ', '~')) throw new RefusalException(new(400, $"the header '{name}' holds other than plain ASCII") { Code = "invalid_header" });
            (passed ??= [])[name] = value;
        }
        return passed ?? _none;
    }
}
