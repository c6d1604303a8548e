using System.Net;

namespace Muxi.Llm;

/// <summary>One HTTP request as a route sees it.</summary>
/// <param name="Path">The path as it was sent, for error messages.</param>
/// <param name="Tail">What stands in the path after the route's own part, unescaped: the id in <c>/models/{id}</c>; empty elsewhere.</param>
/// <param name="Body">The whole body.</param>
/// <param name="ContentType">The body's content type with its parameters, e.g. a multipart boundary.</param>
/// <param name="Now">The time of the call.</param>
internal sealed record SandboxCall(string Path, string Tail, byte[] Body, string? ContentType, DateTimeOffset Now)
{
    /// <summary>What stands behind the path, with its question mark; empty where there is nothing.</summary>
    public string Query { get; init; } = "";

    /// <summary>The query's parameters; of those that come several times the first.</summary>
    public Dictionary<string, string> Parameters() => Query.TrimStart('?').Split('&', StringSplitOptions.RemoveEmptyEntries).Select(static pair => pair.Split('=', 2))
        .GroupBy(static pair => pair[0]).ToDictionary(static group => group.Key, static group => WebUtility.UrlDecode(group.First().ElementAtOrDefault(1) ?? ""));
}

/// <summary>What the sandbox serves at one path. A path that ends in <c>/</c> takes whatever follows it as <see cref="SandboxCall.Tail"/>.</summary>
/// <param name="Method">The only method that is served.</param>
/// <param name="Path">The end of the path; what stands before it (<c>/v1</c>, <c>/openai/v1</c>) does not matter.</param>
/// <param name="Answer">Makes the good answer, or the refusal of a wrong request. Faults are put over it afterwards.</param>
internal sealed record SandboxRoute(HttpMethod Method, string Path, Func<SandboxCall, SandboxAnswer> Answer)
{
    /// <summary>The tail of a path that this route serves; null for any other path.</summary>
    public string? Tail(string path)
    {
        if (!Path.EndsWith('/'))
            return path.EndsWith(Path, StringComparison.Ordinal) ? "" : null;
        var at = path.IndexOf(Path, StringComparison.Ordinal);
        var tail = at < 0 ? "" : Uri.UnescapeDataString(path[(at + Path.Length)..]);
        return tail.Length > 0 ? tail : null;
    }
}
