using System.Text;

namespace Muxi.Llm;

/// <summary>The fields and files of a <c>multipart/form-data</c> body, as the simulator reads them.</summary>
internal sealed class SandboxForm
{
    private readonly List<(string Name, string? FileName, ReadOnlyMemory<byte> Content)> _parts = [];

    /// <exception cref="SandboxRefusal">The body is no form.</exception>
    public SandboxForm(SandboxCall call)
    {
        var boundary = System.Net.Http.Headers.MediaTypeHeaderValue.TryParse(call.ContentType, out var type) && type.MediaType == "multipart/form-data"
            ? type.Parameters.FirstOrDefault(parameter => parameter.Name == "boundary")?.Value?.Trim('"') : null;
        if (boundary is null) throw new SandboxRefusal("The body must be multipart/form-data with a boundary.", null, null);
        Read(call.Body, Encoding.ASCII.GetBytes("\r\n--" + boundary));
    }

    /// <summary>A field's text; null where it was not sent.</summary>
    public string? Text(string name) => _parts.Find(part => part.Name == name && part.FileName is null) is { Name: not null } found ? Encoding.UTF8.GetString(found.Content.Span) : null;

    /// <summary>All texts of a list's fields, <c>name</c> or <c>name[]</c>.</summary>
    public IReadOnlyList<string> Texts(string name) => [.. Parts(name).Where(part => part.FileName is null).Select(part => Encoding.UTF8.GetString(part.Content.Span))];

    /// <summary>All files of a list's fields, <c>name</c> or <c>name[]</c>.</summary>
    public IReadOnlyList<(string FileName, ReadOnlyMemory<byte> Content)> Files(string name) => [.. Parts(name).Where(part => part.FileName is not null).Select(part => (part.FileName!, part.Content))];

    private IEnumerable<(string Name, string? FileName, ReadOnlyMemory<byte> Content)> Parts(string name) => _parts.Where(part => part.Name == name || part.Name == name + "[]");

    private void Read(byte[] body, byte[] mark)
    {
        // The first mark has no line break before it.
        var at = body.AsSpan().StartsWith(mark.AsSpan(2)) ? mark.Length - 2 : throw Broken();
        while (body.AsSpan(at).StartsWith("\r\n"u8))
        {
            at += 2;
            var head = body.AsSpan(at).IndexOf("\r\n\r\n"u8);
            if (head < 0) throw Broken();
            var content = at + head + 4;
            var length = body.AsSpan(content).IndexOf(mark);
            if (length < 0) throw Broken();
            Add(Encoding.UTF8.GetString(body, at, head), body.AsMemory(content, length));
            at = content + length + mark.Length;
        }
        if (!body.AsSpan(at).StartsWith("--"u8)) throw Broken();
    }

    private void Add(string head, ReadOnlyMemory<byte> content)
    {
        var disposition = head.Split("\r\n").FirstOrDefault(line => line.StartsWith("content-disposition:", StringComparison.OrdinalIgnoreCase)) ?? throw Broken();
        _parts.Add((Parameter(disposition, "name") ?? throw Broken(), Parameter(disposition, "filename"), content));
    }

    private static string? Parameter(string disposition, string name)
    {
        foreach (var parameter in disposition.Split(';', StringSplitOptions.TrimEntries))
            if (parameter.StartsWith(name + "=", StringComparison.OrdinalIgnoreCase)) return Uri.UnescapeDataString(parameter[(name.Length + 1)..].Trim('"'));
        return null;
    }

    private static SandboxRefusal Broken() => new("The form is not well-formed.", null, null);
}
