using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Which tools a response uses: as in a chat (<see cref="SandboxToolReader"/>), and <c>web_search</c> and <c>image_generation</c> are chosen by the same rule and run here.
/// Other tools of OpenAI's own are taken and never used.
/// </summary>
internal sealed class SandboxResponseTools(SandboxRequest request)
{
    private readonly List<SandboxTool> _chosen = Choose(request, Tools(request));

    /// <summary>Those that a conversation leads to.</summary>
    public IReadOnlyList<SandboxTool> Called(IReadOnlyList<SandboxMessage> messages) =>
        SandboxToolReader.Called(_chosen, messages, request["parallel_tool_calls"] is not { ValueKind: JsonValueKind.False });

    private static List<SandboxTool> Tools(SandboxRequest request)
    {
        if (request["tools"] is { ValueKind: not JsonValueKind.Array } wrong) throw SandboxChatReader.WrongType("tools", "an array of objects", wrong);
        return [.. request["tools"].Items().Select(static (tool, index) => Tool(tool, string.Create(CultureInfo.InvariantCulture, $"tools[{index}]"))).OfType<SandboxTool>()];
    }

    private static SandboxTool? Tool(JsonElement tool, string at)
    {
        var type = SandboxChatReader.Required(tool, "type", at);
        if (type is "function" or "custom") return SandboxToolReader.Named(tool, type == "custom", at);
        return type.StartsWith("web_search", StringComparison.Ordinal) ? new("web_search", false, tool) : type == "image_generation" ? new(type, false, tool) : null;
    }

    private static List<SandboxTool> Choose(SandboxRequest request, List<SandboxTool> all)
    {
        if (request["tool_choice"] is not { } choice) return all;
        if (choice.ValueKind == JsonValueKind.String) return SandboxToolReader.Mode(choice.GetString()!, "tool_choice", all);
        if (choice.ValueKind != JsonValueKind.Object) throw SandboxChatReader.WrongType("tool_choice", "a string or an object", choice);
        var type = SandboxChatReader.Required(choice, "type", "tool_choice");
        return type == "allowed_tools" ? [.. choice.Get("tools").Items().Select(tool => Find(tool, all, "tool_choice.tools"))] : [Find(choice, all, "tool_choice")];
    }

    private static SandboxTool Find(JsonElement wanted, List<SandboxTool> all, string param)
    {
        var type = SandboxChatReader.Required(wanted, "type", param);
        var name = type is "function" or "custom" ? SandboxChatReader.Required(wanted, "name", param) : type.StartsWith("web_search", StringComparison.Ordinal) ? "web_search" : type;
        return SandboxToolReader.Find(name, all, param);
    }
}
