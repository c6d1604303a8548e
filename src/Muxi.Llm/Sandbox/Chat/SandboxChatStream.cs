using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Writes a reply as server-sent events, each made when it is read. Several choices take turns, as OpenAI's do.</summary>
internal static class SandboxChatStream
{
    // Divides by 3, so that the pieces' base64 may be joined before or after decoding.
    private const int AudioPiece = 600;

    public static IEnumerable<byte[]> Events(SandboxChatReply reply)
    {
        foreach (var choice in reply.Choices)
            yield return Chunk(reply, choice, Opening(reply, choice), choice.Text is null || choice.AudioId is not null ? null : []);
        foreach (var (choice, delta) in InTurns(reply))
            yield return Chunk(reply, choice, delta.Write, delta.Token is null ? null : [delta.Token]);
        foreach (var choice in reply.Choices)
            yield return Chunk(reply, choice, static _ => { }, null, choice.Finish);
        if (reply.Request.IncludeUsage)
            yield return SandboxAnswer.Event(SandboxAnswer.Bytes(json => Body(json, reply, static _ => { }, usage: true)));
        yield return SandboxAnswer.Event("[DONE]"u8);
    }

    /// <param name="Write">Writes the members of the delta.</param>
    /// <param name="Token">The token of content that it is, for the logprobs.</param>
    private sealed record Delta(Action<Utf8JsonWriter> Write, string? Token = null);

    private static IEnumerable<(SandboxChoice, Delta)> InTurns(SandboxChatReply reply)
    {
        var waiting = new Queue<(SandboxChoice Choice, IEnumerator<Delta> Deltas)>(
            reply.Choices.Select(choice => (choice, Deltas(reply, choice).GetEnumerator())));
        while (waiting.TryDequeue(out var next))
        {
            if (!next.Deltas.MoveNext())
                continue;
            yield return (next.Choice, next.Deltas.Current);
            waiting.Enqueue(next);
        }
    }

    private static Action<Utf8JsonWriter> Opening(SandboxChatReply reply, SandboxChoice choice) => json =>
    {
        json.WriteString("role", "assistant");
        json.WriteString("content", choice.Text is null || choice.AudioId is not null ? null : "");
        json.WriteNull("refusal");
        if (choice.AudioId is not null)
            Member(json, "audio", () => json.WriteString("id", choice.AudioId));
        if (reply.Request.Legacy && choice.Calls.Count > 0)
            Member(json, "function_call", () => Named(json, choice.Calls[0].Name, "arguments"));
    };

    private static IEnumerable<Delta> Deltas(SandboxChatReply reply, SandboxChoice choice)
    {
        foreach (var token in SandboxTokens.Split(choice.Reasoning ?? ""))
            yield return new(json => json.WriteString("reasoning_content", token));
        foreach (var delta in choice.AudioId is null ? Content(choice) : Audio(reply, choice))
            yield return delta;
        foreach (var (index, call) in choice.Calls.Index())
            foreach (var delta in reply.Request.Legacy ? LegacyCall(call) : Call(index, call))
                yield return delta;
    }

    private static IEnumerable<Delta> Content(SandboxChoice choice) =>
        SandboxTokens.Split(choice.Text ?? "").Select(token => new Delta(json => json.WriteString("content", token), token));

    private static IEnumerable<Delta> Audio(SandboxChatReply reply, SandboxChoice choice)
    {
        foreach (var token in SandboxTokens.Split(choice.Text ?? ""))
            yield return new(json => Member(json, "audio", () => json.WriteString("transcript", token)));
        foreach (var piece in choice.Audio.Chunk(AudioPiece))
            yield return new(json => Member(json, "audio", () => json.WriteBase64String("data", piece)));
        yield return new(json => Member(json, "audio", () => json.WriteNumber("expires_at", SandboxChatWriter.ExpiresAt(reply))));
    }

    private static IEnumerable<Delta> LegacyCall(SandboxToolCall call) =>
        SandboxTokens.Split(call.Input).Select(token => new Delta(json => Member(json, "function_call", () => json.WriteString("arguments", token))));

    /// <remarks>
    /// OpenAI's published chunk schema allows no <c>type</c> but function, though streamed custom calls exist (openai/openai-openapi issue 576).
    /// To stay valid, a custom call goes without its optional type here and is known by its <c>custom</c> member.
    /// </remarks>
    private static IEnumerable<Delta> Call(int index, SandboxToolCall call)
    {
        var (kind, input) = call.IsCustom ? ("custom", "input") : ("function", "arguments");
        yield return ToolCall(index, json =>
        {
            json.WriteString("id", call.Id);
            if (!call.IsCustom)
                json.WriteString("type", kind);
            Member(json, kind, () => Named(json, call.Name, input));
        });
        foreach (var token in SandboxTokens.Split(call.Input))
            yield return ToolCall(index, json => Member(json, kind, () => json.WriteString(input, token)));
    }

    private static Delta ToolCall(int index, Action<Utf8JsonWriter> write) => new(json =>
    {
        json.WriteStartArray("tool_calls");
        json.WriteStartObject();
        json.WriteNumber("index", index);
        write(json);
        json.WriteEndObject();
        json.WriteEndArray();
    });

    private static void Named(Utf8JsonWriter json, string name, string input)
    {
        json.WriteString("name", name);
        json.WriteString(input, "");
    }

    private static void Member(Utf8JsonWriter json, string name, Action write)
    {
        json.WriteStartObject(name);
        write();
        json.WriteEndObject();
    }

    private static byte[] Chunk(SandboxChatReply reply, SandboxChoice choice, Action<Utf8JsonWriter> delta, IEnumerable<string>? tokens, string? finish = null) =>
        SandboxAnswer.Event(SandboxAnswer.Bytes(json => Body(json, reply, _ =>
        {
            json.WriteStartObject();
            json.WriteNumber("index", choice.Index);
            Member(json, "delta", () => delta(json));
            if (tokens is null)
                json.WriteNull("logprobs");
            else
                SandboxLogprobs.Write(json, reply.Request, tokens);
            json.WriteString("finish_reason", finish);
            json.WriteEndObject();
        })));

    private static void Body(Utf8JsonWriter json, SandboxChatReply reply, Action<Utf8JsonWriter> choices, bool usage = false)
    {
        json.WriteStartObject();
        SandboxChatWriter.Head(json, reply, "chat.completion.chunk");
        json.WriteStartArray("choices");
        choices(json);
        json.WriteEndArray();
        if (usage)
            SandboxChatWriter.Usage(json, reply);
        else if (reply.Request.IncludeUsage)
            json.WriteNull("usage");
        json.WriteEndObject();
    }
}
