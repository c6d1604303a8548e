using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A model behind Google's <c>generateContent</c>, after the Gemini API's reference (v1beta) and its pages on function calling and thought signatures.</summary>
internal sealed class GeminiWireModel : WireModel
{
    private static readonly string[] _mediaTypes = ["image/png", "image/jpeg", "image/webp", "image/heic", "image/heif", "image/gif"];

    public override string Name => "gemini/gemini-3.8-flash";

    public override string Vendors => "gemini-3.8-flash";

    public override bool ForbidsParallelCalls => false;

    public override string Path => "models/gemini-3.8-flash:generateContent";

    public override bool TellsRefusals => false;

    public override bool Streams(SeenRequest request) => request.Target.EndsWith(":streamGenerateContent?alt=sse", StringComparison.Ordinal);

    public override bool IsFor(string model, SeenRequest request) => request.Target == $"/{model}:{(Streams(request) ? "streamGenerateContent?alt=sse" : "generateContent")}";

    protected override SeenChat Read(JsonObject body)
    {
        Only(body, ["contents"], "systemInstruction", "tools", "toolConfig", "generationConfig", "safetySettings", "cachedContent", "serviceTier", "store");
        var turns = body["contents"]!.AsArray().Select(content => Only(content, ["role", "parts"])).ToList();
        Assert.NotEmpty(turns);
        Assert.All(turns, turn => Assert.Contains(Text(turn["role"]), (string[])["user", "model"]));
        Assert.All(turns, turn => Assert.NotEmpty(turn["parts"]!.AsArray()));
        CheckResults(turns);
        CheckSignatures(turns);
        var config = Only(body["generationConfig"] ?? new JsonObject(), [], "maxOutputTokens", "responseMimeType", "responseJsonSchema", "thinkingConfig", "stopSequences", "candidateCount", "seed");
        if (config["responseJsonSchema"] is not null) Assert.Equal("application/json", Text(config["responseMimeType"]));
        return new(System(body["systemInstruction"]), [.. turns.Select(Turn).SelectMany(turn => turn)], [.. (body["tools"]?.AsArray() ?? []).SelectMany(Tools)], Choice(body["toolConfig"]), null)
        {
            Format = config["responseJsonSchema"] is not null ? "json_schema" : config["responseMimeType"] is not null ? "json_object" : null, Schema = config["responseJsonSchema"],
        };
    }

    /// <summary>"The number of function response parts must be equal to the number of function call parts of the function call turn" (its refusal), and here each with its name and id.</summary>
    private static void CheckResults(List<JsonObject> turns)
    {
        for (var i = 0; i < turns.Count; i++)
        {
            var results = Named(turns[i], "functionResponse");
            if (results.Count > 0) Assert.Equal(results.Count, turns[i]["parts"]!.AsArray().Count);
            var calls = i == 0 ? [] : Named(turns[i - 1], "functionCall");
            Assert.Equal(calls.Select(call => $"{call["id"]} {call["name"]}"), results.Select(result => $"{result["id"]} {result["name"]}"));
        }
        Assert.Empty(Named(turns[^1], "functionCall"));
    }

    /// <summary>"Function call is missing a thought_signature" (its refusal): the first call of each turn has one.</summary>
    private static void CheckSignatures(List<JsonObject> turns)
    {
        foreach (var turn in turns)
            if (turn["parts"]!.AsArray().FirstOrDefault(part => part!["functionCall"] is not null) is { } first) Assert.False(string.IsNullOrEmpty((string?)first["thoughtSignature"]), first.ToJsonString());
    }

    private static List<JsonNode> Named(JsonObject turn, string name) => [.. turn["parts"]!.AsArray().Select(part => part![name]).OfType<JsonNode>()];

    private static string? System(JsonNode? system) => system is null ? null : string.Join('\n', Only(system, ["parts"])["parts"]!.AsArray().Select(part => Text(Only(part, ["text"])["text"])));

    private static IEnumerable<SeenTurn> Turn(JsonObject content)
    {
        var role = Text(content["role"]) == "model" ? "assistant" : "user";
        var parts = content["parts"]!.AsArray().Select(Part).ToList();
        foreach (var result in parts.OfType<SeenPart.Result>()) yield return new("tool", [result]);
        var others = parts.Where(part => part is not SeenPart.Result).ToList();
        if (others.Count > 0) yield return new(role, others);
    }

    private static SeenPart Part(JsonNode? part)
    {
        var members = Assert.IsType<JsonObject>(part);
        if (members["functionCall"] is { } call)
        {
            Only(Only(members, ["functionCall"], "thoughtSignature")["functionCall"], ["name", "args"], "id");
            return new SeenPart.Call((string?)call["id"] ?? "", Text(call["name"]), Assert.IsType<JsonObject>(call["args"]));
        }
        if (members["functionResponse"] is { } result) return Result(Only(Only(members, ["functionResponse"])["functionResponse"], ["name", "response"], "id", "parts"));
        if (members["inlineData"] is not null || members["fileData"] is not null) return Media(members);
        Only(members, ["text"], "thought", "thoughtSignature");
        if ((bool?)members["thought"] == true) return new SeenPart.Thinking(Text(members["text"]), (string?)members["thoughtSignature"] ?? "");
        Assert.True(Text(members["text"]).Length > 0 || members["thoughtSignature"] is not null, "a part must hold something");
        return new SeenPart.Words(Text(members["text"]));
    }

