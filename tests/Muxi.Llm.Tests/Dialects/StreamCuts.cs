using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Where a streamed body may be cut, and whether what is left is still a whole reply, told in the plainest way.</summary>
internal static class StreamCuts
{
    /// <summary>The beginnings of the body that end after an event, without the whole of it.</summary>
    public static IEnumerable<byte[]> BetweenEvents(byte[] body)
    {
        if (IsOfFrames(body)) return AwsFrames.Ends(body).Where(end => end < body.Length).Select(end => body[..end]);
        return BetweenTexts(body);
    }

    /// <summary>No text begins with a zero.</summary>
    private static bool IsOfFrames(byte[] body) => body is [0, ..];

    private static IEnumerable<byte[]> BetweenTexts(byte[] body)
    {
        var text = Encoding.Latin1.GetString(body);
        foreach (var end in Ends(text))
            if (text[end..].Trim().Length > 0) yield return body[..end];
    }

    /// <summary>Beginnings of the body that end anywhere, the same ones each time.</summary>
    public static IEnumerable<byte[]> Anywhere(byte[] body, int count)
    {
        var random = new Random(body.Length);
        for (var n = 0; n < count && body.Length > 0; n++) yield return body[..random.Next(body.Length)];
    }

    /// <summary>Whether a stream may end here; in OpenAI's format with [DONE] after an answer, or when every answer that was begun has its finish reason.</summary>
    public static bool IsWhole(string dialect, byte[] body) => dialect switch
    {
        "openai-chat" => IsWholeChat(body),
        // With the event that says so; a service that does not stream sends the message itself.
        "anthropic-messages" => Events(body).Any(data => Type(data) is "message_stop" or "message"),
        "openai-responses-chat" => Events(body).Any(data => Type(data) is "response.completed" or "response.incomplete") || Events(body).Any(data => OracleJson.Parse(data)?["object"].Str() == "response"),
        "ollama-chat" => Encoding.UTF8.GetString(body).Split('\n').Any(line => OracleJson.Parse(line)?["done"] is { } done && done.GetValueKind() == JsonValueKind.True),
        "gemini-chat" => IsWholeContent(body),
        "cohere-chat" => Events(body).Any(data => Type(data) == "message-end" && OracleJson.Parse(data)!["delta"]?["finish_reason"].Str() is not ("ERROR" or "TIMEOUT")),
        "replicate-chat" => Encoding.UTF8.GetString(body).Split("\n\n").Any(static one => one.Split('\n') is var lines && lines.Contains("event: done") && OracleJson.Parse(lines[^1].Replace("data: ", "", StringComparison.Ordinal)) is not null),
        // With the frame that says so, and no frame broken; Claude by invoke ends as at its maker's.
        "bedrock-converse" => AwsFrames.Ends(body).LastOrDefault() == body.Length && AwsFrames.Read(body).Any(frame => frame.Type == "messageStop" || (frame.Type == "chunk" && Unwrapped(frame.Data).Contains("\"message_stop\"", StringComparison.Ordinal))),
        _ => throw new ArgumentException($"say how a stream of {dialect} ends", nameof(dialect)),
    };

    private static string Unwrapped(string data) => Encoding.UTF8.GetString(Convert.FromBase64String((string)JsonNode.Parse(data)!["bytes"]!));

    private static bool IsWholeChat(byte[] body)
    {
        var answers = new Dictionary<int, bool>();
        foreach (var data in Events(body))
        {
            if (data.Trim() == "[DONE]") return answers.Count > 0;
            if (Choices(data) is not { } choices) return false;
            foreach (var choice in choices)
            {
                var index = choice?["index"]?.GetValue<int>() ?? 0;
                answers[index] = answers.GetValueOrDefault(index) || choice?["finish_reason"].Str() is { Length: > 0 } and not "error";
            }
        }
        return answers.Count > 0 && answers.Values.All(finished => finished);
    }

    /// <summary>In Google's format, when every candidate that was begun has its finish reason, or the prompt was blocked; one that is an array by its bracket.</summary>
    private static bool IsWholeContent(byte[] body)
    {
        var events = Events(body).ToList();
        if (events.Count == 0) return OracleJson.Parse($"{{\"all\":{Encoding.Latin1.GetString(body)}}}") is { } array && array["all"] is JsonArray { Count: > 0 };
        var answers = new Dictionary<int, bool>();
        foreach (var data in events.Where(data => data.Length > 0))
        {
            if (OracleJson.Parse(data) is not { } reply) return false;
            if (reply["promptFeedback"]?["blockReason"] is not null) answers.TryAdd(0, true);
            foreach (var (candidate, place) in reply["candidates"].Items())
            {
                var index = (int)(candidate["index"].Num() ?? place);
                answers[index] = answers.GetValueOrDefault(index) || candidate["finishReason"] is not null;
            }
        }
        return answers.Count > 0 && answers.Values.All(finished => finished);
    }

    /// <summary>The events' data; lines that are no field of an event say nothing.</summary>
    private static IEnumerable<string> Events(byte[] body) => ReferenceReader.ReadSse(Encoding.Latin1.GetString(body))
        .Where(e => !e.StartsWith("stray|", StringComparison.Ordinal)).Select(e => e[(e.IndexOf('|', StringComparison.Ordinal) + 1)..]);

    private static IEnumerable<int> Ends(string text)
    {
        if (text.StartsWith('{'))
        {
            // Lines of JSON.
            for (var at = text.IndexOf('\n', StringComparison.Ordinal); at >= 0; at = text.IndexOf('\n', at + 1)) yield return at + 1;
            yield break;
        }
        foreach (var lineEnd in (string[])["\r\n", "\n", "\r"])
        {
            if (!text.Contains(lineEnd, StringComparison.Ordinal)) continue;
            var blank = lineEnd + lineEnd;
            for (var at = text.IndexOf(blank, StringComparison.Ordinal); at >= 0; at = text.IndexOf(blank, at + 1, StringComparison.Ordinal)) yield return at + blank.Length;
            yield break;
        }
    }

    private static string? Type(string data)
    {
        try
        {
            return data.Length == 0 ? null : JsonNode.Parse(data)?["type"].Str();
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>The answers in an event; null where it cannot be read.</summary>
    private static JsonArray? Choices(string data)
    {
        try
        {
            return data.Length == 0 ? [] : JsonNode.Parse(data)?["choices"] as JsonArray ?? [];
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
