using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// The events of one response, over as many connections as it takes: each event once and none left out. Where a connection breaks, the stream is taken up behind the last event
/// that has come.
/// <code>
///   create, or take up ── events ──► caller ── last event ──► done
///        ▲                  │ breaks
///        └── wait ◄─ tries left, id known ── else: the failure, with all that came
/// </code>
/// </summary>
/// <param name="takeUp">Takes the stream of a response up behind an event.</param>
/// <param name="resuming">How often, and after which wait.</param>
/// <param name="clock">Waits.</param>
internal sealed class ResumedStream(Func<string, string?, long?, IAsyncEnumerable<ResponseStreamEvent>> takeUp, ResponseResuming resuming, TimeProvider clock)
{
    private readonly ResponseAccumulator _received = new();
    private string? _id, _provider;
    private long? _last;
    private bool _sawEnd, _isTakenUp, _sawOthers;
    private int _tries;

    /// <summary>Goes on with a response.</summary>
    public IAsyncEnumerable<ResponseStreamEvent> ReadAsync(string id, long? after, CancellationToken cancellationToken)
    {
        (_id, _last) = (id, after);
        return ReadAsync(takeUp(id, null, after), cancellationToken);
    }

    /// <summary>Begins with a stream that is there.</summary>
    public async IAsyncEnumerable<ResponseStreamEvent> ReadAsync(IAsyncEnumerable<ResponseStreamEvent> stream, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        while (true)
        {
            var events = stream.GetAsyncEnumerator(cancellationToken);
            await using (events.ConfigureAwait(false))
            {
                while (await NextAsync(events).ConfigureAwait(false))
                {
                    if (Take(events.Current)) yield return events.Current;
                }
            }
            if (_sawEnd) yield break;
            await Task.Delay(resuming.Interval, clock, cancellationToken).ConfigureAwait(false);
            _isTakenUp = true;
            stream = takeUp(_id!, _provider, _last);
        }
    }

    /// <summary>Steps to the next event; false where the connection broke and may be made anew, or the end has come.</summary>
    private async ValueTask<bool> NextAsync(IAsyncEnumerator<ResponseStreamEvent> events)
    {
        try
        {
            return await events.MoveNextAsync().ConfigureAwait(false) || (_sawEnd ? false : throw new StreamInterruptedException("the stream ended without its last event"));
        }
        catch (LlmException e) when (MayGoOn(e))
        {
            _tries++;
            return false;
        }
        catch (StreamInterruptedException e)
        {
            // Of the last connection alone there may be little.
            e.Partial = _received.ToResponse() ?? e.Partial;
            throw;
        }
    }

    private bool MayGoOn(LlmException error) =>
        !_sawEnd && _id is not null && _tries < resuming.MaxTries && error is StreamInterruptedException or ApiConnectionException or ServerException or OverloadedException;

    /// <summary>Whether the event is new.</summary>
    /// <exception cref="StreamInterruptedException">Events before it are missing.</exception>
    private bool Take(ResponseStreamEvent one)
    {
        if (one.Response is { Id.Length: > 0 } response) (_id, _provider) = (response.Id, one.Provider ?? _provider);
        // Signs of life have numbers as well, and may not come again: none is gone on from, and where there are some, numbers that are left out may have been theirs.
        if (!one.IsOfResponse)
        {
            (_sawOthers, _tries) = (true, 0);
            return true;
        }
        if (_isTakenUp && one.SequenceNumber is { } number)
        {
            if (number <= _last) return false;
            if (!_sawOthers && _last is { } last && number > last + 1) throw new StreamInterruptedException($"the stream was taken up behind event {last}, and event {number} came: those between are lost") { Partial = _received.ToResponse(), Provider = one.Provider };
        }
        (_last, _tries, _isTakenUp) = (one.SequenceNumber ?? _last, 0, false);
        _sawEnd = one.IsLast;
        _received.Add(one);
        return true;
    }
}
