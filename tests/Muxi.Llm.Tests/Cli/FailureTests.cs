namespace Muxi.Llm.Tests;

/// <summary>What goes wrong is one line on stderr: what, who, and how to mend it.</summary>
public sealed class FailureTests
{
    [Theory]
    [InlineData(401, """{"error":{"message":"Incorrect API key provided: sk-canary-0123456789.","code":"invalid_api_key"}}""", "muxi-llm: openai: Incorrect API key provided: [redacted]. (check OPENAI_API_KEY)")]
    [InlineData(404, """{"error":{"message":"The model does not exist","code":"model_not_found"}}""", "muxi-llm: openai: The model does not exist (muxi-llm models openai lists what there is)")]
    [InlineData(429, """{"error":{"message":"Rate limit reached","type":"requests"}}""", "muxi-llm: openai: Rate limit reached (try again in 20 s, or another model with -m)")]
    [InlineData(429, """{"error":{"message":"You exceeded your current quota","code":"insufficient_quota"}}""", "muxi-llm: openai: You exceeded your current quota (the credit is spent: pay the provider, or pick another one with -m)")]
    [InlineData(400, """{"error":{"message":"Too long","code":"context_length_exceeded"}}""", "muxi-llm: openai: Too long (shorten the prompt, or pick a model with more room with -m)")]
    [InlineData(502, "<html><body>sk-canary-0123456789</body></html>", "muxi-llm: openai: HTTP 502 (Bad Gateway) with an HTML body instead of JSON (try again in 20 s)")]
    public async Task An_error_of_the_service_says_how_to_mend_it(int status, string body, string line)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body, status).With("retry-after", "20"));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal(new CliResult(1, "", line + "\n"), run);
    }

    [Fact]
    public async Task A_stream_that_breaks_keeps_its_text_and_is_told()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(OpenAIWire.Length("Once "), OpenAIWire.Stream("Once ", "upon")));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal((1, "Once \n"), (run.ExitCode, run.Output));
        Assert.Matches(@"^muxi-llm: the stream broke off: openai: [^\n]+ \(the answer is not whole; try again\)\n$", run.Errors);
    }

    [Fact]
    public async Task A_stream_that_breaks_prints_no_JSON()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(OpenAIWire.Length("Once "), OpenAIWire.Stream("Once ", "upon")));

        var run = await CliRun.Asking(server.Url).RunAsync("chat", "-m", "gpt-4o-mini", "--json", "Hi");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
    }

    [Fact]
    public async Task A_server_that_is_not_there_is_told()
    {
        var run = await new CliRun { Environment = CliRun.OpenAI(FaultServer.Refused()) }.RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Matches(@"^muxi-llm: openai: no reply from http://127\.0\.0\.1:\d+: [^\n]+\n$", run.Errors);
    }

    [Fact]
    public async Task A_missing_key_names_its_variable()
    {
        var run = await new CliRun().RunAsync("chat", "-m", "groq/llama-3.3-70b-versatile", "Hi");

        Assert.Equal(new CliResult(1, "", "muxi-llm: groq needs a key: set GROQ_API_KEY, or use a sandbox/ model, which needs none\n"), run);
    }

    [Fact]
    public async Task An_unknown_provider_names_the_nearest()
    {
        var run = await new CliRun().RunAsync("chat", "-m", "opnai/gpt-4o", "Hi");

        Assert.Equal(new CliResult(1, "", "muxi-llm: unknown provider 'opnai' in 'opnai/gpt-4o'; did you mean openai?\n"), run);
    }

    [Fact]
    public async Task A_trace_is_shown_only_where_it_is_asked_for_and_holds_no_key()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"Bad key sk-canary-0123456789"}}""", 401));
        var run = new CliRun { Environment = new(CliRun.OpenAI(server.Url)) { ["MUXI_LLM_DEBUG"] = "1" } };

        var result = await run.RunAsync("chat", "-m", "gpt-4o-mini", "Hi");

        Assert.Contains("   at Muxi.Llm.", result.Errors, StringComparison.Ordinal);
        Assert.DoesNotContain("canary", result.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_of_our_own_is_one_line_too()
    {
        var run = await new CliRun { In = new BrokenInput() }.RunAsync("chat", "-");

        Assert.Equal(new CliResult(1, "", "muxi-llm: unexpected InvalidTimeZoneException: two lines (set MUXI_LLM_DEBUG=1 for the trace)\n"), run);
    }

    private sealed class BrokenInput : TextReader
    {
        public override int Read(char[] buffer, int index, int count) => throw new InvalidTimeZoneException("two\r\nlines");
    }

    [Fact]
    public async Task A_refused_key_of_a_configuration_file_is_looked_for_there()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json("""{"error":{"message":"Incorrect API key"}}""", 401));
        var file = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(file, $"providers:\n  openai:\n    base_url: {server.Url}\n    api_key: sk-canary-0123456789\n", TestContext.Current.CancellationToken);

            var run = await new CliRun { Environment = new() { ["MUXI_LLM_CONFIG"] = file } }.RunAsync("chat", "-m", "gpt-4o-mini", "Hello");

            Assert.Equal(1, run.ExitCode);
            Assert.EndsWith($"(check {file}:4)\n", run.Errors, StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }
}
