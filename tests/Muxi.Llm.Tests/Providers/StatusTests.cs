using System.Net;

namespace Muxi.Llm.Tests;

/// <summary>Every error status of every provider, over HTTP, as the exception it means.</summary>
public sealed class StatusTests
{
    private static readonly (int Status, string Body, Type Exception)[] _cases =
    [
        (400, """{"error":{"message":"Bad value","type":"invalid_request_error","param":"n","code":"bad_value"}}""", typeof(BadRequestException)),
        (400, """{"error":{"message":"This model's maximum context length is 8192 tokens","type":"invalid_request_error","param":"messages","code":"context_length_exceeded"}}""", typeof(ContextLengthExceededException)),
        (400, """{"error":{"message":"The response was filtered","type":null,"param":"prompt","code":"content_filter"}}""", typeof(ContentFilterException)),
        (401, """{"error":{"message":"Incorrect API key provided","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", typeof(AuthenticationException)),
        (402, """{"error":{"message":"Insufficient Balance","type":"unknown_error","param":null,"code":"invalid_request_error"}}""", typeof(QuotaExceededException)),
        (403, """{"error":{"message":"Not for you","type":"forbidden","param":null,"code":null}}""", typeof(PermissionDeniedException)),
        (404, """{"error":{"message":"The model does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}""", typeof(NotFoundException)),
        (408, """{"error":{"message":"Took too long","type":"timeout","param":null,"code":null}}""", typeof(ServerException)),
        (409, """{"error":{"message":"Try again","type":"conflict","param":null,"code":null}}""", typeof(ConflictException)),
        (413, """{"error":{"message":"Body too large","type":"too_large","param":null,"code":null}}""", typeof(RequestTooLargeException)),
        (422, """{"detail":[{"loc":["body","n"],"msg":"Field required","type":"missing"}]}""", typeof(UnprocessableEntityException)),
        (429, """{"error":{"message":"Rate limit reached for requests","type":"requests","param":null,"code":"rate_limit_exceeded"}}""", typeof(RateLimitException)),
        (429, """{"error":{"message":"You exceeded your current quota","type":"insufficient_quota","param":null,"code":"insufficient_quota"}}""", typeof(QuotaExceededException)),
        (500, """{"error":{"message":"It broke","type":"server_error","param":null,"code":null}}""", typeof(ServerException)),
        (502, "<html><body>Bad gateway</body></html>", typeof(ServerException)),
        (503, """{"error":{"message":"Busy","type":"server_error","param":null,"code":null}}""", typeof(OverloadedException)),
        (504, "", typeof(ServerException)),
        (529, """{"type":"error","error":{"type":"overloaded_error","message":"Overloaded"}}""", typeof(OverloadedException)),
        (418, "I am a teapot", typeof(BadRequestException)),
    ];

    public static TheoryData<string> Names => [.. Catalog.BuiltIn.Where(provider => provider is { InProcess: null, Chat: not null }).Select(provider => provider.Name)];

    [Theory, MemberData(nameof(Names))]
    public async Task Every_status_raises_its_exception_with_all_that_came(string provider)
    {
        var turn = 0;
        await using var server = await ReplayServer.StartAsync(0, _ => (CannedReply.Json(_cases[turn].Body, _cases[turn].Status) with { }).With("x-request-id", $"req-{turn}").With("retry-after", "7"));
        using var client = Calls.ClientFor(server.Url, provider);

        for (; turn < _cases.Length; turn++)
            foreach (var stream in (bool[])[false, true])
            {
                var error = Assert.IsAssignableFrom<ApiException>(await Record.ExceptionAsync(() => stream ? client.AskStream($"{provider}/org/m").WholeAsync() : client.AskAsync($"{provider}/org/m")));

                var (status, _, expected) = _cases[turn];
                Assert.Equal((expected, (HttpStatusCode)status), (error.GetType(), error.Status));
                Assert.Equal((provider, "org/m", $"req-{turn}", TimeSpan.FromSeconds(7)), (error.Provider, error.Model, error.RequestId, error.RetryAfter));
                var attempt = Assert.Single(error.Attempts);
                Assert.Equal(($"{provider}/org/m", error.Kind.ToString(), status), (attempt.Target, attempt.Outcome, attempt.Status));
                Assert.StartsWith($"{provider}: ", error.Message, StringComparison.Ordinal);
                Assert.DoesNotContain('\n', error.Message);
            }
    }

    [Theory, MemberData(nameof(Names))]
    public async Task Every_provider_answers_and_streams_at_its_address_with_its_key(string provider)
    {
        var model = WireModel.Of(Catalog.BuiltIn.Single(one => one.Name == provider).Chat!.ForModel("org/m"));
        await using var server = await ReplayServer.StartAsync(5, request => model.Streams(request) ? model.Say(true, new Said.Words("one"), new Said.Words("two")) : model.Say(false, new Said.Words("whole")));
        using var client = Calls.ClientFor(server.Url, provider);

        var reply = await client.AskAsync($"{provider}/org/m");
        var streamed = await client.AskStream($"{provider}/org/m").WholeAsync();

        Assert.Equal(("whole", "onetwo"), (reply.Text, streamed.Text));
        Assert.Equal((provider, 30, "ok"), (reply.Provider, reply.Usage?.TotalTokens, reply.Attempts[0].Outcome));
        Assert.Equal((provider, 30, "ok"), (streamed.Provider, streamed.Usage?.TotalTokens, streamed.Attempts[0].Outcome));
        // A service whose answers name no model gave it the name that was asked for.
        Assert.All((string[])[reply.Model, streamed.Model], name => Assert.Contains(name, (string[])[model.Vendors, "org/m"]));
        var auth = Catalog.BuiltIn.Single(one => one.Name == provider).Auth;
        Assert.All(server.Requests, request => Assert.Equal(auth.Prefix + Calls.Key, request.Headers[auth.Header]));
        Assert.All(server.Requests, request => Assert.True(model.IsFor("org/m", request), $"{request.Target}: {request.Text}"));
    }

    [Theory, MemberData(nameof(Names))]
    public async Task A_key_that_the_provider_sends_back_is_shown_nowhere(string provider)
    {
        await using var server = await ReplayServer.StartAsync(0, CannedReply.Json($$$"""{"error":{"message":"Incorrect API key provided: {{{Calls.Key}}}","code":"{{{Calls.Key}}}","param":"{{{Calls.Key}}}"}}""", 401).With("x-request-id", Calls.Key));
        using var client = Calls.ClientFor(server.Url, provider);

        var error = await Assert.ThrowsAsync<AuthenticationException>(() => client.AskAsync($"{provider}/m"));

        Assert.DoesNotContain(Calls.Key, $"{error} {error.Body} {error.Code} {error.Param} {error.RequestId} {error.Attempts[0]}", StringComparison.Ordinal);
        Assert.Contains("[redacted]", error.Message, StringComparison.Ordinal);
    }
}
