using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>Seconds since 1970 for people.</summary>
internal static class UnixTime
{
    private const long Most = 253_402_300_799;

    public static string Of(long seconds) => DateTimeOffset.FromUnixTimeSeconds(Math.Clamp(seconds, 0, Most)).ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
