using System.Text;

namespace Muxi.Llm;

/// <summary>A configuration file while it is read: its name, what it may look at, and where each of its settings stands.</summary>
/// <param name="Name">As people know it, for errors.</param>
/// <param name="Environment">How variables are read.</param>
internal sealed record YamlFile(string Name, Func<string, string?> Environment)
{
    private readonly Dictionary<string, int> _lines = [];

    /// <summary>Whether it was found in the working directory, so that anyone may have written it.</summary>
    public bool IsOfWorkingDirectory { get; init; }

    /// <summary>Where relative paths in it begin; null for the working directory, where it is no file.</summary>
    public string? Folder { get; init; }

    /// <summary>Whether it has lines: a section of an application's configuration has none.</summary>
    public bool HasLines { get; init; } = true;

    /// <summary>The line of each setting, by its path.</summary>
    public IReadOnlyDictionary<string, int> Lines => _lines;

    /// <summary>How many values it sets; the maps around them do not count.</summary>
    public string Count
    {
        get
        {
            var count = _lines.Keys.Count(path => !_lines.Keys.Any(other => other.Length > path.Length && other[path.Length] is '.' or '[' && other.StartsWith(path, StringComparison.Ordinal)));
            return count == 1 ? "1 setting" : $"{count} settings";
        }
    }

    /// <summary>A setting was read.</summary>
    public void Note(string path, int line) => _lines[path] = line;

    /// <summary>The path of an entry; a key with a dot or a blank stands in quotes.</summary>
    public static string Below(string path, string key)
    {
        var name = key.AsSpan().IndexOfAny(". []") >= 0 ? $"'{key}'" : key;
        return path.Length == 0 ? name : $"{path}.{name}";
    }

    /// <summary>Something in it that cannot be used.</summary>
    public ConfigurationException Error(int line, string path, string fault) => new($"{Name}{(HasLines ? $":{Math.Max(1, line)}" : "")}: {(path.Length == 0 ? "" : path + ": ")}{OneLine(fault)}");

    /// <summary>What a file of the working directory may not do.</summary>
    public ConfigurationException Untrusted(int line, string path, string what, string harm = "have your secrets sent to an address of theirs") => Error(
        line, path, $"{what} is not for a file that was merely found in the working directory, as whoever wrote it could {harm}: name the file in {LlmConfiguration.Variable} to trust it");

    /// <summary>A text with its <c>${VARIABLE}</c> and <c>${VARIABLE:-otherwise}</c> written out.</summary>
    public string Expand(Field field, string text)
    {
        if (!text.Contains("${", StringComparison.Ordinal)) return text;
        if (IsOfWorkingDirectory) throw Untrusted(field.Line, field.Path, "${...}");
        var whole = new StringBuilder();
        for (var at = 0; at < text.Length;)
        {
            var start = text.IndexOf("${", at, StringComparison.Ordinal);
            if (start < 0) start = text.Length;
            whole.Append(text, at, start - at);
            if (start == text.Length) break;
            var end = text.IndexOf('}', start);
            if (end < 0) throw Error(field.Line, field.Path, "'${' has no '}'");
            whole.Append(Value(field, text[(start + 2)..end]));
            at = end + 1;
        }
        return whole.ToString();
    }

    private string Value(Field field, string variable)
    {
        var (name, otherwise) = variable.Split(":-", 2) is [var before, var after] ? (before, after) : (variable, null);
        if (!IsVariable(name)) throw Error(field.Line, field.Path, $"'${{{variable}}}' names no variable: write ${{NAME}} or ${{NAME:-otherwise}}");
        var value = Environment(name)?.Trim();
        return value is { Length: > 0 } ? value : otherwise ?? throw Error(field.Line, field.Path, $"the variable {name} is not set: set it, or write ${{{name}:-otherwise}}");
    }

    /// <summary>Whether a text can be a variable's name.</summary>
    public static bool IsVariable(string name) => name.Length > 0 && !char.IsAsciiDigit(name[0]) && name.All(letter => char.IsAsciiLetterOrDigit(letter) || letter == '_');

    private static string OneLine(string text) => string.Concat(text.Select(letter => char.IsControl(letter) ? ' ' : letter));
}
