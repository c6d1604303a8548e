using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Muxi.Llm.Benchmarks;

/// <summary>
/// Measures what the numbers below are about, and says whether they hold. The variants take turns and the time is the processor's, so that what else the machine
/// does falls on all of them alike or not at all: nothing here waits, so on an idle machine this is the time that a call takes.
/// </summary>
internal static class Check
{
    private const int WarmUps = 12;
    private const int Rounds = 31;

    // Long enough for some garbage collections, whose cost belongs to the call.
    private static readonly TimeSpan _turn = TimeSpan.FromMilliseconds(60);

    private static readonly Rule[] _whole =
    [
        new("time", "floor", 1.3), new("bytes", "floor", 1.5), new("time", "OpenAI SDK", 1.0), new("bytes", "OpenAI SDK", 0.65),
    ];

    private static readonly Rule[] _streamed = [new("time", "OpenAI SDK", 0.35), new("bytes", "OpenAI SDK", 0.3), new("time", "floor", null), new("bytes", "floor", null)];

    private static readonly Rule[] _unjudged = [new("time", "floor", null), new("bytes", "floor", null), new("time", "OpenAI SDK", null), new("bytes", "OpenAI SDK", null)];

    /// <summary>Prints the table; 1 when a number does not hold.</summary>
    public static async Task<int> RunAsync()
    {
        var table = new StringBuilder("| | of | ours | theirs | ratio | at most | |\n|---|---|--:|--:|--:|--:|---|\n");
        var embeddings = new StringBuilder();
        var holds = await EmbeddingsCheck.JudgeAsync(embeddings);
        WholeCall whole = new();
        WholeCallShort shorter = new();
        WholeCallShortKey shortKey = new();
        StreamedCall streamed = new();
        StreamedCallByEvent byEvent = new();
        Group[] groups =
        [
            new("whole call", _whole, 1, new("floor", whole.Floor), new("OpenAI SDK", whole.OpenAISdk), new("ours", whole.Muxi)),
            new("whole call, short answer", _whole, 1, new("floor", shorter.Floor), new("OpenAI SDK", shorter.OpenAISdk), new("ours", shorter.Muxi)),
            new("whole call, short answer, short key", _unjudged, 1, new("floor", shortKey.Floor), new("OpenAI SDK", shortKey.OpenAISdk), new("ours", shortKey.Muxi)),
            new("stream, per chunk", _streamed, Canned.Chunks, new("floor", streamed.Floor), new("OpenAI SDK", streamed.OpenAISdk), new("ours", streamed.Muxi)),
            new("one event per read, per chunk", _unjudged, Canned.Chunks, new("floor", byEvent.Floor), new("OpenAI SDK", byEvent.OpenAISdk), new("ours", byEvent.Muxi)),
        ];
        for (var i = 0; i < WarmUps; i++)
            foreach (var group in groups) await group.WarmUpAsync();
        foreach (var group in groups)
        {
            await group.MeasureAsync();
            holds &= group.Judge(table);
        }
        table.Append(embeddings);
        Console.WriteLine($"{RuntimeInformation.FrameworkDescription}, {RuntimeInformation.OSArchitecture}, {Environment.ProcessorCount} processors, {TimeProvider.System.GetUtcNow():yyyy-MM-dd}\n");
        Console.Write(table);
        return holds ? 0 : 1;
    }

    private sealed class Group(string name, Rule[] rules, int operations, params Variant[] variants)
    {
        public async Task WarmUpAsync()
        {
            foreach (var variant in variants) await variant.WarmUpAsync();
        }

        public async Task MeasureAsync()
        {
            for (var round = 0; round < Rounds; round++)
                foreach (var variant in variants) await variant.TurnAsync();
        }

        /// <summary>Adds the group's rows; whether its rules hold.</summary>
        public bool Judge(StringBuilder table)
        {
            var holds = true;
            var ours = variants[^1];
            foreach (var rule in rules)
            {
                var theirs = Array.Find(variants, variant => variant.Name == rule.Of)!;
                var (a, b) = rule.Measure == "time" ? (ours.Nanoseconds, theirs.Nanoseconds) : (ours.Bytes, theirs.Bytes);
                var ratio = a / b;
                var verdict = rule.AtMost is not { } most ? "" : ratio <= most ? "ok" : rule.Measure == "time" ? "too slow" : "too much";
                holds &= verdict is "" or "ok";
                var unit = rule.Measure == "time" ? "ns" : "B";
                table.Append(CultureInfo.InvariantCulture, $"| {name}: {rule.Measure} | {rule.Of} | {a / operations:N0} {unit} | {b / operations:N0} {unit} | {ratio:0.00} | {rule.AtMost:0.00} | {verdict} |\n");
            }
            return holds;
        }
    }

    private sealed record Rule(string Measure, string Of, double? AtMost);

    private sealed class Variant(string name, Func<Task<int>> call)
    {
        private readonly List<double> _nanoseconds = [], _bytes = [];
        private int _calls;

        public string Name { get; } = name;

        public double Nanoseconds => Median(_nanoseconds);

        public double Bytes => Median(_bytes);

        /// <summary>Lets the JIT have its way, and finds out how many calls make a turn.</summary>
        public async Task WarmUpAsync()
        {
            var started = Environment.CpuUsage.TotalTime;
            for (_calls = 0; Environment.CpuUsage.TotalTime - started < _turn; _calls++) await call();
            await Task.Delay(_turn, TimeProvider.System);
        }

        public async Task TurnAsync()
        {
            var bytes = GC.GetTotalAllocatedBytes(precise: true);
            var started = Environment.CpuUsage.TotalTime;
            for (var i = 0; i < _calls; i++) await call();
            _nanoseconds.Add((Environment.CpuUsage.TotalTime - started).TotalNanoseconds / _calls);
            _bytes.Add((GC.GetTotalAllocatedBytes(precise: true) - bytes) / (double)_calls);
        }

        private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
    }
}
