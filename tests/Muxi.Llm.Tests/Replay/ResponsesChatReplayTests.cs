using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded response, replayed over HTTP to a client that chats, against the naive reader of the same bytes; and what is sealed in it goes back.</summary>
public sealed class ResponsesChatReplayTests
{
    private const int Splits = 12;

    public static TheoryData<string> Services => ["azure", "chatgpt", "copilot", "llamacpp", "lmstudio", "local-openai-compat", "mistralrs", "openai", "openrouter", "pydantic-gateway", "xai"];

    [Theory, MemberData(nameof(Services))]
    public async Task Every_record_reads_as_its_oracle_says(string service)
    {
        var judged = Judgements.Load("Replay/judged-responses-chat.json");
        var differences = new List<string>();
        var read = 0;
        foreach (var record in Records(service))
        {
            var expected = ResponsesChatOracle.Read(record.Reply.PlainBody());
            for (var seed = 0; seed < (expected.IsStream ? Splits : 1); seed++)
            {
                var found = Differences(expected, await ReplayAsync(record, seed, expected.IsStream)).Where(one => !judged.Covers(record.Id, one.Field)).ToList();
                differences.AddRange(found.Select(one => $"{record.Id} (split {seed}): {one}"));
                if (found.Count > 0) break;
            }
            read++;
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(read > 0, $"no record of {service}");
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Every_item_goes_back_from_canonical_JSON_in_its_place(string service)
    {
        var judged = Judgements.Load("Replay/judged-responses-chat.json");
        var differences = new List<string>();
        foreach (var record in Records(service))
        {
            var expected = ResponsesChatOracle.Read(record.Reply.PlainBody());
            if (expected.Error is not null || judged.Covers(record.Id, "said")) continue;
            var reply = (await ReplayAsync(record, 1, expected.IsStream)).Reply!;
            var stored = ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson()));
            var request = new ChatCompletionRequest { Model = "openai-responses/any", Messages = [stored.Choices[0].Message, Message.User("Go on.")], Store = true };

            var input = ChatFixture.Rendered(ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())), stream: false)["input"]!.AsArray();

