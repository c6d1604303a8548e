using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// The tools that Anthropic makes: those that run at its own servers (web search and fetch, code execution, tool search, MCP servers), and those whose calls the caller runs, as the
/// caller's own (bash, text editor, computer, memory). Services of other formats are not given them, with a warning.
/// </summary>
/// <remarks>Source: "Tool reference" of Anthropic's documentation and the types of its SDK, version 1.14 (2026-11). A version is the date at the end of a tool's type.</remarks>
public static class AnthropicTools
{
    /// <summary>Searches the web; what the answer cites is in <see cref="Message.Annotations"/>.</summary>
    public static Tool WebSearch() => WebSearch(new AnthropicWebSearch());

    /// <summary>Searches the web; what the answer cites is in <see cref="Message.Annotations"/>.</summary>
    public static Tool WebSearch(AnthropicWebSearch options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Of($"web_search_{options.Version}", "web_search", json =>
        {
            Texts(json, "allowed_domains"u8, options.AllowedDomains);
            Texts(json, "blocked_domains"u8, options.BlockedDomains);
            if (options.MaxUses is { } uses) json.WriteNumber("max_uses"u8, uses);
            if (options.UserLocation is { } place) Place(json, place);
        });
    }

    /// <summary>Reads pages and PDFs whose address the conversation holds.</summary>
    public static Tool WebFetch() => WebFetch(new AnthropicWebFetch());

    /// <summary>Reads pages and PDFs whose address the conversation holds.</summary>
    public static Tool WebFetch(AnthropicWebFetch options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return Of($"web_fetch_{options.Version}", "web_fetch", json =>
        {
            Texts(json, "allowed_domains"u8, options.AllowedDomains);
            Texts(json, "blocked_domains"u8, options.BlockedDomains);
            if (options.MaxUses is { } uses) json.WriteNumber("max_uses"u8, uses);
            if (options.MaxContentTokens is { } tokens) json.WriteNumber("max_content_tokens"u8, tokens);
            if (!options.Cite) return;
            json.WriteStartObject("citations"u8);
            json.WriteBoolean("enabled"u8, true);
            json.WriteEndObject();
        });
    }

    /// <summary>Runs code and edits files in a container of the service.</summary>
    /// <param name="version">The tool's version; from <c>20260120</c> on the code may call other tools.</param>
    public static Tool CodeExecution(string version = "20250825") => Of($"code_execution_{version}", "code_execution");

    /// <summary>Finds tools by a regular expression of the model's, among those whose <c>defer_loading</c> is true: <see cref="Deferred"/>.</summary>
    public static Tool ToolSearchByRegex(string version = "20251119") => Of($"tool_search_tool_regex_{version}", "tool_search_tool_regex");

    /// <summary>Finds tools by words of the model's, among those whose <c>defer_loading</c> is true: <see cref="Deferred"/>.</summary>
    public static Tool ToolSearchByWords(string version = "20251119") => Of($"tool_search_tool_bm25_{version}", "tool_search_tool_bm25");

    /// <summary>The tools of an MCP server, which <see cref="AnthropicOptions.McpServers"/> tells the address of.</summary>
    /// <param name="server">The server's name there.</param>
    /// <param name="only">The tools that alone are offered; none offers all.</param>
    public static Tool McpTools(string server, params string[] only) => Of("mcp_toolset", name: null, json =>
    {
        json.WriteString("mcp_server_name"u8, server);
        if (only is not { Length: > 0 }) return;
        Enabled(json, "default_config", isEnabled: false);
        json.WriteStartObject("configs"u8);
        foreach (var tool in only) Enabled(json, tool, isEnabled: true);
        json.WriteEndObject();
    });

    /// <summary>Commands of a shell, which the caller runs.</summary>
    public static Tool Bash(string version = "20250124") => Of($"bash_{version}", "bash");

    /// <summary>Edits of files, which the caller makes.</summary>
    /// <param name="maxCharacters">How many characters of a file are shown at most; null for all of them.</param>
    public static Tool TextEditor(int? maxCharacters = null) => Of("text_editor_20250728", "str_replace_based_edit_tool", json =>
    {
        if (maxCharacters is { } most) json.WriteNumber("max_characters"u8, most);
    });

    /// <summary>Clicks, keys and pictures of a screen, which the caller makes.</summary>
    /// <param name="width">The screen's width in pixels.</param>
    /// <param name="height">The screen's height in pixels.</param>
    /// <param name="version">The tool's version: Claude before 4.5 Opus takes <c>20250124</c>.</param>
    public static Tool Computer(int width, int height, string version = "20251124") => Of($"computer_{version}", "computer", json =>
    {
        json.WriteNumber("display_width_px"u8, width);
        json.WriteNumber("display_height_px"u8, height);
    });

