namespace Muxi.Llm;

/// <summary>Everything that can go wrong in a call, except the caller's own cancellation and wrong arguments to our own methods.</summary>
public class LlmException : Exception
{
    private string? _provider;
    private string? _model;

    /// <summary>An error with a message for people.</summary>
    public LlmException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The name of the provider that was asked, e.g. <c>groq</c>; null when the call failed before one was chosen.</summary>
    public string? Provider { get => _provider; init => _provider = value; }

    /// <summary>The model that was asked for, without the provider's name.</summary>
    public string? Model { get => _model; init => _model = value; }

    /// <summary>What went wrong, as one word to switch on; it follows from the exception's type (and status, for a provider's timeout).</summary>
    public ErrorKind Kind => ErrorKinds.Of(this);

    /// <summary>Every attempt that was made for this call, the failing one last. Empty when nothing was sent.</summary>
    public IReadOnlyList<Attempt> Attempts { get; internal set; } = [];

    /// <summary>What a loop of tools had added to the conversation when it failed: whole turns, and the results of whole turns. Empty elsewhere.</summary>
    public IReadOnlyList<Message> Transcript { get; internal set; } = [];

    /// <summary>Whether the service had already begun what it was asked for, so that asking once more would make it twice.</summary>
    internal bool HasBegun { get; set; }

    /// <summary>Says whose error it is, where it was raised without knowing.</summary>
    internal void Blame(string? provider, string? model) => (_provider, _model) = (provider, model);
}

/// <summary>Settings or names that cannot work: an unknown provider, a missing key, a base URL that is none. Nothing was sent.</summary>
public sealed class ConfigurationException(string message, Exception? inner = null) : LlmException(message, inner)
{
    /// <summary>Whether it is a key that is missing.</summary>
    internal bool IsMissingKey { get; init; }
}

/// <summary>The provider or its wire format has no such operation, or <see cref="RequestOptions.Strict"/> forbids what would be left out. Nothing was sent.</summary>
public sealed class UnsupportedFeatureException(string message, Exception? inner = null) : LlmException(message, inner);

/// <summary>No reply came: the connection was refused, reset or could not be made, or the name is unknown.</summary>
public class ApiConnectionException(string message, Exception? inner = null) : LlmException(message, inner)
{
    /// <summary>Whether it is certain that the service got nothing of the request: no connection was made.</summary>
    internal bool NothingWasSent { get; init; }
}

/// <summary>One of the four timeouts of <see cref="Timeouts"/> ran out.</summary>
public sealed class ApiTimeoutException(string message, TimeoutKind kind, Exception? inner = null) : ApiConnectionException(message, inner)
{
    /// <summary>Which of the four timeouts it was.</summary>
    public TimeoutKind Timeout { get; } = kind;
}

/// <summary>A stream broke, or reported an error after content had come. <see cref="Partial"/> holds what came.</summary>
public sealed class StreamInterruptedException(string message, Exception? inner = null) : LlmException(message, inner)
{
    /// <summary>What was received of a conversation's answer until the break; null when nothing had come, or it was no chat.</summary>
    public ChatCompletion? Received => Partial as ChatCompletion;

    /// <summary>What was received until the break, put together as the operation's reply; null when nothing had come, or the operation has no such form.</summary>
    public Reply? Partial { get; internal set; }
}

/// <summary>Every target of the call failed. <see cref="LlmException.Attempts"/> lists them; the inner exceptions are theirs, in order.</summary>
public sealed class AllTargetsFailedException(string message, IReadOnlyList<LlmException> failures)
    : LlmException(message, failures.Count > 0 ? failures[^1] : null)
{
    /// <summary>The last failure of each target, in the order they were tried.</summary>
    public IReadOnlyList<LlmException> Failures { get; } = failures;

    /// <summary>What these failures are together.</summary>
    internal static AllTargetsFailedException Of(IReadOnlyList<LlmException> failures)
    {
        var last = failures[^1];
        return new($"all {failures.Count} targets failed: {string.Join("; ", failures.Select(failure => $"{failure.Kind}: {failure.Message}"))}", failures)
        {
            Provider = last.Provider, Model = last.Model, Attempts = last.Attempts,
        };
    }
}

/// <summary>The four ways in which waiting can end a call.</summary>
public enum TimeoutKind
{
    /// <summary>The connection was not made in time.</summary>
    Connect,
    /// <summary>The reply's headers (of a stream: its first event too) did not come in time.</summary>
    FirstByte,
    /// <summary>Nothing came for too long in the middle of a reply.</summary>
    Idle,
    /// <summary>The whole call took too long.</summary>
    Total,
}
