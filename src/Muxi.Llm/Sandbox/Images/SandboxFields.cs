using System.Globalization;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>A request's members, whether they came as JSON or as a form, checked as OpenAI does.</summary>
internal sealed class SandboxFields
{
    private readonly JsonElement _json;
    private readonly SandboxForm? _form;

    private SandboxFields(JsonElement json, SandboxForm? form) => (_json, _form) = (json, form);

    /// <summary>The body, by what it is announced as.</summary>
    /// <exception cref="SandboxRefusal">It is neither a JSON object nor a form.</exception>
    public static SandboxFields Of(SandboxCall call)
    {
        if (call.ContentType?.StartsWith("multipart/", StringComparison.OrdinalIgnoreCase) == true) return new(default, new(call));
        var json = JsonElement.Parse(call.Body);
        return json.ValueKind == JsonValueKind.Object ? new(json, null) : throw new SandboxRefusal("The body is not a JSON object.", null, null);
    }

    /// <summary>A JSON object.</summary>
    public static SandboxFields Of(JsonElement json) => new(json, null);

    /// <summary>The form; null where the body is JSON.</summary>
    public SandboxForm? Form => _form;

    /// <summary>The JSON object; undefined where the body is a form.</summary>
    public JsonElement Json => _json;

    public string? Text(string name)
    {
        if (_form is not null) return _form.Text(name);
        if (_json.Get(name) is not { } value) return null;
        return value.ValueKind == JsonValueKind.String ? value.GetString() : throw SandboxChatReader.WrongType(name, "a string", value);
    }

    /// <summary>One of some words; null where it was not sent.</summary>
    public string? Word(string name, params ReadOnlySpan<string> known) =>
        Text(name) is not { } word ? null : known.Contains(word) ? word : throw SandboxChatReader.Unknown(name, word, known.ToArray());

    public string Needed(string name) => Text(name) ?? throw SandboxChatReader.Missing(name);

    public bool? Flag(string name)
    {
        if (_form is not null)
            return _form.Text(name) switch { null => null, "true" => true, "false" => false, _ => throw new SandboxRefusal($"Invalid '{name}': it must be true or false.", name, "invalid_type") };
        if (_json.Get(name) is not { } value) return null;
        return value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : throw SandboxChatReader.WrongType(name, "a boolean", value);
    }

    public int? Integer(string name, int least, int most)
    {
        if (Whole(name) is not { } number) return null;
        if (number >= least && number <= most) return (int)number;
        throw new SandboxRefusal($"Invalid '{name}': it must be {least} to {most}.", name, $"integer_{(number < least ? "below_min" : "above_max")}_value");
    }

    private long? Whole(string name)
    {
        if (_form is null && _json.Get(name) is { } value)
            return value.ValueKind == JsonValueKind.Number && value.TryGetInt64(out var number) ? number : throw SandboxChatReader.WrongType(name, "an integer", value);
        if (_form?.Text(name) is not { } text) return null;
        return long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var digits) ? digits : throw new SandboxRefusal($"Invalid type for '{name}': expected an integer.", name, "invalid_type");
    }
}
