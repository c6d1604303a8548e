using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>How a stream of OpenAI's shape is cut at a service.</summary>
internal enum CallPieces
{
    /// <summary>As at OpenAI: id and name first, arguments after them.</summary>
    Apart,

    /// <summary>Each call whole, all of them in one chunk.</summary>
    Whole,

    /// <summary>Each call whole, and without an index.</summary>
    WholeWithoutIndex,

    /// <summary>Id and name again in every piece.</summary>
    Repeated,
}

/// <summary>Where a stream of OpenAI's shape tells its usage.</summary>
internal enum UsagePlace
{
    /// <summary>In a chunk of its own, without answers.</summary>
    OwnChunk,

    /// <summary>In the chunk that says why the answer ended.</summary>
    LastChunk,

    /// <summary>In that chunk, within Groq's envelope.</summary>
    XGroq,

    /// <summary>In that chunk, within the answer.</summary>
    Answer,

    /// <summary>In every chunk, growing.</summary>
    EveryChunk,
}

/// <summary>What is a service's own in OpenAI's shape, after its reference: what it takes, and how it speaks.</summary>
internal sealed record Shape
{
    /// <summary>What a request may hold besides model, messages, tools and their choice, temperature and stream.</summary>
    public string[] Members { get; init; } = ["max_tokens", "response_format", "stream_options", "parallel_tool_calls"];

    /// <summary>What an assistant's message may hold besides content and calls.</summary>
    public string[] AnswerMembers { get; init; } = [];

    /// <summary>The words of a choice, with what they mean.</summary>
    public Dictionary<string, string> Choices { get; init; } = new() { ["none"] = "none", ["auto"] = "auto", ["required"] = "required" };

    /// <summary>Whether one tool can be named.</summary>
    public bool NamesTools { get; init; } = true;

    /// <summary>Whether it takes tools at all, and messages of theirs.</summary>
    public bool HasTools { get; init; } = true;

    /// <summary>Whether user and assistant must take turns, and the last word is the user's.</summary>
    public bool Alternates { get; init; }

    public bool StrictTools { get; init; } = true;
    public string[] Formats { get; init; } = ["text", "json_object", "json_schema"];

    /// <summary>The type by which a form of the answer holds its schema as it is, in a member <c>value</c>; null for OpenAI's form. Tools are not seen beside one then.</summary>
    public string? SchemaType { get; init; }

    public string? CallIds { get; init; }
    public bool NullContent { get; init; } = true;

    /// <summary>The member of an answer that tells its thinking; null for none.</summary>
    public string? Thinking { get; init; }

    /// <summary>Whether a message with calls must tell the thinking before them.</summary>
    public bool ThinkingRequired { get; init; }

    public CallPieces Calls { get; init; }
    public UsagePlace Usage { get; init; }

    /// <summary>The service's words for why an answer ended, where they are others.</summary>
    public Dictionary<string, string> Ends { get; init; } = [];

    /// <summary>What comes before a stream's first chunk.</summary>
    public string Opening { get; init; } = "";

    public string Vendors { get; init; } = "m-2026";
}

/// <summary>A model behind a service that speaks OpenAI's chat in its own way.</summary>
internal sealed class ShapedWireModel(string name, Shape shape) : OpenAIWireModel
{
    public override string Name => name;

    public override string Vendors => shape.Vendors;

    public override bool Refuses => false;

    public override bool Signs => false;

    public override bool Thinks => shape.Thinking is not null && shape.AnswerMembers.Contains(shape.Thinking);

    public override bool Forces => shape.Choices.ContainsValue("required");

    public override bool ForbidsParallelCalls => shape.Members.Contains("parallel_tool_calls");

    public override bool TakesSchemas => shape.SchemaType is not null || shape.Formats.Contains("json_schema");

    protected override string[] Members => ["stream", "temperature", .. shape.HasTools ? (string[])["tools", "tool_choice"] : [], .. shape.Members];

    protected override string[] AnswerMembers => ["content", .. shape.HasTools ? (string[])["tool_calls"] : [], .. shape.AnswerMembers];

    /// <summary>The model as the service is told it, where that is a longer name than people use.</summary>
    public override bool IsFor(string model, SeenRequest request) => true;

    protected override SeenChat Read(JsonObject body)
    {
        if ((string?)body["response_format"]?["type"] is { } format) Assert.Contains(format, shape.Formats);
        if (shape.SchemaType is not null && body["response_format"] is { } held) body["response_format"] = InOpenAIs(held, body);
        foreach (var message in body["messages"]!.AsArray().Select(message => message!.AsObject())) Check(message);
        if (shape.Alternates) CheckTurns([.. body["messages"]!.AsArray().Select(message => Text(message!["role"])).SkipWhile(role => role == "system")]);
        return base.Read(body);
    }

    private JsonObject InOpenAIs(JsonNode held, JsonObject body)
    {
        Assert.Null(body["tools"]);
        var value = Only(held, ["type", "value"])["value"]!.DeepClone();
        Assert.Equal(shape.SchemaType, Text(held["type"]));
        // "Grammar must have a 'properties' field."
        Assert.NotNull(value["properties"]);
        return new() { ["type"] = "json_schema", ["json_schema"] = new JsonObject { ["name"] = "held", ["schema"] = value } };
    }

    private static void CheckTurns(IReadOnlyList<string> roles)
    {
        for (var i = 0; i < roles.Count; i++) Assert.Equal(i % 2 == 0 ? "user" : "assistant", roles[i]);
        Assert.Equal("user", roles[^1]);
    }

