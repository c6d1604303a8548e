using System.Text;
using System.Text.RegularExpressions;

namespace Muxi.Llm.Tests;

/// <summary>The framings once more, in the plainest way: the whole body as text, split by regular expressions. Written from the rules alone.</summary>
internal static partial class ReferenceReader
{
    public static List<string> ReadSse(string body)
    {
        var events = new List<string>();
        var stray = new List<string>();
        var data = new List<string>();
        var type = "";
        foreach (var line in SseLineEnd().Split(WithoutMark(body)).Append(""))
        {
            if (line.Length > 0)
            {
                var match = Field().Match(line);
                var value = match.Groups["value"].Value;
                if (match.Groups["name"].Value == "data") data.Add(value);
                else if (match.Groups["name"].Value == "event") type = value;
                else if (!match.Success) stray.Add(line);
                continue;
            }
            if (data.Count > 0) events.Add(Encoding.UTF8.GetString(Framers.Bytes(type)) + "|" + string.Join('\n', data));
            data.Clear();
            type = "";
        }
        if (stray.Count > 0) events.Add("stray|" + string.Join('\n', stray));
        return events;
    }

    public static List<string> ReadJsonLines(string body) =>
        [.. WithoutMark(body).Split('\n').Select(line => OneCr().Replace(line, "")).Where(line => !Blank().IsMatch(line)).Select(line => "|" + line)];

    private static string WithoutMark(string body) => body.StartsWith("\u00EF\u00BB\u00BF", StringComparison.Ordinal) ? body[3..] : body;

    [GeneratedRegex("\r\n|\n|\r")]
    private static partial Regex SseLineEnd();

    [GeneratedRegex(@"\A(?<name>data|event|id|retry|(?=:))(:[ ]?(?<value>.*))?\z", RegexOptions.Singleline)]
    private static partial Regex Field();

    [GeneratedRegex(@"\r\z")]
    private static partial Regex OneCr();

    [GeneratedRegex(@"\A[ \t\r]*\z")]
    private static partial Regex Blank();
}
