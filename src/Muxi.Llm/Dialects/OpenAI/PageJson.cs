using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads pages of a list.</summary>
internal static class PageJson
{
    /// <summary>Reads the array that is the member's value; null where it is none.</summary>
    public delegate List<T>? ListReader<T>(ref Utf8JsonReader reader, ReadOnlySpan<byte> source);

    /// <summary>Reads a page; null where the bytes hold none.</summary>
    /// <param name="utf8">The reply.</param>
    /// <param name="readList">Reads its things.</param>
    /// <param name="id">The id of one: the last one's is what the next page is asked for with, where the service does not say it.</param>
    /// <param name="next">The member that says with what the next page is asked for; null where that is the last one's id.</param>
    public static Page<T>? Read<T>(ReadOnlySpan<byte> utf8, ListReader<T> readList, Func<T, string?> id, string? next = null)
    {
        var reader = new Utf8JsonReader(utf8 = JsonReading.WithoutMark(utf8));
        var begin = reader;
        if (!reader.Read()) return null;
        if (reader.TokenType == JsonTokenType.StartArray) return readList(ref begin, utf8) is { } bare ? new() { Data = bare } : null;
        if (reader.TokenType != JsonTokenType.StartObject) return null;
        List<T>? things = null;
        string? first = null, last = null, mark = null;
        bool? more = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("data"u8)) things = readList(ref reader, utf8);
            else if (reader.Is("object"u8)) reader.SkipMember();
            else if (reader.Is("has_more"u8)) more = reader.ReadBool();
            else if (reader.Is("first_id"u8)) first = reader.ReadString(utf8);
            else if (reader.Is("last_id"u8)) last = reader.ReadString(utf8);
            else if (next is not null && reader.Is(next)) mark = reader.ReadString(utf8);
            else extra.Take(ref reader, utf8);
        }
        if (things is null) return null;
        if (next is null) mark = string.IsNullOrEmpty(last) ? things is [.., var end] ? id(end) : null : last;
        else if (mark is { Length: 0 }) mark = null;
        return new() { Data = things, HasMore = more ?? (next is not null && mark is not null), FirstId = first, LastId = mark, Extra = extra.ToExtra() };
    }
}
