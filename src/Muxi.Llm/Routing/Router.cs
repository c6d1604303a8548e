using System.Runtime.CompilerServices;

namespace Muxi.Llm;

/// <summary>
/// Turns a call into attempts, the same for all operations: <see cref="Course"/> says where and when, this sends. A stream keeps the commit law:
/// <code>
///   opening chunks (role, id, usage) ── held ──┐
///   first content, or the proper end ──────────┴─► committed: everything goes to the caller
///   an error before that is the attempt's own, which may be made again or elsewhere; after it the caller gets StreamInterruptedException with what was received
/// </code>
/// </summary>
internal sealed class Router(Transport transport, Targets targets, RetryPolicy retries, RemoteMedia media)
{
    public Task<TReply> SendAsync<TRequest, TReply>(Verb<TRequest, TReply> verb, TRequest request, string model, RequestOptions? options, CancellationToken cancellationToken)
        where TReply : Reply => SendAsync(verb, request, Plan(verb, request, model, options), cancellationToken);

    /// <summary>As the other, for what is not a model's but a service's own: its files.</summary>
    public Task<TReply> SendAsync<TRequest, TReply>(Verb<TRequest, TReply> verb, TRequest request, Provider service, RequestOptions? options, CancellationToken cancellationToken)
        where TReply : Reply => SendAsync(verb, request, Plan(verb, request, service, options), cancellationToken);

    /// <summary>As the other, of one target and nobody else.</summary>
    public Task<TReply> SendAsync<TRequest, TReply>(Verb<TRequest, TReply> verb, TRequest request, Stop stop, CancellationToken cancellationToken)
        where TReply : Reply => SendAsync(verb, request, new CallPlan([stop], verb.RepeatsOf(request)), cancellationToken);

    /// <summary>Asks for bytes, and gives the reply when the first of them have come; its end ends the call.</summary>
    public Task<TReply> OpenAsync<TRequest, TReply>(ContentVerb<TRequest, TReply> verb, TRequest request, string model, RequestOptions? options, CancellationToken cancellationToken)
        where TReply : ContentReply => OpenAsync(verb, request, Plan(verb, request, model, options), cancellationToken);

    /// <summary>As the other, for what is a service's own.</summary>
    public Task<TReply> OpenAsync<TRequest, TReply>(ContentVerb<TRequest, TReply> verb, TRequest request, Provider service, RequestOptions? options, CancellationToken cancellationToken)
        where TReply : ContentReply => OpenAsync(verb, request, Plan(verb, request, service, options), cancellationToken);

    private async Task<TReply> SendAsync<TRequest, TReply>(Verb<TRequest, TReply> verb, TRequest request, CallPlan plan, CancellationToken cancellationToken) where TReply : Reply
    {
        using var course = Begin(plan, cancellationToken);
        while (true)
        {
            try
            {
                var attempt = await course.BeginAsync(verb.Name, verb.On).ConfigureAwait(false);
                var dialect = verb.On(attempt.Target.Provider, attempt.Target.Model) ?? throw attempt.Unsupported(verb.Name);
                var exchange = dialect.Begin(await AskedAsync(verb, request, dialect, course, attempt).ConfigureAwait(false), attempt.Context);
                var reply = await transport.DriveAsync(attempt.Target, exchange, attempt.Waiting, attempt.Trace).ConfigureAwait(false);
                foreach (var noticed in reply.Noticed ?? []) attempt.Trace.Add(noticed);
                reply.Call = course.Succeeded();
                return reply;
            }
            catch (LlmException e)
            {
                if (await course.AfterAsync(Meant(e, verb, course.Stop, verb.On(course.Stop.Name.Provider, course.Stop.Name.Model))).ConfigureAwait(false) is not { } raised) continue;
                if (raised == e) throw;
                throw raised;
            }
        }
    }

