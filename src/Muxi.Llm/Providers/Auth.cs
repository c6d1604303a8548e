using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>How a service is told who asks: a fact, not a key.</summary>
/// <param name="Header">The header that carries the key; empty for none.</param>
/// <param name="Prefix">What stands before the key in it.</param>
public sealed record Auth(string Header, string Prefix)
{
    /// <summary>Environment variables that hold the key by the vendor's custom, besides <c>NAME_API_KEY</c>.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];

    /// <summary>Whether the service's own address answers nobody without a key.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>Another way, with variables of its own, for who has no key: a token of an account, say. It may have another one in turn.</summary>
    public Auth? Alternative { get; init; }

    /// <summary>Headers that go with a key of this kind, as one that says of which kind it is. The caller's own take their place.</summary>
    public ImmutableDictionary<string, string> Headers { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>What the credential is exchanged for before it is sent; null where it is sent as it is.</summary>
    public TokenExchange? Exchange { get; init; }

    /// <summary>The other ways, in their order.</summary>
    internal IEnumerable<Auth> Others
    {
        get
        {
            for (var other = Alternative; other is not null; other = other.Alternative) yield return other;
        }
    }

    /// <summary>What else may tell who asks, where there is no key: an account of the machine's or the user's own, asked for by a package of its own. Null for nothing.</summary>
    public AuthSource? Source { get; init; }

    /// <summary>
    /// Files in which the vendor's own programs keep the key, each below a variable (<c>$HF_HOME/token</c>) or the user's folder (<c>~/.cache/...</c>). The first one whose variable is set
    /// counts, be it there or not, after all variables that hold the key itself.
    /// </summary>
    public ImmutableArray<string> KeyFiles { get; init; } = [];

    /// <summary>No key at all.</summary>
    public static Auth None { get; } = new("", "") { IsRequired = false };

    /// <summary><c>Authorization: Bearer KEY</c>, with the key from these variables.</summary>
    public static Auth Bearer(params ImmutableArray<string> variables) => new("Authorization", "Bearer ") { Variables = variables };

    /// <summary>A header of the vendor's own, with the key from these variables.</summary>
    public static Auth Key(string header, params ImmutableArray<string> variables) => new(header, "") { Variables = variables };

    /// <summary>The same, but a service that may be run without a key.</summary>
    public Auth Optional() => this with { IsRequired = false };
}

/// <summary>Credentials that are more than a key in a header: found by an <see cref="ICredentialSource"/> of this name, if the client has one.</summary>
/// <param name="Name">Its name, e.g. <c>aws</c>.</param>
/// <param name="Package">The package that brings it.</param>
public sealed record AuthSource(string Name, string Package)
{
    /// <summary>Environment variables any of which, by the vendor's custom, sets such credentials up.</summary>
    public ImmutableArray<string> Variables { get; init; } = [];
}
