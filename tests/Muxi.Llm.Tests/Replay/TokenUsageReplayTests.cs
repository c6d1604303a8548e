using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded chat of OpenAI's models, counted here, against the tokens that were charged. What differs is judged one by one; docs/tokens.md lists it.</summary>
public sealed class TokenUsageReplayTests
{
    private const string File = "Replay/judged-tokens.json";

    [Fact]
    public void Plain_text_is_counted_as_it_is_charged()
    {
        var (judged, wrong, right) = (Judgements.Load(File), new List<string>(), 0);
        foreach (var (prompt, count) in Counts().Where(static one => one.Count.IsExact))
        {
            if (count.InputTokens == prompt.Charged) right++;
            else if (!judged.Covers(prompt.Record.Id, "exact")) wrong.Add(Line(prompt, count));
        }
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
        Assert.True(right >= 70, $"only {right} were right");
    }

    [Fact]
    public void All_plain_text_is_claimed_to_be_exact()
    {
        var shy = Counts().Where(static one => one.Prompt.Content == "text" && one.Prompt.IsWhole && TokenFacts.Of(one.Prompt.Model).IsExact && IsPlain(one.Prompt.Request) && !one.Count.IsExact).Select(static one => Line(one.Prompt, one.Count));
        Assert.Empty(shy);
    }

    [Fact]
    public void With_tools_half_of_the_counts_are_off_by_two_percent_at_most()
    {
        var off = Counts().Where(static one => one.Prompt.Content == "tools").Select(static one => Math.Abs(one.Count.InputTokens - one.Prompt.Charged) / (double)one.Prompt.Charged).Order().ToList();
        Assert.True(off.Count > 100);
        Assert.InRange(off[off.Count / 2], 0, 0.02);
    }

    [Fact]
    public void With_tools_what_is_off_by_more_than_a_twentieth_is_judged()
    {
        var judged = Judgements.Load(File);
        var wrong = Counts().Where(static one => IsFarOff(one.Prompt, one.Count)).Where(one => !judged.Covers(one.Prompt.Record.Id, "tools")).Select(static one => Line(one.Prompt, one.Count)).ToList();
        Assert.True(wrong.Count == 0, string.Join('\n', wrong));
    }

    [Fact]
    public void Every_judgement_is_still_needed()
    {
        var needless = new List<string>();
        var counts = Counts(static _ => true).ToDictionary(static one => one.Prompt.Record.Id);
        foreach (var (id, fields) in Judgements.Load(File).All)
        {
            if (!counts.TryGetValue(id, out var one)) continue;
            if (fields.Contains("cut") && one.Prompt.Off(one.Count) <= one.Count.ErrorBand) needless.Add($"{id}: cut");
            if (fields.Contains("exact") && !(one.Count.IsExact && one.Count.InputTokens != one.Prompt.Charged)) needless.Add($"{id}: exact");
            if (fields.Contains("tools") && !IsFarOff(one.Prompt, one.Count)) needless.Add($"{id}: tools");
        }
        Assert.True(needless.Count == 0, string.Join('\n', needless));
    }

    [Fact]
    public void The_page_on_tokens_lists_every_judgement_under_its_cause()
    {
        var page = System.IO.File.ReadAllLines(Repo.PathTo("docs", "tokens.md"));
        foreach (var (id, judgement) in JsonNode.Parse(System.IO.File.ReadAllText(Repo.PathTo(["tests", "Muxi.Llm.Tests", .. File.Split('/')])))!.AsObject())
        {
            var cause = Assert.Single(page, line => line.EndsWith($" | {judgement!["reason"]} |", StringComparison.Ordinal)).Split(" | ")[0];
            Assert.Contains($"{cause} | {id[..id.IndexOf(':', StringComparison.Ordinal)]} | `{id[(id.IndexOf(':', StringComparison.Ordinal) + 1)..]}` |", page);
        }
    }

    private static IEnumerable<(RecordedPrompt Prompt, TokenCount Count)> Counts() => Counts(RecordedPrompt.IsOpenAI);

    private static IEnumerable<(RecordedPrompt Prompt, TokenCount Count)> Counts(Func<Cassette, bool> which) =>
        Cassettes.All.Where(which).Select(RecordedPrompt.Of).OfType<RecordedPrompt>().Select(static prompt => (prompt, ChatTokens.Count(prompt.Model, prompt.Request)));

    private static bool IsFarOff(RecordedPrompt prompt, TokenCount count) => prompt.Content == "tools" && Math.Abs(count.InputTokens - prompt.Charged) > 0.05 * prompt.Charged;

    private static bool IsPlain(ChatCompletionRequest request) =>
        request.WebSearchOptions.IsEmpty && request.Prediction.IsEmpty && request.Messages.All(static message => message.Name is null && message.Blocks.All(static block => block.Type == ContentPartType.Text));

    private static string Line(RecordedPrompt prompt, TokenCount count) => $"{prompt.Record.Id} ({prompt.Model}): charged {prompt.Charged}, counted {count.InputTokens}";
}
