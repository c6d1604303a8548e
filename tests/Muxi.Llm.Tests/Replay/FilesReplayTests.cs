using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call about files, replayed over HTTP to the client, against what the services' official SDKs make of the same bytes.</summary>
public sealed class FilesReplayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Whether a record is replayed here.</summary>
    internal static bool Reads(Cassette record) => record is { Endpoint: "files", Provider: "openai" or "anthropic" } && record.Request.Url.Contains("/v1/files", StringComparison.Ordinal);

    [Fact]
    public async Task Every_record_reads_as_the_official_sdk_says()
    {
        _ = Cassettes.All;
        NpmPackages.Require("openai");
        NpmPackages.Require("@anthropic-ai/sdk");
        var readings = await NodeOracle.ReadAsync("files-sdk.mjs", NpmPackages.Modules, Cassettes.File!);
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

    private static string Expected(JsonObject reading)
    {
        if (reading["error"] is { } error) return $"{error["status"]}: {error["message"]}";
        var value = reading["value"]!;
        return (string)reading["verb"]! switch
        {
            "content" => $"{value["length"]} {value["sha256"]}",
            "delete" => $"{value["id"]} {((string?)value["type"] == "file_deleted" || (bool?)value["deleted"] == true ? "gone" : "there")}",
            _ => Line((string)value["id"]!, (string)value["filename"]!, (long)(value["bytes"] ?? value["size_bytes"])!, Seconds(value["created_at"]!), (string?)value["purpose"], (string?)value["status"], (string?)value["mime_type"], (bool?)value["downloadable"]),
        };
    }

    private static async Task<string> FoundAsync(JsonObject reading, int seed)
    {
        var (provider, id) = ((string)reading["provider"]!, $"{reading["provider"]}/{reading["file"]}");
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.From(Cassettes.Get((string)reading["id"]!)));
        using var client = Calls.ClientFor(server.Url, provider);
        try
        {
            switch ((string)reading["verb"]!)
            {
                case "content":
                    await using (var content = await client.Files.ContentAsync(id, null, Token))
                    {
                        var bytes = await content.ReadBytesAsync(Token);
                        return $"{bytes.Length} {Convert.ToHexStringLower(SHA256.HashData(bytes))}";
                    }
                case "delete":
                    var deleted = await client.Files.DeleteAsync(id, null, Token);
                    return $"{deleted.Id} {(deleted.Deleted ? "gone" : "there")}";
                case "retrieve":
                    return Line(await client.Files.RetrieveAsync(id, null, Token));
                case "create":
                    return Line(await client.Files.UploadAsync(new() { File = FileSource.FromBytes("x"u8.ToArray(), "a.txt"), Provider = provider }, null, Token));
                default:
                    throw new InvalidOperationException("there is no record of this verb yet: compare it here");
            }
        }
        catch (ApiException e)
        {
            return $"{(int)e.Status}: {e.Message[(provider.Length + 2)..]}";
        }
    }

    private static string Line(FileObject file) => Line(file.Id, file.Filename, file.Bytes, file.CreatedAt, file.Purpose?.Value, file.Status?.Value, file.MimeType, file.Downloadable);

    private static string Line(string id, string name, long bytes, long created, string? purpose, string? status, string? type, bool? downloadable) => $"{id} {name} {bytes} {created} {purpose} {status} {type} {downloadable}";

    private static long Seconds(JsonNode time) => time.GetValueKind() == System.Text.Json.JsonValueKind.Number ? (long)time : DateTimeOffset.Parse((string)time!, System.Globalization.CultureInfo.InvariantCulture).ToUnixTimeSeconds();
}
