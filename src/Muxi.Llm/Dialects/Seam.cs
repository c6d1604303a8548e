using System.Net.Http.Headers;
using System.Security.Cryptography;
using System.Text;

namespace Muxi.Llm;

/// <summary>All that a dialect may know of the world besides the request. It holds no client and no clock, so the same input gives the same output.</summary>
/// <param name="Provider">Who is asked, by our name.</param>
/// <param name="Model">The model, without the provider's name.</param>
/// <param name="RequestId">Our id of this call, unique.</param>
/// <param name="Now">When the call was begun.</param>
public readonly record struct CallContext(string Provider, string Model, string RequestId, DateTimeOffset Now)
{
    /// <summary>Who is asked, for verbs that are rendered as the same service's chat is; null in a dialect's own tests.</summary>
    internal Provider? Service { get; init; }

    /// <summary>What the service is told of whose call this is; null for nothing.</summary>
    internal Account? Account { get; init; }

    /// <summary>What must not appear in an error: the credentials of this call.</summary>
    internal IReadOnlyList<string> Secrets { get; init; } = [];

    /// <summary>The exception for a good-looking reply that holds an error, or nothing that can be read.</summary>
    public ApiException Error(HttpReply reply) =>
        Errors.Classify(new(reply.Status, reply.Body, reply.Headers, Provider, Model, Now) { Secrets = Secrets ?? [], MissingModelHint = Service?.MissingModelHint });

    /// <summary>The exception for an event of a stream that is an error, or cannot be read.</summary>
    public ApiException Error(WireEvent wireEvent) => Error(new HttpReply(200, wireEvent.Data, wireEvent.Fault is { } fault ? HeadersOf(fault) : default));

    private static ReplyHeaders HeadersOf(WireFault fault)
    {
        var headers = new Dictionary<string, string>();
        if (fault.Type is { } type) headers[":exception-type"] = type;
        if (fault.Message is { } message) headers[":error-message"] = message;
        return new(headers);
    }

    /// <summary>The exception for a request that this service cannot take, as far as we know: raised before anything is sent.</summary>
    /// <param name="param">The request member that is wrong.</param>
    /// <param name="message">What is wrong with it and what would be right, to follow the service's name.</param>
    public BadRequestException Refuse(string param, string message) => Wrong.Request(param, Provider.Length == 0 ? message : $"{Provider}: {message}", Provider, Model);

    /// <summary>The exception for what this service does not have, raised before anything is sent: another target may have it.</summary>
    /// <param name="param">The request member.</param>
    /// <param name="message">What is missing and what would mend it, to follow the service's name.</param>
    public UnsupportedFeatureException Lacks(string param, string message) => new($"{Provider}: {param}: {message}") { Provider = Provider, Model = Model };

    /// <summary>The exception for a stream that lacks its end.</summary>
    /// <param name="what">What is missing, to follow "the stream ".</param>
    public StreamInterruptedException Interrupted(string what) => new($"{Provider}: the stream {what}") { Provider = Provider, Model = Model };

    /// <summary>An id for something that the provider left without one: a hash, so that the same call gives the same ids.</summary>
    public string MakeId(string prefix, int index)
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes($"{RequestId}/{index}"), hash);
        return prefix + Convert.ToHexStringLower(hash[..12]);
    }
}

/// <summary>An HTTP request as a value. The transport adds the base URL, the credentials and the caller's headers.</summary>
/// <param name="Method">GET, POST or another HTTP method.</param>
/// <param name="Path">What follows the base URL, without a leading slash.</param>
public sealed record HttpCall(HttpMethod Method, string Path)
{
    /// <summary>
    /// The whole address, in place of <see cref="Path"/>, where the service itself has told it in a reply. It must be of the service's own origin or at one of
    /// <see cref="Provider.ToldHosts"/>, as key and body go there; behind a proxy that hands the vendor's address on as it is, it is asked for at the proxy. Null for none.
    /// </summary>
    public Uri? Url { get; init; }

    /// <summary>
    /// Whether the call only looks at what an earlier one has begun: one that fails in passing is sent again by itself, and where it fails for good the whole is not begun anew
    /// at the same target, as that would make it twice.
    /// </summary>
    public bool Looks { get; init; }

