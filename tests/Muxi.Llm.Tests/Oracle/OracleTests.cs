using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The naive reader against the official SDK, on every recorded chat completion of the OpenAI-shaped providers.</summary>
public sealed class OracleTests(SdkOracle sdk) : IClassFixture<SdkOracle>
{
    [Fact]
    public void The_naive_reader_and_the_official_sdk_agree_on_every_record_but_the_judged_ones()
    {
        var readings = sdk.Readings;
        var records = Cassettes.Where("chat.completions", SdkOracle.Providers);
        var judged = SdkOracle.Judged();
        Assert.Equal(records.Count, readings.Count);

        var unjudged = records.SelectMany(record => Differences(record, readings[record.Id])
            .Where(difference => !judged.GetValueOrDefault(record.Id, []).Contains(difference.Field))
            .Select(difference => $"{record.Id}: {difference}")).ToList();

        Assert.True(unjudged.Count == 0, string.Join('\n', unjudged));
    }

    [Fact]
    public void Every_judgement_is_still_needed()
    {
        var readings = sdk.Readings;

        // The judged ids are of the set at hand; another set of records need not hold them.
        var needless = SdkOracle.Judged().Where(judgement => readings.ContainsKey(judgement.Key))
            .SelectMany(judgement => judgement.Value
                .Except(Differences(Cassettes.Get(judgement.Key), readings[judgement.Key]).Select(difference => difference.Field))
                .Select(field => $"{judgement.Key}: {field}")).ToList();

        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    [Fact]
    public void A_planted_difference_is_seen()
    {
        var (id, reading) = sdk.Readings.First(r => r.Value["choices"]!.AsArray().Count > 0);
        var planted = reading.DeepClone().AsObject();
        planted["choices"]![0]!["text"] = "something else";
        planted["usage"] = null;

        Assert.Equal(["text[0]", "usage"], Differences(Cassettes.Get(id), planted).Select(difference => difference.Field).Order());
    }

    private static IEnumerable<(string Field, string? Naive, string? Sdk)> Differences(Cassette record, JsonObject theirs)
    {
        var ours = ChatOracle.Read(record.Reply.Status, record.Reply.PlainBody());
        List<(string Field, string? Naive, string? Sdk)> all =
        [
            ("error", ours.Error is null ? null : $"{ours.Error.Code}/{ours.Error.Type}",
                theirs["error"] is { } error ? $"{error["code"].Str()}/{error["type"].Str()}" : null),
            ("status", ours.Error is not null && record.Reply.Status >= 400 ? $"{record.Reply.Status}" : null, theirs["error"]?["status"].Str()),
            ("message", ours.Error?.Message is { Length: > 0 } said && theirs["error"]?["message"].Str()?.EndsWith(said, StringComparison.Ordinal) != true ? said : null, null),
            ("usage", Usage(ours.Usage), Usage(theirs["usage"])),
            ("choices", string.Join(',', ours.Choices.Select(c => c.Index)), string.Join(',', theirs["choices"].Items().Select(c => c.Item["index"].Str()))),
        ];
        foreach (var (choice, n) in theirs["choices"].Items())
        {
            if (ours.Choices.ElementAtOrDefault(n) is not { } mine)
                continue;
            all.Add(($"text[{n}]", mine.Text, choice["text"].Str() ?? ""));
            all.Add(($"refusal[{n}]", mine.Refusal, choice["refusal"].Str() ?? ""));
            all.Add(($"finish_reason[{n}]", mine.FinishReason, choice["finish_reason"].Str()));
            all.Add(($"tool_calls[{n}]",
                string.Join('\n', mine.ToolCalls.Select(t => $"{t.Id}|{t.Type}|{t.Name}|{t.Arguments}")),
                string.Join('\n', choice["tool_calls"].Items().Select(t => $"{t.Item["id"].Str()}|{t.Item["type"].Str()}|{t.Item["name"].Str()}|{t.Item["arguments"].Str()}"))));
        }
        return all.Where(difference => difference.Naive != difference.Sdk);
    }

    private static string? Usage(OracleUsage? usage) => usage is null ? null : $"{usage.Prompt}+{usage.Completion}={usage.Total}, {usage.Cached} cached, {usage.Reasoning} reasoning";

    /// <summary>The SDK hands the vendor's object through, so that the places of the details are read here.</summary>
    private static string? Usage(JsonNode? usage) => usage is null ? null : Usage(new OracleUsage(
        usage["prompt_tokens"].Num(),
        usage["completion_tokens"].Num(),
        usage["total_tokens"].Num(),
        (usage["prompt_tokens_details"]?["cached_tokens"] ?? usage["prompt_cache_hit_tokens"]).Num(),
        usage["completion_tokens_details"]?["reasoning_tokens"].Num()));
}
