using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace Muxi.Llm;

/// <summary>
/// What is meant at the hub of Hugging Face: a file of a repository, or the GGUF of one of its quantizations.
/// <code>
///   hf:org/repo/folder/model.gguf            a file
///   hf:org/repo/model-00001-of-00003.gguf    a model in parts: all of them
///   hf:org/repo:Q4_K_M                       the file, or the parts, of that quantization
///   hf:org/repo/model.gguf@v1.0              at a branch, a tag or a commit
/// </code>
/// </summary>
/// <param name="Repository"><c>org/repo</c>.</param>
/// <param name="Name">The file's path in the repository; empty where a quantization is named.</param>
/// <param name="Quantization">The quantization, in any case; empty where a file is named.</param>
/// <param name="Revision">A branch, a tag or a commit.</param>
internal sealed record HubFile(string Repository, string Name, string Quantization, string Revision)
{
    /// <summary>How such a text begins.</summary>
    public const string Scheme = "hf:";

    /// <summary>The branch that is meant where nothing is said.</summary>
    public const string Main = "main";

    private const int CommitLength = 40;

    /// <summary>Whether the revision is a commit, whose files never change.</summary>
    public bool IsPinned => IsCommit(Revision);

    /// <summary>Whether a text is meant as one of these, rightly written or not.</summary>
    public static bool IsMeant(string text) => text.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase);

    /// <summary>Reads a text; false where it is none, or not rightly written.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out HubFile? file)
    {
        file = IsMeant(text) ? Read(text) : null;
        return file is not null;
    }

    /// <summary>Reads a text.</summary>
    /// <exception cref="ConfigurationException">It is not rightly written.</exception>
    public static HubFile Parse(string text) =>
        TryParse(text, out var file) ? file : throw new ConfigurationException($"'{text}' names no file at the hub: write hf:ORG/REPO/FILE or hf:ORG/REPO:QUANTIZATION, with @REVISION behind it where main is not meant");

    /// <summary>The text that means this.</summary>
    public override string ToString() => $"{Scheme}{Repository}{(Name.Length > 0 ? $"/{Name}" : $":{Quantization}")}{(Revision == Main ? "" : $"@{Revision}")}";

    /// <summary>Whether a text is a commit: 40 hexadecimal digits.</summary>
    public static bool IsCommit(string text) => text.Length == CommitLength && text.All(char.IsAsciiHexDigitLower);

    /// <summary>
    /// Whether a path in a repository stays within it, on every system: a name comes from a stranger, be it typed or in a list of the hub's, and becomes a path of this machine.
    /// </summary>
    public static bool IsSafe(string path) => path.Length > 0 && path.Split('/').All(static part =>
        part.Length > 0 && part.AsSpan().Trim('.').Length > 0 && part[^1] is not (' ' or '.') && !part.Any(static letter => char.IsControl(letter) || letter is '\\' or ':' or '*' or '?' or '"' or '<' or '>' or '|'));

    /// <summary>
    /// The files of a repository that are this, in the order in which a model is loaded: one, or all parts of one. Empty where there are none.
    /// </summary>
    /// <param name="names">The repository's files.</param>
    /// <exception cref="ConfigurationException">The quantization is that of several models, or a part is missing.</exception>
    public IReadOnlyList<string> In(IEnumerable<string> names)
    {
        if (Name.Length > 0) return Whole(SplitGguf.Parts(Name), names);
        var found = names.Where(name => IsSafe(name) && SplitGguf.IsOf(name, Quantization)).GroupBy(SplitGguf.Stem, StringComparer.Ordinal).ToList();
        // Dynamic ones (UD-Q4_K_XL) are of another making than those of the bare word, which are meant by it where there are both.
        if (found.Count > 1 && found.Exists(static one => !SplitGguf.IsDynamic(one.Key)) && !Quantization.StartsWith("UD-", StringComparison.OrdinalIgnoreCase)) found.RemoveAll(static one => SplitGguf.IsDynamic(one.Key));
        return found.Count switch
        {
            0 => [],
            1 => Whole(SplitGguf.Parts(found[0].First()), found[0]),
            _ => throw new ConfigurationException($"'{this}' may be {string.Join(" or ", found.Select(static one => one.Order(StringComparer.Ordinal).First()).Order(StringComparer.Ordinal))}: name one of them"),
        };
    }

    private IReadOnlyList<string> Whole(IReadOnlyList<string> parts, IEnumerable<string> names)
    {
        var there = names.ToHashSet();
        var missing = parts.Where(part => !there.Contains(part)).ToList();
        return missing.Count == 0 ? parts : missing.Count == parts.Count ? [] : throw new ConfigurationException($"'{this}' is not whole: {missing[0]} is missing");
    }

    private static HubFile? Read(string text)
    {
        var rest = text[Scheme.Length..];
        var revision = Main;
        if (rest.LastIndexOf('@') is >= 0 and var at) (rest, revision) = (rest[..at], rest[(at + 1)..]);
        // A revision may have slashes (refs/pr/7), but is a path below refs/ on this machine.
        if (!IsSafe(revision) || rest.Split('/', 3) is not [var organization, var repository, .. var path]) return null;
        var quantization = "";
        if (path.Length == 0)
        {
            if (repository.Split(':') is not [var bare, { Length: > 0 } word]) return null;
            (repository, quantization) = (bare, word);
            if (!word.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '_' or '-' or '.')) return null;
        }
        else if (!IsSafe(path[0])) return null;
        return IsName(organization) && IsName(repository) ? new($"{organization}/{repository}", path.Length == 0 ? "" : path[0], quantization, revision) : null;
    }

    /// <summary>The hub's rule for names: letters, digits, <c>-</c>, <c>_</c> and <c>.</c>, but not <c>--</c> or <c>..</c>, which are also what keeps a folder of the cache one repository's.</summary>
    private static bool IsName(string name) =>
        name is [not ('-' or '.'), ..] && name[^1] is not ('-' or '.') && !name.Contains("--", StringComparison.Ordinal) && !name.Contains("..", StringComparison.Ordinal)
        && name.All(static letter => char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.');
}

