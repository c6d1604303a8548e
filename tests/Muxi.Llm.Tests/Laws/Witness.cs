using System.Collections;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Reflection;
using Microsoft.Extensions.Logging;

namespace Muxi.Llm.Tests;

/// <summary>Keeps everything about a call that people, logs and other machines get to see, and says where the canary key shows.</summary>
internal sealed class Witness : ILoggerProvider, ILoggerFactory, ILogger
{
    private readonly ConcurrentQueue<(string Where, string? Text)> _seen = new();
    private readonly ActivityListener _activities;

    public Witness()
    {
        _activities = new()
        {
            ShouldListenTo = _ => true,
            Sample = (ref ActivityCreationOptions<ActivityContext> _) => ActivitySamplingResult.AllDataAndRecorded,
            ActivityStopped = Saw,
        };
        ActivitySource.AddActivityListener(_activities);
    }

    /// <summary>The failures so far, the outermost exception of each.</summary>
    public ConcurrentQueue<Exception> Failures { get; } = new();

    /// <summary>Whose key is being looked for, for the report.</summary>
    public string Slot { get; set; } = "";

    public int Logged { get; private set; }

    public int Traced { get; private set; }

    /// <summary>Where the key shows.</summary>
    public IEnumerable<Breach> Leaks() => _seen.Where(it => Canary.IsIn(it.Text)).Select(it => new Breach(it.Where, 0, it.Text!.Split('\n').FirstOrDefault(Canary.IsIn) ?? it.Text));

    public void Saw(string where, string? text) => _seen.Enqueue((Slot.Length == 0 ? where : $"{where}, from {Slot}", text));

    public void Saw(Exception error)
    {
        Failures.Enqueue(error);
        Inspect(error, "exception");
    }

    public void Saw(ChatCompletion reply)
    {
        SawCall("reply", reply);
        Saw("reply.ToJson()", reply.ToJson());
        Saw("reply.ToString()", reply.ToString());
    }

    public void Saw(ChatCompletionChunk chunk)
    {
        SawCall("chunk", chunk);
        Saw("chunk.ToJson()", chunk.ToJson());
        Saw("chunk.ToString()", chunk.ToString());
    }

    public void Saw(SeenRequest request)
    {
        Saw("request line", $"{request.Method} {request.Target}");
        Saw("request body", request.Text);
    }

    public void Dispose() => _activities.Dispose();

    ILogger ILoggerFactory.CreateLogger(string categoryName) => this;

    void ILoggerFactory.AddProvider(ILoggerProvider provider) { }

    ILogger ILoggerProvider.CreateLogger(string categoryName) => this;

    bool ILogger.IsEnabled(LogLevel logLevel) => true;

    IDisposable? ILogger.BeginScope<TState>(TState state)
    {
        SawState("log scope", state);
        return null;
    }

    void ILogger.Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter)
    {
        Logged++;
        Saw($"log {eventId}", formatter(state, exception));
        SawState($"log {eventId}", state);
        if (exception is not null) Inspect(exception, $"log {eventId}'s exception");
    }

    private void SawState(string where, object? state)
    {
        Saw(where, state?.ToString());
        if (state is not IEnumerable<KeyValuePair<string, object?>> values) return;
        foreach (var (name, value) in values) Saw($"{where}, {name}", value?.ToString());
    }

    private void SawCall(string where, Reply reply)
    {
        Saw($"{where}.Provider and RequestId", $"{reply.Provider} {reply.RequestId}");
        foreach (var limit in reply.RateLimits?.All ?? []) Saw($"{where}.RateLimits", limit.ToString());
        foreach (var attempt in reply.Attempts) Saw($"{where}.Attempts", attempt.ToString());
        foreach (var warning in reply.Warnings) Saw($"{where}.Warnings", warning.ToString());
    }

    private void Saw(Activity activity)
    {
        Traced++;
        Saw($"activity {activity.OperationName}", $"{activity.DisplayName} {activity.StatusDescription}");
        foreach (var (name, value) in activity.TagObjects.Concat(activity.Baggage.Select(it => new KeyValuePair<string, object?>(it.Key, it.Value)))) Saw($"activity {activity.OperationName}, {name}", value?.ToString());
        foreach (var tag in activity.Events.SelectMany(it => it.Tags)) Saw($"activity {activity.OperationName}, event's {tag.Key}", tag.Value?.ToString());
    }

    /// <summary>The text of the whole chain, and every public property and datum of each link.</summary>
    private void Inspect(Exception error, string where)
    {
        Saw($"{where}.ToString()", error.ToString());
        foreach (DictionaryEntry datum in error.Data) Saw($"{where}.Data", $"{datum.Key}={datum.Value}");
        foreach (var property in error.GetType().GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(it => it.GetIndexParameters().Length == 0))
        {
            var value = property.GetValue(error);
            if (value is Exception or IEnumerable<Exception>) continue;
            Saw($"{where}.{property.Name}", value is IEnumerable many and not string ? string.Join('\n', many.Cast<object?>()) : value?.ToString());
        }
        if (error is StreamInterruptedException { Received: { } received }) Saw(received);
        if (error is AllTargetsFailedException all)
            foreach (var failure in all.Failures) Inspect(failure, $"{where}.Failures");
        if (error.InnerException is { } inner) Inspect(inner, $"{where}.InnerException");
    }
}
