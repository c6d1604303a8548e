using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call about batches, replayed over HTTP to the client, against what OpenAI's official SDK makes of the same bytes.</summary>
public sealed class BatchReplayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether a record is replayed here.</summary>
    internal static bool Reads(Cassette record) => record.Request.Url.Contains("/v1/batches", StringComparison.Ordinal);

    [Fact]
    public async Task Every_record_reads_as_the_official_sdk_says()
    {
        _ = Cassettes.All;
        NpmPackages.Require("openai");
        var readings = await NodeOracle.ReadAsync("openai-batches.mjs", NpmPackages.Modules, Cassettes.File!);
        Assert.Equal(Cassettes.All.Where(Reads).Select(record => record.Id).Order(), readings.Select(reading => (string)reading["id"]!).Order());
        var differences = new List<string>();
        foreach (var reading in readings)
            for (var seed = 0; seed < 5; seed++)
            {
                var (expected, found) = (Expected(reading), await FoundAsync(reading, seed));
                if (expected != found) differences.Add($"{reading["id"]} ({reading["verb"]}, split {seed}): expected {expected}, found {found}");
            }

        Assert.True(differences.Count == 0, string.Join('\n', differences));
    }

    private static string Expected(JsonObject reading) =>
        reading["error"] is { } error ? $"{error["status"]}: {error["message"]}" : reading["value"] is JsonArray list ? string.Join('\n', list.Select(one => Members(one!.AsObject()))) : Members(reading["value"]!.AsObject());

    private static async Task<string> FoundAsync(JsonObject reading, int seed)
    {
        var (provider, id) = ((string)reading["provider"]!, $"{reading["provider"]}/{reading["batch"]}");
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(Cassettes.Get((string)reading["id"]!)));
        using var client = Calls.ClientFor(server.Url, provider);
        try
        {
            return (string)reading["verb"]! switch
            {
                "create" => Members(await client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = $"{provider}/f", Endpoint = BatchEndpoint.ChatCompletions }, null, Token)),
                "retrieve" => Members(await client.Batches.RetrieveAsync(id, null, Token)),
                "cancel" => Members(await client.Batches.CancelAsync(id, null, Token)),
                _ => string.Join('\n', (await client.Batches.ListPageAsync(new() { Provider = provider }, null, Token)).Data.Select(Members)),
            };
        }
        catch (ApiException e)
        {
            return $"{(int)e.Status}: {e.Message[(provider.Length + 2)..]}";
        }
    }

    private static string Members(Batch batch) => Members(JsonNode.Parse(batch.ToJson())!.AsObject());

    /// <summary>All that is set, in one order: null and absent are the same.</summary>
    private static string Members(JsonObject batch) =>
        string.Join(' ', batch.Where(member => member.Value is not null && !member.Key.StartsWith('_')).OrderBy(member => member.Key, StringComparer.Ordinal).Select(member => $"{member.Key}={member.Value!.ToJsonString()}"));
}
