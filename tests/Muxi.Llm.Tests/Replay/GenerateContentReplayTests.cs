using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded answer of Google's format, replayed over HTTP to the client, against the official SDK's reading of the same bytes.</summary>
public sealed class GenerateContentReplayTests(GeminiOracle sdk) : IClassFixture<GeminiOracle>
{
    private const string Judged = "Replay/judged-generate-content.json";

    private const int Splits = 20;

    [Fact]
    public async Task Every_record_reads_as_the_official_SDK_reads_it()
    {
        var judged = Judgements.Load(Judged);
        var (differences, streams) = (new List<string>(), 0);
        foreach (var (id, expected) in sdk.Readings.Where(reading => reading.Value["count"] is null))
        {
            var isStream = (bool)expected["streamed"]!;
            streams += isStream ? 1 : 0;
            for (var seed = 0; seed < (isStream ? Splits : 1); seed++)
            {
                var found = GenerateContentComparison.Differences(expected, await ReplayAsync(id, seed, isStream)).Where(one => !judged.Covers(id, one.Field)).ToList();
                differences.AddRange(found.Select(one => $"{id} (split {seed}): {one}"));
                if (found.Count > 0) break;
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(streams > 0 && sdk.Readings.Count > streams, $"{sdk.Readings.Count} records, {streams} of them streams");
    }

    [Fact]
    public async Task Every_token_count_reads_as_the_official_SDK_reads_it()
    {
        foreach (var (id, expected) in sdk.Readings.Where(reading => reading.Value["count"] is not null))
        {
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(Cassettes.Get(id)));
            using var client = new LlmClient(Calls.OptionsFor(server.Url, "gemini"));
            var count = await client.Tokens.CountAsync(Calls.Ask("gemini/gemini-2.5-flash"), null, TestContext.Current.CancellationToken);
            Assert.Equal((long)expected["count"]!["totalTokens"].Num()!, count.InputTokens);
        }
    }

    [Fact]
    public async Task Every_signed_or_sealed_part_goes_back_byte_for_byte_from_canonical_JSON()
    {
        var checkedParts = 0;
        foreach (var (id, expected) in sdk.Readings)
        {
            if (expected["reply"]?["answers"]?["0"]?["parts"] is not JsonArray { Count: > 0 } parts || Judgements.Load(Judged).Covers(id, "parts")) continue;
            var reply = (await ReplayAsync(id, 1, (bool)expected["streamed"]!)).Reply!;
            var stored = ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson()));

            var body = ChatFixture.Rendered(new() { Model = "gemini/gemini-3.8-flash", Messages = [stored.Choices[0].Message, Message.User("Go on.")] }, stream: false);

            var sent = body["contents"]![0]!["parts"]!.AsArray();
            foreach (var part in parts.Where(part => part!["thoughtSignature"] is not null || part["executableCode"] is not null || part["codeExecutionResult"] is not null))
            {
                Assert.Contains(sent, one => JsonNode.DeepEquals(GenerateContentComparison.Plain(one!), GenerateContentComparison.Plain(part!)));
                checkedParts++;
            }
        }
        if (sdk.Readings.Count > 100) Assert.True(checkedParts > 30, $"only {checkedParts} parts");
    }

    /// <summary>What the records' errors are, after ../shared/providers/errors.md.</summary>
    [Fact]
    public async Task Every_recorded_error_is_of_its_kind()
    {
        foreach (var (id, expected) in sdk.Readings.Where(reading => (bool)reading.Value["ok"]! == false && reading.Value["error"]!["status"] is not null))
        {
            var (status, said) = ((int)expected["error"]!["status"].Num()!, expected["error"]!["said"].Str()!);
            var error = Assert.IsAssignableFrom<ApiException>((await ReplayAsync(id, 0, (bool)expected["streamed"]!)).Error);
            var kind = status switch
            {
                400 when said.StartsWith("API key not valid", StringComparison.Ordinal) => ErrorKind.Authentication,
                400 when said.Contains("exceeds the maximum number of tokens allowed", StringComparison.Ordinal) => ErrorKind.ContextLength,
                400 => ErrorKind.BadRequest,
                403 when said.Contains("unregistered callers", StringComparison.Ordinal) => ErrorKind.Authentication,
                403 => ErrorKind.Permission,
                404 => ErrorKind.NotFound,
                429 => ErrorKind.RateLimit,
                _ => throw new InvalidDataException($"{id}: say what {status} is"),
            };
            Assert.True(kind == error.Kind, $"{id}: {error.Kind}, not {kind}: {error.Message}");
            var delay = System.Text.RegularExpressions.Regex.Match(Encoding.UTF8.GetString(Cassettes.Get(id).Reply.PlainBody()), "\"retryDelay\": *\"([0-9.]+)s\"");
            if (delay.Success) Assert.Equal(double.Parse(delay.Groups[1].Value, System.Globalization.CultureInfo.InvariantCulture), error.RetryAfter!.Value.TotalSeconds, 3);
        }
    }

    [Fact]
    public async Task Every_judgement_is_still_needed()
    {
        var needless = new List<string>();
        foreach (var (id, fields) in Judgements.Load(Judged).All)
        {
            if (Cassettes.All.FirstOrDefault(record => record.Id == id) is null) continue;
            var expected = sdk.Readings[id];
            var found = GenerateContentComparison.Differences(expected, await ReplayAsync(id, 0, (bool)expected["streamed"]!)).Select(one => one.Field).ToHashSet();
            needless.AddRange(fields.Where(field => !found.Contains(field)).Select(field => $"{id}: {field}"));
        }
        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    [Fact]
    public async Task A_planted_difference_is_seen()
    {
        var (id, reading) = sdk.Readings.First(one => one.Value["reply"]?["answers"]?["0"]?["parts"] is JsonArray { Count: > 0 });
        var planted = reading.DeepClone().AsObject();
        planted["reply"]!["answers"]!["0"]!["parts"]!.AsArray().Add(JsonNode.Parse("""{"text":"more"}"""));
        planted["reply"]!["usage"]!["candidatesTokenCount"] = 123456.0;

        var found = GenerateContentComparison.Differences(planted, await ReplayAsync(id, 0, (bool)reading["streamed"]!));

        Assert.Equal(["parts", "usage"], found.Select(one => one.Field).Order());
    }

    private static async Task<ChatOutcome> ReplayAsync(string id, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(Cassettes.Get(id)));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "gemini"));
        return await ChatOutcome.OfAsync(client, Calls.Ask("gemini/gemini-2.5-flash"), isStream);
    }
}

