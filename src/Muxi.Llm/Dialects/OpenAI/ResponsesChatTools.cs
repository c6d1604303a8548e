using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Tools and the choice among them: what chat has on two levels is one in responses.</summary>
internal static class ResponsesChatTools
{
    private const string NoArguments = """{"type":"object","properties":{}}""";

    public static List<ResponseTool>? From(OpenAIResponsesChat quirks, ChatCompletionRequest request, Warnings warnings)
    {
        var tools = new List<ResponseTool>();
        foreach (var tool in request.Tools ?? []) tools.Add(From(tool));
        foreach (var function in ResponsesChatRequest.Items(request.Functions))
            if (function.ValueKind == JsonValueKind.Object) tools.Add(Function(Members(function)));
        if (!request.WebSearchOptions.IsEmpty) AddWebSearch(quirks, request.WebSearchOptions, tools, warnings);
        return tools.Count > 0 || request.Tools is not null ? tools : null;
    }

    /// <summary>Which tools may or must be called, in the form of responses.</summary>
    public static ToolChoice? Choice(ChatCompletionRequest request)
    {
        if (request.ToolChoice is not { } choice) return Legacy(request.FunctionCall);
        if (choice.Raw.IsEmpty) return choice;
        if (choice.Name is { } name && choice.Mode is "function" or "custom") return choice.Mode == "custom" ? ToolChoice.Custom(name) : ToolChoice.Function(name);
        return choice.Mode == "allowed_tools" && Members(choice.Raw)["allowed_tools"] is { IsEmpty: false } nested ? Allowed(nested) : choice;
    }

    private static ResponseTool From(Tool tool)
    {
        if (tool.Function is { } function)
            return new()
            {
                Type = "function", Name = function.Name, Description = function.Description, Parameters = function.Parameters.IsEmpty ? NoArguments : function.Parameters,
                // Left alone it means yes here and no in chat.
                Strict = function.Strict ?? false,
                Extra = function.Extra.With(tool.Extra),
            };
        if (tool.Custom.IsEmpty) return new() { Type = tool.Type, Extra = tool.Extra };
        var members = Members(tool.Custom);
        return new()
        {
            Type = "custom", Name = members.GetString("name"), Description = members.GetString("description"), Format = Format(members["format"]),
            Extra = Without(members, "name", "description", "format").With(tool.Extra),
        };
    }

    /// <summary>A function of the form before tools.</summary>
    private static ResponseTool Function(Extra members) => new()
    {
        Type = "function", Name = members.GetString("name"), Description = members.GetString("description"), Strict = false,
        Parameters = members["parameters"] is { IsEmpty: false } parameters ? parameters : NoArguments,
    };

    /// <summary>The form of a custom tool's text: a grammar stands in a member of its own in chat.</summary>
    private static RawJson Format(RawJson format) =>
        !format.IsEmpty && Members(format) is var members && members["grammar"] is { IsEmpty: false } grammar ? members.Without("grammar").With(Members(grammar)).ToString() : format;

    private static void AddWebSearch(OpenAIResponsesChat quirks, RawJson options, List<ResponseTool> tools, Warnings warnings)
    {
        if (quirks.WebSearchTool is not { } type)
        {
            warnings.Add("web_search_options", "left out: the service has no such tool");
            return;
        }
        var settings = Members(options);
        // Where someone is stands in a member named after its type in chat.
        if (settings["user_location"] is { IsEmpty: false } place && Members(place) is var location && location["approximate"] is { IsEmpty: false } inner)
            settings = settings.With("user_location", location.Without("approximate").With(Members(inner)).ToString());
        tools.Add(ResponseTool.BuiltIn(type, settings));
    }

    private static ToolChoice Allowed(RawJson nested)
    {
        var members = Members(nested);
        var tools = ResponsesChatRequest.Items(members["tools"]).Select(tool => tool.ValueKind == JsonValueKind.Object ? Flat(Members(tool)) : tool.GetRawText());
        return ToolChoice.FromRaw(new Extra().With("type", "\"allowed_tools\"").With(members).With("tools", $"[{string.Join(',', tools)}]").ToString());
    }

    private static string Flat(Extra tool)
    {
        var type = tool.GetString("type") ?? "";
        return (tool[type] is { IsEmpty: false } inner && inner.ToElement().ValueKind == JsonValueKind.Object ? tool.Without(type).With(Members(inner)) : tool).ToString();
    }

    private static ToolChoice? Legacy(RawJson call)
    {
        if (call.IsEmpty) return null;
        return Members(call).GetString("name") is { } name ? ToolChoice.Function(name) : call.AsText() is { } mode ? (ToolChoice)mode : null;
    }

    private static Extra Members(RawJson raw) => raw.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(raw.Utf8.ToArray()) : default;

    private static Extra Without(Extra extra, params ReadOnlySpan<string> names)
    {
        foreach (var name in names) extra = extra.Without(name);
        return extra;
    }
}
