namespace Muxi.Llm;

/// <summary>What one call sets for itself; it goes before everything else that is configured.</summary>
public sealed record RequestOptions
{
    /// <summary>The key to use for this call; it is sent to this call's provider only.</summary>
    public string? ApiKey { get; init; }

    /// <summary>The variables that hold the key in place of all others, where a file names them for a fallback; they are read at each call.</summary>
    internal IReadOnlyList<string> KeyVariables { get; init; } = [];

    /// <summary>The base URL for this call, path included. Without <see cref="ApiKey"/> beside it no configured key is sent there.</summary>
    public Uri? BaseUrl { get; init; }

    /// <summary>Headers to add; one of the same name replaces ours. Those that carry credentials by custom go to the call's own provider only.</summary>
    public IReadOnlyDictionary<string, string>? Headers { get; init; }

    /// <summary>Further members of the body, sent as they are; one of a known name goes before the request's own.</summary>
    public Extra ExtraBody { get; init; }

    /// <summary>Who is asked when the model has failed for good, in order: <c>Fallbacks = ["openai/gpt-4o-mini"]</c>. Null leaves it to the client's settings; empty is nobody.</summary>
    public IReadOnlyList<Fallback>? Fallbacks { get; init; }

    /// <summary>How many attempts may follow the first one at each target; 0 for none. Null leaves it to <see cref="Retries.Max"/> of the client.</summary>
    public int? MaxRetries { get; init; }

    /// <summary>Limits on waiting for this call (<see cref="Timeouts.Connect"/> is the client's, as connections are shared).</summary>
    public Timeouts? Timeouts { get; init; }

    /// <summary>Whom a server asks for: responses that are kept here are found only by who made them. Null where the program itself asks.</summary>
    internal string? Tenant { get; init; }

    /// <summary>Raise <see cref="UnsupportedFeatureException"/> before anything is sent, where we would otherwise leave an option out and warn.</summary>
    public bool Strict { get; init; }

    /// <summary>The same, checked as far as it can be before a target is known.</summary>
    /// <param name="whose">How errors name it.</param>
    /// <exception cref="ConfigurationException">A number is below zero.</exception>
    internal RequestOptions Checked(string whose) =>
        MaxRetries < 0 ? throw new ConfigurationException($"{whose}.MaxRetries is {MaxRetries}: it must be 0 (for none) or more") : this;

    /// <summary>The settings as text, without the key and the headers' values.</summary>
    public override string ToString() =>
        $"{nameof(RequestOptions)} {{ {nameof(BaseUrl)} = {Redaction.HideUser(BaseUrl?.ToString() ?? "")}, {nameof(Headers)} = {string.Join(", ", Headers?.Keys ?? [])}, {nameof(Fallbacks)} = {string.Join(", ", Fallbacks?.Select(fallback => fallback.Model) ?? [])}, {nameof(MaxRetries)} = {MaxRetries}, {nameof(Timeouts)} = {Timeouts}, {nameof(Strict)} = {Strict} }}";
}
