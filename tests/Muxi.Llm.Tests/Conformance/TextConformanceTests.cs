namespace Muxi.Llm.Tests;

/// <summary>Completions, embeddings, moderations and models as they are sent, with every option set, judged by OpenAI's published document.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class TextConformanceTests(SchemaServer server)
{
    private static readonly CompletionRequest _completion = CompletionTests.Full with { Extra = default };
    private static readonly EmbeddingRequest _embedding = new() { Model = "openai/m", Input = "a", Dimensions = 3, User = "ann" };
    private static readonly TextInput[] _inputs = ["a", (string[])["a", "b"], TextInput.FromTokens([1, 2]), TextInput.FromTokens((IReadOnlyList<IReadOnlyList<int>>)[[1], [2, 3]])];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Completions()
    {
        CompletionRequest[] requests = [_completion, new() { Model = "openai/m", Prompt = null }, _completion with { Stop = ["one"] }, .. _inputs.Select(input => _completion with { Prompt = input })];
        var sent = new List<JudgedRequest>();
        foreach (var request in requests)
        {
            sent.AddRange(await server.ExpectAcceptedAsync(client => client.Completions.CreateAsync(request, null, Token)));
            sent.AddRange(await server.ExpectAcceptedAsync(
                client => client.Completions.StreamAsync(request with { BestOf = null, StreamOptions = new() { IncludeUsage = true, IncludeObfuscation = false } }, null, Token).ToCompletionAsync(Token),
                CannedReply.Sse("data: {\"choices\":[{\"text\":\"a\",\"index\":0,\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n")));
        }

        await ExpectWholeAsync(sent, "/completions", "stream", "stream_options");
    }

    [Fact]
    public async Task Embeddings()
    {
        EmbeddingRequest[] requests = [_embedding, new() { Model = "openai/m", Input = "a" }, _embedding with { EncodingFormat = EncodingFormat.Float }, .. _inputs.Select(input => _embedding with { Input = input })];
        var sent = new List<JudgedRequest>();
        foreach (var request in requests)
        {
            var data = string.Join(',', Enumerable.Range(0, request.Input.Count).Select(index => $$"""{"object":"embedding","index":{{index}},"embedding":[1]}"""));
            sent.AddRange(await server.ExpectAcceptedAsync(client => client.Embeddings.CreateAsync(request, null, Token), CannedReply.Json($$"""{"data":[{{data}}]}""")));
        }

        await ExpectWholeAsync(sent, "/embeddings");
    }

    [Fact]
    public async Task Moderations()
    {
        ModerationInput[] inputs = ["a", (string[])["a", "b"], ModerationInput.FromParts(ContentPart.FromText("see"), Image.FromUrl("https://example.com/a.png", "high"))];
        var sent = new List<JudgedRequest>();
        foreach (var input in inputs) sent.AddRange(await server.ExpectAcceptedAsync(client => client.Moderations.CreateAsync(new() { Input = input }, null, Token)));

        await ExpectWholeAsync(sent, "/moderations");
    }

    [Fact]
    public async Task Models()
    {
        await server.ExpectAcceptedAsync(async client =>
        {
            await client.Models.ListAsync("openai", null, Token).CountAsync(Token);
            await client.Models.RetrieveAsync("openai/ft:gpt-4o:me::1", null, Token);
        });
    }

    /// <summary>Every member of the schema was sent in one request or another, none besides, and each body is valid by a second judge.</summary>
    private static async Task ExpectWholeAsync(List<JudgedRequest> sent, string path, params string[] alsoSent)
    {
        var schema = OpenAIDocument.BodyOf("POST", path);
        var members = sent.SelectMany(request => request.Members).ToHashSet();

        Assert.All(sent, request => Assert.Equal(path, request.Path));
        Assert.Equal([], OpenAIDocument.MembersOf(schema).Except(members));
        Assert.Equal([], members.Except(OpenAIDocument.MembersOf(schema)));
        Assert.Equal([], alsoSent.Except(members));
        await OpenAISchemas.ExpectValidAsync(sent.Select(request => (schema, request.Text)));
    }
}
