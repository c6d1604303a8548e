namespace Muxi.Llm;

/// <summary>
/// Credentials that are more than a key in a header: a signature over the request, a token that is fetched and renewed. One serves the providers whose
/// <see cref="Auth.Source"/> has its name, when they are asked without a key; it is used by many calls at once.
/// </summary>
public interface ICredentialSource
{
    /// <summary>Its name: <c>aws</c>, <c>google</c>.</summary>
    string Name { get; }

    /// <summary>A part of the service's address that the credentials' own files know: <c>region</c>, <c>project</c>. Null where they do not; no connection is opened for it.</summary>
    /// <param name="part">The part's name.</param>
    /// <param name="environment">How environment variables are read.</param>
    string? UrlPart(string part, Func<string, string?> environment);

    /// <summary>Adds to a request what tells who asks. It is complete then: method, address, headers and content stay as they are.</summary>
    /// <param name="request">The request. Its content may be read.</param>
    /// <param name="context">The call's surroundings.</param>
    /// <param name="cancellationToken">Ends the wait for a token.</param>
    /// <exception cref="ConfigurationException">There are no credentials, or they cannot work.</exception>
    /// <exception cref="ApiConnectionException">Whoever gives tokens did not answer.</exception>
    ValueTask ApplyAsync(HttpRequestMessage request, CredentialContext context, CancellationToken cancellationToken);
}

/// <summary>What credentials may know of a call.</summary>
/// <param name="Provider">Who is asked, by our name.</param>
/// <param name="Clock">What time it is: signatures carry it, tokens run out by it.</param>
/// <param name="Environment">How environment variables are read.</param>
public sealed record CredentialContext(string Provider, TimeProvider Clock, Func<string, string?> Environment)
{
    /// <summary>Whether the service answers nobody without credentials. Where it is at an address of the user's own, a call may go without them.</summary>
    public bool IsRequired { get; init; } = true;

    /// <summary>The variables that hold a key, for an error that tells how else to be let in.</summary>
    public IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <summary>The parts of the address, by name, as far as they are known.</summary>
    public IReadOnlyDictionary<string, string> UrlParts { get; init; } = new Dictionary<string, string>();

    /// <summary>Takes what must not be shown anywhere: a token, a secret, a signature.</summary>
    public required Action<string> Protect { get; init; }
}
