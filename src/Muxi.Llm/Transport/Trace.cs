using System.Net.Http.Headers;

namespace Muxi.Llm;

/// <summary>What is learned of a call on its way: for the reply, the attempt and the log.</summary>
internal sealed class Trace
{
    private List<Warning>? _warnings;
    private HttpResponseHeaders? _headers;
    private DateTimeOffset _received;
    private RateLimits? _limits;

    public int? Status { get; private set; }

    /// <summary>As the service sent it, not redacted.</summary>
    public string? RequestId { get; private set; }

    public IReadOnlyList<Warning> Warnings => _warnings ?? (IReadOnlyList<Warning>)[];

    /// <summary>Called with each HTTP call before it is sent; may refuse it.</summary>
    public Action<HttpCall>? OnCall { get; init; }

    public void Take(HttpCall call)
    {
        if (call.Warnings.Count == 0) return;
        OnCall?.Invoke(call);
        foreach (var warning in call.Warnings) Add(warning);
    }

    /// <summary>Adds a warning, once.</summary>
    public void Add(Warning warning)
    {
        if (_warnings?.Contains(warning) != true) (_warnings ??= []).Add(warning);
    }

    /// <summary>The limits that the reply's headers tell; read when they are asked for, since few callers do.</summary>
    /// <param name="secrets">What must not show in them.</param>
    public RateLimits? RateLimits(IReadOnlyList<string> secrets) => _limits ??= _headers is null ? null : RateLimitHeaders.Read(ReplyHeaders.Listed(_headers), _received, secrets);

    /// <summary>Takes what the headers of a reply tell.</summary>
    /// <param name="response">The reply.</param>
    /// <param name="now">When they came.</param>
    public void Take(HttpResponseMessage response, DateTimeOffset now)
    {
        (_headers, _received, _limits) = (response.Headers, now, null);
        Status = (int)response.StatusCode;
        var headers = new ReplyHeaders(response);
        RequestId = headers["x-request-id"] ?? headers["request-id"];
    }
}
