namespace Muxi.Llm.Tests;

/// <summary>Services of a file's own, in the formats of services that have more than a key and a chat.</summary>
public sealed class OwnFormatTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_of_Amazons_format_is_signed_for_with_Amazons_credentials()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"output":{"message":{"role":"assistant","content":[{"text":"ok"}]}},"stopReason":"end_turn","usage":{"inputTokens":1,"outputTokens":1,"totalTokens":2}}"""));
        using var client = Client($"providers: {{inside: {{format: bedrock, base_url: \"{server.Url}\"}}}}", new()
        {
            ["AWS_ACCESS_KEY_ID"] = "AKIACANARY0123456789", ["AWS_SECRET_ACCESS_KEY"] = "secret-canary-0123456789", ["AWS_REGION"] = "eu-west-1",
        });

        var reply = await client.Chat.Completions.CreateAsync(new() { Model = "inside/amazon.nova-lite-v1:0", Messages = [Message.User("Hi")] }, null, Cancel);

        Assert.Equal("ok", reply.Text);
        Assert.Contains("/eu-west-1/bedrock/aws4_request", server.Requests[0].Headers["Authorization"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task One_that_says_how_keys_are_sent_gets_keys_alone()
    {
        using var client = Client("providers: {inside: {format: bedrock, base_url: \"http://127.0.0.1:9\", auth: bearer}}", new() { ["AWS_ACCESS_KEY_ID"] = "AKIA", ["AWS_SECRET_ACCESS_KEY"] = "s", ["AWS_REGION"] = "eu-west-1" });

        var error = await Assert.ThrowsAsync<ConfigurationException>(() => client.Chat.Completions.CreateAsync(new() { Model = "inside/m", Messages = [Message.User("Hi")] }, null, Cancel));

        Assert.Contains("set INSIDE_API_KEY", error.Message, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("gemini", "chat, token counting, embeddings, images, speech, files")]
    [InlineData("bedrock", "chat, token counting, embeddings, rerank, images")]
    [InlineData("ollama", "chat, completions, embeddings")]
    [InlineData("anthropic", "chat, token counting, files")]
    [InlineData("cohere", "chat, embeddings, rerank, transcription")]
    public void It_offers_what_the_formats_own_service_does(string format, string operations)
    {
        using var client = Client($"providers: {{inside: {{format: {format}, base_url: \"http://127.0.0.1:9\"}}}}", []);

        Assert.Equal(operations, string.Join(", ", Operations.Of(client.Providers.Single(provider => provider.Name == "inside"))));
    }

    [Theory]
    [InlineData("gemini", typeof(GeminiModels), "models")]
    [InlineData("ollama", typeof(OllamaModels), "api/tags")]
    [InlineData("anthropic", typeof(OpenAIModels), "models")]
    [InlineData("cohere", typeof(CohereModels), "../v1/models")]
    [InlineData("openai-responses", typeof(OpenAIModels), "models")]
    [InlineData("openai", typeof(OpenAIModels), "models")]
    public void Its_models_are_listed_as_at_the_formats_own_service(string format, Type dialect, string path)
    {
        using var client = Client($"providers:\n  inside: {{format: {format}, base_url: \"http://127.0.0.1:9\"}}\n  other: {{format: {format}, base_url: \"http://127.0.0.1:9\", models_path: list}}", []);

        var models = client.Providers.Single(provider => provider.Name == "inside").Models;

        Assert.IsType(dialect, models);
        Assert.Equal((path, "list"), (models.Path, client.Providers.Single(provider => provider.Name == "other").Models!.Path));
    }

    [Fact]
    public void Amazons_format_has_no_list_of_models()
    {
        using var client = Client("providers: {inside: {format: bedrock, base_url: \"http://127.0.0.1:9\"}}", []);

        Assert.Null(client.Providers.Single(provider => provider.Name == "inside").Models);
    }

    private static LlmClient Client(string yaml, Dictionary<string, string> environment) => new(new LlmOptions
    {
        Configuration = LlmConfiguration.Parse(yaml, "test.yaml"), Environment = name => environment.GetValueOrDefault(name), Credentials = [new AwsCredentials()],
    });
}
