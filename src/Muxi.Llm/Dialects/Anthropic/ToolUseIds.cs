namespace Muxi.Llm;

/// <summary>The ids of calls as the service takes them: letters, digits, <c>_</c> and <c>-</c>.</summary>
/// <remarks>Source: its refusals, "String should match pattern" and "`tool_use` ids must be unique", as reported in 2025 and 2026.</remarks>
internal static class ToolUseIds
{
    public static string Allowed(string id)
    {
        foreach (var letter in id)
            if (!IsAllowed(letter)) return string.Create(id.Length, id, static (into, from) =>
            {
                for (var i = 0; i < from.Length; i++) into[i] = IsAllowed(from[i]) ? from[i] : '_';
            });
        return id;
    }

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';
}
