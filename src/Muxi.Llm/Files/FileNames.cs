using System.Text;

namespace Muxi.Llm;

/// <summary>Names that somebody else gave, made fit for a folder of this machine.</summary>
internal static class FileNames
{
    private const int MostBytes = 200;

    // What one of the systems does not take, so that a name is the same on all of them.
    private const string Forbidden = "<>:\"|?*/\\";

    private static readonly string[] _devices = ["con", "prn", "aux", "nul", "com0", "com1", "com2", "com3", "com4", "com5", "com6", "com7", "com8", "com9", "lpt0", "lpt1", "lpt2", "lpt3", "lpt4", "lpt5", "lpt6", "lpt7", "lpt8", "lpt9"];

    /// <summary>The name without folders, control characters, leading dots (a hidden file is nobody's to write) and what else is none; null where nothing is left.</summary>
    public static string? Safe(string? name)
    {
        if (name is null) return null;
        var safe = new StringBuilder();
        foreach (var rune in name[(name.LastIndexOfAny(['/', '\\']) + 1)..].EnumerateRunes())
            if (!Rune.IsControl(rune) && rune != Rune.ReplacementChar && !IsUnseen(rune)) safe.Append(rune.IsAscii && Forbidden.Contains((char)rune.Value, StringComparison.Ordinal) ? "_" : rune.ToString());
        var trimmed = Short(safe.ToString().TrimStart('.', ' ').TrimEnd('.', ' '));
        if (trimmed.Length == 0) return null;
        var stem = trimmed.Split('.')[0].TrimEnd();
        return _devices.Contains(stem, StringComparer.OrdinalIgnoreCase) ? "_" + trimmed : trimmed;
    }

    /// <summary>The name in a <c>Content-Disposition</c> header; null where it holds none.</summary>
    public static string? Of(string? disposition)
    {
        if (!System.Net.Http.Headers.ContentDispositionHeaderValue.TryParse(disposition, out var parsed)) return null;
        return Safe((parsed.FileNameStar ?? parsed.FileName)?.Trim('"'));
    }

    /// <summary>The path of a file of this name in a folder that none has yet: where it is taken, a number is added.</summary>
    public static string Free(string folder, string name)
    {
        var path = Path.Combine(folder, name);
        for (var i = 2; Path.Exists(path); i++) path = Path.Combine(folder, $"{Path.GetFileNameWithoutExtension(name)} ({i}){Path.GetExtension(name)}");
        return path;
    }

    /// <summary>Marks that turn the direction of writing, or take no room: they let a name look like another one.</summary>
    private static bool IsUnseen(Rune rune) => Rune.GetUnicodeCategory(rune) is System.Globalization.UnicodeCategory.Format or System.Globalization.UnicodeCategory.LineSeparator or System.Globalization.UnicodeCategory.ParagraphSeparator;

    private static string Short(string name)
    {
        if (Encoding.UTF8.GetByteCount(name) <= MostBytes) return name;
        var ending = Path.GetExtension(name) is { Length: <= 16 } extension ? extension : "";
        var stem = new StringBuilder();
        var bytes = Encoding.UTF8.GetByteCount(ending);
        foreach (var rune in name.EnumerateRunes())
        {
            bytes += rune.Utf8SequenceLength;
            if (bytes > MostBytes) break;
            stem.Append(rune.ToString());
        }
        return stem.ToString() + ending;
    }
}
