using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;

namespace Muxi.Llm.Tests;

/// <summary>
/// A raw socket that answers as scripted, one fault per request (or per connection, for a reset on accept); the last one is
/// repeated. No part of it waits for time: a stall lasts until <see cref="Release"/> or until the client goes.
/// </summary>
internal sealed class FaultServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<SeenRequest> _requests = new();
    private readonly ConcurrentBag<Task> _conversations = [];
    private readonly TaskCompletionSource _stalled = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _released = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _clientGone = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Fault[] _script;
    private readonly Lock _lock = new();
    private readonly Task _accepting;
    private int _turn;
    private int _connections;

    private FaultServer(Fault[] script)
    {
        _script = script;
        _listener.Start();
        Url = new Uri($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");
        _accepting = AcceptAsync();
    }

    public Uri Url { get; }

    /// <summary>The whole requests so far, in order of arrival.</summary>
    public IReadOnlyList<SeenRequest> Requests => [.. _requests];

    /// <summary>How many connections were accepted.</summary>
    public int Connections => Volatile.Read(ref _connections);

    /// <summary>Ends when a stall has been reached: all bytes before it are sent.</summary>
    public Task Stalled => _stalled.Task;

    /// <summary>Ends when a client closed or reset a connection that this server had left open.</summary>
    public Task ClientGone => _clientGone.Task;

    /// <summary>A server that answers as scripted.</summary>
    public static FaultServer Start(params Fault[] script) => new(script);

    /// <summary>An address where nobody listens: a connection to it is refused.</summary>
    public static Uri Refused()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return new Uri($"http://127.0.0.1:{((IPEndPoint)listener.LocalEndpoint).Port}/");
    }

    /// <summary>Lets every stalled answer go on, now and later.</summary>
    public void Release() => _released.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        await Task.WhenAll(_conversations);
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync()
    {
        try
        {
            while (true)
            {
                var socket = await _listener.AcceptSocketAsync(_stop.Token);
                // Head and body are two writes: without this the second waits for the client's delayed acknowledgement, 40 ms.
                socket.NoDelay = true;
                Interlocked.Increment(ref _connections);
                _conversations.Add(ConverseAsync(socket));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or InvalidOperationException)
        {
            // The listener is closed; between two accepts it says that it does not listen.
        }
    }

    private async Task ConverseAsync(Socket socket)
    {
        using (socket)
        {
            try
            {
                await TalkAsync(socket);
            }
            catch (OperationCanceledException)
            {
                // The server is being disposed.
            }
            catch (IOException)
            {
                _clientGone.TrySetResult();
            }
        }
    }

    private async Task TalkAsync(Socket socket)
    {
        if (PeekIsResetOnAccept())
        {
            Next();
            Reset(socket);
            return;
        }
        await using var wire = new NetworkStream(socket);
        await using var input = new BufferedStream(wire);
        while (await HttpWire.ReadRequestAsync(input, _stop.Token) is { } request)
        {
            _requests.Enqueue(request);
            if (!await AnswerAsync(socket, wire, Next()))
                return;
        }
        _clientGone.TrySetResult();
    }

    /// <summary>Gives one answer; says whether the connection is good for another.</summary>
    private async Task<bool> AnswerAsync(Socket socket, NetworkStream wire, Fault fault)
    {
        // ResetOnAccept: the turn came while the client was still on an old connection.
        if (fault.Kind is FaultKind.ResetUnanswered or FaultKind.ResetOnAccept)
        {
            Reset(socket);
            return false;
        }
        // The next connection is the one to reset, so there must be a next one.
        var closes = PeekIsResetOnAccept();
        var body = fault.Reply.Body;
        var chunked = fault.Kind == FaultKind.NoTerminalChunk || (fault.Reply.IsStream && fault.Kind != FaultKind.ShortBody);
        var head = HttpWire.Head(
            fault.Reply,
            chunked ? "transfer-encoding: chunked" : $"content-length: {body.Length + (fault.Kind == FaultKind.ShortBody ? fault.Bytes : 0)}",
            closes ? "connection: close" : "connection: keep-alive");

        var headCut = fault.Kind == FaultKind.StallInHead ? Math.Min(fault.Bytes, head.Length) : head.Length;
        await wire.WriteAsync(head.AsMemory(0, headCut), _stop.Token);
        if (fault.Kind == FaultKind.StallInHead && !await StallAsync(socket))
            return false;
        await wire.WriteAsync(head.AsMemory(headCut), _stop.Token);

        var bodyCut = fault.Kind is FaultKind.Reset or FaultKind.Stall ? Math.Min(fault.Bytes, body.Length) : body.Length;
        await wire.WriteAsync(Framed(body.AsSpan(0, bodyCut), chunked), _stop.Token);
        switch (fault.Kind)
        {
            case FaultKind.Reset:
                Reset(socket);
                return false;
            case FaultKind.NoTerminalChunk or FaultKind.ShortBody:
                return false;
            case FaultKind.Stall when !await StallAsync(socket):
                return false;
        }
        await wire.WriteAsync(Framed(body.AsSpan(bodyCut), chunked), _stop.Token);
        if (chunked)
            await wire.WriteAsync("0\r\n\r\n"u8.ToArray(), _stop.Token);
        return !closes;
    }

    /// <summary>Waits for the release; false when the client went first.</summary>
    private async Task<bool> StallAsync(Socket socket)
    {
        using var waiting = CancellationTokenSource.CreateLinkedTokenSource(_stop.Token);
        // A client that waits for an answer sends nothing, so readable means closed or reset.
        var gone = WaitForCloseAsync(socket, waiting.Token);
        _stalled.TrySetResult();
        var first = await Task.WhenAny(gone, _released.Task);
        await waiting.CancelAsync();
        if (first == gone && !_stop.IsCancellationRequested)
            _clientGone.TrySetResult();
        _stop.Token.ThrowIfCancellationRequested();
        return first != gone;
    }

    private static async Task WaitForCloseAsync(Socket socket, CancellationToken cancel)
    {
        try
        {
            await socket.ReceiveAsync(new byte[1], SocketFlags.Peek, cancel);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException)
        {
            // Reset, or nobody waits for it any longer.
        }
    }

    private static byte[] Framed(ReadOnlySpan<byte> bytes, bool chunked) => chunked ? HttpWire.Chunk(bytes) : bytes.ToArray();

    private static void Reset(Socket socket)
    {
        socket.LingerState = new LingerOption(true, 0);
        socket.Close();
    }

    private bool PeekIsResetOnAccept()
    {
        lock (_lock)
            return Current().Kind == FaultKind.ResetOnAccept;
    }

    private Fault Next()
    {
        lock (_lock)
        {
            var fault = Current();
            _turn++;
            return fault;
        }
    }

    private Fault Current() => _script[Math.Min(_turn, _script.Length - 1)];
}
