using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Tests;

/// <summary>A client that is asked once, and what came of it.</summary>
internal sealed class WireRun(LlmOptions options) : IDisposable
{
    private readonly LlmClient _client = new(options);

    /// <summary>How the call ended: null where it was good.</summary>
    public LlmException? Error { get; private set; }

    /// <summary>The settings that hold in the client.</summary>
    public LlmOptions Settings => _client.Settings;

    public ChatCompletion? Reply { get; private set; }

    /// <summary>The waits that were drawn, if the clock is a <see cref="SteppedTime"/>.</summary>
    public IReadOnlyList<TimeSpan> Waits => ((SteppedTime)options.TimeProvider).Waits;

    public async Task AskAsync(RequestOptions? call, string model, Func<LlmClient, RequestOptions?, Task>? ask)
    {
        try
        {
            if (ask is not null) await ask(_client, call);
            else Reply = await _client.AskAsync(Calls.Ask(model), call);
        }
        catch (LlmException e)
        {
            Error = e;
        }
    }

    public void Dispose() => _client.Dispose();
}

/// <summary>A setting: how it is made, and how its effect is seen.</summary>
/// <param name="Name">As people find it: the property, <c>yaml PATH</c>, or the variable.</param>
/// <param name="Set">Settings with it, for a server.</param>
/// <param name="See">What is looked at.</param>
/// <param name="Effect">What it is with the setting, and is not without it.</param>
internal sealed record WireRow(string Name, Func<Uri, (LlmOptions Options, RequestOptions? Call)> Set, Func<WireRun, IReadOnlyList<SeenRequest>, string> See, string Effect)
{
    /// <summary>The same settings without the one that is tested; a key and the server's address where nothing else is said.</summary>
    public Func<Uri, (LlmOptions Options, RequestOptions? Call)> Plain { get; init; } = static url => (Calls.OptionsFor(url) with { Configuration = LlmConfiguration.Empty }, null);

    public Fault[] Answers { get; init; } = [CannedReply.Json(Calls.Reply("ok"))];

    public string Model { get; init; } = "openai/gpt-test";

    /// <summary>Another way to ask than for a chat completion.</summary>
    public Func<LlmClient, RequestOptions?, Task>? Ask { get; init; }

    public override string ToString() => Name;
}

/// <summary>Keeps what is logged.</summary>
internal sealed class KeptLog : ILoggerFactory, ILogger
{
    public ConcurrentQueue<string> Lines { get; } = new();

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) => Lines.Enqueue(formatter(state, exception));

    public void Dispose() { }
}
