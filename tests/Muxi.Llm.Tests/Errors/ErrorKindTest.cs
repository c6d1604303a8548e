using System.Net;

namespace Muxi.Llm.Tests;

public sealed class ErrorKindTest
{
    [Theory]
    [InlineData(400, false)]
    [InlineData(401, false)]
    [InlineData(402, false)]
    [InlineData(403, false)]
    [InlineData(404, false)]
    [InlineData(408, true)]
    [InlineData(409, true)]
    [InlineData(413, false)]
    [InlineData(422, false)]
    [InlineData(424, true)]
    [InlineData(429, true)]
    [InlineData(500, true)]
    [InlineData(501, false)]
    [InlineData(502, true)]
    [InlineData(503, true)]
    [InlineData(504, true)]
    [InlineData(529, true)]
    public void A_status_is_retriable_or_not(int status, bool retriable) => Assert.Equal(retriable, ErrorCase.Of(status, "").IsRetriable());

    [Theory]
    [InlineData(500, "false", false)]
    [InlineData(400, "true", true)]
    [InlineData(500, "perhaps", true)]
    public void The_provider_has_the_last_word_on_retrying(int status, string said, bool retriable) =>
        Assert.Equal(retriable, ErrorCase.Of(status, "", $"x-should-retry: {said}").IsRetriable());

    [Fact]
    public void A_spent_quota_is_a_429_that_is_not_retried()
    {
        var error = Assert.IsType<QuotaExceededException>(ErrorCase.Of(429, """{"error":{"code":"insufficient_quota","message":"x"}}"""));

        Assert.False(error.IsRetriable());
    }

    public static TheoryData<string, ErrorKind, bool> Others => new()
    {
        { nameof(ApiConnectionException), ErrorKind.Connection, true },
        { nameof(ApiTimeoutException), ErrorKind.Timeout, true },
        { "total", ErrorKind.Timeout, false },
        { nameof(StreamInterruptedException), ErrorKind.StreamInterrupted, true },
        { nameof(UnsupportedFeatureException), ErrorKind.Unsupported, false },
        { nameof(ConfigurationException), ErrorKind.Configuration, false },
        { nameof(AllTargetsFailedException), ErrorKind.Server, false },
        { "none", ErrorKind.Unknown, false },
        { nameof(LlmException), ErrorKind.Unknown, false },
    };

    [Theory]
    [MemberData(nameof(Others))]
    public void Every_other_exception_has_its_kind(string which, ErrorKind kind, bool retriable)
    {
        LlmException error = which switch
        {
            nameof(ApiConnectionException) => new ApiConnectionException("x"),
            nameof(ApiTimeoutException) => new ApiTimeoutException("x", TimeoutKind.Idle),
            "total" => new ApiTimeoutException("x", TimeoutKind.Total),
            nameof(StreamInterruptedException) => new StreamInterruptedException("x"),
            nameof(UnsupportedFeatureException) => new UnsupportedFeatureException("x"),
            nameof(ConfigurationException) => new ConfigurationException("x"),
            nameof(AllTargetsFailedException) => new AllTargetsFailedException("x", [new RateLimitException("a"), new ServerException("b")]),
            "none" => new AllTargetsFailedException("x", []),
            _ => new LlmException("x"),
        };

        Assert.Equal(kind, error.Kind);
        Assert.Equal(retriable, error.IsRetriable());
    }

    [Fact]
    public void An_exception_of_a_callers_own_making_keeps_its_members()
    {
        var error = new RateLimitException("x") { Status = HttpStatusCode.TooManyRequests, Code = "c", RetryAfter = TimeSpan.FromSeconds(1), Provider = "p", Model = "m" };

        Assert.Equal((HttpStatusCode.TooManyRequests, "c", TimeSpan.FromSeconds(1), "p", "m"), (error.Status, error.Code, error.RetryAfter, error.Provider, error.Model));
    }
}
