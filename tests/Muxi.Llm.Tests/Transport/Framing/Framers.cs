using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>Runs framers over bodies cut in pieces. Text stands for bytes, one char each (Latin-1), so that any byte can be shown.</summary>
internal static class Framers
{
    public static byte[] Bytes(string body) => Encoding.Latin1.GetBytes(body);

    public static string Text(ReadOnlySpan<byte> bytes) => Encoding.Latin1.GetString(bytes);

    /// <summary>The events of a whole body, each as <c>type|data</c>, and what was stray as a last one when there is any.</summary>
    public static List<string> ReadSse(params ReadOnlySpan<string> pieces)
    {
        using var framer = new SseFramer();
        return Read(framer, pieces);
    }

    public static List<string> ReadJsonLines(params ReadOnlySpan<string> pieces)
    {
        using var framer = new JsonLinesFramer();
        return Read(framer, pieces);
    }

    public static List<string> Read(Framer framer, params ReadOnlySpan<string> pieces)
    {
        var events = new List<string>();
        foreach (var piece in pieces) events.AddRange(Feed(framer, Bytes(piece)));
        events.AddRange(End(framer));
        return events;
    }

    /// <summary>Feeds one piece and reads until nothing more comes.</summary>
    public static List<string> Feed(Framer framer, ReadOnlySpan<byte> piece)
    {
        var events = new List<string>();
        while (!piece.IsEmpty)
        {
            var room = framer.GetBuffer().Span;
            var count = Math.Min(room.Length, piece.Length);
            piece[..count].CopyTo(room);
            framer.Advance(count);
            piece = piece[count..];
            Drain(framer, events);
        }
        return events;
    }

    /// <summary>Ends the body and reads what is left.</summary>
    public static List<string> End(Framer framer)
    {
        var events = new List<string>();
        framer.Complete();
        Drain(framer, events);
        if (!framer.Stray.IsEmpty) events.Add("stray|" + Text(framer.Stray.Span));
        return events;
    }

    // Events read between two feeds must stay whole together, so they are turned to text only after the last of them.
    private static void Drain(Framer framer, List<string> into)
    {
        var read = new List<WireEvent>();
        while (framer.TryRead(out var e)) read.Add(e);
        into.AddRange(read.Select(e => e.Type + "|" + Text(e.Data.Span)));
    }
}