    /// <summary>Files that the model keeps from one conversation to the next, which the caller stores.</summary>
    public static Tool Memory(string version = "20250818") => Of($"memory_{version}", "memory");

    /// <summary>A tool that is not in the prompt before a tool search has found it.</summary>
    public static Tool Deferred(Tool tool)
    {
        ArgumentNullException.ThrowIfNull(tool);
        return tool with { Extra = tool.Extra.With("defer_loading", "true") };
    }

    /// <summary>Any tool of Anthropic's, of any version, by its type.</summary>
    /// <param name="type">As <c>web_search_20260318</c>.</param>
    /// <param name="members">Its other members, <c>name</c> among them.</param>
    public static Tool Of(string type, Extra members) => new() { Type = type, Format = AnthropicOptions.Format, Extra = members };

    private static Tool Of(string type, string? name, Action<Utf8JsonWriter>? write = null) => Of(type, Extra.Trusted(JsonOut.ToUtf8((name, write), static (json, it) =>
    {
        json.WriteStartObject();
        if (it.name is not null) json.WriteString("name"u8, it.name);
        it.write?.Invoke(json);
        json.WriteEndObject();
    })));

    private static void Enabled(Utf8JsonWriter json, string name, bool isEnabled)
    {
        json.WriteStartObject(name);
        json.WriteBoolean("enabled"u8, isEnabled);
        json.WriteEndObject();
    }

    private static void Place(Utf8JsonWriter json, AnthropicPlace place)
    {
        json.WriteStartObject("user_location"u8);
        json.WriteString("type"u8, "approximate"u8);
        if (place.City is { } city) json.WriteString("city"u8, city);
        if (place.Region is { } region) json.WriteString("region"u8, region);
        if (place.Country is { } country) json.WriteString("country"u8, country);
        if (place.TimeZone is { } zone) json.WriteString("timezone"u8, zone);
        json.WriteEndObject();
    }

    private static void Texts(Utf8JsonWriter json, ReadOnlySpan<byte> name, IReadOnlyList<string>? texts)
    {
        if (texts is null) return;
        json.WriteStartArray(name);
        foreach (var text in texts) json.WriteStringValue(text);
        json.WriteEndArray();
    }
}

/// <summary>How the web is searched.</summary>
public sealed record AnthropicWebSearch
{
    /// <summary>The tool's version. From <c>20260209</c> on results are filtered by code of the model's, for Claude 4.6 and later ones.</summary>
    public string Version { get; init; } = "20250305";

    /// <summary>How many searches there may be in one request; null for no limit.</summary>
    public int? MaxUses { get; init; }

    /// <summary>The only domains to find pages of, without <c>https://</c>; not beside <see cref="BlockedDomains"/>.</summary>
    public IReadOnlyList<string>? AllowedDomains { get; init; }

    /// <summary>Domains to find no pages of, without <c>https://</c>.</summary>
    public IReadOnlyList<string>? BlockedDomains { get; init; }

    /// <summary>Where the person is, for results that fit.</summary>
    public AnthropicPlace? UserLocation { get; init; }
}

/// <summary>Roughly where a person is.</summary>
public sealed record AnthropicPlace
{
    /// <summary>The town or city, as <c>Oslo</c>.</summary>
    public string? City { get; init; }

    /// <summary>The state, province or the like.</summary>
    public string? Region { get; init; }

    /// <summary>The country, by its two letters of ISO 3166: <c>NO</c>.</summary>
    public string? Country { get; init; }

    /// <summary>The time zone by its name in the IANA database: <c>Europe/Oslo</c>.</summary>
    public string? TimeZone { get; init; }
}

/// <summary>How pages are read.</summary>
public sealed record AnthropicWebFetch
{
    /// <summary>The tool's version. From <c>20260209</c> on pages are filtered by code of the model's, for Claude 4.6 and later ones.</summary>
    public string Version { get; init; } = "20250910";

    /// <summary>How many pages may be read in one request; null for no limit.</summary>
    public int? MaxUses { get; init; }

    /// <summary>The only domains to read pages of, without <c>https://</c>; not beside <see cref="BlockedDomains"/>.</summary>
    public IReadOnlyList<string>? AllowedDomains { get; init; }

    /// <summary>Domains to read no pages of, without <c>https://</c>.</summary>
    public IReadOnlyList<string>? BlockedDomains { get; init; }

    /// <summary>About how many tokens of a page's text are taken at most; null for all of them.</summary>
    public int? MaxContentTokens { get; init; }

    /// <summary>Whether the answer shall cite the pages.</summary>
    public bool Cite { get; init; }
}
