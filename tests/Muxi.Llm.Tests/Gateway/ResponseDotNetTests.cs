using System.ClientModel;
using System.ClientModel.Primitives;
using System.Text.Json.Nodes;
using OpenAI.Responses;
using Item = OpenAI.Responses.ResponseItem;
using Status = OpenAI.Responses.ResponseStatus;

namespace Muxi.Llm.Tests;

#pragma warning disable OPENAI001 // Responses are marked as still changing.
/// <summary>OpenAI's own .NET client asks the server for responses as if it were OpenAI.</summary>
public sealed class ResponseDotNetTests
{
    private const string Model = "sandbox/chat";

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task It_asks_goes_on_looks_and_deletes()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);

        var first = (await client.CreateResponseAsync(Model, "Hello?", cancellationToken: Cancel)).Value;
        var second = (await client.CreateResponseAsync(Model, "And?", first.Id, Cancel)).Value;
        var seen = (await client.GetResponseAsync(second.Id, Cancel)).Value;
        var items = await client.GetResponseInputItemsAsync(second.Id, Cancel).ToListAsync(Cancel);
        var deleted = (await client.DeleteResponseAsync(first.Id, Cancel)).Value;
        var gone = await Assert.ThrowsAsync<ClientResultException>(() => client.GetResponseAsync(first.Id, Cancel));

        Assert.StartsWith("sandbox/resp_", first.Id, StringComparison.Ordinal);
        Assert.Equal(Status.Completed, first.Status);
        Assert.Contains("You said: \"Hello?\"", first.GetOutputText(), StringComparison.Ordinal);
        Assert.Contains("earlier turns: 1 user, 1 assistant", second.GetOutputText(), StringComparison.Ordinal);
        Assert.Equal((first.Id, second.GetOutputText()), (seen.PreviousResponseId, seen.GetOutputText()));
        Assert.Equal("And?", Assert.IsType<MessageResponseItem>(Assert.Single(items), exactMatch: false).Content[0].Text);
        Assert.True(second.Usage.TotalTokenCount > 0);
        Assert.True(deleted.Deleted);
        Assert.Equal(404, gone.Status);
    }

    [Fact]
    public async Task A_stream_is_read_to_its_end_and_gives_what_the_whole_response_has()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var whole = (await client.CreateResponseAsync(Model, "Tell me a story", cancellationToken: Cancel)).Value;

        var (text, last, numbers) = ("", (ResponseResult?)null, new List<int>());
        await foreach (var update in await client.CreateResponseStreamingAsync(Model, "Tell me a story", cancellationToken: Cancel))
        {
            numbers.Add(update.SequenceNumber);
            if (update is StreamingResponseOutputTextDeltaUpdate delta) text += delta.Delta;
            if (update is StreamingResponseCompletedUpdate completed) last = completed.Response;
        }

        Assert.Equal(Enumerable.Range(0, numbers.Count), numbers);
        Assert.Equal((whole.GetOutputText(), whole.GetOutputText(), whole.Usage.TotalTokenCount), (text, last!.GetOutputText(), last.Usage.TotalTokenCount));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_function_is_called_and_its_result_is_taken(bool isStreamed)
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var options = new CreateResponseOptions(Model, [Item.CreateUserMessageItem("Weather in Oslo?")])
        {
            Tools = { OpenAI.Responses.ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type":"object","properties":{"city":{"type":"string"}},"required":["city"],"additionalProperties":false}"""), true, "tells it") },
            ToolChoice = ResponseToolChoice.CreateRequiredChoice(),
        };

        var first = isStreamed ? await LastAsync(client, options) : (await client.CreateResponseAsync(options, Cancel)).Value;
        var call = Assert.IsType<FunctionCallResponseItem>(Assert.Single(first.OutputItems), exactMatch: false);
        foreach (var item in (Item[])[.. first.OutputItems, Item.CreateFunctionCallOutputItem(call.CallId, "18 degrees")]) options.InputItems.Add(item);
        options.ToolChoice = null;
        options.StreamingEnabled = null;
        var second = (await client.CreateResponseAsync(options, Cancel)).Value;

        Assert.Equal("weather", call.FunctionName);
        Assert.NotNull(JsonNode.Parse(call.FunctionArguments.ToString())!["city"]);
        Assert.Contains("weather: \"18 degrees\"", second.GetOutputText(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task What_runs_in_the_background_is_polled_stopped_and_taken_up_again()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        CreateResponseOptions Slowly(string text) => new(Model, [Item.CreateUserMessageItem(text)]) { BackgroundModeEnabled = true };

        var queued = (await client.CreateResponseAsync(Slowly("one"), Cancel)).Value;
        var statuses = new List<Status?> { queued.Status };
        for (var polls = 0; polls < 5 && statuses[^1] != Status.Completed; polls++) statuses.Add((await client.GetResponseAsync(queued.Id, Cancel)).Value.Status);
        var stopped = (await client.CancelResponseAsync((await client.CreateResponseAsync(Slowly("two"), Cancel)).Value.Id, Cancel)).Value;
        var streamed = Slowly("three");
        streamed.StreamingEnabled = true;
        var all = await (await client.CreateResponseStreamingAsync(streamed, Cancel)).ToListAsync(Cancel);
        var id = all.OfType<StreamingResponseCreatedUpdate>().Single().Response.Id;
        var rest = await (await client.GetResponseStreamingAsync(new GetResponseOptions(id) { StartingAfter = 5, StreamingEnabled = true }, Cancel)).ToListAsync(Cancel);

        Assert.Equal([Status.Queued, Status.InProgress, Status.Completed], statuses);
        Assert.Equal(Status.Cancelled, stopped.Status);
        Assert.Equal(all.Skip(6).Select(update => update.SequenceNumber), rest.Select(update => update.SequenceNumber));
    }

    [Fact]
    public async Task Reasoning_comes_sealed_and_goes_back()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var options = new CreateResponseOptions(Model, [Item.CreateUserMessageItem("Think.")])
        {
            ReasoningOptions = new() { ReasoningEffortLevel = ResponseReasoningEffortLevel.High, ReasoningSummaryVerbosity = ResponseReasoningSummaryVerbosity.Auto }, StoredOutputEnabled = false,
            IncludedProperties = { IncludedResponseProperty.ReasoningEncryptedContent },
        };

        var first = (await client.CreateResponseAsync(options, Cancel)).Value;
        foreach (var item in (Item[])[.. first.OutputItems, Item.CreateUserMessageItem("More.")]) options.InputItems.Add(item);
        var second = (await client.CreateResponseAsync(options, Cancel)).Value;

        var reasoning = Assert.IsType<ReasoningResponseItem>(first.OutputItems[0], exactMatch: false);
        Assert.Contains("nothing to think about", reasoning.GetSummaryText(), StringComparison.Ordinal);
        Assert.NotEmpty(reasoning.EncryptedContent);
        Assert.Contains("earlier turns: 1 user, 1 assistant", second.GetOutputText(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("sandbox/rate-limit", 429)]
    [InlineData("sandbox/context-length", 400)]
    [InlineData("nobody/m", 404)]
    public async Task A_failure_has_its_status(string model, int status)
    {
        await using var served = await Served.SandboxAsync();

        var error = await Assert.ThrowsAsync<ClientResultException>(() => Client(served).CreateResponseAsync(model, "Hi", cancellationToken: Cancel));

        Assert.Equal(status, error.Status);
    }

    [Fact]
    public async Task Behind_the_server_a_service_by_other_people_answers()
    {
        await using var aimock = await AimockServer.StartAsync("""
            {"fixtures":[{"match":{"toolResultContains":"18 degrees"},"response":{"content":"It is mild."}},{"match":{"userMessage":"Oslo"},"response":{"toolCalls":[{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}]}},
            {"match":{"userMessage":"story"},"response":{"content":"Once upon a time.","reasoning":"A short one."}}]}
            """);
        await using var served = await Served.BeforeAsync(aimock.OpenAIUrl);
        var client = Client(served);
        var options = new CreateResponseOptions("gpt-5", [Item.CreateUserMessageItem("Weather in Oslo?")])
        {
            Tools = { OpenAI.Responses.ResponseTool.CreateFunctionTool("weather", BinaryData.FromString("""{"type":"object","properties":{}}"""), false) },
        };

        var called = (await client.CreateResponseAsync(options, Cancel)).Value;
        var call = called.OutputItems.OfType<FunctionCallResponseItem>().Single();
        foreach (var item in (Item[])[.. called.OutputItems, Item.CreateFunctionCallOutputItem(call.CallId, "18 degrees")]) options.InputItems.Add(item);
        var told = (await client.CreateResponseAsync(options, Cancel)).Value;
        var story = (await client.CreateResponseAsync("gpt-5", "A story", cancellationToken: Cancel)).Value;
        var streamed = await LastAsync(client, new("gpt-5", [Item.CreateUserMessageItem("A story")]));

        Assert.Equal(("weather", """{"city":"Oslo"}"""), (call.FunctionName, call.FunctionArguments.ToString()));
        Assert.Equal("It is mild.", told.GetOutputText());
        Assert.Equal(("Once upon a time.", "Once upon a time."), (story.GetOutputText(), streamed.GetOutputText()));
        Assert.Equal("A short one.", story.OutputItems.OfType<ReasoningResponseItem>().Single().GetSummaryText());
    }

    private static ResponsesClient Client(Served served) =>
        new(new ApiKeyCredential("any"), new ResponsesClientOptions { Endpoint = new Uri(served.Url, "v1"), RetryPolicy = new ClientRetryPolicy(0), NetworkTimeout = TimeSpan.FromSeconds(20) });

    private static async Task<ResponseResult> LastAsync(ResponsesClient client, CreateResponseOptions options)
    {
        options.StreamingEnabled = true;
        var updates = await (await client.CreateResponseStreamingAsync(options, Cancel)).ToListAsync(Cancel);
        return Assert.IsType<StreamingResponseCompletedUpdate>(updates[^1], exactMatch: false).Response;
    }
}
