namespace Muxi.Llm;

/// <summary>A value of a YAML file and where it stands: a scalar, a list or a map.</summary>
/// <param name="Line">The line, counted from 1.</param>
internal sealed record YamlNode(int Line)
{
    /// <summary>The text of a scalar; null for a list or a map.</summary>
    public string? Text { get; init; }

    /// <summary>Whether a scalar is text whatever it looks like: it stands in quotes, or is a block.</summary>
    public bool IsQuoted { get; init; }

    /// <summary>What a list holds.</summary>
    public IReadOnlyList<YamlNode>? Items { get; init; }

    /// <summary>What a map holds, in the file's order.</summary>
    public IReadOnlyList<YamlMember>? Members { get; init; }

    /// <summary>How many values it stands for, aliases written out.</summary>
    public int Size { get; init; } = 1;

    /// <summary>Whether nothing stands there: <c>null</c>, <c>~</c>, or no value at all.</summary>
    public bool IsNull => Text is "" or "~" or "null" or "Null" or "NULL" && !IsQuoted;

    /// <summary>A truth value after YAML 1.2; null where it is none, as <c>yes</c> is.</summary>
    public bool? AsFlag => IsQuoted ? null : Text switch
    {
        "true" or "True" or "TRUE" => true,
        "false" or "False" or "FALSE" => false,
        _ => null,
    };
}

/// <summary>One entry of a map.</summary>
/// <param name="Name">Its key.</param>
/// <param name="Line">Where the key stands.</param>
/// <param name="Value">What follows it.</param>
internal sealed record YamlMember(string Name, int Line, YamlNode Value);