            // Thinking at the end is left out, since the service takes none there.
            var items = expected.Items.ToList();
            while (items is [.., var last] && last["type"].Str() == "reasoning") items.RemoveAt(items.Count - 1);
            var sent = input.SkipLast(1).Select(item => Plain(item!.AsObject())).ToList();
            differences.AddRange(JsonComparison.Differences(new JsonArray([.. items.Select(Plain)]), new JsonArray([.. sent]), "").Take(3).Select(one => $"{record.Id}: {one}"));
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Every_judgement_is_still_needed()
    {
        var needless = new List<string>();
        foreach (var (id, fields) in Judgements.Load("Replay/judged-responses-chat.json").All)
        {
            if (Cassettes.All.FirstOrDefault(record => record.Id == id) is not { } record) continue;
            var expected = ResponsesChatOracle.Read(record.Reply.PlainBody());
            var found = Differences(expected, await ReplayAsync(record, 0, expected.IsStream)).Select(one => one.Field).ToHashSet();
            needless.AddRange(fields.Where(field => !found.Contains(field)).Select(field => $"{id}: {field}"));
        }
        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    [Fact]
    public async Task A_planted_difference_is_seen()
    {
        var record = Records("openai").First(one => ResponsesChatOracle.Read(one.Reply.PlainBody()) is { Error: null, IsStream: true, Items.Count: > 1 });
        var (response, items, isStream, _) = ResponsesChatOracle.Read(record.Reply.PlainBody());
        var planted = response!.DeepClone().AsObject();
        planted["usage"]!["output_tokens"] = 123456.0;

        var found = Differences((planted, [.. items, JsonNode.Parse("""{"type":"function_call","call_id":"c","name":"n","arguments":"{}"}""")!.AsObject()], isStream, null), await ReplayAsync(record, 0, isStream));

        Assert.Equal(["finish", "said", "usage"], found.Select(one => one.Field).Order(StringComparer.Ordinal));
    }

    /// <summary>The answers that a service has recorded; what was deleted or condensed is no answer.</summary>
    private static IEnumerable<Cassette> Records(string service) => Cassettes.Where("responses", service)
        .Where(record => record.Reply.Status < 400 && OracleJson.Parse(Encoding.UTF8.GetString(record.Reply.PlainBody()))?["object"].Str() is not ("response.deleted" or "response.compaction"));

    private static async Task<ChatOutcome> ReplayAsync(Cassette record, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "openai-responses"));
        return await ChatOutcome.OfAsync(client, Calls.Ask("openai-responses/any"), isStream);
    }

    private static IEnumerable<(string Field, string? Expected, string? Found)> Differences((JsonObject? Response, List<JsonObject> Items, bool IsStream, JsonObject? Error) expected, ChatOutcome found)
    {
        List<(string Field, string? Expected, string? Found)> all = [("outcome", expected.Error is null ? "a reply" : "an error", found.Error is null ? "a reply" : "an error")];
        if (expected is { Error: null, Response: { } response } && found is { Error: null, Reply: { } reply }) all.AddRange(Reply(response, expected.Items, reply));
        return all.Where(one => one.Expected != one.Found);
    }

    private static IEnumerable<(string, string?, string?)> Reply(JsonObject response, List<JsonObject> items, ChatCompletion reply)
    {
        var choice = reply.Choices[0];
        yield return ("id", response["id"].Str() ?? "", reply.Id);
        yield return ("model", response["model"].Str() ?? "", reply.Model);
        yield return ("finish", ResponsesChatOracle.Finish(response, items), choice.FinishReason?.Value);
        yield return ("said", string.Join('\n', ResponsesChatOracle.Said(items)), string.Join('\n', choice.Message.Blocks.Select(Said)));
        yield return ("usage", Usage(response["usage"]), Usage(reply.Usage));
        var annotations = items.SelectMany(item => item["content"].Items()).Sum(part => part.Item["annotations"].Items().Count());
        yield return ("annotations", $"{annotations}", $"{choice.Message.Annotations.Count}");
        var logprobs = items.SelectMany(item => item["content"].Items()).Sum(part => part.Item["logprobs"].Items().Count());
        yield return ("logprobs", $"{logprobs}", $"{choice.Logprobs?.Content?.Count ?? 0}");
    }

    /// <summary>A block as the oracle says its item.</summary>
    private static string Said(ContentPart block) => block switch
    {
        { Type.Value: "text" } => $"text {block.Text}",
        { Type.Value: "refusal" } => $"refusal {block.Text}",
        { Type.Value: "reasoning" } => $"reasoning {block.Text} sealed {block.Signature}",
        { ToolCall: { } call } => $"{(call.Type == "custom" ? "custom_tool_call" : "function_call")} {call.Id} {call.Function.Name} {call.Function.Arguments}",
        { ImageUrl: not null } => $"image_generation_call {block.Extra.GetString("id")}",
        _ => $"{JsonNode.Parse(block.Raw.ToString())!["type"].Str()} {JsonNode.Parse(block.Raw.ToString())!["id"].Str()}",
    };

    private static string? Usage(JsonNode? usage) => usage is null ? null
        : $"{usage["input_tokens"].Num()}+{usage["output_tokens"].Num()}, {usage["input_tokens_details"]?["cached_tokens"].Num() ?? 0} cached, {usage["output_tokens_details"]?["reasoning_tokens"].Num() ?? 0} thinking";

    private static string? Usage(Usage? usage) => usage is null ? null
        : $"{usage.PromptTokens}+{usage.CompletionTokens}, {usage.PromptTokensDetails?.CachedTokens ?? 0} cached, {usage.CompletionTokensDetails?.ReasoningTokens ?? 0} thinking";

    /// <summary>An item without members that say nothing, and without what is told of an answer alone.</summary>
    private static JsonNode Plain(JsonObject item)
    {
        var plain = ChatFixture.WithoutNulls(item.DeepClone()).AsObject();
        if (plain["type"].Str() is "message" or "function_call" or "custom_tool_call" or "image_generation_call" && plain["status"].Str() == "completed") plain.Remove("status");
        plain["type"] ??= "message";
        if (plain["type"].Str() == "function_call" && plain["arguments"].Str() == "") plain["arguments"] = "{}";
        foreach (var (part, _) in plain["type"].Str() is "message" or "reasoning" ? plain["content"].Items() : [])
        {
            part.AsObject().Remove("logprobs");
            if (part["annotations"] is JsonArray { Count: 0 }) part.AsObject().Remove("annotations");
        }
        return plain;
    }
}