/// <summary>Where our reading and the SDK's differ.</summary>
internal static class GenerateContentComparison
{
    /// <summary>What a candidate holds besides its parts, and where ours is kept.</summary>
    private static readonly string[] _members = ["groundingMetadata", "citationMetadata", "urlContextMetadata", "safetyRatings"];

    public static IEnumerable<(string Field, string? Expected, string? Found)> Differences(JsonObject expected, ChatOutcome found)
    {
        List<(string Field, string? Expected, string? Found)> all = [.. expected["error"] is null ? Reply(expected["reply"]!, found) : Error(expected["error"]!, found)];
        return all.Where(pair => pair.Expected != pair.Found);
    }

    /// <summary>A part without members that say nothing.</summary>
    public static JsonNode Plain(JsonNode part)
    {
        var plain = part.DeepClone().AsObject();
        if (plain["functionCall"] is JsonObject call && call["args"] is null) call["args"] = new JsonObject();
        return plain;
    }

    private static IEnumerable<(string, string?, string?)> Error(JsonNode expected, ChatOutcome found)
    {
        var api = found.Error as ApiException;
        yield return ("error", "an ApiException", api is null ? found.Error?.ToString() ?? "a reply" : "an ApiException");
        if (api is null) yield break;
        yield return ("error.status", expected["status"].Str(), $"{(int)api.Status}");
        yield return ("error.message", $"gemini: {expected["said"].Str()}", api.Message);
    }

