using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call of Bedrock's that the library makes, replayed over HTTP to the client, against a naive reader of the same bytes.</summary>
public sealed class BedrockReplayTests : IAsyncLifetime
{
    private const int Splits = 20;

    private readonly Dictionary<string, JsonObject> _readings = [];

    public async ValueTask InitializeAsync()
    {
        if (Cassettes.File is null || !NpmPackages.Has("openai")) return;
        foreach (var reading in await NodeOracle.ReadAsync("bedrock.mjs", Cassettes.File)) _readings.Add(reading["id"]!.GetValue<string>(), reading);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    /// <summary>By record id; skips the running test where records or Node are missing, unless they were promised.</summary>
    private Dictionary<string, JsonObject> Readings
    {
        get
        {
            _ = Cassettes.All;
            NpmPackages.Require("openai");
            return _readings;
        }
    }

    private static IEnumerable<Cassette> Records => Cassettes.All.Where(static record => record.Provider == "bedrock");

    [Fact]
    public async Task Every_record_reads_as_the_naive_reader_reads_it()
    {
        var judged = Judgements.Load("Replay/judged-bedrock.json");
        var (differences, equal) = (new List<string>(), 0);
        foreach (var record in Records)
        {
            if (!Readings.TryGetValue(record.Id, out var expected) || expected["raw"] is not null) continue;
            var isStream = record.Endpoint.EndsWith("stream", StringComparison.Ordinal);
            var before = differences.Count;
            for (var seed = 0; seed < (isStream ? Splits : 1) && differences.Count == before; seed++)
            {
                var outcome = await ReplayAsync(record, seed, isStream);
                differences.AddRange(Differences(expected, outcome).Where(one => one.Expected != one.Found && !judged.Covers(record.Id, one.Field)).Select(one => $"{record.Id} (split {seed}): {one}"));
            }
            if (differences.Count == before) equal++;
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        TestContext.Current.SendDiagnosticMessage("{0} records of Bedrock read alike", equal);
        Assert.True(Records.Count() < 100 || equal >= 75, $"only {equal} records were compared");
    }

    [Fact]
    public async Task Every_recorded_embedding_is_read_with_its_tokens()
    {
        var read = 0;
        foreach (var record in Records)
        {
            if (!Readings.TryGetValue(record.Id, out var expected) || expected["embedding"] is not JsonArray vector) continue;
            await using var server = await ReplayServer.StartAsync(0, CannedReply.From(record));
            using var client = Calls.ClientFor(server.Url, "bedrock");

            var reply = await client.Embeddings.CreateAsync(new EmbeddingRequest { Model = $"bedrock/{Model(record)}", Input = "a text" }, null, TestContext.Current.CancellationToken);

            Assert.Equal(vector.Select(number => (float)number!.GetValue<double>()), reply.Data[0].Vector.ToArray());
            Assert.True(reply.Usage?.PromptTokens > 0);
            read++;
        }
        Assert.True(read > 0 || !Readings.Values.Any(reading => reading["embedding"] is not null));
    }

    [Fact]
    public void What_is_not_replayed_is_left_to_raw_calls_by_name()
    {
        var named = JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "Muxi.Llm.Tests", "Replay", "raw-bedrock.json")))!.AsObject();

        var raw = Records.Where(record => Readings.TryGetValue(record.Id, out var reading) && reading["raw"] is not null && reading["embedding"] is null && !(record.Reply.Status == 200 && record.Reply.Body is [(byte)'{', ..] body && RerankOracle.Read(body) is not null)).Select(record => record.Id);

