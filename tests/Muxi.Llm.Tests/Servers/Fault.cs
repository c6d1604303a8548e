namespace Muxi.Llm.Tests;

/// <summary>How an answer goes wrong.</summary>
internal enum FaultKind
{
    /// <summary>It does not.</summary>
    None,

    /// <summary>The connection is reset as soon as it is accepted.</summary>
    ResetOnAccept,

    /// <summary>The request is read whole, then the connection is reset without a byte of reply.</summary>
    ResetUnanswered,

    /// <summary>The connection is reset when so many bytes of the body are sent.</summary>
    Reset,

    /// <summary>So many bytes of the body are sent; the rest waits for <see cref="FaultServer.Release"/>.</summary>
    Stall,

    /// <summary>So many bytes of the head are sent; the rest waits for <see cref="FaultServer.Release"/>.</summary>
    StallInHead,

    /// <summary>The connection is closed in order, but before the terminal chunk.</summary>
    NoTerminalChunk,

    /// <summary>Content-Length promises so many bytes more than come before the connection is closed in order.</summary>
    ShortBody,
}

/// <summary>One answer of a <see cref="FaultServer"/>: a reply and how it goes wrong. A plain reply converts to one that does not.</summary>
internal sealed record Fault(FaultKind Kind, CannedReply Reply, int Bytes)
{
    private static readonly CannedReply _nothing = CannedReply.Json("");

    /// <summary>
    /// Resets the connection without reading or saying anything. What the client sees is a race, as in life: observed 2026-11
    /// on .NET 10, now and then HttpClient throws a bare SocketException (NotConnected) instead of an HttpRequestException.
    /// </summary>
    public static Fault ResetOnAccept { get; } = new(FaultKind.ResetOnAccept, _nothing, 0);

    /// <summary>Takes the request and resets. HttpClient itself tries once more where the connection had served a request before.</summary>
    public static Fault ResetUnanswered { get; } = new(FaultKind.ResetUnanswered, _nothing, 0);

    /// <summary>Resets after so many bytes of the body.</summary>
    public static Fault ResetAfter(int bytes, CannedReply reply) => new(FaultKind.Reset, reply, bytes);

    /// <summary>Stalls after so many bytes of the body.</summary>
    public static Fault StallAfter(int bytes, CannedReply reply) => new(FaultKind.Stall, reply, bytes);

    /// <summary>Stalls after so many bytes of the head; 0 is a server that takes the request and says nothing.</summary>
    public static Fault SlowHeader(int bytes, CannedReply reply) => new(FaultKind.StallInHead, reply, bytes);

    /// <summary>Sends the body in chunks and closes without the last one.</summary>
    public static Fault NoTerminalChunk(CannedReply reply) => new(FaultKind.NoTerminalChunk, reply, 0);

    /// <summary>Promises so many bytes more than it sends.</summary>
    public static Fault ShortBody(int missing, CannedReply reply) => new(FaultKind.ShortBody, reply, missing);

    public static implicit operator Fault(CannedReply reply) => new(FaultKind.None, reply, 0);
}
