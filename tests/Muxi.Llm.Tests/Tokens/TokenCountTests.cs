using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Counting tokens at the provider.</summary>
public sealed class TokenCountTests(AnthropicOracle sdk) : IClassFixture<AnthropicOracle>
{
    private static readonly ChatCompletionRequest _full = new()
    {
        Model = "anthropic/claude-sonnet-4-5", Messages = [Message.System("Be brief."), Message.User("Hi")], MaxTokens = 50, Temperature = 0.5, Stop = ["END"], User = "u-1", ServiceTier = ServiceTier.Auto,
        Tools = [Tool.FromFunction("f")], ToolChoice = ToolChoice.Auto, Extra = """{"top_k":3,"cache_control":{"type":"ephemeral"}}""",
    };

    [Fact]
    public async Task The_request_goes_out_without_what_only_an_answer_needs()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"input_tokens":2095,"context_management":{"original_input_tokens":3000}}"""));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var count = await client.Tokens.CountAsync(_full, null, TestContext.Current.CancellationToken);

        Assert.Equal(("POST", "/messages/count_tokens"), (server.Requests[0].Method, server.Requests[0].Target));
        JsonComparison.Same("the request", JsonNode.Parse("""
            {"model":"claude-sonnet-4-5","system":"Be brief.","messages":[{"role":"user","content":"Hi"}],"cache_control":{"type":"ephemeral"},
             "tools":[{"name":"f","input_schema":{"type":"object","properties":{}}}],"tool_choice":{"type":"auto"}}
            """), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal((2095, "anthropic"), (count.InputTokens, count.Provider));
        Assert.Equal("""{"original_input_tokens":3000}""", count.Extra["context_management"].ToString());
        Assert.Empty(count.Warnings);
    }

    [Fact]
    public async Task The_model_speaks_as_it_would_in_chat()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"input_tokens":7}"""));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        await client.Tokens.CountAsync(_full with { Model = "anthropic/claude-opus-5-5", ToolChoice = ToolChoice.Required, ReasoningEffort = ReasoningEffort.Low }, null, TestContext.Current.CancellationToken);

        var sent = JsonNode.Parse(server.Requests[0].Body)!;
        Assert.Equal("""{"type":"auto"}""", sent["tool_choice"]!.ToJsonString());
        Assert.Equal("""{"type":"adaptive","display":"summarized"}""", sent["thinking"]!.ToJsonString());
    }

    [Fact]
    public async Task What_the_provider_says_is_exact()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"input_tokens":7}"""));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        var count = await client.Tokens.CountAsync(_full, null, TestContext.Current.CancellationToken);

        Assert.Equal((7, true, 0, null), (count.InputTokens, count.IsExact, count.ErrorBand, count.Encoding));
    }

    [Theory]
    [InlineData("""{"tokens":7}""")]
    [InlineData("7")]
    [InlineData("""{"input_tokens":""")]
    [InlineData("<html></html>")]
    public async Task A_reply_without_a_number_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

        await Assert.ThrowsAsync<ServerException>(() => client.Tokens.CountAsync(_full, null, TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task To_be_strict_is_to_have_the_providers_word_or_an_error_before_anything_is_sent()
    {
        using var client = new LlmClient(new() { Environment = static _ => null, ApiKeys = new Dictionary<string, string> { ["groq"] = "key" } });

        var error = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Tokens.CountAsync(Calls.Ask("groq/x"), new() { Strict = true }, TestContext.Current.CancellationToken));

        Assert.Equal("groq does not offer token counting through this library", error.Message);
    }

    [Fact]
    public async Task Every_recorded_count_reads_as_the_official_SDK_reads_it()
    {
        var readings = sdk.Readings;
        foreach (var record in Cassettes.Where("count_tokens", "anthropic"))
        {
            await using var server = await ReplayServer.StartAsync(1, CannedReply.From(record));
            using var client = new LlmClient(Calls.OptionsFor(server.Url, "anthropic"));

            var count = await client.Tokens.CountAsync(Calls.Ask("anthropic/claude-sonnet-4-5"), null, TestContext.Current.CancellationToken);

            Assert.Equal((long)readings[record.Id]["count"]!["input_tokens"]!, count.InputTokens);
        }
    }
}
