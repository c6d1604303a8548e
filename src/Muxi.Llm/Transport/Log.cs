using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>All that is logged, with ids that stay. No key, prompt or answer is among it.</summary>
internal static partial class Log
{
    public const int FallsBackId = 6;

    public const int LocalStartsId = 7;
    public const int LocalLoadsId = 8;
    public const int LocalReadyId = 9;

    [LoggerMessage(1, LogLevel.Debug, "{Target}: {Method} {Url}")]
    public static partial void Sending(ILogger logger, string target, string method, string url);

    [LoggerMessage(2, LogLevel.Debug, "{Target}: {Status} after {Milliseconds} ms")]
    public static partial void Replied(ILogger logger, string target, int status, double milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "{Target}: attempt failed ({Kind}): {Message}")]
    public static partial void Failed(ILogger logger, string target, ErrorKind kind, string message);

    /// <summary>What may be logged of an error. A service's own words may quote the prompt or hold the answer, so of those only the status, the code and the request id.</summary>
    public static string Words(LlmException error) => error switch
    {
        ApiException api => $"status {(int)api.Status}, code {api.Code ?? api.Type ?? "none"}, request {api.RequestId ?? "without id"}",
        { InnerException: ApiException cause } => Words(cause),
        _ => error.Message,
    };

    [LoggerMessage(4, LogLevel.Information, "{Target}: {Param} {Message}")]
    public static partial void Warned(ILogger logger, string target, string param, string message);

    [LoggerMessage(5, LogLevel.Information, "{Target}: trying again after {Milliseconds} ms")]
    public static partial void Retries(ILogger logger, string target, double milliseconds);

    [LoggerMessage(FallsBackId, LogLevel.Warning, "{Target}: going on to {Next} ({Kind})")]
    public static partial void FallsBack(ILogger logger, string target, string next, ErrorKind kind);

    [LoggerMessage(LocalStartsId, LogLevel.Information, "{Target}: starting {Program} for a model of {Bytes} bytes")]
    public static partial void LocalStarts(ILogger logger, string target, string program, long bytes);

    [LoggerMessage(LocalLoadsId, LogLevel.Information, "{Target}: still loading after {Seconds} s")]
    public static partial void LocalLoads(ILogger logger, string target, double seconds);

    [LoggerMessage(LocalReadyId, LogLevel.Information, "{Target}: loaded after {Seconds} s")]
    public static partial void LocalReady(ILogger logger, string target, double seconds);
}
