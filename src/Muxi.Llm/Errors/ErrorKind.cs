namespace Muxi.Llm;

/// <summary>The ways a call can fail, as policies tell them apart. <see cref="LlmException.Kind"/> gives it for every exception.</summary>
public enum ErrorKind
{
    /// <summary>None of the others: a redirect, or an exception of a caller's own making.</summary>
    Unknown,
    /// <summary>The request is wrong in itself.</summary>
    BadRequest,
    /// <summary>The prompt does not fit into the model's context window.</summary>
    ContextLength,
    /// <summary>The provider's content policy refused the request.</summary>
    ContentFilter,
    /// <summary>The key is wrong, expired or missing.</summary>
    Authentication,
    /// <summary>The key is good but may not do this.</summary>
    Permission,
    /// <summary>No such model, path or object.</summary>
    NotFound,
    /// <summary>The object is being changed by someone else.</summary>
    Conflict,
    /// <summary>The body is too large for the provider.</summary>
    TooLarge,
    /// <summary>Well-formed, but its values make no sense to the provider.</summary>
    Unprocessable,
    /// <summary>Too many requests or tokens for now; waiting helps.</summary>
    RateLimit,
    /// <summary>The quota or the credit is spent; waiting does not help.</summary>
    Quota,
    /// <summary>The provider is at fault, or its answer is not what it should be.</summary>
    Server,
    /// <summary>The provider has more work than it can do.</summary>
    Overloaded,
    /// <summary>Waiting ended: by one of our four timeouts, or by the provider's own (408, 504).</summary>
    Timeout,
    /// <summary>No reply came.</summary>
    Connection,
    /// <summary>A stream broke after content had come.</summary>
    StreamInterrupted,
    /// <summary>The provider or its wire format has no such operation or option. Nothing was sent.</summary>
    Unsupported,
    /// <summary>Settings or names that cannot work. Nothing was sent.</summary>
    Configuration,
    /// <summary>A loop of tools ended without an answer.</summary>
    ToolLoop,
    /// <summary>The model answered, but not with what was asked for: no JSON of the schema, a refusal, a text cut off.</summary>
    Answer,
}

/// <summary>What follows from an exception for those who decide whether to go on.</summary>
internal static class ErrorKinds
{
    internal static ErrorKind Of(LlmException error) => error switch
    {
        ApiException api => OfReply(api),
        ApiTimeoutException => ErrorKind.Timeout,
        ApiConnectionException => ErrorKind.Connection,
        StreamInterruptedException => ErrorKind.StreamInterrupted,
        UnsupportedFeatureException => ErrorKind.Unsupported,
        ConfigurationException => ErrorKind.Configuration,
        ToolLoopException => ErrorKind.ToolLoop,
        StructuredOutputException => ErrorKind.Answer,
        AllTargetsFailedException { Failures: [.., var last] } => last.Kind,
        _ => ErrorKind.Unknown,
    };

    private static ErrorKind OfReply(ApiException error) => error switch
    {
        ContextLengthExceededException => ErrorKind.ContextLength,
        ContentFilterException => ErrorKind.ContentFilter,
        BadRequestException => ErrorKind.BadRequest,
        AuthenticationException => ErrorKind.Authentication,
        PermissionDeniedException => ErrorKind.Permission,
        NotFoundException => ErrorKind.NotFound,
        ConflictException => ErrorKind.Conflict,
        RequestTooLargeException => ErrorKind.TooLarge,
        UnprocessableEntityException => ErrorKind.Unprocessable,
        QuotaExceededException => ErrorKind.Quota,
        RateLimitException => ErrorKind.RateLimit,
        OverloadedException => ErrorKind.Overloaded,
        ServerException => IsTimeout((int)error.Status) ? ErrorKind.Timeout : ErrorKind.Server,
        _ => ErrorKind.Unknown,
    };

    /// <summary>408 and 504, and 524 of Cloudflare, which stands before many providers.</summary>
    internal static bool IsTimeout(int status) => status is 408 or 504 or 524;

    /// <summary>Whether the same request to the same target may succeed a little later. What was sent and read is the router's matter.</summary>
    internal static bool IsRetriable(this LlmException error) => error switch
    {
        { HasBegun: true } => false,
        ApiException { ShouldRetry: bool said } => said,
        AllTargetsFailedException => false,
        // The whole call's time is over, so no time is left for another try.
        ApiTimeoutException { Timeout: TimeoutKind.Total } => false,
        // Not implemented, HTTP version not supported: as true a minute later.
        ServerException { Status: (System.Net.HttpStatusCode)501 or (System.Net.HttpStatusCode)505 } => false,
        _ => error.Kind is ErrorKind.RateLimit or ErrorKind.Server or ErrorKind.Overloaded or ErrorKind.Timeout
            or ErrorKind.Conflict or ErrorKind.Connection
            // Of a stream that brought nothing: after its first content nobody asks.
            or ErrorKind.StreamInterrupted,
    };
}
