using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Plays a scenario of any chat dialect through the client over real HTTP, and says what should have come of it.</summary>
internal static class ChatFixture
{
    /// <summary>Sends the scenario's request, has its reply given, and compares everything that crossed the wire or came out.</summary>
    public static async Task PlayAsync(Fixture fixture, int seed)
    {
        await using var server = await ReplayServer.StartAsync(seed, fixture.Canned);
        var outcome = await SendAsync(fixture, server, Request(fixture));

        Assert.NotEmpty(server.Requests);
        if (fixture.Has("wire-request.json"))
            Assert.All(server.Requests, sent => JsonComparison.Same("the request's body", fixture.Json("wire-request.json"), JsonComparison.ParseStrictly(sent.Body)));
        if (fixture.Has("wire-headers.json"))
            foreach (var (name, value) in fixture.Json("wire-headers.json").AsObject())
                Assert.All(server.Requests, sent => Assert.Equal(value?.GetValue<string>(), sent.Headers.GetValueOrDefault(name)));
        Compare(fixture, outcome);
    }

    /// <summary>Sends a request to the scenario's provider at a server, in the scenario's manner.</summary>
    public static async Task<ChatOutcome> SendAsync(Fixture fixture, ReplayServer server, ChatCompletionRequest request)
    {
        using var client = Client(fixture, server.Url);
        return await ChatOutcome.OfAsync(client, request, fixture.IsStream);
    }

    public static LlmClient Client(Fixture fixture, Uri server)
    {
        var provider = Catalog.Resolve(Request(fixture).Model).Provider.Name;
        return new(new()
        {
            BaseUrls = new Dictionary<string, Uri> { [provider] = server },
            ApiKeys = new Dictionary<string, string> { [provider] = "key-of-the-test" },
            Environment = static _ => null,
            Retries = Calls.Once,
        });
    }

    public static ChatCompletionRequest Request(Fixture fixture) => ChatCompletionRequest.Parse(fixture.Request);

    /// <summary>The body that the scenario's provider gets for a request, rendered without a network.</summary>
    public static JsonNode Rendered(ChatCompletionRequest request, bool stream)
    {
        var (provider, model, _) = Catalog.Resolve(request.Model);
        var call = provider.Chat!.ForModel(model).Render(request, new(provider.Name, model, "request-of-the-test", DateTimeOffset.UnixEpoch), stream);
        return JsonComparison.ParseStrictly(call.Body.Span)!;
    }

    /// <summary>The same JSON without nulls, which mean the same as nothing in a request.</summary>
    public static JsonNode WithoutNulls(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var name in members.Where(member => member.Value is null).Select(member => member.Key).ToList()) members.Remove(name);
                foreach (var (_, value) in members) WithoutNulls(value!);
                break;
            case JsonArray items:
                foreach (var item in items)
                    if (item is not null) WithoutNulls(item);
                break;
        }
        return node;
    }

    private static void Compare(Fixture fixture, ChatOutcome outcome)
    {
        if (fixture.Has("error.json")) CompareError(fixture.Json("error.json"), outcome.Error);
        else Assert.True(outcome.Error is null, outcome.Error?.ToString());
        Assert.Equal(fixture.Has("reply.json"), outcome.Reply is not null);
        if (outcome.Reply is not { } reply) return;

        var json = Encoding.UTF8.GetBytes(reply.ToJson());
        JsonComparison.Same("the reply", fixture.Json("reply.json"), JsonComparison.ParseStrictly(json));
        JsonComparison.Same("the reply, read again", JsonNode.Parse(json), JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(ChatCompletion.Parse(json).ToJson())));
        string[] warned = fixture.Has("warnings.json") ? [.. fixture.Json("warnings.json").AsArray().Select(param => param!.GetValue<string>())] : [];
        Assert.Equal(warned.Order(StringComparer.Ordinal), reply.Warnings.Select(warning => warning.Param).Order(StringComparer.Ordinal));
    }

    /// <summary>What error.json says of an exception must hold; of what it does not mention nothing is asked.</summary>
    private static void CompareError(JsonNode expected, Exception? error)
    {
        Assert.NotNull(error);
        var api = error as ApiException;
        var all = new JsonObject
        {
            ["exception"] = error.GetType().Name, ["message"] = error.Message, ["status"] = api is null ? null : (int)api.Status, ["code"] = api?.Code,
            ["type"] = api?.Type, ["param"] = api?.Param, ["request_id"] = api?.RequestId, ["retry_after"] = api?.RetryAfter?.TotalSeconds,
        };
        foreach (var (name, value) in expected.AsObject())
        {
            if (name == "inner") CompareError(value!, error.InnerException);
            else Assert.True(!JsonComparison.Differences(value, all[name], name).Any(), $"{name} is {all[name]?.ToJsonString()}, not {value?.ToJsonString()}\n{error}");
        }
    }
}
