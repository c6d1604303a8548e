using System.Text.Json;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.WebUtilities;

namespace Muxi.Llm.Gateway;

/// <summary>The fields and files that a client sent. A list's fields are called <c>name</c> or <c>name[]</c>.</summary>
internal sealed class IncomingForm
{
    private readonly IFormCollection _form;
    private readonly HashSet<string> _taken = [];

    private IncomingForm(IFormCollection form) => _form = form;

    /// <exception cref="RefusalException">400: it is no well-formed form, or has too many fields.</exception>
    public static async Task<IncomingForm> ReadAsync(HttpRequest request, CancellationToken cancellationToken)
    {
        var limits = new FormOptions { MultipartBodyLengthLimit = long.MaxValue, ValueLengthLimit = 1 << 24, ValueCountLimit = 1000, MultipartBoundaryLengthLimit = 256 };
        try
        {
            return new(await new FormFeature(request, limits).ReadFormAsync(cancellationToken));
        }
        catch (InvalidDataException e)
        {
            throw new RefusalException(new(400, $"the form cannot be read: {e.Message.ReplaceLineEndings(" ").TrimEnd('.')}") { Code = "invalid_form" });
        }
        catch (BadHttpRequestException)
        {
            throw;
        }
        catch (IOException)
        {
            throw new RefusalException(new(400, "the form ends in its middle: its last boundary is missing") { Code = "invalid_form" });
        }
    }

    /// <summary>A field's text; null where it was not sent.</summary>
    /// <exception cref="RefusalException">400: it was sent twice.</exception>
    public string? Text(string name)
    {
        _taken.Add(name);
        if (!_form.TryGetValue(name, out var values)) return null;
        return values.Count == 1 ? values[0] : throw Wrong(name, $"'{name}' was sent {values.Count} times");
    }

    /// <summary>A field that must be there.</summary>
    /// <exception cref="RefusalException">400: it is not.</exception>
    public string Needed(string name) => Text(name) is { Length: > 0 } text ? text : throw Wrong(name, $"the form lacks '{name}'");

    /// <summary>All texts of a list's fields.</summary>
    public IReadOnlyList<string> Texts(string name)
    {
        _taken.Add(name);
        _taken.Add(name + "[]");
        return [.. _form[name].Concat(_form[name + "[]"]).Select(static text => text ?? "")];
    }

    /// <summary>All texts of a list's fields; null where none was sent.</summary>
    public IReadOnlyList<string>? List(string name) => Texts(name) is { Count: > 0 } all ? all : null;

    /// <summary>Who is asked when the model fails: ours, and never sent on.</summary>
    public IReadOnlyList<string>? Fallbacks() => List(Callees.FallbacksMember);

    /// <summary>A number; null where it was not sent.</summary>
    /// <exception cref="RefusalException">400: it is none.</exception>
    public double? Number(string name) => Text(name) switch
    {
        null => null,
        var text when double.TryParse(text, System.Globalization.NumberStyles.Float, System.Globalization.CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) => number,
        _ => throw Wrong(name, $"'{name}' must be a number"),
    };

    /// <summary>A whole number; null where it was not sent.</summary>
    /// <exception cref="RefusalException">400: it is none.</exception>
    public int? Whole(string name) => Number(name) switch
    {
        null => null,
        var number when number == Math.Truncate(number.Value) && Math.Abs(number.Value) <= int.MaxValue => (int)number.Value,
        _ => throw Wrong(name, $"'{name}' must be a whole number"),
    };

    /// <summary>A yes or no; null where it was not sent.</summary>
    /// <exception cref="RefusalException">400: it is neither.</exception>
    public bool? Flag(string name) => Text(name) switch
    {
        null => null,
        "true" or "True" or "1" => true,
        "false" or "False" or "0" => false,
        _ => throw Wrong(name, $"'{name}' must be true or false"),
    };

    /// <summary>A file; null where it was not sent.</summary>
    /// <exception cref="RefusalException">400: there are several.</exception>
    public FileSource? File(string name) => Files(name) switch
    {
        [] => null,
        [var file] => file,
        var many => throw Wrong(name, $"'{name}' was sent {many.Count} times"),
    };

    /// <summary>A file that must be there.</summary>
    /// <exception cref="RefusalException">400: it is not.</exception>
    public FileSource NeededFile(string name) => File(name) ?? throw Wrong(name, $"the form lacks the file '{name}'");

    /// <summary>All files of a list's fields.</summary>
    public IReadOnlyList<FileSource> Files(string name)
    {
        _taken.Add(name);
        return [.. _form.Files.Where(file => file.Name == name || file.Name == name + "[]").Select(Source)];
    }

    /// <summary>The fields that nobody has asked for, to be sent on: a list's as a list.</summary>
    public Extra Rest()
    {
        var rest = default(Extra);
        foreach (var (name, values) in _form)
        {
            if (_taken.Contains(name)) continue;
            var isList = values.Count > 1 || name.EndsWith("[]", StringComparison.Ordinal);
            rest = rest.With(name, RawJson.Parse(JsonOut.ToText(values, isList ? WriteList : static (json, one) => json.WriteStringValue(one[0]), indented: false)));
        }
        return rest;
    }

    /// <summary>A refusal of one of the fields.</summary>
    public static RefusalException Wrong(string name, string message) => new(new(400, message) { Code = "invalid_value", Param = name });

    private static void WriteList(Utf8JsonWriter json, Microsoft.Extensions.Primitives.StringValues values)
    {
        json.WriteStartArray();
        foreach (var value in values) json.WriteStringValue(value);
        json.WriteEndArray();
    }

    private static FileSource Source(IFormFile file)
    {
        var source = FileSource.FromStream(file.OpenReadStream(), FileSource.Last(file.FileName) ?? "file");
        return source.ContentType is null && file.ContentType is { Length: > 0 } type ? source with { ContentType = type } : source;
    }
}
