namespace Muxi.Llm;

/// <summary>
/// The ids of calls as the service takes them: letters, digits, <c>_</c> and <c>-</c>, at least one, and none twice in a conversation. Other services write dots
/// and colons too, count anew in every turn, or give none at all.
/// </summary>
/// <remarks>Source: its refusals, "String should match pattern" and "`tool_use` ids must be unique", as reported in 2025 and 2026.</remarks>
internal sealed class ToolUseIds
{
    private readonly HashSet<string> _taken = new(StringComparer.Ordinal);
    private readonly Dictionary<string, Calls> _calls = new(StringComparer.Ordinal);

    /// <summary>The id of the next call that has this one.</summary>
    public string OfCall(string id)
    {
        var wanted = Allowed(id);
        var given = wanted;
        for (var i = 2; !_taken.Add(given); i++) given = $"{wanted}_{i}";
        if (!_calls.TryGetValue(id, out var calls)) _calls[id] = calls = new();
        calls.Given.Add(given);
        return given;
    }

    /// <summary>The id of the call that a result answers: the first one of its id that has no result yet, else the last one.</summary>
    public string OfResult(string id)
    {
        if (!_calls.TryGetValue(id, out var calls)) return Allowed(id);
        return calls.Given[Math.Min(calls.Answered++, calls.Given.Count - 1)];
    }

    private static string Allowed(string id)
    {
        if (id.Length == 0) return "call";
        foreach (var letter in id)
            if (!IsAllowed(letter)) return string.Create(id.Length, id, static (into, from) =>
            {
                for (var i = 0; i < from.Length; i++) into[i] = IsAllowed(from[i]) ? from[i] : '_';
            });
        return id;
    }

    private static bool IsAllowed(char letter) => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-';

    /// <summary>The calls of one id.</summary>
    private sealed class Calls
    {
        public List<string> Given { get; } = [];

        public int Answered { get; set; }
    }
}
