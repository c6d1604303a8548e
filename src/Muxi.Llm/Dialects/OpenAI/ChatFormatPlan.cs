namespace Muxi.Llm;

/// <summary>The answer's form as a service takes it: one that it does not know becomes the nearest that it does, and a schema that it does not take is told in the instructions.</summary>
internal static class ChatFormatPlan
{
    /// <summary>The request in a form that the service takes.</summary>
    public static ChatCompletionRequest For(OpenAIChat quirks, ChatCompletionRequest request, Warnings warnings, bool stream = false)
    {
        if (request.ResponseFormat is not { Type: not "text" } format || request.Extra.Holds("response_format"u8)) return request;
        if (quirks.Drops.Contains("response_format")) return format.Type == "json_schema" ? Told(quirks, request, format) : request;
        if (StandsApart(quirks, request, stream) is { } other)
        {
            warnings.Add("response_format", $"{(format.Schema.IsEmpty ? "left out" : "told in the instructions, so it is not guaranteed")}: the service takes no form of the answer {other}");
            return Told(quirks, request with { ResponseFormat = null }, format);
        }
        if (quirks.SchemaFormat is { } own && format.Type == "json_schema" && !format.Schema.IsEmpty) return request with { ResponseFormat = new() { Type = own, Extra = default(Extra).With("value", format.Schema) } };
        if (quirks.ResponseFormats.IsEmpty || quirks.ResponseFormats.Contains(format.Type)) return request;
        var isTold = format.Type == "json_schema" && !format.Schema.IsEmpty && quirks.SchemaInstruction is not null;
        if (format.Type == "json_schema" && quirks.ResponseFormats.Contains("json_object"))
        {
            warnings.Add("response_format", $"sent as json_object{(isTold ? ", with the schema in the instructions" : "")}: the service takes no schema, so the answer is JSON but need not follow it");
            return Told(quirks, request with { ResponseFormat = ResponseFormat.JsonObject }, format);
        }
        if (format.Type == "json_object" && quirks.ResponseFormats.Contains("json_schema"))
        {
            warnings.Add("response_format", "sent as a schema of any object: the service knows no json_object");
            return request with { ResponseFormat = ResponseFormat.JsonSchema("object", """{"type":"object"}""") with { Strict = null } };
        }
        warnings.Add("response_format", isTold ? "told in the instructions, so it is not guaranteed: the service takes no schema" : $"left out: the service does not take '{format.Type}'");
        return Told(quirks, request with { ResponseFormat = null }, format);
    }

    /// <summary>What a form of the answer does not go together with, of what the request has; null for nothing.</summary>
    private static string? StandsApart(OpenAIChat quirks, ChatCompletionRequest request, bool stream) =>
        !quirks.FormatsWithTools && request.Tools is { Count: > 0 } ? "beside tools" : !quirks.FormatsInStreams && stream ? "in a stream" : null;

    /// <summary>The request with the schema in its instructions: some templates take one system message alone, and in front.</summary>
    private static ChatCompletionRequest Told(OpenAIChat quirks, ChatCompletionRequest request, ResponseFormat format)
    {
        if (quirks.SchemaInstruction is not { } instruction || format.Schema.IsEmpty || request.Extra.Holds("messages"u8)) return request;
        var text = $"{instruction}\n{SchemaNode.Compact(format.Schema)}";
        if (request.Messages is [{ Role.Value: "system" or "developer", Content: { } first } system, ..] && system.Blocks.All(block => block.Type == ContentPartType.Text))
            return request with { Messages = [system with { Content = $"{first}\n\n{text}" }, .. request.Messages.Skip(1)] };
        return request with { Messages = [Message.System(text), .. request.Messages] };
    }
}
