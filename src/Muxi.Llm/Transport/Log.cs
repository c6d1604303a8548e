using Microsoft.Extensions.Logging;

namespace Muxi.Llm;

/// <summary>All that is logged, with ids that stay. No key, prompt or answer is among it.</summary>
internal static partial class Log
{
    [LoggerMessage(1, LogLevel.Debug, "{Target}: {Method} {Url}")]
    public static partial void Sending(ILogger logger, string target, string method, string url);

    [LoggerMessage(2, LogLevel.Debug, "{Target}: {Status} after {Milliseconds} ms")]
    public static partial void Replied(ILogger logger, string target, int status, double milliseconds);

    [LoggerMessage(3, LogLevel.Warning, "{Target}: attempt failed ({Kind}): {Message}")]
    public static partial void Failed(ILogger logger, string target, ErrorKind kind, string message);

    [LoggerMessage(4, LogLevel.Information, "{Target}: {Param} {Message}")]
    public static partial void Warned(ILogger logger, string target, string param, string message);
}
