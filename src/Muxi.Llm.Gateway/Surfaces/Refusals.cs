using System.Text.Json;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Gateway;

/// <summary>The one place where what went wrong becomes a status and words. Surfaces only give it their shape.</summary>
internal static class Refusals
{
    public static Refusal Of(Exception error) => error switch
    {
        RefusalException ours => ours.Refusal,
        LlmException call => OfCall(call),
        JsonException json => new(400, json.Message) { Param = json.Path, Code = json.Path is null ? "invalid_json" : "invalid_value" },
        BadHttpRequestException http => OfHttp(http),
        _ => new(500, "the server has failed; its operator can look the request id up"),
    };

    private static Refusal OfCall(LlmException error) => error switch
    {
        AllTargetsFailedException { Failures: [.., var last] } => OfCall(last) with { Message = error.Message },
        ApiException api => OfReply(api),
        ApiTimeoutException => new(504, error.Message) { Code = "upstream_timeout" },
        ApiConnectionException => new(502, error.Message) { Code = "upstream_unreachable" },
        StreamInterruptedException { InnerException: LlmException cause } => OfCall(cause) with { Message = error.Message },
        StreamInterruptedException => new(502, error.Message) { Code = "upstream_stream_broken" },
        UnsupportedFeatureException => new(400, error.Message) { Code = "unsupported_feature" },
        ConfigurationException { IsMissingKey: true } => new(401, error.Message) { Code = "missing_api_key" },
        // Names were looked at before: what is left is how the server is set up.
        ConfigurationException => new(500, error.Message) { Code = "server_configuration" },
        _ => new(502, error.Message),
    };

    private static Refusal OfReply(ApiException error) => new(Status(error), error.Message)
    {
        Type = error.Type, Code = error.Code is { } code && !IsStatus(code) ? code : Code(error), Param = error.Param, RetryAfter = error.RetryAfter, ShouldRetry = error.ShouldRetry,
    };

    /// <summary>
    /// An upstream's 4xx is told as it is. Its 5xx is not ours: 502, but for "later" (503, and 529 that no client knows) and "too late" (504, 524). What is no status of an
    /// error, a redirect above all, is a 502.
    /// </summary>
    private static int Status(ApiException error) => (int)error.Status switch
    {
        >= 400 and < 500 and var own => own,
        503 or 529 => 503,
        504 or 524 => 504,
        _ => 502,
    };

    /// <summary>Google and OpenRouter repeat the status in place of a code, which says nothing to OpenAI's clients.</summary>
    private static bool IsStatus(string code) => code is [>= '1' and <= '5', >= '0' and <= '9', >= '0' and <= '9'];

    private static string? Code(ApiException error) => error.Kind switch
    {
        ErrorKind.ContextLength => "context_length_exceeded",
        ErrorKind.ContentFilter => "content_filter",
        ErrorKind.Quota => "insufficient_quota",
        ErrorKind.RateLimit => "rate_limit_exceeded",
        ErrorKind.Authentication => "invalid_api_key",
        ErrorKind.Overloaded => "overloaded",
        ErrorKind.Server => "upstream_error",
        _ => null,
    };

    private static Refusal OfHttp(BadHttpRequestException error) => error.StatusCode switch
    {
        413 => new(413, "the body is larger than this server takes") { Code = "request_too_large" },
        408 => new(408, "the body came too slowly") { Code = "request_timeout" },
        var status => new(status, "the request is not well-formed HTTP") { Code = "bad_request" },
    };
}
