using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>The simulator's batches: lines of a file, answered by the simulator itself.</summary>
public sealed class SandboxBatchTests : IDisposable
{
    private readonly ManualTime _clock = new();
    private readonly LlmClient _client;

    public SandboxBatchTests() => _client = new(new() { Environment = static _ => null, TimeProvider = _clock, Retries = Calls.Once });

    public void Dispose() => _client.Dispose();

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private Task<Batch> LookAsync(Batch batch) => _client.Batches.RetrieveAsync(batch.QualifiedId, null, Token);

    private static BatchRequest[] Requests(int count) => [.. Enumerable.Range(0, count).Select(i => BatchWire.Ask($"r{i}", "sandbox/chat", $"Number {i}"))];

    [Fact]
    public async Task A_batch_goes_on_whenever_it_is_looked_at_and_answers_as_the_calls_would()
    {
        var requests = Requests(4);
        var made = await _client.Batches.CreateAsync(requests, null, null, Token);
        var begun = await LookAsync(made);
        var ended = await LookAsync(made);
        var results = await _client.Batches.ResultsAsync(ended, requests, null, Token).AllAsync();
        var alone = await _client.Chat.Completions.CreateAsync(requests[2].Chat!, null, Token);

        Assert.Equal(["validating", "in_progress", "completed"], new[] { made, begun, ended }.Select(batch => batch.Status.Value));
        Assert.Equal([(0L, 0L), (4, 2), (4, 4)], new[] { made, begun, ended }.Select(batch => (batch.RequestCounts!.Total, batch.RequestCounts.Completed)));
        Assert.Equal(["r0", "r1", "r2", "r3"], results.Select(result => result.CustomId));
        Assert.Equal(alone.Text, results[2].Chat!.Text);
        Assert.Equal("sandbox", results[2].Chat!.Provider);
        Assert.Null(ended.ErrorFileId);
    }

    [Fact]
    public async Task It_also_goes_on_by_the_clock()
    {
        var made = await _client.Batches.CreateAsync(Requests(2), null, null, Token);
        _clock.Advance(TimeSpan.FromSeconds(31));

        Assert.Equal("completed", (await LookAsync(made)).Status.Value);
    }

    [Theory]
    [InlineData("sandbox/auth", "AuthenticationException")]
    [InlineData("sandbox/context-length", "ContextLengthExceededException")]
    public async Task Faults_stand_in_the_file_with_the_errors(string model, string expected)
    {
        var batch = await _client.Batches.CreateAsync([BatchWire.Ask("bad", model), BatchWire.Ask("good", "sandbox/chat")], null, null, Token);
        batch = await LookAsync(await LookAsync(batch));
        var results = await _client.Batches.ResultsAsync(batch.QualifiedId, null, Token).AllAsync();

        Assert.Equal((1L, 1L), (batch.RequestCounts!.Completed, batch.RequestCounts.Failed));
        Assert.Equal(["good", "bad"], results.Select(result => result.CustomId));
        Assert.Equal(expected, results[1].Error?.GetType().Name);
        Assert.Equal(1, (await _client.Files.RetrieveAsync($"sandbox/{batch.ErrorFileId}", null, Token)).Bytes > 0 ? 1 : 0);
    }

    [Fact]
    public async Task A_batch_that_is_stopped_keeps_what_was_answered()
    {
        var requests = Requests(4);
        var made = await _client.Batches.CreateAsync(requests, null, null, Token);
        await LookAsync(made);
        var stopping = await _client.Batches.CancelAsync(made.QualifiedId, null, Token);
        var stopped = await LookAsync(made);
        var results = await _client.Batches.ResultsAsync(stopped, requests, null, Token).AllAsync();
        var again = await Assert.ThrowsAsync<ConflictException>(() => _client.Batches.CancelAsync(made.QualifiedId, null, Token));

        Assert.Equal(("cancelling", "cancelled"), (stopping.Status.Value, stopped.Status.Value));
        Assert.Equal(["succeeded", "succeeded", "cancelled", "cancelled"], results.Select(result => result.Outcome.Value));
        Assert.Equal("sandbox: A batch that is cancelled cannot be cancelled.", again.Message);
    }