    private static SeenPart.Result Result(JsonObject result)
    {
        var response = Assert.IsType<JsonObject>(result["response"]);
        var (isError, text) = response.Count == 1 && response["error"] is JsonValue error ? (true, Text(error)) : (false, response.Count == 1 && response["result"] is JsonValue value ? Text(value) : response.ToJsonString());
        List<SeenPart> parts = text.Length == 0 ? [] : [new SeenPart.Words(text)];
        parts.AddRange((result["parts"]?.AsArray() ?? []).Select(part => Media(Assert.IsType<JsonObject>(part))));
        return new((string?)result["id"] ?? "", isError, parts);
    }

    private static SeenPart.Picture Media(JsonObject part)
    {
        if (part["fileData"] is { } file) return new(Text(Only(file, ["fileUri"], "mimeType")["fileUri"]));
        var data = Only(Only(part, ["inlineData"], "thoughtSignature")["inlineData"], ["mimeType", "data"]);
        Assert.Contains(Text(data["mimeType"]), _mediaTypes);
        return new($"{Text(data["mimeType"])} {Text(data["data"])}");
    }

    private static IEnumerable<SeenTool> Tools(JsonNode? tool)
    {
        foreach (var function in Only(tool, ["functionDeclarations"])["functionDeclarations"]!.AsArray())
        {
            Only(function, ["name"], "description", "parametersJsonSchema");
            Assert.Matches("^[a-zA-Z_][a-zA-Z0-9_.:-]{0,127}$", Text(function!["name"]));
            yield return new(Text(function["name"]), (string?)function["description"], function["parametersJsonSchema"]);
        }
    }

    private static string? Choice(JsonNode? config)
    {
        if (config is null) return null;
        var calling = Only(Only(config, ["functionCallingConfig"])["functionCallingConfig"], ["mode"], "allowedFunctionNames");
        var names = calling["allowedFunctionNames"]?.AsArray();
        return Text(calling["mode"]) switch
        {
            "ANY" => names is [var only] ? $"the tool {only}" : "required",
            "VALIDATED" => "auto",
            var mode => mode.ToLowerInvariant(),
        };
    }

    protected override JsonObject Whole(Said[] said) => Reply([.. said.Where(one => one is not Said.Cut).Select((one, place) => (JsonNode)Part(one, place == FirstCall(said)))], Stop(said));

    protected override string Events(Said[] said)
    {
        var events = new StringBuilder();
        for (var i = 0; i < said.Length; i++)
            foreach (var part in Pieces(said[i], i == FirstCall(said))) events.Append(Sent(Reply([part], null)));
        return events.Append(Sent(Reply([new JsonObject { ["text"] = "" }], Stop(said)))).ToString();
    }

    private static string Sent(JsonObject data) => Event(data).Replace("\n", "\r\n", StringComparison.Ordinal);

    private static int FirstCall(Said[] said) => Array.FindIndex(said, one => one is Said.Call);

    private static JsonObject Reply(JsonNode[] parts, string? stop)
    {
        var candidate = new JsonObject { ["content"] = new JsonObject { ["parts"] = new JsonArray(parts), ["role"] = "model" }, ["index"] = 0 };
        if (stop is not null) candidate["finishReason"] = stop;
        return new()
        {
            ["candidates"] = new JsonArray(candidate), ["usageMetadata"] = new JsonObject { ["promptTokenCount"] = 20, ["candidatesTokenCount"] = 10, ["totalTokenCount"] = 30 },
            ["modelVersion"] = "gemini-3.8-flash", ["responseId"] = "resp_1",
        };
    }

    private static string Stop(Said[] said) => said[^1] is Said.Cut ? "MAX_TOKENS" : said.OfType<Said.Refusal>().Any() ? "SAFETY" : "STOP";

    private static JsonObject Part(Said said, bool isFirstCall) => said switch
    {
        Said.Words words => new() { ["text"] = words.Text },
        Said.Refusal refusal => new() { ["text"] = refusal.Text },
        Said.Thinking thinking => new() { ["text"] = thinking.Text, ["thought"] = true, ["thoughtSignature"] = thinking.Signature },
        Said.Call call => Signed(new() { ["functionCall"] = new JsonObject { ["id"] = call.Id, ["name"] = call.Name, ["args"] = JsonNode.Parse(call.Arguments.Length == 0 ? "{}" : call.Arguments) } }, isFirstCall),
        _ => throw new InvalidDataException(said.ToString()),
    };

    private static JsonObject Signed(JsonObject part, bool isSigned)
    {
        if (isSigned) part["thoughtSignature"] = "c2lnbmF0dXJl";
        return part;
    }

    private static IEnumerable<JsonObject> Pieces(Said said, bool isFirstCall) => said switch
    {
        Said.Words words => Pieces(words.Text).Select(piece => new JsonObject { ["text"] = piece }),
        Said.Refusal refusal => Pieces(refusal.Text).Select(piece => new JsonObject { ["text"] = piece }),
        // What is signed comes whole.
        Said.Thinking or Said.Call => [Part(said, isFirstCall)],
        _ => [],
    };
}
