using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// Options of a request that Anthropic's messages alone know, for <see cref="ChatCompletionRequest.FormatOptions"/>: <c>FormatOptions = new AnthropicOptions { ... }.ForRequest()</c>. What a
/// request needs of beta headers is sent with it.
/// </summary>
/// <remarks>Source: <c>POST /v1/messages</c> of Anthropic's API reference and the types of its SDK, version 1.14 (2026-11).</remarks>
public sealed record AnthropicOptions
{
    /// <summary>The wire format that these options and <see cref="AnthropicTools"/> belong to.</summary>
    public const string Format = "anthropic-messages";

    /// <summary>Servers of the Model Context Protocol that the service connects to; <see cref="AnthropicTools.McpTools"/> offers their tools.</summary>
    public IReadOnlyList<AnthropicMcpServer> McpServers { get; init; } = [];

    /// <summary>How the service clears or compacts the conversation before the model reads it.</summary>
    public IReadOnlyList<AnthropicContextEdit> ContextEdits { get; init; } = [];

    /// <summary>The container in which code runs, of an earlier reply: its <c>container.id</c> in <see cref="ChatCompletion.Extra"/>. Null for a new one.</summary>
    public string? ContainerId { get; init; }

    /// <summary>Skills in the container, which need <see cref="AnthropicTools.CodeExecution"/>.</summary>
    public IReadOnlyList<AnthropicSkill> Skills { get; init; } = [];

    /// <summary>
    /// How much to put into the answer as a whole (<c>low</c> to <c>max</c>), without a word about thinking; <see cref="ChatCompletionRequest.ReasoningEffort"/> says both.
    /// </summary>
    public string? Effort { get; init; }

    /// <summary>Whether the last block that takes a mark is marked for the prompt cache, so that a conversation is cached as it grows: <c>{"type":"ephemeral"}</c>.</summary>
    public RawJson CacheControl { get; init; }

    /// <summary>Where the model runs: <c>us</c> or <c>global</c>; null leaves it to the workspace.</summary>
    public string? InferenceGeo { get; init; }

    /// <summary><c>fast</c> for more tokens in a second, at a higher price.</summary>
    public string? Speed { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The options under their format's name.</summary>
    public IReadOnlyDictionary<string, Extra> ForRequest() => new Dictionary<string, Extra> { [Format] = ToMembers() };

    /// <summary>The options as members of a request.</summary>
    public Extra ToMembers() => Extra.Trusted(JsonOut.ToUtf8(this, static (json, it) =>
    {
        json.WriteStartObject();
        it.Write(json);
        json.WriteEndObject();
    })).With(Extra);

    private void Write(Utf8JsonWriter json)
    {
        if (McpServers.Count > 0)
        {
            json.WriteStartArray("mcp_servers"u8);
            foreach (var server in McpServers) server.Write(json);
            json.WriteEndArray();
        }
        if (ContextEdits.Count > 0)
        {
            json.WriteStartObject("context_management"u8);
            json.WriteStartArray("edits"u8);
            foreach (var edit in ContextEdits) edit.Write(json);
            json.WriteEndArray();
            json.WriteEndObject();
        }
        WriteContainer(json);
        if (Effort is { } effort)
        {
            json.WriteStartObject("output_config"u8);
            json.WriteString("effort"u8, effort);
            json.WriteEndObject();
        }
        if (!CacheControl.IsEmpty)
        {
            json.WritePropertyName("cache_control"u8);
            CacheControl.WriteTo(json);
        }
        if (InferenceGeo is { } geo) json.WriteString("inference_geo"u8, geo);
        if (Speed is { } speed) json.WriteString("speed"u8, speed);
    }

    private void WriteContainer(Utf8JsonWriter json)
    {
        if (Skills.Count == 0)
        {
            if (ContainerId is { } only) json.WriteString("container"u8, only);
            return;
        }
        json.WriteStartObject("container"u8);
        if (ContainerId is { } id) json.WriteString("id"u8, id);
        json.WriteStartArray("skills"u8);
        foreach (var skill in Skills) skill.Write(json);
        json.WriteEndArray();
        json.WriteEndObject();
    }
}

/// <summary>A server of the Model Context Protocol that can be reached over https.</summary>
/// <param name="Name">What the request calls it.</param>
/// <param name="Url">The address at which it is reached, with https.</param>
public sealed record AnthropicMcpServer(string Name, string Url)
{
    /// <summary>A token of OAuth that the server wants; it goes to the service, which passes it on. It is not printed.</summary>
    public string? AuthorizationToken { get; init; }

    /// <summary>The server, without its token.</summary>
    public override string ToString() => $"{Name} at {Url}";

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, "url"u8);
        json.WriteString("name"u8, Name);
        json.WriteString("url"u8, Url);
        if (AuthorizationToken is { } token) json.WriteString("authorization_token"u8, token);
        json.WriteEndObject();
    }
}

/// <summary>A skill: instructions and files that the model loads when it needs them.</summary>
/// <param name="Id">Its id: <c>pptx</c>, <c>xlsx</c>, <c>docx</c>, <c>pdf</c>, or that of one of your own.</param>
public sealed record AnthropicSkill(string Id)
{
    /// <summary>Whether it is of your own making, and not one of Anthropic's.</summary>
    public bool IsCustom { get; init; }

    /// <summary>Its version; null for the latest one.</summary>
    public string? Version { get; init; }

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, IsCustom ? "custom"u8 : "anthropic"u8);
        json.WriteString("skill_id"u8, Id);
        json.WriteString("version"u8, Version ?? "latest");
        json.WriteEndObject();
    }
}

/// <summary>One way in which the service makes a long conversation shorter before the model reads it; what was done is in <c>context_management</c> of the reply's further members.</summary>
/// <param name="Type">Its type with its version, as <c>clear_tool_uses_20250919</c>.</param>
/// <param name="Members">Its other members.</param>
public sealed record AnthropicContextEdit(string Type, Extra Members)
{
    /// <summary>Clears the oldest results of tools.</summary>
    /// <param name="triggerTokens">From how many tokens of input on; null for the service's own 100,000.</param>
    /// <param name="keepUses">How many of the last calls keep their results; null for the service's own 3.</param>
    public static AnthropicContextEdit ClearToolUses(int? triggerTokens = null, int? keepUses = null) =>
        new("clear_tool_uses_20250919", Counted("trigger", "input_tokens", triggerTokens).With(Counted("keep", "tool_uses", keepUses)));

    /// <summary>Clears the thinking of earlier turns.</summary>
    /// <param name="keepTurns">How many of the last turns keep theirs; null for the service's own number.</param>
    public static AnthropicContextEdit ClearThinking(int? keepTurns = null) => new("clear_thinking_20251015", Counted("keep", "thinking_turns", keepTurns));

    /// <summary>Puts a summary in the place of what was said before.</summary>
    /// <param name="triggerTokens">From how many tokens of input on; null for the service's own 150,000.</param>
    public static AnthropicContextEdit Compact(int? triggerTokens = null) => new("compact_20260112", Counted("trigger", "input_tokens", triggerTokens));

    internal void Write(Utf8JsonWriter json)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, Type);
        Members.WriteMembers(json, except: "type"u8);
        json.WriteEndObject();
    }

    private static Extra Counted(string name, string unit, int? count) =>
        count is { } value ? new Extra().With(name, FormattableString.Invariant($$"""{"type":"{{unit}}","value":{{value}}}""")) : default;
}
