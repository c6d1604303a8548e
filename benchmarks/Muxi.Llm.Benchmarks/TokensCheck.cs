using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Muxi.Llm.Benchmarks;

/// <summary>
/// Measures the tokenizer beside npm tiktoken and npm gpt-tokenizer, and says whether the numbers hold. Everybody takes short turns over the same text, and the time is the processor's,
/// so that what else the machine does falls on all of them alike or not at all.
/// </summary>
internal static class TokensCheck
{
    /// <summary>The argument of the process that reads one encoding and says how long it took.</summary>
    public const string Load = "--tokens-load";

    private const int WarmUps = 4;
    private const int Rounds = 11;
    private const int LoadRounds = 7;

    // gpt-tokenizer keeps what each piece came to. The same text again is looked up, a clause of Chinese at a time: that is judged more mildly than encoding.
    private const double OfTiktoken = 2, OfGptTokenizer = 1.5, OfItsMemory = 1.5;
    private const double Flat = 1.5;
    private const long MostBytes = 1024;
    private const double MostLoad = 60;

    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(50);
    private static readonly string[] _encodings = ["o200k_base", "cl100k_base"];
    private static readonly string[] _code = ["BytePairs.cs", "Characters.cs", "O200kPieces.cs"];
    private static readonly string[] _hostile = ["a", " ", "0", "\n", "😀", "中", "a'", " a"];

