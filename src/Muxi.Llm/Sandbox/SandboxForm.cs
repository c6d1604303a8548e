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

    /// <summary>A parameter's value. Quotes may hold semicolons, and of the escapes only those of browsers are undone: a name may hold others.</summary>
    private static string? Parameter(string disposition, string name)
    {
        for (var at = disposition.IndexOf(';', StringComparison.Ordinal); at >= 0 && at < disposition.Length;)
        {
            var equals = disposition.IndexOf('=', at);
            if (equals < 0) return null;
            var isQuoted = equals + 1 < disposition.Length && disposition[equals + 1] == '"';
            var start = isQuoted ? equals + 2 : equals + 1;
            var end = disposition.IndexOf(isQuoted ? '"' : ';', start);
            if (end < 0) end = disposition.Length;
            if (disposition.AsSpan(at + 1, equals - at - 1).Trim().Equals(name, StringComparison.OrdinalIgnoreCase)) return Plain(disposition[start..end]);
            at = disposition.IndexOf(';', end);
        }
        return null;
    }

    private static string Plain(string value) => value.Replace("%22", "\"", StringComparison.Ordinal).Replace("%0D", "\r", StringComparison.Ordinal).Replace("%0A", "\n", StringComparison.Ordinal);

    private static SandboxRefusal Broken() => new("The form is not well-formed.", null, null);
}
