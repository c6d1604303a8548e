using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded message of Anthropic's format, replayed over HTTP to the client, against the official SDK's reading of the same bytes.</summary>
public sealed class MessagesReplayTests(AnthropicOracle sdk) : IClassFixture<AnthropicOracle>
{
    private const int Splits = 20;

    /// <summary>The services that recorded Anthropic's format, and under which name the set holds their messages.</summary>
    public static TheoryData<string, string> Services => new() { { "anthropic", "messages" }, { "vertex", "models" } };

    [Theory, MemberData(nameof(Services))]
    public async Task Every_record_reads_as_the_official_SDK_reads_it(string service, string endpoint)
    {
        var readings = sdk.Readings;
        var judged = Judgements.Load("Replay/judged-messages.json");
        var differences = new List<string>();
        foreach (var record in Cassettes.Where(endpoint, service))
        {
            if (!readings.TryGetValue(record.Id, out var expected)) continue;
            var isStream = (bool)expected["streamed"]!;
            for (var seed = 0; seed < (isStream ? Splits : 1); seed++)
            {
                var found = MessagesComparison.Differences(expected, await ReplayAsync(record, seed, isStream)).Where(one => !judged.Covers(record.Id, one.Field)).ToList();
                differences.AddRange(found.Select(one => $"{record.Id} (split {seed}): {one}"));
                if (found.Count > 0) break;
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Citations_and_the_services_own_calls_are_read_from_each_record(string service, string endpoint)
    {
        var (differences, citations, calls) = (new List<string>(), 0, 0);
        foreach (var record in Cassettes.Where(endpoint, service))
        {
            if (!sdk.Readings.TryGetValue(record.Id, out var reading) || !(bool)reading["ok"]! || reading["message"]?["content"] is not JsonArray { Count: > 0 } content) continue;
            var message = (await ReplayAsync(record, 3, (bool)reading["streamed"]!)).Reply!.Choices[0].Message;
            string[] cited = [.. MessagesOracle.Citations(content)], called = [.. MessagesOracle.Calls(content)];
            string[] foundCited = [.. message.Annotations.Select(Line)], foundCalled = [.. message.ServerToolCalls.Select(Line)];
            if (!cited.SequenceEqual(foundCited)) differences.Add($"{record.Id}: expected {string.Join('\n', cited)}\nfound {string.Join('\n', foundCited)}");
            if (!called.SequenceEqual(foundCalled)) differences.Add($"{record.Id}: expected {string.Join('\n', called)}\nfound {string.Join('\n', foundCalled)}");
            (citations, calls) = (citations + cited.Length, calls + called.Length);
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        if (service == "anthropic" && Cassettes.Where(endpoint, service).Count > 100) Assert.True(citations > 0 && calls > 0, $"only {citations} citations and {calls} calls");

        static string Line(object one) => one switch
        {
            Annotation cited => $"{cited.Type.Split('_')[0]} {cited.Url}|{cited.DocumentId}|{cited.DocumentIndex}|{cited.Title}|{cited.CitedText}|{cited.StartIndex}-{cited.EndIndex}",
            ServerToolCall call => $"{call.Id} {call.Server}/{call.Name}({Json(call.Input)}) = {Json(call.Output)}; {call.IsError} {call.ErrorCode}; {string.Join(' ', call.Sources.Select(source => source.Url))}; {call.Stdout}|{call.Stderr}|{call.ReturnCode}; {string.Join(' ', call.FileIds)}",
            _ => "",
        };

        static string? Json(RawJson raw) => raw.IsEmpty ? null : JsonNode.Parse(raw.ToString())?.ToJsonString();
    }

    [Theory, MemberData(nameof(Services))]
    public async Task Every_block_goes_back_byte_for_byte_from_canonical_JSON(string service, string endpoint)
    {
        var checkedBlocks = 0;
        foreach (var record in Cassettes.Where(endpoint, service))
        {
            if (!sdk.Readings.TryGetValue(record.Id, out var reading) || reading["message"]?["content"] is not JsonArray { Count: > 0 } content || reading["ok"]!.GetValue<bool>() == false) continue;
            var reply = (await ReplayAsync(record, 1, (bool)reading["streamed"]!)).Reply!;
            var stored = ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson()));

            var body = ChatFixture.Rendered(new() { Model = "anthropic/claude-opus-4-8", Messages = [stored.Choices[0].Message, Message.User("Go on.")] }, stream: false);

            var sent = body["messages"]![0]!["content"] is JsonArray blocks ? blocks : [];
            foreach (var block in content.Where(MessagesComparison.IsSealed))
            {
                Assert.Contains(sent, one => JsonNode.DeepEquals(MessagesComparison.Plain(one!), MessagesComparison.Plain(block!)));
                checkedBlocks++;
            }
        }
        if (service == "anthropic" && Cassettes.Where(endpoint, service).Count > 100) Assert.True(checkedBlocks > 50, $"only {checkedBlocks} blocks");
    }

    [Fact]
    public void Every_recorded_request_is_rendered_as_it_was_sent()
    {
        // Every option may be said, so that nothing is changed for a model's sake.
        var dialect = new AnthropicMessages { SystemTurns = true, StrictTools = true, OutputFormat = true, SearchResults = true };
        var (differences, rendered) = (new List<string>(), 0);
        foreach (var record in Cassettes.Where("messages", "anthropic"))
        {
            if (OracleJson.Parse(Encoding.UTF8.GetString(record.Request.Body)) is not { } wire || wire["messages"] is not JsonArray { Count: > 0 } turns || turns[0] is not JsonObject || wire["max_tokens"] is null) continue;
            var request = MessagesRequests.Canonical(wire);
            var call = dialect.Render(request, new("anthropic", wire["model"].Str()!, "request-of-the-test", DateTimeOffset.UnixEpoch), stream: false);
            differences.AddRange(JsonComparison.Differences(MessagesRequests.Plain(wire), MessagesRequests.Plain(JsonComparison.ParseStrictly(call.Body.Span)!.AsObject()), "").Take(3).Select(one => $"{record.Id}: {one}"));
            differences.AddRange(call.Warnings.Select(warning => $"{record.Id}: {warning}"));
            rendered++;
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(rendered > 0, "no record holds a request");
    }

    [Fact]
    public async Task Every_judgement_is_still_needed()
    {
        var needless = new List<string>();
        foreach (var (id, fields) in Judgements.Load("Replay/judged-messages.json").All)
        {
            if (Cassettes.All.FirstOrDefault(record => record.Id == id) is not { } record) continue;
            var expected = sdk.Readings[id];
            var found = MessagesComparison.Differences(expected, await ReplayAsync(record, 0, (bool)expected["streamed"]!)).Select(one => one.Field).ToHashSet();
            needless.AddRange(fields.Where(field => !found.Contains(field)).Select(field => $"{id}: {field}"));
        }
        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    [Fact]
    public async Task A_planted_difference_is_seen()
    {
        var (id, reading) = sdk.Readings.First(one => one.Value["message"]?["content"] is JsonArray { Count: > 0 } && (bool)one.Value["ok"]!);
        var planted = reading.DeepClone().AsObject();
        planted["message"]!["content"]!.AsArray().Add(JsonNode.Parse("""{"type":"text","text":"more"}"""));
        planted["message"]!["usage"]!["output_tokens"] = 123456.0;

        var found = MessagesComparison.Differences(planted, await ReplayAsync(Cassettes.Get(id), 0, (bool)reading["streamed"]!));

        Assert.Equal(["blocks", "usage"], found.Select(one => one.Field).Order());
    }

    private static async Task<ChatOutcome> ReplayAsync(Cassette record, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));
        return await ChatOutcome.OfAsync(client, Calls.Ask("anthropic/claude-sonnet-4-5"), isStream);
    }
}

/// <summary>Where our reading and the SDK's differ.</summary>
internal static class MessagesComparison
{
    public static IEnumerable<(string Field, string? Expected, string? Found)> Differences(JsonObject expected, ChatOutcome found)
    {
        List<(string Field, string? Expected, string? Found)> all = [.. expected["error"]?["status"] is null ? Reply(expected, found) : Error(expected["error"]!, found)];
        return all.Where(pair => pair.Expected != pair.Found);
    }

    /// <summary>Whether the service checks that a block comes back unchanged.</summary>
    public static bool IsSealed(JsonNode? block) => block!["type"].Str() switch
    {
        "thinking" => block["signature"].Str() is { Length: > 0 },
        "text" or "tool_use" => false,
        _ => true,
    };

    /// <summary>A block without members that say nothing.</summary>
    public static JsonNode Plain(JsonNode block)
    {
        var plain = block.DeepClone().AsObject();
        if (plain["type"].Str() is "text" or "tool_use" or "thinking")
            foreach (var name in plain.Where(member => member.Value is null or JsonArray { Count: 0 } || (member.Key == "signature" && member.Value.Str() == "")).Select(member => member.Key).ToList()) plain.Remove(name);
        return plain;
    }

    private static IEnumerable<(string, string?, string?)> Error(JsonNode expected, ChatOutcome found)
    {
        var api = found.Error as ApiException;
        yield return ("error", "an ApiException", api is null ? found.Error?.ToString() ?? "a reply" : "an ApiException");
        if (api is null) yield break;
        yield return ("error.status", expected["status"].Str(), $"{(int)api.Status}");
        yield return ("error.type", expected["type"].Str(), api.Type);
        yield return ("error.message", $"anthropic: {expected["said"].Str()}", api.Message);
        yield return ("error.request_id", expected["request_id"].Str(), api.RequestId);
    }

    private static IEnumerable<(string, string?, string?)> Reply(JsonObject expected, ChatOutcome found)
    {
        yield return ("outcome", (bool)expected["ok"]! ? "a reply" : "an error", found.Error is null ? "a reply" : "an error");
        if (expected["message"] is not JsonObject message || found.Reply is not { } reply) yield break;
        yield return ("id", message["id"].Str(), reply.Id);
        yield return ("model", message["model"].Str(), reply.Model);
        // What a broken stream counted is told only at its end.
        if (found.Error is not null) yield break;
        yield return ("usage", Usage(message["usage"]!), Usage(reply.Usage));
        var choice = reply.Choices[0];
        yield return ("stop_reason", message["stop_reason"].Str(), choice.FinishReasonRaw);
        yield return ("stop_sequence", message["stop_sequence"].Str(), choice.Extra.GetString("stop_sequence"));
        yield return ("stop_details", message["stop_details"]?.ToJsonString(), Normal(choice.Extra["stop_details"]));
        foreach (var name in (string[])["container", "context_management"]) yield return (name, message[name]?.ToJsonString(), Normal(reply.Extra[name]));
        foreach (var name in (string[])["cache_creation", "server_tool_use", "iterations", "service_tier"]) yield return ($"usage.{name}", message["usage"]![name]?.ToJsonString(), Normal(reply.Usage?.Extra[name] ?? default));
        yield return ("blocks", Blocks(message["content"]!.AsArray()), string.Join('\n', choice.Message.Blocks.Select(Block)));
    }

    private static string Blocks(JsonArray content) => string.Join('\n', content.Select(block => Sorted(Plain(block!))));

    /// <summary>Our block as the service would have written it.</summary>
    private static string Block(ContentPart part)
    {
        var block = part.Raw.IsEmpty ? new JsonObject() : JsonNode.Parse(part.Raw.ToString())!.AsObject();
        if (part.Type == ContentPartType.Text) (block["type"], block["text"]) = ("text", part.Text);
        if (part.Type == ContentPartType.Reasoning) (block["type"], block["thinking"], block["signature"]) = ("thinking", part.Text, part.Signature);
        if (part.ToolCall is { } call)
        {
            (block["type"], block["id"], block["name"], block["input"]) = ("tool_use", call.Id, call.Function.Name, OracleJson.Parse(call.Function.Arguments) is { } input ? input : new JsonObject());
            foreach (var name in call.Extra.Names) block[name] = JsonNode.Parse(call.Extra[name].ToString());
        }
        foreach (var name in part.Extra.Names) block[name] = JsonNode.Parse(part.Extra[name].ToString());
        return Sorted(Plain(block));
    }

    private static string Usage(JsonNode usage)
    {
        long In(string name) => usage[name].Num() ?? 0;
        return $"{In("input_tokens") + In("cache_creation_input_tokens") + In("cache_read_input_tokens")}+{In("output_tokens")}, {In("cache_read_input_tokens")} cached, {In("cache_creation_input_tokens")} written, {usage["output_tokens_details"]?["thinking_tokens"].Num() ?? 0} thinking";
    }

    private static string? Usage(Usage? usage) => usage is null ? null
        : $"{usage.PromptTokens}+{usage.CompletionTokens}, {usage.PromptTokensDetails?.CachedTokens ?? 0} cached, {usage.PromptTokensDetails?.CacheWriteTokens ?? 0} written, {usage.CompletionTokensDetails?.ReasoningTokens ?? 0} thinking";

    private static string? Normal(RawJson raw) => raw.IsEmpty ? null : JsonNode.Parse(raw.ToString())!.ToJsonString();

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Sorted(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Sorted)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };
}
