namespace Muxi.Llm;

/// <summary>What every reply, and every chunk of a stream, carries besides its body: who answered, and how it went.</summary>
public abstract record Reply
{
    /// <summary>Set once by the router, before the caller sees the reply.</summary>
    internal virtual CallRecord? Call { get; set; }

    /// <summary>What the dialect noticed in the reply itself that the caller should know: a prompt that was cut.</summary>
    internal IReadOnlyList<Warning>? Noticed { get; init; }

    /// <summary>The provider that answered, by our name; null for a reply that was parsed from text, or made on this machine.</summary>
    public string? Provider => Call?.Provider;

    /// <summary>Every try of the call, the good one last.</summary>
    public IReadOnlyList<Attempt> Attempts => Call?.Attempts ?? [];

    /// <summary>Options that the target could not honour and that were left out or changed.</summary>
    public IReadOnlyList<Warning> Warnings => Call?.Warnings ?? [];

    /// <summary>The provider's id of the request, for a support ticket.</summary>
    public string? RequestId => Call?.RequestId;

    /// <summary>
    /// How much the service lets its caller do, and how much of it is left, as its headers told with this reply; null where they told nothing. For a stream that is when it began, for
    /// an answer that took several calls the last one's. Read from the headers when it is asked for.
    /// </summary>
    public RateLimits? RateLimits => Call?.RateLimits;
}

/// <summary>An option that was not honoured as it was asked for.</summary>
/// <param name="Param">The request member.</param>
/// <param name="Message">What was done with it, and why.</param>
public sealed record Warning(string Param, string Message);

/// <summary>What is known of a call that has been answered; one for all chunks of a stream.</summary>
internal sealed class CallRecord(string? provider, IReadOnlyList<Attempt> attempts, Trace trace, IReadOnlyList<string> secrets)
{
    /// <summary>Null where nobody answered, so that we did.</summary>
    public string? Provider => provider;

    public IReadOnlyList<Attempt> Attempts => attempts;

    public IReadOnlyList<Warning> Warnings => trace.Warnings;

    /// <summary>The same, of a call that was several.</summary>
    public CallRecord With(IReadOnlyList<Attempt> all) => new(provider, all, trace, secrets) { Own = Own, Target = Target };

    /// <summary>The origin that was asked, where whoever runs us has set it up; null where it is the service's own.</summary>
    public Uri? Own { get; init; }

    /// <summary>Who was asked, with which key: whose the reply is.</summary>
    public Target? Target { get; init; }

    /// <summary>Adds a warning of what went wrong after the reply had come.</summary>
    public void Note(Warning warning) => trace.Add(warning);

    public RateLimits? RateLimits => trace.RateLimits(secrets);

    /// <summary>Redacted when it is asked for: few callers do, and looking for a key in all its forms is no small part of a call.</summary>
    public string? RequestId => trace.RequestId is { } id ? Redaction.Redact(id, secrets) : null;
}
