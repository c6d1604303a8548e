using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads and checks a chat request; what OpenAI would refuse is a <see cref="SandboxRefusal"/> with OpenAI's <c>param</c> and <c>code</c>.</summary>
internal sealed class SandboxChatReader(JsonElement root)
{
    private static readonly string[] Roles = ["system", "developer", "user", "assistant", "tool", "function"];

    public SandboxChatRequest Read()
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw new SandboxRefusal("The body is not a JSON object.", null, null);
        var model = Model();
        var messages = Messages();
        Number("temperature", 0, 2);
        Number("top_p", 0, 1);
        Number("frequency_penalty", -2, 2);
        Number("presence_penalty", -2, 2);
        Integer("seed", long.MinValue, long.MaxValue);
        var stream = Flag("stream") ?? false;
        if (root.Get("stream_options") is not null && !stream)
            throw new SandboxRefusal("'stream_options' goes with 'stream': true only.", "stream_options", null);
        var logprobs = Flag("logprobs") ?? false;
        var top = (int?)Integer("top_logprobs", 0, 20);
        if (top is not null && !logprobs)
            throw new SandboxRefusal("'top_logprobs' goes with 'logprobs': true only.", "top_logprobs", null);
        ResponseFormat();
        return new SandboxChatRequest
        {
            Model = model, Messages = messages, Json = root, Stream = stream,
            IncludeUsage = root.Get("stream_options") is { } options && options.Is("include_usage"),
            Choices = (int?)Integer("n", 1, 128) ?? 1, Stop = Stop(), Logprobs = logprobs, TopLogprobs = top ?? 0,
            MaxTokens = (int?)(Integer("max_completion_tokens", 1, int.MaxValue) ?? Integer("max_tokens", 1, int.MaxValue)),
            Effort = Text("reasoning_effort") is { } effort && effort != "none" ? effort : null, AudioFormat = AudioFormat(stream),
            Tools = SandboxToolReader.Callable(root, messages), Legacy = root.Get("tools") is null && root.Get("functions") is not null,
        };
    }

    private string Model()
    {
        var model = Text("model");
        return string.IsNullOrEmpty(model) ? throw Missing("model") : model;
    }

    private List<SandboxMessage> Messages()
    {
        if (root.Get("messages") is not { } list)
            throw Missing("messages");
        if (list.ValueKind != JsonValueKind.Array)
            throw WrongType("messages", "an array of objects", list);
        if (list.GetArrayLength() == 0)
            throw new SandboxRefusal("Invalid 'messages': empty array. At least one message is needed.", "messages", "empty_array");
        return [.. list.EnumerateArray().Select((message, index) => Message(message, $"messages[{index}]"))];
    }

    private static SandboxMessage Message(JsonElement message, string at)
    {
        if (message.ValueKind != JsonValueKind.Object)
            throw WrongType(at, "an object", message);
        var role = Required(message, "role", at);
        if (!Roles.Contains(role))
            throw Unknown($"{at}.role", role, Roles);
        if (role == "tool")
            Required(message, "tool_call_id", at);
        if (role == "function")
            Required(message, "name", at);
        var (text, parts) = Content(message, role, $"{at}.content");
        return new SandboxMessage(role, text, parts, message);
    }

    private static (string, IReadOnlyList<SandboxPart>) Content(JsonElement message, string role, string at)
    {
        if (message.Get("content") is not { } content)
            return role is "assistant" or "function" ? ("", []) : throw Missing(at);
        if (content.ValueKind == JsonValueKind.String)
            return (content.GetString()!, []);
        if (content.ValueKind != JsonValueKind.Array)
            throw WrongType(at, "a string or an array of objects", content);
        var text = "";
        var parts = new List<SandboxPart>();
        foreach (var (index, part) in content.EnumerateArray().Index())
        {
            var type = Required(part, "type", $"{at}[{index}]");
            if (type is "text" or "refusal")
                text += Required(part, type, $"{at}[{index}]");
            else
                parts.Add(SandboxPart.Of(type, part));
        }
        return (text, parts);
    }

    private IReadOnlyList<string> Stop()
    {
        if (root.Get("stop") is not { } stop)
            return [];
        if (stop.ValueKind == JsonValueKind.String)
            return [stop.GetString()!];
        if (stop.ValueKind != JsonValueKind.Array || stop.EnumerateArray().Any(item => item.ValueKind != JsonValueKind.String))
            throw WrongType("stop", "a string or an array of strings", stop);
        if (stop.GetArrayLength() > 4)
            throw new SandboxRefusal("Invalid 'stop': array too long. At most 4 sequences are taken.", "stop", "array_above_max_length");
        return [.. stop.EnumerateArray().Select(item => item.GetString()!)];
    }

    private void ResponseFormat()
    {
        if (root.Get("response_format") is not { } format)
            return;
        var type = Required(format, "type", "response_format");
        if (type is not ("text" or "json_object" or "json_schema"))
            throw Unknown("response_format.type", type, ["text", "json_object", "json_schema"]);
        if (type != "json_schema")
            return;
        Required(format.Get("json_schema") ?? throw Missing("response_format.json_schema"), "name", "response_format.json_schema");
        if (format.Get("json_schema", "schema") is { ValueKind: not JsonValueKind.Object } schema)
            throw WrongType("response_format.json_schema.schema", "an object", schema);
    }

    private string? AudioFormat(bool stream)
    {
        if (!root.Get("modalities").Items().Any(item => item.ValueKind == JsonValueKind.String && item.ValueEquals("audio")))
            return null;
        var format = root.Get("audio")?.Text("format") ?? (stream ? "pcm16" : "wav");
        return format is "wav" or "pcm16" ? format
            : throw new SandboxRefusal($"The sandbox speaks wav and pcm16, not '{format}'.", "audio.format", "unsupported_value");
    }

    private bool? Flag(string name) => root.Get(name) is not { } value ? null
        : value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw WrongType(name, "a boolean", value);

    private string? Text(string name) => root.Get(name) is not { } value ? null
        : value.ValueKind == JsonValueKind.String ? value.GetString() : throw WrongType(name, "a string", value);

    private void Number(string name, double least, double most)
    {
        if (root.Get(name) is not { } value)
            return;
        if (value.ValueKind != JsonValueKind.Number)
            throw WrongType(name, "a decimal", value);
        Bound(name, "decimal", value.GetDouble() < least, value.GetDouble() > most, $"{least} to {most}");
    }

    private long? Integer(string name, long least, long most)
    {
        if (root.Get(name) is not { } value)
            return null;
        if (value.ValueKind != JsonValueKind.Number || !value.TryGetInt64(out var number))
            throw WrongType(name, "an integer", value);
        Bound(name, "integer", number < least, number > most, $"{least} to {most}");
        return number;
    }

    private static void Bound(string name, string kind, bool below, bool above, string range)
    {
        if (below || above)
            throw new SandboxRefusal($"Invalid '{name}': it must be in {range}.", name, $"{kind}_{(below ? "below_min" : "above_max")}_value");
    }

    public static string Required(JsonElement value, string name, string at)
    {
        if (value.ValueKind != JsonValueKind.Object)
            throw WrongType(at, "an object", value);
        if (value.Get(name) is not { } member)
            throw Missing($"{at}.{name}");
        return member.ValueKind == JsonValueKind.String ? member.GetString()! : throw WrongType($"{at}.{name}", "a string", member);
    }

    public static SandboxRefusal Missing(string param) => new($"Missing required parameter: '{param}'.", param, "missing_required_parameter");

    public static SandboxRefusal WrongType(string param, string wanted, JsonElement found) =>
        new($"Invalid type for '{param}': expected {wanted}, got {found.ValueKind}.", param, "invalid_type");

    public static SandboxRefusal Unknown(string param, string value, IEnumerable<string> known) =>
        new($"Invalid value '{value}' for '{param}'. It may be: {string.Join(", ", known)}.", param, "invalid_value");
}
