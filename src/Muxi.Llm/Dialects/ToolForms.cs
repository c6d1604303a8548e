using System.Text.Json;

namespace Muxi.Llm;

/// <summary>The forms in which OpenAI's requests speak of tools, for wire formats that have forms of their own.</summary>
internal static class ToolForms
{
    /// <summary>The tools, and the functions of the form before them.</summary>
    public static IEnumerable<Tool> All(ChatCompletionRequest request)
    {
        IEnumerable<Tool> tools = request.Tools ?? [];
        if (request.Functions.IsEmpty || request.Functions.ToElement() is not { ValueKind: JsonValueKind.Array } functions) return tools;
        return tools.Concat(functions.EnumerateArray().Where(static function => function.ValueKind == JsonValueKind.Object).Select(OfFunction));
    }

    /// <summary>The choice among them, also where it is said in the form before tools; null for none.</summary>
    public static ToolChoice? Choice(ChatCompletionRequest request)
    {
        if (request.ToolChoice is not null || request.FunctionCall.IsEmpty) return request.ToolChoice;
        var element = request.FunctionCall.ToElement();
        return Text(element, "name") is { } name ? ToolChoice.Function(name) : element.ValueKind == JsonValueKind.String ? (ToolChoice)element.GetString()! : null;
    }

    /// <summary>Of <c>allowed_tools</c> the object that names them: OpenAI nests it under its type.</summary>
    public static JsonElement? Allowed(ToolChoice choice)
    {
        if (choice.Raw.IsEmpty || choice.Raw.ToElement() is not { ValueKind: JsonValueKind.Object } element) return null;
        return element.TryGetProperty("allowed_tools"u8, out var nested) && nested.ValueKind == JsonValueKind.Object ? nested : element;
    }

    /// <summary>The names of the tools that alone may be called; null where the form is another one.</summary>
    public static HashSet<string?>? AllowedNames(ToolChoice choice)
    {
        if (Allowed(choice) is not { } allowed || !allowed.TryGetProperty("tools"u8, out var tools) || tools.ValueKind != JsonValueKind.Array) return null;
        return [.. tools.EnumerateArray().Select(tool => Text(tool, "name") ?? (tool.ValueKind == JsonValueKind.Object && tool.TryGetProperty("function"u8, out var function) ? Text(function, "name") : null))];
    }

    /// <summary>A member's text; null where it is none.</summary>
    public static string? Text(JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.String ? value.GetString() : null;

    private static Tool OfFunction(JsonElement function)
    {
        var members = Extra.Trusted(((RawJson)function).Utf8.ToArray());
        return new() { Function = new(members.GetString("name") ?? "") { Description = members.GetString("description"), Parameters = members["parameters"] } };
    }
}
