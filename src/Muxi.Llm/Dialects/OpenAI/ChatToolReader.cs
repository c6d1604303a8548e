using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Reads tools, the choice among them, and calls.</summary>
internal static class ChatToolReader
{
    /// <summary>The type under which a call in the form before tools is kept: it has no id.</summary>
    public const string Legacy = "function_call";

    public static void ReadCalls(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref List<ToolCall>? into)
    {
        if (!reader.EnterArray()) return;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) (into ??= []).Add(ReadCall(ref reader, source));
            else reader.Skip();
        }
    }

    public static void ReadFunctionCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref List<ToolCall>? into)
    {
        // A null, or Snowflake's object of empty values (recorded 2025), is no call.
        if (ReadFunction(ref reader, source) is { Name.Length: > 0 } call) (into ??= []).Add(new() { Id = "", Type = Legacy, Function = call });
    }

    /// <summary>Reads <c>{name, arguments}</c> or, of a custom tool, <c>{name, input}</c>. Some services give arguments as an object: its text is taken.</summary>
    public static FunctionCall? ReadFunction(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? name = null, arguments = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("name"u8)) name = reader.ReadString(source);
            else if (reader.Is("arguments"u8) || reader.Is("input"u8)) arguments = reader.ReadString(source);
            else extra.Take(ref reader, source);
        }
        return new(name ?? "", arguments ?? "") { Extra = extra.ToExtra() };
    }

    public static List<Tool> ReadTools(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var tools = new List<Tool>();
        if (!reader.EnterArray()) return tools;
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) tools.Add(ReadTool(ref reader, source));
            else throw new JsonException("'tools' must be a list of objects.", "tools", null, null);
        }
        return tools;
    }

    public static ToolChoice? ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String) return reader.Text();
        if (reader.TokenType != JsonTokenType.StartObject) throw new JsonException("'tool_choice' must be text or an object.", "tool_choice", null, null);
        var choice = ToolChoice.FromRaw(reader.RawValue(source));
        // Beside the name there may be what only the service knows; then the object is kept as it is.
        if (choice.Name is not { } name || !IsPlain(choice.Raw.ToElement(), choice.Mode)) return choice;
        return choice.Mode switch { "function" => ToolChoice.Function(name), "custom" => ToolChoice.Custom(name), _ => choice };
    }

    private static bool IsPlain(JsonElement form, string mode) => form.GetPropertyCount() == 2 && form.GetProperty(mode).GetPropertyCount() == 1;

    private static ToolCall ReadCall(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? id = null, type = null;
        FunctionCall? function = null;
        var isCustom = false;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("type"u8)) type = reader.ReadString(source);
            else if (reader.Is("function"u8)) function = ReadFunction(ref reader, source);
            else if (reader.Is("custom"u8))
            {
                function = ReadFunction(ref reader, source);
                isCustom = true;
            }
            else if (reader.Is("index"u8)) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        return new()
        {
            Id = id ?? "", Type = string.IsNullOrEmpty(type) ? isCustom ? "custom" : "function" : type,
            Function = function ?? new("", ""), Extra = extra.ToExtra(),
        };
    }

    private static Tool ReadTool(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var type = "function";
        string? format = null;
        FunctionDefinition? function = null;
        RawJson custom = default, cacheControl = default;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = reader.ReadString(source) ?? type;
            else if (reader.Is("function"u8) && reader.NextIs(JsonTokenType.StartObject)) function = ReadDefinition(ref reader, source);
            else if (reader.Is("custom"u8)) custom = reader.ReadRaw(source);
            else if (reader.Is("cache_control"u8)) cacheControl = reader.ReadRaw(source);
            else if (reader.Is("wire_format"u8) && reader.NextIs(JsonTokenType.String)) format = reader.ReadString(source);
            else extra.Take(ref reader, source);
        }
        if (type == "function" && string.IsNullOrEmpty(function?.Name)) throw new JsonException("A tool of type 'function' needs 'function' with a 'name'.", "tools", null, null);
        return new() { Type = type, Function = function, Custom = custom, CacheControl = cacheControl, Format = format, Extra = extra.ToExtra() };
    }

    private static FunctionDefinition? ReadDefinition(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterObject()) return null;
        string? name = null, description = null;
        RawJson parameters = default;
        bool? strict = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("name"u8)) name = reader.ReadString(source);
            else if (reader.Is("description"u8)) description = reader.ReadString(source);
            else if (reader.Is("parameters"u8)) parameters = reader.ReadRaw(source);
            else if (reader.Is("strict"u8)) strict = reader.ReadBool();
            else extra.Take(ref reader, source);
        }
        return new(name ?? "") { Description = description, Parameters = parameters, Strict = strict, Extra = extra.ToExtra() };
    }
}
