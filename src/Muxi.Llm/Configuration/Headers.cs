using System.Buffers;

namespace Muxi.Llm;

/// <summary>What can be a header.</summary>
internal static class Headers
{
    private static readonly SearchValues<char> _token = SearchValues.Create("!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ");

    /// <summary>What is wrong with it, to follow "the header"; null when nothing is.</summary>
    public static string? Fault(string name, string? value)
    {
        var fault = name.Length == 0 || name.AsSpan().ContainsAnyExcept(_token) ? "cannot be a header's name"
            : value is null ? "has no value"
            : value.AsSpan().ContainsAny('\r', '\n') ? "holds a line break, which would begin another header"
            : value.AsSpan().ContainsAnyExceptInRange(' ', '~') ? "holds characters that a header cannot carry (plain ASCII only)"
            : null;
        return fault is null ? null : $"'{name.ReplaceLineEndings(" ")}' {fault}";
    }
}
