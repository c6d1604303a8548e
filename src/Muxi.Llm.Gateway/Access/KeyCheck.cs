using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm.Gateway;

/// <summary>Compares a key with the server's own, which it keeps as a hash. How long it takes tells nothing of either.</summary>
internal sealed class KeyCheck(string key)
{
    private readonly byte[] _hash = Hash(key);

    public bool Accepts(string? shown) => shown is not null && CryptographicOperations.FixedTimeEquals(Hash(shown), _hash);

    private static byte[] Hash(string key) => SHA256.HashData(Encoding.UTF8.GetBytes(key));
}
