namespace Muxi.Llm;

/// <summary>How a streamed reply's bytes are cut into events.</summary>
public enum Framing
{
    /// <summary>Server-sent events (WHATWG HTML, section 9.2): <c>data:</c> and <c>event:</c> fields, a blank line after each event.</summary>
    Sse,

    /// <summary>One JSON value per line (NDJSON): LF or CRLF after each, blank lines mean nothing.</summary>
    JsonLines,

    /// <summary>Amazon's event stream (<c>application/vnd.amazon.eventstream</c>): binary frames with headers and two check sums each.</summary>
    AwsEventStream,

    /// <summary>The same, where a frame of type <c>chunk</c> holds one event of another format as <c>{"bytes":"BASE64"}</c>: an event's data is what is in there.</summary>
    AwsEventStreamChunks,
}

/// <summary>One event of a streamed reply, as its framing delivered it: what a fold takes in.</summary>
/// <param name="Type">The event's name where the wire gives one (SSE's <c>event:</c> field); null where it is absent or empty.</param>
/// <param name="Data">
/// The event's payload, byte for byte as received and not checked to be UTF-8 or JSON; several <c>data:</c> lines are joined with LF. It is a
/// window on the transport's buffer, valid only until more of the reply is read: a fold copies what it must keep beyond the call that got it.
/// </param>
public readonly record struct WireEvent(string? Type, ReadOnlyMemory<byte> Data)
{
    /// <summary>What went wrong, where the framing itself says that this event is an error; null in an event that is none.</summary>
    public WireFault? Fault { get; init; }
}

/// <summary>An error as a framing says it, beside what the event's data say.</summary>
/// <param name="Type">The vendor's word for it, e.g. <c>throttlingException</c>; null where it has none.</param>
/// <param name="Message">The words for people, where they do not stand in the data.</param>
public sealed record WireFault(string? Type, string? Message);
