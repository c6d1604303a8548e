using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>One error as it comes over the wire, and what must become of it.</summary>
public sealed record ErrorCase(string Name, int Status, string Body, ErrorKind Kind)
{
    internal static readonly DateTimeOffset Now = new(2026, 8, 19, 14, 34, 0, TimeSpan.Zero);

    /// <summary>Header lines, <c>name: value</c>.</summary>
    public string Headers { get; init; } = "";

    /// <summary>The status of the exception, where it is not the one that came.</summary>
    public int? Shown { get; init; }
    public string? Code { get; init; }
    public string? Type { get; init; }
    public string? Param { get; init; }
    public string? RequestId { get; init; }

    /// <summary>Seconds.</summary>
    public double? RetryAfter { get; init; }
    public bool? ShouldRetry { get; init; }

    /// <summary>The whole message without the provider's name; null does not ask.</summary>
    public string? Says { get; init; }

    internal ApiException Classify() => Of(Status, Encoding.UTF8.GetBytes(Body), Headers);

    internal static ApiException Of(int status, ReadOnlyMemory<byte> body, string headers = "", params string[] secrets) => Errors.Classify(
        new ErrorReply(status, body, Lookup(headers), "acme", "some-model", Now) { Secrets = secrets });

    internal static ApiException Of(int status, string body, string headers = "", params string[] secrets) =>
        Of(status, Encoding.UTF8.GetBytes(body), headers, secrets);

    internal static ReplyHeaders Lookup(string headers) =>
        new(headers.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries)
            .Select(line => (Name: line[..line.IndexOf(':', 1)], Value: line[(line.IndexOf(':', 1) + 1)..].Trim()))
            .ToDictionary(header => header.Name, header => header.Value, StringComparer.OrdinalIgnoreCase));

    internal static Type ExceptionOf(ErrorKind kind) => kind switch
    {
        ErrorKind.BadRequest => typeof(BadRequestException),
        ErrorKind.ContextLength => typeof(ContextLengthExceededException),
        ErrorKind.ContentFilter => typeof(ContentFilterException),
        ErrorKind.Authentication => typeof(AuthenticationException),
        ErrorKind.Permission => typeof(PermissionDeniedException),
        ErrorKind.NotFound => typeof(NotFoundException),
        ErrorKind.Conflict => typeof(ConflictException),
        ErrorKind.TooLarge => typeof(RequestTooLargeException),
        ErrorKind.Unprocessable => typeof(UnprocessableEntityException),
        ErrorKind.RateLimit => typeof(RateLimitException),
        ErrorKind.Quota => typeof(QuotaExceededException),
        ErrorKind.Server or ErrorKind.Timeout => typeof(ServerException),
        ErrorKind.Overloaded => typeof(OverloadedException),
        _ => typeof(ApiException),
    };
}
