namespace Muxi.Llm.Cli;

/// <summary>A text to be counted: an argument's, a file's or standard input's.</summary>
/// <param name="File">The file's name as it was given; null for a text that has none.</param>
/// <param name="Open">Begins to read it.</param>
internal sealed record TextSource(string? File, Func<TextReader> Open)
{
    /// <summary>How many characters are held at once where a text can be cut: 1 M.</summary>
    private const int Usual = 1 << 20;

    /// <summary>How many are held at most where it cannot: 256 M.</summary>
    private const int Most = 1 << 28;

    public static TextSource Of(string text) => new(null, () => new StringReader(text));

    public static TextSource OfFile(string path, string folder) => new(path, () =>
    {
        try
        {
            return new StreamReader(new FileStream(Path.GetFullPath(path, folder), FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or ArgumentException or NotSupportedException)
        {
            throw new FailureException($"'{path}' cannot be read: {e.Message}", e);
        }
    });

    /// <summary>
    /// The text in parts, each for the call alone. Where it may be cut, it is cut behind a letter or a digit and before a blank or the end of a line: none of the published patterns has a piece that goes on there, so that the tokens of the
    /// parts are the tokens of the whole.
    /// </summary>
    /// <param name="mayCut">Whether it may be cut; else it is one part.</param>
    /// <param name="take">Takes a part.</param>
    /// <param name="cancellationToken">Ends the reading between two parts.</param>
    /// <exception cref="FailureException">It cannot be read, or too much of it would have to be held.</exception>
    public async Task ReadAsync(bool mayCut, Action<ReadOnlyMemory<char>> take, CancellationToken cancellationToken)
    {
        using var reader = Open();
        var (buffer, length) = (new char[mayCut ? Usual : 1 << 16], 0);
        while (true)
        {
            var (part, before) = (buffer, length);
            // Reading a pipe cannot be cancelled; the thread is left behind.
            var count = await Failures.OnDiskAsync(File ?? "stdin", () => Task.Run(() => reader.ReadBlock(part, before, part.Length - before), CancellationToken.None).WaitAsync(cancellationToken));
            var isEnd = count < buffer.Length - length;
            length += count;
            var cut = isEnd ? length : mayCut ? Cut(buffer.AsSpan(0, length)) : 0;
            if (cut > 0) take(buffer.AsMemory(0, cut));
            if (isEnd) return;
            buffer.AsSpan(cut, length - cut).CopyTo(buffer);
            length -= cut;
            if (length < buffer.Length) continue;
            if (buffer.Length >= Most) throw new FailureException($"{File ?? "stdin"} has more than {Most >> 20} M characters {(mayCut ? "without a blank" : "and this tokenizer counts a text only whole")}: split it");
            Array.Resize(ref buffer, buffer.Length * 2);
        }
    }

    /// <summary>The last place where the text can be cut; 0 where there is none.</summary>
    private static int Cut(ReadOnlySpan<char> text)
    {
        for (var at = text.Length - 1; at > 0; at--)
            if (text[at] is ' ' or '\n' && char.IsAsciiLetterOrDigit(text[at - 1])) return at;
        return 0;
    }
}
