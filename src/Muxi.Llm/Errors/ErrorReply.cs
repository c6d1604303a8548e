namespace Muxi.Llm;

/// <summary>A provider's error as the classifier sees it: no client, no clock, only what came.</summary>
/// <param name="Status">The HTTP status; 200 for an error inside a good reply or stream.</param>
/// <param name="Body">The body, or the one event of a stream that holds the error.</param>
/// <param name="Headers">The reply's headers.</param>
/// <param name="Provider">Who answered.</param>
/// <param name="Model">The model that was asked for.</param>
/// <param name="Now">The time of the reply, for dates in Retry-After.</param>
internal readonly record struct ErrorReply(
    int Status, ReadOnlyMemory<byte> Body, ReplyHeaders Headers, string Provider, string? Model, DateTimeOffset Now)
{
    /// <summary>The credentials of the call, which providers echo at times: no member of the exception may hold one.</summary>
    public IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>What to do about a model that is not there; <c>{model}</c> in it stands for the model. Null where there is nothing to do.</summary>
    public string? MissingModelHint { get; init; }

    /// <summary>What was raised where no reply told of the error; null for a reply.</summary>
    public Exception? Cause { get; init; }
}
