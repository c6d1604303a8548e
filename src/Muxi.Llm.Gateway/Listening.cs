using System.Globalization;
using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;

namespace Muxi.Llm.Gateway;

/// <summary>Where the server listens. Without a key that is this machine alone.</summary>
internal sealed class Listening
{
    private const string Local = "localhost";

    private readonly GatewayOptions _options;
    private readonly IPAddress? _address;

    /// <exception cref="ConfigurationException">The host is none, or is open to others while there is no key.</exception>
    public Listening(GatewayOptions options)
    {
        _options = options;
        if (options.Port is < 0 or > 65535) throw new ConfigurationException($"the port {options.Port} is none: it must be between 0 and 65535");
        _address = options.Host.ToLowerInvariant() switch
        {
            Local => null,
            "*" => IPAddress.Any,
            var host when IPAddress.TryParse(host.Trim('[', ']'), out var address) => address,
            // A name would be looked up, and a server that takes its own address from elsewhere listens where it was not told to.
            _ => throw new ConfigurationException($"the host '{options.Host}' is no IP address: use 127.0.0.1 for this machine, or 0.0.0.0 for every address"),
        };
        if (options.MasterKey is null && _address is not null && !IPAddress.IsLoopback(_address))
            throw new ConfigurationException($"--host {options.Host} is open to other machines, which needs a key: set {GatewayOptions.KeyVariable}, or leave --host at 127.0.0.1");
    }

    /// <summary>Tells the server.</summary>
    public void Apply(KestrelServerOptions kestrel)
    {
        // Both of localhost's addresses can share a port only where it is named.
        if (_address is null && _options.Port > 0) kestrel.ListenLocalhost(_options.Port);
        else kestrel.Listen(_address ?? IPAddress.Loopback, _options.Port);
    }

    /// <summary>What to tell people whose server could not listen.</summary>
    public ConfigurationException Failed(Exception error)
    {
        var where = string.Create(CultureInfo.InvariantCulture, $"{_options.Host}:{_options.Port}");
        for (var cause = error; cause is not null; cause = cause.InnerException)
        {
            if (cause is Microsoft.AspNetCore.Connections.AddressInUseException) return new($"port {_options.Port} of {_options.Host} is in use: stop who has it, or pick another with --port (0 takes a free one)", error);
            if (cause is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AccessDenied }) return new($"{where} may not be listened on: ports below 1024 need rights; pick another with --port", error);
            if (cause is System.Net.Sockets.SocketException { SocketErrorCode: System.Net.Sockets.SocketError.AddressNotAvailable }) return new($"{_options.Host} is no address of this machine: use 127.0.0.1, or 0.0.0.0 for every address", error);
        }
        return new($"cannot listen on {where}: {error.Message}", error);
    }
}
