namespace Muxi.Llm;

/// <summary>The body of a good reply, read as it comes. A break is told as a <see cref="StreamInterruptedException"/>; disposing it ends the call.</summary>
internal sealed class ContentStream(HttpResponseMessage response, Stream body, Course course, AttemptInProgress attempt) : PassingStream
{
    private const int FirstPiece = 4096;

    private readonly Waiting _waiting = attempt.Waiting;
    private byte[] _first = [];
    private int _at, _end;
    private bool _isDisposed;

    public override bool CanRead => !_isDisposed;

    /// <summary>Waits for the first bytes; false where there are none.</summary>
    public async ValueTask<bool> BeginAsync()
    {
        _first = new byte[FirstPiece];
        try
        {
            _end = await body.ReadAsync(_first, _waiting.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            throw Transport.Explain(e, attempt.Target, _waiting);
        }
        _waiting.Pause();
        return _end > 0;
    }

    public override async ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
    {
        ObjectDisposedException.ThrowIf(_isDisposed, this);
        if (_at < _end || buffer.IsEmpty) return Take(buffer);
        using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_waiting.Token, cancellationToken) : null;
        try
        {
            _waiting.Begin(TimeoutKind.Idle, _waiting.Timeouts.Idle);
            var count = await body.ReadAsync(buffer, either?.Token ?? _waiting.Token).ConfigureAwait(false);
            // How long the caller looks at the bytes is not the service's silence.
            _waiting.Pause();
            return count;
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            cancellationToken.ThrowIfCancellationRequested();
            throw Broken(Transport.ExplainBreak(e, attempt.Target, _waiting));
        }
        catch (LlmException e)
        {
            // Of a body that is unpacked: an error in it, or its end before its time.
            cancellationToken.ThrowIfCancellationRequested();
            throw Broken(e);
        }
    }

    public override int Read(byte[] buffer, int offset, int count) => SyncDoors.Wait(() => ReadAsync(buffer.AsMemory(offset, count)).AsTask());

    protected override void Dispose(bool disposing)
    {
        if (disposing && !_isDisposed)
        {
            _isDisposed = true;
            body.Dispose();
            response.Dispose();
            course.Dispose();
        }
        base.Dispose(disposing);
    }

    private int Take(Memory<byte> buffer)
    {
        var count = Math.Min(buffer.Length, _end - _at);
        _first.AsMemory(_at, count).CopyTo(buffer);
        _at += count;
        if (_at == _end) _first = [];
        return count;
    }

    private Exception Broken(Exception error)
    {
        if (error is not LlmException failure) return error;
        var interrupted = failure as StreamInterruptedException ?? new StreamInterruptedException($"the reply broke off: {failure.Message}", failure) { Provider = failure.Provider, Model = failure.Model };
        course.Broke(interrupted);
        return interrupted;
    }
}
