namespace Muxi.Llm.Tests;

/// <summary>The bands of estimates, computed again from the recorded traffic. MUXI_LLM_TOKEN_BANDS names a file to write the figures to.</summary>
public sealed class TokenBandTests
{
    // Of fewer records nine tenths say little.
    private const int Enough = 12;

    [Fact]
    public void Nine_in_ten_estimates_are_within_their_band()
    {
        var tight = Figures().Where(static one => one.Nine > one.Band + 1e-9).Select(static one => $"{one.Family}, {one.Content}: 9 in 10 of {one.Of} are off by {one.Nine:0.000} at most, the band is {one.Band}").ToList();
        Assert.True(tight.Count == 0, string.Join('\n', tight));
    }

    [Fact]
    public void No_band_is_wider_than_the_records_ask_for()
    {
        var wide = Figures().Where(static one => one.Of >= Enough && one.Band > Math.Max(0.05, Math.Ceiling(one.Nine * 20) / 20) + 0.05 + 1e-9)
            .Select(static one => $"{one.Family}, {one.Content}: 9 in 10 of {one.Of} are off by {one.Nine:0.000} at most, the band is {one.Band}").ToList();
        Assert.True(wide.Count == 0, string.Join('\n', wide));
    }

    [Fact]
    public void The_page_on_tokens_tells_the_bands()
    {
        var page = File.ReadAllText(Repo.PathTo("docs", "tokens.md"));
        Assert.All(Families(), family => Assert.Contains($"| {family.Name} | ", page, StringComparison.Ordinal));
        Assert.All(Families(), family => Assert.Contains($" | {Percent(family.Bands.Text)} | {Percent(family.Bands.Tools)} | {Percent(family.Bands.Media)} |", Row(page, family.Name), StringComparison.Ordinal));
    }

    private static string Row(string page, string family) => page.Split('\n').First(line => line.StartsWith($"| {family} | ", StringComparison.Ordinal) && line.EndsWith(" % |", StringComparison.Ordinal));

    private static string Percent(double share) => FormattableString.Invariant($"{share * 100:0} %");

    private static IEnumerable<TokenFamily> Families() => Cassettes.All.Select(RecordedPrompt.Of).OfType<RecordedPrompt>().Select(static prompt => TokenFacts.Of(prompt.Model).Family).Distinct();

    private static List<(string Family, string Content, int Of, double Nine, double Band)> Figures()
    {
        var estimates = Cassettes.All.Select(RecordedPrompt.Of).OfType<RecordedPrompt>().Where(static prompt => prompt.IsWhole && !Judgements.Load("Replay/judged-tokens.json").Covers(prompt.Record.Id, "cut"))
            .Select(static prompt => (Prompt: prompt, Count: ChatTokens.Count(prompt.Model, prompt.Request))).Where(static one => !one.Count.IsExact && one.Count.ErrorBand != ChatTokens.Unseen).ToList();
        if (Environment.GetEnvironmentVariable("MUXI_LLM_TOKEN_BANDS") is { Length: > 0 } path)
            File.WriteAllLines(path, estimates.Select(static one => string.Join('\t', TokenFacts.Of(one.Prompt.Model).Family.Name, one.Prompt.Content, one.Prompt.Charged, one.Count.InputTokens, one.Count.ErrorBand, one.Prompt.Record.Id)));
        return [.. estimates.GroupBy(static one => (TokenFacts.Of(one.Prompt.Model).Family.Name, one.Prompt.Content, one.Count.ErrorBand)).Select(static group =>
        {
            var off = group.Select(static one => one.Prompt.Off(one.Count)).Order().ToList();
            return (group.Key.Name, group.Key.Content, off.Count, off[(int)Math.Ceiling(off.Count * 0.9) - 1], group.Key.ErrorBand);
        })];
    }
}
