using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm;

/// <summary>Reads and checks a request for a response; what OpenAI would refuse is a <see cref="SandboxRefusal"/> with OpenAI's <c>param</c> and <c>code</c>.</summary>
/// <param name="request">The body.</param>
/// <param name="kept">The responses that can be gone on from.</param>
internal sealed class SandboxResponseReader(SandboxRequest request, SandboxKeptResponses kept)
{
    // What means something else in a chat, or is put into a chat's words.
    private static readonly HashSet<string> _translated =
    [
        "model", "input", "instructions", "tools", "tool_choice", "text", "reasoning", "max_output_tokens", "stream", "stream_options", "top_logprobs",
        "messages", "n", "stop", "modalities", "audio", "functions", "function_call", "response_format", "logprobs", "max_tokens", "max_completion_tokens", "reasoning_effort",
    ];

    private static readonly string[] _efforts = ["none", "minimal", "low", "medium", "high", "xhigh", "max"];

    /// <summary>A whole request.</summary>
    public SandboxResponseRequest Read()
    {
        request.Model();
        var most = request.Integer("max_output_tokens", 16, int.MaxValue);
        request.Integer("top_logprobs", 0, 20);
        request.Integer("max_tool_calls", 1, int.MaxValue);
        request.Number("temperature", 0, 2);
        request.Number("top_p", 0, 1);
        var (streamed, background, stored) = (request.Flag("stream"), request.Flag("background"), request["store"] is null || request.Flag("store"));
        if (request["stream_options"] is not null && !streamed) throw new SandboxRefusal("'stream_options' goes with 'stream': true only.", "stream_options", null);
        if (background && !stored) throw new SandboxRefusal("'background' goes with 'store': true only: what nobody keeps cannot be looked at later.", "background", null);
        return Read(most) with { IsStreamed = streamed, IsInBackground = background, IsStored = stored };
    }

    /// <summary>A request of which only what the model is given matters; its model may be missing.</summary>
    public SandboxResponseRequest ReadInput() => Read(null);

    private SandboxResponseRequest Read(int? most)
    {
        var input = new SandboxItemReader(request, kept.Item).Read();
        var before = request.Text("previous_response_id") is { } previous ? kept.Conversation(previous) : null;
        if (request["input"] is null && before is null) throw new SandboxRefusal("One of 'input' or 'previous_response_id' must be provided.", "input", "missing_required_parameter");
        IReadOnlyList<JsonObject> conversation = [.. before ?? [], .. input];
        var tools = new SandboxResponseTools(request);
        var includes = Includes();
        var effort = Effort();
        var body = Chat(conversation, most, effort, includes.Contains("message.output_text.logprobs"));
        var chat = new SandboxChatReader(JsonElement.Parse(body.ToJsonString())).Read();
        var called = tools.Called(chat.Messages);
        return new()
        {
            Json = request, Input = input, Conversation = conversation, Chat = chat with { Tools = [.. called.Where(static tool => !IsOwn(tool))] },
            Own = chat.Model == SandboxModels.Echo ? [] : [.. called.Where(IsOwn)],
            Summarises = request["reasoning"]?.Text("summary") is not null, Seals = includes.Contains("reasoning.encrypted_content"),
        };
    }

    private static bool IsOwn(SandboxTool tool) => tool.Json.Text("type") is not ("function" or "custom");

    private JsonObject Chat(IReadOnlyList<JsonObject> conversation, int? most, string? effort, bool logprobs)
    {
        var messages = SandboxConversation.Messages(request.Text("instructions"), conversation);
        // Nothing at all is said where a compacted conversation is all there is.
        if (messages.Count == 0) messages.Add((JsonNode)new JsonObject { ["role"] = "assistant" });
        var chat = new JsonObject { ["model"] = request["model"] is null ? SandboxModels.Chat : request.Model(), ["messages"] = messages };
        foreach (var member in request.Members)
            if (!_translated.Contains(member.Name)) chat[member.Name] = JsonNode.Parse(member.Value.GetRawText());
        if (most is not null) chat["max_completion_tokens"] = most;
        if (effort is not null) chat["reasoning_effort"] = effort;
        if (logprobs) (chat["logprobs"], chat["top_logprobs"]) = (true, request.Integer("top_logprobs", 0, 20) ?? 0);
        if (Format() is { } format) chat["response_format"] = format;
        if (request["text"]?.Text("verbosity") is { } verbosity) chat["verbosity"] = verbosity;
        if (Tools() is { Count: > 0 } tools) chat["tools"] = tools;
        return chat;
    }

    /// <summary>Functions and custom tools in a chat's words. The service's own tools have none there.</summary>
    private JsonArray Tools() => new([.. request["tools"].Items().Where(static tool => tool.Text("type") is "function" or "custom").Select(static tool =>
    {
        var type = tool.Text("type")!;
        var body = JsonObject.Create(tool.Clone())!;
        body.Remove("type");
        if (type == "custom" && body["format"] is JsonObject format && (string?)format["type"] == "grammar")
            body["format"] = new JsonObject { ["type"] = "grammar", ["grammar"] = new JsonObject { ["syntax"] = format["syntax"]?.DeepClone(), ["definition"] = format["definition"]?.DeepClone() } };
        return (JsonNode)new JsonObject { ["type"] = type, [type] = body };
    })]);

    private JsonObject? Format()
    {
        if (request["text"] is { ValueKind: not JsonValueKind.Object } text) throw SandboxChatReader.WrongType("text", "an object", text);
        if (request["text"]?.Get("format") is not { } format) return null;
        var type = SandboxChatReader.Required(format, "type", "text.format");
        if (type is not ("text" or "json_object" or "json_schema")) throw SandboxChatReader.Unknown("text.format.type", type, ["text", "json_object", "json_schema"]);
        if (type != "json_schema") return new() { ["type"] = type };
        SandboxChatReader.Required(format, "name", "text.format");
        if (format.Get("schema") is not { } schema) throw SandboxChatReader.Missing("text.format.schema");
        if (schema.ValueKind != JsonValueKind.Object) throw SandboxChatReader.WrongType("text.format.schema", "an object", schema);
        var body = JsonObject.Create(format.Clone())!;
        body.Remove("type");
        return new() { ["type"] = type, ["json_schema"] = body };
    }

    private HashSet<string> Includes()
    {
        if (request["include"] is not { } include) return [];
        if (include.ValueKind != JsonValueKind.Array) throw SandboxChatReader.WrongType("include", "an array of strings", include);
        return [.. include.EnumerateArray().Select(static word => word.ValueKind == JsonValueKind.String ? word.GetString()! : throw SandboxChatReader.WrongType("include", "an array of strings", word))];
    }

    /// <summary>How much to think: a request that speaks of reasoning and not of its effort means the usual one.</summary>
    private string? Effort()
    {
        if (request["reasoning"] is not { } reasoning) return null;
        if (reasoning.ValueKind != JsonValueKind.Object) throw SandboxChatReader.WrongType("reasoning", "an object", reasoning);
        var effort = reasoning.Get("effort") is null ? null : SandboxChatReader.Required(reasoning, "effort", "reasoning");
        if (effort is not null && !_efforts.Contains(effort)) throw SandboxChatReader.Unknown("reasoning.effort", effort, _efforts);
        return effort ?? (reasoning.Get("summary") is null ? null : "medium");
    }
}
