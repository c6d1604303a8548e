namespace Muxi.Llm.Tests;

/// <summary>Explore.</summary>
public sealed class TokenUsageReplayTests
{
    [Fact]
    public void Explore()
    {
        using var file = new StreamWriter("/tmp/chat/cs.tsv");
        foreach (var record in Cassettes.All)
        {
            if (RecordedPrompt.Of(record) is not { } prompt) continue;
            var count = ChatTokens.Count(prompt.Model, prompt.Request);
            file.WriteLine(string.Join('\t', TokenFacts.Of(prompt.Model).Family.Name, record.Provider, record.Endpoint, prompt.Model, prompt.Content, prompt.Charged, count.InputTokens, count.IsExact, count.ErrorBand, record.Id));
        }
    }
}
