using System.Numerics.Tensors;

namespace Muxi.Llm;

/// <summary>How much alike embeddings are. Only those of one model, with the same number of dimensions, can be compared.</summary>
public static class Similarity
{
    /// <summary>The cosine of the angle between two vectors: 1 for the same direction, 0 for nothing in common, -1 for opposite ones.</summary>
    /// <exception cref="ArgumentException">They have different numbers of dimensions, or none.</exception>
    public static float Cosine(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        if (a.Length != b.Length) throw new ArgumentException($"the vectors have {a.Length} and {b.Length} dimensions: embeddings of one model and one size can be compared", nameof(b));
        return a.IsEmpty ? throw new ArgumentException("the vectors are empty", nameof(a)) : TensorPrimitives.CosineSimilarity(a, b);
    }

    /// <summary>The cosine of the angle between two embeddings.</summary>
    /// <exception cref="ArgumentException">They have different numbers of dimensions, or none.</exception>
    public static float CosineSimilarity(this Embedding embedding, Embedding other)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        ArgumentNullException.ThrowIfNull(other);
        return Cosine(embedding.Vector.Span, other.Vector.Span);
    }

    /// <summary>Those of a list that are most like this one, the likest first; of equal ones the earlier.</summary>
    /// <param name="embedding">What is looked for.</param>
    /// <param name="among">Where it is looked for.</param>
    /// <param name="count">How many to give at most.</param>
    /// <exception cref="ArgumentException">They have different numbers of dimensions.</exception>
    public static IReadOnlyList<Neighbour> Nearest(this Embedding embedding, IReadOnlyList<Embedding> among, int count)
    {
        ArgumentNullException.ThrowIfNull(embedding);
        ArgumentNullException.ThrowIfNull(among);
        return Nearest(embedding.Vector.Span, among.Count, at => among[at].Vector, count);
    }

    /// <summary>Those of a list that are most like this vector, the likest first; of equal ones the earlier.</summary>
    /// <param name="vector">What is looked for.</param>
    /// <param name="among">Where it is looked for.</param>
    /// <param name="count">How many to give at most.</param>
    /// <exception cref="ArgumentException">They have different numbers of dimensions.</exception>
    public static IReadOnlyList<Neighbour> Nearest(ReadOnlyMemory<float> vector, IReadOnlyList<ReadOnlyMemory<float>> among, int count)
    {
        ArgumentNullException.ThrowIfNull(among);
        return Nearest(vector.Span, among.Count, at => among[at], count);
    }

    private static Neighbour[] Nearest(ReadOnlySpan<float> vector, int all, Func<int, ReadOnlyMemory<float>> at, int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        if (count == 0) return [];
        // The least like of those that are kept is the first to go; of equal ones the later.
        var kept = new PriorityQueue<Neighbour, (float Score, int Later)>(Math.Min(count, all));
        for (var i = 0; i < all; i++)
        {
            var score = Cosine(vector, at(i).Span);
            var neighbour = new Neighbour(i, score);
            if (kept.Count < count) kept.Enqueue(neighbour, (score, -i));
            else kept.EnqueueDequeue(neighbour, (score, -i));
        }
        var nearest = new Neighbour[kept.Count];
        for (var i = nearest.Length - 1; i >= 0; i--) nearest[i] = kept.Dequeue();
        return nearest;
    }
}

/// <summary>One of a list that is like what was looked for.</summary>
/// <param name="Index">Its place in the list.</param>
/// <param name="Score">How much alike they are: the cosine, 1 at most.</param>
public readonly record struct Neighbour(int Index, float Score);
