using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A naive reader of forms, to see what was sent: split at the boundary, split at the empty line, nothing else.</summary>
internal static class Multipart
{
    /// <summary>Each part's head, line by line, and its bytes.</summary>
    public static List<(string[] Head, byte[] Body)> Read(SeenRequest request)
    {
        var boundary = request.Headers["content-type"].Split("boundary=")[1];
        var text = Encoding.Latin1.GetString(request.Body);
        var mark = "--" + boundary;
        Assert.StartsWith(mark + "\r\n", text, StringComparison.Ordinal);
        Assert.EndsWith("\r\n" + mark + "--\r\n", text, StringComparison.Ordinal);
        return [.. text[(mark.Length + 2)..^(mark.Length + 6)].Split("\r\n" + mark + "\r\n").Select(part =>
        {
            var at = part.IndexOf("\r\n\r\n", StringComparison.Ordinal);
            return (Encoding.UTF8.GetString(Encoding.Latin1.GetBytes(part[..at])).Split("\r\n"), Encoding.Latin1.GetBytes(part[(at + 4)..]));
        })];
    }
}
