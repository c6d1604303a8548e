using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A list of what the simulator keeps, given by pages as a call's query asks for them: the newest first where it says nothing.</summary>
/// <param name="Kind">What one of it is, for errors.</param>
/// <param name="Id">The id of one.</param>
/// <param name="Write">Writes one.</param>
internal sealed record SandboxList<T>(string Kind, Func<T, string?> Id, Action<Utf8JsonWriter, T> Write)
{
    /// <summary>How many a page holds where the query does not say.</summary>
    public int Usual { get; init; } = 20;

    /// <summary>How many a page may hold.</summary>
    public int Most { get; init; } = 100;

    /// <summary>One page.</summary>
    /// <param name="query">What is asked for.</param>
    /// <param name="all">All there is, the oldest first.</param>
    public SandboxAnswer Page(Dictionary<string, string> query, IEnumerable<T> all)
    {
        var limit = Usual;
        if (query.TryGetValue("limit", out var most) && (!int.TryParse(most, NumberStyles.None, CultureInfo.InvariantCulture, out limit) || limit < 1 || limit > Most))
            throw new SandboxRefusal($"'limit' must be from 1 to {Most}.", "limit", "invalid_value");
        var order = query.GetValueOrDefault("order", "desc");
        if (order is not ("asc" or "desc")) throw new SandboxRefusal("'order' must be asc or desc.", "order", "invalid_value");
        var left = all.ToList();
        if (order == "desc") left.Reverse();
        if (query.GetValueOrDefault("after") is { Length: > 0 } after)
        {
            var at = left.FindIndex(one => Id(one) == after);
            if (at < 0) throw new SandboxRefusal($"'after' names no {Kind}: '{after}'.", "after", "invalid_value");
            left.RemoveRange(0, at + 1);
        }
        var page = left.Take(limit).ToList();
        return SandboxAnswer.Json(json =>
        {
            json.WriteStartObject();
            json.WriteString("object", "list");
            json.WriteStartArray("data");
            foreach (var one in page) Write(json, one);
            json.WriteEndArray();
            json.WriteString("first_id", page is [var first, ..] ? Id(first) : "");
            json.WriteString("last_id", page is [.., var last] ? Id(last) : "");
            json.WriteBoolean("has_more", left.Count > page.Count);
            json.WriteEndObject();
        });
    }
}
