using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A recorded request of Anthropic's format as a caller of ours would write it, in the plainest way; and what of two such requests means the same.</summary>
internal static class MessagesRequests
{
    private static readonly string[] _options = ["mcp_servers", "context_management", "container"];

    private static readonly string[] _typed = ["model", "messages", "system", "tools", "max_tokens", "stop_sequences", "temperature", "top_p", "stream"];

    public static ChatCompletionRequest Canonical(JsonObject wire)
    {
        var canonical = new JsonObject { ["model"] = $"anthropic/{wire["model"]}", ["messages"] = new JsonArray([.. System(wire["system"]), .. wire["messages"]!.AsArray().SelectMany(turn => Messages(turn!.AsObject()))]) };
        foreach (var (name, value) in wire)
            if (!_typed.Contains(name) && !_options.Contains(name)) canonical[name] = value?.DeepClone();
        if (_options.Any(name => wire[name] is not null))
            canonical["format_options"] = new JsonObject { ["anthropic-messages"] = new JsonObject(_options.Where(name => wire[name] is not null).Select(name => KeyValuePair.Create(name, wire[name]?.DeepClone()))) };
        foreach (var (name, ours) in (ReadOnlySpan<(string, string)>)[("max_tokens", "max_tokens"), ("stop_sequences", "stop"), ("temperature", "temperature"), ("top_p", "top_p")])
            if (wire[name] is { } value && value is not JsonArray { Count: 0 }) canonical[ours] = value.DeepClone();
        if (wire["tools"] is JsonArray tools) canonical["tools"] = new JsonArray([.. tools.Select(tool => Tool(tool!.AsObject()))]);
        return ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(canonical.ToJsonString()));
    }

    /// <summary>The request in one of the forms that mean the same: lists for texts, one turn for several of one role, results first, nothing for nothing.</summary>
    public static JsonObject Plain(JsonObject wire)
    {
        var plain = wire.DeepClone().AsObject();
        plain.Remove("stream");
        foreach (var name in plain.Where(member => member.Value is null or JsonArray { Count: 0 }).Select(member => member.Key).ToList()) plain.Remove(name);
        if (plain["system"] is { } system) plain["system"] = List(system);
        if (plain["system"] is JsonArray { Count: 0 }) plain.Remove("system");
        foreach (var tool in plain["tools"]?.AsArray() ?? [])
            foreach (var name in tool!.AsObject().Where(member => member.Value is null).Select(member => member.Key).ToList()) tool.AsObject().Remove(name);
        var turns = new List<(string Role, List<JsonNode> Blocks)>();
        foreach (var turn in plain["messages"]!.AsArray())
        {
            var blocks = List(turn!["content"]).Select(block => Block(block!)).ToList();
            if (blocks.Count == 0) continue;
            if (turns.Count > 0 && turns[^1].Role == turn["role"].Str()) turns[^1].Blocks.AddRange(blocks);
            else turns.Add((turn["role"].Str()!, blocks));
        }
        if (turns[^1] is { Role: "assistant", Blocks: [.., JsonObject last] } && last["text"].Str() is { } text) last["text"] = text.TrimEnd();
        plain["messages"] = new JsonArray([.. turns.Select(turn => new JsonObject
        {
            ["role"] = turn.Role, ["content"] = new JsonArray([.. turn.Blocks.OrderBy(block => block["type"].Str() == "tool_result" ? 0 : 1).Select(block => block.DeepClone())]),
        })]);
        return plain;
    }

    private static IEnumerable<JsonNode> System(JsonNode? system) => system is null ? [] : [new JsonObject { ["role"] = "system", ["content"] = system.DeepClone() }];

    private static IEnumerable<JsonNode> Messages(JsonObject turn)
    {
        var role = turn["role"].Str()!;
        if (turn["content"] is not JsonArray blocks || role == "system")
        {
            yield return turn.DeepClone();
            yield break;
        }
        if (role == "assistant")
        {
            yield return new JsonObject { ["role"] = role, ["content"] = null, ["blocks"] = new JsonArray([.. blocks.Select(block => Said(block!.AsObject()))]) };
            yield break;
        }
        foreach (var result in blocks.Where(block => block!["type"].Str() == "tool_result"))
        {
            var message = new JsonObject { ["role"] = "tool", ["tool_call_id"] = result!["tool_use_id"]!.DeepClone(), ["content"] = result["content"] is JsonArray shown ? new JsonArray([.. shown.Select(Shown)]) : result["content"]?.DeepClone() };
            foreach (var name in (string[])["is_error", "cache_control"])
                if (result[name] is { } value) message[name] = value.DeepClone();
            yield return message;
        }
        var others = blocks.Where(block => block!["type"].Str() != "tool_result").Select(Shown).ToArray();
        if (others.Length > 0) yield return new JsonObject { ["role"] = role, ["content"] = new JsonArray(others) };
    }

    /// <summary>A block that a person or a tool shows: a search result in our form, where that can say all of it.</summary>
    private static JsonNode Shown(JsonNode? block)
    {
        var isPlain = block!["type"].Str() == "search_result" && block["title"] is not null && block["citations"]?["enabled"] is not null && block["content"]!.AsArray().All(piece => piece!.AsObject().Count == 2 && piece["text"] is not null);
        if (!isPlain) return block.DeepClone();
        var found = new JsonObject { ["source"] = block["source"]!.DeepClone(), ["title"] = block["title"]!.DeepClone(), ["content"] = new JsonArray([.. block["content"]!.AsArray().Select(piece => piece!["text"]!.DeepClone())]), ["cite"] = block["citations"]!["enabled"]!.DeepClone() };
        var part = new JsonObject { ["type"] = "search_result", ["search_result"] = found };
        if (block["cache_control"] is { } mark) part["cache_control"] = mark.DeepClone();
        return part;
    }

    /// <summary>A block of an answer as our replies have it.</summary>
    private static JsonObject Said(JsonObject block)
    {
        var said = block["type"].Str() switch
        {
            "text" => new JsonObject { ["type"] = "text", ["text"] = block["text"]!.DeepClone(), ["extra"] = block["citations"] is { } citations ? new JsonObject { ["citations"] = citations.DeepClone() } : new JsonObject() },
            "thinking" => new JsonObject { ["type"] = "reasoning", ["text"] = block["thinking"]!.DeepClone(), ["signature"] = block["signature"]?.DeepClone(), ["format"] = "anthropic-messages" },
            "tool_use" => new JsonObject { ["type"] = "tool_call", ["tool_call"] = new JsonObject { ["id"] = block["id"]!.DeepClone(), ["name"] = block["name"]!.DeepClone(), ["arguments"] = block["input"]!.ToJsonString(), ["caller"] = block["caller"]?.DeepClone() } },
            _ => new JsonObject { ["type"] = "opaque", ["format"] = "anthropic-messages", ["raw"] = block.DeepClone() },
        };
        if (said["tool_call"] is JsonObject call && call["caller"] is null) call.Remove("caller");
        if (said["type"].Str() != "opaque" && block["cache_control"] is { } mark) said["cache_control"] = mark.DeepClone();
        return said;
    }

    private static JsonNode Tool(JsonObject tool)
    {
        if (tool["input_schema"] is null)
        {
            // One of the service's own, as AnthropicTools makes it.
            var own = tool.DeepClone().AsObject();
            own["wire_format"] = "anthropic-messages";
            return own;
        }
        var function = new JsonObject { ["name"] = tool["name"]!.DeepClone(), ["parameters"] = tool["input_schema"]!.DeepClone() };
        if (tool["description"] is { } description) function["description"] = description.DeepClone();
        if (tool["strict"] is { } strict) function["strict"] = strict.DeepClone();
        var canonical = new JsonObject { ["type"] = "function", ["function"] = function };
        foreach (var (name, value) in tool)
            if (name is not ("name" or "description" or "input_schema" or "strict" or "type")) canonical[name] = value?.DeepClone();
        return canonical;
    }

    private static JsonArray List(JsonNode? content) => content switch
    {
        JsonArray list => new([.. list.Where(block => block!["text"] is null || block["text"].Str()!.Trim().Length > 0).Select(block => block!.DeepClone())]),
        null => [],
        _ => content.Str()!.Trim().Length == 0 ? [] : new JsonArray(new JsonObject { ["type"] = "text", ["text"] = content.DeepClone() }),
    };

    private static JsonNode Block(JsonNode block)
    {
        var plain = block.DeepClone().AsObject();
        foreach (var name in plain.Where(member => member.Value is null or JsonArray { Count: 0 }).Select(member => member.Key).ToList()) plain.Remove(name);
        if (plain["type"].Str() == "tool_result")
        {
            if (List(plain["content"]) is { Count: > 0 } content) plain["content"] = content;
            else plain.Remove("content");
        }
        return plain;
    }
}
