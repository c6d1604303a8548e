namespace Muxi.Llm;

/// <summary>
/// The servers of this process, which all clients share: one for each file, kind of operation and list of arguments.
/// <code>
///   call ── runs already ───────────────────────► lease ── call ends ──► idle ── nobody for IdleTime ──► ended
///      ├─ room ──► start, which all who want it wait for ──► lease
///      └─ none ──► the one that is idle longest makes room; where all are busy: wait for one, up to StartTimeout
/// </code>
/// </summary>
internal sealed class LocalServers
{
    private readonly Lock _lock = new();
    private readonly Dictionary<string, RunningServer> _servers = [];
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private LocalServers() => AppDomain.CurrentDomain.ProcessExit += (_, _) => EndAll();

    /// <summary>Those of this process: memory is a matter of the machine, not of a client.</summary>
    public static LocalServers OfProcess { get; } = new();

    /// <summary>A server that answers, started where it does not run, for one call.</summary>
    /// <param name="order">Which one.</param>
    /// <param name="owner">Who wants it: it is kept until all who have asked it are gone.</param>
    /// <param name="cancellationToken">Ends the waiting, not the start that others may wait for too.</param>
    /// <exception cref="LocalStartException">It does not come up.</exception>
    /// <exception cref="ConfigurationException">The program is not there.</exception>
    public async Task<ServerLease> AcquireAsync(ServerOrder order, object owner, CancellationToken cancellationToken)
    {
        var since = order.Clock.GetTimestamp();
        while (true)
        {
            var (server, evicted, changed) = Take(order, owner);
            if (evicted is not null) await Task.Run(evicted.End, CancellationToken.None).ConfigureAwait(false);
            if (server is not null)
            {
                var lease = new ServerLease(this, server, order);
                try
                {
                    lease.Url = await server.Ready.WaitAsync(cancellationToken).ConfigureAwait(false);
                    return lease;
                }
                catch
                {
                    lease.Dispose();
                    if (server.IsGone) Remove(server);
                    throw;
                }
            }
            if (evicted is null) await WaitForRoomAsync(changed, order, since, cancellationToken).ConfigureAwait(false);
        }
    }

    /// <summary>A client is gone: servers that nobody else has asked are ended.</summary>
    public void Release(object owner) => End(static (server, owner) => server.Owners.Remove(owner) && server.Owners.Count == 0, owner);

    /// <summary>A call has ended.</summary>
    public void Return(RunningServer server, ServerOrder order)
    {
        lock (_lock)
        {
            if (--server.Calls == 0)
            {
                server.IdleSince = order.Clock.GetTimestamp();
                server.Idle?.Dispose();
                server.Idle = order.Clock.CreateTimer(_ => EndIdle(server), null, order.Options.IdleTime, Timeout.InfiniteTimeSpan);
            }
            Pulse();
        }
    }

    /// <summary>The numbers of the programs that answer now.</summary>
    internal IReadOnlyList<int> ProcessIds
    {
        get
        {
            lock (_lock) return [.. _servers.Values.Where(static server => server.Ready.IsCompletedSuccessfully && !server.IsGone).Select(static server => server.ProcessId)];
        }
    }

    private (RunningServer? Server, RunningServer? Evicted, Task Changed) Take(ServerOrder order, object owner)
    {
        lock (_lock)
        {
            if (_servers.TryGetValue(order.Key, out var server) && server.IsGone)
            {
                _servers.Remove(order.Key);
                server = null;
            }
            RunningServer? evicted = null;
            if (server is null && _servers.Count >= order.Options.MaxServers)
            {
                evicted = _servers.Values.Where(static one => one.Calls == 0).MinBy(static one => one.IdleSince);
                if (evicted is not null) _servers.Remove(evicted.Key);
                return (null, evicted, _changed.Task);
            }
            if (server is null)
            {
                _servers[order.Key] = server = new(order);
                _ = WatchAsync(server);
            }
            server.Calls++;
            server.Owners.Add(owner);
            server.Idle?.Dispose();
            server.Idle = null;
            return (server, null, _changed.Task);
        }
    }

    private static async Task WaitForRoomAsync(Task changed, ServerOrder order, long since, CancellationToken cancellationToken)
    {
        var limit = order.Options.StartTimeout;
        var left = limit == Timeout.InfiniteTimeSpan ? limit : limit - order.Clock.GetElapsedTime(since);
        try
        {
            if (left != Timeout.InfiniteTimeSpan && left <= TimeSpan.Zero) throw new TimeoutException();
            await changed.WaitAsync(left, order.Clock, cancellationToken).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            throw new LocalStartException($"all {order.Options.MaxServers} servers that may run at once (max_servers) had calls under way for {Durations.Text(limit)} (start_timeout), so none made room");
        }
    }

    /// <summary>Takes a server out that ends by itself, so that its room is free.</summary>
    private async Task WatchAsync(RunningServer server)
    {
        await ((Task)server.Ready).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        if (server.Ready.IsCompletedSuccessfully) await server.Exited.ConfigureAwait(false);
        Remove(server);
    }

    private void EndIdle(RunningServer server) => End(static (one, server) => one == server && one.Calls == 0, server);

    private void EndAll() => End(static (_, _) => true, this);

    private void End<T>(Func<RunningServer, T, bool> which, T of)
    {
        List<RunningServer> ended;
        lock (_lock)
        {
            ended = [.. _servers.Values.Where(server => which(server, of))];
            foreach (var server in ended) _servers.Remove(server.Key);
            Pulse();
        }
        foreach (var server in ended) server.End();
    }

    private void Remove(RunningServer server)
    {
        lock (_lock)
        {
            if (_servers.GetValueOrDefault(server.Key) != server) return;
            _servers.Remove(server.Key);
            Pulse();
        }
        server.Idle?.Dispose();
    }

    /// <summary>Lets those who wait for room look again.</summary>
    private void Pulse()
    {
        var changed = _changed;
        _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }
}

/// <summary>The use of a server by one call.</summary>
internal sealed class ServerLease(LocalServers servers, RunningServer server, ServerOrder order) : IDisposable
{
    private static readonly TimeSpan _patience = TimeSpan.FromSeconds(0.5);

    private bool _isReturned;

    /// <summary>The address of its API.</summary>
    public Uri Url { get; set; } = null!;

    /// <summary>The key that it wants.</summary>
    public string ApiKey => server.ApiKey;

    /// <summary>What an error means where the server has ended: that, and with which words.</summary>
    public async ValueTask<LlmException> ExplainAsync(LlmException error)
    {
        if (error is not ApiConnectionException broken || error is ApiTimeoutException) return error;
        // A connection breaks a moment before the system says what has become of the program.
        await Task.WhenAny(server.Exited, Task.Delay(_patience, order.Clock)).ConfigureAwait(false);
        if (!server.IsGone) return error;
        return new ApiConnectionException($"{error.Provider}: {order.Model.Program.Command} has ended under the call: {server.EndInWords()}", error) { Provider = error.Provider, Model = error.Model, NothingWasSent = broken.NothingWasSent };
    }

    public void Dispose()
    {
        if (_isReturned) return;
        _isReturned = true;
        servers.Return(server, order);
    }
}
