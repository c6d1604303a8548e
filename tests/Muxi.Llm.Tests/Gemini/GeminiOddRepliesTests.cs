using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Whatever a service of Google's format answers, reading it ends in a reply or in an exception of ours.</summary>
public sealed class GeminiOddRepliesTests
{
    private const int Changes = 400;

    private static readonly CallContext _context = new("any", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);
    private static readonly GeminiChat _gemini = new();

    private static readonly string[] _odd = ["null", "true", "-1", "1e999", "12345678901234567890", "\"\"", "\"\\ud83d\"", "\"0\"", "[]", "[null]", "[[]]", "{}", "{\"parts\":{}}", "{\"x\":null}", "[{\"jsonPath\":\"$.a[0\",\"stringValue\":\"\\ud800\"}]"];

    public static TheoryData<string> Streamed => Fixture.Names("gemini-chat", "wire-reply.sse");

    public static TheoryData<string> Whole => Fixture.Names("gemini-chat", "wire-reply.json");

    [Theory, MemberData(nameof(Whole))]
    public void Of_values_that_are_others(string name)
    {
        var body = Fixture.Load(name).Json("wire-reply.json");
        var random = new Random(name.Length);
        for (var n = 0; n < Changes; n++)
        {
            var bytes = Encoding.UTF8.GetBytes(Changed(body, random));
            foreach (var read in (Func<string>[])[() => _gemini.Parse(new(200, bytes), _context).ToJson(), () => Folded([bytes])])
                if (Record.Exception(read) is { } error and not LlmException) Assert.Fail($"{Encoding.UTF8.GetString(bytes)}\n{error}");
        }
    }

    [Theory, MemberData(nameof(Streamed))]
    public void Of_values_in_a_stream_that_are_others(string name)
    {
        var events = Encoding.UTF8.GetString(Fixture.Load(name).WireReply).Split('\n').Where(static line => line.StartsWith("data: {", StringComparison.Ordinal)).Select(static line => line["data: ".Length..]).ToList();
        if (events.Count == 0) return;
        var random = new Random(name.Length);
        for (var n = 0; n < Changes; n++)
        {
            var place = random.Next(events.Count);
            var changed = events.Select((one, at) => at == place ? Changed(JsonNode.Parse(one)!, random) : one).ToList();
            if (Record.Exception(() => Folded([.. changed.Select(Encoding.UTF8.GetBytes)])) is { } error and not LlmException) Assert.Fail($"{string.Join('\n', changed)}\n{error}");
        }
    }

    [Theory]
    [InlineData("""{"args":{"a":1,"a":2,"b":{"c":1,"c":"\ud800"}},"willContinue":true}""", """{"a":2,"b":{"c":"\uFFFD"}}""")]
    [InlineData("""{"partialArgs":[{"jsonPath":"$.a","numberValue":"\ud800"},{"jsonPath":"$.b","boolValue":{"x":1,"x":2}},{"jsonPath":"$.c","numberValue":1e999}],"willContinue":true}""", """{"a":null,"b":null,"c":1e999}""")]
    public void Of_arguments_in_pieces_what_can_be_read_is_kept(string piece, string arguments)
    {
        string Event(string call, string finish) => $$$"""{"candidates":[{"content":{"parts":[{"functionCall":{{{call}}}}]},{{{finish}}}"index":0}]}""";
        var reply = Folded(Encoding.UTF8.GetBytes(Event("""{"name":"f","id":"1","willContinue":true}""", "")), Encoding.UTF8.GetBytes(Event(piece, "")), Encoding.UTF8.GetBytes(Event("{}", "\"finishReason\":\"STOP\",")));

        Assert.Equal(arguments, ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply)).ToolCalls[0].Function.Arguments);
    }

    [Theory, InlineData(""), InlineData("null"), InlineData("[]"), InlineData("{}"), InlineData("x"), InlineData("[1]"), InlineData("{\"candidates\":1}{"), InlineData("[DONE]")]
    public void Of_bodies_that_are_none(string body)
    {
        Assert.IsAssignableFrom<LlmException>(Record.Exception(() => _gemini.Parse(new(200, Encoding.UTF8.GetBytes(body)), _context)));
        Assert.IsAssignableFrom<LlmException>(Record.Exception(() => Folded([Encoding.UTF8.GetBytes(body)])));
    }

    private static string Folded(params byte[][] events)
    {
        var fold = _gemini.Fold(_context);
        var (accumulator, chunks) = (new ChatAccumulator(), new List<ChatCompletionChunk>());
        foreach (var one in events) fold.Next(new(null, one), chunks);
        fold.End(chunks);
        foreach (var chunk in chunks) accumulator.Add(ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(chunk.ToJson())));
        return accumulator.ToCompletion()!.ToJson();
    }

    /// <summary>The body with one of its values put for another.</summary>
    private static string Changed(JsonNode body, Random random)
    {
        const string Place = "place-of-the-change";
        var changed = body.DeepClone();
        var places = Places(changed).ToList();
        var place = places[random.Next(places.Count)];
        if (place.Parent is JsonObject members) members[place.Name!] = Place;
        else place.Parent.AsArray()[place.Index] = Place;
        return changed.ToJsonString().Replace($"\"{Place}\"", _odd[random.Next(_odd.Length)], StringComparison.Ordinal);
    }

    private static IEnumerable<(JsonNode Parent, string? Name, int Index)> Places(JsonNode? node)
    {
        if (node is JsonObject members)
        {
            foreach (var (name, value) in members)
            {
                yield return (members, name, 0);
                foreach (var place in Places(value)) yield return place;
            }
        }
        else if (node is JsonArray items)
        {
            for (var i = 0; i < items.Count; i++)
            {
                yield return (items, null, i);
                foreach (var place in Places(items[i])) yield return place;
            }
        }
    }
}
