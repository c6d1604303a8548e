using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind Ollama's <c>POST /api/chat</c>, after docs.ollama.com/openapi.yaml and the request's types in api/types.go of ollama/ollama (2026-11).</summary>
internal sealed class OllamaWireModel : WireModel
{
    public override string Name => "ollama/qwen3:4b";

    public override string Vendors => "qwen3:4b";

    public override string Path => "api/chat";

    public override bool Chooses => false;

    public override bool PlacesPictures => false;

    public override bool Signs => false;

    public override bool Refuses => false;

    public override bool ReadsAddresses => false;

    public override CannedReply Say(bool stream, params Said[] said) => stream ? CannedReply.JsonLines(Events(said)) : base.Say(stream, said);

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["model", "messages", "stream"], "tools", "format", "options", "think", "keep_alive", "logprobs", "top_logprobs");
        if (body["options"] is { } options) Only(options, [], "num_predict", "temperature", "top_p", "seed", "stop", "presence_penalty", "frequency_penalty", "num_ctx", "top_k");
        var messages = body["messages"]!.AsArray().Select(message => message!.AsObject()).ToList();
        CheckResults(messages);
        var system = messages.TakeWhile(message => Text(message["role"]) == "system").Select(message => Text(Only(message, ["role", "content"])["content"])).ToList();
        return new(
            system.Count == 0 ? null : string.Join('\n', system), Turns(messages.Skip(system.Count)), [.. (body["tools"]?.AsArray() ?? []).Select(Tool)],
            // A model that is shown no tool calls none.
            body["tools"] is null ? "none" : null, null)
        {
            Format = body["format"] switch { null => null, JsonObject => "json_schema", _ => "json_object" }, Schema = body["format"] as JsonObject,
        };
    }

    /// <summary>Servers before 0.12 read no ids: there the first result is that of the first call.</summary>
    private static void CheckResults(List<JsonObject> messages)
    {
        var open = new Queue<(string? Id, string Name)>();
        foreach (var message in messages)
        {
            if (Text(message["role"]) == "tool")
            {
                Assert.NotEmpty(open);
                Assert.Equal(open.Dequeue(), ((string?)message["tool_call_id"], (string)message["tool_name"]!));
            }
            else Assert.Empty(open);
            foreach (var call in message["tool_calls"]?.AsArray() ?? []) open.Enqueue(((string?)call!["id"], Text(call["function"]!["name"])));
        }
        Assert.Empty(open);
    }

    /// <summary>Messages of a person that follow each other are one turn, as templates write them.</summary>
    private static List<SeenTurn> Turns(IEnumerable<JsonObject> messages)
    {
        var turns = new List<SeenTurn>();
        foreach (var turn in messages.Select(Turn))
        {
            if (turn.Role == "user" && turns is [.., { Role: "user" } last]) turns[^1] = last with { Parts = [.. last.Parts, .. turn.Parts] };
            else turns.Add(turn);
        }
        return turns;
    }

    private static SeenTurn Turn(JsonObject message) => Text(message["role"]) switch
    {
        "tool" => new("tool", [new SeenPart.Result((string?)Only(message, ["role", "content", "tool_name"], "tool_call_id", "images")["tool_call_id"] ?? "", false, [.. Parts(message)])]),
        "assistant" => new("assistant", [.. Thinking(Only(message, ["role", "content"], "thinking", "tool_calls", "images")), .. Parts(message), .. (message["tool_calls"]?.AsArray() ?? []).Select(Call)]),
        var role => new(role, [.. Parts(Only(message, ["role", "content"], "images"))]),
    };

    private static IEnumerable<SeenPart> Thinking(JsonObject message)
    {
        if (message["thinking"] is { } thinking) yield return new SeenPart.Thinking(Text(thinking), "");
    }

    private static IEnumerable<SeenPart> Parts(JsonObject message)
    {
        if (Text(message["content"]) is { Length: > 0 } text) yield return new SeenPart.Words(text);
        foreach (var image in message["images"]?.AsArray() ?? []) yield return new SeenPart.Picture($"{TypeOf(Convert.FromBase64String(Text(image)))} {Text(image)}");
    }

    /// <summary>The server tells what a picture is from its bytes.</summary>
    private static string TypeOf(byte[] bytes) => bytes switch
    {
        [0x89, 0x50, ..] => "image/png",
        [0xFF, 0xD8, ..] => "image/jpeg",
        [0x47, 0x49, ..] => "image/gif",
        [0x52, 0x49, ..] => "image/webp",
        _ => throw new InvalidDataException("no picture"),
    };

    private static SeenPart.Call Call(JsonNode? call)
    {
        var function = Only(Only(call, ["function"], "id")["function"], ["name", "arguments"], "index");
        return new((string?)call!["id"] ?? "", Text(function["name"]), Assert.IsType<JsonObject>(function["arguments"]));
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
        var message = new JsonObject { ["role"] = "assistant", ["content"] = string.Concat(said.OfType<Said.Words>().Select(words => words.Text)) };
        if (said.OfType<Said.Thinking>().Any()) message["thinking"] = string.Concat(said.OfType<Said.Thinking>().Select(thinking => thinking.Text));
        if (said.OfType<Said.Call>().Any()) message["tool_calls"] = new JsonArray([.. said.OfType<Said.Call>().Select((call, at) => (JsonNode)Call(call, at))]);
        return Done(message, said);
    }

    protected override string Events(Said[] said)
    {
        var lines = new StringBuilder();
        foreach (var one in said)
            foreach (var message in Deltas(one)) lines.Append(Line(message).ToJsonString()).Append('\n');
        return lines.Append(Done(new() { ["role"] = "assistant", ["content"] = "" }, said).ToJsonString()).Append('\n').ToString();
    }

    private static IEnumerable<JsonObject> Deltas(Said said) => said switch
    {
        Said.Words words => Pieces(words.Text).Select(piece => new JsonObject { ["role"] = "assistant", ["content"] = piece }),
        Said.Thinking thinking => Pieces(thinking.Text).Select(piece => new JsonObject { ["role"] = "assistant", ["content"] = "", ["thinking"] = piece }),
        // A call comes whole, in a line of its own before the one that is done; its index counts within the answer.
        Said.Call call => [new() { ["role"] = "assistant", ["content"] = "", ["tool_calls"] = new JsonArray(Call(call, 0)) }],
        _ => [],
    };

    private static JsonObject Call(Said.Call call, int at) => new()
    {
        ["id"] = call.Id, ["function"] = new JsonObject { ["index"] = at, ["name"] = call.Name, ["arguments"] = JsonNode.Parse(call.Arguments.Length == 0 ? "{}" : call.Arguments) },
    };

    private static JsonObject Line(JsonObject message) => new() { ["model"] = "qwen3:4b", ["created_at"] = "2026-08-04T19:59:11.820116Z", ["message"] = message, ["done"] = false };

    private static JsonObject Done(JsonObject message, Said[] said)
    {
        var line = Line(message);
        line["done"] = true;
        line["done_reason"] = said[^1] is Said.Cut ? "length" : "stop";
        foreach (var (name, value) in (ReadOnlySpan<(string, long)>)[("total_duration", 5_645_304_708), ("load_duration", 55_095_250), ("prompt_eval_count", 20), ("prompt_eval_duration", 710_671_250), ("eval_count", 10), ("eval_duration", 4_466_025_455)]) line[name] = value;
        return line;
    }
}
