using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Muxi.Llm.Tests;

/// <summary>A field of a form, as it was sent.</summary>
/// <param name="Name">Its name, brackets included.</param>
/// <param name="FileName">Its file's name; null for a plain field.</param>
internal sealed record FormField(string Name, string? FileName)
{
    /// <summary>The member of the schema: what stands before the brackets.</summary>
    public string Member => Name.IndexOf('[', StringComparison.Ordinal) is > 0 and var at ? Name[..at] : Name;
}

/// <summary>What the other server does not look at in a form: whether files are sent as files and fields as fields.</summary>
internal static class FormFields
{
    /// <summary>The fields of a body; none where it is no form.</summary>
    public static async Task<IReadOnlyList<FormField>> OfAsync(string? contentType, byte[] body)
    {
        if (contentType?.StartsWith("multipart/form-data", StringComparison.OrdinalIgnoreCase) != true) return [];
        var fields = new List<FormField>();
        using var stream = new MemoryStream(body);
        var reader = new MultipartReader(HeaderUtilities.RemoveQuotes(MediaTypeHeaderValue.Parse(contentType).Boundary).Value!, stream);
        while (await reader.ReadNextSectionAsync(TestContext.Current.CancellationToken) is { } section)
        {
            var disposition = section.GetContentDispositionHeader()!;
            fields.Add(new(HeaderUtilities.RemoveQuotes(disposition.Name).Value!, disposition.IsFileDisposition() ? HeaderUtilities.RemoveQuotes(disposition.FileName).Value : null));
        }
        return fields;
    }

    /// <summary>What is wrong with them by the document; nothing where the call is not in it.</summary>
    public static IEnumerable<string> Faults(IReadOnlyList<FormField> fields, string method, string? path)
    {
        if (path is null || fields.Count == 0) yield break;
        var known = OpenAIDocument.FormOf(method, path);
        foreach (var field in fields)
            if (known.TryGetValue(field.Member, out var isFile) && isFile != field.FileName is not null)
                yield return $"form.{field.Name}: {(isFile ? "must be a file and is a field" : "must be a field and is a file")}";
    }
}
