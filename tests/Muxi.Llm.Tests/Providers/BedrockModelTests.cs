namespace Muxi.Llm.Tests;

/// <summary>What each family of models behind Bedrock is told, by ids, inference profiles and ARNs alike.</summary>
public sealed class BedrockModelTests
{
    [Theory]
    [InlineData("anthropic.claude-3-haiku-20240307-v1:0", BedrockThinking.None, "sampling both forced single cache status")]
    [InlineData("us.anthropic.claude-3-7-sonnet-20250219-v1:0", BedrockThinking.Budget, "sampling both forced single cache status")]
    [InlineData("apac.anthropic.claude-sonnet-4-20250514-v1:0", BedrockThinking.Budget, "sampling both forced single cache status")]
    [InlineData("us.anthropic.claude-opus-4-1-20250805-v1:0", BedrockThinking.Budget, "sampling forced single cache status")]
    [InlineData("global.anthropic.claude-haiku-4-5-20251001-v1:0", BedrockThinking.Budget, "sampling forced single cache status schema")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:inference-profile/eu.anthropic.claude-sonnet-4-6", BedrockThinking.Adaptive, "sampling forced single cache status schema")]
    [InlineData("global.anthropic.claude-opus-5", BedrockThinking.Adaptive, "forced single cache status schema")]
    [InlineData("global.anthropic.claude-sonnet-5-5", BedrockThinking.Adaptive, "single cache status schema")]
    [InlineData("us.amazon.nova-lite-v1:0", BedrockThinking.None, "sampling both forced cache status")]
    [InlineData("global.amazon.nova-2-lite-v1:0", BedrockThinking.Config, "sampling both forced cache status")]
    [InlineData("openai.gpt-oss-20b-1:0", BedrockThinking.Effort, "sampling both forced schema")]
    [InlineData("us.meta.llama4-scout-17b-instruct-v1:0", BedrockThinking.None, "sampling both")]
    [InlineData("mistral.mistral-large-2402-v1:0", BedrockThinking.None, "sampling both forced")]
    [InlineData("arn:aws:bedrock:us-east-1:123456789012:application-inference-profile/abc123", BedrockThinking.None, "sampling both forced cache status")]
    public void A_model_is_told_what_it_takes(string model, BedrockThinking thinking, string takes)
    {
        var told = (BedrockConverse)Providers.Bedrock.Chat!.ForModel(model);

        (string Word, bool Holds)[] found =
        [
            ("sampling", told.Sampling), ("both", told.Sampling && told.TemperatureWithTopP), ("forced", told.ForcedTools), ("single", told.SingleCalls), ("cache", told.CachePoints), ("status", told.ResultStatus), ("schema", told.OutputFormat),
        ];
        Assert.Equal((thinking, takes), (told.Thinking, string.Join(' ', found.Where(one => one.Holds).Select(one => one.Word))));
        Assert.Equal(["s3://*"], told.Addresses);
    }

    [Theory]
    [InlineData("invoke/us.anthropic.claude-opus-4-1-20250805-v1:0", 32000, AnthropicThinking.Budget)]
    [InlineData("invoke/anthropic.claude-3-haiku-20240307-v1:0", 4096, AnthropicThinking.None)]
    [InlineData("invoke/global.anthropic.claude-sonnet-4-6", 64000, AnthropicThinking.Adaptive)]
    [InlineData("invoke/us.anthropic.claude-sonnet-4-20250514-v1:0", 64000, AnthropicThinking.Budget)]
    public void Claude_by_invoke_is_told_as_at_its_makers(string model, int most, AnthropicThinking thinking)
    {
        var told = (AnthropicMessages)Providers.Bedrock.Chat!.ForModel(model);

        var call = told.Render(new() { Model = $"bedrock/{model}", Messages = [Message.User("Hi")] }, new("bedrock", model, "request-of-the-test", DateTimeOffset.UnixEpoch), stream: false);

        Assert.Equal(thinking, told.Thinking);
        Assert.Equal($"model/{Uri.EscapeDataString(model["invoke/".Length..])}/invoke", call.Path);
        Assert.Equal(most, (int)System.Text.Json.Nodes.JsonNode.Parse(call.Body.Span)!["max_tokens"]!);
        Assert.Empty(call.Warnings);
    }

    [Fact]
    public async Task What_is_told_of_a_model_as_invoke_is_not_told_of_the_name_without()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"message":"no"}""", 400));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync("bedrock/arn:aws:bedrock:us-east-1:123456789012:prompt/PROMPT:1"));

        Assert.Equal("/model/arn%3Aaws%3Abedrock%3Aus-east-1%3A123456789012%3Aprompt%2FPROMPT%3A1/converse", Assert.Single(server.Requests).Target);
    }

    [Fact]
    public async Task A_picture_at_an_address_of_the_web_is_read_here_or_refused()
    {
        using var client = new LlmClient(new() { ApiKeys = new Dictionary<string, string> { ["bedrock"] = Calls.Key }, Environment = static name => name == "AWS_REGION" ? "us-east-1" : null, FetchMedia = false, Retries = Calls.Once });

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(new ChatCompletionRequest { Model = "bedrock/m", Messages = [Message.User(Image.FromUrl("https://example.org/a.png"))] }));

        Assert.Contains("fetch_media", error.Message, StringComparison.Ordinal);
    }
}
