namespace Muxi.Llm;

/// <summary>How a streamed reply's bytes are cut into events.</summary>
public enum Framing
{
    /// <summary>Server-sent events (WHATWG HTML, section 9.2): <c>data:</c> and <c>event:</c> fields, a blank line after each event.</summary>
    Sse,

    /// <summary>One JSON value per line (NDJSON): LF or CRLF after each, blank lines mean nothing.</summary>
    JsonLines,
}

/// <summary>One event of a streamed reply, as its framing delivered it: what a fold takes in.</summary>
/// <param name="Type">The event's name where the wire gives one (SSE's <c>event:</c> field); null where it is absent or empty.</param>
/// <param name="Data">
/// The event's payload, byte for byte as received and not checked to be UTF-8 or JSON; several <c>data:</c> lines are joined with LF. It is a
/// window on the transport's buffer, valid only until more of the reply is read: a fold copies what it must keep beyond the call that got it.
/// </param>
public readonly record struct WireEvent(string? Type, ReadOnlyMemory<byte> Data);
