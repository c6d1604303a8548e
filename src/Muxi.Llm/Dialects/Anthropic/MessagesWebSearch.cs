using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A search of the web as OpenAI's shape asks for it: the service's own tool for that.</summary>
internal static class MessagesWebSearch
{
    private const string Name = "web_search";

    private static readonly string[] _taken = ["max_uses", "allowed_domains", "blocked_domains"];

    /// <summary>The tool; null where none is asked for, where there is none, and where the caller gives one.</summary>
    public static Tool? Tool(MessagesPlan plan, List<Tool> given)
    {
        var options = plan.Request.WebSearchOptions;
        if (options.IsEmpty) return null;
        if (plan.Quirks.WebSearchTool is not { } type)
        {
            plan.Warnings.Add("web_search_options", "left out: the service does not search the web");
            return null;
        }
        if (given.Exists(static tool => tool.Function is null && tool.Extra.GetString("name") == Name)) return null;
        var members = new Extra().With("name", $"\"{Name}\"");
        if (options.ToElement() is { ValueKind: JsonValueKind.Object } element)
            foreach (var option in element.EnumerateObject())
            {
                if (option.Value.ValueKind == JsonValueKind.Null) continue;
                if (option.Name == "user_location") members = members.With(option.Name, Place(option.Value));
                else if (_taken.Contains(option.Name)) members = members.With(option.Name, option.Value);
                else if (!(option.Name == "search_context_size" && option.Value is { ValueKind: JsonValueKind.String } size && size.ValueEquals("medium"))) plan.Warnings.Add($"web_search_options.{option.Name}", "left out: the service has nothing like it");
            }
        return new() { Type = type, Extra = members };
    }

    /// <summary>Where someone is: OpenAI's shape has it in an object within the object.</summary>
    private static RawJson Place(JsonElement place)
    {
        if (place.ValueKind != JsonValueKind.Object || !place.TryGetProperty("approximate"u8, out var inner) || inner.ValueKind != JsonValueKind.Object) return place;
        return new Extra().With("type", "\"approximate\"").With(Extra.Trusted(((RawJson)inner).Utf8.ToArray())).ToString();
    }
}
