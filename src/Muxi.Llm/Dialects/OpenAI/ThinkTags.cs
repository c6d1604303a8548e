namespace Muxi.Llm;

/// <summary>Parts an answer that begins with its reasoning between tags, piece by piece: a tag may be cut anywhere. What is not tagged is all text.</summary>
internal struct ThinkTags
{
    private const string Open = "<think>", Close = "</think>";

    private string _held;
    private Place _place;
    private bool _hasBegun;

    private enum Place
    {
        Before, Thinking, AfterThinking, Text,
    }

    /// <summary>A whole text.</summary>
    public static (string Text, string Reasoning) Part(string text)
    {
        var tags = new ThinkTags();
        var (first, reasoning) = tags.Next(text);
        var (rest, more) = tags.Rest();
        return (first + rest, reasoning + more);
    }

    /// <summary>What a piece adds; either may be empty.</summary>
    public (string Text, string Reasoning) Next(string piece)
    {
        var held = (_held ?? "") + piece;
        _held = "";
        string reasoning = "";
        if (_place == Place.Before)
        {
            var start = held.TrimStart();
            if (start.StartsWith(Open, StringComparison.Ordinal)) (_place, held) = (Place.Thinking, start[Open.Length..]);
            else if (Open.StartsWith(start, StringComparison.Ordinal)) return Hold(held);
            else _place = Place.Text;
        }
        if (_place == Place.Thinking)
        {
            if (!_hasBegun) held = held.TrimStart();
            var end = held.IndexOf(Close, StringComparison.Ordinal);
            if (end < 0)
            {
                var kept = Kept(held);
                _held = held[kept..];
                _hasBegun |= kept > 0;
                return ("", held[..kept]);
            }
            (reasoning, held, _place) = (held[..end].TrimEnd(), held[(end + Close.Length)..], Place.AfterThinking);
        }
        if (_place == Place.AfterThinking)
        {
            held = held.TrimStart();
            if (held.Length > 0) _place = Place.Text;
        }
        return (held, reasoning);
    }

    /// <summary>What was held back when the answer ends.</summary>
    public (string Text, string Reasoning) Rest()
    {
        var held = _held ?? "";
        _held = "";
        return _place == Place.Thinking ? ("", held) : (held, "");
    }

    private (string, string) Hold(string text)
    {
        _held = text;
        return ("", "");
    }

    /// <summary>How much of the reasoning may go out: not what may be the beginning of the tag at its end, nor blanks before that, which belong to neither side.</summary>
    private static int Kept(string text)
    {
        var length = text.Length;
        for (var tag = Math.Min(Close.Length - 1, length); tag > 0; tag--)
        {
            if (!text.AsSpan().EndsWith(Close.AsSpan(0, tag))) continue;
            length -= tag;
            break;
        }
        while (length > 0 && char.IsWhiteSpace(text[length - 1])) length--;
        return length;
    }
}
