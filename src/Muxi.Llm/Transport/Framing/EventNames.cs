using System.Text;

namespace Muxi.Llm;

/// <summary>
/// The strings of event names, shared by all streams. It learns them from the wire, so no dialect's names are listed here; a fixed number of
/// places, each holding the last name that hashed to it, bounds what a hostile service can make it keep.
/// </summary>
internal static class EventNames
{
    private const int LongestKept = 64;

    // Racing writers may replace each other's string: a reader sees one or the other, both are right.
    private static readonly string?[] Places = new string?[256];

    /// <summary>The string of a name: the same object as before where it is short, ASCII and not displaced meanwhile.</summary>
    public static string Get(ReadOnlySpan<byte> name)
    {
        if (name.Length > LongestKept) return Encoding.UTF8.GetString(name);
        ref var place = ref Places[Hash(name) % (uint)Places.Length];
        var kept = Volatile.Read(ref place);
        if (kept is not null && Same(name, kept)) return kept;
        var made = Encoding.UTF8.GetString(name);
        Volatile.Write(ref place, made);
        return made;
    }

    /// <summary>Whether the bytes spell this ASCII name.</summary>
    public static bool Same(ReadOnlySpan<byte> name, string text) => Ascii.Equals(name, text);

    // FNV-1a, its upper half folded in.
    private static uint Hash(ReadOnlySpan<byte> name)
    {
        var hash = 2166136261u;
        foreach (var b in name) hash = (hash ^ b) * 16777619u;
        return hash ^ (hash >> 16);
    }
}
