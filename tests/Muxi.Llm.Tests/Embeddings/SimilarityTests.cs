namespace Muxi.Llm.Tests;

/// <summary>How much alike embeddings are, against the definition.</summary>
public sealed class SimilarityTests
{
    [Fact]
    public void The_cosine_is_that_of_the_definition()
    {
        var random = new Random(5);
        for (var dimensions = 1; dimensions < 70; dimensions++)
        {
            var a = Enumerable.Range(0, dimensions).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
            var b = Enumerable.Range(0, dimensions).Select(_ => (random.NextSingle() * 2) - 1).ToArray();
            var expected = a.Zip(b, (x, y) => (double)x * y).Sum() / Math.Sqrt(a.Sum(x => (double)x * x) * b.Sum(x => (double)x * x));

            Assert.Equal(expected, Similarity.Cosine(a, b), 1e-5);
            Assert.Equal(expected, Of(a).CosineSimilarity(Of(b)), 1e-5);
        }
    }

    [Fact]
    public void The_nearest_come_first_and_of_equal_ones_the_earlier()
    {
        Embedding[] among = [Of(1, 0), Of(0, 1), Of(1, 1), Of(2, 0), Of(-1, 0)];

        Assert.Equal([0, 3, 2], Of(1, 0).Nearest(among, 3).Select(neighbour => neighbour.Index));
        Assert.Equal([0, 3, 2, 1, 4], Of(1, 0).Nearest(among, 99).Select(neighbour => neighbour.Index));
        Assert.Equal([1f, 1], Similarity.Nearest(new float[] { 1, 0 }, [.. among.Select(one => one.Vector)], 2).Select(neighbour => neighbour.Score));
        Assert.Empty(Of(1, 0).Nearest(among, 0));
        Assert.Empty(Of(1, 0).Nearest([], 3));
    }

    [Fact]
    public void What_cannot_be_compared_is_told()
    {
        Assert.Contains("2 and 3 dimensions", Assert.Throws<ArgumentException>(() => Of(1, 2).CosineSimilarity(Of(1, 2, 3))).Message, StringComparison.Ordinal);
        Assert.Throws<ArgumentException>(() => Similarity.Cosine([], []));
        Assert.Throws<ArgumentOutOfRangeException>(() => Of(1).Nearest([Of(1)], -1));
    }

    private static Embedding Of(params float[] vector) => new() { Vector = vector };
}
