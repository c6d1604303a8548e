using System.Globalization;

namespace Muxi.Llm;

/// <summary>What the sandbox hears, with times that cover the sound without a gap.</summary>
/// <param name="Text">The words.</param>
/// <param name="Seconds">How long the sound is.</param>
internal sealed record SandboxTranscript(string Text, double Seconds)
{
    /// <summary>A piece of the text and its times.</summary>
    /// <param name="Text">The piece.</param>
    /// <param name="Start">Where it begins, in seconds.</param>
    /// <param name="End">Where it ends.</param>
    public readonly record struct Piece(string Text, double Start, double End);

    /// <summary>Its words.</summary>
    public IReadOnlyList<Piece> Words => Timed(Text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));

    /// <summary>Its sentences.</summary>
    public IReadOnlyList<Piece> Segments => Timed(Sentences());

    /// <summary>A transcript of what arrived: the sandbox's own words where it is its own speech, else what the file is.</summary>
    public static SandboxTranscript Of(SandboxHeard heard)
    {
        var spoken = SandboxSpokenText.Find(heard.File.Span);
        if (heard.IsTranslation && spoken is not null) spoken = $"The muxi-llm sandbox does not translate. It was said: {spoken}";
        return new(spoken ?? Describe(heard), Math.Round(heard.Sound.Seconds, 3));
    }

    private static string Describe(SandboxHeard heard)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"This is the muxi-llm sandbox, a simulator that hears nothing. The file {heard.FileName} arrived: {heard.Sound.Format}, {(heard.Sound.IsExact ? "" : "about ")}{heard.Sound.Seconds:0.0##} seconds, {heard.File.Length} bytes.");
        if (heard.Language is { Length: > 0 } language) text += $" Its language is said to be {language}.";
        return heard.Prompt is { Length: > 0 } prompt ? $"{text} The prompt was: {prompt}" : text;
    }

    /// <summary>A sentence ends behind a full stop, a question or an exclamation, where a space follows.</summary>
    private List<string> Sentences()
    {
        var sentences = new List<string>();
        var start = 0;
        for (var at = 0; at + 1 < Text.Length; at++)
        {
            if (Text[at] is not ('.' or '!' or '?' or '\n') || !char.IsWhiteSpace(Text[at + 1])) continue;
            sentences.Add(Text[start..(at + 1)].Trim());
            start = at + 1;
        }
        sentences.Add(Text[start..].Trim());
        sentences.RemoveAll(static sentence => sentence.Length == 0);
        return sentences;
    }

    /// <summary>Every piece takes as much of the time as it has of the letters.</summary>
    private List<Piece> Timed(IReadOnlyList<string> pieces)
    {
        var all = pieces.Sum(static piece => piece.Length);
        var timed = new List<Piece>();
        var said = 0;
        foreach (var piece in pieces)
        {
            var start = At(said);
            said += piece.Length;
            timed.Add(new(piece, start, At(said)));
        }
        return timed;

        double At(int letters) => Math.Round(Seconds * letters / all, 3);
    }
}

/// <summary>A request for a transcript or a translation, looked over.</summary>
internal sealed record SandboxHeard(string Model, string FileName, ReadOnlyMemory<byte> File, SandboxSoundFile Sound)
{
    public bool IsTranslation { get; init; }
    public string? Language { get; init; }
    public string? Prompt { get; init; }
    public string Format { get; init; } = "json";
    public bool TellsWords { get; init; }
    public bool TellsSegments { get; init; }
    public bool TellsLogprobs { get; init; }
    public bool Stream { get; init; }
    public IReadOnlyList<string> Speakers { get; init; } = [];

    public int PromptTokens => SandboxTokens.Count(Prompt);

    /// <summary>Ten tokens a second, as OpenAI's models hear.</summary>
    public int AudioTokens => Math.Max(1, (int)Math.Ceiling(Sound.Seconds * 10));
}
