using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The encoder is held against merging by the book: the pair of the lowest rank first, of equal ones the leftmost, until none is left.</summary>
public sealed class BytePairsTests
{
    private static readonly string[] _tables = ["o200k_base", "cl100k_base", "p50k_base"];

    public static TheoryData<string> Tables => [.. _tables];

    [Theory]
    [MemberData(nameof(Tables))]
    public void A_table_has_every_token_of_the_reference_with_its_id(string name)
    {
        var ranks = ReferenceRanks(name);
        var table = RankTable.Read(name);

        foreach (var (token, rank) in ranks) Assert.True(table.Bytes(rank).SequenceEqual(Encoding.Latin1.GetBytes(token)), $"{rank} differs");
        Assert.Equal(ranks.Values.Max() + 1, table.Size);
    }

    [Theory]
    [MemberData(nameof(Tables))]
    public void Pieces_of_anything_are_merged_as_by_the_book(string name)
    {
        var table = RankTable.Read(name);
        var book = new Book(ReferenceRanks(name));
        var random = new Random(11);
        for (var round = 0; round < 20_000; round++)
        {
            var piece = book.Piece(random);
            Same(book.Merge(piece), table, piece);
        }
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    public void Any_list_of_merges_is_followed_even_where_parts_come_after_what_they_become_part_of(int seed)
    {
        var random = new Random(seed);
        for (var round = 0; round < 60; round++)
        {
            var (tokens, merges) = RandomMerges(random, "abc", 9);
            var pairs = new MergeRules(tokens, merges, characters: false).Build(wholePieces: false);
            for (var piece = 0; piece < 60; piece++)
            {
                var text = string.Concat(Enumerable.Range(0, random.Next(1, 90)).Select(_ => "abc"[random.Next(3)]));
                Same(Merge(text, merges), pairs, text);
            }
        }
    }

    [Fact]
    public void Long_tokens_are_merged_of_their_parts_as_short_ones_are()
    {
        var random = new Random(5);
        for (var round = 0; round < 60; round++)
        {
            var (tokens, merges) = RandomMerges(random, "ab", 500);
            var pairs = new MergeRules(tokens, merges, characters: false).Build(wholePieces: false);
            foreach (var token in tokens.Where(static token => token.Length > 100))
            {
                var text = Encoding.Latin1.GetString(token.Span);
                Same(Merge(text, merges), pairs, text);
                Same(Merge("a" + text + "b", merges), pairs, "a" + text + "b");
            }
        }
    }

    [Fact]
    public void Many_threads_find_what_one_finds()
    {
        // Both begin knowing nothing of which tokens fit beside each other.
        var (one, shared) = (RankTable.Read("cl100k_base"), RankTable.Read("cl100k_base"));
        byte[][] pieces = [.. OracleTexts.Generated.Select(Encoding.UTF8.GetBytes).Where(static piece => piece.Length is > 0 and < 1000)];
        int[][] expected = [.. pieces.Select(piece => Ids(one, piece))];

        Parallel.For(0, 8, new() { MaxDegreeOfParallelism = 8 }, thread =>
        {
            for (var at = 0; at < pieces.Length; at++)
            {
                var piece = (at + thread * 997) % pieces.Length;
                if (!Ids(shared, pieces[piece]).AsSpan().SequenceEqual(expected[piece])) Assert.Fail($"{Convert.ToHexString(pieces[piece])} differs");
            }
        });
    }

    [Fact]
    public void A_piece_longer_than_the_stack_is_encoded_like_a_short_one()
    {
        var table = RankTable.Read("cl100k_base");
        var book = new Book(ReferenceRanks("cl100k_base"));
        foreach (var unit in (string[])["a", "ab", "Zz9", "\u00f0\u009f\u0098\u0080", " the"])
            foreach (var length in (int[])[62, 63, 64, 65, 127, 128, 129, 700])
            {
                var piece = string.Concat(Enumerable.Repeat(unit, length))[..length];
                Same(book.Merge(piece), table, piece);
            }
    }

    [Fact]
    public void Encoding_ends_when_the_sink_has_enough()
    {
        var sink = new CountSink(3);
        Assert.False(RankTable.Read("cl100k_base").Encode("zxzxzxzxzxzxzxzx"u8, ref sink));
        Assert.Equal(4, sink.Count);
    }

    [Theory]
    [InlineData(-1)]
    [InlineData(100_256)]
    [InlineData(int.MaxValue)]
    public void An_id_without_a_token_is_an_error_that_names_it(int id) =>
        Assert.Equal(id, Assert.Throws<ArgumentOutOfRangeException>(() => RankTable.Read("cl100k_base").Bytes(id).Length).ActualValue);

    private static int[] Ids(BytePairs pairs, byte[] piece)
    {
        var sink = new ListSink { Ids = [] };
        pairs.Encode(piece, ref sink);
        return [.. sink.Ids];
    }

    private static void Same(List<int> expected, BytePairs pairs, string piece)
    {
        var sink = new ListSink { Ids = [] };
        pairs.Encode(Encoding.Latin1.GetBytes(piece), ref sink);
        if (!sink.Ids.SequenceEqual(expected)) Assert.Fail($"{JsonValue.Create(piece).ToJsonString()}: [{string.Join(", ", sink.Ids)}] should be [{string.Join(", ", expected)}]");
    }

    /// <summary>The ranks that npm tiktoken brings, each token as Latin-1 text of its bytes.</summary>
    private static Dictionary<string, int> ReferenceRanks(string name)
    {
        var file = JsonNode.Parse(File.ReadAllText(Path.Combine(NpmPackages.Require("tiktoken"), "encoders", name + ".json")))!;
        var ranks = new Dictionary<string, int>();
        foreach (var line in file["bpe_ranks"]!.GetValue<string>().Split('\n'))
        {
            var words = line.Split(' ');
            for (var at = 2; at < words.Length; at++) ranks.Add(Encoding.Latin1.GetString(Convert.FromBase64String(words[at])), int.Parse(words[1]) + at - 2);
        }
        return ranks;
    }

    // Merges of tokens that are there already, in no order: a part may come long after what it becomes part of, and one token may have several merges.
    private static (ReadOnlyMemory<byte>[] Tokens, (int, int, int)[] Merges) RandomMerges(Random random, string letters, int longest)
    {
        var tokens = letters.Select(static letter => letter.ToString()).ToList();
        var merges = new List<(int Left, int Right, int Result)>();
        for (var count = random.Next(3, 40); merges.Count < count;)
        {
            var (left, right) = (random.Next(tokens.Count), random.Next(tokens.Count));
            if (tokens[left].Length + tokens[right].Length > longest || merges.Any(merge => (merge.Left, merge.Right) == (left, right))) continue;
            var result = tokens.IndexOf(tokens[left] + tokens[right]);
            if (result < 0)
            {
                result = tokens.Count;
                tokens.Add(tokens[left] + tokens[right]);
            }
            merges.Add((left, right, result));
        }
        var shuffled = merges.ToArray();
        if (random.Next(2) == 0) random.Shuffle(shuffled);
        return ([.. tokens.Select(static token => (ReadOnlyMemory<byte>)Encoding.Latin1.GetBytes(token))], shuffled);
    }

    private static List<int> Merge(string piece, (int Left, int Right, int Result)[] merges)
    {
        var parts = piece.Select(static letter => letter - 'a').ToList();
        while (true)
        {
            var (best, place) = (merges.Length, -1);
            for (var at = 0; at + 1 < parts.Count; at++)
                if (Array.FindIndex(merges, merge => merge.Left == parts[at] && merge.Right == parts[at + 1]) is >= 0 and var rank && rank < best) (best, place) = (rank, at);
            if (place < 0) return parts;
            parts[place] = merges[best].Result;
            parts.RemoveAt(place + 1);
        }
    }

    /// <summary>Merging by a table of ranks, in which any two neighbours merge that together are a token.</summary>
    private sealed class Book(Dictionary<string, int> ranks)
    {
        private readonly string[] _tokens = [.. ranks.Keys];

        /// <summary>Whole tokens, bytes and repetitions, so that borders are where nobody would put them.</summary>
        public string Piece(Random random)
        {
            var piece = new StringBuilder();
            var kind = random.Next(4);
            for (var count = random.Next(1, 8); count > 0; count--)
            {
                var part = kind switch
                {
                    0 => _tokens[random.Next(_tokens.Length)],
                    1 => ((char)random.Next(256)).ToString(),
                    2 => "ab a"[random.Next(4)].ToString(),
                    _ => _tokens[random.Next(5000)],
                };
                for (var times = random.Next(6) == 0 ? random.Next(9) : 1; times > 0; times--) piece.Append(part);
            }
            return piece.Length is > 0 and < 300 ? piece.ToString() : "a";
        }

        public List<int> Merge(string piece)
        {
            if (ranks.TryGetValue(piece, out var whole)) return [whole];
            var parts = piece.Select(static letter => letter.ToString()).ToList();
            while (true)
            {
                var (best, place) = (int.MaxValue, -1);
                for (var at = 0; at + 1 < parts.Count; at++)
                    if (ranks.TryGetValue(parts[at] + parts[at + 1], out var rank) && rank < best) (best, place) = (rank, at);
                if (place < 0) return [.. parts.Select(part => ranks[part])];
                parts[place] += parts[place + 1];
                parts.RemoveAt(place + 1);
            }
        }
    }
}
