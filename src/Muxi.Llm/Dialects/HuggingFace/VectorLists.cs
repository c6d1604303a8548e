using System.Text.Json;

namespace Muxi.Llm;

/// <summary>Lists of numbers within lists, as deep as they come: a vector, one for each text, or one for each token of each text.</summary>
internal sealed class VectorLists
{
    /// <summary>Texts, a list around each of them as some pipelines put it, tokens, numbers.</summary>
    private const int Deepest = 4;

    private readonly float[]? _vector;
    private readonly List<VectorLists> _items = [];

    private VectorLists(float[]? vector) => _vector = vector;

    private int Depth => _vector is not null ? 1 : 1 + (_items.Count == 0 ? 0 : _items.Max(static item => item.Depth));

    /// <summary>Reads a reply; null where it is something else.</summary>
    public static VectorLists? Read(ReadOnlySpan<byte> source)
    {
        try
        {
            var reader = new Utf8JsonReader(JsonReading.WithoutMark(source));
            if (!reader.Read() || reader.TokenType != JsonTokenType.StartArray) return null;
            var lists = Read(ref reader, 1);
            // What stands behind it is an error of the reader's own.
            reader.Read();
            return lists;
        }
        catch (JsonException)
        {
            // Not JSON, cut in the middle, or something that is no number: the classifier says what it is.
            return null;
        }
    }

    /// <summary>The vectors of each text.</summary>
    /// <param name="texts">How many texts there were; null where nobody knows.</param>
    public IEnumerable<IReadOnlyList<float[]>> Of(int? texts) => Depth switch
    {
        1 => [[_vector!]],
        2 when texts == 1 => [Rows()],
        2 => _items.Select(static item => item.Rows()),
        3 => _items.Select(static item => item.Rows()),
        _ => _items.Select(static item => item._items is [var only] ? only.Rows() : []),
    };

    private static VectorLists Read(ref Utf8JsonReader reader, int depth)
    {
        if (depth > Deepest) throw new JsonException("There are lists within lists beyond those of tokens.");
        if (!reader.NextIs(JsonTokenType.StartArray)) return new(VectorJson.ReadList(ref reader));
        var lists = new VectorLists(null);
        while (reader.NextItem()) lists._items.Add(reader.TokenType == JsonTokenType.StartArray ? Read(ref reader, depth + 1) : throw new JsonException("A list of vectors holds something else."));
        return lists;
    }

    private List<float[]> Rows() => _vector is not null ? [_vector] : [.. _items.Select(static item => item._vector ?? [])];
}
