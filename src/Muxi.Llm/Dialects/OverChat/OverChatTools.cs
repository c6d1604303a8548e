using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Tools and the choice among them, which chat nests where responses are flat. OpenAI's own tools, which run at OpenAI, are left out.</summary>
internal sealed class OverChatTools
{
    /// <summary>The tools that OpenAI runs itself, and those of its agents, without the versions that follow some names.</summary>
    private static readonly string[] _ofOpenAI =
    [
        "web_search", "web_search_preview", "file_search", "code_interpreter", "image_generation", "mcp", "local_shell", "shell", "apply_patch", "computer", "computer_use", "computer_use_preview",
        "tool_search", "namespace",
    ];

    private readonly Warnings _warnings;

    public OverChatTools(ResponseRequest request, Warnings warnings)
    {
        _warnings = warnings;
        for (var i = 0; i < request.Tools?.Count; i++)
            if (Read(request.Tools[i], i) is { } tool) (Tools ??= []).Add(tool);
        if (request.ToolChoice is { } choice) Choice = Read(choice);
    }

    /// <summary>The tools that can travel; null for none.</summary>
    public List<Tool>? Tools { get; }

    public ToolChoice? Choice { get; }

    private Tool? Read(ResponseTool tool, int place)
    {
        var mark = tool.Extra["cache_control"];
        switch (tool.Type)
        {
            case "function":
                Warn(tool, place);
                return new() { Function = new(tool.Name ?? "") { Description = tool.Description, Parameters = tool.Parameters, Strict = tool.Strict }, CacheControl = mark };
            case "custom":
                Warn(tool, place);
                return new() { Type = "custom", Custom = Custom(tool), CacheControl = mark };
            case var type when IsOfOpenAI(type):
                _warnings.Add($"tools[{place}]", $"'{type}' was left out: it runs at OpenAI, and this service is asked by chat");
                return null;
            default:
                return new() { Type = tool.Type, Extra = tool.Name is { } name && !tool.Extra.Holds("name"u8) ? tool.Extra.With("name", Text(name)) : tool.Extra };
        }
    }

    /// <summary>Versions are dates: <c>web_search_preview_2025_03_11</c>, <c>web_search_2025_08_26</c>. Other services write them in one piece, <c>web_search_20250305</c>.</summary>
    private static bool IsOfOpenAI(string type) => _ofOpenAI.Contains(type) || (type.Length > 11 && type[^11] == '_' && type[^6] == '_' && type[^3] == '_' && _ofOpenAI.Contains(type[..^11]));

    private void Warn(ResponseTool tool, int place)
    {
        foreach (var name in tool.Extra.Names)
            if (name != "cache_control") _warnings.Add($"tools[{place}].{name}", "left out: a chat has no place for it");
    }

    private ToolChoice? Read(ToolChoice choice)
    {
        // Without a tool there is nothing to choose.
        if (Tools is null) return choice.Mode is "none" or "auto" ? null : Dropped(choice.Mode);
        switch (choice.Mode)
        {
            case "none" or "auto" or "required":
                return choice.Mode;
            case "function" or "custom":
                var name = choice.Name ?? Extra.Trusted(choice.Raw.Utf8.ToArray()).GetString("name") ?? "";
                return choice.Mode == "function" ? ToolChoice.Function(name) : ToolChoice.Custom(name);
            case "allowed_tools":
                return choice.Raw.IsEmpty ? choice : Allowed(choice.Raw.ToElement());
            default:
                return IsOfOpenAI(choice.Mode) ? Dropped(choice.Mode) : choice;
        }
    }

    private ToolChoice? Dropped(string mode)
    {
        _warnings.Add("tool_choice", $"'{mode}' was left out with the tools that it is about");
        return null;
    }

    /// <summary><c>{"type":"custom","name":...,"format":...}</c>; a grammar stands in an object of its own in chat.</summary>
    private static RawJson Custom(ResponseTool tool) => RawJson.Trusted(JsonOut.ToUtf8(tool, static (json, tool) =>
    {
        json.WriteStartObject();
        json.WriteString("name"u8, tool.Name);
        if (tool.Description is { } description) json.WriteString("description"u8, description);
        if (!tool.Format.IsEmpty && tool.Format.ToElement() is { ValueKind: JsonValueKind.Object } format) WriteFormat(json, format);
        json.WriteEndObject();
    }));

    private static void WriteFormat(Utf8JsonWriter json, JsonElement format)
    {
        json.WritePropertyName("format"u8);
        if (!format.TryGetProperty("type"u8, out var type) || type.ValueKind != JsonValueKind.String || !type.ValueEquals("grammar"u8) || format.TryGetProperty("grammar"u8, out _))
        {
            format.WriteTo(json);
            return;
        }
        json.WriteStartObject();
        json.WriteString("type"u8, "grammar"u8);
        json.WriteStartObject("grammar"u8);
        foreach (var member in format.EnumerateObject())
            if (member.Name != "type") member.WriteTo(json);
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static ToolChoice Allowed(JsonElement choice) => ToolChoice.FromRaw(RawJson.Trusted(JsonOut.ToUtf8(choice, static (json, choice) =>
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "allowed_tools"u8);
        json.WriteStartObject("allowed_tools"u8);
        json.WriteString("mode"u8, choice.TryGetProperty("mode"u8, out var mode) && mode.ValueKind == JsonValueKind.String ? mode.GetString() : "auto");
        json.WriteStartArray("tools"u8);
        if (choice.TryGetProperty("tools"u8, out var tools) && tools.ValueKind == JsonValueKind.Array)
            foreach (var tool in tools.EnumerateArray()) WriteAllowed(json, tool);
        json.WriteEndArray();
        json.WriteEndObject();
        json.WriteEndObject();
    })));

    private static void WriteAllowed(Utf8JsonWriter json, JsonElement tool)
    {
        if (tool.ValueKind != JsonValueKind.Object || !tool.TryGetProperty("type"u8, out var type) || !tool.TryGetProperty("name"u8, out var name)) return;
        if (type.ValueKind != JsonValueKind.String || name.ValueKind != JsonValueKind.String || type.GetString() is not ("function" or "custom")) return;
        json.WriteStartObject();
        json.WriteString("type"u8, type.GetString());
        json.WriteStartObject(type.GetString()!);
        json.WriteString("name"u8, name.GetString());
        json.WriteEndObject();
        json.WriteEndObject();
    }

    private static RawJson Text(string text) => RawJson.Trusted(JsonOut.ToUtf8(text, static (json, text) => json.WriteStringValue(text)));
}
