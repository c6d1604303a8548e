namespace Muxi.Llm.Cli;

/// <summary>What somebody may have meant who mistyped a word.</summary>
internal static class Nearest
{
    /// <summary>The word that is the fewest letters away; null when none is near, or would share no letter.</summary>
    public static string? Of(string typed, IEnumerable<string> words) =>
        words.Select(word => (Word: word, Distance: Distance(word, typed))).Where(near => near.Distance <= Math.Max(2, typed.Length / 3) && near.Distance < typed.TrimStart('-').Length)
            .OrderBy(near => near.Distance).Select(near => near.Word).FirstOrDefault();

    /// <summary>Letters to insert, delete, replace or swap.</summary>
    private static int Distance(string a, string b)
    {
        var cells = new int[a.Length + 1, b.Length + 1];
        for (var i = 0; i <= a.Length; i++) cells[i, 0] = i;
        for (var j = 0; j <= b.Length; j++) cells[0, j] = j;
        for (var i = 1; i <= a.Length; i++)
            for (var j = 1; j <= b.Length; j++)
            {
                var replaced = cells[i - 1, j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                cells[i, j] = Math.Min(replaced, Math.Min(cells[i - 1, j], cells[i, j - 1]) + 1);
                if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1]) cells[i, j] = Math.Min(cells[i, j], cells[i - 2, j - 2] + 1);
            }
        return cells[a.Length, b.Length];
    }
}