    private async Task<TReply> OpenAsync<TRequest, TReply>(ContentVerb<TRequest, TReply> verb, TRequest request, CallPlan plan, CancellationToken cancellationToken) where TReply : ContentReply
    {
        var course = Begin(plan, cancellationToken);
        try
        {
            while (true)
            {
                try
                {
                    var attempt = await course.BeginAsync(verb.Name, verb.On).ConfigureAwait(false);
                    var dialect = verb.On(attempt.Target.Provider, attempt.Target.Model) ?? throw attempt.Unsupported(verb.Name);
                    var asked = verb.At(course.Stop, request, targets);
                    var call = new ContentCall(dialect.Render(asked, attempt.Context), headers => dialect.Accepts(asked, headers), dialect.Unpack(asked, attempt.Context), verb.MayBeEmpty);
                    var body = await transport.OpenAsync(course, attempt, call).ConfigureAwait(false);
                    var reply = verb.Make(body);
                    reply.Call = course.Succeeded();
                    return reply;
                }
                catch (LlmException e)
                {
                    if (await course.AfterAsync(Meant(e, verb, course.Stop, verb.On(course.Stop.Name.Provider, course.Stop.Name.Model))).ConfigureAwait(false) is not { } raised) continue;
                    if (raised == e) throw;
                    throw raised;
                }
            }
        }
        catch
        {
            course.Dispose();
            throw;
        }
    }

