using System.Threading.Channels;

namespace Muxi.Llm.Cli;

/// <summary>
/// Notes on standard error from many threads, one after the other. Nobody waits for them: where whoever should read them does not, further ones are dropped, and the
/// work goes on.
/// </summary>
internal sealed class LineQueue : IAsyncDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromMilliseconds(500);

    private readonly Channel<string> _lines = Channel.CreateBounded<string>(new BoundedChannelOptions(1000) { FullMode = BoundedChannelFullMode.DropWrite, SingleReader = true });
    private readonly Task _writing;

    public LineQueue(Terminal terminal) => _writing = Task.Run(() => WriteAsync(terminal));

    public void Add(string line) => _lines.Writer.TryWrite(line);

    public async ValueTask DisposeAsync()
    {
        _lines.Writer.TryComplete();
        await _writing.WaitAsync(_patience).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private async Task WriteAsync(Terminal terminal)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync()) terminal.Note(line);
    }
}
