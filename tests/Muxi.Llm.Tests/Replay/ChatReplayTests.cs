using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded chat completion of the OpenAI-shaped services, replayed over HTTP to the client, against the naive reader of the same bytes.</summary>
public sealed class ChatReplayTests
{
    private const int Splits = 20;

    /// <summary>Which of our providers reads the records of a service.</summary>
    private static readonly Dictionary<string, string> _providers = new()
    {
        ["openai"] = "openai", ["openrouter"] = "openrouter", ["deepseek"] = "deepseek", ["groq"] = "groq", ["mistral"] = "mistral", ["perplexity"] = "perplexity", ["xai"] = "xai",
        ["alibaba"] = "dashscope", ["moonshot"] = "moonshot", ["venice"] = "venice", ["ai21"] = "ai21", ["litellm"] = "litellm", ["doubleword"] = "doubleword", ["gateway-other"] = "portkey",
        ["llamacpp"] = "llama_cpp", ["local-openai-compat"] = "vllm", ["vllm"] = "vllm", ["lmstudio"] = "lmstudio",
        ["together"] = "together", ["azure"] = "azure", ["snowflake"] = "snowflake", ["writer"] = "writer",
        ["huggingface"] = "huggingface",
    };

    /// <summary>Services that their own provider reads, or, where there is none, OpenAI's at another address.</summary>
    private static readonly string[] _others =
    [
        "copilot", "mistralrs", "ollama", "together",
    ];

    public static TheoryData<string> Services => [.. _providers.Keys.Union(_others)];

    /// <summary>Whether a record is replayed here.</summary>
    internal static bool Reads(Cassette record) => IsChat(record) && (_providers.ContainsKey(record.Provider) || _others.Contains(record.Provider));

    /// <summary>Writer's chat has its own path, and was taken for Cohere's by it.</summary>
    private static bool IsChat(Cassette record) => record.Endpoint == "chat.completions" || (record.Provider, record.Endpoint) is ("writer", "cohere.chat");

