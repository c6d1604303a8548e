using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>
/// How a credential becomes the token that a service takes: posted as a form (OAuth 2.0, RFC 6749), answered with <c>access_token</c> and how long it lasts. The token is kept
/// until shortly before its end.
/// </summary>
/// <param name="Url">
/// Where: an address, which is asked as long as the service itself is asked at a host of its own (elsewhere, as behind a gateway, the credential is sent as it is); or a path with
/// a slash before it, which is asked at the origin where the service is asked.
/// </param>
public sealed record TokenExchange(string Url)
{
    /// <summary>Environment variables that hold another address; the first that is set counts, wherever the service is asked.</summary>
    public ImmutableArray<string> UrlVariables { get; init; } = [];

    /// <summary>The form's fields; <c>{key}</c> in a value stands for the credential.</summary>
    public ImmutableDictionary<string, string> Form { get; init; } = ImmutableDictionary<string, string>.Empty;

    /// <summary>Environment variables that hold the name which belongs to a secret: both go as <c>Basic</c>. Empty where there is no name.</summary>
    public ImmutableArray<string> ClientVariables { get; init; } = [];
}
