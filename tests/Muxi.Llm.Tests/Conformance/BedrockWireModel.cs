using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind Bedrock's Converse, after the API reference of 2026-11 and what the service is known to refuse.</summary>
internal sealed class BedrockWireModel : WireModel
{
    private static readonly string[] _formats = ["jpeg", "png", "gif", "webp"];

    public override string Name => "bedrock/anthropic.claude-sonnet-4-5-20250929-v1:0";

    /// <summary>Replies name no model: it is the one that was asked.</summary>
    public override string Vendors => "anthropic.claude-sonnet-4-5-20250929-v1:0";

    public override bool ForbidsFurtherCalls => false;

    public override string Path => "model/anthropic.claude-sonnet-4-5-20250929-v1%3A0/converse";

    public override bool Streams(SeenRequest request) => request.Target.EndsWith("/converse-stream", StringComparison.Ordinal);

    public override bool IsFor(string model, SeenRequest request) => request.Target == $"/model/{Uri.EscapeDataString(model)}/converse{(Streams(request) ? "-stream" : "")}";

    public override bool ReadsAddresses => false;

    public override bool TellsRefusals => false;

    public override CannedReply Say(bool stream, params Said[] said) => stream
        ? new(200, new Dictionary<string, string> { ["content-type"] = AwsFrames.ContentType }, AwsFrames.FromText(Events(said)))
        : CannedReply.Json(Whole(said).ToJsonString());

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["messages"], "system", "inferenceConfig", "toolConfig", "additionalModelRequestFields", "outputConfig", "requestMetadata", "serviceTier", "guardrailConfig", "performanceConfig");
        if (body["inferenceConfig"] is { } options) Only(options, [], "maxTokens", "temperature", "topP", "stopSequences");
        var turns = body["messages"]!.AsArray().Select(message => Only(message, ["role", "content"])).ToList();
        Assert.Equal("user", Text(turns[0]["role"]));
        for (var i = 0; i < turns.Count; i++)
        {
            Assert.True(Text(turns[i]["role"]) == (i % 2 == 0 ? "user" : "assistant"), "a conversation must alternate between user and assistant");
            Assert.NotEmpty(turns[i]["content"]!.AsArray());
        }
        CheckResults(turns);
        CheckIds(turns);
        var tools = body["toolConfig"] is { } config ? Only(config, ["tools"], "toolChoice") : null;
        if (turns.SelectMany(Blocks).Any(block => block.ContainsKey("toolUse") || block.ContainsKey("toolResult"))) Assert.NotNull(tools);
        var fields = body["additionalModelRequestFields"] as JsonObject ?? [];
        var own = fields["tool_choice"];
        return new(
            System(body["system"]), [.. turns.SelectMany(Turns)], [.. (tools?["tools"]!.AsArray() ?? []).Where(tool => tool!.AsObject().ContainsKey("toolSpec")).Select(Tool)],
            // There is no other way to say it.
            tools is null ? "none" : tools["toolChoice"] is { } choice ? Choice(choice) : own is null ? null : Text(own["type"]), (bool?)own?["disable_parallel_tool_use"] is { } disabled ? !disabled : null)
        {
            Format = body["outputConfig"]?["textFormat"] is { } format ? Text(Only(format, ["type", "structure"])["type"]) : null,
            Schema = body["outputConfig"]?["textFormat"]?["structure"]?["jsonSchema"] is { } schema ? JsonNode.Parse(Text(Only(schema, ["schema"], "name", "description")["schema"])) : null,
        };
    }

    /// <summary>"Expected toolResult blocks at messages.N.content for the following Ids", and no others.</summary>
    private static void CheckResults(List<JsonObject> turns)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            var results = Blocks(turns[i]).Select(block => block["toolResult"]).OfType<JsonObject>().Select(result => Text(result["toolUseId"])).ToList();
            var asked = i == 0 ? [] : Blocks(turns[i - 1]).Select(block => block["toolUse"]).OfType<JsonObject>().Select(call => Text(call["toolUseId"])).ToList();
            Assert.Equal(asked.Order(StringComparer.Ordinal), results.Order(StringComparer.Ordinal));
        }
    }

    private static void CheckIds(List<JsonObject> turns)
    {
        var ids = turns.SelectMany(Blocks).Select(block => block["toolUse"]).OfType<JsonObject>().Select(call => Text(call["toolUseId"])).ToList();
        Assert.Distinct(ids);
        Assert.All(ids, id => Assert.Matches("^[a-zA-Z0-9_-]{1,64}$", id));
    }

    private static IEnumerable<JsonObject> Blocks(JsonObject turn) => turn["content"]!.AsArray().Select(block => block!.AsObject());

    private static string? System(JsonNode? system) => system is null ? null : string.Join('\n', system.AsArray().Where(block => !block!.AsObject().ContainsKey("cachePoint")).Select(block => Filled(Only(block, ["text"])["text"])));

    private static IEnumerable<SeenTurn> Turns(JsonObject turn)
    {
        var parts = Blocks(turn).Where(block => !block.ContainsKey("cachePoint")).Select(Part).ToList();
        foreach (var result in parts.OfType<SeenPart.Result>()) yield return new("tool", [result]);
        var others = parts.Where(part => part is not SeenPart.Result).ToList();
        if (others.Count > 0) yield return new(Text(turn["role"]), others);
    }

    private static SeenPart Part(JsonObject block)
    {
        var (name, value) = Assert.Single(block);
        return name switch
        {
            "text" => new SeenPart.Words(Filled(value)),
            "image" => new SeenPart.Picture(Picture(Only(value, ["format", "source"]))),
            "toolUse" => new SeenPart.Call(Text(Only(value, ["toolUseId", "name", "input"])["toolUseId"]), Text(value!["name"]), Assert.IsType<JsonObject>(value["input"])),
            "toolResult" => new SeenPart.Result(Text(Only(value, ["toolUseId", "content"], "status")["toolUseId"]), (string?)value!["status"] == "error", [.. value["content"]!.AsArray().Select(part => Part(part!.AsObject()))]),
            "reasoningContent" => Thinking(Only(Only(value, ["reasoningText"])["reasoningText"], ["text", "signature"])),
            _ => throw new InvalidDataException($"a block of {name}"),
        };
    }

    private static SeenPart.Thinking Thinking(JsonObject text) => new(Text(text["text"]), Text(text["signature"]));

    private static string Picture(JsonObject picture)
    {
        Assert.Contains(Text(picture["format"]), _formats);
        return $"image/{Text(picture["format"])} {Text(Only(picture["source"], ["bytes"])["bytes"])}";
    }

    private static string Filled(JsonNode? text)
    {
        Assert.False(string.IsNullOrWhiteSpace(Text(text)), "the text field is blank");
        return Text(text);
    }

    private static SeenTool Tool(JsonNode? tool)
    {
        var specification = Only(Only(tool, ["toolSpec"])["toolSpec"], ["name", "inputSchema"], "description", "strict");
        var schema = Only(specification["inputSchema"], ["json"])["json"]!;
        Assert.Equal("object", Text(schema["type"]));
        return new(Text(specification["name"]), (string?)specification["description"], schema);
    }

    private static string Choice(JsonNode choice)
    {
        var (name, value) = Assert.Single(Only(choice, [], "auto", "any", "tool"));
        return name switch { "any" => "required", "tool" => $"the tool {Text(Only(value, ["name"])["name"])}", _ => name };
    }

    protected override JsonObject Whole(Said[] said) => new()
    {
        ["metrics"] = new JsonObject { ["latencyMs"] = 387 },
        ["output"] = new JsonObject { ["message"] = new JsonObject { ["content"] = new JsonArray([.. said.Where(one => one is not Said.Cut).Select(one => (JsonNode)Block(one))]), ["role"] = "assistant" } },
        ["stopReason"] = Stop(said), ["usage"] = Usage(),
    };

    /// <summary>One frame a line.</summary>
    protected override string Events(Said[] said)
    {
        var frames = new StringBuilder().AppendLine("event messageStart {\"p\":\"abcd\",\"role\":\"assistant\"}");
        for (var i = 0; i < said.Length; i++)
        {
            if (said[i] is Said.Cut) continue;
            if (said[i] is Said.Call call) Add("contentBlockStart", new() { ["contentBlockIndex"] = i, ["start"] = new JsonObject { ["toolUse"] = new JsonObject { ["name"] = call.Name, ["toolUseId"] = call.Id } } });
            foreach (var delta in Deltas(said[i])) Add("contentBlockDelta", new() { ["contentBlockIndex"] = i, ["delta"] = delta, ["p"] = "abcdefgh" });
            Add("contentBlockStop", new() { ["contentBlockIndex"] = i });
        }
        Add("messageStop", new() { ["p"] = "ab", ["stopReason"] = Stop(said) });
        Add("metadata", new() { ["metrics"] = new JsonObject { ["latencyMs"] = 352 }, ["usage"] = Usage() });
        return frames.ToString();

        void Add(string type, JsonObject data) => frames.Append("event ").Append(type).Append(' ').AppendLine(data.ToJsonString());
    }

    private static JsonObject Usage() => new() { ["inputTokens"] = 20, ["outputTokens"] = 10, ["totalTokens"] = 30 };

    private static string Stop(Said[] said) => said[^1] is Said.Cut ? "max_tokens" : said.OfType<Said.Refusal>().Any() ? "content_filtered" : said.OfType<Said.Call>().Any() ? "tool_use" : "end_turn";

    private static JsonObject Block(Said said) => said switch
    {
        Said.Words words => new() { ["text"] = words.Text },
        Said.Refusal refusal => new() { ["text"] = refusal.Text },
        Said.Thinking thinking => new() { ["reasoningContent"] = new JsonObject { ["reasoningText"] = new JsonObject { ["text"] = thinking.Text, ["signature"] = thinking.Signature } } },
        Said.Call call => new() { ["toolUse"] = new JsonObject { ["input"] = JsonNode.Parse(call.Arguments.Length == 0 ? "{}" : call.Arguments), ["name"] = call.Name, ["toolUseId"] = call.Id } },
        _ => throw new InvalidDataException(said.ToString()),
    };

    private static IEnumerable<JsonObject> Deltas(Said said) => said switch
    {
        Said.Words words => Pieces(words.Text).Select(piece => new JsonObject { ["text"] = piece }),
        Said.Refusal refusal => Pieces(refusal.Text).Select(piece => new JsonObject { ["text"] = piece }),
        Said.Thinking thinking =>
        [
            .. Pieces(thinking.Text).Select(piece => new JsonObject { ["reasoningContent"] = new JsonObject { ["text"] = piece } }),
            new() { ["reasoningContent"] = new JsonObject { ["signature"] = thinking.Signature } },
        ],
        // The first piece is empty, as recorded; a call without arguments has no other.
        Said.Call call => [.. new[] { "" }.Concat(Pieces(call.Arguments is "{}" ? "" : call.Arguments)).Select(piece => new JsonObject { ["toolUse"] = new JsonObject { ["input"] = piece } })],
        _ => [],
    };
}
