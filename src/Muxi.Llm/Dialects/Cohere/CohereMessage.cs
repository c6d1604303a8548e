using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a message says, or a piece of one: streams send one thing at a time where a whole reply has a list.</summary>
internal ref struct CohereMessage
{
    public List<CohereContent>? Content;

    /// <summary>What the model plans before its calls.</summary>
    public string? Plan;

    public List<CohereCall>? Calls;

    public List<CohereCitation>? Citations;

    /// <param name="source">The message's bytes; none for a message that says nothing.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static CohereMessage Read(ReadOnlySpan<byte> source)
    {
        var message = new CohereMessage();
        if (source.IsEmpty) return message;
        var reader = new Utf8JsonReader(source);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("content"u8)) message.Content = ReadContent(ref reader, source);
            else if (reader.Is("tool_plan"u8)) message.Plan = reader.ReadString(source);
            else if (reader.Is("tool_calls"u8)) message.Calls = Many(ref reader, source, CohereCall.Read);
            else if (reader.Is("citations"u8)) message.Citations = Many(ref reader, source, CohereCitation.Read);
            else reader.SkipMember();
        }
        return message;
    }

    /// <summary>The content: a list, one part, or, as in a request, plain text.</summary>
    private static List<CohereContent> ReadContent(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source) =>
        reader.NextIs(JsonTokenType.String) ? [new(null, reader.ReadString(source), null)] : Many(ref reader, source, CohereContent.Read);

    /// <summary>Reads the object that a reader stands on.</summary>
    public delegate T Reading<out T>(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source);

    /// <summary>The items of a list, or the one object that stands in its place.</summary>
    public static List<T> Many<T>(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, Reading<T> read)
    {
        var items = new List<T>(1);
        reader.Read();
        if (reader.TokenType == JsonTokenType.StartObject) items.Add(read(ref reader, source));
        else if (reader.TokenType == JsonTokenType.StartArray)
        {
            while (reader.NextItem())
                if (reader.TokenType == JsonTokenType.StartObject) items.Add(read(ref reader, source));
                else reader.Skip();
        }
        return items;
    }
}

/// <summary>A part of the content.</summary>
/// <param name="Type"><c>text</c> or <c>thinking</c>; null in a piece that does not say.</param>
/// <param name="Text">Words of the answer.</param>
/// <param name="Thinking">Words of the thinking.</param>
internal readonly record struct CohereContent(string? Type, string? Text, string? Thinking)
{
    public bool IsThinking => Type == "thinking" || Thinking is not null;

    /// <summary>Whether it is something that we can read.</summary>
    public bool IsKnown => IsThinking || Type is null or "text" || Text is not null;

    public static CohereContent Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? type = null, text = null, thinking = null;
        while (reader.NextMember())
        {
            if (reader.Is("text"u8)) text = reader.ReadString(source);
            else if (reader.Is("thinking"u8)) thinking = reader.ReadString(source);
            else if (reader.Is("type"u8)) type = reader.ReadString(source);
            else reader.SkipMember();
        }
        return new(type, text, thinking);
    }
}

/// <summary>A call, or a piece of one.</summary>
internal readonly record struct CohereCall(string? Id, string? Name, string? Arguments, Extra Extra)
{
    public static CohereCall Read(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? id = null, name = null, arguments = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.NextIsNull() || reader.Is("type"u8)) reader.SkipMember();
            else if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("function"u8)) ReadFunction(ref reader, source, ref name, ref arguments);
            else extra.Take(ref reader, source);
        }
        return new(id, name, arguments, extra.ToExtra());
    }

    private static void ReadFunction(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, ref string? name, ref string? arguments)
    {
        if (!reader.EnterObject()) return;
        while (reader.NextMember())
        {
            if (reader.Is("name"u8)) name = reader.ReadString(source);
            // Text; an object is taken as well, which proxies in front of the service send.
            else if (reader.Is("arguments"u8)) arguments = reader.ReadString(source);
            else reader.SkipMember();
        }
    }

    /// <summary>The arguments of a whole call. The service writes null, or nothing, for a tool that takes none (recorded 2026).</summary>
    public static string Whole(string? arguments) => string.IsNullOrWhiteSpace(arguments) || arguments.AsSpan().Trim() is "null" ? "{}" : arguments;
}
