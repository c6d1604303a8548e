using System.Globalization;

namespace Muxi.Llm.Cli;

/// <summary>What to show beside how many there are.</summary>
internal enum TokenView
{
    /// <summary>The number alone.</summary>
    Count,

    /// <summary>Each token and what it stands for.</summary>
    Pieces,

    /// <summary>The ids.</summary>
    Ids,
}

/// <summary>How many tokens a text has, and which where they are to be kept.</summary>
internal sealed record TextCount(string? File, long Tokens, IReadOnlyList<int>? Ids);

/// <summary>Counts texts with one tokenizer, however long they are.</summary>
internal sealed class Counting(Tokenizer tokenizer, Terminal terminal)
{
    /// <summary>What is shown as it is read.</summary>
    public TokenView View { get; init; }

    /// <summary>Whether the ids are kept, and not shown.</summary>
    public bool KeepsIds { get; init; }

    /// <summary>Which special tokens a text may hold.</summary>
    public SpecialTokens Specials { get; init; } = SpecialTokens.None;

    public async Task<TextCount> CountAsync(TextSource source, CancellationToken cancellationToken)
    {
        var (tokens, kept) = (0L, KeepsIds ? new List<int>() : null);
        await source.ReadAsync(MayCut, part => tokens += Take(part.Span, tokens, kept), cancellationToken);
        if (View == TokenView.Ids && tokens > 0) terminal.Write("\n");
        if (View == TokenView.Pieces && tokens > 0 && IsColored) terminal.Write("\n");
        return new(source.File, tokens, kept);
    }

    private bool IsColored => terminal.IsOutTerminal && terminal.Variable("NO_COLOR") is null;

    /// <summary>The published encodings look at a text piece by piece; others may look at all of it.</summary>
    private bool MayCut => Tokenizer.Names.Contains(tokenizer.Name);

    private int Take(ReadOnlySpan<char> part, long before, List<int>? kept)
    {
        if (View == TokenView.Count && kept is null) return tokenizer.Count(part, Specials);
        var ids = tokenizer.Encode(part, Specials);
        kept?.AddRange(ids);
        if (kept is not null) return ids.Length;
        if (View == TokenView.Ids) terminal.Write((before > 0 ? " " : "") + string.Join(' ', ids.Select(static id => id.ToString(CultureInfo.InvariantCulture))));
        else if (IsColored) TokenText.Show(tokenizer, ids, terminal, before);
        else terminal.Write(TokenText.Lines(tokenizer, ids));
        return ids.Length;
    }
}
