namespace Muxi.Llm;

/// <summary>
/// One streamed reply: bytes are read, framed and folded in one go, so that all chunks that a read brought are there at once.
/// An error behind good chunks waits until they were taken.
/// </summary>
internal sealed class EventStream<T>(Target target, HttpResponseMessage response, Framing framing, IFold<T> fold, Waiting waiting) : IAsyncDisposable
{
    private static readonly TimeSpan _grace = TimeSpan.FromMilliseconds(100);

    private readonly Framer _framer = Framer.For(framing);
    private Stream? _body;
    private Exception? _error;
    private bool _sawEvent;
    private bool _isOver;

    /// <summary>Adds the next chunks; false when there are no more.</summary>
    public async ValueTask<bool> ReadAsync(List<T> into)
    {
        if (_error is not null) throw _error;
        if (_isOver)
        {
            await FinishAsync().ConfigureAwait(false);
            return false;
        }
        try
        {
            _body ??= await response.Content.ReadAsStreamAsync(waiting.Token).ConfigureAwait(false);
            while (!_isOver && into.Count == 0)
            {
                if (_sawEvent) waiting.Begin(TimeoutKind.Idle, waiting.Timeouts.Idle);
                Take(await _body.ReadAsync(_framer.GetBuffer(), waiting.Token).ConfigureAwait(false), into);
            }
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            throw Transport.Explain(e, target, waiting);
        }
        if (into.Count > 0)
        {
            // How long the caller looks at the chunks is not the service's silence.
            waiting.Pause();
            return true;
        }
        await FinishAsync().ConfigureAwait(false);
        return false;
    }

    public async ValueTask DisposeAsync()
    {
        _framer.Dispose();
        if (_body is not null) await _body.DisposeAsync().ConfigureAwait(false);
        response.Dispose();
    }

    private void Take(int count, List<T> into)
    {
        try
        {
            if (count > 0) _framer.Advance(count);
            else _framer.Complete();
            while (!fold.IsComplete && _framer.TryRead(out var wireEvent))
            {
                _sawEvent = true;
                fold.Next(wireEvent, into);
            }
            if (fold.IsComplete) _isOver = true;
            else if (count == 0) End(into);
        }
        catch (Exception e) when (into.Count > 0 && e is LlmException or InvalidDataException)
        {
            _error = Named(e);
        }
        catch (InvalidDataException e)
        {
            throw Named(e);
        }
    }

    private void End(List<T> into)
    {
        _isOver = true;
        // A service that does not stream answers whole, and one that fails may answer in HTML: both with status 200.
        if (!_sawEvent && !_framer.Stray.IsEmpty) fold.Next(new(null, _framer.Stray), into);
        fold.End(into);
    }

    private Exception Named(Exception error) => error is LlmException ? error
        : new ServerException($"{target.Provider.Name}: {error.Message}", error) { Provider = target.Provider.Name, Model = target.Model, Status = System.Net.HttpStatusCode.BadGateway };

    /// <summary>Takes what is left of the body, as a rule nothing, so that the connection can be used again; a service that keeps it open is not waited for.</summary>
    private async ValueTask FinishAsync()
    {
        if (_body is null) return;
        try
        {
            waiting.Begin(TimeoutKind.Idle, _grace);
            while (await _body.ReadAsync(_framer.GetBuffer(), waiting.Token).ConfigureAwait(false) > 0) { }
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            // The reply is whole; how its connection ends does not matter to it.
        }
    }
}
