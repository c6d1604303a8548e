using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// No record is forgotten: each is replayed by a test, or not-replayed.json says why it is not. A line there names a service, an endpoint (<c>*</c> for all) and, where only some are meant, a piece of their
/// addresses.
/// </summary>
public sealed class ReplayCoverageTests
{
    private static readonly (string Test, Func<Cassette, bool> Reads)[] _tests =
    [
        (nameof(ChatReplayTests), ChatReplayTests.Reads),
        (nameof(ResponseReplayTests), static record => record.Endpoint == "responses"),
        (nameof(TextReplayTests), TextReplayTests.Reads),
        (nameof(RerankReplayTests), RerankReplayTests.Reads),
        (nameof(ImageReplayTests), ImageReplayTests.Reads),
        (nameof(AudioReplayTests), AudioReplayTests.Reads),
        (nameof(FilesReplayTests), FilesReplayTests.Reads),
        (nameof(BatchReplayTests), BatchReplayTests.Reads),
        (nameof(MistralReplayTests), static record => record is { Provider: "mistral", Endpoint: "fim" or "embeddings" or "moderations" }),
        (nameof(RerankReplayTests), RerankReplayTests.Reads),
        (nameof(CohereReplayTests), CohereReplayTests.Reads),
        (nameof(HuggingFaceReplayTests), HuggingFaceReplayTests.Reads),
        (nameof(PredictionReplayTests), PredictionReplayTests.Reads),
        (nameof(OllamaReplayTests), static record => record.Provider == "ollama"),
    ];

    private static readonly List<Excuse> _excuses =
        [.. JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "Muxi.Llm.Tests", "Replay", "not-replayed.json")))!.AsArray().Select(one => new Excuse((string)one!["provider"]!, (string)one["endpoint"]!, (string?)one["url"], (string)one["reason"]!))];

    [Fact]
    public void Every_record_is_replayed_or_excused() =>
        Assert.Equal([], Cassettes.All.Where(record => !IsReplayed(record) && !_excuses.Exists(excuse => excuse.Covers(record))).Select(record => $"{record.Provider} {record.Endpoint} {record.Request.Url} ({record.Id})"));

    [Fact]
    public void Every_excuse_has_a_reason_and_is_still_needed()
    {
        Assert.All(_excuses, excuse => Assert.True(excuse.Reason.Length > 20, $"{excuse}"));
        // Another set of records need not hold any of them; but what is replayed by now needs no excuse.
        var needless = _excuses.Where(excuse => Cassettes.All.Where(excuse.Covers).ToList() is { Count: > 0 } covered && covered.TrueForAll(IsReplayed));
        Assert.Equal([], needless.Select(excuse => $"{excuse.Provider} {excuse.Endpoint}: take it out of not-replayed.json"));
    }

    /// <summary>Each of the tests reads something, so that a predicate that went wrong is seen.</summary>
    [Fact]
    public void Every_test_has_records() => Assert.All(_tests, test => Assert.True(Cassettes.All.Any(test.Reads), test.Test));

    private static bool IsReplayed(Cassette record) => Array.Exists(_tests, test => test.Reads(record));

    private sealed record Excuse(string Provider, string Endpoint, string? Url, string Reason)
    {
        public bool Covers(Cassette record) => record.Provider == Provider && (Endpoint == "*" || record.Endpoint == Endpoint) && (Url is null || record.Request.Url.Contains(Url, StringComparison.Ordinal));
    }
}
