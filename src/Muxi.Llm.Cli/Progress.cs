using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Cli;

/// <summary>Tells on standard error that a call goes on to a fallback, and why, when it does: what the library logs of it.</summary>
internal sealed class Progress(Terminal terminal) : ILoggerFactory, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Warning;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (eventId.Id != Llm.Log.FallsBackId || state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
        var said = values.ToDictionary(value => value.Key, value => value.Value);
        terminal.Note($"{said["Target"]} failed ({Reason((ErrorKind)said["Kind"]!)}): going on to {said["Next"]}");
    }

    public void Dispose() { }

    private static string Reason(ErrorKind kind) => kind == ErrorKind.Configuration ? "it cannot be asked: is its key set?" : JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()).Replace('_', ' ');
}
