using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace Muxi.Llm;

/// <summary>Something that the model may call: a function with a JSON schema, or a custom tool that takes free text.</summary>
public sealed record Tool
{
    /// <summary><c>function</c>, <c>custom</c>, or a vendor's own word.</summary>
    public string Type { get; init; } = "function";

    /// <summary>The function, when that is the type.</summary>
    public FunctionDefinition? Function { get; init; }

    /// <summary>The custom tool (<c>name</c>, <c>description</c>, <c>format</c>), when that is the type.</summary>
    public RawJson Custom { get; init; }

    /// <summary>Asks the provider to keep the prompt up to here in its cache.</summary>
    public RawJson CacheControl { get; init; }

    /// <summary>
    /// Which wire format a vendor's own tool belongs to: services that speak another are not given it, with a warning. Null leaves it to the service; <c>wire_format</c> in JSON.
    /// </summary>
    public string? Format { get; init; }

    /// <summary>Members that we do not know; for a vendor's own type of tool, all of them.</summary>
    public Extra Extra { get; init; }

    /// <summary>A function with a JSON schema for its arguments (an object schema; none means no arguments).</summary>
    /// <remarks>What else can be said of a function is said as <c>new Tool { Function = new("name") { Strict = true, ... } }</c>.</remarks>
    public static Tool FromFunction(string name, string? description = null, RawJson parameters = default) =>
        new() { Function = new(name) { Description = description, Parameters = parameters } };
}

/// <summary>A function as the model sees it.</summary>
/// <param name="Name">Letters, digits, <c>_</c> and <c>-</c>, 64 at most at OpenAI.</param>
public sealed record FunctionDefinition(string Name)
{
    /// <summary>What it does and when to call it.</summary>
    public string? Description { get; init; }

    /// <summary>A JSON schema of the arguments' object.</summary>
    public RawJson Parameters { get; init; }

    /// <summary>Whether the arguments are to follow the schema exactly.</summary>
    public bool? Strict { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A call that the model wants made.</summary>
public sealed record ToolCall
{
    /// <summary>The id that the tool's result names.</summary>
    public required string Id { get; init; }

    /// <summary><c>function</c> or <c>custom</c>; <c>function_call</c> in the form before tools, which has no id.</summary>
    public string Type { get; init; } = "function";

    /// <summary>The function and its arguments; of a custom tool its name and the free text.</summary>
    public required FunctionCall Function { get; init; }

    /// <summary>The vendor's proof that the call is its own; it goes back unchanged with the call.</summary>
    public string? Signature { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>A function's name and its arguments as the model wrote them.</summary>
/// <param name="Name">Which function to call.</param>
/// <param name="Arguments">JSON text as a rule; models do write bad JSON, so check it.</param>
public sealed record FunctionCall(string Name, string Arguments)
{
    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>Whether and which tools the model may or must call.</summary>
public sealed record ToolChoice
{
    private ToolChoice(string mode) => Mode = mode;

    /// <summary><c>none</c>, <c>auto</c>, <c>required</c>, <c>function</c>, <c>custom</c>, <c>allowed_tools</c>, or a vendor's own word.</summary>
    public string Mode { get; }

    /// <summary>The tool to call, for <c>function</c> and <c>custom</c>.</summary>
    public string? Name { get; private init; }

    /// <summary>The object as it goes out, for <c>allowed_tools</c> and vendors' own forms.</summary>
    public RawJson Raw { get; private init; }

    /// <summary>No tool may be called.</summary>
    public static ToolChoice None { get; } = new("none");

    /// <summary>The model decides.</summary>
    public static ToolChoice Auto { get; } = new("auto");

    /// <summary>Some tool must be called.</summary>
    public static ToolChoice Required { get; } = new("required");

    /// <summary>This function must be called.</summary>
    public static ToolChoice Function(string name) => new("function") { Name = name };

    /// <summary>This custom tool must be called.</summary>
    public static ToolChoice Custom(string name) => new("custom") { Name = name };

    /// <summary>Another form, given as its JSON object; its <c>type</c> is the mode.</summary>
    public static ToolChoice FromRaw(RawJson raw)
    {
        var members = raw.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(raw.Utf8.ToArray()) : default;
        var mode = members.GetString("type") ?? "";
        var named = members[mode];
        return new(mode) { Raw = raw, Name = !named.IsEmpty && named.ToElement().ValueKind == JsonValueKind.Object ? Extra.Trusted(named.Utf8.ToArray()).GetString("name") : null };
    }

    /// <summary>A mode by its word: <c>"auto"</c>.</summary>
    public static implicit operator ToolChoice(string mode) => new(mode);
}

/// <summary>What form the answer must have.</summary>
public sealed record ResponseFormat
{
    /// <summary><c>text</c>, <c>json_object</c>, <c>json_schema</c>, or a vendor's own word.</summary>
    public required string Type { get; init; }

    /// <summary>The schema's name, for <c>json_schema</c>.</summary>
    public string? Name { get; init; }

    /// <summary>What the answer is for, for <c>json_schema</c>.</summary>
    public string? Description { get; init; }

    /// <summary>The schema itself, for <c>json_schema</c>.</summary>
    public RawJson Schema { get; init; }

    /// <summary>Whether the answer is to follow the schema exactly.</summary>
    public bool? Strict { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Members beside the schema, in <c>json_schema</c>, that we do not know.</summary>
    public Extra SchemaExtra { get; init; }

    /// <summary>Plain text, which is the default.</summary>
    public static ResponseFormat Text { get; } = new() { Type = "text" };

    /// <summary>Some JSON object; the prompt must ask for JSON too.</summary>
    public static ResponseFormat JsonObject { get; } = new() { Type = "json_object" };

    /// <summary>JSON after a schema, strictly unless told otherwise.</summary>
    public static ResponseFormat JsonSchema(string name, RawJson schema) => new() { Type = "json_schema", Name = name, Schema = schema, Strict = true };

    /// <summary>
    /// JSON after a C# type, in a schema that services can keep to; <see cref="ChatCompletion.GetValue"/> reads the answer. It is strict unless the type has a place where
    /// anything may stand.
    /// </summary>
    public static ResponseFormat FromType<T>(JsonTypeInfo<T> type) => AnswerSchema.Of(type).Format;
}
