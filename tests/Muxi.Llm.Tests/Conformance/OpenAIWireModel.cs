using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind OpenAI's <c>POST /chat/completions</c>, after its API reference (OpenAPI document 2.3.0).</summary>
internal class OpenAIWireModel : WireModel
{
    public override string Name => "openai/gpt-test";

    public override string Vendors => "gpt-test-2026";

    /// <summary>Where a service has it.</summary>
    public string At { get; init; } = "chat/completions";

    public override string Path => At;

    public override bool Thinks => false;

    /// <summary>What a request may hold besides model and messages.</summary>
    protected virtual string[] Members => ["stream", "stream_options", "tools", "tool_choice", "parallel_tool_calls", "max_completion_tokens", "temperature", "response_format"];

    /// <summary>What an assistant's message may hold besides its role.</summary>
    protected virtual string[] AnswerMembers => ["content", "tool_calls", "refusal"];

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["model", "messages"], Members);
        var messages = body["messages"]!.AsArray().Select(message => message!.AsObject()).ToList();
        var system = messages.TakeWhile(message => Text(message["role"]) is "system" or "developer").Select(message => Text(message["content"])).ToList();
        CheckOrder(messages);
        return new(
            system.Count == 0 ? null : string.Join('\n', system), [.. messages.Skip(system.Count).Select(Turn)],
            [.. (body["tools"]?.AsArray() ?? []).Select(Tool)], Choice(body["tool_choice"]), (bool?)body["parallel_tool_calls"])
        {
            Format = (string?)body["response_format"]?["type"], Schema = Schema(body["response_format"]),
        };
    }

    private static JsonNode? Schema(JsonNode? format)
    {
        if (format is null || Text(Only(format, ["type"], "json_schema")["type"]) != "json_schema") return null;
        var named = Only(format["json_schema"], ["name", "schema"], "description", "strict");
        Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", Text(named["name"]));
        if ((bool?)named["strict"] == true) StrictRules.Hold(named["schema"]!);
        return named["schema"];
    }

    /// <summary>An assistant's calls are followed by their results and nothing else until all are there (the API refuses anything else with 400).</summary>
    private static void CheckOrder(List<JsonObject> messages)
    {
        var open = new HashSet<string>();
        foreach (var message in messages)
        {
            if (Text(message["role"]) == "tool") Assert.True(open.Remove(Text(message["tool_call_id"])), $"a result without its call: {message.ToJsonString()}");
            else Assert.True(open.Count == 0, $"'{string.Join(", ", open)}' has no result before {message.ToJsonString()}");
            foreach (var call in message["tool_calls"]?.AsArray() ?? []) open.Add(Text(call!["id"]));
        }
        Assert.Empty(open);
    }

    protected virtual SeenTurn Turn(JsonObject message) => Text(message["role"]) switch
    {
        "tool" => new("tool", [new SeenPart.Result(Text(Only(message, ["role", "content", "tool_call_id"])["tool_call_id"]), false, [.. Parts(message["content"], mayShow: false)])]),
        "assistant" => new("assistant", [.. Thinking(Only(message, ["role"], AnswerMembers)), .. Parts(message["content"], mayShow: false).Where(part => part is not SeenPart.Words { Text: "" }), .. (message["tool_calls"]?.AsArray() ?? []).Select(Call)]),
        var role => new(role, [.. Parts(Only(message, ["role", "content"], "name")["content"], mayShow: role == "user")]),
    };

    /// <summary>What an assistant's message says of its thinking.</summary>
    protected virtual IEnumerable<SeenPart> Thinking(JsonObject message) => [];

    private static SeenPart.Call Call(JsonNode? call)
    {
        var function = Only(Only(call, ["id", "type", "function"])["function"], ["name", "arguments"]);
        return new(Text(call!["id"]), Text(function["name"]), JsonNode.Parse(Text(function["arguments"]))!);
    }

    protected static IEnumerable<SeenPart> Parts(JsonNode? content, bool mayShow)
    {
        if (content is null) yield break;
        if (content is JsonValue)
        {
            yield return new SeenPart.Words(Text(content));
            yield break;
        }
        foreach (var part in content.AsArray())
        {
            if (Text(part!["type"]) == "text") yield return new SeenPart.Words(Text(Only(part, ["type", "text"])["text"]));
            else
            {
                Assert.Equal("image_url", Text(part["type"]));
                Assert.True(mayShow, "only a user's message may hold pictures");
                yield return new SeenPart.Picture(Source(Text(Only(Only(part, ["type", "image_url"])["image_url"], ["url"], "detail")["url"])));
            }
        }
    }

    private static string Source(string url)
    {
        if (!url.StartsWith("data:", StringComparison.Ordinal)) return url;
        var (type, data) = DataUri(url);
        return $"{type} {data}";
    }

    protected virtual SeenTool Tool(JsonNode? tool)
    {
        Assert.Equal("function", Text(Only(tool, ["type", "function"])["type"]));
        var function = Only(tool!["function"], ["name"], "description", "parameters", "strict");
        return new(Text(function["name"]), (string?)function["description"], function["parameters"]);
    }

    protected virtual string? Choice(JsonNode? choice) => choice switch
    {
        null => null,
        JsonValue => Text(choice),
        _ => $"the tool {Text(Only(Only(choice, ["type", "function"])["function"], ["name"])["name"])}",
    };

    protected override JsonObject Whole(Said[] said)
    {
        var calls = new JsonArray([.. said.OfType<Said.Call>().Select(call => Function(call, call.Arguments))]);
        var message = new JsonObject { ["role"] = "assistant", ["content"] = Words(said), ["refusal"] = said.OfType<Said.Refusal>().FirstOrDefault()?.Text };
        if (calls.Count > 0) message["tool_calls"] = calls;
        return Head("chat.completion", new JsonObject { ["index"] = 0, ["message"] = message, ["logprobs"] = null, ["finish_reason"] = Finish(said) }, Usage());
    }

    protected override string Events(Said[] said)
    {
        var events = new StringBuilder().Append(Chunk(new() { ["role"] = "assistant", ["content"] = "" }));
        var index = 0;
        foreach (var one in said)
        {
            if (one is Said.Words words)
                foreach (var piece in Pieces(words.Text)) events.Append(Chunk(new() { ["content"] = piece }));
            if (one is Said.Refusal refusal)
                foreach (var piece in Pieces(refusal.Text)) events.Append(Chunk(new() { ["refusal"] = piece }));
            if (one is not Said.Call call) continue;
            var first = Function(call, "");
            first["index"] = index;
            events.Append(Chunk(new() { ["tool_calls"] = new JsonArray(first) }));
            foreach (var piece in Pieces(call.Arguments)) events.Append(Chunk(new() { ["tool_calls"] = new JsonArray(new JsonObject { ["index"] = index, ["function"] = new JsonObject { ["arguments"] = piece } }) }));
            index++;
        }
        events.Append(Chunk([], Finish(said)));
        events.Append(Event(Head("chat.completion.chunk", null, Usage())));
        return events.Append("data: [DONE]\n\n").ToString();
    }

    protected static JsonNode? Words(Said[] said) => said.OfType<Said.Words>().Any() ? JsonValue.Create(string.Concat(said.OfType<Said.Words>().Select(words => words.Text))) : null;

    protected static string Finish(Said[] said) => said[^1] is Said.Cut ? "length" : said.OfType<Said.Call>().Any() ? "tool_calls" : "stop";

    protected static JsonObject Function(Said.Call call, string arguments) =>
        new() { ["id"] = call.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments } };

    private static string Chunk(JsonObject delta, string? finish = null) =>
        Event(Head("chat.completion.chunk", new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = finish }, null));

    private static JsonObject Head(string kind, JsonObject? choice, JsonObject? usage)
    {
        var head = new JsonObject { ["id"] = "chatcmpl-1", ["object"] = kind, ["created"] = 1763900000, ["model"] = "gpt-test-2026", ["choices"] = choice is null ? new JsonArray() : new JsonArray(choice) };
        if (usage is not null) head["usage"] = usage;
        return head;
    }

    protected static JsonObject Usage() => new() { ["prompt_tokens"] = 20, ["completion_tokens"] = 10, ["total_tokens"] = 30 };
}
