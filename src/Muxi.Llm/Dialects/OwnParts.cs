namespace Muxi.Llm;

/// <summary>What a request holds for one wire format alone: a vendor's own tools, and options that are named after the format.</summary>
internal static class OwnParts
{
    /// <summary>The request as a format takes it: with the options that are meant for it among the further members, without those and the tools that are meant for others.</summary>
    /// <param name="request">It is not changed.</param>
    /// <param name="format">The format's name; null for one that has no parts of its own.</param>
    /// <param name="warnings">Takes what is left out.</param>
    public static ChatCompletionRequest Of(ChatCompletionRequest request, string? format, Warnings warnings)
    {
        if (request.Tools?.Any(static tool => tool.Format is not null) == true) request = WithTools(request, format, warnings);
        if (request.FormatOptions is not { Count: > 0 } options) return request;
        foreach (var name in options.Keys)
            if (name != format) warnings.Add("format_options", $"those of '{name}' were left out: the service does not speak that format");
        return Merged(request, format) with { FormatOptions = null };
    }

    /// <summary>The request with the options of one format among its further members, which go before them; those of others stay.</summary>
    public static ChatCompletionRequest Merged(ChatCompletionRequest request, string? format)
    {
        if (format is null || request.FormatOptions?.TryGetValue(format, out var own) != true) return request;
        return request with { Extra = own.With(request.Extra), FormatOptions = request.FormatOptions.Where(one => one.Key != format).ToDictionary() };
    }

    private static ChatCompletionRequest WithTools(ChatCompletionRequest request, string? format, Warnings warnings)
    {
        var tools = new List<Tool>();
        foreach (var tool in request.Tools!)
        {
            if (tool.Format is null || tool.Format == format) tools.Add(tool.Format is null ? tool : tool with { Format = null });
            else warnings.Add("tools", $"'{tool.Type}' was left out: it is a tool of services that speak {tool.Format}");
        }
        if (tools.Count > 0 || !request.Functions.IsEmpty) return request with { Tools = tools };
        // Services refuse an empty list, and a choice where there are no tools.
        return request with { Tools = null, ToolChoice = null, ParallelToolCalls = null };
    }
}
