using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What Cohere is asked for beside chat, and where.</summary>
public sealed class CohereCallTests
{
    private const string Vectors = """{"id":"e1","embeddings":{"float":[[0.5,-0.25],[1,2]]},"texts":["a","b"],"meta":{"api_version":{"version":"2"},"billed_units":{"input_tokens":3,"image_tokens":0}},"response_type":"embeddings_by_type"}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Texts_are_embedded_as_documents_unless_the_caller_says_for_what()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Vectors));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "cohere/embed-v4.0", Input = ["a", "b"], Dimensions = 256, User = "ann" }, null, Token);
        await client.Embeddings.CreateAsync(new() { Model = "cohere/embed-v4.0", Input = ["a", "b"], Extra = """{"input_type":"search_query","truncate":"NONE"}""" }, null, Token);

        SameBody("""{"model":"embed-v4.0","input_type":"search_document","embedding_types":["float"],"output_dimension":256,"texts":["a","b"]}""", server.Requests[0]);
        SameBody("""{"model":"embed-v4.0","embedding_types":["float"],"texts":["a","b"],"input_type":"search_query","truncate":"NONE"}""", server.Requests[1]);
        Assert.Equal([[0.5f, -0.25f], [1f, 2f]], reply.Data.Select(one => one.Vector.ToArray()));
        Assert.Equal(("embed-v4.0", 3, 3, "user"), (reply.Model, reply.Usage!.PromptTokens, reply.Usage.TotalTokens, Assert.Single(reply.Warnings).Param));
        Assert.Equal("e1", reply.Extra.GetString("id"));
    }

    [Theory]
    [InlineData("float", "[[0.5,-0.25]]", new[] { 0.5f, -0.25f })]
    [InlineData("base64", """["AAAAPwAAgL4="]""", new[] { 0.5f, -0.25f })]
    [InlineData("int8", "[[-128,127]]", new[] { -128f, 127f })]
    [InlineData("uint8", "[[0,255]]", new[] { 0f, 255f })]
    [InlineData("binary", "[[-113,7]]", new[] { -113f, 7f })]
    [InlineData("ubinary", "[[15,135]]", new[] { 15f, 135f })]
    public async Task Numbers_of_each_form_come_as_they_are(string form, string list, float[] expected)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json($$"""{"id":"e1","embeddings":{"{{form}}":{{list}} } }"""));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = "a", EncodingFormat = form }, null, Token);

        Assert.Equal(expected, Assert.Single(reply.Data).Vector.ToArray());
        Assert.Equal(form, (string?)JsonNode.Parse(server.Requests[0].Body)!["embedding_types"]![0]);
        Assert.Null(reply.Usage);
    }

    [Fact]
    public async Task Of_several_forms_the_most_exact_one_is_the_vector_and_the_others_stand_beside_it()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"embeddings":{"int8":[[1,2],[3,4]],"float":[[0.5],[0.25]],"ubinary":null}}"""));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = ["a", "b"], Extra = """{"embedding_types":["int8","float"]}""" }, null, Token);

        Assert.Equal([(0.5f, "[1,2]"), (0.25f, "[3,4]")], reply.Data.Select(one => (one.Vector.Span[0], one.Extra["int8"].ToString())));
    }

    [Fact]
    public async Task Pictures_are_embedded_without_a_text()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"embeddings":{"float":[[0.5]]},"images":[{"width":2}],"meta":{"billed_units":{"images":1,"image_tokens":7}}}"""));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = Array.Empty<string>(), Extra = """{"images":["data:image/png;base64,iVBORw0KGgo="]}""" }, null, Token);

        SameBody("""{"model":"m","input_type":"image","embedding_types":["float"],"images":["data:image/png;base64,iVBORw0KGgo="]}""", server.Requests[0]);
        Assert.Equal((7, 7), (reply.Usage!.PromptTokens, reply.Usage.PromptTokensDetails!.ImageTokens));
    }

    [Fact]
    public async Task The_first_versions_plain_list_is_read_too()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"e1","embeddings":[[0.5],[0.25]],"response_type":"embeddings_floats"}"""));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = ["a", "b"] }, null, Token);

        Assert.Equal([0.5f, 0.25f], reply.Data.Select(one => one.Vector.Span[0]));
    }

    [Theory]
    [InlineData("""{"id":"e1","embeddings":{"float":[[0.5]]}}""", "the reply has 1 embeddings, and 2 were asked for")]
    [InlineData("""{"id":"e1","embeddings":{}}""", "")]
    [InlineData("""{"id":"e1","embeddings":{"float":[["x"]]}}""", "")]
    [InlineData("""{"id":"e1","embeddings":{"float":[null,[1]]}}""", "")]
    [InlineData("""{"id":"e1","message":"no such thing"}""", "no such thing")]
    public async Task A_reply_without_an_embedding_for_each_text_is_an_error(string body, string says)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = ["a", "b"] }, null, Token));

        Assert.Contains(says, error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Tokens_are_refused_and_more_texts_than_it_takes_go_in_several_requests()
    {
        await using var server = await ReplayServer.StartAsync(1, request =>
        {
            var count = JsonNode.Parse(request.Body)!["texts"]!.AsArray().Count;
            return CannedReply.Json($$"""{"embeddings":{"float":[{{string.Join(",", Enumerable.Repeat("[1]", count))}}] } }""");
        });
        using var client = Calls.ClientFor(server.Url, "cohere");

        await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = TextInput.FromTokens([1, 2]) }, null, Token));
        var reply = await client.Embeddings.CreateAsync(new() { Model = "cohere/m", Input = Enumerable.Repeat("a", 200).ToArray() }, null, Token);

        Assert.Equal(200, reply.Data.Count);
        Assert.Equal([8, 96, 96], server.Requests.Select(request => JsonNode.Parse(request.Body)!["texts"]!.AsArray().Count).Order());
    }

    [Fact]
    public async Task Models_are_listed_page_by_page_beside_the_version_of_the_base_URL()
    {
        await using var server = await ReplayServer.StartAsync(1, static request => CannedReply.Json(request.Target.Contains("page_token", StringComparison.Ordinal)
            ? """{"models":[{"name":"embed-v4.0","endpoints":["embed"]}],"next_page_token":""}"""
            : """{"models":[{"name":"command-a-03-2025","endpoints":["chat"],"context_length":288000},{"finetuned":true},7],"next_page_token":"two/2"}"""));
        using var client = At(new Uri(server.Url, "v2"));

        var models = await client.Models.ListAsync("cohere", null, Token).ToListAsync(Token);

        Assert.Equal(["cohere/command-a-03-2025", "cohere/embed-v4.0"], models.Select(model => $"cohere/{model.Id.Split('/')[^1]}"));
        Assert.Equal("288000", models[0].Extra["context_length"].ToString());
        Assert.Equal(["/v1/models?page_size=1000", "/v1/models?page_size=1000&page_token=two%2F2"], server.Requests.Select(request => request.Target));
    }

    [Theory]
    [InlineData("[]")]
    [InlineData("{}")]
    [InlineData("""{"models":7}""")]
    [InlineData("<html>")]
    public async Task A_list_of_models_that_is_none_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = At(new Uri(server.Url, "v2"));

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Models.ListAsync("cohere", null, Token).ToListAsync(Token).AsTask());
    }

    [Theory]
    [InlineData("CO_BASE_URL", "")]
    [InlineData("CO_API_URL", "/")]
    [InlineData("CO_BASE_URL", "/v2")]
    [InlineData("COHERE_BASE_URL", "/v2/")]
    public async Task An_address_from_the_environment_may_leave_the_version_out(string variable, string path)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"1","message":{"role":"assistant","content":[{"type":"text","text":"ok"}]},"finish_reason":"COMPLETE"}"""));
        var environment = new Dictionary<string, string> { [variable] = server.Url.ToString().TrimEnd('/') + path, ["CO_API_KEY"] = "key-of-the-test" };
        using var client = new LlmClient(new() { Environment = name => environment.GetValueOrDefault(name), Retries = Calls.Once });

        Assert.Equal("ok", (await client.AskAsync("cohere/m")).Text);
        Assert.Equal(("/v2/chat", "Bearer key-of-the-test"), (server.Requests[0].Target, server.Requests[0].Headers["Authorization"]));
    }

    [Fact]
    public async Task Ranking_takes_texts_and_puts_the_documents_in_here()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"r1","results":[{"index":1,"relevance_score":0.9}],"meta":{"billed_units":{"search_units":1}}}"""));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Rerank.CreateAsync(new() { Model = "cohere/rerank-v3.5", Query = "q", Documents = ["a", "b"], TopN = 1, ReturnDocuments = true }, null, Token);

        SameBody("""{"model":"rerank-v3.5","query":"q","documents":["a","b"],"top_n":1}""", server.Requests[0]);
        Assert.Equal((1, "b"), (reply.Results[0].Index, reply.Results[0].Document!.Text));
    }

    [Fact]
    public async Task A_recording_is_put_into_words()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Good day."}"""));
        using var client = Calls.ClientFor(server.Url, "cohere");

        var reply = await client.Audio.Transcriptions.CreateAsync(new() { Model = "cohere/cohere-transcribe-03-2026", File = FileSource.FromBytes(SoundFiles.Wav(), "a.wav"), Language = "en", Prompt = "p" }, null, Token);

        Assert.Equal(("Good day.", "/audio/transcriptions", "prompt"), (reply.Text, server.Requests[0].Target, Assert.Single(reply.Warnings).Param));
        var form = Encoding.Latin1.GetString(server.Requests[0].Body);
        Assert.Contains("name=language", form.Replace("\"", "", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("response_format", form, StringComparison.Ordinal);
    }

    private static LlmClient At(Uri url) => new(Calls.OptionsFor(url, "cohere"));

    private static void SameBody(string expected, SeenRequest sent) => JsonComparison.Same("the body", JsonNode.Parse(expected), JsonComparison.ParseStrictly(sent.Body));
}
