using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>Reads and checks what a model is given: each item as the sandbox keeps and tells it, with an id and its content in parts.</summary>
/// <param name="request">The request, from which ids are made.</param>
/// <param name="find">An item that is kept, by its id.</param>
internal sealed class SandboxItemReader(SandboxRequest request, Func<string, JsonObject?> find)
{
    private static readonly string[] _roles = ["user", "assistant", "system", "developer"];

    private static readonly string[] _parts = ["input_text", "input_image", "input_file", "input_audio", "output_text", "refusal", "reasoning_text", "summary_text"];

    // Those of the service's own tools are known and no more: the sandbox has no such tools.
    private static readonly HashSet<string> _known =
    [
        "message", "reasoning", "function_call", "function_call_output", "custom_tool_call", "custom_tool_call_output", "item_reference", "compaction", "web_search_call",
        "file_search_call", "code_interpreter_call", "image_generation_call", "computer_call", "computer_call_output", "local_shell_call", "local_shell_call_output", "shell_call",
        "shell_call_output", "apply_patch_call", "apply_patch_call_output", "mcp_call", "mcp_list_tools", "mcp_approval_request", "mcp_approval_response", "tool_search_call",
        "tool_search_output", "additional_tools", "program", "program_output", "compaction_trigger",
    ];

    /// <summary>The items of the request's input: a mere text is one message of the user's.</summary>
    public IReadOnlyList<JsonObject> Read() => request["input"] switch
    {
        null => [],
        { ValueKind: JsonValueKind.String } text => [Message(new() { ["role"] = "user", ["content"] = text.GetString() }, "input", 0)],
        { ValueKind: JsonValueKind.Array } items => [.. items.EnumerateArray().Select((item, index) => Item(item, index))],
        { } other => throw SandboxChatReader.WrongType("input", "a string or an array of objects", other),
    };

    private JsonObject Item(JsonElement item, int index)
    {
        var at = string.Create(CultureInfo.InvariantCulture, $"input[{index}]");
        if (item.ValueKind != JsonValueKind.Object) throw SandboxChatReader.WrongType(at, "an object", item);
        var type = item.Get("type") is null ? "message" : SandboxChatReader.Required(item, "type", at);
        if (!_known.Contains(type)) throw SandboxChatReader.Unknown($"{at}.type", type, _known.Order(StringComparer.Ordinal));
        var kept = JsonObject.Create(item.Clone())!;
        switch (type)
        {
            case "message":
                return Message(kept, at, index);
            case "item_reference":
                return Referred(SandboxChatReader.Required(item, "id", at));
            case "reasoning":
                Verify(item, at);
                return kept;
            case "compaction":
                SandboxSeal.Open(SandboxChatReader.Required(item, "encrypted_content", at), item.Text("id"));
                return With(kept, "cmp_", index);
            case "function_call":
                SandboxChatReader.Required(item, "call_id", at);
                SandboxChatReader.Required(item, "name", at);
                SandboxChatReader.Required(item, "arguments", at);
                return With(kept, "fc_", index, "completed");
            case "custom_tool_call":
                SandboxChatReader.Required(item, "call_id", at);
                SandboxChatReader.Required(item, "name", at);
                SandboxChatReader.Required(item, "input", at);
                return With(kept, "ctc_", index, "completed");
            case "function_call_output" or "custom_tool_call_output":
                SandboxChatReader.Required(item, "call_id", at);
                Output(item, at);
                return With(kept, type == "function_call_output" ? "fco_" : "ctco_", index, "completed");
            default:
                return kept;
        }
    }

    private JsonObject Message(JsonObject message, string at, int index)
    {
        var role = (message["role"] as JsonValue)?.GetValueKind() == JsonValueKind.String ? (string)message["role"]! : throw SandboxChatReader.Missing($"{at}.role");
        if (!_roles.Contains(role)) throw SandboxChatReader.Unknown($"{at}.role", role, _roles);
        message["type"] = "message";
        message["content"] = message["content"] switch
        {
            JsonValue value when value.GetValueKind() == JsonValueKind.String => new JsonArray(Text(role, (string)value!)),
            JsonArray parts => new JsonArray([.. parts.Select((part, place) => Part(part, string.Create(CultureInfo.InvariantCulture, $"{at}.content[{place}]")))]),
            null => throw SandboxChatReader.Missing($"{at}.content"),
            var other => throw SandboxChatReader.WrongType($"{at}.content", "a string or an array of objects", JsonElement.Parse(other.ToJsonString())),
        };
        return With(message, "msg_", index, "completed");
    }

    /// <summary>A message's text as a part; what the assistant says is output also where it comes back.</summary>
    private static JsonObject Text(string role, string text) => role == "assistant"
        ? new() { ["type"] = "output_text", ["text"] = text, ["annotations"] = new JsonArray(), ["logprobs"] = new JsonArray() }
        : new() { ["type"] = "input_text", ["text"] = text };

    private static JsonNode Part(JsonNode? part, string at)
    {
        if (part is not JsonObject || part["type"] is not JsonValue word || word.GetValueKind() != JsonValueKind.String) throw SandboxChatReader.Missing($"{at}.type");
        var type = (string)word!;
        if (!_parts.Contains(type)) throw SandboxChatReader.Unknown($"{at}.type", type, _parts);
        var copy = (JsonObject)part.DeepClone();
        switch (type)
        {
            case "input_image":
                if (copy["image_url"] is null && copy["file_id"] is null) throw SandboxChatReader.Missing($"{at}.image_url");
                copy["detail"] ??= "auto";
                break;
            case "input_file":
                if (copy["file_id"] is null && copy["file_data"] is null && copy["file_url"] is null) throw SandboxChatReader.Missing($"{at}.file_id");
                break;
            case "input_audio":
                if (copy["input_audio"] is not JsonObject) throw SandboxChatReader.Missing($"{at}.input_audio");
                break;
            case "output_text":
                copy["annotations"] ??= new JsonArray();
                copy["logprobs"] ??= new JsonArray();
                goto default;
            default:
                SandboxChatReader.Required(JsonElement.Parse(copy.ToJsonString()), type == "refusal" ? "refusal" : "text", at);
                break;
        }
        return copy;
    }

    private static void Output(JsonElement item, string at)
    {
        if (item.Get("output") is not { } output) throw SandboxChatReader.Missing($"{at}.output");
        if (output.ValueKind is not (JsonValueKind.String or JsonValueKind.Array)) throw SandboxChatReader.WrongType($"{at}.output", "a string or an array of objects", output);
        foreach (var (place, part) in output.ValueKind == JsonValueKind.Array ? output.EnumerateArray().Index() : [])
            Part(JsonNode.Parse(part.GetRawText()), string.Create(CultureInfo.InvariantCulture, $"{at}.output[{place}]"));
    }

    /// <summary>Thinking that comes back must be the sandbox's own: sealed, or one that it keeps.</summary>
    private void Verify(JsonElement item, string at)
    {
        var id = item.Text("id");
        if (item.Get("encrypted_content") is not null) SandboxSeal.Open(SandboxChatReader.Required(item, "encrypted_content", at), id);
        else if (id is not null) Referred(id);
    }

    private JsonObject Referred(string id) => find(id) is { } item ? (JsonObject)item.DeepClone() : throw new SandboxRefusal(
        $"Item with id '{id}' not found. Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input.", "input", null) { Status = 404 };

    private JsonObject With(JsonObject item, string prefix, int index, string? status = null)
    {
        item["id"] ??= request.Id(prefix, string.Create(CultureInfo.InvariantCulture, $"input {index}"));
        if (status is not null) item["status"] ??= status;
        return item;
    }
}
