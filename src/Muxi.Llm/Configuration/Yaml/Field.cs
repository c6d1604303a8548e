using System.Globalization;

namespace Muxi.Llm;

/// <summary>One value of a configuration file, and the ways to read it: each gives what was asked for, or an error that says what would do.</summary>
internal readonly record struct Field(YamlFile File, string Path, YamlNode Node)
{
    public int Line => Node.Line;

    /// <summary>Something about it that cannot be used.</summary>
    public ConfigurationException Error(string fault) => File.Error(Line, Path, fault);

    /// <summary>Text that is not empty. A number counts as what is written there.</summary>
    public string Text()
    {
        if (Node.Text is { } text && !string.IsNullOrWhiteSpace(text)) return text.Trim();
        throw Wrong("text");
    }

    /// <summary>Text in which variables are written out.</summary>
    public string Expanded() => File.Expand(this, Text());

    public bool Flag() => Node.AsFlag ?? throw Wrong("true or false");

    /// <summary>A whole number from 0 up.</summary>
    public int Whole()
    {
        if (!Node.IsQuoted && int.TryParse(Node.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var whole)) return whole;
        throw Wrong("a whole number from 0 up");
    }

    /// <summary>A number from 0 up.</summary>
    public double Number()
    {
        if (!Node.IsQuoted && double.TryParse(Node.Text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number)) return number;
        throw Wrong("a number from 0 up");
    }

    /// <summary>A time like <c>15s</c>, <c>500ms</c>, <c>1m30s</c>.</summary>
    public TimeSpan Duration() => Duration(mayBeNone: false);

    /// <summary>A time, or <c>none</c> for no limit.</summary>
    public TimeSpan Limit() => Duration(mayBeNone: true);

    /// <summary>An http(s) address.</summary>
    public Uri Url()
    {
        var text = Expanded();
        if (Uri.TryCreate(text, UriKind.Absolute, out var url) && url.Scheme is "http" or "https") return url;
        throw Error($"'{Redaction.HideUser(text)}' is no http(s) address (write https://host/path)");
    }

    /// <summary>One of these words.</summary>
    public string OneOf(params IReadOnlyList<string> words)
    {
        var text = Text();
        return words.Contains(text) ? text : throw Error($"'{Short(text)}' is none of {string.Join(", ", words)}{Nearness.Hint(text, words)}");
    }

    /// <summary>A list; a single value is a list of one.</summary>
    public IEnumerable<Field> Items()
    {
        if (Node.Items is not { } items)
        {
            if (Node.Members is not null) throw Wrong("a list");
            return [this];
        }
        var (file, path) = (File, Path);
        return items.Select((item, index) => new Field(file, $"{path}[{index}]", item));
    }

    /// <summary>A list of texts, or a single one.</summary>
    public IReadOnlyList<string> Texts() => [.. Items().Select(item => item.Text())];

    /// <summary>A map with keys of its own choice. What has no value is not there.</summary>
    public IEnumerable<(string Name, Field Value)> Entries() => AllEntries().Where(static entry => !entry.Value.Node.IsNull);

    /// <summary>As <see cref="Entries"/>, with those whose value is null.</summary>
    public IEnumerable<(string Name, Field Value)> AllEntries()
    {
        var (file, path) = (File, Path);
        return (Node.Members ?? throw Wrong("a map")).Select(member =>
        {
            var field = new Field(file, YamlFile.Below(path, member.Name), member.Value);
            if (member.Name.Length == 0) throw field.Error("a key is empty");
            file.Note(field.Path, member.Line);
            return (member.Name, field);
        });
    }

    /// <summary>A map with keys that are given.</summary>
    public Section Section() => new(this, Node.Members ?? throw Wrong("a map"));

    public bool IsMap => Node.Members is not null;

    public bool IsText => Node.Text is not null;

    /// <summary>That it is of another kind than it must be.</summary>
    public ConfigurationException Wrong(string wanted) => Error(Node switch
    {
        { Items: not null } => $"a list stands here, not {wanted}",
        { Members: not null } => $"a map stands here, not {wanted}",
        { IsNull: true } => $"nothing stands here: write {wanted}, or leave the key out",
        _ => $"'{Short(Node.Text!)}' is not {wanted}{(Node.IsQuoted && wanted is not "text" ? " (without quotes)" : "")}",
    });

    private TimeSpan Duration(bool mayBeNone)
    {
        if (mayBeNone && Node.Text == "none") return Timeout.InfiniteTimeSpan;
        if (Durations.Parse(Node.Text) is { } time) return time;
        throw Error(Node.Text is { } text ? $"'{Short(text)}' is no duration (write 15s, 2m{(mayBeNone ? ", 500ms or none" : " or 500ms")})" : "this is no duration (write 15s)");
    }

    private static string Short(string text) => text.Length <= 60 ? text : text[..60] + "...";
}
