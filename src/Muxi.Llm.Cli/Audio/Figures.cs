using System.CommandLine.Parsing;
using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>Numbers that options take.</summary>
internal static class Figures
{
    /// <summary>Reads a number within bounds; another one is told as wrong usage.</summary>
    public static Func<ArgumentResult, double?> Between(string option, double least, double most) => result =>
    {
        if (double.TryParse(result.Tokens[0].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && number >= least && number <= most) return number;
        result.AddError(string.Create(CultureInfo.InvariantCulture, $"{option} must be a number from {least} to {most}, not '{result.Tokens[0].Value}'."));
        return null;
    };
}
