using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call of Ollama's own format, replayed over HTTP to the client, against the official SDK's reading of the same bytes.</summary>
public sealed class OllamaReplayTests
{
    private const int Splits = 20;

    private static readonly string[] _timings = ["total_duration", "load_duration", "prompt_eval_duration", "eval_duration"];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_record_reads_as_the_official_SDK_reads_it()
    {
        _ = Cassettes.All;
        NpmPackages.Require("ollama");
        var readings = await NodeOracle.ReadAsync("ollama-sdk.mjs", NpmPackages.Modules, Cassettes.File!);
        var differences = new List<string>();
        foreach (var reading in readings)
        {
            var record = Cassettes.Get(reading["id"]!.GetValue<string>());
            var isStream = (bool)reading["streamed"]!;
            for (var seed = 0; seed < (isStream ? Splits : 1); seed++)
            {
                var found = JsonComparison.Differences(Expected(reading), await ReplayAsync(reading["method"].Str()!, record, seed, isStream), "").ToList();
                differences.AddRange(found.Select(one => $"{record.Id} (split {seed}){one}"));
                if (found.Count > 0) break;
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        // All of the set but the one of the server's OpenAI form, which the next test reads.
        Assert.Equal(Cassettes.All.Where(record => record.Provider == "ollama" && record.Endpoint != "chat.completions").Select(record => record.Id).Order(), readings.Select(reading => reading["id"].Str()).Order());
    }

    [Fact]
    public async Task The_servers_OpenAI_form_is_used_as_OpenAIs_with_another_address()
    {
        foreach (var record in Cassettes.Where("chat.completions", "ollama"))
        {
            await using var server = await ReplayServer.StartAsync(3, CannedReply.From(record));
            using var client = new LlmClient(new() { BaseUrls = new Dictionary<string, Uri> { ["openai"] = new(server.Url, "v1") }, Environment = static _ => null, Retries = Calls.Once });

            var reply = await client.AskAsync("openai/llama3");

            var wire = JsonNode.Parse(record.Reply.Body)!;
            Assert.Equal(wire["choices"]![0]!["message"]!["content"].Str(), reply.Text);
            Assert.Equal(wire["usage"]!["total_tokens"].Num(), reply.Usage?.TotalTokens);
            Assert.Equal("/v1/chat/completions", server.Requests.Single().Target);
        }
    }

    /// <summary>What the SDK read, without what says nothing.</summary>
    private static JsonObject Expected(JsonObject reading)
    {
        var reply = reading["reply"]!;
        var expected = new JsonObject { ["model"] = reply["model"]?.DeepClone() };
        if ((reply["embeddings"] ?? (reply["embedding"] is { } only ? new JsonArray(only.DeepClone()) : null)) is { } vectors) expected["vectors"] = Vectors(vectors.AsArray());
        else
        {
            var message = reply["message"];
            expected["text"] = (message?["content"] ?? reply["response"]).Str();
            expected["thinking"] = message?["thinking"].Str() is { Length: > 0 } thinking ? thinking : null;
            expected["calls"] = new JsonArray([.. (message?["tool_calls"] as JsonArray ?? []).Select(call => (JsonNode)$"{call!["id"].Str() ?? "made"} {call["function"]!["name"].Str()}({call["function"]!["arguments"]!.ToJsonString()})")]);
            expected["done_reason"] = reply["done_reason"]?.DeepClone();
            expected["context"] = reply["context"]?.ToJsonString();
        }
        // Whoever counts nothing counts 0.
        (expected["prompt"], expected["answer"]) = (reply["prompt_eval_count"].Num() ?? 0, reply["eval_count"].Num() ?? 0);
        foreach (var name in _timings) expected[name] = reply[name].Num()?.ToString(CultureInfo.InvariantCulture);
        return expected;
    }

    private static async Task<JsonObject> ReplayAsync(string method, Cassette record, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
        using var client = Calls.ClientFor(server.Url, "ollama");
        switch (method)
        {
            case "chat":
                var chat = (await ChatOutcome.OfAsync(client, Calls.Ask("ollama/m"), isStream)).Reply!;
                var choice = chat.Choices[0];
                return Counted(chat.Usage, new()
                {
                    ["model"] = chat.Model, ["text"] = choice.Message.Content ?? "", ["thinking"] = choice.Message.ReasoningContent, ["done_reason"] = choice.FinishReasonRaw ?? choice.FinishReason?.Value, ["context"] = null,
                    ["calls"] = new JsonArray([.. choice.Message.ToolCalls.Select(call => (JsonNode)$"{(Made(call.Id) ? "made" : call.Id)} {call.Function.Name}({JsonNode.Parse(call.Function.Arguments)!.ToJsonString()})")]),
                });
            case "generate":
                var request = new CompletionRequest { Model = "ollama/m", Prompt = "p" };
                var text = isStream ? await client.Completions.StreamAsync(request, null, Token).ToCompletionAsync(Token) : await client.Completions.CreateAsync(request, null, Token);
                return Counted(text.Usage, new()
                {
                    ["model"] = text.Model, ["text"] = text.Text, ["thinking"] = null, ["calls"] = new JsonArray(), ["done_reason"] = text.Choices[0].FinishReasonRaw ?? text.Choices[0].FinishReason?.Value,
                    ["context"] = text.Extra["context"] is { IsEmpty: false } context ? JsonNode.Parse(context.ToString())!.ToJsonString() : null,
                });
            default:
                var reply = await client.Embeddings.CreateAsync(new() { Model = "ollama/m", Input = "text" }, null, Token);
                return Counted(reply.Usage, new()
                {
                    // The form before 0.3 names no model.
                    ["model"] = method == "embeddings" ? null : reply.Model, ["vectors"] = Vectors(new([.. reply.Data.Select(one => new JsonArray([.. one.Vector.ToArray().Select(number => (JsonNode)number)]))])),
                });
        }
    }

    private static bool Made(string id) => id.Length == 29 && id.StartsWith("call_", StringComparison.Ordinal) && id[5..].All(char.IsAsciiHexDigitLower);

    private static JsonObject Counted(Usage? usage, JsonObject read)
    {
        (read["prompt"], read["answer"]) = (usage?.PromptTokens ?? 0, usage?.CompletionTokens ?? 0);
        foreach (var name in _timings) read[name] = usage?.Extra[name] is { IsEmpty: false } timing ? timing.ToString() : null;
        return read;
    }

    /// <summary>Numbers as a float of four bytes tells them.</summary>
    private static string Vectors(JsonArray vectors)
    {
        var text = new StringBuilder();
        foreach (var vector in vectors)
            foreach (var number in vector!.AsArray()) text.Append(float.Parse(number!.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)).Append(' ');
        return text.ToString();
    }
}
