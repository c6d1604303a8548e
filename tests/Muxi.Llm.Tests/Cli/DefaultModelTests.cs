using System.Text.Json.Nodes;
using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary>Which model answers when none is named, and that stderr says so.</summary>
public sealed class DefaultModelTests
{
    [Theory]
    [InlineData("sandbox/chat answers (no key is set; set OPENAI_API_KEY for openai/gpt-4o-mini)")]
    [InlineData("sandbox/chat answers (no key is set; set OPENAI_API_KEY for openai/gpt-4o-mini)", "OPENAI_API_KEY= ", "MUXI_LLM_MODEL=")]
    [InlineData("sandbox/chat answers (no key is set; set OPENAI_API_KEY for openai/gpt-4o-mini)", "LMSTUDIO_API_KEY=x")]
    [InlineData("sandbox/chat answers (AWS_BEARER_TOKEN_BEDROCK is set, but bedrock has no usual model; -m bedrock/MODEL picks one)", "AWS_BEARER_TOKEN_BEDROCK=x", "AWS_REGION=eu-west-1")]
    [InlineData("groq/openai/gpt-oss-120b answers (GROQ_API_KEY is set; -m picks another)", "AWS_BEARER_TOKEN_BEDROCK=x", "GROQ_API_KEY=x")]
    [InlineData("groq/openai/gpt-oss-120b answers (GROQ_API_KEY is set; -m picks another)", "GROQ_API_KEY=x")]
    [InlineData("openai/gpt-4o-mini answers (OPENAI_API_KEY is set; -m picks another)", "XAI_API_KEY=x", "GROQ_API_KEY=x", "OPENAI_API_KEY=x")]
    [InlineData("openrouter/anthropic/claude-sonnet-4 answers (MUXI_LLM_MODEL is set)", "MUXI_LLM_MODEL=openrouter/anthropic/claude-sonnet-4", "OPENAI_API_KEY=x")]
    [InlineData("openai/gpt-4o answers (MUXI_LLM_MODEL is set)", "MUXI_LLM_MODEL=gpt-4o")]
    public void The_first_of_variable_keys_and_sandbox_answers(string says, params string[] environment)
    {
        var errors = new StringWriter();
        var run = new CliRun { Environment = environment.ToDictionary(pair => pair[..pair.IndexOf('=')], pair => pair[(pair.IndexOf('=') + 1)..]) };

        var terminal = run.Terminal(TextWriter.Null, errors);
        using var client = terminal.Connect();
        var model = DefaultModel.Choose(null, Operations.Chat, client, terminal);

        Assert.Equal($"muxi-llm: {says}\n", errors.ToString());
        Assert.StartsWith($"{model} ", says, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_default_is_asked_for_and_told()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "Hi");

        Assert.Equal(new CliResult(0, "ok\n", "muxi-llm: openai/gpt-4o-mini answers (OPENAI_API_KEY is set; -m picks another)\n"), run);
        Assert.Equal("gpt-4o-mini", (string?)JsonNode.Parse(server.Requests[0].Text)!["model"]);
    }

    [Fact]
    public async Task A_variable_that_names_nobody_is_told_with_its_name()
    {
        var run = await new CliRun { Environment = new() { ["MUXI_LLM_MODEL"] = "opnai/x" } }.RunAsync("chat", "Hi");

        Assert.Equal(new CliResult(1, "", "muxi-llm: MUXI_LLM_MODEL: unknown provider 'opnai' in 'opnai/x'; did you mean openai?\n"), run);
    }
}
