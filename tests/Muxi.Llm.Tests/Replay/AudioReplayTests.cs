using System.Security.Cryptography;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded transcript, translation and speech of OpenAI's shape, replayed over HTTP to the client, against what the official SDK makes of the same bytes.</summary>
public sealed class AudioReplayTests(AudioOracle oracle) : IClassFixture<AudioOracle>, IDisposable
{
    /// <summary>Differences that were looked at and are right: OpenRouter leaves the usage's type out, and we tell it.</summary>
    private static readonly string[] _judged = [".usage.type: expected nothing, found \"duration\""];

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-audio");

    public static TheoryData<string> Texts => [.. Ids("stt")];

    public static TheoryData<string> Sounds => [.. Ids("tts")];

    /// <summary>Whether a record is replayed here.</summary>
    internal static bool Reads(Cassette record) => record.Endpoint is "stt" or "tts" && record.Request.Url.Contains("/audio/", StringComparison.Ordinal);

    [Theory, MemberData(nameof(Texts))]
    public async Task A_text_reads_as_the_SDK_reads_it(string id)
    {
        var (record, expected) = (Cassettes.Get(id), oracle.Readings[id]);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
        using var client = Calls.ClientFor(server.Url, ServiceOf(record));
        var isTranslation = record.Request.Url.EndsWith("translations", StringComparison.Ordinal);
        var file = FileSource.FromBytes(SoundFiles.Wav(), "a.wav");

        var found = await OutcomeAsync(async () => isTranslation
            ? (await client.Audio.Translations.CreateAsync(new() { Model = $"{ServiceOf(record)}/recorded", File = file }, null, TestContext.Current.CancellationToken)).ToJson()
            : (await client.Audio.Transcriptions.CreateAsync(new() { Model = $"{ServiceOf(record)}/recorded", File = file }, null, TestContext.Current.CancellationToken)).ToJson());

        if ((bool)expected["ok"]!)
        {
            Assert.Null(found.Error);
            Assert.Empty(JsonComparison.Differences(expected["reply"], JsonNode.Parse(found.Json!), "").Except(_judged));
            // A stream that was asked for in vain is the same text.
            if (!isTranslation) Assert.Equal((string)expected["reply"]!["text"]!, (await client.Audio.Transcriptions.StreamAsync(new() { Model = $"{ServiceOf(record)}/recorded", File = file }, null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken)).Text);
        }
        else
        {
            Assert.Equal(((int)expected["status"]!, (string?)expected["type"]), ((int)found.Error!.Status, found.Error.Type));
            Assert.Contains(((string)expected["message"]!)[..30], found.Error.Message, StringComparison.Ordinal);
        }
    }

    [Theory, MemberData(nameof(Sounds))]
    public async Task A_sound_comes_byte_for_byte_and_is_saved_as_it_can_be_played(string id)
    {
        var (record, expected) = (Cassettes.Get(id), oracle.Readings[id]);
        var bytes = Sound(record);
        Assert.Equal((string)expected["sha256"]!, Hash(bytes));
        await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record) with { Body = bytes });
        using var client = Calls.ClientFor(server.Url, ServiceOf(record));
        var request = SpeechRequest.Parse(record.Request.Body) with { Model = $"{ServiceOf(record)}/recorded" };

        await using (var speech = await client.Audio.Speech.CreateAsync(request, null, TestContext.Current.CancellationToken))
        {
            using var read = new MemoryStream();
            await speech.Content.CopyToAsync(read, TestContext.Current.CancellationToken);
            Assert.Equal((string)expected["sha256"]!, Hash(read.ToArray()));
        }

        await using var again = await client.Audio.Speech.CreateAsync(request, null, TestContext.Current.CancellationToken);
        var path = Path.Combine(_folder.FullName, "a");
        await again.SaveAsync(path, null, TestContext.Current.CancellationToken);
        var saved = await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken);
        if (again.Format == SpeechFormat.Wav) SoundFiles.ExpectTrueLengths(saved);
        else Assert.Equal(Hash(bytes), Hash(saved));
        Assert.True(JsonNode.DeepEquals(JsonNode.Parse(record.Request.Body), WithModel(server.Requests[0].Body, JsonNode.Parse(record.Request.Body)!["model"]!)));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<string> Ids(string endpoint) => Cassettes.File is null ? Cassettes.Ids(endpoint).Select(row => row.Data)
        : Cassettes.Where(endpoint).Where(Reads).Select(record => record.Id);

    private static JsonNode WithModel(byte[] body, JsonNode model)
    {
        var sent = JsonNode.Parse(body)!;
        sent["model"] = model.DeepClone();
        return sent;
    }

    /// <summary>Some recordings keep a sound as text in base64.</summary>
    private static byte[] Sound(Cassette record) => record.Fidelity == "bare" ? Convert.FromBase64String(System.Text.Encoding.ASCII.GetString(record.Reply.Body)) : record.Reply.PlainBody();

    /// <summary>Which of our services reads a record.</summary>
    private static string ServiceOf(Cassette record) => record.Provider == "venice" ? "venice" : "openai";

    private static string Hash(byte[] bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes));

    private static async Task<(string? Json, ApiException? Error)> OutcomeAsync(Func<Task<string>> call)
    {
        try
        {
            return (await call(), null);
        }
        catch (ApiException e)
        {
            return (null, e);
        }
    }
}

/// <summary>What the official SDK makes of the recorded sound: runs tests/oracle/openai-audio.mjs once for a test class.</summary>
public sealed class AudioOracle : IAsyncLifetime
{
    private readonly Dictionary<string, JsonObject> _readings = [];

    /// <summary>By record id; skips the running test where records or the SDK are missing.</summary>
    public IReadOnlyDictionary<string, JsonObject> Readings
    {
        get
        {
            _ = Cassettes.All;
            NpmPackages.Require("openai");
            return _readings;
        }
    }

    public async ValueTask InitializeAsync()
    {
        if (Cassettes.File is null || !NpmPackages.Has("openai")) return;
        foreach (var reading in await NodeOracle.ReadAsync("openai-audio.mjs", NpmPackages.Modules, Cassettes.File)) _readings.Add((string)reading["id"]!, reading);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
