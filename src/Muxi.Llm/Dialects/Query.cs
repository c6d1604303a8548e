using System.Text;

namespace Muxi.Llm;

/// <summary>A path with its parameters; those without a value are left out.</summary>
/// <param name="path">The path, without any.</param>
internal sealed class Query(string path)
{
    private readonly StringBuilder _text = new(path);

    public Query With(string name, string? value)
    {
        if (value is not null) _text.Append(_text.Length == path.Length ? '?' : '&').Append(name).Append('=').Append(Uri.EscapeDataString(value));
        return this;
    }

    public Query With(string name, int? value) => With(name, value?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    public Query With(string name, long? value) => With(name, value?.ToString(System.Globalization.CultureInfo.InvariantCulture));

    /// <summary>One parameter for each value.</summary>
    public Query With(string name, IReadOnlyList<string>? values)
    {
        foreach (var value in values ?? []) With(name, value);
        return this;
    }

    public override string ToString() => _text.ToString();
}
