namespace Muxi.Llm.Tests;

/// <summary>How long a file is.</summary>
internal static class Lines
{
    public static int In(Source source) => source.Text.AsSpan().TrimEnd('\n').Count('\n') + 1;
}