    private static IEnumerable<(string, string?, string?)> Reply(JsonNode expected, ChatOutcome found)
    {
        yield return ("outcome", "a reply", found.Error is null ? "a reply" : found.Error.Message);
        if (found.Reply is not { } reply) yield break;
        // Where the service tells none, an id is made and the model is the one that was asked.
        yield return ("id", expected["id"].Str() is { Length: > 0 } id ? id : "made", expected["id"].Str() is { Length: > 0 } || !reply.Id.StartsWith("msg_", StringComparison.Ordinal) ? reply.Id : "made");
        if (expected["model"].Str() is { Length: > 0 } model) yield return ("model", model, reply.Model);
        yield return ("usage", Usage(expected["usage"]!.AsObject()), Usage(reply.Usage));
        var answers = expected["answers"]!.AsObject();
        yield return ("candidates", string.Join(',', answers.Select(answer => answer.Key)), string.Join(',', reply.Choices.Select(choice => choice.Index)));
        foreach (var choice in reply.Choices)
        {
            if (answers[$"{choice.Index}"] is not { } answer) continue;
            yield return ("finishReason", answer["finishReason"].Str(), choice.FinishReasonRaw);
            foreach (var name in _members) yield return (name, answer[name]?.ToJsonString(), choice.Extra[name] is { IsEmpty: false } raw ? JsonNode.Parse(raw.ToString())!.ToJsonString() : null);
            yield return ("avgLogprobs", $"{answer["avgLogprobs"]?.GetValue<double>()}", choice.Extra["avgLogprobs"] is { IsEmpty: false } average ? $"{average.ToElement().GetDouble()}" : "");
            yield return ("parts", string.Join('\n', answer["parts"]!.AsArray().Select(part => Sorted(Plain(part!)))), string.Join('\n', Parts(choice.Message)));
        }
    }

    /// <summary>Our blocks as the service would have written them.</summary>
    private static IEnumerable<string> Parts(Message message)
    {
        foreach (var block in message.Blocks) yield return Sorted(Part(block));
        if (message.Audio is { } audio) yield return Sorted(new JsonObject { ["inlineData"] = new JsonObject { ["mimeType"] = audio.Extra.GetString("mime_type"), ["data"] = audio.Data } });
    }

    private static JsonObject Part(ContentPart block)
    {
        if (!block.Raw.IsEmpty) return JsonNode.Parse(block.Raw.ToString())!.AsObject();
        var part = new JsonObject();
        if (block.Type == ContentPartType.Text) part["text"] = block.Text;
        if (block.Type == ContentPartType.Reasoning) (part["text"], part["thought"]) = (block.Text, true);
        if (block.ImageUrl is { } image) part["inlineData"] = new JsonObject { ["mimeType"] = image.Url["data:".Length..image.Url.IndexOf(';', StringComparison.Ordinal)], ["data"] = image.Url[(image.Url.IndexOf(',', StringComparison.Ordinal) + 1)..] };
        if (block.ToolCall is { } call)
        {
            var function = new JsonObject { ["name"] = call.Function.Name, ["args"] = JsonNode.Parse(call.Function.Arguments) };
            if (!call.Id.StartsWith("call_made_", StringComparison.Ordinal)) function["id"] = call.Id;
            part["functionCall"] = function;
        }
        if ((block.Signature ?? block.ToolCall?.Signature) is { } signature) part["thoughtSignature"] = signature;
        foreach (var name in block.Extra.Names) part[name] = JsonNode.Parse(block.Extra[name].ToString());
        return part;
    }

    private static string? Usage(JsonObject usage)
    {
        if (usage["promptTokenCount"] is null && usage["candidatesTokenCount"] is null) return null;
        long In(string name) => usage[name].Num() ?? 0;
        var (prompt, answer) = (In("promptTokenCount") + In("toolUsePromptTokenCount"), In("candidatesTokenCount") + In("thoughtsTokenCount"));
        return $"{prompt}+{answer}={usage["totalTokenCount"].Num() ?? prompt + answer}, {In("cachedContentTokenCount")} cached, {In("thoughtsTokenCount")} thinking";
    }

    private static string? Usage(Usage? usage) => usage is null ? null
        : $"{usage.PromptTokens}+{usage.CompletionTokens}={usage.TotalTokens}, {usage.PromptTokensDetails?.CachedTokens ?? 0} cached, {usage.CompletionTokensDetails?.ReasoningTokens ?? 0} thinking";

    private static string Sorted(JsonNode? node) => node switch
    {
        JsonObject members => "{" + string.Join(',', members.OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}:{Sorted(member.Value)}")) + "}",
        JsonArray items => "[" + string.Join(',', items.Select(Sorted)) + "]",
        _ => node?.ToJsonString() ?? "null",
    };
}
