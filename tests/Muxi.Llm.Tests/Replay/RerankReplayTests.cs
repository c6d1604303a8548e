using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded ranking over real HTTP, cut at any place, against a naive reader of the same bytes; and every recorded request, made again from what it asks for.</summary>
public sealed class RerankReplayTests
{
    /// <summary>Cohere's first version, which gives documents back when it is asked to.</summary>
    private static readonly Provider _first = new("cohere-v1", "https://api.cohere.com/v1", Auth.Bearer("COHERE_API_KEY")) { Rerank = new CohereRerank() };

    private static readonly Dictionary<string, string> _names = new() { ["llamacpp"] = "llama_cpp" };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static IReadOnlyList<Cassette> Records => [.. Cassettes.All.Where(Reads)];

    /// <summary>Whether these tests read the record.</summary>
    internal static bool Reads(Cassette record) => record.Endpoint == "rerank" || record.Request.Url.Contains("rerank", StringComparison.Ordinal);

    [Fact]
    public async Task Every_recorded_ranking_reads_as_the_naive_reader_reads_it()
    {
        var (differences, read) = (new List<string>(), 0);
        foreach (var record in Records.Where(static record => record.Reply.Status == 200))
        {
            var expected = RerankOracle.Read(record.Reply.PlainBody());
            Assert.NotNull(expected);
            for (var seed = 0; seed < 3; seed++)
            {
                var reply = await ReplayAsync(record, seed);
                var actual = new JsonObject
                {
                    ["id"] = reply.Id, ["model"] = reply.Model == "m" ? "" : reply.Model,
                    ["ranking"] = new JsonArray([.. reply.Results.Select(result => (JsonNode)$"{result.Index} {result.RelevanceScore:R} {result.Document?.Text}".TrimEnd())]),
                    ["tokens"] = reply.Usage is { TotalTokens: > 0 and var tokens } ? tokens : null, ["search_units"] = (long?)reply.Meta?.SearchUnits,
                };
                if (!JsonNode.DeepEquals(expected, actual)) differences.Add($"{record.Id}: {expected.ToJsonString()} but {actual.ToJsonString()}");
            }
            read++;
        }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.True(read >= 21, $"only {read} were read");
    }

    [Fact]
    public async Task Every_recorded_refusal_is_the_error_that_it_says()
    {
        foreach (var record in Records.Where(static record => record.Reply.Status != 200))
        {
            var error = await Assert.ThrowsAnyAsync<ApiException>(() => ReplayAsync(record, 1));
            Assert.Equal(record.Reply.Status, (int)error.Status);
            Assert.Contains(JsonNode.Parse(record.Reply.Body)!["error"]!["message"]!.GetValue<string>()[..20], error.Message, StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_recorded_request_is_made_again_from_what_it_asks_for()
    {
        var made = 0;
        foreach (var record in Records.Where(static record => record.Request.Body.Length > 0))
        {
            if (JsonNode.Parse(record.Request.Body) is not JsonObject recorded || recorded["documents"] is not JsonArray { Count: > 0 } || recorded["top_n"]?.GetValue<int>() == 0) continue;
            var name = NameOf(record);
            var asked = recorded.DeepClone().AsObject();
            asked["model"] = $"{name}/{asked["model"] ?? (JsonNode)Uri.UnescapeDataString(record.Request.Url.Split('/')[^2])}";
            if (asked.Remove("top_k", out var top)) asked["top_n"] = top;
            if (name == "bedrock") asked.Remove("api_version");
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
            using var client = ClientFor(server, name);

            var request = RerankRequest.Parse(System.Text.Encoding.UTF8.GetBytes(asked.ToJsonString()));
            if (record.Reply.Status == 200) await client.Rerank.CreateAsync(request, null, Token);
            else await Assert.ThrowsAnyAsync<ApiException>(() => client.Rerank.CreateAsync(request, null, Token));

            foreach (var nothing in recorded.Where(static member => member.Value is null).Select(static member => member.Key).ToList()) recorded.Remove(nothing);
            var sent = JsonComparison.ParseStrictly(server.Requests[0].Body)!.AsObject();
            foreach (var nothing in sent.Where(static member => member.Value is null).Select(static member => member.Key).ToList()) sent.Remove(nothing);
            // One had none, as the model was a default then.
            if (!recorded.ContainsKey("model")) sent.Remove("model");
            JsonComparison.Same(record.Id, recorded, sent);
            made++;
        }
        Assert.True(made >= 15, $"only {made} were made");
    }

    private static async Task<RerankResponse> ReplayAsync(Cassette record, int seed)
    {
        var name = NameOf(record);
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(record));
        using var client = ClientFor(server, name);
        return await client.Rerank.CreateAsync(new() { Model = $"{name}/m", Query = "q", Documents = [.. Enumerable.Repeat((RerankDocument)"d", 10)] }, null, Token);
    }

    private static LlmClient ClientFor(ReplayServer server, string name) => new(Calls.OptionsFor(server.Url, name) with { Providers = [_first] });

    private static string NameOf(Cassette record) => record.Provider == "cohere" && record.Request.Url.Contains("/v1/", StringComparison.Ordinal) ? _first.Name : _names.GetValueOrDefault(record.Provider, record.Provider);
}
