using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// A schema for the answer as OpenAI shows it to its models: under a heading, as JSON without the members that only guide the choice of tokens. The heading is that of
/// <c>docs/format.md</c> of github.com/openai/harmony; which members are left out follows from recorded requests.
/// </summary>
internal static class FormatText
{
    private static readonly HashSet<string> _unseen =
        ["$schema", "additionalProperties", "required", "format", "pattern", "minItems", "maxItems", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"];

    public static string Of(ResponseFormat format)
    {
        var text = new StringBuilder("# Response Formats\n\n## ").Append(format.Name).Append("\n\n");
        if (!string.IsNullOrEmpty(format.Description)) text.Append("// ").Append(format.Description).Append('\n');
        foreach (var letter in JsonOut.ToText(CountedJson.Read(format.Schema), static (json, schema) => Write(json, schema, isSchema: true), indented: false))
        {
            if (letter < 0x80) text.Append(letter);
            else text.Append("\\u").Append(((int)letter).ToString("x4", System.Globalization.CultureInfo.InvariantCulture));
        }
        return text.ToString();
    }

    // Below properties and definitions stand names that the caller chose, whatever they are.
    private static void Write(Utf8JsonWriter json, JsonElement value, bool isSchema)
    {
        switch (value.ValueKind)
        {
            case JsonValueKind.Object:
                json.WriteStartObject();
                foreach (var member in value.EnumerateObject())
                {
                    if (isSchema && _unseen.Contains(member.Name)) continue;
                    json.WritePropertyName(member.Name);
                    Write(json, member.Value, !isSchema || member.Name is not ("properties" or "$defs" or "definitions"));
                }
                json.WriteEndObject();
                break;
            case JsonValueKind.Array:
                json.WriteStartArray();
                foreach (var item in value.EnumerateArray()) Write(json, item, isSchema: true);
                json.WriteEndArray();
                break;
            default:
                value.WriteTo(json);
                break;
        }
    }
}
