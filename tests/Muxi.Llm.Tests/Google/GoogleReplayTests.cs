using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call of Google's other operations, replayed over HTTP, against what the official SDK makes of the same bytes.</summary>
public sealed class GoogleReplayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_record_reads_as_the_official_SDK_says()
    {
        _ = Cassettes.All;
        NpmPackages.Require("@google/genai");
        var readings = await NodeOracle.ReadAsync("google-records.mjs", NpmPackages.Modules, Cassettes.File!);
        var differences = new List<string>();
        foreach (var reading in readings)
            for (var seed = 0; seed < 5; seed++)
            {
                var (expected, found) = (Expected(reading), await FoundAsync(reading, seed));
                if (expected != found) differences.Add($"{reading["id"]} ({reading["verb"]}, split {seed}): expected {expected}, found {found}");
            }

        Assert.Equal([], differences);
        Assert.True(readings.Count >= 13, $"{readings.Count} records");
    }

    [Fact]
    public async Task The_recorded_upload_takes_both_its_steps()
    {
        var steps = Cassettes.Where("files", "gemini");
        if (steps.Count == 0) Assert.Skip("no upload was recorded");
        await using var server = await ReplayServer.StartAsync(5, CannedReply.From(steps[0]), CannedReply.From(steps[1]));
        using var client = GoogleWire.Client(server.Url);

        var file = await client.Files.UploadAsync(new() { File = FileSource.FromBytes("%PDF-1.4"u8.ToArray(), "apples.pdf"), Provider = "gemini" }, null, Token);

        Assert.Equal(("gemini/files/lyznmka9w110", "apples.pdf", 14_560L), (file.QualifiedId, file.Filename, file.Bytes));
        Assert.Equal(steps.Select(step => new Uri(step.Request.Url).PathAndQuery), server.Requests.Select(one => one.Target));
    }

    /// <summary>What is recorded and not built, by name, so that nobody takes it for done.</summary>
    [Fact]
    public void What_is_recorded_and_not_spoken_is_known()
    {
        string[] elsewhere = ["generateContent", "streamGenerateContent", "count_tokens"], here = ["embeddings", "files", "models"], nowhere = ["interactions", "cached_contents", "realtime"];

        var endpoints = Cassettes.All.Where(static one => one.Provider is "gemini" or "vertex").Select(static one => one.Endpoint).Distinct();

        Assert.Equal([], endpoints.Except([.. elsewhere, .. here, .. nowhere]));
    }

    private static string Expected(JsonObject reading)
    {
        if (reading["error"] is { } error) return $"{error["status"]}: {error["message"]}";
        var value = reading["value"]!;
        return (string)reading["verb"]! switch
        {
            "begin" => "no file yet",
            "file" => $"{value["name"]} {value["displayName"]} {value["mimeType"]} {value["sizeBytes"]} {Seconds(value["createTime"])} {Seconds(value["expirationTime"])} {value["uri"]}",
            "models" => string.Join(' ', value.AsArray().Select(one => (string?)one!["name"])),
            _ => string.Join('\n', value["embeddings"]!.AsArray().Select(one => string.Join(',', one!["values"]!.AsArray().Select(number => (float)number!)))),
        };
    }

    private static async Task<string> FoundAsync(JsonObject reading, int seed)
    {
        var provider = (string)reading["provider"]! == "vertex" ? "vertexai" : "gemini";
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(Cassettes.Get((string)reading["id"]!)));
        using var client = GoogleWire.Client(server.Url, provider);
        try
        {
            switch ((string)reading["verb"]!)
            {
                case "begin":
                    return "no file yet";
                case "file":
                    var file = GeminiFileJson.Read(Cassettes.Get((string)reading["id"]!).Reply.Body)!;
                    return $"{file.Id} {file.Filename} {file.MimeType} {file.Bytes} {file.CreatedAt} {file.ExpiresAt} {file.Extra.GetString("uri")}";
                case "models":
                    return string.Join(' ', (await client.Models.ListPageAsync(provider, null, null, Token)).Data.Select(one => one.Id));
                default:
                    var texts = Enumerable.Repeat("x", (int)reading["texts"]!).ToArray();
                    var reply = await client.Embeddings.CreateAsync(new() { Model = provider + (provider == "vertexai" ? "/text-embedding-005" : "/m"), Input = texts }, null, Token);
                    return string.Join('\n', reply.Data.Select(one => string.Join(',', one.Vector.ToArray())));
            }
        }
        catch (ApiException e)
        {
            return $"{(int)e.Status}: {e.Message[(provider.Length + 2)..]}";
        }
    }

    private static long Seconds(JsonNode? time) => DateTimeOffset.Parse((string)time!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