    [Theory, MemberData(nameof(Services))]
    public async Task Every_record_reads_as_its_oracle_says(string service)
    {
        var judged = Judgements.Load("Replay/judged-chat.json");
        var differences = new List<string>();
        foreach (var record in Cassettes.All.Where(record => IsChat(record) && record.Provider == service))
        {
            var expected = ChatOracle.Read(record.Reply.Status, record.Reply.PlainBody());
            for (var seed = 0; seed < (expected.IsStream ? Splits : 1); seed++)
            {
                var found = ChatComparison.Differences(expected, await ReplayAsync(record, seed, expected.IsStream))
                    .Where(difference => !judged.Covers(record.Id, difference.Field)).ToList();
                differences.AddRange(found.Select(difference => $"{record.Id} (split {seed}): {difference}"));
                if (found.Count > 0) break;
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    [Fact]
    public async Task Every_judgement_is_still_needed()
    {
        var needless = new List<string>();
        foreach (var (id, fields) in Judgements.Load("Replay/judged-chat.json").All)
        {
            if (Cassettes.All.FirstOrDefault(record => record.Id == id) is not { } record) continue;
            var expected = ChatOracle.Read(record.Reply.Status, record.Reply.PlainBody());
            var found = ChatComparison.Differences(expected, await ReplayAsync(record, 0, expected.IsStream)).Select(difference => difference.Field).ToHashSet();
            needless.AddRange(fields.Where(field => !found.Contains(field)).Select(field => $"{id}: {field}"));
        }
        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    /// <summary>The caller's own request of the record, sent by us and answered with the recorded bytes.</summary>
    private static async Task<ChatOutcome> ReplayAsync(Cassette record, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
        var provider = ProviderOf(record.Provider);
        using var client = new LlmClient(new()
        {
            BaseUrls = new Dictionary<string, Uri> { [provider] = server.Url },
            ApiKeys = new Dictionary<string, string> { [provider] = "key-of-the-test" },
            Environment = static _ => null,
            Retries = Calls.Once,
        });
        var request = RequestOf(record, provider);
        // An error has no form of its own: it is met on the way that was recorded.
        return await ChatOutcome.OfAsync(client, request, isStream || request.Stream == true);
    }

    private static string ProviderOf(string service) =>
        _providers.GetValueOrDefault(service) ?? Catalog.BuiltIn.FirstOrDefault(provider => provider.IsCalled(service) && provider.Chat is OpenAIChat)?.Name ?? "openai";

    private static ChatCompletionRequest RequestOf(Cassette record, string provider)
    {
        var question = new ChatCompletionRequest { Model = $"{provider}/recorded", Messages = [Message.User("hi")] };
        if (record.Request.Body.Length == 0) return question;
        try
        {
            var request = ChatCompletionRequest.Parse(WithModel(record.Request));
            return request with { Model = $"{provider}/{request.Model}" };
        }
        catch (JsonException)
        {
            // One was sent with a comma too many, and answered all the same.
            return question;
        }
    }

    /// <summary>A recorded body; where the address alone tells the model, it tells it, too.</summary>
    private static byte[] WithModel(CassetteRequest recorded)
    {
        var body = JsonNode.Parse(recorded.Body)!.AsObject();
        if (body["model"] is not null || !recorded.Url.Contains("/deployments/", StringComparison.Ordinal)) return recorded.Body;
        body["model"] = recorded.Url.Split("/deployments/")[1].Split('/')[0];
        return System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
    }
}

/// <summary>What became of a call: a reply, an exception, or what came before one.</summary>
internal sealed record ChatOutcome(ChatCompletion? Reply, LlmException? Error)
{
    public static async Task<ChatOutcome> OfAsync(LlmClient client, ChatCompletionRequest request, bool stream)
    {
        try
        {
            return new(stream
                ? await client.Chat.Completions.StreamAsync(request).ToCompletionAsync()
                : await client.Chat.Completions.CreateAsync(request), null);
        }
        catch (StreamInterruptedException e)
        {
            return new(e.Received, e);
        }
        catch (LlmException e)
        {
            return new(null, e);
        }
    }
}

/// <summary>Where our reading and the oracle's differ.</summary>
internal static class ChatComparison
{
    public static IEnumerable<(string Field, string? Expected, string? Found)> Differences(OracleReply expected, ChatOutcome found)
    {
        List<(string Field, string? Expected, string? Found)> all = [.. expected.Error is null ? Reply(expected, found) : Error(expected.Error, found)];
        return all.Where(pair => pair.Expected != pair.Found);
    }

    private static IEnumerable<(string, string?, string?)> Error(OracleError expected, ChatOutcome found)
    {
        var api = found.Error as ApiException ?? found.Error?.InnerException as ApiException;
        yield return ("error", "an ApiException", api is null ? found.Error?.ToString() ?? "a reply" : "an ApiException");
        if (api is null) yield break;
        yield return ("error.code", Some(expected.Code), api.Code);
        yield return ("error.type", Some(expected.Type), api.Type);
        var words = string.Join(' ', Words(expected.Message).Take(20));
        yield return ("error.message", words, string.Join(' ', Words(api.Message)).Contains(words, StringComparison.Ordinal) ? words : api.Message);
    }

    private static IEnumerable<(string, string?, string?)> Reply(OracleReply expected, ChatOutcome found)
    {
        yield return ("outcome", "a reply", found.Error?.ToString() ?? "a reply");
        if (found.Reply is not { } reply) yield break;
        yield return ("id", expected.Id ?? "", reply.Id);
        yield return ("model", expected.Model ?? "", reply.Model);
        yield return ("usage", Usage(expected.Usage), Usage(reply.Usage));
        yield return ("choices", string.Join(',', expected.Choices.Select(choice => choice.Index)), string.Join(',', reply.Choices.Select(choice => choice.Index)));
        foreach (var choice in expected.Choices)
            if (reply.Choices.FirstOrDefault(one => one.Index == choice.Index) is { } ours)
                foreach (var pair in Choice(choice, ours)) yield return pair;
    }

    private static IEnumerable<(string, string?, string?)> Choice(OracleChoice expected, Choice found)
    {
        var message = found.Message;
        yield return ("text", expected.Text, message.Content ?? "");
        yield return ("reasoning", expected.Reasoning, message.ReasoningContent ?? "");
        yield return ("refusal", expected.Refusal, message.Refusal ?? "");
        yield return ("finish_reason", Some(expected.FinishReason), found.FinishReasonRaw ?? found.FinishReason?.Value);
        yield return ("audio", $"{expected.AudioId} {expected.AudioTranscript}", $"{message.Audio?.Id} {message.Audio?.Transcript}");
        yield return ("tool_calls", string.Join('\n', expected.ToolCalls.Select(call => $"{call.Id} {call.Name}({call.Arguments})")),
            string.Join('\n', message.ToolCalls.Select(call => $"{call.Id} {call.Function.Name}({call.Function.Arguments})")));
        yield return ("signatures", Details(expected.ReasoningDetails), string.Concat(message.Blocks.Select(block => block.Signature + (block.Raw.IsEmpty ? "" : block.Raw.ToElement().GetProperty("data").GetString()))));
    }

    private static string Details(JsonArray details) => string.Concat(details.Select(detail => detail?["signature"].Str() + detail?["data"].Str()));

    private static string? Usage(OracleUsage? usage) =>
        usage is null ? null : $"{usage.Prompt}+{usage.Completion}={usage.Total}, {usage.Cached ?? 0} cached, {usage.Reasoning ?? 0} reasoning";

    private static string? Usage(Usage? usage) => usage is null ? null
        : $"{usage.PromptTokens}+{usage.CompletionTokens}={usage.TotalTokens}, {usage.PromptTokensDetails?.CachedTokens ?? 0} cached, {usage.CompletionTokensDetails?.ReasoningTokens ?? 0} reasoning";

    private static string? Some(string? text) => string.IsNullOrEmpty(text) ? null : text;

    /// <summary>A message is one line of bounded length, so only its first words are compared.</summary>
    private static string[] Words(string? message) => (message ?? "").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Differences that were looked at one by one and are right: record id, fields, and why.</summary>
internal sealed class Judgements
{
    public Dictionary<string, string[]> All { get; } = [];

    public static Judgements Load(string file)
    {
        var judgements = new Judgements();
        foreach (var (id, judgement) in JsonNode.Parse(File.ReadAllText(Repo.PathTo(["tests", "Muxi.Llm.Tests", .. file.Split('/')])))!.AsObject())
        {
            Assert.True(judgement!["reason"].Str() is { Length: > 20 }, $"{id}: a judgement needs its reason");
            judgements.All[id] = [.. judgement["fields"]!.AsArray().Select(field => field!.GetValue<string>())];
        }
        return judgements;
    }

    public bool Covers(string id, string field) => All.TryGetValue(id, out var fields) && fields.Contains(field);
}
