using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Mistral's recorded calls beside chat, made again by the typed client and answered with the recorded bytes, cut anywhere: what is sent is what was sent then, and what is read is what the
/// bytes say. The expected values are read straight from the JSON.
/// </summary>
public sealed class MistralReplayTests
{
    /// <summary>Recorded, and no operation here: its agents, which answer as chat does but under a name and a path of their own.</summary>
    private static readonly string[] _notBuilt =
    [
        "braintrust-sdk-javascript:e2e/scenarios/mistral-instrumentation/__cassettes__/mistral-v1.cassette.json#11",
        "braintrust-sdk-javascript:e2e/scenarios/mistral-instrumentation/__cassettes__/mistral-v1.cassette.json#9",
        "braintrust-sdk-javascript:e2e/scenarios/mistral-instrumentation/__cassettes__/mistral-v2-latest.cassette.json#11",
        "braintrust-sdk-javascript:e2e/scenarios/mistral-instrumentation/__cassettes__/mistral-v2.cassette.json#11",
    ];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public void Every_record_is_met_or_listed()
    {
        string[] met = ["chat.completions", "fim", "embeddings", "moderations", "models"];

        Assert.Equal(_notBuilt, Cassettes.All.Where(record => record.Provider == "mistral" && !met.Contains(record.Endpoint)).Select(record => record.Id).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task Code_is_filled_in_as_recorded()
    {
        var records = Cassettes.Where("fim", "mistral");
        Assert.NotEmpty(records);
        foreach (var record in records)
            for (var seed = 0; seed < 20; seed++)
            {
                await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
                using var client = Calls.ClientFor(server.Url, "mistral");
                var expected = ChatOracle.Read(record.Reply.Status, record.Reply.PlainBody());
                var request = CompletionRequest.Parse(record.Request.Body);
                request = request with { Model = $"mistral/{request.Model}" };

                var reply = expected.IsStream ? await client.Completions.StreamAsync(request, null, Token).ToCompletionAsync(Token) : await client.Completions.CreateAsync(request, null, Token);

                Assert.Equal((expected.Id, expected.Model, expected.Choices[0].Text, expected.Choices[0].FinishReason), (reply.Id, reply.Model, reply.Text, reply.Choices[0].FinishReasonRaw ?? reply.Choices[0].FinishReason?.Value));
                Assert.Equal((expected.Usage!.Prompt, expected.Usage.Completion), (reply.Usage!.PromptTokens, reply.Usage.CompletionTokens));
                SameBody(record, server.Requests[0]);
            }
    }

    [Fact]
    public async Task Texts_and_conversations_are_looked_at_as_recorded()
    {
        var records = Cassettes.Where("moderations", "mistral");
        Assert.NotEmpty(records);
        foreach (var record in records)
        {
            await using var server = await ReplayServer.StartAsync(record.Id.Length, CannedReply.From(record));
            using var client = Calls.ClientFor(server.Url, "mistral");
            var request = ModerationRequest.Parse(record.Request.Body);

            var reply = await client.Moderations.CreateAsync(request with { Model = $"mistral/{request.Model}" }, null, Token);

            var body = JsonNode.Parse(record.Reply.PlainBody())!;
            Assert.Equal((string?)body["model"], reply.Model);
            Assert.Equal(body["results"]!.AsArray().Count, reply.Results.Count);
            foreach (var (expected, found) in body["results"]!.AsArray().Zip(reply.Results))
            {
                Assert.Equal(expected!["categories"]!.AsObject().Select(one => $"{one.Key} {one.Value}"), found.Categories.Select(one => $"{one.Key} {(one.Value == true ? "true" : "false")}"));
                Assert.Equal(expected["category_scores"]!.AsObject().Select(one => one.Value!.GetValue<double>()), found.CategoryScores.Values);
            }
            SameBody(record, server.Requests[0]);
        }
    }

    [Fact]
    public async Task Texts_are_embedded_as_recorded()
    {
        var records = Cassettes.Where("embeddings", "mistral");
        Assert.NotEmpty(records);
        foreach (var record in records)
        {
            await using var server = await ReplayServer.StartAsync(record.Id.Length, _ => CannedReply.From(record));
            using var client = Calls.ClientFor(server.Url, "mistral");
            var request = EmbeddingRequest.Parse(record.Request.Body);
            request = request with { Model = $"mistral/{request.Model}" };
            var body = JsonNode.Parse(record.Reply.PlainBody())!;
            if (record.Reply.Status != 200)
            {
                var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(request, null, Token));
                Assert.Equal((record.Reply.Status, (string?)body["code"]), ((int)error.Status, error.Code));
                continue;
            }

            var reply = await client.Embeddings.CreateAsync(request, null, Token);

            foreach (var (expected, found) in body["data"]!.AsArray().Zip(reply.Data))
                Assert.Equal(expected!["embedding"]!.AsArray().Select(number => (float)number!.GetValue<double>()), found.Vector.ToArray());
            Assert.Equal((int?)body["usage"]!["prompt_tokens"], (int?)reply.Usage!.PromptTokens);
            SameBody(record, server.Requests[0]);
        }
    }

    [Theory]
    [InlineData("mistral")]
    [InlineData("groq")]
    public async Task A_list_of_models_that_is_refused_is_an_error_of_the_key(string provider)
    {
        foreach (var record in Cassettes.Where("models", provider))
        {
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
            using var client = Calls.ClientFor(server.Url, provider);

            var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.Models.ListAsync(provider, null, Token).ToListAsync(Token).AsTask());

            Assert.Contains("Invalid API Key", error.Message, StringComparison.Ordinal);
        }
    }

    /// <summary>That what was recorded was sent; a request that says what holds anyway may say less.</summary>
    private static void SameBody(Cassette record, SeenRequest sent)
    {
        Assert.EndsWith(sent.Target, new Uri(record.Request.Url).AbsolutePath, StringComparison.Ordinal);
        var expected = JsonNode.Parse(record.Request.Body)!.AsObject();
        if (expected["stream"]?.GetValue<bool>() == false) expected.Remove("stream");
        JsonComparison.Same(record.Id.ToString(CultureInfo.InvariantCulture), expected, JsonNode.Parse(Encoding.UTF8.GetBytes(sent.Text)));
    }
}
