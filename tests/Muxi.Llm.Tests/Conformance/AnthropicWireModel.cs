using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind Anthropic's <c>POST /v1/messages</c>, after its API reference (version 2023-06-01).</summary>
internal sealed class AnthropicWireModel : WireModel
{
    private static readonly string[] _mediaTypes = ["image/jpeg", "image/png", "image/gif", "image/webp"];

    public override string Name => "anthropic/claude-sonnet-4-5";

    public override string Vendors => "claude-sonnet-4-5-20250929";

    public override string Path => "messages";

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["model", "messages", "max_tokens"], "stream", "system", "tools", "tool_choice", "temperature", "thinking", "metadata", "stop_sequences", "output_config");
        Assert.True((int)body["max_tokens"]! > 0);
        var turns = body["messages"]!.AsArray().Select(message => Only(message, ["role", "content"])).ToList();
        Assert.Equal("user", Text(turns[0]["role"]));
        for (var i = 1; i < turns.Count; i++) Assert.True(Text(turns[i]["role"]) != Text(turns[i - 1]["role"]), $"two turns of {Text(turns[i]["role"])} follow each other");
        CheckResults(turns);
        CheckIds(turns);
        var choice = body["tool_choice"];
        return new(
            System(body["system"]), [.. turns.SelectMany(Turns)], [.. (body["tools"]?.AsArray() ?? []).Select(Tool)],
            choice is null ? null : Choice(choice), (bool?)choice?["disable_parallel_tool_use"] is { } disabled ? !disabled : null)
        {
            Format = (string?)body["output_config"]?["format"]?["type"], Schema = Schema(body["output_config"]),
        };
    }

    private static JsonNode? Schema(JsonNode? output) => output is null ? null : Only(Only(output, [], "format", "effort")["format"], ["type", "schema"])["schema"];

    /// <summary>Every <c>tool_use</c> has its <c>tool_result</c> in the next turn, at its beginning (the API refuses anything else with 400).</summary>
    private static void CheckResults(List<JsonObject> turns)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            if (turns[i]["content"] is not JsonArray blocks) continue;
            var results = blocks.TakeWhile(block => Text(block!["type"]) == "tool_result").Select(block => Text(block!["tool_use_id"])).ToList();
            Assert.DoesNotContain(blocks.Skip(results.Count), block => Text(block!["type"]) == "tool_result");
            var asked = i == 0 || turns[i - 1]["content"] is not JsonArray before ? [] : before.Where(block => Text(block!["type"]) == "tool_use").Select(block => Text(block!["id"])).ToList();
            Assert.Equal(asked.Order(StringComparer.Ordinal), results.Order(StringComparer.Ordinal));
        }
    }

    /// <summary>"`tool_use` ids must be unique" and "String should match pattern" (its refusals, seen 2025 and 2026).</summary>
    private static void CheckIds(List<JsonObject> turns)
    {
        var ids = turns.SelectMany(turn => turn["content"] as JsonArray ?? []).Where(block => Text(block!["type"]) == "tool_use").Select(block => Text(block!["id"])).ToList();
        Assert.Distinct(ids);
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9_-]+$", id));
    }

    private static string? System(JsonNode? system) => system switch
    {
        null => null,
        JsonValue => Text(system),
        _ => string.Join('\n', system.AsArray().Select(block => Text(Only(block, ["type", "text"], "cache_control")["text"]))),
    };

    private static IEnumerable<SeenTurn> Turns(JsonObject message)
    {
        var role = Text(message["role"]);
        if (message["content"] is JsonValue)
        {
            yield return new(role, [new SeenPart.Words(Filled(message["content"]))]);
            yield break;
        }
        var parts = message["content"]!.AsArray().Select(Part).ToList();
        foreach (var result in parts.OfType<SeenPart.Result>()) yield return new("tool", [result]);
        var others = parts.Where(part => part is not SeenPart.Result).ToList();
        if (others.Count > 0) yield return new(role, others);
    }

    private static SeenPart Part(JsonNode? block) => Text(block!["type"]) switch
    {
        "text" => new SeenPart.Words(Filled(Only(block, ["type", "text"], "cache_control", "citations")["text"])),
        "image" => new SeenPart.Picture(Source(Only(block, ["type", "source"], "cache_control")["source"])),
        "tool_use" => new SeenPart.Call(Text(Only(block, ["type", "id", "name", "input"], "cache_control")["id"]), Text(block["name"]), Assert.IsType<JsonObject>(block["input"])),
        "tool_result" => new SeenPart.Result(
            Text(Only(block, ["type", "tool_use_id"], "content", "is_error", "cache_control")["tool_use_id"]), (bool?)block["is_error"] ?? false,
            block["content"] switch { null => [], JsonValue => [new SeenPart.Words(Text(block["content"]))], var parts => [.. parts.AsArray().Select(Part)] }),
        "thinking" => new SeenPart.Thinking(Text(Only(block, ["type", "thinking", "signature"])["thinking"]), Text(block["signature"])),
        var other => throw new InvalidDataException($"a block of type {other}"),
    };

    private static string Filled(JsonNode? text)
    {
        Assert.False(string.IsNullOrWhiteSpace(Text(text)), "text blocks must not be empty");
        return Text(text);
    }

    private static string Source(JsonNode? source)
    {
        if (Text(source!["type"]) == "url") return Text(Only(source, ["type", "url"])["url"]);
        Assert.Equal("base64", Text(Only(source, ["type", "media_type", "data"])["type"]));
        Assert.Contains(Text(source["media_type"]), _mediaTypes);
        return $"{Text(source["media_type"])} {Text(source["data"])}";
    }

    private static SeenTool Tool(JsonNode? tool)
    {
        Only(tool, ["name", "input_schema"], "description", "cache_control", "type", "strict");
        Assert.Equal("object", Text(tool!["input_schema"]!["type"]));
        return new(Text(tool["name"]), (string?)tool["description"], tool["input_schema"]);
    }

    private static string? Choice(JsonNode choice) => Text(Only(choice, ["type"], "name", "disable_parallel_tool_use")["type"]) switch
    {
        "any" => "required",
        "tool" => $"the tool {Text(choice["name"])}",
        var mode => mode,
    };

    protected override JsonObject Whole(Said[] said)
    {
        var message = Head(new JsonArray([.. said.Where(one => one is not Said.Cut).Select(one => (JsonNode)Block(one, isWhole: true))]));
        message["stop_reason"] = Stop(said);
        message["usage"] = new JsonObject { ["input_tokens"] = 20, ["cache_creation_input_tokens"] = 0, ["cache_read_input_tokens"] = 0, ["output_tokens"] = 10 };
        return message;
    }

    protected override string Events(Said[] said)
    {
        var start = Head([]);
        start["usage"] = new JsonObject { ["input_tokens"] = 20, ["cache_creation_input_tokens"] = 0, ["cache_read_input_tokens"] = 0, ["output_tokens"] = 1 };
        var events = new StringBuilder().Append(Named(new() { ["type"] = "message_start", ["message"] = start })).Append(Named(new() { ["type"] = "ping" }));
        for (var i = 0; i < said.Length; i++)
        {
            if (said[i] is Said.Cut) continue;
            events.Append(Named(new() { ["type"] = "content_block_start", ["index"] = i, ["content_block"] = Block(said[i], isWhole: false) }));
            foreach (var delta in Deltas(said[i])) events.Append(Named(new() { ["type"] = "content_block_delta", ["index"] = i, ["delta"] = delta }));
            events.Append(Named(new() { ["type"] = "content_block_stop", ["index"] = i }));
        }
        events.Append(Named(new() { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = Stop(said), ["stop_sequence"] = null }, ["usage"] = new JsonObject { ["output_tokens"] = 10 } }));
        return events.Append(Named(new() { ["type"] = "message_stop" })).ToString();
    }

    private static string Named(JsonObject data) => Event(data, Text(data["type"]));

    private static JsonObject Head(JsonArray content) => new()
    {
        ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["model"] = "claude-sonnet-4-5-20250929", ["content"] = content, ["stop_reason"] = null, ["stop_sequence"] = null,
    };

    private static string Stop(Said[] said) => said[^1] is Said.Cut ? "max_tokens" : said.OfType<Said.Refusal>().Any() ? "refusal" : said.OfType<Said.Call>().Any() ? "tool_use" : "end_turn";

    private static JsonObject Block(Said said, bool isWhole) => said switch
    {
        Said.Words words => new() { ["type"] = "text", ["text"] = isWhole ? words.Text : "" },
        Said.Refusal refusal => new() { ["type"] = "text", ["text"] = isWhole ? refusal.Text : "" },
        Said.Thinking thinking => new() { ["type"] = "thinking", ["thinking"] = isWhole ? thinking.Text : "", ["signature"] = isWhole ? thinking.Signature : "" },
        Said.Call call => new() { ["type"] = "tool_use", ["id"] = call.Id, ["name"] = call.Name, ["input"] = isWhole ? JsonNode.Parse(call.Arguments.Length == 0 ? "{}" : call.Arguments) : new JsonObject() },
        _ => throw new InvalidDataException(said.ToString()),
    };

    private static IEnumerable<JsonObject> Deltas(Said said) => said switch
    {
        Said.Words words => Pieces(words.Text).Select(piece => new JsonObject { ["type"] = "text_delta", ["text"] = piece }),
        Said.Refusal refusal => Pieces(refusal.Text).Select(piece => new JsonObject { ["type"] = "text_delta", ["text"] = piece }),
        Said.Thinking thinking =>
            [.. Pieces(thinking.Text).Select(piece => new JsonObject { ["type"] = "thinking_delta", ["thinking"] = piece }), new() { ["type"] = "signature_delta", ["signature"] = thinking.Signature }],
        // The first piece is empty, as recorded; a call without arguments has no other.
        Said.Call call => [.. new[] { "" }.Concat(Pieces(call.Arguments is "{}" ? "" : call.Arguments)).Select(piece => new JsonObject { ["type"] = "input_json_delta", ["partial_json"] = piece })],
        _ => [],
    };
}
