using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Every recorded call to Azure, made again by us with the settings of its address: address, version and body are as recorded, and the reply is read in that form of the addresses, too.</summary>
public sealed class AzureReplayTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Members that a caller's own client adds, or leaves to the address, and ours the other way round: none of them changes what is asked.</summary>
    private static readonly string[] _neutral =
    [
        // The deployment stands in the address, and the service looks at nothing else there; OpenAI's own client sends it in both places, Microsoft's older one in the address alone.
        "body.model",
        // Not streaming is the default, and usage is asked for in every stream.
        "body.stream", "body.stream_options",
        // Vectors are asked for in the shorter form, as OpenAI's own client does it.
        "body.encoding_format",
    ];

    [Theory]
    [InlineData("chat.completions", 24)]
    [InlineData("completions", 1)]
    [InlineData("embeddings", 3)]
    [InlineData("responses", 2)]
    public async Task Every_recorded_call_is_asked_as_it_was(string endpoint, int atLeast)
    {
        var records = Cassettes.Where(endpoint, "azure").Where(static record => record.Request.Body.Length > 0 && record.Request.Url.Contains("/openai/", StringComparison.Ordinal)).ToList();
        var differences = new List<string>();
        foreach (var record in records)
        {
            var recorded = new Uri(record.Request.Url);
            await using var server = await ReplayServer.StartAsync(record.Id.Length, CannedReply.From(record));
            using var client = new LlmClient(new() { Retries = Calls.Once, Environment = name => Variable(name, server.Url, recorded) });
            await AskAsync(client, endpoint, record, recorded);
            var asked = Assert.Single(server.Requests);
            // A slash too many at the end of a resource's address is no other address; neither is a version that was left out of a recording.
            var expected = recorded.PathAndQuery.Replace("//", "/", StringComparison.Ordinal);
            if (asked.Target != expected && asked.Target.Split('?')[0] != expected) differences.Add($"{record.Id}: {asked.Target}, recorded {expected}");
            var body = JsonNode.Parse(record.Request.Body)!.AsObject();
            // A list of one text stops at it as the text alone does.
            if (body["stop"] is JsonArray { Count: 1 } stops) body["stop"] = stops[0]!.DeepClone();
            foreach (var difference in JsonComparison.Differences(body, JsonNode.Parse(asked.Text), "body"))
                if (!_neutral.Any(member => difference.StartsWith(member, StringComparison.Ordinal))) differences.Add($"{record.Id}: {difference}");
        }

        Assert.True(records.Count >= atLeast, $"only {records.Count} records");
        Assert.True(differences.Count == 0, string.Join("\n", differences));
    }

    /// <summary>What its user's environment says, in the customary names.</summary>
    private static string? Variable(string name, Uri server, Uri recorded) => name switch
    {
        "AZURE_OPENAI_ENDPOINT" => server.ToString(),
        "AZURE_OPENAI_API_KEY" => Calls.Key,
        "OPENAI_API_VERSION" when recorded.AbsolutePath.Contains("/deployments/", StringComparison.Ordinal) => recorded.Query is { Length: > 0 } query ? query.Split("api-version=")[1] : "2025-01-01-preview",
        _ => null,
    };

    private static async Task AskAsync(LlmClient client, string endpoint, Cassette record, Uri recorded)
    {
        var body = JsonNode.Parse(record.Request.Body)!.AsObject();
        if (recorded.AbsolutePath.Split("/deployments/") is [_, var folder]) body["model"] = folder.Split('/')[0];
        var bytes = System.Text.Encoding.UTF8.GetBytes(body.ToJsonString());
        try
        {
            switch (endpoint)
            {
                case "chat.completions":
                    var chat = ChatCompletionRequest.Parse(bytes) is var one ? one with { Model = $"azure/{one.Model}" } : one;
                    if (chat.Stream == true) await client.Chat.Completions.StreamAsync(chat, null, Token).WholeAsync();
                    else await client.Chat.Completions.CreateAsync(chat, null, Token);
                    break;
                case "completions":
                    var completion = CompletionRequest.Parse(bytes) is var two ? two with { Model = $"azure/{two.Model}" } : two;
                    Assert.NotEmpty((await client.Completions.CreateAsync(completion, null, Token)).Choices);
                    break;
                case "embeddings":
                    var embedding = EmbeddingRequest.Parse(bytes) is var three ? three with { Model = $"azure/{three.Model}" } : three;
                    Assert.NotEmpty((await client.Embeddings.CreateAsync(embedding, null, Token)).Data);
                    break;
                default:
                    var response = ResponseRequest.Parse(bytes) is var four ? four with { Model = $"azure/{four.Model}" } : four;
                    Assert.Equal("azure", (await client.Responses.CreateAsync(response, null, Token)).Provider);
                    break;
            }
        }
        catch (ApiException e)
        {
            Assert.True(record.Reply.Status >= 400 || e is ContentFilterException, $"{record.Id}: {e.Message}");
        }
    }
}
