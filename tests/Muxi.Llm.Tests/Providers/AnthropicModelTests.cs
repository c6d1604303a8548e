namespace Muxi.Llm.Tests;

/// <summary>What each family of Claude models is told, after the vendor's tables of 2026-11 (thinking, effort, structured outputs, system messages, sampling, forced tools).</summary>
public sealed class AnthropicModelTests
{
    private const string Five = "low medium high xhigh max", Four = "low medium high max", Three = "low medium high";

    [Theory]
    [InlineData("claude-3-haiku-20240307", AnthropicThinking.None, "disabled", "", "sampling both forced")]
    [InlineData("claude-3-7-sonnet-20250219", AnthropicThinking.Budget, "disabled", "", "sampling both forced")]
    [InlineData("claude-sonnet-4-20250514", AnthropicThinking.Budget, "disabled", "", "sampling both forced")]
    [InlineData("claude-opus-4-0", AnthropicThinking.Budget, "disabled", "", "sampling both forced")]
    [InlineData("claude-opus-4-1-20250805", AnthropicThinking.Budget, "disabled", "", "sampling forced")]
    [InlineData("claude-sonnet-4-5-20250929", AnthropicThinking.Budget, "disabled", "", "sampling forced schema")]
    [InlineData("claude-haiku-4-5", AnthropicThinking.Budget, "disabled", "", "sampling forced schema")]
    [InlineData("claude-opus-4-5-20251101", AnthropicThinking.Budget, "disabled", Three, "sampling forced schema")]
    [InlineData("claude-sonnet-4-6", AnthropicThinking.Adaptive, "disabled", Four, "sampling forced schema")]
    [InlineData("claude-opus-4-6", AnthropicThinking.Adaptive, "disabled", Four, "sampling forced schema")]
    [InlineData("claude-opus-4-7", AnthropicThinking.Adaptive, "disabled", Five, "forced schema")]
    [InlineData("claude-opus-4-8", AnthropicThinking.Adaptive, "disabled", Five, "forced schema system")]
    [InlineData("claude-opus-5", AnthropicThinking.Adaptive, "disabled", Five, "forced schema system")]
    [InlineData("claude-sonnet-5", AnthropicThinking.Adaptive, "disabled", Five, "forced schema")]
    [InlineData("claude-fable-5", AnthropicThinking.Adaptive, null, Five, "forced schema system")]
    [InlineData("claude-mythos-5", AnthropicThinking.Adaptive, null, Five, "forced schema system")]
    [InlineData("claude-mythos-preview", AnthropicThinking.Adaptive, null, Five, "forced schema")]
    [InlineData("claude-opus-5-5", AnthropicThinking.Adaptive, null, Five, "schema system")]
    [InlineData("claude-sonnet-5-5", AnthropicThinking.Adaptive, "between_tools", Five, "schema system")]
    [InlineData("claude-haiku-5-5", AnthropicThinking.Adaptive, "disabled", Five, "schema system")]
    [InlineData("claude-fable-5-1", AnthropicThinking.Adaptive, null, Five, "schema system")]
    [InlineData("claude-next-9", AnthropicThinking.Adaptive, null, Five, "schema system")]
    public void A_model_is_told_what_it_takes(string model, AnthropicThinking thinking, string? off, string efforts, string takes)
    {
        var told = (AnthropicMessages)Providers.Anthropic.Chat!.ForModel(model);

        Assert.Equal((thinking, off, efforts), (told.Thinking, told.ThinkingOff, string.Join(' ', told.Efforts)));
        (string Word, bool Holds)[] found = [("sampling", told.Sampling), ("both", told.Sampling && told.TemperatureWithTopP), ("forced", told.ForcedTools), ("schema", told.OutputFormat && told.StrictTools), ("system", told.SystemTurns)];
        Assert.Equal(takes, string.Join(' ', found.Where(one => one.Holds).Select(one => one.Word)));
        Assert.NotEmpty(told.Betas);
    }

    [Theory]
    [InlineData("claude-sonnet-4-5", 64000)]
    [InlineData("claude-sonnet-4-5-20250929", 64000)]
    [InlineData("claude-sonnet-4-5@20250929", 64000)]
    [InlineData("us.anthropic.claude-opus-4-1-20250805-v1:0", 32000)]
    [InlineData("anthropic/claude-opus-5-5", 128000)]
    [InlineData("CLAUDE-3-HAIKU-20240307", 4096)]
    [InlineData("MiniMax-M2.7", 131072)]
    [InlineData("kimi-k2-thinking-turbo", 262144)]
    [InlineData("claude-opus", null)]
    [InlineData("claude", null)]
    [InlineData("gpt-4o", null)]
    [InlineData("", null)]
    public void The_limit_is_that_of_the_name_or_of_the_nearest_before_it(string model, int? limit) => Assert.Equal(limit, ModelLimits.MaxOutput(model));
}
