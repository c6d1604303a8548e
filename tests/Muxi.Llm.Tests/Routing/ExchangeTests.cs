using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>A verb may take several calls: here a service that takes a job and is asked until it is done.</summary>
public sealed class ExchangeTests
{
    private static readonly ChatCompletionRequest _request = new() { Model = "jobs/slow-model", Messages = [Message.User("Paint")] };

    [Fact]
    public async Task A_job_is_created_and_asked_for_until_it_is_done_with_the_waits_between()
    {
        var clock = new SteppedTime();
        await using var server = await ReplayServer.StartAsync(1,
            CannedReply.Json("""{"id":"7","status":"queued"}"""), CannedReply.Json("""{"id":"7","status":"running"}"""), CannedReply.Json("""{"id":"7","text":"done"}"""));
        using var client = Client(server, clock);

        var reply = await client.Chat.Completions.CreateAsync(_request, cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("done", reply.Text);
        Assert.Equal(["POST /jobs", "GET /jobs/7", "GET /jobs/7"], server.Requests.Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal([TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(2)], clock.Waits);
        Assert.Equal("jobs", reply.Provider);
        Assert.Equal("jobs/slow-model", Assert.Single(reply.Attempts).Target);
    }

    [Fact]
    public async Task An_error_on_the_way_is_raised_as_what_it_is()
    {
        await using var server = await ReplayServer.StartAsync(1,
            CannedReply.Json("""{"id":"7","status":"queued"}"""), CannedReply.Json("""{"error":{"message":"job 7 is gone","code":"job_not_found"}}""", 404));
        using var client = Client(server, new SteppedTime());

        var error = await Assert.ThrowsAsync<NotFoundException>(() => client.Chat.Completions.CreateAsync(_request, cancellationToken: TestContext.Current.CancellationToken));

        Assert.Equal("job_not_found", error.Code);
    }

    [Fact]
    public async Task The_limit_of_the_whole_call_ends_a_job_that_never_does()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"7","status":"running"}"""));
        // Limits below a minute run out at once on this clock, so the call ends when less than a minute of its two is left.
        using var client = Client(server, new SteppedTime());

        var error = await Assert.ThrowsAsync<ApiTimeoutException>(() => client.Chat.Completions.CreateAsync(
            _request, new RequestOptions { Timeouts = new() { Total = TimeSpan.FromMinutes(2) } }, TestContext.Current.CancellationToken));

        Assert.Equal(TimeoutKind.Total, error.Timeout);
        Assert.InRange(server.Requests.Count, 2, 62);
    }

    private static LlmClient Client(ReplayServer server, TimeProvider clock) => new(new()
    {
        Providers = [new("jobs", server.Url.ToString(), Auth.None) { Chat = new JobChat() }],
        TimeProvider = clock,
        Environment = static _ => null,
    });

    /// <summary>A dialect outside the library, as a user would write it.</summary>
    private sealed record JobChat : ChatDialect
    {
        public TimeSpan Interval { get; init; } = TimeSpan.FromSeconds(2);

        public override Framing Framing => Framing.JsonLines;

        public override IExchange<ChatCompletion> Begin(ChatCompletionRequest request, CallContext context) => new Job(this, request, context);

        public override HttpCall Render(ChatCompletionRequest request, CallContext context, bool stream) =>
            new(HttpMethod.Post, "jobs") { Body = JsonSerializer.SerializeToUtf8Bytes(new { model = context.Model, prompt = request.Messages[0].Content }) };

        public override ChatCompletion Parse(HttpReply reply, CallContext context)
        {
            using var json = JsonDocument.Parse(reply.Body);
            var text = json.RootElement.GetProperty("text").GetString()!;
            return new() { Id = "7", Model = context.Model, Choices = [new() { Message = Message.Assistant(text), FinishReason = FinishReason.Stop }] };
        }

        public override IFold<ChatCompletionChunk> Fold(CallContext context) => throw new UnsupportedFeatureException("jobs do not stream");

        private sealed class Job(JobChat dialect, ChatCompletionRequest request, CallContext context) : IExchange<ChatCompletion>
        {
            public Step<ChatCompletion> Next(HttpReply? reply)
            {
                if (reply is not { } got) return Step<ChatCompletion>.Send(dialect.Render(request, context, stream: false));
                using var json = JsonDocument.Parse(got.Body);
                return json.RootElement.TryGetProperty("text", out _)
                    ? Step<ChatCompletion>.Done(dialect.Parse(got, context))
                    : Step<ChatCompletion>.Send(new(HttpMethod.Get, $"jobs/{json.RootElement.GetProperty("id").GetString()}"), dialect.Interval);
            }
        }
    }
}
