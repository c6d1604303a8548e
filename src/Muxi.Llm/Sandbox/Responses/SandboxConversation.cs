using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>Items as the messages of a chat, so that the sandbox says the same to the same words, whichever way they come.</summary>
internal static class SandboxConversation
{
    public static JsonArray Messages(string? instructions, IEnumerable<JsonObject> items)
    {
        var messages = new JsonArray();
        if (instructions is not null) messages.Add((JsonNode)new JsonObject { ["role"] = "system", ["content"] = instructions });
        foreach (var item in items) Add(messages, item);
        return messages;
    }

    private static void Add(JsonArray messages, JsonObject item)
    {
        switch ((string?)item["type"])
        {
            case "message":
                messages.Add((JsonNode)new JsonObject { ["role"] = (string?)item["role"], ["content"] = Parts((JsonArray)item["content"]!) });
                break;
            case "function_call":
                Calls(messages).Add((JsonNode)new JsonObject
                {
                    ["id"] = (string?)item["call_id"], ["type"] = "function", ["function"] = new JsonObject { ["name"] = (string?)item["name"], ["arguments"] = (string?)item["arguments"] },
                });
                break;
            case "custom_tool_call":
                Calls(messages).Add((JsonNode)new JsonObject
                {
                    ["id"] = (string?)item["call_id"], ["type"] = "custom", ["custom"] = new JsonObject { ["name"] = (string?)item["name"], ["input"] = (string?)item["input"] },
                });
                break;
            case "function_call_output" or "custom_tool_call_output":
                var content = item["output"] is JsonArray parts ? Parts(parts) : item["output"]!.DeepClone();
                messages.Add((JsonNode)new JsonObject { ["role"] = "tool", ["tool_call_id"] = (string?)item["call_id"], ["content"] = content });
                break;
            case "compaction":
                messages.Add((JsonNode)new JsonObject { ["role"] = "assistant", ["content"] = SandboxSeal.Open((string)item["encrypted_content"]!, (string?)item["id"]) });
                break;
        }
    }

    /// <summary>The calls of the assistant's message at the end, which is begun where there is none.</summary>
    private static JsonArray Calls(JsonArray messages)
    {
        if (messages is not [.., JsonObject last] || (string?)last["role"] != "assistant") messages.Add((JsonNode)(last = new JsonObject { ["role"] = "assistant" }));
        if (last["tool_calls"] is not JsonArray calls) last["tool_calls"] = calls = [];
        return calls;
    }

    private static JsonArray Parts(JsonArray parts) => new([.. parts.Select(static part => Part((JsonObject)part!))]);

    private static JsonNode Part(JsonObject part) => (string?)part["type"] switch
    {
        "input_image" when part["image_url"] is { } url => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = url.DeepClone() } },
        "input_image" => new JsonObject { ["type"] = "image_url", ["image_url"] = new JsonObject { ["url"] = $"file://{part["file_id"]}" } },
        "input_file" => new JsonObject { ["type"] = "file", ["file"] = File(part) },
        "input_audio" => new JsonObject { ["type"] = "input_audio", ["input_audio"] = part["input_audio"]!.DeepClone() },
        "refusal" => new JsonObject { ["type"] = "refusal", ["refusal"] = part["refusal"]!.DeepClone() },
        _ => new JsonObject { ["type"] = "text", ["text"] = part["text"]!.DeepClone() },
    };

    private static JsonObject File(JsonObject part)
    {
        var file = new JsonObject();
        foreach (var name in (string[])["filename", "file_data", "file_id"])
            if (part[name] is { } value) file[name] = value.DeepClone();
        if (part["file_url"] is { } url) file["file_id"] = url.DeepClone();
        return file;
    }
}
