using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Cli;

/// <summary>Tells on standard error that a call goes on to a fallback, and why, when it does, and that a server is started and loads: what the library logs of it.</summary>
internal sealed class Progress(Terminal terminal) : ILoggerFactory, ILogger
{
    private static readonly int[] _told = [Llm.Log.FallsBackId, Llm.Log.LocalStartsId, Llm.Log.LocalLoadsId, Llm.Log.LocalReadyId];

    public ILogger CreateLogger(string categoryName) => this;

    public void AddProvider(ILoggerProvider provider) { }

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Information;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        if (!_told.Contains(eventId.Id) || state is not IReadOnlyList<KeyValuePair<string, object?>> values) return;
        var said = values.ToDictionary(value => value.Key, value => value.Value);
        terminal.Note(eventId.Id switch
        {
            Llm.Log.LocalStartsId => $"starting {said["Program"]} for {said["Target"]} ({ByteCount.Of((long)said["Bytes"]!)})",
            Llm.Log.LocalLoadsId => string.Create(CultureInfo.InvariantCulture, $"{said["Target"]} is still being loaded after {said["Seconds"]:0} s"),
            Llm.Log.LocalReadyId => string.Create(CultureInfo.InvariantCulture, $"{said["Target"]} is loaded ({said["Seconds"]:0.0} s)"),
            _ => $"{said["Target"]} failed ({Reason((ErrorKind)said["Kind"]!)}): going on to {said["Next"]}",
        });
    }

    public void Dispose() { }

    private static string Reason(ErrorKind kind) => kind == ErrorKind.Configuration ? "it is not set up here: ask it alone to see what is missing" : JsonNamingPolicy.SnakeCaseLower.ConvertName(kind.ToString()).Replace('_', ' ');
}
