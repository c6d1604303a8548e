using BenchmarkDotNet.Attributes;

namespace Muxi.Llm.Benchmarks;

/// <summary>One call, answered in two short paragraphs.</summary>
public class WholeCall
{
    private static readonly Clients _clients = new(CannedHandler.Reply());

    [Benchmark(Baseline = true)]
    public Task<int> Floor() => _clients.FloorCallAsync();

    [Benchmark]
    public Task<int> OpenAISdk() => _clients.SdkCallAsync();

    [Benchmark]
    public Task<int> Muxi() => _clients.MuxiCallAsync();
}

/// <summary>One call, answered in one sentence.</summary>
public class WholeCallShort
{
    private static readonly Clients _clients = new(CannedHandler.ShortReply());

    [Benchmark(Baseline = true)]
    public Task<int> Floor() => _clients.FloorCallAsync();

    [Benchmark]
    public Task<int> OpenAISdk() => _clients.SdkCallAsync();

    [Benchmark]
    public Task<int> Muxi() => _clients.MuxiCallAsync();
}

/// <summary>The same with a key so short that the reply's id has to be searched for it.</summary>
public class WholeCallShortKey
{
    private static readonly Clients _clients = new(CannedHandler.ShortReply(), Clients.ShortKey);

    [Benchmark(Baseline = true)]
    public Task<int> Floor() => _clients.FloorCallAsync();

    [Benchmark]
    public Task<int> OpenAISdk() => _clients.SdkCallAsync();

    [Benchmark]
    public Task<int> Muxi() => _clients.MuxiCallAsync();
}

/// <summary>One stream of 1,000 chunks, as many per read as fit.</summary>
public class StreamedCall
{
    private static readonly Clients _clients = new(CannedHandler.Stream());

    [Benchmark(OperationsPerInvoke = Canned.Chunks)]
    public Task<int> Floor() => _clients.FloorStreamAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Canned.Chunks)]
    public Task<int> OpenAISdk() => _clients.SdkStreamAsync();

    [Benchmark(OperationsPerInvoke = Canned.Chunks)]
    public Task<int> Muxi() => _clients.MuxiStreamAsync();
}

/// <summary>The same stream, one chunk per read.</summary>
public class StreamedCallByEvent
{
    private static readonly Clients _clients = new(CannedHandler.EventByEvent());

    [Benchmark(OperationsPerInvoke = Canned.Chunks)]
    public Task<int> Floor() => _clients.FloorStreamAsync();

    [Benchmark(Baseline = true, OperationsPerInvoke = Canned.Chunks)]
    public Task<int> OpenAISdk() => _clients.SdkStreamAsync();

    [Benchmark(OperationsPerInvoke = Canned.Chunks)]
    public Task<int> Muxi() => _clients.MuxiStreamAsync();
}
