using System.Text.Json;

namespace Muxi.Llm;

/// <summary>One object of a reply: a line of a stream, or all of it.</summary>
internal ref struct OllamaLine
{
    /// <summary>The model, in the server's words.</summary>
    public string? Model;

    /// <summary>When it was made, in Unix seconds.</summary>
    public long? Created;

    /// <summary>Whether the answer ends here.</summary>
    public bool IsDone;

    /// <summary>Why it ends, in the server's word.</summary>
    public string? DoneReason;

    /// <summary>Chat's message, still to be read; empty where there is none.</summary>
    public ReadOnlySpan<byte> Message;

    /// <summary>The text of a completion; null where there is none.</summary>
    public string? Response;

    /// <summary>The thinking before a completion.</summary>
    public string? Thinking;

    /// <summary>How likely the new tokens were.</summary>
    public List<TokenLogprob>? Logprobs;

    public OllamaUsage Usage;

    public ExtraReader Extra;

    private bool _isObject, _isError;

    /// <summary>Whether it is a piece of an answer, and neither an error nor something else.</summary>
    public readonly bool IsAnswer => _isObject && !_isError && (IsDone || !Message.IsEmpty || Response is not null);

    /// <param name="source">The object's bytes.</param>
    /// <param name="known">The model of the line before.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static OllamaLine Read(ReadOnlySpan<byte> source, string? known)
    {
        source = JsonReading.WithoutMark(source);
        var line = new OllamaLine();
        var reader = new Utf8JsonReader(source);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return line;
        line._isObject = true;
        while (reader.NextMember()) line.Take(ref reader, source, known);
        // What stands behind the object is an error of the reader's own.
        reader.Read();
        return line;
    }

    private void Take(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, string? known)
    {
        if (reader.NextIsNull()) reader.SkipMember();
        else if (reader.Is("model"u8)) Model = reader.ReadShared(known, source);
        else if (reader.Is("message"u8)) Message = reader.ReadObject(source);
        else if (reader.Is("response"u8)) Response = reader.ReadString(source);
        else if (reader.Is("thinking"u8)) Thinking = reader.ReadString(source);
        else if (reader.Is("created_at"u8)) Created = FileJson.ReadTime(ref reader);
        else if (reader.Is("done"u8)) IsDone = reader.ReadBool() == true;
        else if (reader.Is("done_reason"u8)) DoneReason = reader.ReadString(source) is { Length: > 0 } word ? word : null;
        else if (reader.Is("logprobs"u8)) Logprobs = LogprobsJson.ReadTokens(ref reader, source);
        else if (!Usage.Take(ref reader, source))
        {
            _isError |= reader.Is("error"u8);
            Extra.Take(ref reader, source);
        }
    }
}

/// <summary>What a message says, or a piece of one.</summary>
internal readonly record struct OllamaMessage(string? Content, string? Thinking, List<ToolCall>? Calls, List<ContentPart>? Pictures)
{
    /// <param name="source">The message's bytes.</param>
    /// <param name="before">How many calls came before it.</param>
    /// <param name="context">Makes the ids that are missing.</param>
    public static OllamaMessage Read(ReadOnlySpan<byte> source, int before, CallContext context)
    {
        string? content = null, thinking = null;
        List<ToolCall>? calls = null;
        List<ContentPart>? pictures = null;
        var reader = new Utf8JsonReader(source);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.Is("content"u8)) content = reader.ReadString(source);
            else if (reader.Is("thinking"u8)) thinking = reader.ReadString(source);
            else if (reader.Is("tool_calls"u8)) calls = ReadCalls(ref reader, source, before, context);
            else if (reader.Is("images"u8)) pictures = ReadPictures(ref reader);
            else reader.SkipMember();
        }
        return new(content is { Length: > 0 } ? content : null, thinking is { Length: > 0 } ? thinking : null, calls, pictures);
    }

    private static List<ToolCall>? ReadCalls(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, int before, CallContext context)
    {
        if (!reader.EnterArray()) return null;
        var calls = new List<ToolCall>();
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.StartObject) calls.Add(ReadCall(ref reader, source, before + calls.Count, context));
            else reader.Skip();
        }
        return calls.Count > 0 ? calls : null;
    }

    private static ToolCall ReadCall(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source, int place, CallContext context)
    {
        string? id = null;
        var function = new FunctionCall("", "{}");
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("function"u8)) function = ReadFunction(ref reader, source);
            else if (reader.Is("type"u8) || reader.NextIsNull()) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        // Servers before 0.12 give none.
        return new() { Id = id is { Length: > 0 } ? id : context.MakeId("call_", place), Function = function, Extra = extra.ToExtra() };
    }

    private static FunctionCall ReadFunction(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        string? name = null, arguments = null;
        var extra = new ExtraReader();
        if (!reader.EnterObject()) return new("", "{}");
        while (reader.NextMember())
        {
            if (reader.Is("name"u8)) name = reader.ReadString(source);
            // An object; as text it is taken as well, which proxies in front of a server send.
            else if (reader.Is("arguments"u8)) arguments = reader.ReadString(source);
            // Its place among the calls of its line says nothing that the order does not.
            else if (reader.Is("index"u8) || reader.NextIsNull()) reader.SkipMember();
            else extra.Take(ref reader, source);
        }
        return new(name ?? "", arguments is { Length: > 0 } ? arguments : "{}") { Extra = extra.ToExtra() };
    }

    private static List<ContentPart>? ReadPictures(scoped ref Utf8JsonReader reader)
    {
        if (!reader.EnterArray()) return null;
        var pictures = new List<ContentPart>();
        while (reader.NextItem())
        {
            if (reader.TokenType == JsonTokenType.String && Base64Text.Decode(ref reader) is { Length: > 0 } bytes) pictures.Add(Image.FromBytes(bytes));
            else reader.Skip();
        }
        return pictures.Count > 0 ? pictures : null;
    }
}

/// <summary>Why the model stopped, in OpenAI's words.</summary>
internal static class OllamaStop
{
    /// <summary>The server's word beside ours, where it is another one.</summary>
    public static string? Raw(FinishReason? reason, string? word) => word == reason?.Value ? null : word;

    /// <summary>Our word.</summary>
    /// <param name="quirks">Further words.</param>
    /// <param name="word">The server's word; null where it says only that the answer is done, as servers before 0.1.38 do.</param>
    /// <param name="hasCalls">Whether the answer has calls.</param>
    public static FinishReason Reason(System.Collections.Immutable.ImmutableDictionary<string, string> quirks, string? word, bool hasCalls)
    {
        if (word is not null && quirks.TryGetValue(word, out var known)) return known;
        return word switch
        {
            // An empty request only loads a model or takes it out of memory.
            null or "stop" or "load" or "unload" => hasCalls ? FinishReason.ToolCalls : FinishReason.Stop,
            "length" => FinishReason.Length,
            _ => word,
        };
    }
}