        Assert.Equal(raw.Order(StringComparer.Ordinal), named.SelectMany(group => group.Value!.AsArray()).Select(id => (string)id!).Where(id => Cassettes.All.Any(record => record.Id == id)).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Every_judgement_is_still_needed()
    {
        var needless = new List<string>();
        foreach (var (id, fields) in Judgements.Load("Replay/judged-bedrock.json").All)
        {
            if (Cassettes.All.FirstOrDefault(record => record.Id == id) is not { } record) continue;
            var found = Differences(Readings[id], await ReplayAsync(record, 0, record.Endpoint.EndsWith("stream", StringComparison.Ordinal))).Where(one => one.Expected != one.Found).Select(one => one.Field).ToHashSet();
            needless.AddRange(fields.Where(field => !found.Contains(field)).Select(field => $"{id}: {field}"));
        }
        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    [Fact]
    public async Task A_planted_difference_is_seen()
    {
        var (id, reading) = Readings.First(one => one.Value["content"] is JsonArray { Count: > 0 });
        var planted = reading.DeepClone().AsObject();
        planted["content"]!.AsArray().Add(JsonNode.Parse("""{"text":"more"}"""));
        planted["stop"] = "planted";

        var found = Differences(planted, await ReplayAsync(Cassettes.Get(id), 0, Cassettes.Get(id).Endpoint.EndsWith("stream", StringComparison.Ordinal)));

        Assert.Equal(["content", "finish", "stop"], found.Where(one => one.Expected != one.Found).Select(one => one.Field).Order());
    }

    [Fact]
    public void The_naive_reader_can_be_checked_by_eye() => Assert.InRange(File.ReadLines(Repo.PathTo("tests", "oracle", "bedrock.mjs")).Count(line => line.Trim().Length > 0 && !line.StartsWith("//", StringComparison.Ordinal)), 1, 60);

    private static async Task<ChatOutcome> ReplayAsync(Cassette record, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record) with { Body = Body(record) });
        using var client = Calls.ClientFor(server.Url, "bedrock");
        var way = record.Endpoint.StartsWith("invoke", StringComparison.Ordinal) ? "invoke/" : "";
        var outcome = await ChatOutcome.OfAsync(client, Calls.Ask($"bedrock/{way}{Model(record)}"), isStream);
        var path = $"/model/{Uri.EscapeDataString(Model(record))}/{(way.Length > 0 ? isStream ? "invoke-with-response-stream" : "invoke" : isStream ? "converse-stream" : "converse")}";
        Assert.Equal(path, Assert.Single(server.Requests).Target);
        return outcome;
    }

    private static string Model(Cassette record)
    {
        var path = new Uri(record.Request.Url).AbsolutePath.Split('/');
        return Uri.UnescapeDataString(path[2]);
    }

