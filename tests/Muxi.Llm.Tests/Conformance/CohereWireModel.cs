using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind Cohere's <c>POST /v2/chat</c>, after docs.cohere.com/reference/chat, chat-stream and errors (2026-11).</summary>
internal sealed class CohereWireModel : WireModel
{
    public override string Name => "cohere/command-a-03-2025";

    /// <summary>Replies name no model: it is the one that was asked.</summary>
    public override string Vendors => "command-a-03-2025";

    public override string Path => "chat";

    public override bool ForbidsParallelCalls => false;

    public override bool Signs => false;

    public override bool Refuses => false;

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["model", "messages", "stream"], "tools", "strict_tools", "tool_choice", "documents", "citation_options", "response_format", "safety_mode", "max_tokens", "stop_sequences", "temperature", "seed",
            "frequency_penalty", "presence_penalty", "k", "p", "logprobs", "thinking");
        var messages = body["messages"]!.AsArray().Select(message => message!.AsObject()).ToList();
        CheckResults(messages);
        // "system turn must be the first in the list"
        Assert.DoesNotContain(messages.Skip(1), message => Text(message["role"]) == "system");
        var system = messages.TakeWhile(message => Text(message["role"]) == "system").Select(message => Texts(Only(message, ["role", "content"])["content"])).SingleOrDefault();
        var choice = body["tool_choice"] is { } word ? Text(word) : null;
        Assert.Contains(choice, (string?[])[null, "REQUIRED", "NONE"]);
        if (choice == "REQUIRED") Assert.NotNull(body["tools"]);
        var format = body["response_format"] is { } form ? Only(form, ["type"], "json_schema") : null;
        if (format is not null) Assert.Contains(Text(format["type"]), (string[])["text", "json_object"]);
        var schema = format?["json_schema"];
        return new(
            system, [.. messages.Where(message => Text(message["role"]) != "system").Select(Turn)], [.. (body["tools"]?.AsArray() ?? []).Select(Tool)],
            body["tools"] is null ? "none" : choice?.ToLowerInvariant() ?? "auto", null)
        {
            Format = schema is not null ? "json_schema" : format is null ? null : Text(format["type"]), Schema = schema,
        };
    }

    /// <summary>Results follow the calls that they answer, each once.</summary>
    private static void CheckResults(List<JsonObject> messages)
    {
        var open = new List<string>();
        foreach (var message in messages)
        {
            if (Text(message["role"]) == "tool") Assert.True(open.Remove(Text(message["tool_call_id"])), "a result without its call");
            else Assert.Empty(open);
            foreach (var call in message["tool_calls"]?.AsArray() ?? []) open.Add(Text(call!["id"]));
            Assert.Distinct(open);
        }
        Assert.Empty(open);
    }

    private static SeenTurn Turn(JsonObject message) => Text(message["role"]) switch
    {
        "tool" => new("tool", [new SeenPart.Result(Text(Only(message, ["role", "tool_call_id", "content"])["tool_call_id"]), false, [.. Parts(message["content"], "text", "document")])]),
        "assistant" => new("assistant",
            [.. Parts(Only(message, ["role"], "content", "tool_plan", "tool_calls", "citations")["content"], "text", "thinking"), .. (message["tool_calls"]?.AsArray() ?? []).Select(Call)]),
        "user" => new("user", [.. Parts(Only(message, ["role", "content"])["content"], "text", "image_url")]),
        var role => throw new InvalidDataException($"a message of {role}"),
    };

    private static IEnumerable<SeenPart> Parts(JsonNode? content, params string[] types)
    {
        if (content is null) return [];
        if (content is JsonValue) return [new SeenPart.Words(Text(content))];
        return content.AsArray().Select(part =>
        {
            Assert.Contains(Text(part!["type"]), types);
            return Part(part);
        });
    }

    private static SeenPart Part(JsonNode part) => Text(part["type"]) switch
    {
        "text" => new SeenPart.Words(Filled(Only(part, ["type", "text"])["text"])),
        "thinking" => new SeenPart.Thinking(Filled(Only(part, ["type", "thinking"])["thinking"]), ""),
        "image_url" => new SeenPart.Picture(Picture(Only(Only(part, ["type", "image_url"])["image_url"], ["url"], "detail"))),
        _ => new SeenPart.Words(Only(part, ["type", "document"])["document"]!.ToJsonString()),
    };

    private static string Picture(JsonObject image)
    {
        var url = Text(image["url"]);
        if (!url.StartsWith("data:", StringComparison.Ordinal)) return url;
        var (type, data) = DataUri(url);
        return $"{type} {data}";
    }

    private static string Filled(JsonNode? text)
    {
        Assert.NotEqual("", Text(text));
        return Text(text);
    }

    private static string Texts(JsonNode? content) => string.Join('\n', Parts(content, "text"));

    private static SeenPart.Call Call(JsonNode? call)
    {
        Assert.Equal("function", Text(Only(call, ["id", "type", "function"])["type"]));
        var function = Only(call!["function"], ["name", "arguments"]);
        return new(Text(call["id"]), Text(function["name"]), Assert.IsType<JsonObject>(JsonNode.Parse(Text(function["arguments"]))));
    }

    private static SeenTool Tool(JsonNode? tool)
    {
        Assert.Equal("function", Text(Only(tool, ["type", "function"])["type"]));
        var function = Only(tool!["function"], ["name", "parameters"], "description");
        Assert.Equal("object", Text(Assert.IsType<JsonObject>(function["parameters"])["type"]));
        return new(Text(function["name"]), (string?)function["description"], function["parameters"]);
    }

    protected override JsonObject Whole(Said[] said)
    {
        var message = new JsonObject { ["role"] = "assistant" };
        if (said.Any(one => one is Said.Words or Said.Thinking)) message["content"] = new JsonArray([.. said.Where(one => one is Said.Words or Said.Thinking).Select(one => (JsonNode)Content(one))]);
        if (said.OfType<Said.Call>().Any()) message["tool_calls"] = new JsonArray([.. said.OfType<Said.Call>().Select(call => (JsonNode)Call(call, call.Arguments))]);
        return new() { ["id"] = "c14c80c3-18eb-4519-9460-6c92edd8cfb4", ["message"] = message, ["finish_reason"] = Stop(said), ["usage"] = Usage() };
    }

    protected override string Events(Said[] said)
    {
        var events = new StringBuilder();
        Add("message-start", new() { ["id"] = "c14c80c3-18eb-4519-9460-6c92edd8cfb4", ["delta"] = Message(new() { ["role"] = "assistant", ["content"] = new JsonArray(), ["tool_plan"] = "", ["tool_calls"] = new JsonArray(), ["citations"] = new JsonArray() }) });
        var (contents, calls) = (0, 0);
        foreach (var one in said)
        {
            var kind = one is Said.Thinking ? "thinking" : "text";
            var text = one is Said.Thinking thinking ? thinking.Text : (one as Said.Words)?.Text;
            if (text is not null)
            {
                Add("content-start", new() { ["index"] = contents, ["delta"] = Message(new() { ["content"] = new JsonObject { ["type"] = kind, [kind] = "" } }) });
                foreach (var piece in Pieces(text)) Add("content-delta", new() { ["index"] = contents, ["delta"] = Message(new() { ["content"] = new JsonObject { [kind] = piece } }) });
                Add("content-end", new() { ["index"] = contents++ });
            }
            if (one is not Said.Call call) continue;
            Add("tool-call-start", new() { ["index"] = calls, ["delta"] = Message(new() { ["tool_calls"] = Call(call, "") }) });
            // A call without arguments has no piece of them, as recorded.
            foreach (var piece in Pieces(call.Arguments is "{}" ? "" : call.Arguments))
                Add("tool-call-delta", new() { ["index"] = calls, ["delta"] = Message(new() { ["tool_calls"] = new JsonObject { ["function"] = new JsonObject { ["arguments"] = piece } } }) });
            Add("tool-call-end", new() { ["index"] = calls++ });
        }
        Add("message-end", new() { ["delta"] = new JsonObject { ["finish_reason"] = Stop(said), ["usage"] = Usage() } });
        return events.Append("data: [DONE]\n\n").ToString();

        void Add(string type, JsonObject data)
        {
            data.Insert(0, "type", type);
            events.Append(Event(data, type));
        }
    }

    private static JsonObject Message(JsonObject members) => new() { ["message"] = members };

    private static JsonObject Content(Said said) => said is Said.Thinking thinking ? new() { ["type"] = "thinking", ["thinking"] = thinking.Text } : new() { ["type"] = "text", ["text"] = ((Said.Words)said).Text };

    private static JsonObject Call(Said.Call call, string arguments) => new() { ["id"] = call.Id, ["type"] = "function", ["function"] = new JsonObject { ["name"] = call.Name, ["arguments"] = arguments } };

    private static string Stop(Said[] said) => said[^1] is Said.Cut ? "MAX_TOKENS" : said.OfType<Said.Call>().Any() ? "TOOL_CALL" : "COMPLETE";

    private static JsonObject Usage() => new()
    {
        ["billed_units"] = new JsonObject { ["input_tokens"] = 5, ["output_tokens"] = 8 }, ["tokens"] = new JsonObject { ["input_tokens"] = 20, ["output_tokens"] = 10 }, ["cached_tokens"] = 0,
    };
}
