using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using FsCheck;
using FsCheck.Fluent;

namespace Muxi.Llm.Tests;

/// <summary>Whatever a model's sealed thinking and signatures are made of, they go back byte for byte and in their places, and to their own service alone.</summary>
public sealed class SealedThinkingTests
{
    private static readonly CallContext _context = new("any", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);
    private static readonly OpenAIResponsesChat _responses = new();
    private static readonly AnthropicMessages _messages = new();
    private static readonly GeminiChat _gemini = new();

    private static readonly Gen<string> _text = Gen.Elements("gAAAAA", "+/==", " ", "Zwölf", "\"", "\\", "\n", "🧮", "é", "<b>", "\u2028", "\t", "{}", "&amp;", "\u0000").ListOf().Select(pieces => "x" + string.Concat(pieces));

    private static readonly Gen<JsonObject> _reasoning =
        from seal in _text
        from summary in (from text in _text from more in Gen.Elements(true, false) select Part("summary_text", text, more)).ListOf()
        from content in (from text in _text select Part("reasoning_text", text, false)).ListOf()
        from id in _text
        from extra in Gen.Elements(0, 1, 2)
        select Reasoning(id, seal, summary, content, extra);

    private static readonly Gen<JsonObject> _other = Gen.OneOf(
        from text in _text from id in _text select Words(id, text),
        from text in _text from id in _text select new JsonObject { ["type"] = "function_call", ["id"] = id, ["call_id"] = "call_" + Guid(text), ["name"] = "f", ["arguments"] = text, ["status"] = "completed" },
        from seal in _text from id in _text select new JsonObject { ["type"] = "compaction", ["id"] = id, ["encrypted_content"] = seal },
        from seal in _text select new JsonObject { ["x_first"] = JsonNode.Parse("1.50e3"), ["type"] = "x_later", ["sealed"] = seal, ["none"] = null });

    private static readonly Gen<List<JsonObject>> _turn =
        from steps in (from thinking in _reasoning.ListOf() from other in _other select thinking.Take(2).Append(other)).ListOf()
        select steps.SelectMany(step => step).Select((item, place) => Placed(item, place)).ToList();

    [Fact]
    public void Of_responses() => Check(_turn, items =>
    {
        var reply = _responses.Parse(new(200, Encoding.UTF8.GetBytes(Response(items).ToJsonString())), _context);

        var input = Sent(_responses, Stored(reply), "input");

        Same(items, input.SkipLast(1));
        return true;
    });

