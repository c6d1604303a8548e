using System.Text.Json;

namespace Muxi.Llm.Gateway.Surfaces.OpenAI;

/// <summary>
/// The shapes in a conversation that the library reads tolerantly, as services write them: from a client of ours a number for a text is a mistake, and it is told which.
/// </summary>
internal static class ChatShape
{
    /// <summary>Looks at <c>messages</c>; whatever else there is, the reader of requests looks at.</summary>
    /// <param name="body">A well-formed JSON value.</param>
    /// <exception cref="JsonException">A member has the wrong type; the path names it.</exception>
    public static void Check(ReadOnlySpan<byte> body)
    {
        var reader = new Utf8JsonReader(body);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return;
        while (reader.NextMember())
        {
            if (reader.Is("messages"u8)) CheckMessages(ref reader);
            else reader.SkipMember();
        }
    }

    private static void CheckMessages(ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) throw Wrong("messages", "a list of objects");
        for (var i = 0; reader.NextItem(); i++)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong($"messages[{i}]", "an object");
            CheckMessage(ref reader, i);
        }
    }

    private static void CheckMessage(ref Utf8JsonReader reader, int at)
    {
        var hasRole = false;
        while (reader.NextMember())
        {
            if (reader.Is("role"u8))
            {
                hasRole = true;
                Expect(ref reader, at, "role", JsonTokenType.String);
            }
            else if (reader.Is("name"u8)) Expect(ref reader, at, "name", JsonTokenType.String, JsonTokenType.Null);
            else if (reader.Is("tool_call_id"u8)) Expect(ref reader, at, "tool_call_id", JsonTokenType.String, JsonTokenType.Null);
            else if (reader.Is("content"u8)) CheckList(ref reader, $"messages[{at}].content", "text or a list of parts", mayBeText: true);
            else if (reader.Is("tool_calls"u8)) CheckList(ref reader, $"messages[{at}].tool_calls", "a list of calls", mayBeText: false);
            else reader.SkipMember();
        }
        if (!hasRole) throw new JsonException($"'messages[{at}]' needs 'role'.", $"messages[{at}].role", null, null);
    }

    private static void CheckList(ref Utf8JsonReader reader, string path, string what, bool mayBeText)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null || (mayBeText && reader.TokenType == JsonTokenType.String)) return;
        if (reader.TokenType != JsonTokenType.StartArray) throw Wrong(path, what);
        for (var i = 0; reader.NextItem(); i++)
        {
            if (reader.TokenType != JsonTokenType.StartObject) throw Wrong($"{path}[{i}]", "an object");
            CheckTyped(ref reader, $"{path}[{i}]");
        }
    }

    /// <summary>A part or a call: its <c>type</c>, where it has one, is text.</summary>
    private static void CheckTyped(ref Utf8JsonReader reader, string path)
    {
        while (reader.NextMember())
        {
            var isType = reader.Is("type"u8);
            reader.Read();
            if (isType && reader.TokenType != JsonTokenType.String) throw Wrong($"{path}.type", "text");
            reader.Skip();
        }
    }

    private static void Expect(ref Utf8JsonReader reader, int at, string member, params ReadOnlySpan<JsonTokenType> kinds)
    {
        reader.Read();
        if (!kinds.Contains(reader.TokenType)) throw Wrong($"messages[{at}].{member}", "text");
    }

    private static JsonException Wrong(string path, string what) => new($"'{path}' must be {what}.", path, null, null);
}
