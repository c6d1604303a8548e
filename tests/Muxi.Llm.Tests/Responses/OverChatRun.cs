using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Answers of a chat's fixtures as responses, without a network.</summary>
internal static class OverChatRun
{
    public const string Id = "resp_of_the_test";

    private static readonly ResponseRequest _any = new() { Model = "any/m", Input = "Hi" };

    /// <summary>The scenarios whose answer is a good one.</summary>
    public static TheoryData<string> Names(params ReadOnlySpan<string> having)
    {
        var names = new TheoryData<string>();
        foreach (var dialect in (string[])["openai-chat", "anthropic-messages"])
            foreach (var row in Fixture.Names(dialect, [.. having, "reply.json"]))
                if (!Fixture.Load(row.Data).Has("error.json")) names.Add(row.Data);
        return names;
    }

    public static CallContext Context(Fixture fixture) => Context(Catalog.Resolve(ChatFixture.Request(fixture).Model));

    public static ChatDialect Dialect(Fixture fixture)
    {
        var name = Catalog.Resolve(ChatFixture.Request(fixture).Model);
        return name.Provider.Chat!.ForModel(name.Model);
    }

    public static CallContext Context(ModelName name) => new(name.Provider.Name, name.Model, "request-of-the-test", DateTimeOffset.UnixEpoch);

    /// <summary>What a whole answer, or all of a stream's, is as chat.</summary>
    public static async Task<ChatCompletion> ChatAsync(Fixture fixture)
    {
        if (!fixture.IsStream) return Dialect(fixture).Parse(new(200, fixture.WireReply), Context(fixture));
        var chunks = new List<ChatCompletionChunk>();
        Fold(fixture, Dialect(fixture).Fold(ChatFixture.Request(fixture), Context(fixture)), chunks);
        return await chunks.ToAsyncEnumerable().ToCompletionAsync(TestContext.Current.CancellationToken);
    }

    public static Response Whole(Fixture fixture, ChatCompletion chat, ResponseRequest? request = null) => new OverChatReply(request ?? _any, Id, Context(fixture)).Whole(chat);

    public static List<ResponseStreamEvent> Streamed(Fixture fixture, ResponseRequest? request = null)
    {
        var events = new List<ResponseStreamEvent>();
        var context = Context(fixture);
        Fold(fixture, new OverChatFold(Dialect(fixture).Fold(ChatFixture.Request(fixture), context), new(request ?? _any, Id, context)), events);
        return events;
    }

    public static JsonNode Json(Response response) => JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(response.ToJson()))!;

    public static JsonNode Json(ResponseStreamEvent one) => JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(one.ToJson()))!;

    private static void Fold<T>(Fixture fixture, IFold<T> fold, List<T> into)
    {
        using var framer = Framer.For(Dialect(fixture).Framing);
        var body = fixture.WireReply;
        for (var at = 0; at < body.Length && !fold.IsComplete;)
        {
            var buffer = framer.GetBuffer();
            var count = Math.Min(buffer.Length, body.Length - at);
            body.AsMemory(at, count).CopyTo(buffer);
            framer.Advance(count);
            at += count;
            while (!fold.IsComplete && framer.TryRead(out var one)) fold.Next(one, into);
        }
        if (fold.IsComplete) return;
        framer.Complete();
        while (!fold.IsComplete && framer.TryRead(out var one)) fold.Next(one, into);
        if (fold.IsComplete) return;
        if (into.Count == 0 && !framer.Stray.IsEmpty) fold.Next(new(null, framer.Stray), into);
        if (!fold.IsComplete) fold.End(into);
    }
}