/// <summary>Names of GGUF files: <c>model-Q4_K_M.gguf</c>, and a model in parts as <c>model-Q4_K_M-00001-of-00003.gguf</c>.</summary>
internal static class SplitGguf
{
    private const string Ending = ".gguf";
    private const string Between = "-of-";
    private const int Digits = 5;

    /// <summary>All parts of the model that a file is of, from the first on; the file alone where it is no part.</summary>
    public static IReadOnlyList<string> Parts(string name)
    {
        if (Split(name) is not { } split) return [name];
        return [.. Enumerable.Range(1, split.Count).Select(part => string.Create(CultureInfo.InvariantCulture, $"{split.Stem}-{part:00000}{Between}{split.Count:00000}{Ending}"))];
    }

    /// <summary>The name without its part's number and its ending.</summary>
    public static string Stem(string name) => Split(name)?.Stem ?? (name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase) ? name[..^Ending.Length] : name);

    /// <summary>Whether a file is a model of a quantization: the word is the last one of its name. What sees for a model (<c>mmproj</c>) is none.</summary>
    public static bool IsOf(string name, string quantization)
    {
        if (!name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)) return false;
        var stem = Stem(name);
        stem = stem[(stem.LastIndexOf('/') + 1)..];
        return !stem.StartsWith("mmproj", StringComparison.OrdinalIgnoreCase) && stem.EndsWith(quantization, StringComparison.OrdinalIgnoreCase)
            && (stem.Length == quantization.Length || stem[^(quantization.Length + 1)] is '-' or '.' or '_');
    }

    /// <summary>Whether a stem is of a dynamic quantization.</summary>
    public static bool IsDynamic(string stem) => stem.Contains("UD-", StringComparison.OrdinalIgnoreCase);

    private static (string Stem, int Count)? Split(string name)
    {
        // -00001-of-00003.gguf
        const int Length = 1 + Digits + 4 + Digits + 5;
        if (name.Length <= Length || !name.EndsWith(Ending, StringComparison.OrdinalIgnoreCase)) return null;
        var tail = name.AsSpan(name.Length - Length, Length - Ending.Length);
        if (tail[0] != '-' || !tail.Slice(1 + Digits, Between.Length).SequenceEqual(Between)) return null;
        return int.TryParse(tail.Slice(1, Digits), NumberStyles.None, CultureInfo.InvariantCulture, out var part) && int.TryParse(tail[^Digits..], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
            && part >= 1 && part <= count && count <= 1000 ? (name[..^Length], count) : null;
    }
}
