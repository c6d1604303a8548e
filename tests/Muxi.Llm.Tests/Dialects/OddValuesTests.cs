using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Requests, replies and streams of the fixtures, with each of their values in turn gone or replaced by something odd: all is taken or refused, and nothing else is thrown.</summary>
public sealed class OddValuesTests
{
    private static readonly string[] _formats = ["openai-chat", "anthropic-messages", "openai-responses-chat", "gemini-chat", "bedrock-converse", "ollama-chat", "cohere-chat", "replicate-chat"];

    /// <summary>The formats whose streams are played here; others have tests of their own for them.</summary>
    private static readonly string[] _streamed = ["bedrock-converse", "ollama-chat", "cohere-chat"];

    private static readonly string[] _odd = ["null", "true", "-7", "1e300", "\"x\"", "\"\"", "[]", "[null,1,\"a\",{}]", "{}", """{"x":null}"""];

    public static TheoryData<string> Formats => [.. _formats];

    public static TheoryData<string> Streamed => [.. _streamed];

    [Theory, MemberData(nameof(Formats))]
    public void A_request_is_written_as_JSON_or_refused(string format)
    {
        foreach (var scenario in Of(format))
            foreach (var body in Variants(scenario.Fixture.Request))
                if (Request(body) is { } request) scenario.Try(body, (chat, context) => JsonComparison.ParseStrictly(chat.Render(request, context, stream: true).Body.Span));
    }

    [Theory, MemberData(nameof(Formats))]
    public void A_whole_reply_is_read_or_is_an_error(string format)
    {
        foreach (var scenario in Of(format).Where(static one => one.Fixture.Has("wire-reply.json") && !one.Fixture.Has("wire-head.json")))
            foreach (var body in Variants(scenario.Fixture.WireReply)) scenario.Try(body, (chat, context) => chat.Parse(new(200, Encoding.UTF8.GetBytes(body)), context).ToJson());
    }

    [Theory, MemberData(nameof(Streamed))]
    public void A_stream_is_read_or_breaks_off_with_an_error(string format)
    {
        foreach (var scenario in Of(format).Where(static one => one.Fixture.IsStream && one.Chat is BedrockConverse or OllamaChat or CohereChat))
        {
            var events = Events(scenario.Fixture);
            for (var i = 0; i < events.Count; i++)
            {
                Play(scenario, [.. events[..i], .. events[(i + 1)..]]);
                Play(scenario, [.. events[..i], events[i], .. events[i..]]);
                Play(scenario, [.. events[(i + 1)..], .. events[..(i + 1)]]);
                foreach (var data in Variants(events[i].Data.ToArray())) Play(scenario, [.. events[..i], events[i] with { Data = Encoding.UTF8.GetBytes(data) }, .. events[(i + 1)..]]);
            }
        }
    }

    private static IEnumerable<Scenario> Of(string format) => Fixture.Names(format).Select(static row => Fixture.Load(row.Data)).Select(static fixture =>
    {
        var (provider, model, _) = Catalog.Resolve(ChatFixture.Request(fixture).Model);
        return new Scenario(fixture, provider.Chat!.ForModel(model), new(provider.Name, model, "request-of-the-test", DateTimeOffset.UnixEpoch));
    });

    private static List<WireEvent> Events(Fixture fixture) => fixture.Has("wire-reply.frames")
        ? [.. AwsFrames.Read(fixture.WireReply).Select(static frame => new WireEvent(frame.Type, Encoding.UTF8.GetBytes(frame.Data)) { Fault = frame.Kind == "event" ? null : new(frame.Type, null) })]
        : fixture.Has("wire-reply.sse") ? [.. Encoding.UTF8.GetString(fixture.WireReply).Split('\n').Where(static line => line.StartsWith("data:", StringComparison.Ordinal)).Select(static line => new WireEvent(null, Encoding.UTF8.GetBytes(line[5..].Trim())))]
        : [.. Encoding.UTF8.GetString(fixture.WireReply).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(static line => new WireEvent(null, Encoding.UTF8.GetBytes(line)))];

    private static void Play(Scenario scenario, List<WireEvent> events) => scenario.Try(string.Join('\n', events.Select(static one => $"{one.Type} {Encoding.UTF8.GetString(one.Data.Span)}")), (chat, context) =>
    {
        var fold = chat.Fold(context);
        var chunks = new List<ChatCompletionChunk>();
        foreach (var one in events) fold.Next(one, chunks);
        fold.End(chunks);
        var whole = new ChatAccumulator();
        foreach (var chunk in chunks)
        {
            chunk.ToJson();
            whole.Add(chunk);
        }
    });

    /// <summary>A request as it is read; null where reading refuses it.</summary>
    private static ChatCompletionRequest? Request(string body)
    {
        try
        {
            return ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(body));
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The object with each of its values, at any depth, gone or replaced.</summary>
    private static IEnumerable<string> Variants(byte[] json)
    {
        var text = Encoding.UTF8.GetString(json);
        // The test's own tree takes no halves of characters.
        if (!RawJson.IsObject(text) || text.Contains("\\ud8", StringComparison.OrdinalIgnoreCase)) yield break;
        foreach (var path in Paths(JsonNode.Parse(json), []))
        {
            foreach (var odd in _odd) yield return Replaced(json, path, home => Set(home, path[^1], JsonNode.Parse(odd)));
            if (path[^1] is string name) yield return Replaced(json, path, home => home.AsObject().Remove(name));
        }
    }

    private static IEnumerable<object[]> Paths(JsonNode? node, object[] path)
    {
        if (path.Length > 0) yield return path;
        var inner = node switch
        {
            JsonObject members => members.Select(static member => ((object)member.Key, member.Value)),
            JsonArray items => items.Select(static (item, at) => ((object)at, item)),
            _ => [],
        };
        foreach (var (step, value) in inner)
            foreach (var found in Paths(value, [.. path, step])) yield return found;
    }

    private static string Replaced(byte[] json, object[] path, Action<JsonNode> change)
    {
        var root = JsonNode.Parse(json)!;
        change(path[..^1].Aggregate(root, static (at, step) => (step is string name ? at[name] : at[(int)step])!));
        return root.ToJsonString();
    }

    private static void Set(JsonNode home, object step, JsonNode? value)
    {
        if (step is string name) home[name] = value;
        else home[(int)step] = value;
    }

    /// <summary>A fixture and who speaks there.</summary>
    private sealed record Scenario(Fixture Fixture, ChatDialect Chat, CallContext Context)
    {
        public void Try(string text, Action<ChatDialect, CallContext> act)
        {
            try
            {
                act(Chat, Context);
            }
            catch (LlmException)
            {
                // Refused, or an error: as it should be.
            }
            catch (Exception e)
            {
                Assert.Fail($"{Fixture}: {e.GetType().Name}: {e.Message}\n{text}\n{e.StackTrace}");
            }
        }
    }
}
