using System.Buffers;
using System.Text.Json;
using Muxi.Llm;

namespace Parlance;

/// <summary>Writes a request. What the format has no word for is left out with a warning; what the service could not do at all is refused, so that a fallback may do it.</summary>
internal static class ParlanceRequest
{
    public static HttpCall Render(ParlanceChat quirks, ChatCompletionRequest request, CallContext context, bool stream)
    {
        if (!quirks.Skills && request.Tools is { Count: > 0 }) throw context.Lacks("tools", $"{context.Model} has no skills; ask a larger model");
        var warnings = new List<Warning>();
        var body = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(body))
        {
            json.WriteStartObject();
            json.WriteString("voice", context.Model);
            Brief(json, request);
            Lines(json, request, context, warnings);
            Skills(json, request, warnings);
            Limits(json, quirks, request, warnings);
            if (stream) json.WriteBoolean("live", true);
            // What the caller adds to a request is the service's own and goes as it is.
            foreach (var name in request.Extra.Names) Member(json, name, request.Extra[name]);
            json.WriteEndObject();
        }
        return new(HttpMethod.Post, quirks.Path) { Body = body.WrittenMemory, Warnings = warnings };
    }

    private static bool IsBrief(Message message) => message.Role == Role.System || message.Role == Role.Developer;

    private static void Brief(Utf8JsonWriter json, ChatCompletionRequest request)
    {
        var brief = string.Join("\n\n", request.Messages.Where(IsBrief).Select(message => message.Content));
        if (brief.Length > 0) json.WriteString("brief", brief);
    }

    private static void Lines(Utf8JsonWriter json, ChatCompletionRequest request, CallContext context, List<Warning> warnings)
    {
        json.WriteStartArray("lines");
        foreach (var message in request.Messages.Where(message => !IsBrief(message)))
        {
            if (message.Blocks.Any(block => block.ImageUrl is not null || block.File is not null || block.InputAudio is not null))
                throw context.Lacks("messages", "it takes text only");
            json.WriteStartObject();
            json.WriteString("who", message.Role == Role.Assistant ? "machine" : message.Role == Role.Tool ? "skill" : "human");
            if (message.ToolCallId is { } ticket) json.WriteString("ticket", ticket);
            if (!string.IsNullOrEmpty(message.Content)) json.WriteString("text", message.Content);
            if (message.ToolCalls.Count > 0) Asks(json, message.ToolCalls, warnings);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Asks(Utf8JsonWriter json, IReadOnlyList<ToolCall> calls, List<Warning> warnings)
    {
        json.WriteStartArray("asks");
        foreach (var call in calls)
        {
            json.WriteStartObject();
            json.WriteString("ticket", call.Id);
            json.WriteString("skill", call.Function.Name);
            json.WritePropertyName("with");
            // Another model may have written what is no JSON; the service would refuse the whole conversation for it.
            if (!TryWriteObject(json, call.Function.Arguments))
            {
                json.WriteStartObject();
                json.WriteString("text", call.Function.Arguments);
                json.WriteEndObject();
                warnings.Add(new("messages", $"the arguments of an earlier call of {call.Function.Name} are no JSON object and were sent as text"));
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static bool TryWriteObject(Utf8JsonWriter json, string text)
    {
        try
        {
            using var value = JsonDocument.Parse(string.IsNullOrWhiteSpace(text) ? "{}" : text);
            if (value.RootElement.ValueKind != JsonValueKind.Object) return false;
            value.RootElement.WriteTo(json);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }

    private static void Skills(Utf8JsonWriter json, ChatCompletionRequest request, List<Warning> warnings)
    {
        if (request.ToolChoice is { Mode: not ("auto" or "none") }) warnings.Add(new("tool_choice", "no skill can be forced here: the model decides"));
        // That no skill may be used can only be said by telling of none.
        if (request.Tools is not { Count: > 0 } tools || request.ToolChoice == ToolChoice.None) return;
        json.WriteStartArray("skills");
        foreach (var function in tools.Select(tool => tool.Function).OfType<FunctionDefinition>())
        {
            json.WriteStartObject();
            json.WriteString("name", function.Name);
            if (function.Description is { } about) json.WriteString("about", about);
            Member(json, "takes", function.Parameters.IsEmpty ? """{"type":"object","properties":{}}""" : function.Parameters);
            json.WriteEndObject();
        }
        json.WriteEndArray();
    }

    private static void Limits(Utf8JsonWriter json, ParlanceChat quirks, ChatCompletionRequest request, List<Warning> warnings)
    {
        if ((request.MaxCompletionTokens ?? request.MaxTokens) is { } limit)
        {
            if (limit > quirks.MostTokens) warnings.Add(new("max_tokens", $"{limit} is more than the {quirks.MostTokens} that an answer may have"));
            json.WriteNumber("limit", Math.Min(limit, quirks.MostTokens ?? limit));
        }
        if (request.Temperature is { } heat) json.WriteNumber("heat", heat);
        (string Name, bool IsSet)[] lost = [("top_p", request.TopP is not null), ("stop", request.Stop is { Count: > 0 }), ("seed", request.Seed is not null), ("n", request.N is > 1), ("response_format", request.ResponseFormat is { Type: not "text" })];
        foreach (var (name, isSet) in lost)
            if (isSet) warnings.Add(new(name, "Parlance has no such option"));
    }

    private static void Member(Utf8JsonWriter json, string name, RawJson value)
    {
        json.WritePropertyName(name);
        json.WriteRawValue(value.Utf8.Span);
    }
}
