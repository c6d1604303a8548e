namespace Muxi.Llm.Tests;

public sealed class RetryAfterTest
{
    private static TimeSpan? Read(string headers, int status = 429, string? delay = null, string words = "") =>
        RetryAfter.Read(ErrorCase.Lookup(headers), status, ErrorCase.Now, delay, words);

    [Theory]
    [InlineData("retry-after: 7", 7d)]
    [InlineData("retry-after: 0.25", 0.25)]
    [InlineData("retry-after: 20s", 20d)]
    [InlineData("retry-after: 86400", 86400d)]
    [InlineData("retry-after: Wed, 19 Aug 2026 14:35:00 GMT", 60d)]
    [InlineData("retry-after: Wednesday, 19-Aug-26 14:35:00 GMT", 60d)]
    [InlineData("retry-after: 2026-08-19T14:34:30Z", 30d)]
    [InlineData("retry-after: 1787150045", 5d)]
    [InlineData("retry-after-ms: 1500", 1.5)]
    [InlineData("retry-after-ms: 12.5", 0.0125)]
    [InlineData("retry-after-ms: 1500\nretry-after: 9", 1.5)]
    [InlineData("retry-after-ms: 0\nretry-after: 1", 1d)]
    [InlineData("retry-after-ms: 0", 0d)]
    [InlineData("retry-after: 0", 0d)]
    [InlineData("retry-after: -5", 0d)]
    [InlineData("retry-after: Wed, 19 Aug 2026 14:33:00 GMT", 0d)]
    [InlineData("retry-after: -5\nx-ratelimit-reset: 4", 4d)]
    [InlineData("retry-after: soon", null)]
    [InlineData("retry-after: NaN", null)]
    [InlineData("retry-after: Infinity", null)]
    [InlineData("retry-after: 1e300", null)]
    [InlineData("retry-after: 99999999", null)]
    [InlineData("retry-after: ", null)]
    [InlineData("", null)]
    public void A_retry_after_header_is_read_in_every_form(string headers, double? seconds) => Assert.Equal(seconds, Read(headers)?.TotalSeconds);

    [Theory]
    [InlineData(200)]
    [InlineData(302)]
    public void A_good_reply_asks_for_no_wait(int status) => Assert.Null(Read("retry-after: 12\nretry-after-ms: 1\nx-ratelimit-reset: 1", status));

    [Theory]
    [InlineData("x-ratelimit-reset-requests: 12ms\nx-ratelimit-remaining-requests: 2999\nx-ratelimit-reset-tokens: 6m0s\nx-ratelimit-remaining-tokens: 0", 360d)]
    [InlineData("x-ratelimit-reset-requests: 2m59.56s\nx-ratelimit-remaining-requests: 0\nx-ratelimit-reset-tokens: 7.66s\nx-ratelimit-remaining-tokens: 0", 179.56)]
    [InlineData("x-ratelimit-reset-requests: 12ms\nx-ratelimit-remaining-requests: 2999\nx-ratelimit-reset-tokens: 6s\nx-ratelimit-remaining-tokens: 80", 0.012)]
    [InlineData("x-ratelimit-reset-requests: 20ms\nx-ratelimit-reset-tokens: 0s", 0.02)]
    [InlineData("x-ratelimit-reset-requests: 0\nx-ratelimit-reset-tokens: 0s", null)]
    [InlineData("x-ratelimit-reset-tokens-minute: 31.5\nx-ratelimit-remaining-tokens-minute: 0\nx-ratelimit-reset-requests-day: 33011\nx-ratelimit-remaining-requests-day: 14370", 31.5)]
    [InlineData("x-ratelimit-reset: 1787150060000", 20d)]
    [InlineData("x-ratelimit-reset: 1787150060", 20d)]
    [InlineData("x-ratelimit-reset: 5", 5d)]
    [InlineData("x-ratelimit-reset: 34.4s", 34.4)]
    [InlineData("ratelimit-reset: 9\nratelimit-remaining: 0", 9d)]
    [InlineData("anthropic-ratelimit-tokens-reset: 2026-08-19T14:34:11Z", 11d)]
    [InlineData("anthropic-ratelimit-tokens-reset: 2026-08-19T14:33:11Z", null)]
    public void The_reset_that_matters_is_taken(string headers, double? seconds) => Assert.Equal(seconds, Read(headers)?.TotalSeconds);

    [Theory]
    [InlineData(400)]
    [InlineData(500)]
    public void Reset_headers_count_only_where_a_limit_may_be_the_reason(int status) => Assert.Null(Read("x-ratelimit-reset: 5", status));

    [Theory]
    [InlineData("Please retry in 48.5s.", 48.5)]
    [InlineData("Please try again in 7.66s. Visit the page", 7.66)]
    [InlineData("try again in 6m0s", 360d)]
    [InlineData("Try again in 1h2m3s", 3723d)]
    [InlineData("try again in 120ms", 0.12)]
    [InlineData("Please retry after 20 seconds.", 20d)]
    [InlineData("Please wait 10 seconds before the next", 10d)]
    [InlineData("Try again in 1 hour and 3 minutes", 3780d)]
    [InlineData("try again in 1 minute, 30 seconds", 90d)]
    [InlineData("retry in a while; really, retry in 5 min", 300d)]
    [InlineData("retry after 20", null)]
    [InlineData("try again in 3 requests", null)]
    [InlineData("try again later", null)]
    public void A_wait_in_words_is_understood(string words, double? seconds) => Assert.Equal(seconds, Read("", words: words)?.TotalSeconds);

    [Fact]
    public void The_more_exact_source_goes_first()
    {
        Assert.Equal(34.4, Read("x-ratelimit-reset: 1", delay: "34.4s", words: "retry in 3s")?.TotalSeconds);
        Assert.Equal(3, Read("x-ratelimit-reset: 1", words: "retry in 3s")?.TotalSeconds);
        Assert.Equal(2, Read("retry-after: 2", delay: "34.4s")?.TotalSeconds);
    }

    [Theory]
    [InlineData("6m0s", 360d)]
    [InlineData("1s", 1d)]
    [InlineData("12ms", 0.012)]
    [InlineData("7.66s", 7.66)]
    [InlineData("1h2m3s", 3723d)]
    [InlineData("0s", 0d)]
    [InlineData("0", 0d)]
    [InlineData("34.4s", 34.4)]
    [InlineData(".5s", 0.5)]
    [InlineData("500us", 0.0005)]
    [InlineData("500µs", 0.0005)]
    [InlineData("1d", 86400d)]
    [InlineData(" 20 ", 20d)]
    [InlineData("20 seconds", 20d)]
    [InlineData("-3s", 0d)]
    public void A_duration_is_parsed(string text, double seconds)
    {
        Assert.True(RetryAfter.TryParseDuration(text, out var duration));
        Assert.Equal(TimeSpan.FromSeconds(seconds), duration);
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("s")]
    [InlineData("-")]
    [InlineData(".")]
    [InlineData("5x")]
    [InlineData("5s later")]
    [InlineData("1.2.3s")]
    [InlineData("99999999999999999999999h")]
    public void What_is_no_duration_is_refused(string? text) => Assert.False(RetryAfter.TryParseDuration(text, out _));
}
