namespace Muxi.Llm.Cli;

/// <summary>How far a server is in bringing a model: its files one after the other as <see cref="TransferBar"/> shows them; elsewhere a note for each thing that it does.</summary>
internal sealed class PullBar(Terminal terminal, string model) : IDisposable
{
    private TransferBar? _bar;
    private string? _doing;

    public void Report(ModelPullProgress progress)
    {
        var doing = progress.Digest ?? progress.Status;
        if (doing != _doing) Begin(doing, progress);
        if (progress.Total is { } total) _bar?.Report(new(progress.Completed ?? 0, total));
    }

    public void Dispose() => _bar?.Dispose();

    private void Begin(string doing, ModelPullProgress progress)
    {
        _bar?.Dispose();
        _doing = doing;
        _bar = terminal.IsErrorTerminal && progress.Total is not null ? new(terminal, progress.Status) : null;
        if (!terminal.IsErrorTerminal) terminal.Note($"{model}: {progress.Status}{(progress.Total is { } total ? $", {ByteCount.Of(total)}" : "")}");
    }
}
