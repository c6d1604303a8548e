using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>A recorded chat request, in our form, and the tokens of its prompt as the service charged them.</summary>
internal sealed partial record RecordedPrompt(Cassette Record, string Model, ChatCompletionRequest Request, long Charged)
{
    /// <summary>The record's prompt; null where it is no chat, or its reply tells no usage.</summary>
    public static RecordedPrompt? Of(Cassette record)
    {
        if (record.Reply.Status >= 400 || Body(record.Request.Body) is not { } wire) return null;
        if (Charge(record) is not (> 0 and var charged) || RecordedChats.Read(record, wire) is not { } chat) return null;
        var named = chat["model"].Str() is { Length: > 0 } and not "null" ? chat["model"].Str()! : Named(record);
        var model = record.Endpoint == "responses" && IsOpenAI(record) ? $"openai-responses/{named}" : IsOpenAI(record) ? named : $"{record.Provider}/{named}";
        chat["model"] = model;
        return new(record, model, ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(chat.ToJsonString())), charged);
    }

    /// <summary>Whether OpenAI answered, or who hands on to it.</summary>
    public static bool IsOpenAI(Cassette record) => record.Provider is "openai" or "azure" or "chatgpt" or "copilot";

    /// <summary>What kind of content it has, as the bands have them.</summary>
    public string Content => Request.Messages.Any(static message => message.Blocks.Any(static block => block.ImageUrl is not null || block.InputAudio is not null || block.File is not null || IsMedia(block))) ? "media"
        : Request.Tools is { Count: > 0 } || !Request.Functions.IsEmpty || Request.ResponseFormat is { Schema.IsEmpty: false } || Request.Messages.Any(static message => message.Role == Role.Tool || message.ToolCalls.Count > 0) ? "tools"
        : "text";

    /// <summary>Whether the request holds all that the model read: no tool of the service's own, nothing that it keeps, fetches or has sealed, and no host that puts a prompt of its own before each request, as Venice does.</summary>
    public bool IsWhole => Record.Provider != "venice" && Request.Extra.Names.All(static name => name == "thinking") && Request.Tools?.All(static tool => tool.Type is "function" or "custom" && (tool.Function is not null || !tool.Custom.IsEmpty)) != false
        && Request.Messages.All(static message => message.Extra.IsEmpty && message.Blocks.All(IsSeen));

    /// <summary>The share by which the count is off.</summary>
    public double Off(TokenCount count) => Math.Abs(count.InputTokens - Charged) / (double)Math.Max(1, count.InputTokens);

    private static bool IsSeen(ContentPart block) => block.Type.Value switch
    {
        "text" or "tool_call" or "refusal" => true,
        "reasoning" => block.Text is { Length: > 0 },
        "image_url" => block.ImageUrl?.Url.StartsWith("data:", StringComparison.Ordinal) == true,
        "file" => block.File?.FileData?.StartsWith("data:", StringComparison.Ordinal) == true,
        "input_audio" => true,
        _ => false,
    };

    private static bool IsMedia(ContentPart block) => block.Type.Value is "image" or "document" or "input_image" or "input_file" or "document_url" or "inlineData" or "fileData";

    private static string Named(Cassette record) => ModelInUrl().Match(Uri.UnescapeDataString(record.Request.Url)) is { Success: true } match && match.Groups[1].Value != "MODEL" ? match.Groups[1].Value
        : record.Provider switch { "gemini" => "gemini-2.5-flash", "vertex" or "bedrock" => "claude-sonnet-4", "azure" => "gpt-4o", var provider => $"unnamed-{provider}" };

    [GeneratedRegex("/(?:models|model|deployments)/([^:/]+(?::[0-9]+)?)")]
    private static partial Regex ModelInUrl();

    private static JsonObject? Body(byte[] body)
    {
        try
        {
            return body.Length == 0 ? null : JsonNode.Parse(body) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The highest figure that the reply tells, cached tokens included: a stream tells it more than once, and growing.</summary>
    private static long Charge(Cassette record)
    {
        var isStream = record.Endpoint is "invoke-stream" or "converse-stream";
        var text = (isStream ? Encoding.Latin1 : Encoding.UTF8).GetString(record.Reply.PlainBody());
        var (cohere, found) = (record is { Provider: "cohere", Endpoint: "cohere.chat" }, 0L);
        foreach (var json in isStream ? Framed(text) : Lines(text)) found = Math.Max(found, In(json, cohere));
        return found;
    }

    private static IEnumerable<JsonNode> Lines(string text)
    {
        if (Parsed(text) is { } whole) return [whole];
        return text.Split('\n').Select(static line => line.Trim()).Select(static line => line.StartsWith("data:", StringComparison.Ordinal) ? line[5..] : line).Select(Parsed).OfType<JsonNode>();
    }

    // Amazon's event stream is binary; the JSON in it is not.
    private static IEnumerable<JsonNode> Framed(string text) =>
        EventBytes().Matches(text).Select(static match => Parsed(Encoding.UTF8.GetString(Convert.FromBase64String(match.Groups[1].Value))))
            .Concat(EventUsage().Matches(text).Select(static match => Parsed($$"""{"usage":{{match.Groups[1].Value}}}"""))).OfType<JsonNode>();

    [GeneratedRegex("\"bytes\":\"([A-Za-z0-9+/=]+)\"")]
    private static partial Regex EventBytes();

    [GeneratedRegex("\"usage\":(\\{[^{}]*\\})")]
    private static partial Regex EventUsage();

    private static JsonNode? Parsed(string text)
    {
        try
        {
            return text.TrimStart() is ['{' or '[', ..] ? JsonNode.Parse(text) : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static long In(JsonNode? json, bool cohere) => json switch
    {
        JsonArray list => list.Select(item => In(item, cohere)).DefaultIfEmpty().Max(),
        JsonObject members => members.Select(member => Math.Max(Figure(member.Key, member.Value, cohere), In(member.Value, cohere))).DefaultIfEmpty().Max(),
        _ => 0,
    };

    private static long Figure(string name, JsonNode? value, bool cohere) => (name, value) switch
    {
        ("tokens", JsonObject tokens) when cohere => Number(tokens, "input_tokens"),
        ("usage", JsonObject usage) when !cohere => Number(usage, "prompt_tokens") + Number(usage, "input_tokens") + Number(usage, "cache_read_input_tokens") + Number(usage, "cache_creation_input_tokens")
            + Number(usage, "inputTokens") + Number(usage, "cacheReadInputTokens") + Number(usage, "cacheWriteInputTokens"),
        ("usageMetadata" or "usage_metadata", JsonObject usage) => Number(usage, "promptTokenCount"),
        ("prompt_eval_count", JsonValue count) => (long)count.GetValue<double>(),
        _ => 0,
    };

    private static long Number(JsonObject json, string name) => json[name] is JsonValue value && value.GetValueKind() == JsonValueKind.Number ? (long)value.GetValue<double>() : 0;
}
