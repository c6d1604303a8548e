using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Every recorded call of Cohere's version 2, and of what is the same in the first, replayed over HTTP to the client, against the naive reader of the same bytes; and every recorded request, made again
/// from what it asks for.
/// </summary>
public sealed class CohereReplayTests
{
    private const int Splits = 20;

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IReadOnlyList<Cassette> Chats => [.. Cassettes.All.Where(static record => Reads(record) && record.Endpoint == "cohere.chat")];

    private static IReadOnlyList<Cassette> Embeddings => [.. Cassettes.All.Where(static record => Reads(record) && record.Endpoint == "embeddings")];

    /// <summary>Whether a record is replayed here: the first version's chat and generation are other formats.</summary>
    internal static bool Reads(Cassette record) => record.Provider == "cohere" && (record.Endpoint is "embeddings" or "models" || (record.Endpoint == "cohere.chat" && record.Request.Url.Contains("/v2/", StringComparison.Ordinal)));

    [Fact]
    public async Task Every_recorded_chat_reads_as_the_naive_reader_reads_it()
    {
        var judged = Judgements.Load("Replay/judged-cohere.json");
        var (differences, needed, streams) = (new List<string>(), new HashSet<string>(), 0);
        foreach (var record in Chats)
        {
            var (expected, citations) = CohereOracle.Read(record.Reply.Status, record.Reply.PlainBody());
            expected.Model = RequestOf(record).Model["cohere/".Length..];
            streams += expected.IsStream ? 1 : 0;
            for (var seed = 0; seed < (expected.IsStream ? Splits : 1); seed++)
            {
                var outcome = await ReplayAsync(record, seed, expected.IsStream);
                var found = ChatComparison.Differences(expected, outcome).Append(("citations", string.Join('\n', citations), Citations(outcome))).Where(static one => one.Item2 != one.Item3).ToList();
                foreach (var one in found.Where(one => judged.Covers(record.Id, one.Item1))) needed.Add($"{record.Id} {one.Item1}");
                found.RemoveAll(one => judged.Covers(record.Id, one.Item1));
                differences.AddRange(found.Select(one => $"{record.Id} (split {seed}): {one}"));
                if (found.Count > 0) break;
            }
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(Chats.Count >= 35 && streams >= 13, $"only {Chats.Count} were read, {streams} of them streams");
        Assert.Equal([], judged.All.Where(one => Chats.Any(record => record.Id == one.Key)).SelectMany(static one => one.Value.Select(field => $"{one.Key} {field}")).Except(needed));
    }

    [Fact]
    public async Task Every_recorded_request_is_made_again_from_what_it_asks_for()
    {
        var made = 0;
        foreach (var record in Chats.Where(static record => record.Request.Body.Length > 0))
        {
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
            using var client = Calls.ClientFor(server.Url, "cohere");
            var request = RequestOf(record);

            await ChatOutcome.OfAsync(client, request, request.Stream == true);

            JsonComparison.Same(record.Id, Told(JsonNode.Parse(record.Request.Body)!), Told(JsonComparison.ParseStrictly(server.Requests[0].Body)!));
            made++;
        }
        Assert.True(made >= 28, $"only {made} were made");
    }

    [Fact]
    public async Task Every_recorded_text_and_picture_is_embedded_as_recorded()
    {
        Assert.NotEmpty(Embeddings);
        foreach (var record in Embeddings)
        {
            await using var server = await ReplayServer.StartAsync(record.Id.Length, CannedReply.From(record));
            using var client = Calls.ClientFor(server.Url, "cohere");
            var asked = JsonNode.Parse(record.Request.Body)!.AsObject();
            var body = JsonNode.Parse(record.Reply.PlainBody())!;
            var request = EmbeddingOf(asked);
            if (record.Reply.Status != 200)
            {
                var error = await Assert.ThrowsAsync<NotFoundException>(() => client.Embeddings.CreateAsync(request, null, Token));
                Assert.Contains((string)body["message"]!, error.Message, StringComparison.Ordinal);
                continue;
            }

            var reply = await client.Embeddings.CreateAsync(request, null, Token);

            var (form, vectors) = Assert.Single(body["embeddings"]!.AsObject());
            Assert.Equal(vectors!.AsArray().Select(vector => Numbers(vector!)), reply.Data.Select(one => string.Join(' ', one.Vector.ToArray().Select(static number => number.ToString("R", CultureInfo.InvariantCulture)))));
            var billed = body["meta"]!["billed_units"]!;
            Assert.Equal(billed["input_tokens"].Num() ?? 0, reply.Usage?.PromptTokens ?? 0);
            // What the caller did not say is said by us.
            var sent = JsonNode.Parse(server.Requests[0].Body)!.AsObject();
            asked["embedding_types"] ??= new JsonArray("float");
            JsonComparison.Same($"{record.Id} ({form})", Told(asked), Told(sent));
        }
    }

    [Fact]
    public async Task The_recorded_model_is_read()
    {
        foreach (var record in Cassettes.Where("models", "cohere"))
        {
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
            using var client = new LlmClient(Calls.OptionsFor(server.Url, "cohere") with { BaseUrls = new Dictionary<string, Uri> { ["cohere"] = new(server.Url, "v2") } });
            var body = JsonNode.Parse(record.Reply.PlainBody())!;

            var model = await client.Models.RetrieveAsync($"cohere/{(string)body["name"]!}", null, Token);

            Assert.Equal(((string)body["name"]!, (string)body["tokenizer_url"]!), (model.Id, model.Extra.GetString("tokenizer_url")));
            Assert.Equal(new Uri(record.Request.Url).AbsolutePath, server.Requests[0].Target);
        }
    }

    [Fact]
    public void The_naive_reader_can_be_checked_by_eye() => Assert.InRange(File.ReadAllLines(Repo.PathTo("tests", "oracle", "CohereOracle.cs")).Length, 1, 60);

    private static async Task<ChatOutcome> ReplayAsync(Cassette record, int seed, bool isStream)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
        using var client = Calls.ClientFor(server.Url, "cohere");
        return await ChatOutcome.OfAsync(client, RequestOf(record), isStream);
    }

