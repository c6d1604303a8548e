using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Azure's batches: their own word for chat, and descriptions that leave out what was asked for. The wire is that of "Getting started with Azure OpenAI batch deployments", 2025.</summary>
public sealed class AzureBatchTests
{
    private const string Created = """{"id":"batch_6caaf24d","completion_window":"24h","created_at":1722476583,"endpoint":null,"input_file_id":"file-1","object":"batch","status":"validating","errors":null,"metadata":null,"output_file_id":null,"request_counts":{"completed":0,"failed":0,"total":0}}""";

    private const string Results = """{"custom_id":"one","response":{"body":{"id":"chatcmpl-1","object":"chat.completion","created":1,"model":"gpt-4o","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Paris"}}]},"request_id":"r1","status_code":200},"error":null}""" + "\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("", "/openai/v1/files", "/openai/v1/batches")]
    [InlineData("2024-10-21", "/openai/files?api-version=2024-10-21", "/openai/batches?api-version=2024-10-21")]
    public async Task Requests_go_out_under_its_words_and_come_back_under_ours(string version, string files, string batches)
    {
        await using var server = await ReplayServer.StartAsync(1, static request => request switch
        {
            { Method: "POST" } when request.Target.Contains("/files", StringComparison.Ordinal) => CannedReply.Json("""{"id":"file-1","bytes":9,"created_at":1,"filename":"batch.jsonl","object":"file","purpose":"batch","status":"processed"}"""),
            { Method: "POST" } => CannedReply.Json(Created),
            _ when request.Target.Contains("/files/file-2/content", StringComparison.Ordinal) => CannedReply.JsonLines(Results),
            _ => CannedReply.Json(Created.Replace("validating", "completed", StringComparison.Ordinal).Replace("\"output_file_id\":null", "\"output_file_id\":\"file-2\"", StringComparison.Ordinal)),
        });
        using var client = new LlmClient(new()
        {
            Retries = Calls.Once,
            Environment = name => name switch { "AZURE_OPENAI_ENDPOINT" => server.Url.ToString(), "AZURE_API_KEY" => "k", "AZURE_API_VERSION" when version.Length > 0 => version, _ => null },
        });

        var batch = await client.Batches.CreateAsync([new BatchRequest("one", Calls.Ask("azure/dep"))], null, null, Token);
        var done = await client.Batches.RetrieveAsync($"azure/{batch.Id}", null, Token);
        var results = await client.Batches.ResultsAsync($"azure/{done.Id}", null, Token).ToListAsync(Token);

        Assert.Equal([files, batches], server.Requests.Take(2).Select(static request => request.Target));
        Assert.Contains("\"url\":\"/chat/completions\"", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("/chat/completions", (string?)JsonNode.Parse(server.Requests[1].Text)!["endpoint"]);
        Assert.Equal(("one", "Paris"), (Assert.Single(results).CustomId, Assert.IsType<ChatCompletion>(results[0].Reply).Text));
    }

    [Fact]
    public void Its_word_for_chat_is_read_as_OpenAIs()
    {
        var batches = (OpenAIBatches)Providers.Azure.Batches!;

        var batch = batches.Parse(new(200, System.Text.Encoding.UTF8.GetBytes(Created.Replace("\"endpoint\":null", "\"endpoint\":\"/chat/completions\"", StringComparison.Ordinal))), new("azure", "", "1", default));
        var page = batches.ParsePage(new(200, System.Text.Encoding.UTF8.GetBytes("{\"object\":\"list\",\"data\":[" + Created.Replace("\"endpoint\":null", "\"endpoint\":\"/chat/completions\"", StringComparison.Ordinal) + "],\"has_more\":false}")), new("azure", "", "1", default));

        Assert.Equal((BatchEndpoint.ChatCompletions, BatchEndpoint.ChatCompletions), (batch.Endpoint, page.Data[0].Endpoint));
    }
}
