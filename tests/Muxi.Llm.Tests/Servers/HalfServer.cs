using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A raw socket that reads the head of a request and so much of its body as the test says, and only then does what the test says.</summary>
internal sealed class HalfServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _running;
    private readonly TaskCompletionSource _read = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private HalfServer(int bytes, string? reply)
    {
        _listener.Start();
        _running = RunAsync(bytes, reply);
    }

    public Uri Url => new($"http://127.0.0.1:{((IPEndPoint)_listener.LocalEndpoint).Port}/");

    /// <summary>The head of the request, once it is there.</summary>
    public string Head { get; private set; } = "";

    /// <summary>How many bytes of the body have been read.</summary>
    public long BodyBytes { get; private set; }

    /// <summary>Ends when as much as was wanted has been read.</summary>
    public Task HasRead => _read.Task;

    /// <summary>Reads so many bytes of the body, then replies and closes; without a reply it reads no further.</summary>
    /// <param name="bytes">0 for none.</param>
    /// <param name="reply">A status line's end, e.g. <c>413 Too Large</c>; null for none.</param>
    public static HalfServer Start(int bytes, string? reply) => new(bytes, reply);

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _running;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task RunAsync(int bytes, string? reply)
    {
        try
        {
            using var socket = await _listener.AcceptSocketAsync(_stop.Token);
            socket.NoDelay = true;
            var buffer = new byte[1 << 16];
            var head = new StringBuilder();
            while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
            {
                if (await socket.ReceiveAsync(buffer.AsMemory(0, 1), _stop.Token) == 0) return;
                head.Append((char)buffer[0]);
            }
            Head = head.ToString();
            if (bytes > 0 && Head.Contains("100-continue", StringComparison.OrdinalIgnoreCase)) await socket.SendAsync("HTTP/1.1 100 Continue\r\n\r\n"u8.ToArray(), _stop.Token);
            while (BodyBytes < bytes && await socket.ReceiveAsync(buffer.AsMemory(0, (int)Math.Min(buffer.Length, bytes - BodyBytes)), _stop.Token) is > 0 and var count) BodyBytes += count;
            _read.TrySetResult();
            if (reply is not null)
            {
                const string Body = """{"error":{"message":"too much","type":"invalid_request_error","param":null,"code":"too_large"}}""";
                await socket.SendAsync(Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"HTTP/1.1 {reply}\r\ncontent-type: application/json\r\nconnection: close\r\ncontent-length: {Body.Length}\r\n\r\n{Body}")), _stop.Token);
                socket.Shutdown(SocketShutdown.Send);
                return;
            }
            await Task.Delay(Timeout.InfiniteTimeSpan, _stop.Token);
        }
        catch (Exception e) when (e is SocketException or OperationCanceledException or ObjectDisposedException)
        {
            // The client went, or the server is being disposed.
        }
    }
}
