namespace Muxi.Llm.Tests;

/// <summary>What Azure's content filters found: in replies, in streams where they run before or beside the answer, and in errors.</summary>
public sealed class ContentFilterTests
{
    private const string Safe = """{"hate":{"filtered":false,"severity":"safe"},"self_harm":{"filtered":false,"severity":"safe"},"sexual":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"safe"}}""";

    private const string Opening = $$$"""data: {"id":"","object":"","created":0,"model":"","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{{{Safe}}}}],"choices":[],"usage":null}""" + "\n\n";

    /// <summary>The words of Microsoft's page "Content filtering", 2026; the shape is in recorded traffic, too.</summary>
    private const string Refusal = """
        {"error":{"message":"The response was filtered due to the prompt triggering Azure OpenAI's content management policy. Please modify your prompt and retry.","type":null,"param":"prompt","code":"content_filter","status":400,
        "innererror":{"code":"ResponsibleAIPolicyViolation","content_filter_result":{"hate":{"filtered":true,"severity":"high"},"jailbreak":{"filtered":true,"detected":true},"self_harm":{"filtered":false,"severity":"safe"},"violence":{"filtered":false,"severity":"low"}}}}}
        """;

    [Fact]
    public async Task A_reply_tells_of_prompt_and_answer()
    {
        using var client = Client(new Asked
        {
            Reply = """
            {"id":"c1","object":"chat.completion","created":1,"model":"gpt-4o","prompt_filter_results":[{"prompt_index":0,"content_filter_results":{"jailbreak":{"detected":true,"filtered":false},"hate":{"filtered":false,"severity":"low"}}}],
            "choices":[{"index":0,"finish_reason":"content_filter","message":{"role":"assistant","content":""},"content_filter_results":{"violence":{"filtered":true,"severity":"medium"},
            "protected_material_code":{"detected":true,"filtered":false,"citation":{"URL":"https://github.com/x/y","license":"MIT"}},"custom_blocklists":[{"filtered":true,"id":"mine"}]}}]}
            """,
        });

        var reply = await client.AskAsync("azure/dep");

        var prompt = Assert.Single(reply.PromptFilterResults);
        Assert.Equal((0, false, true, "low"), (prompt.PromptIndex, prompt.ContentFilterResults.IsFiltered, prompt.ContentFilterResults.Categories["jailbreak"].Detected, prompt.ContentFilterResults.Categories["hate"].Severity));
        var answer = reply.Choices[0].ContentFilterResults!;
        Assert.Equal((true, "violence (medium), custom_blocklists"), (answer.IsFiltered, answer.ToString()));
        Assert.Equal("MIT", answer.Categories["protected_material_code"].Raw.ToElement().GetProperty("citation").GetProperty("license").GetString());
        Assert.Equal(FinishReason.ContentFilter, reply.Choices[0].FinishReason);
        Assert.Contains("\"prompt_filter_results\"", reply.ToJson(), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("""[{"prompt_index":"0","content_filter_results":{"hate":{"filtered":true,"severity":"high"}}}]""", "hate (high)")]
    [InlineData("""[{"prompt_index":null,"content_filter_results":{"hate":{"filtered":true,"severity":7}}},null,[],"x"]""", "hate")]
    [InlineData("""[{"prompt_index":1e99,"content_filter_results":[{"hate":{}}]}]""", "")]
    [InlineData("""{"prompt_index":0}""", null)]
    public async Task Results_of_another_shape_are_no_error(string results, string? expected)
    {
        using var client = Client(new Asked { Reply = """{"id":"c","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi"}}],"prompt_filter_results":""" + results + "}" });

        var reply = await client.AskAsync("azure/dep");

        Assert.Equal(("Hi", expected), (reply.Text, reply.PromptFilterResults is [var first, ..] ? first.ContentFilterResults.ToString() : null));
    }

    [Fact]
    public async Task A_reply_without_filters_tells_nothing()
    {
        using var client = Client(new Asked());

        var reply = await client.AskAsync("azure/dep");

        Assert.Empty(reply.PromptFilterResults);
        Assert.Null(reply.Choices[0].ContentFilterResults);
    }

    /// <summary>The sample of "Content streaming" that passes the filters: annotations come in chunks of their own without a delta, the last one behind the finish reason.</summary>
    [Fact]
    public async Task Filters_beside_a_stream_tell_which_text_they_have_looked_at()
    {
        using var client = Client(Stream(Opening.Replace("prompt_filter_results", "prompt_annotations", StringComparison.Ordinal)
            + Chunk("""{"index":0,"finish_reason":null,"delta":{"role":"assistant"}}""") + Chunk("""{"index":0,"finish_reason":null,"delta":{"content":"Color"}}""") + Chunk("""{"index":0,"finish_reason":null,"delta":{"content":" is"}}""")
            + Note($$$"""{"index":0,"finish_reason":null,"content_filter_results":{{{Safe}}},"content_filter_offsets":{"check_offset":44,"start_offset":44,"end_offset":198}}""")
            + Chunk("""{"index":0,"finish_reason":"stop","delta":{}}""")
            + Note($$$"""{"index":0,"finish_reason":null,"content_filter_results":{{{Safe}}},"content_filter_offsets":{"check_offset":506,"start_offset":44,"end_offset":571}}""")
            + "data: [DONE]\n\n"));

        var (chunks, error) = await client.AskStream("azure/dep").ReadAsync();
        var reply = await client.AskStream("azure/dep").WholeAsync();

        Assert.Null(error);
        Assert.Equal([new(44, 44, 198), new(506, 44, 571)], chunks.SelectMany(static chunk => chunk.Choices).Select(static choice => choice.ContentFilterOffsets).OfType<ContentFilterOffsets>());
        Assert.Single(chunks.SelectMany(static chunk => chunk.PromptFilterResults));
        Assert.Equal(("Color is", "chatcmpl-7r", "gpt-35-turbo", FinishReason.Stop), (reply.Text, reply.Id, reply.Model, reply.Choices[0].FinishReason));
        Assert.Equal((4, false), (reply.Choices[0].ContentFilterResults!.Categories.Count, reply.Choices[0].ContentFilterResults!.IsFiltered));
    }

    /// <summary>The sample of the same page that is blocked: the finish reason comes in a chunk without a delta and an id.</summary>
    [Fact]
    public async Task A_stream_that_is_blocked_ends_with_what_was_found()
    {
        using var client = Client(Stream(Opening
            + Chunk("""{"index":0,"finish_reason":null,"delta":{"role":"assistant"}}""") + Chunk("""{"index":0,"finish_reason":null,"delta":{"content":"Hey"}}""")
            + Note($$$"""{"index":0,"finish_reason":null,"content_filter_results":{{{Safe}}},"content_filter_offsets":{"check_offset":65,"start_offset":65,"end_offset":1056}}""")
            + Note("""{"index":0,"finish_reason":"content_filter","content_filter_results":{"protected_material_text":{"detected":true,"filtered":true}},"content_filter_offsets":{"check_offset":65,"start_offset":65,"end_offset":1056}}""")
            + "data: [DONE]\n\n"));

        var reply = await client.AskStream("azure/dep").WholeAsync();

        Assert.Equal(("Hey", FinishReason.ContentFilter, "protected_material_text"), (reply.Text, reply.Choices[0].FinishReason, reply.Choices[0].ContentFilterResults!.ToString()));
        Assert.Equal(5, reply.Choices[0].ContentFilterResults!.Categories.Count);
        Assert.False(Assert.Single(reply.PromptFilterResults).ContentFilterResults.IsFiltered);
    }

    /// <summary>Recorded streams end with an empty object of results, behind those with the answer's text.</summary>
    [Fact]
    public async Task An_empty_result_at_the_end_takes_nothing_back()
    {
        using var client = Client(Stream(Opening + Chunk($$$"""{"index":0,"finish_reason":null,"delta":{"role":"assistant","content":"Hi"},"content_filter_results":{{{Safe}}}}""")
            + Chunk("""{"index":0,"finish_reason":"stop","delta":{},"content_filter_results":{}}""") + "data: [DONE]\n\n"));

        var reply = await client.AskStream("azure/dep").WholeAsync();

        Assert.Equal(["hate", "self_harm", "sexual", "violence"], reply.Choices[0].ContentFilterResults!.Categories.Keys);
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public async Task A_prompt_that_is_refused_says_what_was_found_in_it(bool stream)
    {
        using var client = Client(new Asked { Reply = Refusal, Status = System.Net.HttpStatusCode.BadRequest });

        var error = await Assert.ThrowsAsync<ContentFilterException>(() => stream ? client.AskStream("azure/dep").WholeAsync() : client.AskAsync("azure/dep"));

        Assert.Equal(("content_filter", "prompt", "hate (high), jailbreak"), (error.Code, error.Param, error.Results!.ToString()));
        Assert.EndsWith("Please modify your prompt and retry. (filtered: hate (high), jailbreak)", error.Message, StringComparison.Ordinal);
        Assert.Equal((true, false, "low"), (error.Results.Categories["jailbreak"].Detected, error.Results.Categories["violence"].Filtered, error.Results.Categories["violence"].Severity));
    }

    [Fact]
    public void A_refusal_without_results_has_none()
    {
        var error = Errors.Classify(new(400, """{"error":{"message":"no","code":"content_filter"}}"""u8.ToArray(), default, "azure", "dep", default));

        Assert.Null(Assert.IsType<ContentFilterException>(error).Results);
        Assert.Equal("azure: no", error.Message);
    }

    /// <summary>The words are those of the service as its users report them (2026).</summary>
    [Fact]
    public async Task A_deployment_that_is_not_there_says_what_a_model_is_here()
    {
        using var client = Client(new Asked
        {
            Reply = """{"error":{"code":"DeploymentNotFound","message":"The API deployment for this resource does not exist. If you created the deployment within the last 5 minutes, please wait a moment and try again."}}""",
            Status = System.Net.HttpStatusCode.NotFound,
        });

        var error = await Assert.ThrowsAsync<NotFoundException>(() => client.AskAsync("azure/gpt-4o"));

        Assert.Equal("DeploymentNotFound", error.Code);
        Assert.EndsWith("a model of azure/ is the name of one of the resource's deployments: look whether 'gpt-4o' is one, and whether it is minutes old", error.Message, StringComparison.Ordinal);
    }

    private static Asked Stream(string events) => new() { Reply = events, Type = "text/event-stream" };

    private static string Chunk(string choice) => $$"""data: {"id":"chatcmpl-7r","object":"chat.completion.chunk","created":1692913344,"model":"gpt-35-turbo","choices":[{{choice}}],"usage":null}""" + "\n\n";

    private static string Note(string choice) => $$"""data: {"id":"","object":"","created":0,"model":"","choices":[{{choice}}],"usage":null}""" + "\n\n";

    private static LlmClient Client(HttpMessageHandler handler) => new(new() { Handler = handler, Environment = static name => name switch { "AZURE_RESOURCE_NAME" => "res", "AZURE_API_KEY" => "k", _ => null }, Retries = Calls.Once });
}
