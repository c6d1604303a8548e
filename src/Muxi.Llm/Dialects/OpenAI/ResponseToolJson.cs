using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>A response's tools, the choice among them, the form of its text: all flat, where chat nests them.</summary>
internal static class ResponseToolJson
{
    public static IReadOnlyList<ResponseTool>? ReadTools(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!reader.EnterArray()) return reader.TokenType == JsonTokenType.Null ? null : throw Wrong("tools", "a list of objects");
        var tools = new List<ResponseTool>();
        while (reader.NextItem())
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong($"tools[{tools.Count}]", "an object");
            tools.Add(ReadTool(ref reader, source, $"tools[{tools.Count}]"));
        }
        return tools;
    }

    private static ResponseTool ReadTool(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string path)
    {
        var tool = new ResponseTool { Type = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            // What is null stays null: a schema of OpenAI's demands 'strict' also where nothing is said.
            if (reader.NextIsNull()) extra.Take(ref reader, source);
            else if (reader.Is("type"u8)) tool = tool with { Type = RequestReading.Text(ref reader, path + ".type")! };
            else if (reader.Is("name"u8)) tool = tool with { Name = RequestReading.Text(ref reader, path + ".name") };
            else if (reader.Is("description"u8)) tool = tool with { Description = RequestReading.Text(ref reader, path + ".description") };
            else if (reader.Is("parameters"u8)) tool = tool with { Parameters = reader.ReadRaw(source) };
            else if (reader.Is("strict"u8)) tool = tool with { Strict = Flag(ref reader, path + ".strict") };
            else if (reader.Is("format"u8)) tool = tool with { Format = reader.ReadRaw(source) };
            else extra.Take(ref reader, source);
        }
        if (tool.Type.Length == 0) throw Missing($"'{path}'", "type");
        if (tool.Type is "function" or "custom" && string.IsNullOrEmpty(tool.Name)) throw Missing($"'{path}'", "name");
        return tool with { Extra = extra.ToExtra() };
    }

    public static ToolChoice? ReadChoice(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String) return reader.Text();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject) throw Wrong("tool_choice", "text or an object");
        var raw = reader.RawValue(source);
        var form = Extra.Trusted(raw.Utf8.ToArray());
        // Beside the name there may be what only the service knows; then the object is kept as it is.
        if (form.GetString("name") is not { } name || form.Names.Count != 2) return ToolChoice.FromRaw(raw);
        return form.GetString("type") switch { "function" => ToolChoice.Function(name), "custom" => ToolChoice.Custom(name), _ => ToolChoice.FromRaw(raw) };
    }

    public static ResponseText? ReadText(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Enter(ref reader, "text")) return null;
        var text = new ResponseText();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) extra.Take(ref reader, source);
            else if (reader.Is("format"u8)) text = text with { Format = ReadFormat(ref reader, source) };
            else if (reader.Is("verbosity"u8)) text = text with { Verbosity = RequestReading.Text(ref reader, "text.verbosity")! };
            else extra.Take(ref reader, source);
        }
        return text with { Extra = extra.ToExtra() };
    }

    private static ResponseFormat? ReadFormat(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Enter(ref reader, "text.format")) return null;
        var format = new ResponseFormat { Type = "" };
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) extra.Take(ref reader, source);
            else if (reader.Is("type"u8)) format = format with { Type = RequestReading.Text(ref reader, "text.format.type")! };
            else if (reader.Is("name"u8)) format = format with { Name = RequestReading.Text(ref reader, "text.format.name") };
            else if (reader.Is("description"u8)) format = format with { Description = RequestReading.Text(ref reader, "text.format.description") };
            else if (reader.Is("schema"u8)) format = format with { Schema = reader.ReadRaw(source) };
            else if (reader.Is("strict"u8)) format = format with { Strict = Flag(ref reader, "text.format.strict") };
            else extra.Take(ref reader, source);
        }
        return format.Type.Length == 0 ? throw Missing("'text.format'", "type") : format with { Extra = extra.ToExtra() };
    }

    public static ResponseReasoning? ReadReasoning(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        if (!Enter(ref reader, "reasoning")) return null;
        var reasoning = new ResponseReasoning();
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) extra.Take(ref reader, source);
            else if (reader.Is("effort"u8)) reasoning = reasoning with { Effort = RequestReading.Text(ref reader, "reasoning.effort")! };
            else if (reader.Is("summary"u8)) reasoning = reasoning with { Summary = RequestReading.Text(ref reader, "reasoning.summary") };
            else extra.Take(ref reader, source);
        }
        return reasoning with { Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, ResponseTool tool)
    {
        var members = new MemberWriter(json, tool.Extra);
        json.WriteStartObject();
        members.Text("type"u8, tool.Type);
        members.Text("name"u8, tool.Name);
        members.Text("description"u8, tool.Description);
        members.Raw("parameters"u8, tool.Parameters);
        members.Flag("strict"u8, tool.Strict);
        members.Raw("format"u8, tool.Format);
        tool.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ToolChoice choice)
    {
        json.WritePropertyName("tool_choice"u8);
        if (!choice.Raw.IsEmpty) choice.Raw.WriteTo(json);
        else if (choice.Name is not { } name) json.WriteStringValue(choice.Mode);
        else
        {
            json.WriteStartObject();
            json.WriteString("type"u8, choice.Mode);
            json.WriteString("name"u8, name);
            json.WriteEndObject();
        }
    }

    public static void Write(Utf8JsonWriter json, ResponseText text)
    {
        var members = new MemberWriter(json, text.Extra);
        json.WriteStartObject("text"u8);
        if (text.Format is { } format && !members.Overrides("format"u8)) Write(json, format);
        members.Text("verbosity"u8, text.Verbosity?.Value);
        text.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter json, ResponseFormat format)
    {
        var extra = format.Extra.With(format.SchemaExtra);
        var members = new MemberWriter(json, extra);
        json.WriteStartObject("format"u8);
        members.Text("type"u8, format.Type);
        members.Text("name"u8, format.Name);
        members.Text("description"u8, format.Description);
        members.Raw("schema"u8, format.Schema);
        members.Flag("strict"u8, format.Strict);
        extra.WriteMembers(json);
        json.WriteEndObject();
    }

    public static void Write(Utf8JsonWriter json, ResponseReasoning reasoning)
    {
        var members = new MemberWriter(json, reasoning.Extra);
        json.WriteStartObject("reasoning"u8);
        members.Text("effort"u8, reasoning.Effort?.Value);
        members.Text("summary"u8, reasoning.Summary);
        reasoning.Extra.WriteMembers(json);
        json.WriteEndObject();
    }
}