    private static string Citations(ChatOutcome outcome) =>
        string.Join('\n', outcome.Reply?.Choices[0].Message.Annotations.Select(static one => $"{one.StartIndex}-{one.EndIndex} '{one.Extra.GetString("text")}' {one.DocumentId}") ?? []);

    /// <summary>The recorded request in our words: what only the service has stays a further member.</summary>
    private static ChatCompletionRequest RequestOf(Cassette record)
    {
        if (record.Request.Body.Length == 0 || OracleJson.Parse(Encoding.UTF8.GetString(record.Request.Body)) is not { } body) return Calls.Ask("cohere/recorded");
        if (body.Remove("p", out var share)) body["top_p"] = share;
        if (body.Remove("stop_sequences", out var stops)) body["stop"] = stops;
        if (body["tool_choice"] is { } choice) body["tool_choice"] = ((string)choice!).ToLowerInvariant();
        body["model"] = $"cohere/{(string)body["model"]!}";
        // The form of a schema before json_schema is no member of ours.
        if (body["response_format"]?["schema"] is not { } schema) return ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()));
        body.Remove("response_format");
        var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(body.ToJsonString()));
        return request with { Extra = request.Extra.With("response_format", $$"""{"type":"json_object","schema":{{schema.ToJsonString()}}}""") };
    }

    private static EmbeddingRequest EmbeddingOf(JsonObject asked)
    {
        var rest = asked.DeepClone().AsObject();
        rest.Remove("model");
        var texts = rest.Remove("texts", out var given) ? given!.AsArray().Select(static text => (string)text!).ToArray() : [];
        Extra extra = default;
        foreach (var (name, value) in rest)
            if (value is not null) extra = extra.With(name, value.ToJsonString());
        return new() { Model = $"cohere/{(string)asked["model"]!}", Input = texts, Extra = extra };
    }

    private static string Numbers(JsonNode vector) => string.Join(' ', vector.AsArray().Select(static number => float.Parse(number!.ToJsonString(), CultureInfo.InvariantCulture).ToString("R", CultureInfo.InvariantCulture)));

    /// <summary>What a body says: nulls, empty lists and a stream that is not asked for say nothing, and a number is its value.</summary>
    private static JsonNode Told(JsonNode node)
    {
        if (node is JsonObject members)
        {
            foreach (var name in members.Where(static one => one.Value is null or JsonArray { Count: 0 } || one is { Key: "stream", Value: JsonValue value } && value.ToJsonString() == "false").Select(static one => one.Key).ToList()) members.Remove(name);
            foreach (var (name, value) in members.ToList())
            {
                // Arguments are text that holds JSON.
                if (name == "arguments" && value is JsonValue text) members[name] = JsonNode.Parse(text.GetValue<string>());
                else Told(value!);
            }
        }
        else if (node is JsonArray items)
        {
            foreach (var item in items.OfType<JsonNode>()) Told(item);
        }
        return node;
    }
}