    [Fact]
    public async Task A_file_with_lines_that_are_no_requests_fails_with_the_lines()
    {
        var lines = string.Join('\n', """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{}}""", """{"broken""", """{"custom_id":"a","method":"POST","url":"/v1/chat/completions","body":{}}""", """{"custom_id":"b","method":"POST","url":"/v1/embeddings","body":{}}""");
        var file = await _client.Files.UploadAsync(new() { File = FileSource.FromBytes(Encoding.UTF8.GetBytes(lines), "a.jsonl"), Purpose = FilePurpose.Batch, Provider = "sandbox" }, null, Token);

        var batch = await _client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = file.QualifiedId, Endpoint = BatchEndpoint.ChatCompletions }, null, Token);
        batch = await LookAsync(batch);

        Assert.Equal(BatchStatus.Failed, batch.Status);
        Assert.Equal([2L, 3L, 4L], batch.Errors.Select(error => error.Line!.Value));
        Assert.Equal("The custom_id 'a' comes twice.", batch.Errors[1].Message);
    }

    [Fact]
    public async Task Wrong_requests_are_refused_as_OpenAI_refuses_them()
    {
        var file = await _client.Files.UploadAsync(new() { File = FileSource.FromBytes("{}"u8.ToArray(), "a.jsonl"), Purpose = FilePurpose.UserData, Provider = "sandbox" }, null, Token);

        var purpose = await Assert.ThrowsAsync<BadRequestException>(() => _client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = file.QualifiedId, Endpoint = BatchEndpoint.ChatCompletions }, null, Token));
        var window = await Assert.ThrowsAsync<BadRequestException>(() => _client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = file.QualifiedId, Endpoint = BatchEndpoint.ChatCompletions, CompletionWindow = "1h" }, null, Token));
        await Assert.ThrowsAsync<NotFoundException>(() => _client.Batches.CreateAsync(new BatchCreateRequest { InputFileId = "sandbox/none", Endpoint = BatchEndpoint.ChatCompletions }, null, Token));
        await Assert.ThrowsAsync<NotFoundException>(() => _client.Batches.RetrieveAsync("sandbox/none", null, Token));

        Assert.Equal(("input_file_id", "completion_window"), (purpose.Param, window.Param));
    }

    [Fact]
    public async Task Batches_are_listed_the_newest_first()
    {
        var made = new List<string>();
        for (var i = 0; i < 3; i++) made.Insert(0, (await _client.Batches.CreateAsync(Requests(i + 1), null, null, Token)).QualifiedId);

        Assert.Equal(made, (await _client.Batches.ListAsync(new() { Provider = "sandbox", Limit = 2 }, null, Token).AllAsync()).Select(batch => batch.QualifiedId));
    }

    [Fact]
    public async Task Every_operation_that_it_has_can_be_asked_for()
    {
        foreach (var request in (BatchRequest[])[new("a", new EmbeddingRequest { Model = "sandbox/embed", Input = "Hi" }), new("a", new CompletionRequest { Model = "sandbox/chat", Prompt = "Hi" }), new("a", new ModerationRequest { Model = "sandbox/moderate", Input = "Hi" }), new("a", new ImageGenerationRequest { Model = "sandbox/image", Prompt = "A cat", Size = "256x256" })])
        {
            var batch = await _client.Batches.CreateAsync([request], null, null, Token);
            _clock.Advance(TimeSpan.FromSeconds(31));
            var result = Assert.Single(await _client.Batches.ResultsAsync((await LookAsync(batch)).QualifiedId, null, Token).AllAsync());
            Assert.True(result.Reply is not null, $"{request.Endpoint}: {result.Error?.Message}");
        }
    }
}
