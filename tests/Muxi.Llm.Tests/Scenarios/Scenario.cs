using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>One thing that a user does, what the service says to it, and what the user must see: a row of scenarios.json.</summary>
internal sealed record Scenario(string Name, JsonObject Row)
{
    /// <summary>All of them, by name.</summary>
    public static IReadOnlyDictionary<string, Scenario> All { get; } = Read();

    public string Prompt => Row["prompt"].Str() ?? "";

    public bool IsStream => (bool?)Row["stream"] == true;

    /// <summary>The texts to embed; null where the scenario is one of chat.</summary>
    public string[]? Embed => Row["embed"]?.AsArray().Select(text => text.Str()!).ToArray();

    public JsonNode? Tools => Row["tools"];

    public JsonNode? Schema => Row["schema"];

    public byte[]? Picture => Row["image"] is { } image ? Convert.FromBase64String(image.Str()!) : null;

    public string? Fallback => Row["fallback"].Str();

    /// <summary>Whether the user leaves at the first word.</summary>
    public bool Leaves => (bool?)Row["leaves"] == true;

    public JsonObject Expect => Row["expect"]!.AsObject();

    /// <summary>What the model says.</summary>
    public Said[] Says => [.. (Row["says"]?.AsArray() ?? []).Select(one => one!["call"] is { } call
        ? (Said)new Said.Call(call["id"].Str()!, call["name"].Str()!, call["arguments"]!.ToJsonString()) : new Said.Words(one["text"].Str()!))];

    /// <summary>The error that the service answers with; null where it does its work.</summary>
    public CannedReply? Fails => Row["fails"] is { } fails ? CannedReply.Json(fails["body"]!.ToJsonString(), (int)fails["status"]!) : null;

    /// <summary>The request as the library and the server take it.</summary>
    public ChatCompletionRequest Request(string model) => new()
    {
        Model = model,
        Messages = [Picture is { } picture ? Message.User(Prompt, Image.FromBytes(picture)) : Message.User(Prompt)],
        Tools = Tools?.AsArray().Select(tool => Tool.FromFunction(tool!["function"]!["name"].Str()!, tool["function"]!["description"].Str(), tool["function"]!["parameters"]!.ToJsonString())).ToList(),
        ResponseFormat = Schema is { } schema ? ResponseFormat.JsonSchema("answer", schema.ToJsonString()) : null,
    };

    /// <summary>Fails where the user saw something else than the row says.</summary>
    /// <param name="seen">What was seen.</param>
    /// <param name="isExact">Whether the service says what the row says; a real one answers in its own words.</param>
    public void Check(Seen seen, bool isExact = true)
    {
        Assert.True(seen.Error is null || Expect.ContainsKey("error"), $"{Name}: {seen.Error}");
        if (Expect["text"].Str() is { } text)
        {
            if (isExact) Assert.Equal(text, seen.Text);
            else Assert.False(string.IsNullOrWhiteSpace(seen.Text));
        }
        if (Expect["calls"] is { } calls)
        {
            Assert.Equal(calls[0]!["name"].Str(), Assert.Single(seen.Calls).Name);
            if (isExact) Assert.True(JsonNode.DeepEquals(calls[0]!["arguments"], JsonNode.Parse(seen.Calls[0].Arguments)), seen.Calls[0].Arguments);
        }
        if (Expect["json"] is { } json)
        {
            var got = JsonNode.Parse(seen.Text!)!;
            if (isExact) Assert.True(JsonNode.DeepEquals(json, got), seen.Text);
            else Assert.Equal(json.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal), got.AsObject().Select(member => member.Key).Order(StringComparer.Ordinal));
        }
        if (Expect["vectors"] is { } count) Assert.Equal((int)count, seen.Vectors);
        if (Expect["answeredBy"].Str() is { } answeredBy) Assert.Equal(answeredBy, seen.AnsweredBy);
        if (Expect["cancelled"] is not null) Assert.True(seen.IsCancelled);
        if (Expect["error"].Str() is { } error)
        {
            Assert.NotNull(seen.Error);
            if (seen.Kind is { } kind) Assert.Equal(error, kind.ToString());
            if (seen.Status is { } status) Assert.Equal((int)Expect["status"]!, status);
            if (isExact) Assert.Contains(Row["fails"]!["body"]!["error"]!["message"].Str()!, seen.Error, StringComparison.Ordinal);
        }
    }

    public override string ToString() => Name;

    private static Dictionary<string, Scenario> Read() =>
        JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "Muxi.Llm.Tests", "Scenarios", "scenarios.json")))!.AsArray().Select(row => new Scenario(row!["name"].Str()!, row.AsObject())).ToDictionary(row => row.Name);
}

/// <summary>What a user sees in the end, whichever way was taken.</summary>
internal sealed record Seen
{
    public string? Text { get; init; }

    public IReadOnlyList<(string Name, string Arguments)> Calls { get; init; } = [];

    public int Vectors { get; init; }

    /// <summary>Which service it says has answered.</summary>
    public string? AnsweredBy { get; init; }

    public bool IsCancelled { get; init; }

    /// <summary>The error in words; null where there was none.</summary>
    public string? Error { get; init; }

    public ErrorKind? Kind { get; init; }

    public int? Status { get; init; }
}
