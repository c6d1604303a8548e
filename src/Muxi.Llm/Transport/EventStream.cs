namespace Muxi.Llm;

/// <summary>
/// One streamed reply: bytes are read, framed and folded in one go, so that all chunks that a read brought are there at once.
/// An error behind good chunks waits until they were taken. A fold that has more to ask gets it asked, and its answer read on as the same stream.
/// </summary>
internal sealed class EventStream<T>(Transport transport, AttemptInProgress attempt, HttpResponseMessage response, Framing framing, IFold<T> fold) : IAsyncDisposable, IDisposable
{
    private static readonly TimeSpan _grace = TimeSpan.FromMilliseconds(100);

    private readonly Waiting _waiting = attempt.Waiting;
    private HttpResponseMessage _response = response;
    private Framer _framer = Framer.For(framing);
    private Stream? _body;
    private Exception? _error;
    private bool _sawEvent;
    private bool _isOver;
    private bool _isFinished;
    private bool _isLeft;

    /// <summary>Adds the next chunks; false when there are no more.</summary>
    /// <param name="into">Where they are added.</param>
    /// <param name="cancellationToken">Ends the wait besides the call's own limits.</param>
    public async ValueTask<bool> ReadAsync(List<T> into, CancellationToken cancellationToken = default)
    {
        if (_error is not null) throw _error;
        var before = into.Count;
        while (into.Count == before)
        {
            if (_isOver && !await GoesOnAsync().ConfigureAwait(false)) return false;
            await ReadOnceAsync(into, cancellationToken).ConfigureAwait(false);
        }
        // How long the caller looks at the chunks is not the service's silence.
        _waiting.Pause();
        return true;
    }

    public ValueTask DisposeAsync()
    {
        Leave();
        return CloseAsync();
    }

    /// <summary>As the other, for whoever cannot wait: nothing of the body is read any more.</summary>
    public void Dispose()
    {
        Leave();
        _framer.Dispose();
        _body?.Dispose();
        _response.Dispose();
    }

    /// <summary>Tells the service once that nobody reads on, where its answer is not whole.</summary>
    private void Leave()
    {
        if (_isFinished || _isLeft) return;
        _isLeft = true;
        transport.Abandon(attempt.Target, fold.Abandon);
    }

    private async ValueTask CloseAsync()
    {
        _framer.Dispose();
        if (_body is not null) await _body.DisposeAsync().ConfigureAwait(false);
        _response.Dispose();
    }

    private async ValueTask ReadOnceAsync(List<T> into, CancellationToken cancellationToken)
    {
        using var either = cancellationToken.CanBeCanceled ? CancellationTokenSource.CreateLinkedTokenSource(_waiting.Token, cancellationToken) : null;
        try
        {
            _body ??= await _response.Content.ReadAsStreamAsync(_waiting.Token).ConfigureAwait(false);
            if (_sawEvent) _waiting.Begin(TimeoutKind.Idle, _waiting.Timeouts.Idle);
            Take(await _body.ReadAsync(_framer.GetBuffer(), either?.Token ?? _waiting.Token).ConfigureAwait(false), into);
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            throw _sawEvent ? Transport.ExplainBreak(e, attempt.Target, _waiting) : Transport.Explain(e, attempt.Target, _waiting);
        }
    }

    private void Take(int count, List<T> into)
    {
        var before = into.Count;
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
        catch (Exception e) when (into.Count > before && e is LlmException or InvalidDataException)
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
        : new ServerException($"{attempt.Target.Provider.Name}: {error.Message}", error)
        {
            Provider = attempt.Target.Provider.Name, Model = attempt.Target.Model, Status = System.Net.HttpStatusCode.BadGateway,
        };

    /// <summary>Asks for the rest of the answer, if there is one.</summary>
    private async ValueTask<bool> GoesOnAsync()
    {
        if (fold.Continue() is not { } call)
        {
            await FinishAsync().ConfigureAwait(false);
            return false;
        }
        await CloseAsync().ConfigureAwait(false);
        (_body, _framer, _sawEvent, _isOver) = (null, Framer.For(framing), false, false);
        attempt.Trace.Take(call);
        if (call.After > TimeSpan.Zero) await transport.PauseAsync(attempt.Target, call.After, _waiting).ConfigureAwait(false);
        _response = await transport.SendAsync(attempt.Target, call, _waiting, attempt.Trace).ConfigureAwait(false);
        return true;
    }

    /// <summary>Takes what is left of the body, as a rule nothing, so that the connection can be used again; a service that keeps it open is not waited for.</summary>
    private async ValueTask FinishAsync()
    {
        if (_body is null || _isFinished) return;
        _isFinished = true;
        try
        {
            _waiting.Begin(TimeoutKind.Idle, _grace);
            while (await _body.ReadAsync(_framer.GetBuffer(), _waiting.Token).ConfigureAwait(false) > 0) { }
        }
        catch (Exception e) when (Transport.IsOfTheBody(e))
        {
            // The reply is whole; how its connection ends does not matter to it.
        }
    }
}
