using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Muxi.Llm.Benchmarks;

/// <summary>A text to measure with: the unit over and over, cut at a length of UTF-16.</summary>
internal sealed record TokenText(string Name, string Unit, int Length)
{
    private string? _text;

    public string Text => _text ??= string.Concat(Enumerable.Repeat(Unit, (Length + Unit.Length - 1) / Unit.Length))[..Length];

    public int Bytes => System.Text.Encoding.UTF8.GetByteCount(Text);
}

/// <summary>What one turn came to: the processor's time of a call, how many tokens there were, and a sum of their ids (0 where they were counted alone).</summary>
internal sealed record TokenTurn([property: JsonPropertyName("nanoseconds")] double Nanoseconds, [property: JsonPropertyName("tokens")] int Tokens, [property: JsonPropertyName("sum")] int Sum);

/// <summary>Something that makes tokens of texts, and what its turns took.</summary>
internal abstract class TokenMaker
{
    private readonly List<double> _nanoseconds = [];

    public TokenTurn Last { get; private set; } = new(0, 0, 0);

    public double Median => _nanoseconds.Order().ElementAt(_nanoseconds.Count / 2);

    public async Task TurnAsync(TokenText text, TimeSpan time, bool counts)
    {
        Last = await RunAsync(text, time);
        if (counts) _nanoseconds.Add(Last.Nanoseconds);
    }

    protected abstract Task<TokenTurn> RunAsync(TokenText text, TimeSpan time);
}

/// <summary>Ours, in this process.</summary>
internal sealed class OwnTokens(string encoding, bool encodes) : TokenMaker
{
    private readonly Tokenizer _tokenizer = Tokenizer.Get(encoding);

    protected override Task<TokenTurn> RunAsync(TokenText text, TimeSpan time)
    {
        int[] ids = [];
        var (count, turns, characters) = (0, 0, text.Text);
        var started = Environment.CpuUsage.TotalTime;
        TimeSpan spent;
        do
        {
            if (encodes) ids = _tokenizer.Encode(characters);
            else count = _tokenizer.Count(characters);
            turns++;
            spent = Environment.CpuUsage.TotalTime - started;
        }
        while (spent < time);
        var sum = 0;
        foreach (var id in ids) sum = unchecked(sum * 31 + id);
        return Task.FromResult(new TokenTurn(spent.TotalNanoseconds / turns, encodes ? ids.Length : count, sum));
    }
}

/// <summary>A way of a package's, in the process of <see cref="NodePeers"/>.</summary>
internal sealed class PeerTokens(NodePeers node, string library, string encoding, string how) : TokenMaker
{
    protected override Task<TokenTurn> RunAsync(TokenText text, TimeSpan time) =>
        node.AskAsync(new { library, encoding, how, unit = text.Unit, length = text.Length, milliseconds = time.TotalMilliseconds });
}

/// <summary>Node with benchmarks/tokens/peers.mjs.</summary>
internal sealed class NodePeers(string root, string node, string modules) : IDisposable
{
    private readonly Process _process = Process.Start(new ProcessStartInfo(node, [Path.Combine(root, "benchmarks", "tokens", "peers.mjs"), modules]) { RedirectStandardInput = true, RedirectStandardOutput = true })!;

    public async Task<TokenTurn> AskAsync(object task)
    {
        await _process.StandardInput.WriteLineAsync(JsonSerializer.Serialize(task));
        await _process.StandardInput.FlushAsync();
        var answer = await _process.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("Node ended.");
        return JsonSerializer.Deserialize<TokenTurn>(answer)!;
    }

    public void Dispose()
    {
        _process.StandardInput.Close();
        _process.WaitForExit();
        _process.Dispose();
    }
}
