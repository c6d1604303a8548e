using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind OpenAI's <c>POST /responses</c> that thinks and keeps nothing, after its API reference (OpenAPI document 2.3.0) and its refusals.</summary>
internal sealed class OpenAIResponsesWireModel : WireModel
{
    private static readonly string[] _things = ["message", "reasoning", "function_call", "function_call_output"];

    public override string Name => "openai-responses/gpt-test";

    public override string Vendors => "gpt-test-2026";

    public override string Path => "responses";

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["model", "input"], "stream", "tools", "tool_choice", "parallel_tool_calls", "max_output_tokens", "temperature", "text", "reasoning", "include", "store");
        Assert.True(body["max_output_tokens"] is not { } most || (int)most >= 16, "Expected a value >= 16");
        // Nothing is kept, so the thinking must come sealed.
        Assert.False((bool)body["store"]!);
        Assert.Contains(body["include"]!.AsArray(), one => Text(one) == "reasoning.encrypted_content");
        var items = body["input"]!.AsArray().Select(item => item!.AsObject()).ToList();
        var system = items.TakeWhile(item => Role(item) is "system" or "developer").Select(item => Text(item["content"])).ToList();
        CheckCalls(items);
        CheckThinking(items);
        return new(
            system.Count == 0 ? null : string.Join('\n', system), [.. Turns(items.Skip(system.Count))],
            [.. (body["tools"]?.AsArray() ?? []).Select(Tool)], Choice(body["tool_choice"]), (bool?)body["parallel_tool_calls"])
        {
            Format = (string?)body["text"]?["format"]?["type"], Schema = Schema(body["text"]?["format"]),
        };
    }

    private static JsonNode? Schema(JsonNode? format) => (string?)format?["type"] == "json_schema" ? Only(format, ["type", "name", "schema"], "description", "strict")["schema"] : null;

    private static string Kind(JsonObject item) => (string?)item["type"] ?? "message";

    private static string? Role(JsonObject item) => Kind(item) == "message" ? Text(item["role"]) : null;

    /// <summary>"No tool output found for function call", "No tool call found for function call output with call_id" (its refusals, 2025 and 2026).</summary>
    private static void CheckCalls(List<JsonObject> items)
    {
        var open = new List<string>();
        var all = new HashSet<string>();
        foreach (var item in items)
        {
            if (Kind(item) == "function_call")
            {
                Assert.InRange(Text(item["call_id"]).Length, 1, 64);
                Assert.True(all.Add(Text(item["call_id"])), $"Duplicate item found with call_id {Text(item["call_id"])}");
                open.Add(Text(item["call_id"]));
            }
            if (Kind(item) == "function_call_output") Assert.True(open.Remove(Text(item["call_id"])), $"No tool call found for function call output with call_id {Text(item["call_id"])}");
        }
        Assert.True(open.Count == 0, $"No tool output found for function call {string.Join(", ", open)}");
    }

    /// <summary>
    /// "Item 'rs_...' of type 'reasoning' was provided without its required following item"; "Item with id 'rs_...' not found. Items are not persisted when `store` is set
    /// to false"; "Item 'fc_...' of type 'function_call' was provided without its required 'reasoning' item" (its refusals, 2025 and 2026).
    /// </summary>
    private static void CheckThinking(List<JsonObject> items)
    {
        for (var i = 0; i < items.Count; i++)
        {
            if (Kind(items[i]) == "reasoning")
            {
                Only(items[i], ["type", "id", "summary", "encrypted_content"], "status");
                Assert.True(i + 1 < items.Count && (Kind(items[i + 1]) == "function_call" || Role(items[i + 1]) == "assistant"), $"Item '{items[i]["id"]}' of type 'reasoning' was provided without its required following item");
                Assert.StartsWith("sealed:", Text(items[i]["encrypted_content"]), StringComparison.Ordinal);
            }
            if ((string?)items[i]["id"] is { } id && id.EndsWith("_thought", StringComparison.Ordinal))
                Assert.True(items.Take(i).Any(item => Kind(item) == "reasoning"), $"Item '{id}' was provided without its required 'reasoning' item");
        }
    }

    /// <summary>Items that an assistant said without anyone between are one turn.</summary>
    private static List<SeenTurn> Turns(IEnumerable<JsonObject> items)
    {
        var turns = new List<SeenTurn>();
        foreach (var item in items)
        {
            Assert.Contains(Kind(item), _things);
            var turn = Turn(item);
            if (turn.Role == "assistant" && turns is [.., { Role: "assistant" } before]) turns[^1] = before with { Parts = [.. before.Parts, .. turn.Parts] };
            else turns.Add(turn);
        }
        return turns;
    }

    private static SeenTurn Turn(JsonObject item)
    {
        switch (Kind(item))
        {
            case "reasoning":
                var summary = item["summary"]!.AsArray().Select(part => Text(Only(part, ["type", "text"])["text"]));
                return new("assistant", [new SeenPart.Thinking(string.Concat(summary), Text(item["encrypted_content"])["sealed:".Length..])]);
            case "function_call":
                Only(item, ["type", "call_id", "name", "arguments"], "id", "status");
                return new("assistant", [new SeenPart.Call(Text(item["call_id"]), Text(item["name"]), JsonNode.Parse(Text(item["arguments"]))!)]);
            case "function_call_output":
                Only(item, ["type", "call_id", "output"]);
                return new("tool", [new SeenPart.Result(Text(item["call_id"]), false, [.. Parts(item["output"], isAnswer: false)])]);
            default:
                var isAnswer = Role(item) == "assistant";
                // What the service has said has an id, and then it is whole.
                if (isAnswer && item["id"] is not null) Only(item, ["type", "id", "role", "content", "status"], "phase");
                else Only(item, ["role", "content"], "type");
                return new(Role(item)!, [.. Parts(item["content"], isAnswer)]);
        }
    }

    private static IEnumerable<SeenPart> Parts(JsonNode? content, bool isAnswer)
    {
        if (content is JsonValue)
        {
            yield return new SeenPart.Words(Text(content));
            yield break;
        }
        foreach (var part in content!.AsArray())
        {
            switch (Text(part!["type"]))
            {
                case "output_text":
                    Assert.True(isAnswer, "Invalid value: 'output_text'");
                    yield return new SeenPart.Words(Text(Only(part, ["type", "text", "annotations"], "logprobs")["text"]));
                    break;
                case "input_text":
                    Assert.False(isAnswer, "Invalid value: 'input_text'");
                    yield return new SeenPart.Words(Text(Only(part, ["type", "text"])["text"]));
                    break;
                default:
                    Assert.Equal("input_image", Text(part["type"]));
                    Assert.False(isAnswer, "Invalid value: 'input_image'");
                    yield return new SeenPart.Picture(Source(Text(Only(part, ["type", "image_url", "detail"])["image_url"])));
                    break;
            }
        }
    }

    private static string Source(string url)
    {
        if (!url.StartsWith("data:", StringComparison.Ordinal)) return url;
        var (type, data) = DataUri(url);
        return $"{type} {data}";
    }

    private static SeenTool Tool(JsonNode? tool)
    {
        Assert.Equal("function", Text(Only(tool, ["type", "name", "parameters", "strict"], "description")["type"]));
        return new(Text(tool!["name"]), (string?)tool["description"], tool["parameters"]);
    }

    private static string? Choice(JsonNode? choice) => choice switch
    {
        null => null,
        JsonValue => Text(choice),
        _ => $"the tool {Text(Only(choice, ["type", "name"])["name"])}",
    };

    protected override JsonObject Whole(Said[] said)
    {
        var items = said.Where(static one => one is not Said.Cut).Select((one, i) => (JsonNode)Item(one, i, said)).ToArray();
        if (said[^1] is not Said.Cut) return Response("completed", new(items));
        items[^1]["status"] = "incomplete";
        var cut = Response("incomplete", new(items));
        cut["incomplete_details"] = new JsonObject { ["reason"] = "max_output_tokens" };
        return cut;
    }

    protected override string Events(Said[] said)
    {
        var events = new StringBuilder();
        var number = 0;
        void Send(string type, JsonObject data)
        {
            data["type"] = type;
            data["sequence_number"] = number++;
            events.Append(Event(data, type));
        }
        Send("response.created", new() { ["response"] = Response("in_progress", []) });
        Send("response.in_progress", new() { ["response"] = Response("in_progress", []) });
        for (var i = 0; i < said.Length; i++)
        {
            if (said[i] is Said.Cut) continue;
            var begun = Item(said[i], i, said, isBegun: true);
            Send("response.output_item.added", new() { ["output_index"] = i, ["item"] = begun });
            foreach (var (type, data) in Deltas(said[i]))
            {
                data["item_id"] = begun["id"]!.DeepClone();
                data["output_index"] = i;
                Send(type, data);
            }
            Send("response.output_item.done", new() { ["output_index"] = i, ["item"] = Item(said[i], i, said) });
        }
        var whole = Whole(said);
        Send($"response.{whole["status"]}", new() { ["response"] = whole });
        return events.ToString();
    }

    private static IEnumerable<(string, JsonObject)> Deltas(Said said)
    {
        switch (said)
        {
            case Said.Words words:
                yield return ("response.content_part.added", new() { ["content_index"] = 0, ["part"] = Part("") });
                foreach (var piece in Pieces(words.Text)) yield return ("response.output_text.delta", new() { ["content_index"] = 0, ["delta"] = piece, ["logprobs"] = new JsonArray(), ["obfuscation"] = "Xy" });
                yield return ("response.output_text.done", new() { ["content_index"] = 0, ["text"] = words.Text, ["logprobs"] = new JsonArray() });
                yield return ("response.content_part.done", new() { ["content_index"] = 0, ["part"] = Part(words.Text) });
                break;
            case Said.Refusal refusal:
                yield return ("response.content_part.added", new() { ["content_index"] = 0, ["part"] = Refused("") });
                foreach (var piece in Pieces(refusal.Text)) yield return ("response.refusal.delta", new() { ["content_index"] = 0, ["delta"] = piece });
                yield return ("response.refusal.done", new() { ["content_index"] = 0, ["refusal"] = refusal.Text });
                yield return ("response.content_part.done", new() { ["content_index"] = 0, ["part"] = Refused(refusal.Text) });
                break;
            case Said.Thinking thinking:
                yield return ("response.reasoning_summary_part.added", new() { ["summary_index"] = 0, ["part"] = Summary("") });
                foreach (var piece in Pieces(thinking.Text)) yield return ("response.reasoning_summary_text.delta", new() { ["summary_index"] = 0, ["delta"] = piece });
                yield return ("response.reasoning_summary_text.done", new() { ["summary_index"] = 0, ["text"] = thinking.Text });
                yield return ("response.reasoning_summary_part.done", new() { ["summary_index"] = 0, ["part"] = Summary(thinking.Text) });
                break;
            case Said.Call call:
                foreach (var piece in Pieces(call.Arguments)) yield return ("response.function_call_arguments.delta", new() { ["delta"] = piece });
                yield return ("response.function_call_arguments.done", new() { ["arguments"] = call.Arguments });
                break;
        }
    }

    private static JsonObject Item(Said said, int place, Said[] all, bool isBegun = false)
    {
        var status = isBegun ? "in_progress" : "completed";
        // What follows thinking belongs to it.
        var id = $"_{place}{(all.Take(place).Any(one => one is Said.Thinking) ? "_thought" : "")}";
        return said switch
        {
            Said.Words words => new() { ["id"] = "msg" + id, ["type"] = "message", ["status"] = status, ["content"] = isBegun ? [] : new JsonArray(Part(words.Text)), ["role"] = "assistant" },
            Said.Refusal refusal => new() { ["id"] = "msg" + id, ["type"] = "message", ["status"] = status, ["content"] = isBegun ? [] : new JsonArray(Refused(refusal.Text)), ["role"] = "assistant" },
            Said.Thinking thinking => new() { ["id"] = "rs" + id, ["type"] = "reasoning", ["encrypted_content"] = isBegun ? "part" : "sealed:" + thinking.Signature, ["summary"] = isBegun ? [] : new JsonArray(Summary(thinking.Text)) },
            Said.Call call => new() { ["id"] = "fc" + id, ["type"] = "function_call", ["status"] = status, ["arguments"] = isBegun ? "" : call.Arguments, ["call_id"] = call.Id, ["name"] = call.Name },
            _ => throw new InvalidDataException(said.ToString()),
        };
    }

    private static JsonObject Part(string text) => new() { ["type"] = "output_text", ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray(), ["text"] = text };

    private static JsonObject Refused(string text) => new() { ["type"] = "refusal", ["refusal"] = text };

    private static JsonObject Summary(string text) => new() { ["type"] = "summary_text", ["text"] = text };

    private static JsonObject Response(string status, JsonArray output) => new()
    {
        ["id"] = "resp_1", ["object"] = "response", ["created_at"] = 1763900000, ["status"] = status, ["background"] = false, ["error"] = null, ["incomplete_details"] = null, ["instructions"] = null,
        ["max_output_tokens"] = null, ["model"] = "gpt-test-2026", ["output"] = output, ["parallel_tool_calls"] = true, ["previous_response_id"] = null, ["reasoning"] = new JsonObject { ["effort"] = "medium", ["summary"] = null },
        ["store"] = false, ["temperature"] = 1.0, ["text"] = new JsonObject { ["format"] = new JsonObject { ["type"] = "text" } }, ["tool_choice"] = "auto", ["tools"] = new JsonArray(), ["top_p"] = 1.0, ["truncation"] = "disabled",
        ["metadata"] = new JsonObject(),
        ["usage"] = status != "in_progress"
            ? new JsonObject { ["input_tokens"] = 20, ["input_tokens_details"] = new JsonObject { ["cached_tokens"] = 0 }, ["output_tokens"] = 10, ["output_tokens_details"] = new JsonObject { ["reasoning_tokens"] = 0 }, ["total_tokens"] = 30 }
            : null,
    };
}
