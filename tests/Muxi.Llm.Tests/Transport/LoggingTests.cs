using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Tests;

/// <summary>What is logged: events of stable ids, and never a key, a prompt or an answer.</summary>
public sealed class LoggingTests : ILoggerFactory
{
    private const string Prompt = "my secret question", Answer = "the secret answer";

    private readonly ConcurrentQueue<(int Id, LogLevel Level, string Text)> _events = new();

    [Fact]
    public async Task The_ids_and_levels_of_events_are_stable()
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json(Calls.Reply(Answer)), CannedReply.Json("""{"error":{"message":"no","code":"why"}}""", 400).With("x-request-id", "req-1"));
        using var client = Client(server.Url, "groq");

        await client.AskAsync(Ask("groq/m") with { LogitBias = new Dictionary<string, double> { ["1"] = 2 } });
        await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(Ask("groq/m")));

        Assert.Equal(
            [(1, LogLevel.Debug), (2, LogLevel.Debug), (4, LogLevel.Information), (1, LogLevel.Debug), (2, LogLevel.Debug), (3, LogLevel.Warning)],
            _events.Select(one => (one.Id, one.Level)));
        var texts = _events.Select(one => one.Text).ToArray();
        Assert.Equal($"groq/m: POST {server.Url}chat/completions", texts[0]);
        Assert.StartsWith("groq/m: 200 after ", texts[1], StringComparison.Ordinal);
        Assert.Equal("groq/m: logit_bias left out: the service does not take it", texts[2]);
        Assert.Equal("groq/m: attempt failed (BadRequest): status 400, code why, request req-1", texts[5]);
    }

    public static TheoryData<string> Replies => new()
    {
        Calls.Reply(Answer),
        Calls.Events(Answer),
        Calls.Opening + Calls.Piece(Answer),
        Calls.Opening + Calls.Piece(Answer) + $$$"""data: {"error":{"message":"cannot go on after {{{Answer}}}"}}""" + "\n\n",
        $$$"""{"error":{"message":"the prompt '{{{Prompt}}}' is not allowed","param":"messages"}}""",
        $$$"""{"id":"1","choices":[{"message":{"content":"{{{Answer}}}""",
        $$$"""{"output":"{{{Answer}}}"}""",
        Answer,
        $"<html>{Answer}</html>",
    };

    [Theory, MemberData(nameof(Replies))]
    public async Task No_key_prompt_or_answer_is_logged(string body)
    {
        foreach (var status in (int[])[200, 400, 500])
        {
            await using var server = await ReplayServer.StartAsync(0, (CannedReply.Sse(body) with { Status = status }).With("x-echo", Calls.Key));
            using var client = Client(server.Url, "openai");

            await Record.ExceptionAsync(() => client.AskAsync(Ask("openai/m")));
            await Record.ExceptionAsync(() => client.AskStream(Ask("openai/m")).WholeAsync());
        }

        Assert.Contains(_events, one => one.Id == 1);
        Assert.All(_events, one => Assert.DoesNotContain("secret", one.Text, StringComparison.OrdinalIgnoreCase));
        Assert.All(_events, one => Assert.DoesNotContain(Calls.Key, one.Text, StringComparison.OrdinalIgnoreCase));
    }

    [Fact]
    public async Task Credentials_in_an_address_are_neither_logged_nor_raised()
    {
        var nobody = FaultServer.Refused();
        using var client = Client(new($"http://ann:hunter22@{nobody.Authority}/v1?sig=hunter22"), "vllm");

        var error = await Assert.ThrowsAsync<ApiConnectionException>(() => client.AskAsync(Ask("vllm/m")));

        Assert.DoesNotContain("hunter22", error.Message, StringComparison.Ordinal);
        Assert.Contains(nobody.Authority, error.Message, StringComparison.Ordinal);
        Assert.Contains(_events, one => one.Id == 3 && one.Text.Contains(nobody.Authority, StringComparison.Ordinal));
        Assert.All(_events, one => Assert.DoesNotContain("hunter22", one.Text, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_callers_cancellation_is_no_failure_to_warn_of()
    {
        using var caller = new CancellationTokenSource();
        await using var server = FaultServer.Start(Fault.SlowHeader(0, CannedReply.Json("{}")));
        using var client = Client(server.Url, "openai");
        var call = client.AskAsync(Ask("openai/m"), token: caller.Token);
        await server.Stalled;

        await caller.CancelAsync();

        await Assert.ThrowsAsync<OperationCanceledException>(() => call);
        Assert.DoesNotContain(_events, one => one.Level >= LogLevel.Warning);
    }

    void ILoggerFactory.AddProvider(ILoggerProvider provider) => throw new NotSupportedException();

    ILogger ILoggerFactory.CreateLogger(string categoryName) => categoryName == "Muxi.Llm" ? new Logger(_events) : throw new InvalidOperationException(categoryName);

    void IDisposable.Dispose() => GC.SuppressFinalize(this);

    private static ChatCompletionRequest Ask(string model) => Calls.Ask(model, Prompt);

    private LlmClient Client(Uri server, string provider) => new(Calls.OptionsFor(server, provider) with { LoggerFactory = this });

    private sealed class Logger(ConcurrentQueue<(int, LogLevel, string)> events) : ILogger
    {
        public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

        public bool IsEnabled(LogLevel logLevel) => true;

        public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
        {
            Assert.Null(exception);
            events.Enqueue((eventId.Id, logLevel, formatter(state, exception)));
        }
    }
}
