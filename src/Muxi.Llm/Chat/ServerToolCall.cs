using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A call of a tool that ran at the service's side (web search, code execution, a tool of an MCP server), with what came of it. It is a view of the message's opaque blocks, which go back to
/// the service as they are.
/// </summary>
public sealed record ServerToolCall
{
    /// <summary>The id that the service gave the call.</summary>
    public required string Id { get; init; }

    /// <summary>The tool, as <c>web_search</c> or <c>bash_code_execution</c>.</summary>
    public required string Name { get; init; }

    /// <summary>The MCP server whose tool it is; null for a tool of the service's own.</summary>
    public string? Server { get; init; }

    /// <summary>What the tool was called with: a JSON object as a rule.</summary>
    public RawJson Input { get; init; }

    /// <summary>What came of it, in the service's form; empty while it has not come, as at the end of a turn that was broken off.</summary>
    public RawJson Output { get; init; }

    /// <summary>Whether it failed.</summary>
    public bool IsError { get; init; }

    /// <summary>Why it failed, in the service's word, as <c>max_uses_exceeded</c>; null where it did not, or where there is no word.</summary>
    public string? ErrorCode { get; init; }

    /// <summary>The pages that a search found, or that were read.</summary>
    public IReadOnlyList<ServerToolSource> Sources { get; init; } = [];

    /// <summary>What a command or program wrote; null for other tools.</summary>
    public string? Stdout { get; init; }

    /// <summary>What a command or program complained of; null for other tools.</summary>
    public string? Stderr { get; init; }

    /// <summary>The exit code of a command or program; null for other tools.</summary>
    public int? ReturnCode { get; init; }

    /// <summary>The ids of the files that were made, to be read with <see cref="LlmClient.Files"/>.</summary>
    public IReadOnlyList<string> FileIds { get; init; } = [];

    /// <summary>The calls among a message's blocks, in order, each with its result.</summary>
    internal static IReadOnlyList<ServerToolCall> Of(IReadOnlyList<ContentPart> blocks)
    {
        List<ServerToolCall>? calls = null;
        foreach (var block in blocks)
        {
            if (block.Type != ContentPartType.Opaque || block.Raw.IsEmpty || block.Raw.ToElement() is not { ValueKind: JsonValueKind.Object } members) continue;
            var type = Text(members, "type") ?? "";
            if (type.EndsWith("_tool_use", StringComparison.Ordinal)) (calls ??= []).Add(Begun(members));
            else if (type.EndsWith("_tool_result", StringComparison.Ordinal) && calls is not null) Finish(calls, members);
        }
        return calls ?? (IReadOnlyList<ServerToolCall>)[];
    }

    private static ServerToolCall Begun(JsonElement members) => new()
    {
        Id = Text(members, "id") ?? "", Name = Text(members, "name") ?? "", Server = Text(members, "server_name"), Input = members.TryGetProperty("input"u8, out var input) ? input : default(RawJson),
    };

    private static void Finish(List<ServerToolCall> calls, JsonElement members)
    {
        var id = Text(members, "tool_use_id");
        var at = calls.FindLastIndex(call => call.Id == id);
        if (at < 0 || !members.TryGetProperty("content"u8, out var content)) return;
        var isTold = members.TryGetProperty("is_error"u8, out var flag) && flag.ValueKind == JsonValueKind.True;
        var code = content.ValueKind == JsonValueKind.Object ? Text(content, "error_code") : null;
        calls[at] = calls[at] with
        {
            Output = content, IsError = isTold || code is not null, ErrorCode = code, Sources = SourcesOf(content), Stdout = Text(content, "stdout"), Stderr = Text(content, "stderr"),
            ReturnCode = content.ValueKind == JsonValueKind.Object && content.TryGetProperty("return_code"u8, out var exit) && exit.ValueKind == JsonValueKind.Number && exit.TryGetInt32(out var number) ? number : null,
            FileIds = FilesOf(content),
        };
    }

    /// <summary>A list of pages that were found, or one page that was read, whose title is its document's.</summary>
    private static List<ServerToolSource> SourcesOf(JsonElement content)
    {
        var sources = new List<ServerToolSource>();
        foreach (var item in content.ValueKind == JsonValueKind.Array ? content.EnumerateArray().ToList() : [content])
        {
            if (Text(item, "url") is not { } url) continue;
            var title = Text(item, "title") ?? (item.TryGetProperty("content"u8, out var document) ? Text(document, "title") : null);
            sources.Add(new(url) { Title = title, Age = Text(item, "page_age") ?? Text(item, "retrieved_at") });
        }
        return sources;
    }

    private static List<string> FilesOf(JsonElement content)
    {
        if (content.ValueKind != JsonValueKind.Object || !content.TryGetProperty("content"u8, out var made) || made.ValueKind != JsonValueKind.Array) return [];
        return [.. made.EnumerateArray().Select(static item => Text(item, "file_id")).OfType<string>()];
    }

    private static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? ((RawJson)value).AsText() : null;
}

/// <summary>A page that a tool of the service found or read.</summary>
/// <param name="Url">The address of the page, as the service tells it.</param>
public sealed record ServerToolSource(string Url)
{
    /// <summary>What the page is called; null where it is not told.</summary>
    public string? Title { get; init; }

    /// <summary>How old a found page is, or when a page was read, in the service's words.</summary>
    public string? Age { get; init; }
}
