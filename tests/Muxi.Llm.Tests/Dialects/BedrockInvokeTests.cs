using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What goes to Bedrock's models in their makers' own formats: embeddings and pictures.</summary>
public sealed class BedrockInvokeTests
{
    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Titan_is_asked_text_by_text_and_the_tokens_are_added()
    {
        var made = 0;
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json($$"""{"embedding":[{{++made}},0.5],"embeddingsByType":{"float":[1,0.5]},"inputTextTokenCount":{{made + 1}}}"""));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var reply = await client.Embeddings.CreateAsync(new EmbeddingRequest { Model = "bedrock/amazon.titan-embed-text-v2:0", Input = new[] { "one", "two" }, Dimensions = 256, Extra = """{"normalize":true}""" }, null, Cancel);

        Assert.Equal([(0, 1f), (1, 2f)], reply.Data.Select(one => (one.Index, one.Vector.Span[0])));
        Assert.Equal((5, 5), (reply.Usage!.PromptTokens, reply.Usage.TotalTokens));
        Assert.All(server.Requests, request => Assert.Equal("/model/amazon.titan-embed-text-v2%3A0/invoke", request.Target));
        Same("""[{"inputText":"one","dimensions":256,"normalize":true},{"inputText":"two","dimensions":256,"normalize":true}]""", server);
    }

    [Theory]
    [InlineData("amazon.titan-embed-text-v1", """{"inputText":"one"}""", """{"embedding":[1,2],"inputTextTokenCount":3}""", "dimensions")]
    [InlineData("amazon.titan-embed-image-v1", """{"inputText":"one","embeddingConfig":{"outputEmbeddingLength":384}}""", """{"embedding":[1,2],"inputTextTokenCount":3,"message":null}""", null)]
    [InlineData("cohere.embed-english-v3", """{"texts":["one"],"input_type":"search_document"}""", """{"embeddings":[[1,2]],"id":"i","response_type":"embeddings_floats","texts":["one"]}""", "dimensions")]
    [InlineData("us.cohere.embed-v4:0", """{"texts":["one"],"input_type":"search_document","output_dimension":384}""", """{"embeddings":{"float":[[1,2]]},"id":"i","response_type":"embeddings_by_type"}""", null)]
    [InlineData("amazon.nova-2-multimodal-embeddings-v1:0", """{"taskType":"SINGLE_EMBEDDING","singleEmbeddingParams":{"embeddingPurpose":"GENERIC_INDEX","embeddingDimension":384,"text":{"truncationMode":"NONE","value":"one"}}}""", """{"embeddings":[{"embeddingType":"TEXT","embedding":[1,2]}]}""", null)]
    public async Task Each_maker_is_asked_in_its_own_format(string model, string body, string reply, string? warned)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(reply).With("x-amzn-bedrock-input-token-count", "3"));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var embedded = await client.Embeddings.CreateAsync(new EmbeddingRequest { Model = $"bedrock/{model}", Input = "one", Dimensions = 384 }, null, Cancel);

        Assert.Equal([1f, 2f], Assert.Single(embedded.Data).Vector.ToArray());
        Assert.Equal(3, embedded.Usage?.PromptTokens);
        Assert.Equal(warned is null ? [] : [warned], embedded.Warnings.Select(warning => warning.Param));
        Same($"[{body}]", server);
    }

    [Fact]
    public async Task Cohere_takes_many_texts_at_once()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"embeddings":{"float":[[1],[2],[3]]}}"""));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var reply = await client.Embeddings.CreateAsync(new EmbeddingRequest { Model = "bedrock/cohere.embed-v4:0", Input = new[] { "a", "b", "c" }, Extra = """{"input_type":"search_query","truncate":"END"}""" }, null, Cancel);

        Assert.Equal([1f, 2f, 3f], reply.Data.Select(one => one.Vector.Span[0]));
        Same("""[{"texts":["a","b","c"],"input_type":"search_query","truncate":"END"}]""", server);
    }

    [Fact]
    public async Task A_reply_without_all_vectors_is_an_error()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"embeddings":[[1]]}"""));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var error = await Assert.ThrowsAsync<ServerException>(() => client.Embeddings.CreateAsync(new EmbeddingRequest { Model = "bedrock/cohere.embed-english-v3", Input = new[] { "a", "b" } }, null, Cancel));

        Assert.Equal("bedrock: 1 embeddings came for 2 texts", error.Message);
    }

    [Fact]
    public async Task Amazons_models_make_pictures()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"images":["iVBORw0KGgo=","iVBORw0KGgo="],"error":null}"""));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var reply = await client.Images.GenerateAsync(new ImageGenerationRequest { Model = "bedrock/amazon.nova-canvas-v1:0", Prompt = "A cat", N = 2, Size = "1024x512", Quality = "hd", Extra = """{"imageGenerationConfig":{"seed":7},"textToImageParams":{"negativeText":"dogs"}}""" }, null, Cancel);

        Assert.Equal(2, reply.Data.Count);
        Assert.Equal("image/png", reply.Data[0].MediaType);
        Same("""[{"taskType":"TEXT_IMAGE","textToImageParams":{"text":"A cat","negativeText":"dogs"},"imageGenerationConfig":{"numberOfImages":2,"width":1024,"height":512,"quality":"premium","seed":7}}]""", server);
    }

    [Fact]
    public async Task Stabilitys_models_make_pictures_of_a_shape()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"seeds":[5],"finish_reasons":[null],"images":["iVBORw0KGgo="]}"""));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var reply = await client.Images.GenerateAsync(new ImageGenerationRequest { Model = "bedrock/stability.stable-image-core-v1:1", Prompt = "A cat", Size = "1792x1024", OutputFormat = "jpeg" }, null, Cancel);

        Assert.Equal(["size"], reply.Warnings.Select(warning => warning.Param));
        Assert.Equal("[5]", reply.Extra["seeds"].ToString());
        Same("""[{"prompt":"A cat","aspect_ratio":"16:9","output_format":"jpeg"}]""", server);
    }

    [Theory]
    [InlineData("""{"seeds":[5],"finish_reasons":["Filter reason: prompt"],"images":[]}""", "bedrock: Filter reason: prompt")]
    [InlineData("""{"images":[],"error":"This request has been blocked by our content filters."}""", "bedrock: This request has been blocked by our content filters.")]
    public async Task A_picture_that_is_held_back_is_an_error_of_the_filter(string reply, string message)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(reply));
        using var client = Calls.ClientFor(server.Url, "bedrock");

        var error = await Assert.ThrowsAsync<ContentFilterException>(() => client.Images.GenerateAsync(new ImageGenerationRequest { Model = "bedrock/stability.sd3-large-v1:0", Prompt = "A cat" }, null, Cancel));

        Assert.Equal(message, error.Message);
    }

    [Fact]
    public async Task Tokens_are_no_texts()
    {
        using var client = new LlmClient(new() { ApiKeys = new Dictionary<string, string> { ["bedrock"] = Calls.Key }, Environment = static name => name == "AWS_REGION" ? "us-east-1" : null, Retries = Calls.Once });

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(new EmbeddingRequest { Model = "bedrock/cohere.embed-v4:0", Input = TextInput.FromTokens([1, 2]) }, null, Cancel));

        Assert.Equal("bedrock: the service takes texts, not a model's tokens", error.Message);
    }

    private static void Same(string bodies, ReplayServer server) =>
        JsonComparison.Same("the bodies", JsonNode.Parse(bodies), new JsonArray([.. server.Requests.Select(request => JsonComparison.ParseStrictly(request.Body))]));
}
