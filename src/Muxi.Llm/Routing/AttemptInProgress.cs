using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>One attempt while it goes on.</summary>
internal sealed class AttemptInProgress
{
    private readonly string _operation;
    private readonly ILogger _logger;

    public AttemptInProgress(Target target, CallContext context, string operation, bool isStrict, ILogger logger)
    {
        (Target, Context, _operation, _logger) = (target, context, operation, logger);
        Trace = new() { OnCall = isStrict ? Refuse : null };
    }

    public Target Target { get; }

    public CallContext Context { get; }

    public Trace Trace { get; }

    /// <summary>The attempt was good: what its reply carries.</summary>
    public CallRecord Succeeded(Waiting waiting)
    {
        foreach (var warning in Trace.Warnings) Log.Warned(_logger, Target.Name, warning.Param, warning.Message);
        return new(Target.Provider.Name, [new(Target.Name, "ok", waiting.Elapsed, Trace.Status)], Trace, Target.Secrets);
    }

    /// <summary>The attempt failed: the exception tells of it.</summary>
    public void Failed(LlmException error, Waiting waiting)
    {
        // Refused before anything was sent: no attempt was made.
        if (error is UnsupportedFeatureException) return;
        error.Attempts = [new(Target.Name, error.Kind.ToString(), waiting.Elapsed, Trace.Status)];
        if (_logger.IsEnabled(LogLevel.Warning)) Log.Failed(_logger, Target.Name, error.Kind, Log.Words(error));
    }

    public UnsupportedFeatureException Unsupported() =>
        new($"{Target.Provider.Name} does not offer {_operation} through this library") { Provider = Target.Provider.Name, Model = Target.Model };

    private void Refuse(HttpCall call) =>
        throw new UnsupportedFeatureException($"{Target.Provider.Name}: {string.Join("; ", call.Warnings.Select(warning => $"{warning.Param}: {warning.Message}"))}")
        {
            Provider = Target.Provider.Name, Model = Target.Model,
        };
}
