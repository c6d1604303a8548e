using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Which tools a reply calls. None, when the caller says none or a tool has just answered. A tool that is named by the choice: that one.
/// Otherwise, with <c>auto</c> as with <c>required</c>: every tool whose name stands in the last user message (also with spaces for its
/// underscores and dashes); and if none stands there, the first tool. Without <c>parallel_tool_calls</c> those that the message names are
/// called one at a time: when one has answered, the next.
/// </summary>
internal static class SandboxToolReader
{
    private static readonly string[] Modes = ["none", "auto", "required"];

    public static IReadOnlyList<SandboxTool> Callable(JsonElement root, IReadOnlyList<SandboxMessage> messages)
    {
        var legacy = root.Get("tools") is null && root.Get("functions") is not null;
        var all = legacy ? Functions(root) : Tools(root);
        var chosen = Choose(root, legacy ? "function_call" : "tool_choice", all);
        return Called(chosen, messages, !legacy && root.Get("parallel_tool_calls") is not { ValueKind: JsonValueKind.False });
    }

    /// <summary>Which of the tools that may be called are.</summary>
    /// <param name="chosen">Those that may be called.</param>
    /// <param name="messages">The conversation, which is not empty.</param>
    /// <param name="several">Whether more than one may be called at once.</param>
    public static IReadOnlyList<SandboxTool> Called(IReadOnlyList<SandboxTool> chosen, IReadOnlyList<SandboxMessage> messages, bool several)
    {
        var answered = messages[^1].IsToolResult;
        if (chosen.Count == 0 || (answered && several))
            return [];
        var asked = messages.Index().LastOrDefault(entry => entry.Item.Role == "user");
        var named = chosen.Where(tool => Mentions(asked.Item?.Text ?? "", tool.Name));
        if (answered)
        {
            var made = messages.Skip(asked.Index).SelectMany(message => message.Calls()).Select(call => call.Name).ToHashSet();
            return [.. named.Where(tool => !made.Contains(tool.Name)).Take(1)];
        }
        return several ? [.. named.DefaultIfEmpty(chosen[0])] : [named.FirstOrDefault(chosen[0])];
    }

    private static List<SandboxTool> Tools(JsonElement root)
    {
        if (root.Get("tools") is { ValueKind: not JsonValueKind.Array } wrong)
            throw SandboxChatReader.WrongType("tools", "an array of objects", wrong);
        return [.. root.Get("tools").Items().Select((tool, index) => Tool(tool, $"tools[{index}]"))];
    }

    private static SandboxTool Tool(JsonElement tool, string at)
    {
        var type = SandboxChatReader.Required(tool, "type", at);
        if (type is not ("function" or "custom"))
            throw SandboxChatReader.Unknown($"{at}.type", type, ["function", "custom"]);
        var body = tool.Get(type) ?? throw SandboxChatReader.Missing($"{at}.{type}");
        return Named(body, type == "custom", $"{at}.{type}");
    }

    private static List<SandboxTool> Functions(JsonElement root) =>
        [.. root.Get("functions").Items().Select((function, index) => Named(function, false, $"functions[{index}]"))];

    public static SandboxTool Named(JsonElement body, bool custom, string at)
    {
        var name = SandboxChatReader.Required(body, "name", at);
        if (name.Length is 0 or > 64 || name.Any(letter => !char.IsAsciiLetterOrDigit(letter) && letter is not ('_' or '-')))
            throw new SandboxRefusal($"Invalid '{at}.name': only letters, digits, '_' and '-', at most 64.", $"{at}.name", "invalid_value");
        if (body.Get("parameters") is { ValueKind: not JsonValueKind.Object } parameters)
            throw SandboxChatReader.WrongType($"{at}.parameters", "an object", parameters);
        return new SandboxTool(name, custom, body);
    }

    private static List<SandboxTool> Choose(JsonElement root, string member, List<SandboxTool> all)
    {
        if (root.Get(member) is not { } choice)
            return all;
        if (choice.ValueKind == JsonValueKind.String)
            return Mode(choice.GetString()!, member, all);
        if (choice.ValueKind != JsonValueKind.Object)
            throw SandboxChatReader.WrongType(member, "a string or an object", choice);
        if (choice.Get("allowed_tools") is { } allowed)
            return Allowed(allowed, all);
        var name = (choice.Get("function") ?? choice.Get("custom") ?? choice).Text("name") ?? throw SandboxChatReader.Missing($"{member}.function.name");
        return [Find(name, all, member)];
    }

    public static List<SandboxTool> Mode(string mode, string member, List<SandboxTool> all)
    {
        if (!Modes.Contains(mode))
            throw SandboxChatReader.Unknown(member, mode, Modes);
        if (mode == "required" && all.Count == 0)
            throw new SandboxRefusal($"'{member}' goes with 'tools' only.", member, null);
        return mode == "none" ? [] : all;
    }

    private static List<SandboxTool> Allowed(JsonElement allowed, List<SandboxTool> all) =>
        [.. allowed.Get("tools").Items().Select(tool => (tool.Get("function") ?? tool.Get("custom") ?? tool).Text("name") ?? "")
            .Select(name => Find(name, all, "tool_choice.allowed_tools.tools"))];

    public static SandboxTool Find(string name, List<SandboxTool> all, string param) => all.Find(tool => tool.Name == name)
        ?? throw new SandboxRefusal($"The tool '{name}' is chosen, but it is not among the tools.", param, "invalid_value");

    private static bool Mentions(string text, string name) =>
        HasWord(text, name) || HasWord(text, name.Replace('_', ' ').Replace('-', ' '));

    private static bool HasWord(string text, string word)
    {
        for (var at = text.IndexOf(word, StringComparison.OrdinalIgnoreCase); at >= 0; at = text.IndexOf(word, at + 1, StringComparison.OrdinalIgnoreCase))
            if (IsEdge(text, at - 1) && IsEdge(text, at + word.Length))
                return true;
        return false;
    }

    private static bool IsEdge(string text, int at) => at < 0 || at >= text.Length || !(char.IsLetterOrDigit(text[at]) || text[at] == '_');
}
