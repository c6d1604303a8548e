using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;
using System.Text.Json;

namespace Muxi.Llm;

/// <summary>
/// What a model reads where it reads no conversation: one text or several, each as text or as the model's tokens. <c>"one"</c>, <c>["one", "two"]</c>, or
/// <see cref="FromTokens(IReadOnlyList{int})"/>.
/// </summary>
[CollectionBuilder(typeof(TextInput), nameof(FromTexts))]
[SuppressMessage("Naming", "CA1710", Justification = "It can be written as a list, and is more than one.")]
public sealed class TextInput
{
    private readonly IReadOnlyList<string>? _texts;
    private readonly IReadOnlyList<IReadOnlyList<int>>? _tokens;

    private TextInput(IReadOnlyList<string>? texts, IReadOnlyList<IReadOnlyList<int>>? tokens, bool isList) => (_texts, _tokens, IsList) = (texts, tokens, isList);

    /// <summary>The texts; empty where tokens were given.</summary>
    public IReadOnlyList<string> Texts => _texts ?? [];

    /// <summary>The tokens of each; empty where texts were given.</summary>
    public IReadOnlyList<IReadOnlyList<int>> Tokens => _tokens ?? [];

    /// <summary>How many there are.</summary>
    public int Count => _texts?.Count ?? _tokens!.Count;

    /// <summary>Whether a list was given, be it of one.</summary>
    public bool IsList { get; }

    /// <summary>A single text, which is no list of one.</summary>
    public static TextInput FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new([text], null, isList: false);
    }

    /// <summary>Several texts, each for itself.</summary>
    public static TextInput FromTexts(ReadOnlySpan<string> texts) => new([.. texts], null, isList: true);

    /// <summary>Several texts, each for itself.</summary>
    public static TextInput FromTexts(IReadOnlyList<string> texts)
    {
        ArgumentNullException.ThrowIfNull(texts);
        return new(texts, null, isList: true);
    }

    /// <summary>A single text, as the model's tokens.</summary>
    public static TextInput FromTokens(IReadOnlyList<int> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new(null, [tokens], isList: false);
    }

    /// <summary>Several texts, each as the model's tokens.</summary>
    public static TextInput FromTokens(IReadOnlyList<IReadOnlyList<int>> tokens)
    {
        ArgumentNullException.ThrowIfNull(tokens);
        return new(null, tokens, isList: true);
    }

    /// <summary>A single text, given as it is.</summary>
    public static implicit operator TextInput(string text) => FromText(text);

    /// <summary>Several texts, each for itself.</summary>
    public static implicit operator TextInput(string[] texts) => FromTexts((IReadOnlyList<string>)texts);

    /// <summary>Several texts, each for itself.</summary>
    public static implicit operator TextInput(List<string> texts) => FromTexts((IReadOnlyList<string>)texts);

    /// <summary>Goes through the texts.</summary>
    public IEnumerator<string> GetEnumerator() => Texts.GetEnumerator();

    /// <summary>The text, or how many there are of what.</summary>
    public override string ToString() => _texts is [var one] ? one : _texts is not null ? $"{Count} texts" : $"{Count} lists of tokens";

    /// <summary>Some of them, as a list.</summary>
    internal TextInput Slice(int start, int count) =>
        _texts is not null ? new([.. _texts.Skip(start).Take(count)], null, isList: true) : new(null, [.. _tokens!.Skip(start).Take(count)], isList: true);

    /// <summary>What is wrong with one of them, and which one; null where nothing is.</summary>
    /// <param name="name">The request member.</param>
    /// <param name="mayBeEmpty">Whether a text without letters is one.</param>
    internal (string Param, string Fault)? Fault(string name, bool mayBeEmpty)
    {
        if (Count == 0) return (name, $"'{name}' is an empty list: give one text at least");
        for (var i = 0; i < Count; i++)
        {
            var at = IsList ? $"{name}[{i}]" : name;
            if (_texts is not null && _texts[i] is null) return (at, $"'{at}' is null: it must be a text");
            if (_texts is not null ? !mayBeEmpty && _texts[i].Length == 0 : _tokens![i].Count == 0) return (at, $"'{at}' is empty: give text{(IsList ? " or leave it out" : "")}");
            if (_tokens is not null && _tokens[i].Any(token => token < 0)) return (at, $"'{at}' holds a token below 0");
        }
        return null;
    }

    internal void Write(Utf8JsonWriter json, ReadOnlySpan<byte> name)
    {
        if (_texts is not null && !IsList)
        {
            json.WriteString(name, _texts[0]);
            return;
        }
        json.WriteStartArray(name);
        if (_texts is not null) foreach (var text in _texts) json.WriteStringValue(text);
        else if (!IsList) foreach (var token in _tokens![0]) json.WriteNumberValue(token);
        else foreach (var tokens in _tokens!) Write(json, tokens);
        json.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter json, IReadOnlyList<int> tokens)
    {
        json.WriteStartArray();
        foreach (var token in tokens) json.WriteNumberValue(token);
        json.WriteEndArray();
    }

    /// <summary>Reads the member that the reader stands on; null for null.</summary>
    /// <exception cref="JsonException">It is none of the forms.</exception>
    internal static TextInput? Read(ref Utf8JsonReader reader, string name)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType == JsonTokenType.String) return FromText(reader.Text());
        if (reader.TokenType != JsonTokenType.StartArray) throw Wrong(name);
        reader.Read();
        return reader.TokenType switch
        {
            JsonTokenType.EndArray => FromTexts([]),
            JsonTokenType.String => ReadTexts(ref reader, name),
            JsonTokenType.Number => FromTokens(ReadTokens(ref reader, name)),
            JsonTokenType.StartArray => ReadLists(ref reader, name),
            _ => throw Wrong(name),
        };
    }

    private static TextInput ReadTexts(ref Utf8JsonReader reader, string name)
    {
        List<string> texts = [];
        do texts.Add(reader.TokenType == JsonTokenType.String ? reader.Text() : throw RequestReading.Wrong($"{name}[{texts.Count}]", "text, as the others are"));
        while (reader.NextItem());
        return FromTexts(texts);
    }

    private static TextInput ReadLists(ref Utf8JsonReader reader, string name)
    {
        List<IReadOnlyList<int>> lists = [];
        do
        {
            var at = $"{name}[{lists.Count}]";
            if (reader.TokenType != JsonTokenType.StartArray) throw RequestReading.Wrong(at, "a list of tokens, as the others are");
            reader.Read();
            lists.Add(reader.TokenType == JsonTokenType.EndArray ? [] : ReadTokens(ref reader, at));
        }
        while (reader.NextItem());
        return FromTokens(lists);
    }

    private static List<int> ReadTokens(ref Utf8JsonReader reader, string name)
    {
        List<int> tokens = [];
        do tokens.Add(reader.TokenType == JsonTokenType.Number && reader.TryGetInt32(out var token) ? token : throw RequestReading.Wrong($"{name}[{tokens.Count}]", "a token, as the others are"));
        while (reader.NextItem());
        return tokens;
    }

    private static JsonException Wrong(string name) => RequestReading.Wrong(name, "text, a list of texts, a list of tokens, or a list of those");
}
