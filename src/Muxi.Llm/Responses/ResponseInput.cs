using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>What a model is given: a text, or items in order (messages, earlier answers, tools' results).</summary>
[CollectionBuilder(typeof(ResponseInput), nameof(FromItems))]
[SuppressMessage("Naming", "CA1710", Justification = "It can be written as a list, and can be a mere text.")]
public sealed class ResponseInput
{
    private readonly IReadOnlyList<ResponseItem>? _items;

    private ResponseInput(string? text, IReadOnlyList<ResponseItem>? items) => (Text, _items) = (text, items);

    /// <summary>The text; null where items were given.</summary>
    public string? Text { get; }

    /// <summary>The items; a mere text is one message of the user's.</summary>
    public IReadOnlyList<ResponseItem> Items => _items ?? [ResponseItem.User(Text!)];

    /// <summary>A mere text.</summary>
    public static ResponseInput FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, null);
    }

    /// <summary>Items in order.</summary>
    public static ResponseInput FromItems(ReadOnlySpan<ResponseItem> items) => new(null, [.. items]);

    /// <summary>Items in order.</summary>
    public static ResponseInput FromItems(IReadOnlyList<ResponseItem> items)
    {
        ArgumentNullException.ThrowIfNull(items);
        return new(null, items);
    }

    /// <summary>A mere text.</summary>
    public static implicit operator ResponseInput(string text) => FromText(text);

    /// <summary>Items in order.</summary>
    public static implicit operator ResponseInput(ResponseItem[] items) => FromItems((IReadOnlyList<ResponseItem>)items);

    /// <summary>Items in order.</summary>
    public static implicit operator ResponseInput(List<ResponseItem> items) => FromItems((IReadOnlyList<ResponseItem>)items);

    /// <summary>Goes through the items.</summary>
    public IEnumerator<ResponseItem> GetEnumerator() => Items.GetEnumerator();

    /// <summary>The text, or how many items there are.</summary>
    public override string ToString() => Text ?? $"{Items.Count} items";
}

/// <summary>What a message says, or a tool gave: a text, or parts in order.</summary>
[CollectionBuilder(typeof(ResponseContent), nameof(FromParts))]
[SuppressMessage("Naming", "CA1710", Justification = "It can be written as a list, and can be a mere text.")]
public sealed class ResponseContent
{
    private readonly string? _text;
    private readonly IReadOnlyList<ResponsePart>? _parts;

    private ResponseContent(string? text, IReadOnlyList<ResponsePart>? parts) => (_text, _parts) = (text, parts);

    /// <summary>Whether it is parts, not a mere text.</summary>
    public bool IsList => _parts is not null;

    /// <summary>The text: of all parts that have one, together.</summary>
    public string Text => _text ?? string.Concat(_parts!.Select(static part => part.Text));

    /// <summary>The parts; empty where a mere text was given.</summary>
    public IReadOnlyList<ResponsePart> Parts => _parts ?? [];

    /// <summary>A mere text.</summary>
    public static ResponseContent FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(text, null);
    }

    /// <summary>Parts in order.</summary>
    public static ResponseContent FromParts(ReadOnlySpan<ResponsePart> parts) => new(null, [.. parts]);

    /// <summary>Parts in order.</summary>
    public static ResponseContent FromParts(IReadOnlyList<ResponsePart> parts)
    {
        ArgumentNullException.ThrowIfNull(parts);
        return new(null, parts);
    }

    /// <summary>A mere text.</summary>
    public static implicit operator ResponseContent(string text) => FromText(text);

    /// <summary>Parts in order.</summary>
    public static implicit operator ResponseContent(ResponsePart[] parts) => FromParts((IReadOnlyList<ResponsePart>)parts);

    /// <summary>Parts in order.</summary>
    public static implicit operator ResponseContent(List<ResponsePart> parts) => FromParts((IReadOnlyList<ResponsePart>)parts);

    /// <summary>Goes through the parts.</summary>
    public IEnumerator<ResponsePart> GetEnumerator() => Parts.GetEnumerator();

    /// <summary>The text.</summary>
    public override string ToString() => Text;
}