    /// <summary>Prints the tables; 1 when a number does not hold.</summary>
    public static async Task<int> RunAsync(string root, string node, string modules)
    {
        TokenText[] texts = [.. Texts(root)];
        using var peers = new NodePeers(root, node, modules);
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}\n");
        var holds = await SpeedAsync(peers, texts);
        holds &= await LengthsAsync(texts[0]);
        holds &= await HostileAsync(peers);
        return await LoadsAsync() && holds ? 0 : 1;
    }

    /// <summary>Reads one encoding in a process that has done nothing yet.</summary>
    public static int RunLoad(string encoding)
    {
        var (started, watch) = (Environment.CpuUsage.TotalTime, Stopwatch.StartNew());
        var tokens = Tokenizer.Get(encoding).Count("It's one text.");
        var (spent, passed) = (Environment.CpuUsage.TotalTime - started, watch.Elapsed);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{spent.TotalMilliseconds} {passed.TotalMilliseconds} {tokens}"));
        return 0;
    }

    private static IEnumerable<TokenText> Texts(string root)
    {
        foreach (var name in (string[])["english", "chinese", "hindi", "emoji", "json"])
            yield return Whole(name, File.ReadAllText(Path.Combine(root, "benchmarks", "tokens", "texts", name + ".txt")));
        var folder = Path.Combine(root, "src", "Muxi.Llm", "Tokens", "Bpe");
        yield return Whole("C# code", string.Concat(_code.Select(name => File.ReadAllText(Path.Combine(folder, name)))));
    }

    private static TokenText Whole(string name, string text) => new(name, text, text.Length);

    private static async Task<bool> SpeedAsync(NodePeers peers, TokenText[] texts)
    {
        var table = new StringBuilder("| | bytes | tokens | ours: encode | tiktoken | ratio | gpt-tokenizer, new text | ratio | the same again | ratio | ours: count | gpt-tokenizer, the same again | ratio | bytes allocated by count | |\n|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|---|\n");
        var holds = true;
        foreach (var encoding in _encodings)
        {
            foreach (var text in texts)
            {
                TokenMaker ours = new OwnTokens(encoding, encodes: true), count = new OwnTokens(encoding, encodes: false);
                TokenMaker reference = new PeerTokens(peers, "tiktoken", encoding, "encode"), peer = new PeerTokens(peers, "gpt-tokenizer", encoding, "encode"), peerNew = new PeerTokens(peers, "gpt-tokenizer", encoding, "new"), peerCount = new PeerTokens(peers, "gpt-tokenizer", encoding, "count");
                await MeasureAsync([ours, reference, peer, peerNew, count, peerCount], text);
                var same = ours.Last.Sum == reference.Last.Sum && ours.Last.Sum == peer.Last.Sum && ours.Last.Tokens == reference.Last.Tokens && ours.Last.Tokens == count.Last.Tokens && ours.Last.Tokens == peerCount.Last.Tokens;
                var (first, second, third, fourth) = (reference.Median / ours.Median, peerNew.Median / ours.Median, peer.Median / ours.Median, peerCount.Median / count.Median);
                var bytes = Allocated(encoding, text);
                var verdict = !same ? "ids differ" : first < OfTiktoken || second < OfGptTokenizer || Math.Min(third, fourth) < OfItsMemory ? "too slow" : bytes > MostBytes ? "too much" : "ok";
                holds &= verdict == "ok";
                table.Append(CultureInfo.InvariantCulture, $"| {encoding}: {text.Name} | {text.Bytes:N0} | {ours.Last.Tokens:N0} | {Speed(ours, text)} | {Speed(reference, text)} | {first:0.0} | {Speed(peerNew, text)} | {second:0.0} | {Speed(peer, text)} | {third:0.0} | {Speed(count, text)} | {Speed(peerCount, text)} | {fourth:0.0} | {bytes:N0} | {verdict} |\n");
            }
        }
        Console.WriteLine(table);
        return holds;
    }

    private static async Task<bool> LengthsAsync(TokenText english)
    {
        var table = new StringBuilder("| count, ns per byte | 1 KB | 10 KB | 100 KB | 1 MB | 10 MB | most of least | |\n|---|--:|--:|--:|--:|--:|--:|---|\n");
        var holds = true;
        foreach (var encoding in _encodings) holds &= await LengthsAsync(table, encoding, english, [1_000, 10_000, 100_000, 1_000_000, 10_000_000]);
        Console.WriteLine(table);
        return holds;
    }

    private static async Task<bool> HostileAsync(NodePeers peers)
    {
        var table = new StringBuilder("| count, ns per byte | 10 KB | 100 KB | 1 MB | most of least | |\n|---|--:|--:|--:|--:|---|\n");
        var beside = new StringBuilder("| 10 KB, ns per byte | ours: encode | tiktoken | gpt-tokenizer |\n|---|--:|--:|--:|\n");
        var holds = true;
        foreach (var unit in _hostile)
        {
            var text = new TokenText($"\"{unit.Replace("\n", "\\n", StringComparison.Ordinal)}\"", unit, 10_000);
            holds &= await LengthsAsync(table, "o200k_base", text, [10_000, 100_000, 1_000_000]);
            TokenMaker ours = new OwnTokens("o200k_base", encodes: true), reference = new PeerTokens(peers, "tiktoken", "o200k_base", "encode"), peer = new PeerTokens(peers, "gpt-tokenizer", "o200k_base", "encode");
            TokenMaker[] makers = [ours, reference, peer];
            for (var round = 0; round < 3; round++)
                foreach (var maker in makers) await maker.TurnAsync(text, _turn, counts: true);
            holds &= ours.Last.Sum == reference.Last.Sum;
            beside.Append(CultureInfo.InvariantCulture, $"| {text.Name} | {ours.Median / text.Bytes:0.0} | {reference.Median / text.Bytes:N1} | {peer.Median / text.Bytes:N1} |\n");
        }
        Console.WriteLine(table);
        Console.WriteLine(beside);
        return holds;
    }

    private static async Task<bool> LengthsAsync(StringBuilder table, string encoding, TokenText text, int[] lengths)
    {
        List<(TokenMaker Maker, TokenText Text)> all = [.. lengths.Select(length => ((TokenMaker)new OwnTokens(encoding, encodes: false), text with { Length = length }))];
        for (var round = 0; round < WarmUps + Rounds; round++)
            foreach (var (maker, longer) in all) await maker.TurnAsync(longer, _turn, counts: round >= WarmUps);
        var costs = all.Select(static it => it.Maker.Median / it.Text.Bytes).ToList();
        var ratio = costs.Max() / costs.Min();
        table.Append(CultureInfo.InvariantCulture, $"| {encoding}: {text.Name} | {string.Join(" | ", costs.Select(static cost => cost.ToString("0.0", CultureInfo.InvariantCulture)))} | {ratio:0.00} | {(ratio <= Flat ? "ok" : "not flat")} |\n");
        return ratio <= Flat;
    }

    private static async Task<bool> LoadsAsync()
    {
        var table = new StringBuilder("| first use in a new process | processor, ms | passed, ms | at most | |\n|---|--:|--:|--:|---|\n");
        var holds = true;
        foreach (var encoding in Tokenizer.Names)
        {
            var (processor, passed) = (new List<double>(), new List<double>());
            for (var round = 0; round < LoadRounds; round++)
            {
                using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, [typeof(TokensCheck).Assembly.Location, Load, encoding]) { RedirectStandardOutput = true })!;
                var numbers = (await process.StandardOutput.ReadToEndAsync()).Split(' ');
                await process.WaitForExitAsync();
                processor.Add(double.Parse(numbers[0], CultureInfo.InvariantCulture));
                passed.Add(double.Parse(numbers[1], CultureInfo.InvariantCulture));
            }
            var median = processor.Order().ElementAt(LoadRounds / 2);
            holds &= median < MostLoad;
            table.Append(CultureInfo.InvariantCulture, $"| {encoding} | {median:0.0} | {passed.Order().ElementAt(LoadRounds / 2):0.0} | {MostLoad} | {(median < MostLoad ? "ok" : "too slow")} |\n");
        }
        Console.WriteLine(table);
        return holds;
    }

    private static async Task MeasureAsync(TokenMaker[] makers, TokenText text)
    {
        for (var round = 0; round < WarmUps + Rounds; round++)
            foreach (var maker in makers) await maker.TurnAsync(text, _turn, counts: round >= WarmUps);
    }

    private static long Allocated(string encoding, TokenText text)
    {
        var tokenizer = Tokenizer.Get(encoding);
        var before = GC.GetAllocatedBytesForCurrentThread();
        tokenizer.Count(text.Text);
        return GC.GetAllocatedBytesForCurrentThread() - before;
    }

    private static string Speed(TokenMaker maker, TokenText text) => string.Create(CultureInfo.InvariantCulture, $"{text.Bytes * 1000.0 / maker.Median:0.0} MB/s");
}
