using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Where a streamed body may be cut, and whether what is left is still a whole reply, told in the plainest way.</summary>
internal static class StreamCuts
{
    /// <summary>The beginnings of the body that end after an event, without the whole of it.</summary>
    public static IEnumerable<byte[]> Beginnings(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        foreach (var end in Ends(text))
            if (text[end..].Trim().Length > 0) yield return body[..end];
    }

    /// <summary>Whether a stream may end here: with [DONE], or when every answer that was begun has its finish reason.</summary>
    public static bool IsWhole(byte[] body)
    {
        var answers = new Dictionary<int, bool>();
        foreach (var data in ReferenceReader.ReadSse(Encoding.Latin1.GetString(body)).Select(e => e[(e.IndexOf('|', StringComparison.Ordinal) + 1)..]))
        {
            if (data.Trim() == "[DONE]") return true;
            foreach (var choice in Choices(data))
            {
                var index = choice?["index"]?.GetValue<int>() ?? 0;
                answers[index] = answers.GetValueOrDefault(index) || choice?["finish_reason"].Str() is { Length: > 0 } and not "error";
            }
        }
        return answers.Count > 0 && answers.Values.All(finished => finished);
    }

    private static IEnumerable<int> Ends(string text)
    {
        foreach (var lineEnd in (string[])["\r\n", "\n", "\r"])
        {
            if (!text.Contains(lineEnd, StringComparison.Ordinal)) continue;
            var blank = lineEnd + lineEnd;
            for (var at = text.IndexOf(blank, StringComparison.Ordinal); at >= 0; at = text.IndexOf(blank, at + 1, StringComparison.Ordinal)) yield return at + blank.Length;
            yield break;
        }
    }

    private static JsonArray Choices(string data)
    {
        try
        {
            return JsonNode.Parse(data)?["choices"] as JsonArray ?? [];
        }
        catch (JsonException)
        {
            return [];
        }
    }
}
