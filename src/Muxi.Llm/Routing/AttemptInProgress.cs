using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>One attempt while it goes on.</summary>
internal sealed class AttemptInProgress : IDisposable
{
    private readonly ILogger _logger;

    public AttemptInProgress(Target target, CallContext context, Waiting waiting, bool isStrict, ILogger logger)
    {
        (Target, Context, Waiting, _logger) = (target, context, waiting, logger);
        Trace = new() { OnCall = isStrict ? Refuse : null };
    }

    public Target Target { get; }

    public CallContext Context { get; }

    public Waiting Waiting { get; }

    public Trace Trace { get; }

    /// <summary>The server that was started here and answers; null where none was.</summary>
    public ServerLease? Lease { get; init; }

    /// <summary>The attempt was good: what its reply carries.</summary>
    /// <param name="earlier">The attempts before this one.</param>
    public CallRecord Succeeded(List<Attempt>? earlier)
    {
        foreach (var warning in Trace.Warnings) Log.Warned(_logger, Target.Name, warning.Param, warning.Message);
        var attempt = new Attempt(Target.Name, "ok", Waiting.Elapsed, Trace.Status);
        return new(Target.Provider.Name, earlier is null ? [attempt] : [.. earlier, attempt], Trace, Target.Secrets) { Own = Target.IsOwn ? Target.BaseUrl.Folder : null, Target = Target };
    }

    /// <summary>The attempt failed: how it went; null where it was refused before anything was sent, so that no attempt was made.</summary>
    public Attempt? Failed(LlmException error)
    {
        if (_logger.IsEnabled(LogLevel.Warning)) Log.Failed(_logger, Target.Name, error.Kind, Log.Words(error));
        return error is UnsupportedFeatureException or ApiException { WasSent: false } ? null : new(Target.Name, error.Kind.ToString(), Waiting.Elapsed, Trace.Status) { MayHaveWorked = !RetryPolicy.HadNoEffect(error) };
    }

    public UnsupportedFeatureException Unsupported(string operation) => Unsupported(Target.Provider, Target.Model, operation);

    /// <summary>The error of an operation that a service does not have.</summary>
    public static UnsupportedFeatureException Unsupported(Provider service, string model, string operation) =>
        new($"{service.Name} does not offer {operation} through this library") { Provider = service.Name, Model = model };

    public void Dispose()
    {
        Waiting.Dispose();
        Lease?.Dispose();
    }

    private void Refuse(HttpCall call) =>
        throw new UnsupportedFeatureException($"{Target.Provider.Name}: {string.Join("; ", call.Warnings.Select(warning => $"{warning.Param}: {warning.Message}"))}")
        {
            Provider = Target.Provider.Name, Model = Target.Model,
        };
}