    /// <summary>How long to wait before a stream's further call is sent (<see cref="IFold{T}.Continue"/>); a step of an exchange has a wait of its own.</summary>
    public TimeSpan After { get; init; }

    /// <summary>
    /// The whole address at the vendor, where this operation has another one there than below the base URL, be it at another host of the vendor's domain. It counts as long as nobody has
    /// set up another base URL, and never at a host of another domain: else <see cref="Path"/> is asked. Null where there is none.
    /// </summary>
    public Uri? VendorUrl { get; init; }

    /// <summary>The body; empty for none. It can be sent again as often as needed.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>Fields and files as the body, in place of <see cref="Body"/>; null for none.</summary>
    public Form? Form { get; init; }

    /// <summary>JSON with a file in it as the body, in place of <see cref="Body"/>; null for none.</summary>
    public FileInJson? FileInJson { get; init; }

    /// <summary>A file as the body, as it is, in place of <see cref="Body"/>; it is read while it is sent. Null for none.</summary>
    public FileSource? File { get; init; }

    /// <summary>The body's media type; a form has its own.</summary>
    public string ContentType { get; init; } = "application/json";

    /// <summary>The most bytes that the reply is taken with, for replies that are small where all is well; null for the transport's own limit.</summary>
    public int? MaxReplyBytes { get; init; }

    /// <summary>Headers of the wire format itself, such as a version.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Headers { get; init; } = [];

    /// <summary>Headers that hold lists: their values go beside the caller's own, not in their place.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> AddedHeaders { get; init; } = [];

    /// <summary>What of the request could not be put into this wire format.</summary>
    public IReadOnlyList<Warning> Warnings { get; init; } = [];
}

/// <summary>A reply's headers, by name and ignoring case.</summary>
public readonly struct ReplyHeaders
{
    private readonly HttpResponseMessage? _response;
    private readonly IReadOnlyDictionary<string, string>? _fixed;

    internal ReplyHeaders(HttpResponseMessage response) => _response = response;

    /// <summary>Fixed headers, for tests of a dialect. The dictionary decides about case.</summary>
    public ReplyHeaders(IReadOnlyDictionary<string, string> headers) => _fixed = headers;

    /// <summary>A header's value; null when it was not sent.</summary>
    public string? this[string name]
    {
        get
        {
            if (_response is null) return _fixed?.GetValueOrDefault(name);
            if (_response.Headers.NonValidated.TryGetValues(name, out var values)) return values.ToString();
            return _response.Content.Headers.NonValidated.TryGetValues(name, out values) ? values.ToString() : null;
        }
    }

    /// <summary>All of them, without those that describe the body where they are a real reply's.</summary>
    internal IEnumerable<KeyValuePair<string, string>> All => _response is null ? _fixed ?? (IEnumerable<KeyValuePair<string, string>>)[] : Listed(_response.Headers);

    /// <summary>The headers of a reply, which may be gone by now.</summary>
    internal static IEnumerable<KeyValuePair<string, string>> Listed(HttpResponseHeaders headers) => headers.NonValidated.Select(static header => KeyValuePair.Create(header.Key, header.Value.ToString()));

    /// <summary>These, and those of others that are not among them.</summary>
    internal ReplyHeaders Over(IReadOnlyDictionary<string, string> others)
    {
        if (others.Count == 0) return this;
        var both = new Dictionary<string, string>(others, StringComparer.OrdinalIgnoreCase);
        foreach (var (name, value) in All) both[name] = value;
        return new(both);
    }
}

/// <summary>A good HTTP reply, whole. The body is valid only during the call that is given it.</summary>
/// <param name="Status">The status, 200 to 299; others never reach a dialect.</param>
/// <param name="Body">The body, decompressed.</param>
/// <param name="Headers">The headers, names in any case.</param>
public readonly record struct HttpReply(int Status, ReadOnlyMemory<byte> Body, ReplyHeaders Headers = default);

