using System.Text;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What a part of an answer is.</summary>
internal enum GeminiPartKind
{
    Nothing,
    Text,
    Thought,
    Call,
    Picture,
    Sound,

    /// <summary>What only the service understands: code that it ran and what came of it, its own tools' calls, pictures that it drew while it thought.</summary>
    Opaque,
}

/// <summary>One part of an answer's content.</summary>
internal ref struct GeminiPart
{
    public GeminiPartKind Kind;
    public string? Text, Signature, MediaType, Data;
    public Extra Extra;

    /// <summary>The call's object, still to be read.</summary>
    public ReadOnlySpan<byte> Call;

    public static GeminiPart Read(ReadOnlySpan<byte> source)
    {
        var part = new GeminiPart();
        var (isThought, isOpaque) = (false, false);
        var extra = new ExtraReader();
        var reader = new Utf8JsonReader(source);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("text"u8)) part.Text = reader.ReadString(source);
            else if (reader.Is("thought"u8)) isThought = reader.ReadBool() == true;
            else if (reader.Is("thoughtSignature"u8)) part.Signature = reader.ReadString(source);
            else if (reader.Is("functionCall"u8) && reader.NextIs(JsonTokenType.StartObject)) part.Call = reader.ReadSpan(source);
            else if (reader.Is("inlineData"u8) && reader.NextIs(JsonTokenType.StartObject)) part.ReadData(ref reader, source);
            else
            {
                isOpaque |= !IsBeside(reader);
                extra.Take(ref reader, source);
            }
        }
        part.Extra = extra.ToExtra();
        if (string.IsNullOrEmpty(part.Signature)) part.Signature = null;
        part.Kind = part.KindOf(isThought, isOpaque);
        return part;
    }

    /// <summary>Members that may stand beside any kind of data, and say nothing of their own.</summary>
    private static bool IsBeside(in Utf8JsonReader reader) => reader.Is("partMetadata"u8) || reader.Is("speechMetadata"u8) || reader.Is("mediaResolution"u8) || reader.Is("videoMetadata"u8);

    private readonly GeminiPartKind KindOf(bool isThought, bool isOpaque)
    {
        if (!Call.IsEmpty) return GeminiPartKind.Call;
        if (Data is not null && !isThought && !isOpaque)
        {
            if (MediaType!.StartsWith("image/", StringComparison.Ordinal)) return GeminiPartKind.Picture;
            // What is signed goes back, which sound in the message's own place does not.
            if (MediaType.StartsWith("audio/", StringComparison.Ordinal) && Signature is null && Extra.IsEmpty) return GeminiPartKind.Sound;
        }
        if (Data is not null || (isOpaque && Text is null)) return GeminiPartKind.Opaque;
        if (Text is null && Signature is null && Extra.IsEmpty) return GeminiPartKind.Nothing;
        return isThought ? GeminiPartKind.Thought : GeminiPartKind.Text;
    }

    private void ReadData(scoped ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        (MediaType, Data) = ("", "");
        reader.EnterObject();
        while (reader.NextMember())
        {
            if (reader.Is("mimeType"u8)) MediaType = reader.ReadString(source) ?? "";
            else if (reader.Is("data"u8)) Data = reader.ReadString(source) ?? "";
            else reader.SkipMember();
        }
    }
}

/// <summary>A call of a function, or a piece of one.</summary>
internal sealed record GeminiCall
{
    public string? Id { get; private init; }

    /// <summary>Null in a piece that is not the first.</summary>
    public string? Name { get; private init; }

    /// <summary>The arguments' JSON, as one line.</summary>
    public string Arguments { get; private init; } = "{}";

    /// <summary>Arguments that come in pieces: a list of paths and values.</summary>
    public RawJson Pieces { get; private init; }

    /// <summary>Whether further pieces of the call follow.</summary>
    public bool WillContinue { get; private init; }

    public Extra Extra { get; private init; }

    public static GeminiCall Read(ReadOnlySpan<byte> source)
    {
        string? id = null, name = null;
        RawJson arguments = default, pieces = default;
        var willContinue = false;
        var extra = new ExtraReader();
        var reader = new Utf8JsonReader(source);
        reader.Read();
        while (reader.NextMember())
        {
            if (reader.NextIsNull()) reader.SkipMember();
            else if (reader.Is("id"u8)) id = reader.ReadString(source);
            else if (reader.Is("name"u8)) name = reader.ReadString(source);
            else if (reader.Is("args"u8)) arguments = reader.ReadRaw(source);
            else if (reader.Is("partialArgs"u8)) pieces = reader.ReadRaw(source);
            else if (reader.Is("willContinue"u8)) willContinue = reader.ReadBool() == true;
            else extra.Take(ref reader, source);
        }
        return new()
        {
            Id = string.IsNullOrEmpty(id) ? null : id, Name = string.IsNullOrEmpty(name) ? null : name, Arguments = arguments.IsEmpty ? "{}" : OneLine(arguments), Pieces = pieces,
            WillContinue = willContinue, Extra = extra.ToExtra(),
        };
    }

    /// <summary>The service indents its JSON where it answers whole, and not in a stream: here both are alike.</summary>
    private static string OneLine(RawJson json)
    {
        var source = json.Utf8.Span;
        if (source.IndexOfAny(" \r\n\t"u8) < 0) return Encoding.UTF8.GetString(source);
        var (line, length, isText) = (new byte[source.Length], 0, false);
        for (var i = 0; i < source.Length; i++)
        {
            if (!isText && source[i] is (byte)' ' or (byte)'\r' or (byte)'\n' or (byte)'\t') continue;
            line[length++] = source[i];
            if (source[i] == '"') isText = !isText;
            else if (isText && source[i] == '\\') line[length++] = source[++i];
        }
        return Encoding.UTF8.GetString(line, 0, length);
    }
}
