using System.Net;

namespace Muxi.Llm;

/// <summary>The provider answered with an error, or would surely have and was not asked. The subclass says which kind, as in OpenAI's own clients.</summary>
/// <remarks>No member ever holds a credential: they are redacted even where the provider echoes them.</remarks>
public class ApiException : LlmException
{
    private ErrorFacts _facts;

    /// <summary>An error as the provider gave it.</summary>
    public ApiException(string message, Exception? inner = null) : base(message, inner) { }

    /// <summary>The HTTP status. For an error inside a 200 reply or stream, the status that the error's own type stands for.</summary>
    public HttpStatusCode Status { get => _facts.Status; init => _facts = _facts with { Status = value }; }

    /// <summary>The provider's machine-readable code, e.g. <c>context_length_exceeded</c>; numbers are given as text.</summary>
    public string? Code { get => _facts.Code; init => _facts = _facts with { Code = value }; }

    /// <summary>The provider's error type, e.g. <c>invalid_request_error</c>.</summary>
    public string? Type { get => _facts.Type; init => _facts = _facts with { Type = value }; }

    /// <summary>The request member that the provider names as the culprit.</summary>
    public string? Param { get => _facts.Param; init => _facts = _facts with { Param = value }; }

    /// <summary>The provider's id of the request (<c>x-request-id</c> and its kin), for a support ticket.</summary>
    public string? RequestId { get => _facts.RequestId; init => _facts = _facts with { RequestId = value }; }

    /// <summary>How long the provider asks us to wait, unbounded as it was sent; null when it did not say.</summary>
    public TimeSpan? RetryAfter { get => _facts.RetryAfter; init => _facts = _facts with { RetryAfter = value }; }

    /// <summary>The error's body, redacted and cut to 4,096 characters; null when it was empty or HTML.</summary>
    public string? Body { get => _facts.Body; init => _facts = _facts with { Body = value }; }

    /// <summary>The provider's own word on whether to try again (<c>x-should-retry</c>); null when it did not say.</summary>
    public bool? ShouldRetry { get => _facts.ShouldRetry; init => _facts = _facts with { ShouldRetry = value }; }

    /// <summary>The limits that the error's headers tell, as <see cref="Reply.RateLimits"/>; null when they told none.</summary>
    public RateLimits? RateLimits { get => _facts.RateLimits; init => _facts = _facts with { RateLimits = value }; }

    /// <summary>Whether the provider said it: false where we know better than to ask.</summary>
    internal bool WasSent { get; init; } = true;

    /// <summary>Fills all members at once, whatever the subclass.</summary>
    internal void Fill(in ErrorFacts facts) => _facts = facts;
}

/// <summary>The members of an <see cref="ApiException"/>.</summary>
internal readonly record struct ErrorFacts(
    HttpStatusCode Status, string? Code, string? Type, string? Param, string? RequestId, TimeSpan? RetryAfter, bool? ShouldRetry, string? Body, RateLimits? RateLimits);

/// <summary>400: the request is wrong in itself; the same request will fail again, here and mostly elsewhere.</summary>
public class BadRequestException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>The prompt (with the room asked for the answer) does not fit into the model's context window.</summary>
public sealed class ContextLengthExceededException(string message, Exception? inner = null) : BadRequestException(message, inner);

/// <summary>The provider's content policy refused the request.</summary>
public sealed class ContentFilterException(string message, Exception? inner = null) : BadRequestException(message, inner)
{
    /// <summary>What the filters found, where the provider says; else null.</summary>
    public ContentFilterResults? Results { get; internal set; }
}

/// <summary>401: the key is wrong or missing, whatever status the provider uses to say so.</summary>
public sealed class AuthenticationException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>403: the key is good but may not do this.</summary>
public sealed class PermissionDeniedException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>404: no such model, path or object.</summary>
public sealed class NotFoundException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>409: the object is being changed by someone else.</summary>
public sealed class ConflictException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>413: the body is too large for the provider.</summary>
public sealed class RequestTooLargeException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>422: well-formed, but its values make no sense to the provider.</summary>
public sealed class UnprocessableEntityException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>429: too many requests or tokens for now; waiting helps.</summary>
public class RateLimitException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>The quota or the credit is spent: waiting does not help, paying does.</summary>
public sealed class QuotaExceededException(string message, Exception? inner = null) : RateLimitException(message, inner);

/// <summary>5xx, or a body that is not what it should be: the provider is at fault.</summary>
public class ServerException(string message, Exception? inner = null) : ApiException(message, inner);

/// <summary>503 or 529: the provider has more work than it can do.</summary>
public sealed class OverloadedException(string message, Exception? inner = null) : ServerException(message, inner);
