using System.Text;
using System.Text.Json.Nodes;
namespace Muxi.Llm.Tests;
/// <summary>The naive reader of responses: those items that were told whole, and where they are not all, the last event's. At most 60 lines, so that it can be checked by eye.</summary>
internal static class ResponsesChatOracle
{
    /// <summary>What came: the response with its items, or an error.</summary>
    public static (JsonObject? Response, List<JsonObject> Items, bool IsStream, JsonObject? Error) Read(byte[] body)
    {
        var text = Encoding.UTF8.GetString(body).TrimStart('\uFEFF');
        var events = text.Split(["\r\n", "\n", "\r"], 0).Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => OracleJson.Parse(line[5..])).OfType<JsonObject>().ToList();
        if (events.Count == 0 || text.TrimStart().StartsWith('{'))
        {
            var whole = OracleJson.Parse(text);
            return whole?["output"] is JsonArray ? (whole, Items(whole["output"]), false, null) : (null, [], false, whole);
        }
        var last = events.Find(one => one["type"].Str() is "response.completed" or "response.incomplete");
        if (last is not null) events = events[..(events.IndexOf(last) + 1)];
        var failed = events.Find(one => one["type"].Str() is "error" or "response.failed");
        // The seal to send back is the one of output_item.done (ReasoningItem in OpenAI's OpenAPI document); that of the last event is another one.
        List<JsonObject> items = [.. events.Where(one => one["type"].Str() == "response.output_item.done").OrderBy(one => one["output_index"].Num() ?? 0).Select(one => one["item"]!.AsObject())];
        if (Items(last?["response"]?["output"]) is var output && output.Count > items.Count) items = output;
        return (last?["response"] as JsonObject, items, true, failed ?? (last is null ? new JsonObject { ["message"] = "cut" } : null));
    }

    /// <summary>The items as a chat message says them, one line for each thing.</summary>
    public static IEnumerable<string> Said(List<JsonObject> items)
    {
        foreach (var item in items)
        {
            var type = item["type"].Str() ?? "message";
            if (type == "message" && item["content"] is not JsonArray { Count: > 0 }) yield return "text ";
            else if (type == "message")
                foreach (var (part, _) in item["content"].Items()) yield return part["type"].Str() == "refusal" ? $"refusal {part["refusal"].Str()}" : $"text {part["text"].Str()}";
            else if (type == "reasoning") yield return $"reasoning {string.Join("\n\n", Texts(item["summary"]).Concat(Texts(item["content"])))} sealed {item["encrypted_content"].Str()}";
            else if (type is "function_call" or "custom_tool_call") yield return $"{type} {item["call_id"].Str()} {item["name"].Str()} {(item["arguments"] ?? item["input"]).Str()}";
            else yield return $"{type} {item["id"].Str()}";
        }
    }

    public static string Finish(JsonObject response, List<JsonObject> items)
    {
        if (response["status"].Str() == "incomplete") return response["incomplete_details"]?["reason"].Str() is { } reason && reason != "max_output_tokens" ? reason : "length";
        return items.Exists(item => item["type"].Str() is "function_call" or "custom_tool_call") ? "tool_calls" : "stop";
    }

    private static List<JsonObject> Items(JsonNode? list) => [.. list.Items().Select(one => one.Item.AsObject())];

    private static IEnumerable<string?> Texts(JsonNode? parts) => parts.Items().Select(part => part.Item["text"].Str()).Where(text => text is { Length: > 0 });
}
