using System.Net;
using System.Net.Sockets;

namespace Muxi.Llm;

/// <summary>Which addresses are anybody's: not this machine's, not this network's, and none that mean something special.</summary>
/// <remarks>Source: IANA's registries of special-purpose IPv4 and IPv6 addresses, RFC 6890 and the RFCs that they name, as of 2026-11.</remarks>
internal static class PublicAddress
{
    private static readonly IPNetwork[] _special4 =
    [
        IPNetwork.Parse("0.0.0.0/8"), IPNetwork.Parse("10.0.0.0/8"), IPNetwork.Parse("100.64.0.0/10"), IPNetwork.Parse("127.0.0.0/8"), IPNetwork.Parse("169.254.0.0/16"),
        IPNetwork.Parse("172.16.0.0/12"), IPNetwork.Parse("192.0.0.0/24"), IPNetwork.Parse("192.0.2.0/24"), IPNetwork.Parse("192.31.196.0/24"), IPNetwork.Parse("192.52.193.0/24"),
        IPNetwork.Parse("192.88.99.0/24"), IPNetwork.Parse("192.168.0.0/16"), IPNetwork.Parse("192.175.48.0/24"), IPNetwork.Parse("198.18.0.0/15"), IPNetwork.Parse("198.51.100.0/24"),
        IPNetwork.Parse("203.0.113.0/24"), IPNetwork.Parse("224.0.0.0/4"), IPNetwork.Parse("240.0.0.0/4"),
        // Azure's host, which its machines reach at an address that looks like anybody's.
        IPNetwork.Parse("168.63.129.16/32"),
    ];

    /// <summary>What is given out to the world; of it, what is not.</summary>
    private static readonly IPNetwork _global6 = IPNetwork.Parse("2000::/3");

    private static readonly IPNetwork[] _special6 =
    [
        // Teredo and its neighbours, documentation, 6to4 (which hides an IPv4 address), documentation again.
        IPNetwork.Parse("2001::/23"), IPNetwork.Parse("2001:db8::/32"), IPNetwork.Parse("2002::/16"), IPNetwork.Parse("2620:4f:8000::/48"), IPNetwork.Parse("3fff::/20"),
    ];

    /// <summary>Where a network that speaks IPv6 alone reaches IPv4: the last four bytes are the real address (RFC 6052).</summary>
    private static readonly IPNetwork _translated = IPNetwork.Parse("64:ff9b::/96");

    public static bool IsPublic(IPAddress address)
    {
        if (address.AddressFamily == AddressFamily.InterNetwork) return !Array.Exists(_special4, network => network.Contains(address));
        if (address.AddressFamily != AddressFamily.InterNetworkV6) return false;
        if (address.IsIPv4MappedToIPv6) return false;
        if (_translated.Contains(address)) return IsPublic(new IPAddress(address.GetAddressBytes().AsSpan(12)));
        return _global6.Contains(address) && !Array.Exists(_special6, network => network.Contains(address));
    }
}
