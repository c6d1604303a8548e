using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Authentication;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>A network of names and addresses, each of whose public addresses is a TLS server in this process.</summary>
internal sealed class EgressNet : IAsyncDisposable
{
    public const string Public = "93.184.216.34";

    private readonly Dictionary<string, EgressHost> _hosts = [];
    private readonly X509Certificate2 _certificate = Certificate();

    public Dictionary<string, string[]> Names { get; } = [];

    public List<string> Resolved { get; } = [];

    public List<string> Connected { get; } = [];

    public EgressNetwork Network => new() { Resolve = ResolveAsync, Connect = ConnectAsync, Trust = (_, shown, _, _) => shown?.GetCertHashString() == _certificate.GetCertHashString() };

    /// <summary>A host at an address of its own, whose connections answer in turn; the last answer is repeated.</summary>
    public EgressHost Host(string name, params byte[][] answers)
    {
        var address = IPAddress.TryParse(name, out _) ? name : _hosts.Count == 0 ? Public : $"93.184.217.{_hosts.Count}";
        if (!Names.ContainsKey(name)) Names[name] = [address];
        return _hosts[address] = new(answers, IPAddress.TryParse(name, out _) ? null : _certificate);
    }

    public Task Asked(string name) => _hosts[Names[name][0]].Asked.WaitAsync(TimeSpan.FromSeconds(10), TestContext.Current.CancellationToken);

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts.Values) await host.DisposeAsync();
        _certificate.Dispose();
    }

    private Task<IPAddress[]> ResolveAsync(string name, CancellationToken cancellationToken)
    {
        lock (Resolved) Resolved.Add(name);
        return Names.TryGetValue(name, out var addresses) ? Task.FromResult(addresses.Select(IPAddress.Parse).ToArray()) : Task.FromException<IPAddress[]>(new SocketException((int)SocketError.HostNotFound));
    }

    private async ValueTask<Stream> ConnectAsync(IPEndPoint endPoint, CancellationToken cancellationToken)
    {
        lock (Connected) Connected.Add(endPoint.ToString());
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
        await socket.ConnectAsync(_hosts[endPoint.Address.ToString()].EndPoint, cancellationToken);
        return new NetworkStream(socket, ownsSocket: true);
    }

    private static X509Certificate2 Certificate()
    {
        using var key = RSA.Create(2048);
        using var made = new CertificateRequest("CN=*.example", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1).CreateSelfSigned(DateTimeOffset.UnixEpoch, DateTimeOffset.UnixEpoch.AddYears(200));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}

/// <summary>One machine of it.</summary>
internal sealed class EgressHost : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly TaskCompletionSource _asked = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly Task _accepting;
    private int _turn = -1;

    public EgressHost(byte[][] answers, X509Certificate2? certificate)
    {
        _listener.Start();
        _accepting = AcceptAsync(answers, certificate);
    }

    public IPEndPoint EndPoint => (IPEndPoint)_listener.LocalEndpoint;

    public Task Asked => _asked.Task;

    public List<string> Seen { get; } = [];

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _accepting;
        _listener.Dispose();
        _stop.Dispose();
    }

    private async Task AcceptAsync(byte[][] answers, X509Certificate2? certificate)
    {
        var talks = new List<Task>();
        try
        {
            while (true) talks.Add(TalkAsync(await _listener.AcceptSocketAsync(_stop.Token), answers, certificate));
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException or InvalidOperationException)
        {
            await Task.WhenAll(talks);
        }
    }

    private async Task TalkAsync(Socket socket, byte[][] answers, X509Certificate2? certificate)
    {
        try
        {
            await using var wire = new NetworkStream(socket, ownsSocket: true);
            await using Stream stream = certificate is null ? wire : new SslStream(wire);
            if (stream is SslStream tls) await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = certificate }, _stop.Token);
            var buffer = new byte[8192];
            while (await HeadAsync(stream, buffer) is { Length: > 0 } head)
            {
                lock (Seen) Seen.Add(head);
                var answer = answers.Length == 0 ? [] : answers[Math.Min(Interlocked.Increment(ref _turn), answers.Length - 1)];
                if (answer.Length > 0) await stream.WriteAsync(answer, _stop.Token);
                await stream.FlushAsync(_stop.Token);
                _asked.TrySetResult();
                if (Encoding.ASCII.GetString(answer).Contains("Connection: close", StringComparison.Ordinal)) return;
            }
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or AuthenticationException or ObjectDisposedException)
        {
            // The client has gone, does not trust us, or the test is over.
        }
    }

    private async Task<string> HeadAsync(Stream stream, byte[] buffer)
    {
        var head = new StringBuilder();
        while (!head.ToString().Contains("\r\n\r\n", StringComparison.Ordinal))
        {
            var count = await stream.ReadAsync(buffer, _stop.Token);
            if (count == 0) return "";
            head.Append(Encoding.ASCII.GetString(buffer, 0, count));
        }
        return head.ToString();
    }
}
