using System.Text.Json;
using static Muxi.Llm.RequestReading;

namespace Muxi.Llm;

/// <summary>What form an answer must have, read strictly and written in OpenAI's form.</summary>
internal static class ResponseFormatJson
{
    /// <summary>Reads the member that the reader stands on; null where it is null.</summary>
    public static ResponseFormat? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string name)
    {
        if (!Enter(ref reader, name)) return null;
        var format = new ResponseFormat { Type = "" };
        var type = "";
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = Text(ref reader, "type") ?? "";
            else if (reader.Is("json_schema"u8)) format = ReadSchema(ref reader, source);
            else extra.Take(ref reader, source);
        }
        return format with { Type = type, Extra = extra.ToExtra() };
    }

    public static void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name, ResponseFormat format)
    {
        json.WritePropertyName(name);
        Write(json, format);
    }

    public static void Write(Utf8JsonWriter json, ResponseFormat format)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, format.Type);
        if (format.Type == "json_schema") WriteSchema(json, format);
        format.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static ResponseFormat ReadSchema(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        var format = new ResponseFormat { Type = "" };
        if (!Enter(ref reader, "json_schema")) return format;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("name"u8)) format = format with { Name = Text(ref reader, "name") };
            else if (reader.Is("description"u8)) format = format with { Description = Text(ref reader, "description") };
            else if (reader.Is("schema"u8)) format = format with { Schema = reader.ReadRaw(source) };
            else if (reader.Is("strict"u8)) format = format with { Strict = Flag(ref reader, "strict") };
            else extra.Take(ref reader, source);
        }
        return format with { SchemaExtra = extra.ToExtra() };
    }

    private static void WriteSchema(Utf8JsonWriter json, ResponseFormat format)
    {
        json.WriteStartObject("json_schema"u8);
        json.WriteString("name"u8, format.Name ?? "response");
        if (format.Description is { } description) json.WriteString("description"u8, description);
        if (!format.Schema.IsEmpty)
        {
            json.WritePropertyName("schema"u8);
            format.Schema.WriteTo(json);
        }
        if (format.Strict is { } strict) json.WriteBoolean("strict"u8, strict);
        format.SchemaExtra.WriteMembers(json);
        json.WriteEndObject();
    }
}
