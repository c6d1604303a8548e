using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// Turns a call into attempts, the same for all operations. So far one attempt at one target; the commit law is kept already:
/// <code>
///   opening chunks (role, id, usage) ── held ──┐
///   first content, or the proper end ──────────┴─► committed: everything goes to the caller
///   an error before that is the attempt's own; after it the caller gets StreamInterruptedException with what was received
/// </code>
/// </summary>
internal sealed class Router(Transport transport, Targets targets)
{
    public async Task<TReply> SendAsync<TRequest, TReply>(Verb<TRequest, TReply> verb, TRequest request, string model, RequestOptions? options, CancellationToken cancellationToken)
        where TReply : Reply
    {
        cancellationToken.ThrowIfCancellationRequested();
        var attempt = Begin(model, options, verb.Name);
        var dialect = verb.On(attempt.Target.Provider, attempt.Target.Model) ?? throw attempt.Unsupported();
        using var waiting = new Waiting(transport.TimeoutsFor(options), transport.Clock, cancellationToken);
        try
        {
            var reply = await transport.DriveAsync(attempt.Target, dialect.Begin(request, attempt.Context), waiting, attempt.Trace).ConfigureAwait(false);
            reply.Call = attempt.Succeeded(waiting);
            return reply;
        }
        catch (LlmException e)
        {
            attempt.Failed(e, waiting);
            throw;
        }
    }

    public async IAsyncEnumerable<TChunk> StreamAsync<TRequest, TChunk>(
        StreamVerb<TRequest, TChunk> verb, TRequest request, string model, RequestOptions? options, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TChunk : Reply
    {
        cancellationToken.ThrowIfCancellationRequested();
        var attempt = Begin(model, options, verb.Name);
        var dialect = verb.On(attempt.Target.Provider, attempt.Target.Model) ?? throw attempt.Unsupported();
        using var waiting = new Waiting(transport.TimeoutsFor(options), transport.Clock, cancellationToken);
        var stream = await OpenAsync(dialect, request, attempt, waiting).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var accumulator = verb.Accumulate();
            var isCommitted = false;
            CallRecord? call = null;
            var chunks = new List<TChunk>();
            while (await ReadAsync(stream, chunks, attempt, waiting, isCommitted ? accumulator : null).ConfigureAwait(false))
            {
                if (!isCommitted && !(isCommitted = HasContent(verb, chunks))) continue;
                call ??= attempt.Succeeded(waiting);
                for (var i = 0; i < chunks.Count; i++) yield return Committed(chunks[i], call, accumulator);
                chunks.Clear();
            }
            // A stream that brought no content but has its proper end is whole.
            if (!isCommitted) call = attempt.Succeeded(waiting);
            foreach (var chunk in chunks) yield return Committed(chunk, call!, accumulator);
        }
    }

    private static bool HasContent<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, List<TChunk> chunks)
    {
        foreach (var chunk in chunks)
            if (verb.HasContent(chunk)) return true;
        return false;
    }

    private static TChunk Committed<TChunk>(TChunk chunk, CallRecord call, IAccumulator<TChunk> accumulator) where TChunk : Reply
    {
        chunk.Call = call;
        accumulator.Add(chunk);
        return chunk;
    }

    private async ValueTask<EventStream<TChunk>> OpenAsync<TRequest, TChunk>(IStreamVerb<TRequest, TChunk> dialect, TRequest request, AttemptInProgress attempt, Waiting waiting)
    {
        try
        {
            var call = dialect.Render(request, attempt.Context);
            attempt.Trace.Take(call);
            var response = await transport.SendAsync(attempt.Target, call, waiting, attempt.Trace).ConfigureAwait(false);
            return new(attempt.Target, response, dialect.Framing, dialect.Fold(attempt.Context), waiting);
        }
        catch (LlmException e)
        {
            attempt.Failed(e, waiting);
            throw;
        }
    }

    /// <summary>Reads on; what breaks a committed stream is told with what was received before.</summary>
    private static async ValueTask<bool> ReadAsync<TChunk>(EventStream<TChunk> stream, List<TChunk> into, AttemptInProgress attempt, Waiting waiting, IAccumulator<TChunk>? received)
    {
        try
        {
            // Opening chunks that are still held must not keep the stream from reading on.
            var held = into.Count;
            if (held == 0) return await stream.ReadAsync(into).ConfigureAwait(false);
            var more = new List<TChunk>();
            var goesOn = await stream.ReadAsync(more).ConfigureAwait(false);
            into.AddRange(more);
            return goesOn;
        }
        catch (LlmException e)
        {
            var raised = received is null || e is StreamInterruptedException ? e : new StreamInterruptedException($"the stream broke off: {e.Message}", e)
            {
                Provider = attempt.Target.Provider.Name, Model = attempt.Target.Model,
            };
            if (received is not null && raised is StreamInterruptedException interrupted) interrupted.Received = received.ToCompletion();
            attempt.Failed(raised, waiting);
            if (raised == e) throw;
            throw raised;
        }
    }

    private AttemptInProgress Begin(string model, RequestOptions? options, string operation)
    {
        var target = targets.Resolve(targets.Name(model), options);
        var now = transport.Clock.GetUtcNow();
        var context = new CallContext(target.Provider.Name, target.Model, CallIds.Next(now), now) { Secrets = target.Secrets };
        return new(target, context, operation, options?.Strict ?? false, transport.Logger);
    }
}