    /// <summary>The body as it was on the wire: some records hold it in base64, some the events alone.</summary>
    private static byte[] Body(Cassette record)
    {
        var body = record.Reply.PlainBody();
        if (body.AsSpan().StartsWith("AAAA"u8)) return Convert.FromBase64String(Encoding.ASCII.GetString(body));
        if (record.Endpoint != "converse-stream" || body is not [(byte)'{', ..] || record.Reply.Status != 200) return body;
        return [.. Encoding.UTF8.GetString(body).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => JsonNode.Parse(line)!.AsObject().First()).SelectMany(e => AwsFrames.Event(e.Key, e.Value!.ToJsonString()))];
    }

    private static IEnumerable<(string Field, string? Expected, string? Found)> Differences(JsonObject expected, ChatOutcome found)
    {
        if (expected["error"] is { } error)
        {
            var api = found.Error as ApiException;
            yield return ("error", "an ApiException", api is null ? found.Error?.ToString() ?? "a reply" : "an ApiException");
            yield return ("error.status", error["status"].Str(), api is null ? null : ((int)api.Status).ToString(CultureInfo.InvariantCulture));
            yield return ("error.type", error["type"].Str(), api?.Type);
            yield return ("error.message", $"bedrock: {error["message"].Str()}", api?.Message);
            yield break;
        }
        yield return ("outcome", "a reply", found.Error is null ? "a reply" : $"{found.Error}");
        if (found.Reply is not { } reply || found.Error is not null) yield break;
        yield return ("content", string.Join('\n', expected["content"]!.AsArray().Select(block => Said(block!.AsObject()))), string.Join('\n', reply.Choices[0].Message.Blocks.Select(Said)));
        yield return ("stop", expected["stop"].Str(), reply.Choices[0].FinishReasonRaw);
        yield return ("finish", Finish(expected), reply.Choices[0].FinishReason?.Value);
        yield return ("usage", Usage(expected["usage"]), Usage(reply.Usage));
        foreach (var name in (string[])["metrics", "trace"]) yield return (name, Plain(expected[name]), Plain(reply.Extra[name is "metrics" && expected["model"] is not null ? "amazon-bedrock-invocationMetrics" : name]));
        if (expected["model"] is { } model) yield return ("model", model.Str(), reply.Model);
        else yield return ("id", "made", reply.Id.Length > 10 ? "made" : reply.Id);
    }

    private static string Cited(JsonNode? citations) => citations is JsonArray { Count: > 0 } ? $" citing {Plain(citations)}" : "";

    private static string? Plain(RawJson raw) => raw.IsEmpty ? null : Plain(JsonNode.Parse(raw.ToString()));

    /// <summary>JSON with its members in order and its numbers in one form: 1.0 is 1.</summary>
    private static string? Plain(JsonNode? node) => node switch
    {
        null => null,
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Plain(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Plain)) + "]",
        _ => node.GetValueKind() == System.Text.Json.JsonValueKind.Number ? node.GetValue<double>().ToString(CultureInfo.InvariantCulture) : node.ToJsonString(),
    };

    /// <summary>A block of either format in one line.</summary>
    private static string Said(JsonObject block)
    {
        if (block["text"] is { } text) return $"text: {text}{Cited(block["citations"])}";
        if (block["citationsContent"] is { } cited) return $"text: {string.Concat(cited["content"]!.AsArray().Select(piece => piece!["text"].Str()))}{Cited(cited["citations"])}";
        if ((block["toolUse"] ?? (block["type"].Str() == "tool_use" ? block : null)) is { } call) return $"call: {call["toolUseId"] ?? call["id"]} {call["name"]} {call["input"]!.ToJsonString()}";
        if (block["reasoningContent"]?["reasoningText"] is { } thinking) return $"thinking: {thinking["text"]} / {thinking["signature"]}";
        return block["type"].Str() == "thinking" ? $"thinking: {block["thinking"]} / {block["signature"]}" : $"other: {block.ToJsonString()}";
    }

    private static string Said(ContentPart part) => part.Type.Value switch
    {
        "text" => $"text: {part.Text}{(part.Extra["citations"] is { IsEmpty: false } cited ? Cited(JsonNode.Parse(cited.ToString())) : "")}",
        "tool_call" => $"call: {part.ToolCall!.Id} {part.ToolCall.Function.Name} {JsonNode.Parse(part.ToolCall.Function.Arguments)!.ToJsonString()}",
        "reasoning" => $"thinking: {part.Text} / {part.Signature}",
        _ => $"other: {JsonNode.Parse(part.Raw.ToString())!.ToJsonString()}",
    };

    private static string? Finish(JsonObject expected)
    {
        var calls = expected["content"]!.AsArray().Any(block => block!["toolUse"] is not null || block["type"].Str() == "tool_use");
        return expected["stop"].Str() switch
        {
            "end_turn" or "stop_sequence" or "tool_use" => calls ? "tool_calls" : "stop",
            "max_tokens" => "length",
            "guardrail_intervened" or "content_filtered" => "content_filter",
            var word => word,
        };
    }

    private static string? Usage(JsonNode? usage)
    {
        if (usage is null) return null;
        var (cached, written) = (usage["cacheReadInputTokens"].Num() ?? usage["cache_read_input_tokens"].Num() ?? 0, usage["cacheWriteInputTokens"].Num() ?? usage["cache_creation_input_tokens"].Num() ?? 0);
        return $"{(usage["inputTokens"].Num() ?? usage["input_tokens"].Num() ?? 0) + cached + written}+{usage["outputTokens"].Num() ?? usage["output_tokens"].Num() ?? 0}, {cached} cached, {written} written, {(usage["totalTokens"] is { } total ? total.Num() : (usage["input_tokens"].Num() ?? 0) + cached + written + (usage["output_tokens"].Num() ?? 0))}";
    }

    private static string? Usage(Usage? usage) => usage is null ? null
        : $"{usage.PromptTokens}+{usage.CompletionTokens}, {usage.PromptTokensDetails?.CachedTokens ?? 0} cached, {usage.PromptTokensDetails?.CacheWriteTokens ?? 0} written, {usage.TotalTokens}";
}