/// <summary>One step of an exchange: send this (after a wait), or done.</summary>
public readonly struct Step<T>
{
    private Step(HttpCall? call, TimeSpan after, T? value) => (Call, After, Value) = (call, after, value);

    /// <summary>What to send; null when the exchange is done.</summary>
    public HttpCall? Call { get; }

    /// <summary>How long to wait before sending.</summary>
    public TimeSpan After { get; }

    /// <summary>The result, when the exchange is done.</summary>
    public T? Value { get; }

    /// <summary>Send this next.</summary>
    public static Step<T> Send(HttpCall call, TimeSpan after = default) => new(call, after, default);

    /// <summary>The exchange has its result.</summary>
    public static Step<T> Done(T value) => new(null, default, value);
}

/// <summary>The pure course of one verb: one call in the simplest case; create and poll, resumable upload and paging are others.</summary>
public interface IExchange<T>
{
    /// <summary>The next step. <c>null</c> begins the exchange; after that it is given the reply to what it sent last.</summary>
    Step<T> Next(HttpReply? reply);

    /// <summary>What takes the body of the good reply to what was sent last, which is empty then when the exchange is given it; null where it is given whole.</summary>
    IBodyReader? BodyReader => null;

    /// <summary>What tells the service, where the caller leaves or the time is over, that nobody waits for the rest any longer; null where there is nothing to tell.</summary>
    HttpCall? Abandon => null;
}

/// <summary>Takes a body while it comes, where holding it whole would cost as much again as what is read from it.</summary>
public interface IBodyReader
{
    /// <summary>Takes what it can of the bytes.</summary>
    /// <param name="bytes">What has come and was not taken yet.</param>
    /// <param name="isEnd">Whether nothing follows.</param>
    /// <returns>How many it has taken; the others are given again with what follows them.</returns>
    int Take(ReadOnlySpan<byte> bytes, bool isEnd);
}

/// <summary>The pure state of one stream: wire events in, canonical chunks out.</summary>
public interface IFold<T>
{
    /// <summary>Takes one event and adds the chunks that it gives, often one, sometimes none.</summary>
    void Next(WireEvent wireEvent, ICollection<T> into);

    /// <summary>The body has ended: adds what is left.</summary>
    /// <exception cref="StreamInterruptedException">The stream lacks its end.</exception>
    void End(ICollection<T> into);

    /// <summary>Whether the format's own end has come, so that nothing after it is waited for.</summary>
    bool IsComplete { get; }

    /// <summary>
    /// Asked once the end has come: what must be sent for the rest of the answer, whose events this same fold takes then (it is not complete any longer); null when
    /// there is no rest.
    /// </summary>
    HttpCall? Continue() => null;

    /// <summary>What tells the service, where the stream is left before its end, that nobody waits for the rest any longer; null where there is nothing to tell.</summary>
    HttpCall? Abandon => null;
}

/// <summary>A verb that is answered once.</summary>
public interface IVerb<in TRequest, TReply>
{
    /// <summary>Begins the exchange for a request.</summary>
    IExchange<TReply> Begin(TRequest request, CallContext context);
}

/// <summary>A verb that is answered in pieces.</summary>
public interface IStreamVerb<in TRequest, TChunk>
{
    /// <summary>How the reply is cut into events.</summary>
    Framing Framing { get; }

    /// <summary>The HTTP request that asks for the stream.</summary>
    HttpCall Render(TRequest request, CallContext context);

    /// <summary>A fresh fold for the stream that answers a request.</summary>
    IFold<TChunk> Fold(TRequest request, CallContext context);
}

/// <summary>A verb that is answered with bytes which are read as they come: sound, a file.</summary>
public interface IContentVerb<in TRequest>
{
    /// <summary>The HTTP request that asks for them.</summary>
    HttpCall Render(TRequest request, CallContext context);

    /// <summary>Whether a good reply's headers announce such bytes; where not, the body is read as an error.</summary>
    bool Accepts(TRequest request, ReplyHeaders headers);

    /// <summary>How the bytes are got out of a reply that holds them in something else, as base64 in events; null where the body is the bytes.</summary>
    Unpacking? Unpack(TRequest request, CallContext context) => null;
}

/// <summary>How bytes are got out of a reply while it comes.</summary>
/// <param name="Framing">How the reply is cut into events; one that is a single JSON value is a single event.</param>
/// <param name="Fold">Takes the events and gives the bytes, which are its own to give away.</param>
/// <param name="MediaType">What the bytes are.</param>
public sealed record Unpacking(Framing Framing, IFold<ReadOnlyMemory<byte>> Fold, string MediaType);
