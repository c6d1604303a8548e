using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>What is looked at: one text, several texts each for itself, the parts of one thing, texts and pictures together, or a conversation.</summary>
[CollectionBuilder(typeof(ModerationInput), nameof(FromTexts))]
[SuppressMessage("Naming", "CA1710", Justification = "It can be written as a list, and is more than one.")]
public sealed class ModerationInput
{
    private ModerationInput(IReadOnlyList<string> texts, IReadOnlyList<ContentPart> parts, bool isList) => (Texts, Parts, IsList) = (texts, parts, isList);

    /// <summary>The texts; empty where parts were given.</summary>
    public IReadOnlyList<string> Texts { get; }

    /// <summary>The parts; empty where texts were given.</summary>
    public IReadOnlyList<ContentPart> Parts { get; }

    /// <summary>The conversation, of which the last message is looked at as it stands in it; empty where texts or parts were given.</summary>
    public IReadOnlyList<Message> Messages { get; private init; } = [];

    /// <summary>Whether a list was given, be it of one.</summary>
    public bool IsList { get; }

    /// <summary>A single text, which is no list of one.</summary>
    public static ModerationInput FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new([text], [], isList: false);
    }

    /// <summary>Several texts, each looked at for itself.</summary>
    public static ModerationInput FromTexts(ReadOnlySpan<string> texts) => new([.. texts], [], isList: true);

    /// <summary>Several texts, each looked at for itself.</summary>
    public static ModerationInput FromTexts(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new(texts, [], isList: true);
    }

    /// <summary>Texts and pictures, looked at together: <c>ModerationInput.FromParts("See this", Image.FromFile("a.png"))</c>.</summary>
    public static ModerationInput FromParts(params IReadOnlyList<ContentPart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return new([], parts, isList: true);
    }

    /// <summary>A conversation, of which the last message is looked at as it stands in it: where the provider has such a moderation, as Mistral has.</summary>
    public static ModerationInput FromMessages(params IReadOnlyList<Message> messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        return new([], [], isList: true) { Messages = messages };
    }

    /// <summary>A single text, given as it is.</summary>
    public static implicit operator ModerationInput(string text) => FromText(text);

    /// <summary>Several texts, each for itself.</summary>
    public static implicit operator ModerationInput(string[] texts) => FromTexts((IReadOnlyList<string>)texts);

    /// <summary>Several texts, each for itself.</summary>
    public static implicit operator ModerationInput(List<string> texts) => FromTexts((IReadOnlyList<string>)texts);

    /// <summary>Goes through the texts.</summary>
    public IEnumerator<string> GetEnumerator() => Texts.GetEnumerator();

    /// <summary>The text, or how many there are of what.</summary>
    public override string ToString() => Messages.Count > 0 ? $"{Messages.Count} messages" : Parts.Count > 0 ? $"{Parts.Count} parts" : IsList ? $"{Texts.Count} texts" : Texts[0];

    /// <summary>What is wrong with it, and where; null where nothing is.</summary>
    internal (string Param, string Fault)? Fault()
    {
        if (Texts.Count == 0 && Parts.Count == 0 && Messages.Count == 0) return ("input", "'input' is an empty list: give one text or picture at least");
        for (var i = 0; i < Texts.Count; i++)
            if (Texts[i] is null) return ($"input[{i}]", $"'input[{i}]' is null: it must be a text");
        for (var i = 0; i < Parts.Count; i++)
            if (Parts[i] is null || !IsText(Parts[i]) && !IsPicture(Parts[i])) return ($"input[{i}]", $"'input[{i}]' is neither text nor a picture: these alone can be looked at");
        return null;
    }

    internal void Write(Utf8JsonWriter json)
    {
        if (!IsList)
        {
            json.WriteString("input"u8, Texts[0]);
            return;
        }
        json.WriteStartArray("input"u8);
        foreach (var message in Messages) new ChatMessageWriter(json, OpenAIModerations.Conversation, new(), MessageForm.Service).Write(message);
        foreach (var text in Texts) json.WriteStringValue(text);
        foreach (var part in Parts) Write(json, part);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, ContentPart part)
    {
        json.WriteStartObject();
        json.WriteString("type"u8, part.Type.Value);
        if (IsText(part)) json.WriteString("text"u8, part.Text);
        else if (part.ImageUrl is { } picture)
        {
            json.WriteStartObject("image_url"u8);
            json.WriteString("url"u8, picture.Url);
            json.WriteEndObject();
        }
        part.Extra.WriteMembers(json);
        json.WriteEndObject();
    }

    private static bool IsText(ContentPart part) => part.Type == ContentPartType.Text;

    private static bool IsPicture(ContentPart part) => part.Type == ContentPartType.ImageUrl && part.ImageUrl is not null;

    /// <summary>Reads the member that the reader stands on.</summary>
    /// <exception cref="JsonException">It is none of the forms.</exception>
    internal static ModerationInput? Read(ref Utf8JsonReader reader, ReadOnlySpan<byte> source)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String) return FromText(reader.Text());
        if (reader.TokenType != JsonTokenType.StartArray) throw RequestReading.Wrong("input", "text, a list of texts, or a list of parts");
        List<string> texts = [];
        List<ContentPart> parts = [];
        List<Message> messages = [];
        while (reader.NextItem())
        {
            var at = texts.Count + parts.Count + messages.Count;
            if (reader.TokenType == JsonTokenType.StartObject && at == messages.Count && IsMessage(reader)) messages.Add(ChatMessageReader.Read(ref reader, source, quirks: null));
            else if (messages.Count > 0) throw RequestReading.Wrong($"input[{at}]", "a message, as the others are");
            else if (reader.TokenType == JsonTokenType.String && parts.Count == 0) texts.Add(reader.Text());
            else if (reader.TokenType == JsonTokenType.StartObject && texts.Count == 0) parts.Add(ReadPart(ref reader, source, at));
            else throw RequestReading.Wrong($"input[{at}]", texts.Count > 0 ? "text, as the others are" : parts.Count > 0 ? "a part, as the others are" : "text or a part");
        }
        return messages.Count > 0 ? FromMessages(messages) : parts.Count > 0 ? FromParts(parts) : FromTexts(texts);
    }

    /// <summary>Whether the object says who speaks, which no part does.</summary>
    private static bool IsMessage(Utf8JsonReader reader)
    {
        while (reader.NextMember())
        {
            if (reader.Is("role"u8)) return true;
            reader.SkipMember();
        }
        return false;
    }

    private static ContentPart ReadPart(ref Utf8JsonReader reader, ReadOnlySpan<byte> source, int at)
    {
        string? type = null, text = null, url = null;
        var extra = new ExtraReader();
        while (reader.NextMember())
        {
            if (reader.Is("type"u8)) type = RequestReading.Text(ref reader, $"input[{at}].type");
            else if (reader.Is("text"u8)) text = RequestReading.Text(ref reader, $"input[{at}].text");
            else if (reader.Is("image_url"u8)) url = ReadUrl(ref reader, at);
            else extra.Take(ref reader, source);
        }
        return type switch
        {
            "text" when text is not null => ContentPart.FromText(text) with { Extra = extra.ToExtra() },
            "image_url" when url is not null => Image.FromUrl(url) with { Extra = extra.ToExtra() },
            "text" => throw RequestReading.Wrong($"input[{at}].text", "text"),
            "image_url" => throw RequestReading.Wrong($"input[{at}].image_url.url", "an address"),
            _ => throw RequestReading.Wrong($"input[{at}].type", "text or image_url"),
        };
    }

    private static string? ReadUrl(ref Utf8JsonReader reader, int at)
    {
        if (!RequestReading.Enter(ref reader, $"input[{at}].image_url")) return null;
        string? url = null;
        while (reader.NextMember())
            if (reader.Is("url"u8)) url = RequestReading.Text(ref reader, $"input[{at}].image_url.url");
            else reader.SkipMember();
        return url;
    }
}
