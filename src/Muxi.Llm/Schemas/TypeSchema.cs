using System.ComponentModel;
using System.ComponentModel.DataAnnotations;
using System.Globalization;
using System.Reflection;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>
/// The JSON schema of a C# type, as its serialiser reads it: its words for members and enum values, what may be null, and what its attributes say (descriptions,
/// ranges, lengths, patterns). A member is required unless it may be null or its constructor has a default for it.
/// </summary>
internal static class TypeSchema
{
    private static readonly JsonSchemaExporterOptions _options = new() { TreatNullObliviousAsNonNullable = true, TransformSchemaNode = Told };

    /// <summary>The schema; references in it point to where a type was first seen.</summary>
    public static JsonObject Of(JsonTypeInfo type) => SchemaNode.Copy(Open(type.GetJsonSchemaAsNode(_options)));

    private static JsonObject Open(JsonNode schema) => schema as JsonObject ?? [];

    private static JsonNode Told(JsonSchemaExporterContext context, JsonNode node)
    {
        var schema = Open(node);
        var type = Nullable.GetUnderlyingType(context.TypeInfo.Type) ?? context.TypeInfo.Type;
        if (context.TypeInfo.Kind == JsonTypeInfoKind.Object && schema["properties"] is JsonObject properties) Require(context.TypeInfo, schema, properties);
        if (type.IsEnum) TellEnum(type, schema);
        ReadNumbersOnly(schema);
        if (Find<DescriptionAttribute>(context)?.Description is { } said) schema["description"] = said;
        else if (!schema.ContainsKey("description") && type.GetCustomAttribute<DescriptionAttribute>() is { } own) schema["description"] = own.Description;
        TellLimits(context, schema);
        return schema;
    }

    private static void Require(JsonTypeInfo type, JsonObject schema, JsonObject properties)
    {
        var required = (schema["required"] as JsonArray)?.Select(name => (string)name!).ToList() ?? [];
        foreach (var property in type.Properties)
        {
            if (properties[property.Name] is not { } own) continue;
            if (property.Set is null && property.AssociatedParameter is null)
            {
                // What can only be read is nothing that could be answered.
                properties.Remove(property.Name);
                required.Remove(property.Name);
            }
            else if (property.AssociatedParameter is { HasDefaultValue: true }) required.Remove(property.Name);
            else if (!required.Contains(property.Name) && !SchemaNode.AllowsNull(own)) required.Add(property.Name);
        }
        if (required.Count == 0) schema.Remove("required");
        else schema["required"] = new JsonArray([.. required.Select(name => (JsonNode)name)]);
    }

    /// <summary>Which values an enum has: a number alone would tell a model nothing.</summary>
    private static void TellEnum(Type type, JsonObject schema)
    {
        if (schema["enum"] is JsonArray words)
        {
            if (!schema.ContainsKey("type")) schema["type"] = words.Any(word => word is null) ? new JsonArray("string", "null") : "string";
            return;
        }
        if (!SchemaNode.Types(schema).Contains("integer") || type.IsDefined(typeof(FlagsAttribute), false)) return;
        var values = Enum.GetValuesAsUnderlyingType(type).Cast<object>().Select(value => Convert.ToDecimal(value, CultureInfo.InvariantCulture)).ToList();
        schema["enum"] = new JsonArray([.. values.Select(value => (JsonNode)value), .. SchemaNode.AllowsNull(schema) ? (JsonNode?[])[null] : []]);
        schema["description"] = string.Join(", ", values.Zip(Enum.GetNames(type), (value, name) => string.Create(CultureInfo.InvariantCulture, $"{value} is {name}")));
    }

    /// <summary>A serialiser that also takes numbers as texts should still be given numbers.</summary>
    private static void ReadNumbersOnly(JsonObject schema)
    {
        var types = SchemaNode.Types(schema);
        if (!types.Contains("string") || !(types.Contains("integer") || types.Contains("number"))) return;
        SchemaNode.SetTypes(schema, [.. types.Where(type => type != "string")]);
        schema.Remove("pattern");
    }

    private static void TellLimits(JsonSchemaExporterContext context, JsonObject schema)
    {
        if (Find<RangeAttribute>(context) is { } range)
        {
            Tell(schema, range.MinimumIsExclusive ? "exclusiveMinimum" : "minimum", range.Minimum);
            Tell(schema, range.MaximumIsExclusive ? "exclusiveMaximum" : "maximum", range.Maximum);
        }
        if (Find<RegularExpressionAttribute>(context) is { } pattern) schema["pattern"] = $"^(?:{pattern.Pattern})$";
        if (Find<AllowedValuesAttribute>(context) is { } allowed && allowed.Values.All(value => value is string)) schema["enum"] = new JsonArray([.. allowed.Values.Select(value => (JsonNode)(string)value!)]);
        var (least, most) = (Find<MinLengthAttribute>(context)?.Length, Find<MaxLengthAttribute>(context)?.Length);
        if (Find<LengthAttribute>(context) is { } length) (least, most) = (length.MinimumLength, length.MaximumLength);
        if (Find<StringLengthAttribute>(context) is { } text) (least, most) = (text.MinimumLength > 0 ? text.MinimumLength : null, text.MaximumLength);
        var isList = SchemaNode.Types(schema).Contains("array");
        if (least is { } min) schema[isList ? "minItems" : "minLength"] = min;
        if (most is { } max && max >= 0) schema[isList ? "maxItems" : "maxLength"] = max;
    }

    private static void Tell(JsonObject schema, string name, object limit)
    {
        if (limit is IConvertible and (int or double) && Convert.ToDouble(limit, CultureInfo.InvariantCulture) is var number && double.IsFinite(number)) schema[name] = limit is int whole ? whole : number;
    }

    /// <summary>What an attribute says of the member that the schema is for: on the property, or on the constructor's parameter.</summary>
    private static T? Find<T>(JsonSchemaExporterContext context) where T : Attribute =>
        Of<T>(context.PropertyInfo?.AttributeProvider) ?? Of<T>(context.PropertyInfo?.AssociatedParameter?.AttributeProvider);

    private static T? Of<T>(ICustomAttributeProvider? member) where T : Attribute => member?.GetCustomAttributes(typeof(T), inherit: true) is [T found, ..] ? found : null;
}