    private void Check(JsonObject message)
    {
        foreach (var id in (message["tool_calls"]?.AsArray() ?? []).Select(call => Text(call!["id"])).Append((string?)message["tool_call_id"] ?? ""))
            if (shape.CallIds is { } pattern && id.Length > 0) Assert.Matches(new Regex(pattern), id);
        if (!shape.NullContent) Assert.NotNull(message["content"]);
        Assert.NotEqual("developer", Text(message["role"]));
        if (shape.ThinkingRequired && message["tool_calls"] is not null) Assert.NotNull(message[shape.Thinking!]);
    }

    protected override SeenTool Tool(JsonNode? tool)
    {
        if (!shape.StrictTools) Assert.Null(tool!["function"]!["strict"]);
        return base.Tool(tool);
    }

    protected override string? Choice(JsonNode? choice)
    {
        if (choice is null) return null;
        if (choice is JsonValue) return shape.Choices[Text(choice)];
        Assert.True(shape.NamesTools, "the service takes no name of a tool");
        return base.Choice(choice);
    }

    protected override IEnumerable<SeenPart> Thinking(JsonObject message)
    {
        if (shape.Thinking is { } member && (string?)message[member] is { } thinking && !string.IsNullOrWhiteSpace(thinking)) yield return new SeenPart.Thinking(thinking, "");
    }

    protected override JsonObject Whole(Said[] said)
    {
        var message = new JsonObject { ["role"] = "assistant", ["content"] = Words(said) };
        if (shape.Thinking is { } member && said.OfType<Said.Thinking>().FirstOrDefault() is { } thinking) message[member] = thinking.Text;
        var calls = new JsonArray([.. said.OfType<Said.Call>().Select(call => Function(call, call.Arguments))]);
        if (calls.Count > 0) message["tool_calls"] = calls;
        return Head("chat.completion", new JsonObject { ["index"] = 0, ["message"] = message, ["finish_reason"] = End(said) }, Usage());
    }

    protected override string Events(Said[] said)
    {
        var events = new StringBuilder(shape.Opening).Append(Chunk(new() { ["role"] = "assistant", ["content"] = "" }));
        foreach (var one in said)
        {
            if (one is Said.Thinking thinking && shape.Thinking is { } member)
                foreach (var piece in Pieces(thinking.Text)) events.Append(Chunk(new() { [member] = piece, ["content"] = null }));
            if (one is Said.Words words)
                foreach (var piece in Pieces(words.Text)) events.Append(Chunk(new() { ["content"] = piece }));
        }
        foreach (var piece in CallsOf([.. said.OfType<Said.Call>()])) events.Append(Chunk(new() { ["tool_calls"] = piece }));
        events.Append(Last(said));
        if (shape.Usage == UsagePlace.OwnChunk) events.Append(Event(Head("chat.completion.chunk", null, Usage())));
        return events.Append("data: [DONE]\n\n").ToString();
    }

    private IEnumerable<JsonArray> CallsOf(IReadOnlyList<Said.Call> calls)
    {
        if (calls.Count == 0) yield break;
        if (shape.Calls is CallPieces.Whole or CallPieces.WholeWithoutIndex)
        {
            yield return new([.. calls.Select((call, i) => Numbered(Function(call, call.Arguments), i))]);
            yield break;
        }
        for (var i = 0; i < calls.Count; i++)
        {
            yield return new(Numbered(Function(calls[i], ""), i));
            foreach (var piece in Pieces(calls[i].Arguments))
                yield return new(shape.Calls == CallPieces.Repeated ? Numbered(Function(calls[i], piece), i) : new JsonObject { ["index"] = i, ["function"] = new JsonObject { ["name"] = null, ["arguments"] = piece } });
        }
    }

    private JsonObject Numbered(JsonObject call, int index)
    {
        if (shape.Calls != CallPieces.WholeWithoutIndex) call["index"] = index;
        return call;
    }

    private string Last(Said[] said)
    {
        var choice = new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["content"] = "" }, ["finish_reason"] = End(said) };
        if (shape.Usage == UsagePlace.Answer) choice["usage"] = Usage();
        var chunk = Head("chat.completion.chunk", choice, shape.Usage is UsagePlace.LastChunk or UsagePlace.EveryChunk ? Usage() : null);
        if (shape.Usage == UsagePlace.XGroq) chunk["x_groq"] = new JsonObject { ["id"] = "req_1", ["usage"] = Usage() };
        return Event(chunk);
    }

    private string End(Said[] said) => Finish(said) is var word && shape.Ends.TryGetValue(word, out var own) ? own : word;

    private string Chunk(JsonObject delta) => Event(Head("chat.completion.chunk", new JsonObject { ["index"] = 0, ["delta"] = delta, ["finish_reason"] = null },
        shape.Usage == UsagePlace.EveryChunk ? new JsonObject { ["prompt_tokens"] = 20, ["completion_tokens"] = 1, ["total_tokens"] = 21 } : null));

    private JsonObject Head(string kind, JsonObject? choice, JsonObject? usage)
    {
        var head = new JsonObject { ["id"] = "cmpl-1", ["object"] = kind, ["created"] = 1763900000, ["model"] = shape.Vendors, ["choices"] = choice is null ? new JsonArray() : new JsonArray(choice) };
        if (usage is not null) head["usage"] = usage;
        return head;
    }
}