    public IAsyncEnumerable<TChunk> StreamAsync<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, TRequest request, string model, RequestOptions? options, CancellationToken cancellationToken)
        where TChunk : Reply => StreamAsync(verb, request, () => Plan(verb, request, model, options), cancellationToken);

    /// <summary>As the other, for what is a service's own.</summary>
    public IAsyncEnumerable<TChunk> StreamAsync<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, TRequest request, Provider service, RequestOptions? options, CancellationToken cancellationToken)
        where TChunk : Reply => StreamAsync(verb, request, () => Plan(verb, request, service, options), cancellationToken);

    private async IAsyncEnumerable<TChunk> StreamAsync<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, TRequest request, Func<CallPlan> plan, [EnumeratorCancellation] CancellationToken cancellationToken)
        where TChunk : Reply
    {
        using var course = Begin(plan(), cancellationToken);
        var chunks = new List<TChunk>();
        var stream = await CommitAsync(verb, request, course, chunks).ConfigureAwait(false);
        await using (stream.ConfigureAwait(false))
        {
            var accumulator = verb.Accumulate();
            var call = course.Succeeded();
            do
            {
                for (var i = 0; i < chunks.Count; i++)
                {
                    if (chunks[i].Noticed is { } some)
                        foreach (var noticed in some) call.Note(noticed);
                    chunks[i].Call = call;
                    accumulator.Add(chunks[i]);
                    yield return chunks[i];
                }
                chunks.Clear();
            }
            while (await ReadAsync(stream, chunks, course, accumulator).ConfigureAwait(false));
        }
    }

    /// <summary>Sends a raw request; the limits hold until the headers are there, and the body is the caller's to read.</summary>
    public async Task<HttpResponseMessage> SendAsync(RawRequest request, ModelName name, CancellationToken cancellationToken)
    {
        using var course = Begin(new([new(name, request.Options, null)], RepeatsOf(request)), cancellationToken);
        while (true)
        {
            try
            {
                var attempt = await course.BeginAsync("raw", null).ConfigureAwait(false);
                using var message = new HttpRequestMessage(request.Method, attempt.Target.At(request.Path.TrimStart('/'))) { Content = request.Content };
                try
                {
                    return await transport.SendAsync(attempt.Target, message, attempt.Waiting, attempt.Trace).ConfigureAwait(false);
                }
                finally
                {
                    // The content is the caller's, and may be needed once more.
                    message.Content = null;
                }
            }
            catch (LlmException e)
            {
                if (await course.AfterAsync(e).ConfigureAwait(false) is null) continue;
                throw;
            }
        }
    }

    private static Repeats RepeatsOf(RawRequest request)
    {
        if (request.Content is not (null or ByteArrayContent or ReadOnlyMemoryContent)) return Repeats.Unsent;
        return request.Method == HttpMethod.Get || request.Method == HttpMethod.Head || request.Method == HttpMethod.Options ? Repeats.Freely : Repeats.WithoutEffect;
    }

    /// <summary>Makes attempts until one is committed: its first content, and what came before it, are there.</summary>
    private async ValueTask<EventStream<TChunk>> CommitAsync<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, TRequest request, Course course, List<TChunk> chunks)
    {
        while (true)
        {
            EventStream<TChunk>? stream = null;
            try
            {
                var attempt = await course.BeginAsync(verb.Name, verb.On).ConfigureAwait(false);
                stream = await OpenAsync(verb, request, course, attempt).ConfigureAwait(false);
                var seen = 0;
                // A stream that brought no content but has its proper end is whole.
                while (await stream.ReadAsync(chunks).ConfigureAwait(false) && !HasContent(verb, chunks, ref seen)) { }
                return stream;
            }
            catch (Exception e)
            {
                if (stream is not null) await stream.DisposeAsync().ConfigureAwait(false);
                chunks.Clear();
                if (e is not LlmException failure) throw;
                if (await course.AfterAsync(Meant(failure, verb, course.Stop, verb.On(course.Stop.Name.Provider, course.Stop.Name.Model))).ConfigureAwait(false) is not { } raised) continue;
                if (raised == e) throw;
                throw raised;
            }
        }
    }

    private async ValueTask<EventStream<TChunk>> OpenAsync<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, TRequest request, Course course, AttemptInProgress attempt)
    {
        var dialect = verb.On(attempt.Target.Provider, attempt.Target.Model) ?? throw attempt.Unsupported(verb.Name);
        var asked = await AskedAsync(verb, request, dialect, course, attempt).ConfigureAwait(false);
        var call = dialect.Render(asked, attempt.Context);
        attempt.Trace.Take(call);
        var response = await transport.SendAsync(attempt.Target, call, attempt.Waiting, attempt.Trace).ConfigureAwait(false);
        return new(transport, attempt, response, dialect.Framing, dialect.Fold(asked, attempt.Context));
    }

    /// <summary>The request as it is asked at the stop where the course is, with the pictures and files that the service does not read itself.</summary>
    private ValueTask<TRequest> AskedAsync<TRequest>(Verb<TRequest> verb, TRequest request, object dialect, Course course, AttemptInProgress attempt)
    {
        var asked = verb.At(course.Stop, request, targets);
        return verb.Inline is null ? new(asked) : verb.Inline(asked, new(media, course, attempt, dialect));
    }

    /// <summary>What an error means: a key that is missing for what a service does not offer would be got for nothing.</summary>
    private static LlmException Meant<TRequest>(LlmException error, Verb<TRequest> verb, Stop stop, object? dialect) =>
        error is ConfigurationException { IsMissingKey: true } && dialect is null ? AttemptInProgress.Unsupported(stop.Name.Provider, stop.Name.Model, verb.Name) : error;

    private static bool HasContent<TRequest, TChunk>(StreamVerb<TRequest, TChunk> verb, List<TChunk> chunks, ref int seen)
    {
        for (; seen < chunks.Count; seen++)
            if (verb.HasContent(chunks[seen])) return true;
        return false;
    }

    /// <summary>Reads on; what breaks a committed stream is told with what was received before.</summary>
    private static async ValueTask<bool> ReadAsync<TChunk>(EventStream<TChunk> stream, List<TChunk> into, Course course, IAccumulator<TChunk> received)
    {
        try
        {
            return await stream.ReadAsync(into).ConfigureAwait(false);
        }
        catch (LlmException e)
        {
            var interrupted = e as StreamInterruptedException ?? new StreamInterruptedException($"the stream broke off: {e.Message}", e) { Provider = e.Provider, Model = e.Model };
            interrupted.Partial = received.ToReply();
            course.Broke(interrupted);
            if (interrupted == e) throw;
            throw interrupted;
        }
    }

    private CallPlan Plan<TRequest>(Verb<TRequest> verb, TRequest request, string model, RequestOptions? options) => new(targets.Plan(model, options), verb.RepeatsOf(request));

    private static CallPlan Plan<TRequest>(Verb<TRequest> verb, TRequest request, Provider service, RequestOptions? options)
    {
        options?.Checked(nameof(RequestOptions));
        if (options?.Fallbacks is { Count: > 0 }) throw new ConfigurationException($"{verb.Name} has no fallbacks: what is asked for is one provider's own") { Provider = service.Name };
        return new([new(new(service, "", null), options, null)], verb.RepeatsOf(request));
    }

    private Course Begin(CallPlan plan, CancellationToken cancellationToken)
    {
        cancellationToken.ThrowIfCancellationRequested();
        return new(transport, targets, retries, plan, cancellationToken);
    }
}
