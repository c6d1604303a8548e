using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>A type as the schema of an answer: as the type itself says it, and as it is sent.</summary>
internal sealed class AnswerSchema
{
    private static readonly ConditionalWeakTable<JsonTypeInfo, AnswerSchema> _known = [];

    private AnswerSchema(JsonTypeInfo type)
    {
        Plain = TypeSchema.Of(type);
        var strict = StrictSchema.Of(Plain);
        IsWrapped = strict.IsWrapped;
        Format = ResponseFormat.JsonSchema(NameOf(type.Type), RawJson.Trusted(SchemaNode.ToUtf8(strict.Schema))) with { Strict = strict.IsStrict };
    }

    /// <summary>What an answer is held against.</summary>
    public JsonObject Plain { get; }

    /// <summary>What is sent.</summary>
    public ResponseFormat Format { get; }

    /// <summary>Whether the value stands in an object made for it.</summary>
    public bool IsWrapped { get; }

    /// <summary>A type's schema, made once.</summary>
    public static AnswerSchema Of(JsonTypeInfo type)
    {
        ArgumentNullException.ThrowIfNull(type);
        return _known.GetValue(type, static it => new(it));
    }

    /// <summary>The type's name in the letters that are taken, 64 at most.</summary>
    private static string NameOf(Type type)
    {
        var name = string.Concat(type.Name.Select(letter => char.IsAsciiLetterOrDigit(letter) ? letter : '_')).Trim('_');
        return name.Length is > 0 and <= 64 ? name : "answer";
    }
}