    [Fact]
    public void Of_streamed_responses() => Check(_turn, items =>
    {
        var whole = _responses.Parse(new(200, Encoding.UTF8.GetBytes(Response(items).ToJsonString())), _context);
        var fold = _responses.Fold(_context);
        var accumulator = new ChatAccumulator();
        var chunks = new List<ChatCompletionChunk>();
        foreach (var e in Events(items)) fold.Next(new(null, Encoding.UTF8.GetBytes(e.ToJsonString())), chunks);
        fold.End(chunks);
        foreach (var chunk in chunks) accumulator.Add(ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(chunk.ToJson())));

        JsonComparison.Same("the streamed reply", JsonNode.Parse(whole.ToJson()), JsonNode.Parse(accumulator.ToCompletion()!.ToJson()));
        return true;
    });

    [Fact]
    public void Of_Anthropic() => Check(from one in _text from signature in _text select (one, signature), thought =>
    {
        var reply = _messages.Parse(new(200, Encoding.UTF8.GetBytes(Thought(thought.one, thought.signature).ToJsonString())), _context);

        var turn = Sent(_messages, Stored(reply), "messages")[0]!["content"]!.AsArray();

        Assert.Equal((thought.one, thought.signature, "Yes."), (turn[0]!["thinking"].Str(), turn[0]!["signature"].Str(), turn[1]!["text"].Str()));
        return true;
    });

    [Fact]
    public void Of_Gemini() => Check(_parts, parts =>
    {
        var reply = _gemini.Parse(new(200, Encoding.UTF8.GetBytes(Content(parts).ToJsonString())), _context);

        var turn = Sent(_gemini, Stored(reply), "contents")[0]!["parts"]!.AsArray();

        Assert.Equal(parts.Count, turn.Count);
        foreach (var (part, back) in parts.Zip(turn)) Assert.True(JsonNode.DeepEquals(part, back), $"{part.ToJsonString()}\nwent back as\n{back!.ToJsonString()}");
        return true;
    });

    [Fact]
    public void Of_streamed_Gemini() => Check(_parts, parts =>
    {
        var whole = _gemini.Parse(new(200, Encoding.UTF8.GetBytes(Content(parts).ToJsonString())), _context);
        var fold = _gemini.Fold(_context);
        var (accumulator, chunks) = (new ChatAccumulator(), new List<ChatCompletionChunk>());
        foreach (var part in parts) fold.Next(new(null, Encoding.UTF8.GetBytes(Content([part], finish: part == parts[^1]).ToJsonString())), chunks);
        fold.End(chunks);
        foreach (var chunk in chunks) accumulator.Add(ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(chunk.ToJson())));

        JsonComparison.Same("the streamed reply", JsonNode.Parse(whole.ToJson()), JsonNode.Parse(accumulator.ToCompletion()!.ToJson()));
        return true;
    });

    /// <summary>A turn of Google's: every part signed, or sealed as a whole, the first call among them.</summary>
    private static readonly Gen<List<JsonObject>> _parts =
        (from kind in Gen.Elements(0, 1, 2, 3, 4, 5) from text in _text from seal in _text select GeminiPart(kind, text, seal)).ListOf().Select(parts => parts.Count > 0 ? parts.Select((part, place) => Named(part, place)).ToList() : [new JsonObject { ["text"] = "x", ["thoughtSignature"] = "y" }]);

    private static JsonObject GeminiPart(int kind, string text, string seal) => kind switch
    {
        0 => new() { ["text"] = text, ["thoughtSignature"] = seal },
        1 => new() { ["text"] = "", ["thoughtSignature"] = seal },
        2 => new() { ["text"] = text, ["thought"] = true, ["thoughtSignature"] = seal },
        3 => new() { ["functionCall"] = new JsonObject { ["name"] = "f", ["args"] = new JsonObject { ["x"] = text, ["n"] = JsonNode.Parse("1.50e3") } }, ["thoughtSignature"] = seal },
        4 => new() { ["inlineData"] = new JsonObject { ["mimeType"] = "image/png", ["data"] = "AAEC" }, ["thoughtSignature"] = seal },
        _ => new() { ["x_later"] = new JsonObject { ["sealed"] = text, ["none"] = null }, ["thoughtSignature"] = seal },
    };

    private static JsonObject Named(JsonObject part, int place)
    {
        var named = part.DeepClone().AsObject();
        if (named["functionCall"] is JsonObject call && place % 2 == 0) call["id"] = $"c{place}";
        return named;
    }

    private static JsonObject Content(List<JsonObject> parts, bool finish = true)
    {
        var candidate = new JsonObject { ["content"] = new JsonObject { ["role"] = "model", ["parts"] = new JsonArray([.. parts.Select(part => part.DeepClone())]) }, ["index"] = 0 };
        if (finish) candidate["finishReason"] = "STOP";
        return new() { ["candidates"] = new JsonArray(candidate), ["modelVersion"] = "m", ["responseId"] = "r" };
    }

    [Fact]
    public void Each_to_its_own_service_alone() => Check(from items in _turn from signature in _text select (items, signature), both =>
    {
        Message[] turns =
        [
            Stored(_responses.Parse(new(200, Encoding.UTF8.GetBytes(Response(both.items).ToJsonString())), _context)), Message.User("And you?"),
            Stored(_messages.Parse(new(200, Encoding.UTF8.GetBytes(Thought("Hm.", both.signature).ToJsonString())), _context)),
        ];

        var input = Sent(_responses, turns, "input");
        var there = Sent(_messages, turns, "messages").SelectMany(turn => turn!["content"] as JsonArray ?? []).ToList();

        Same(both.items, input.Take(both.items.Count));
        Assert.DoesNotContain(input.Skip(both.items.Count), item => item!["type"].Str() == "reasoning");
        Assert.Equal([both.signature], there.Where(block => block!["type"].Str() == "thinking").Select(block => block!["signature"].Str()));
        Assert.DoesNotContain(there, block => block!["type"].Str() is "compaction" or "x_later" or "reasoning");
        return true;
    });

    private static void Check<T>(Gen<T> gen, Func<T, bool> holds) => Prop.ForAll(gen.ToArbitrary(), holds).Check(Config.QuickThrowOnFailure.WithMaxTest(150).WithEndSize(12));

    private static Message Stored(ChatCompletion reply) => ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson())).Choices[0].Message;

    private static JsonArray Sent(ChatDialect dialect, Message turn, string member) => Sent(dialect, [turn], member);

    /// <summary>What goes out of these turns after a request was kept as JSON.</summary>
    private static JsonArray Sent(ChatDialect dialect, Message[] turns, string member)
    {
        var request = new ChatCompletionRequest { Model = "any/m", Messages = [.. turns, Message.User("Go on.")], MaxTokens = 100 };
        var body = dialect.Render(ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())), _context, stream: false).Body;
        return JsonComparison.ParseStrictly(body.Span)![member]!.AsArray();
    }

    private static void Same(IReadOnlyList<JsonObject> items, IEnumerable<JsonNode?> sent)
    {
        var found = sent.ToList();
        Assert.Equal(items.Count, found.Count);
        foreach (var (item, back) in items.Zip(found))
        {
            Assert.Equal(item["encrypted_content"].Str(), back!["encrypted_content"].Str());
            Assert.True(JsonNode.DeepEquals(item, back), $"{item.ToJsonString()}\nwent back as\n{back.ToJsonString()}");
        }
    }

    private static JsonObject Response(List<JsonObject> items) => new() { ["id"] = "resp_1", ["object"] = "response", ["created_at"] = 7, ["status"] = "completed", ["model"] = "m", ["output"] = new JsonArray([.. items.Select(item => item.DeepClone())]) };

    private static IEnumerable<JsonObject> Events(List<JsonObject> items)
    {
        var begun = Response([]);
        begun["status"] = "in_progress";
        yield return new() { ["type"] = "response.created", ["response"] = begun };
        for (var i = 0; i < items.Count; i++)
        {
            var first = new JsonObject { ["type"] = items[i]["type"]!.DeepClone(), ["id"] = items[i]["id"]?.DeepClone(), ["call_id"] = items[i]["call_id"]?.DeepClone(), ["name"] = items[i]["name"]?.DeepClone() };
            yield return new() { ["type"] = "response.output_item.added", ["output_index"] = i, ["item"] = first };
            foreach (var (part, n) in items[i]["summary"].Items())
                foreach (var piece in Pieces(part["text"].Str()!)) yield return new() { ["type"] = "response.reasoning_summary_text.delta", ["output_index"] = i, ["summary_index"] = n, ["delta"] = piece };
            if (items[i]["arguments"].Str() is { } arguments)
                foreach (var piece in Pieces(arguments)) yield return new() { ["type"] = "response.function_call_arguments.delta", ["output_index"] = i, ["delta"] = piece };
            if (items[i]["type"].Str() == "message")
                foreach (var piece in Pieces(items[i]["content"]![0]!["text"].Str()!)) yield return new() { ["type"] = "response.output_text.delta", ["output_index"] = i, ["content_index"] = 0, ["delta"] = piece };
            yield return new() { ["type"] = "response.output_item.done", ["output_index"] = i, ["item"] = items[i].DeepClone() };
        }
        yield return new() { ["type"] = "response.completed", ["response"] = Response(items) };
    }

    private static IEnumerable<string> Pieces(string text) => text.EnumerateRunes().Select(rune => rune.ToString());

    private static JsonObject Thought(string thinking, string signature) => new()
    {
        ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["model"] = "m", ["stop_reason"] = "end_turn",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "thinking", ["thinking"] = thinking, ["signature"] = signature }, new JsonObject { ["type"] = "text", ["text"] = "Yes." }),
    };

    private static JsonObject Reasoning(string id, string seal, IEnumerable<JsonObject> summary, IEnumerable<JsonObject> content, int extra)
    {
        var item = new JsonObject { ["type"] = "reasoning", ["id"] = id, ["encrypted_content"] = seal, ["summary"] = new JsonArray([.. summary.Take(3)]) };
        if (content.Any()) item["content"] = new JsonArray([.. content.Take(2)]);
        if (extra > 0) item["status"] = extra == 1 ? "completed" : "incomplete";
        if (extra > 1) item["x_more"] = new JsonObject { ["seal"] = seal, ["n"] = JsonNode.Parse("1.50e3") };
        return item;
    }

    private static JsonObject Words(string id, string text) => new()
    {
        ["type"] = "message", ["id"] = id, ["role"] = "assistant", ["status"] = "completed", ["phase"] = "commentary",
        ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() }),
    };

    private static JsonObject Part(string type, string text, bool more)
    {
        var part = new JsonObject { ["type"] = type, ["text"] = text };
        if (more) part["x_more"] = text;
        return part;
    }

    /// <summary>The item with ids of its own.</summary>
    private static JsonObject Placed(JsonObject item, int place)
    {
        var placed = item.DeepClone().AsObject();
        if (placed["id"] is not null) placed["id"] = $"{placed["id"].Str()}{place}";
        if (placed["call_id"] is not null) placed["call_id"] = $"{placed["call_id"].Str()}_{place}";
        return placed;
    }

    private static string Guid(string text) => $"{text.Length}";
}
