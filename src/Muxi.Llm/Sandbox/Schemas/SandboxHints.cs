using System.Globalization;

namespace Muxi.Llm;

/// <summary>What of the user's text may fill an instance: its names (words with a capital, not at a sentence's start), its numbers, or all of it.</summary>
internal sealed class SandboxHints
{
    private static readonly HashSet<string> WantsAll =
        new(["query", "q", "text", "message", "prompt", "question", "input", "content", "search", "task", "instruction"], StringComparer.OrdinalIgnoreCase);

    private readonly string _text;
    private readonly List<string> _names = [];
    private readonly List<decimal> _numbers = [];
    private int _nextName, _nextNumber;

    public SandboxHints(string text)
    {
        _text = text.Trim();
        var starts = true;
        var joins = false;
        foreach (var word in _text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))
        {
            var bare = word.Trim('.', ',', ';', ':', '!', '?', '"', '\'', '(', ')', '[', ']', '“', '”', '«', '»');
            var isName = bare.Length > 1 && char.IsUpper(bare[0]) && !starts;
            if (isName && joins)
                _names[^1] += " " + bare;
            else if (isName)
                _names.Add(bare);
            if (decimal.TryParse(bare, NumberStyles.Number, CultureInfo.InvariantCulture, out var number))
                _numbers.Add(number);
            starts = word[^1] is '.' or '!' or '?' or ':';
            joins = isName && word[^1] == bare[^1];
        }
    }

    public (int, int) Mark() => (_nextName, _nextNumber);

    /// <summary>Goes back to a mark: an attempt that failed has used nothing up.</summary>
    public void Return((int, int) mark) => (_nextName, _nextNumber) = mark;

    /// <summary>Words for a value at this place; null when the text has none (left).</summary>
    public string? Words(SandboxPlace place)
    {
        if (_text.Length > 0 && place.Variant == 0 && WantsAll.Contains(place.Name))
            return _text;
        return _nextName < _names.Count ? _names[_nextName++] : null;
    }

    /// <summary>The text's next number, if it is allowed; each is used once.</summary>
    public decimal? Number(Func<decimal, bool> allows) =>
        _nextNumber < _numbers.Count && allows(_numbers[_nextNumber]) ? _numbers[_nextNumber++] : null;
}
