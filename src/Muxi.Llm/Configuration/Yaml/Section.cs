namespace Muxi.Llm;

/// <summary>A map of a configuration file whose keys are given: each is asked for, and what nobody asked for is an error.</summary>
internal sealed class Section(Field map, IReadOnlyList<YamlMember> members)
{
    private readonly HashSet<string> _known = [];

    public YamlFile File => map.File;

    public string Path => map.Path;

    public Field Map => map;

    /// <summary>The value of a key; null where it is not there or has no value.</summary>
    public Field? this[string key]
    {
        get
        {
            _known.Add(key);
            foreach (var member in members)
                if (member.Name == key && !member.Value.IsNull)
                {
                    var field = new Field(File, YamlFile.Below(map.Path, key), member.Value);
                    File.Note(field.Path, member.Line);
                    return field;
                }
            return null;
        }
    }

    /// <summary>All keys have been asked for.</summary>
    /// <exception cref="ConfigurationException">There is another one.</exception>
    public void End()
    {
        foreach (var member in members)
            if (!_known.Contains(member.Name)) throw Unknown(member, _known);
    }

    /// <summary>The error for a key that is none of those that there are.</summary>
    public ConfigurationException Unknown(YamlMember member, IReadOnlyCollection<string> known)
    {
        var hint = Nearness.Hint(member.Name, known);
        return File.Error(member.Line, YamlFile.Below(map.Path, member.Name), $"there is no such key{(hint.Length > 0 ? hint : $" (there are {string.Join(", ", known)})")}");
    }
}
