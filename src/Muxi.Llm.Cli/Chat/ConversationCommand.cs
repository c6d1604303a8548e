namespace Muxi.Llm.Cli;

/// <summary>What can be said in a conversation besides questions.</summary>
internal static class ConversationCommand
{
    public const string Exit = "exit";

    public const string Help = """"
        /model NAME        another model from now on; alone, tells which one answers
        /system TEXT       other instructions; alone, tells them; off takes them away
        /image FILE|URL    a picture with the next question; /audio FILE, /file FILE likewise
        /undo              forgets the last question and its answer
        /retry             asks the last question again
        /clear             forgets everything but the instructions
        /usage             what the last answer took, and all of them
        /exit              ends the conversation, as Ctrl-D does
        A line that ends in \ goes on in the next one; """ begins and ends several lines.
        A question that begins with a slash begins with two.

        """";

    public static IReadOnlyList<string> All { get; } = ["help", "model", "system", "image", "audio", "file", "undo", "retry", "clear", "usage", Exit];

    /// <summary>The command that a line is, and what follows it; nothing where it is a question: a path has further slashes.</summary>
    public static (string? Command, string Argument) Of(string line)
    {
        var text = line.Trim();
        if (text.Length < 2 || text[0] != '/' || text[1] == '/') return (null, "");
        var blank = text.AsSpan().IndexOfAny(' ', '\t', '\n');
        var word = blank < 0 ? text[1..] : text[1..blank];
        if (!word.All(char.IsAsciiLetter)) return (null, "");
        return (word.ToLowerInvariant() is "quit" or "bye" ? Exit : word.ToLowerInvariant(), blank < 0 ? "" : text[blank..].Trim());
    }
}
