using System.Collections.Immutable;
using System.Globalization;

namespace Muxi.Llm;

/// <summary>A body of fields and files (<c>multipart/form-data</c>, RFC 7578), in the order in which they are sent.</summary>
/// <param name="Parts">The fields and files.</param>
public sealed record Form(ImmutableArray<FormPart> Parts)
{
    /// <summary>A form without parts.</summary>
    public static Form Empty { get; } = new([]);

    /// <summary>With a field more; the same form where there is no value.</summary>
    public Form With(string name, string? value) => value is null ? this : new(Parts.Add(new(name) { Value = value }));

    /// <summary>With a number more; the same form where there is none.</summary>
    public Form With(string name, double? value) => With(name, value?.ToString(CultureInfo.InvariantCulture));

    /// <summary>With a field more, <c>true</c> or <c>false</c>; the same form where there is no value.</summary>
    public Form With(string name, bool? value) => With(name, value is { } given ? given ? "true" : "false" : null);

    /// <summary>With a file more; the same form where there is none.</summary>
    public Form With(string name, FileSource? file) => file is null ? this : new(Parts.Add(new(name) { File = file }));

    /// <summary>With the members that have no type of their own: a list becomes a field for each of its items (<c>name[]</c>), an object its JSON.</summary>
    internal Form With(Extra extra) => extra.Names.Aggregate(this, (form, name) => form.With(name, extra[name]));

    /// <summary>With a member of a JSON body, put as a form puts it.</summary>
    internal Form With(string name, RawJson value)
    {
        var element = value.ToElement();
        if (element.ValueKind == System.Text.Json.JsonValueKind.Array)
            return element.EnumerateArray().Aggregate(this, (form, item) => form.With(name.EndsWith("[]", StringComparison.Ordinal) ? name : name + "[]", Text(item)));
        return element.ValueKind == System.Text.Json.JsonValueKind.Null ? this : With(name, Text(element));
    }

    private static string Text(System.Text.Json.JsonElement value) => value.ValueKind == System.Text.Json.JsonValueKind.String ? value.GetString()! : value.GetRawText();
}

/// <summary>A field or a file of a <see cref="Form"/>: one of the two is set.</summary>
/// <param name="Name">The field's name.</param>
public sealed record FormPart(string Name)
{
    /// <summary>A field's text.</summary>
    public string? Value { get; init; }

    /// <summary>A file, which is read while it is sent.</summary>
    public FileSource? File { get; init; }
}

/// <summary>A JSON body that holds a file as base64: the file is read and encoded while it is sent.</summary>
/// <param name="Head">The JSON before it, the opening quote included.</param>
/// <param name="File">The file, which is read while it is sent.</param>
/// <param name="Tail">The JSON behind it, the closing quote included.</param>
public sealed record FileInJson(ReadOnlyMemory<byte> Head, FileSource File, ReadOnlyMemory<byte> Tail)
{
    /// <summary>Further files behind it, each with the JSON that stands behind it.</summary>
    public ImmutableArray<FileInJsonMore> More { get; init; } = [];
}

/// <summary>A further file in JSON.</summary>
/// <param name="File">The file, which is read while it is sent.</param>
/// <param name="Tail">The JSON behind it, the closing quote included.</param>
public sealed record FileInJsonMore(FileSource File, ReadOnlyMemory<byte> Tail);
