using System.Buffers;
using System.Text;

namespace Muxi.Llm;

/// <summary>Finds the names of added tokens in a text, in one pass: the leftmost first, and of those that begin at one place the longest.</summary>
internal sealed class AddedTokens
{
    // The trie: from a node and a character to the next node. The root is 0.
    private readonly Dictionary<(int Node, char Character), int> _nodes = [];
    private readonly List<int> _tokenOfNode = [-1];
    private readonly SearchValues<char> _firsts;
    private readonly (AddedToken Token, int Id)[] _tokens;

    /// <summary>Makes the finder.</summary>
    /// <param name="tokens">The tokens, the special ones first.</param>
    /// <param name="name">What to look for of each.</param>
    public AddedTokens(IEnumerable<(AddedToken Token, int Id)> tokens, Func<AddedToken, string> name)
    {
        _tokens = [.. tokens];
        var firsts = new HashSet<char>();
        for (var at = 0; at < _tokens.Length; at++)
        {
            var text = name(_tokens[at].Token);
            if (text.Length == 0) continue;
            firsts.Add(text[0]);
            Add(text, at);
        }
        _firsts = SearchValues.Create([.. firsts]);
    }

    /// <summary>Whether there are none.</summary>
    public bool AreNone => _tokens.Length == 0;

    /// <summary>How far a text is searched, and what was found.</summary>
    public struct Search
    {
        /// <summary>Where the text before the token begins: where the one before it ends.</summary>
        public int Before;

        /// <summary>Where the token begins.</summary>
        public int Start;

        /// <summary>Where what it takes ends.</summary>
        public int End;

        /// <summary>Its id.</summary>
        public int Id;

        /// <summary>Where to look on.</summary>
        public int From;
    }

    /// <summary>Goes to the next token. A special one that is not allowed is passed over whole, as if it were found.</summary>
    public bool Next(ReadOnlySpan<char> text, SpecialTokens? specials, ref Search search)
    {
        search.Before = search.End;
        while (Find(text, search.From, out var at, out var end) is >= 0 and var found)
        {
            search.From = end;
            var (token, id) = _tokens[found];
            if (token.IsSpecial && specials?.Allows(token.Name) is not true) continue;
            if (token.IsSingleWord && (IsWord(text[..at], isLast: true) || IsWord(text[end..], isLast: false))) continue;
            search.Start = !token.TakesLeft ? at : at <= search.Before ? search.Before : search.Before + text[search.Before..at].TrimEnd().Length;
            search.End = token.TakesRight ? end + (text.Length - end - text[end..].TrimStart().Length) : end;
            search.Id = id;
            return true;
        }
        return false;
    }

    private void Add(string text, int token)
    {
        var node = 0;
        foreach (var character in text)
        {
            if (!_nodes.TryGetValue((node, character), out var next))
            {
                _nodes[(node, character)] = next = _tokenOfNode.Count;
                _tokenOfNode.Add(-1);
            }
            node = next;
        }
        // Of two with one name the first holds.
        if (_tokenOfNode[node] < 0) _tokenOfNode[node] = token;
    }

    private int Find(ReadOnlySpan<char> text, int from, out int start, out int end)
    {
        for (start = from; start < text.Length; start++)
        {
            var step = text[start..].IndexOfAny(_firsts);
            if (step < 0) break;
            start += step;
            if (Longest(text, start, out end) is >= 0 and var token) return token;
        }
        end = start;
        return -1;
    }

    private int Longest(ReadOnlySpan<char> text, int start, out int end)
    {
        var longest = -1;
        end = start;
        var node = 0;
        for (var at = start; at < text.Length && _nodes.TryGetValue((node, text[at]), out node); at++)
        {
            if (_tokenOfNode[node] < 0) continue;
            longest = _tokenOfNode[node];
            end = at + 1;
        }
        return longest;
    }

    private static bool IsWord(ReadOnlySpan<char> text, bool isLast)
    {
        if (text.IsEmpty) return false;
        Rune rune;
        if (isLast) Rune.DecodeLastFromUtf16(text, out rune, out _);
        else Rune.DecodeFromUtf16(text, out rune, out _);
        // The joiners are parts of words to the engine that is asked here.
        return rune.Value is 0x200C or 0x200D || CodePointSet.Word.Contains(rune.Value);
    }
}
