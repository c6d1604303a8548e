using System.Net;
using System.Text;
using System.Text.Json;
using Microsoft.Extensions.AI;

namespace Muxi.Llm.Tests;

/// <summary><c>Provider.From</c>: any client of Microsoft.Extensions.AI as a service behind a name.</summary>
public sealed class ClientProviderTests
{
    private static ChatResponseUpdate Update(params AIContent[] contents) => new(ChatRole.Assistant, contents) { ResponseId = "resp_1", ModelId = "theirs-2026", CreatedAt = DateTimeOffset.FromUnixTimeSeconds(1763900000) };

    private static ChatResponseUpdate End(string reason, params AIContent[] contents)
    {
        var last = Update(contents);
        last.FinishReason = new ChatFinishReason(reason);
        return last;
    }

    private static LlmClient ClientOf(params Provider[] providers) => new(new LlmOptions { Providers = providers, Environment = static _ => null, Retries = Calls.Once });

    private static async Task<ChatCompletion> AskAsync(IChatClient theirs, bool stream, ChatCompletionRequest? request = null)
    {
        using var client = ClientOf(Provider.From(theirs, "mine"));
        request ??= Calls.Ask("mine/best");
        return stream ? await client.AskStream(request).WholeAsync() : await client.AskAsync(request);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Text_thinking_usage_and_the_end_are_told(bool stream)
    {
        var theirs = new ScriptedClient
        {
            Updates =
            [
                Update(new TextReasoningContent("Let me ")), Update(new TextReasoningContent("see.")), Update(new TextReasoningContent("") { ProtectedData = "c2VhbA==" }),
                Update(new TextContent("Hel")), Update(new TextContent("lo.")),
                End("length", new UsageContent(new() { InputTokenCount = 7, OutputTokenCount = 5, CachedInputTokenCount = 3, ReasoningTokenCount = 2, AdditionalCounts = new() { ["searches"] = 1 } })),
            ],
        };

        var reply = await AskAsync(theirs, stream);

        Assert.Equal(("resp_1", "theirs-2026", 1763900000), (reply.Id, reply.Model, reply.Created));
        Assert.Equal(("Hello.", "Let me see.", FinishReason.Length), (reply.Text, reply.Choices[0].Message.ReasoningContent, reply.Choices[0].FinishReason));
        Assert.Equal((7, 5, 12), (reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
        Assert.Equal((3, 2), (reply.Usage.PromptTokensDetails!.CachedTokens, reply.Usage.CompletionTokensDetails!.ReasoningTokens));
        Assert.Equal("1", reply.Usage.Extra["searches"].ToString());
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_sealed_thought_goes_back_to_the_same_client_and_its_seal_to_no_other(bool stream)
    {
        var theirs = new ScriptedClient { Updates = [Update(new TextReasoningContent("Hm.") { ProtectedData = "c2VhbA==" }), End("stop", new TextContent("Yes."))] };
        var other = new ScriptedClient { Updates = [End("stop", new TextContent("No."))] };
        var first = await AskAsync(theirs, stream);
        var next = Calls.Ask("mine/best") with { Messages = [Message.User("Hello?"), first.Choices[0].Message, Message.User("Sure?")] };
        next = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(next.ToJson()));

        await AskAsync(theirs, stream, next);
        using var client = ClientOf(Provider.From(other, "another"));
        await client.AskAsync(next with { Model = "another/x" });

        var thought = Assert.IsType<TextReasoningContent>(theirs.Messages[1].Contents[0]);
        Assert.Equal(("Hm.", "c2VhbA=="), (thought.Text, thought.ProtectedData));
        Assert.Null(Assert.IsType<TextReasoningContent>(other.Messages[1].Contents[0]).ProtectedData);
    }

    [Theory]
    [InlineData("""{"type":"image_url","image_url":{"url":"a picture"}}""")]
    [InlineData("""{"type":"input_audio","input_audio":{"data":"%%%","format":"wav"}}""")]
    [InlineData("""{"type":"file","file":{"file_data":"%%%"}}""")]
    public async Task A_part_that_no_content_can_be_made_of_is_the_callers_mistake(string part)
    {
        var theirs = new ScriptedClient();
        var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes($$"""{"model":"mine/best","messages":[{"role":"user","content":[{{part}}]}]}"""));

        foreach (var stream in (bool[])[false, true])
        {
            var error = await Assert.ThrowsAsync<BadRequestException>(() => AskAsync(theirs, stream, request));

            Assert.StartsWith("mine: messages.content: ", error.Message, StringComparison.Ordinal);
        }
        Assert.Equal(0, theirs.Calls);
    }

    [Theory]
    [InlineData("JVBERi0xLjQ=", "application/pdf")]
    [InlineData("data:text/csv;base64,YQ==", "text/csv")]
    [InlineData("https://x.test/a.pdf", "application/pdf")]
    public async Task A_file_is_told_in_each_of_its_forms(string data, string type)
    {
        var theirs = new ScriptedClient { Updates = [End("stop", new TextContent("Read."))] };

        await AskAsync(theirs, stream: false, ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes($$$"""{"model":"mine/best","messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"{{{data}}}"}}]}]}""")));

        Assert.Equal(type, theirs.Messages[0].Contents[0] switch { DataContent held => held.MediaType, UriContent link => link.MediaType, var other => other.ToString() });
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Calls_come_and_their_results_go_back(bool stream)
    {
        var theirs = new ScriptedClient
        {
            Updates =
            [
                Update(new TextContent("Looking. ")),
                Update(new FunctionCallContent("call_1", "get_weather", new Dictionary<string, object?> { ["city"] = "Oslo", ["days"] = 2, ["exact"] = JsonElement.Parse("[1.50,null]") })),
                End("tool_calls", new FunctionCallContent("call_2", "now")),
            ],
        };
        var ask = Calls.Ask("mine/best") with
        {
            Tools = [Tool.FromFunction("get_weather", "The weather", """{"type":"object","properties":{"city":{"type":"string"}}}""") with { Function = new("get_weather") { Description = "The weather", Parameters = """{"type":"object","properties":{"city":{"type":"string"}}}""", Strict = true } }, Tool.FromFunction("now")],
            ToolChoice = ToolChoice.Function("now"), ParallelToolCalls = false,
        };

        var reply = await AskAsync(theirs, stream, ask);
        var tools = theirs.Options!.Tools!.Cast<AIFunctionDeclaration>().ToList();
        await AskAsync(theirs, stream, ask with { Messages = [.. ask.Messages, reply.Choices[0].Message, Message.Tool("call_1", "Cold."), Message.ToolError("call_2", "No clock.")] });

        Assert.Equal(FinishReason.ToolCalls, reply.Choices[0].FinishReason);
        Assert.Equal(["""call_1 get_weather {"city":"Oslo","days":2,"exact":[1.50,null]}""", "call_2 now {}"], reply.ToolCalls.Select(call => $"{call.Id} {call.Function.Name} {call.Function.Arguments}"));
        Assert.Equal(["get_weather The weather string", "now  "], tools.Select(tool => $"{tool.Name} {tool.Description} {(tool.JsonSchema.TryGetProperty("properties", out var all) && all.TryGetProperty("city", out var city) ? city.GetProperty("type").GetString() : "")}"));
        Assert.Equal(true, tools[0].AdditionalProperties["strict"]);
        Assert.Equal(("now", false), (Assert.IsType<RequiredChatToolMode>(theirs.Options.ToolMode).RequiredFunctionName, theirs.Options.AllowMultipleToolCalls));
        var call = Assert.IsType<FunctionCallContent>(theirs.Messages[1].Contents[1]);
        Assert.Equal(("call_1", "Oslo"), (call.CallId, Assert.IsType<JsonElement>(call.Arguments!["city"]).GetString()));
        Assert.Equal([ChatRole.Tool, ChatRole.Tool], theirs.Messages.Skip(2).Select(message => message.Role));
        Assert.Equal([("call_1", "Cold.", false), ("call_2", "No clock.", true)], theirs.Messages.Skip(2).Select(message => Assert.IsType<FunctionResultContent>(Assert.Single(message.Contents))).Select(result => (result.CallId, (string)result.Result!, result.Exception is not null)));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Calls_that_the_client_has_answered_itself_are_not_told(bool stream)
    {
        var theirs = new ScriptedClient
        {
            Updates =
            [
                Update(new FunctionCallContent("call_1", "inside")), new(ChatRole.Tool, [new FunctionResultContent("call_1", "42")]),
                Update(new FunctionCallContent("call_2", "told") { InformationalOnly = true }), Update(new TextContent("It is 42.")), new() { FinishReason = ChatFinishReason.Stop },
            ],
        };

        var reply = await AskAsync(theirs, stream);

        Assert.Equal(("It is 42.", 0, FinishReason.Stop), (reply.Text, reply.ToolCalls.Count, reply.Choices[0].FinishReason));
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Pictures_sound_refusals_and_citations_are_told(bool stream)
    {
        var theirs = new ScriptedClient
        {
            Updates =
            [
                Update(new TextContent("See: ")),
                Update(new TextContent("the sky is blue.") { Annotations = [new CitationAnnotation { Url = new("https://sky.example/"), Title = "Sky", AnnotatedRegions = [new TextSpanAnnotatedRegion { StartIndex = 4, EndIndex = 7 }] }] }),
                Update(new DataContent(new byte[] { 1, 2, 3 }, "image/png"), new UriContent("https://pics.example/a.png", "image/png"), new DataContent(new byte[] { 4, 5 }, "audio/wav")),
                End("stop", new ErrorContent("Not that.") { ErrorCode = "Refusal" }),
            ],
        };

        var message = (await AskAsync(theirs, stream)).Choices[0].Message;

        Assert.Equal(("See: the sky is blue.", "Not that.", "BAU="), (message.Content, message.Refusal, message.Audio?.Data));
        Assert.Equal(["data:image/png;base64,AQID", "https://pics.example/a.png"], message.Images.Select(image => image.Url));
        var citation = Assert.Single(message.Annotations);
        Assert.Equal(("https://sky.example/", "Sky", 9, 12), (citation.Url, citation.Title, citation.StartIndex, citation.EndIndex));
    }

    [Fact]
    public async Task Everything_that_is_asked_reaches_the_client()
    {
        var theirs = new ScriptedClient { Updates = [End("stop", new TextContent("ok"))] };

        var reply = await AskAsync(theirs, stream: false, new()
        {
            Model = "mine/best",
            Messages =
            [
                Message.System("Be brief."), Message.Developer("Be kind."),
                Message.User("Look", Image.FromUrl("https://pics.example/a.jpg"), Image.FromBytes(new byte[] { 0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13 }), new() { Type = ContentPartType.InputAudio, InputAudio = new("AQID", "mp3") }, new() { Type = ContentPartType.File, File = new() { FileId = "file-1", Filename = "a.pdf" } }) with { Name = "ann" },
            ],
            MaxCompletionTokens = 50, Temperature = 0.5, TopP = 0.25, FrequencyPenalty = 1, PresencePenalty = -1, Seed = 9, Stop = ["END"], ReasoningEffort = ReasoningEffort.High, N = 2, Logprobs = true,
            ResponseFormat = ResponseFormat.JsonSchema("shape", """{"type":"object"}"""), User = "u1", Extra = """{"top_k":5,"own":{"a":[1]}}""",
        });

        var options = theirs.Options!;
        Assert.Equal(("best", 50, 0.5f, 0.25f, 1f, -1f, 9L), (options.ModelId, options.MaxOutputTokens, options.Temperature, options.TopP, options.FrequencyPenalty, options.PresencePenalty, options.Seed));
        Assert.Equal((5, "END", Microsoft.Extensions.AI.ReasoningEffort.High), (options.TopK, Assert.Single(options.StopSequences!), options.Reasoning!.Effort));
        var format = Assert.IsType<ChatResponseFormatJson>(options.ResponseFormat);
        Assert.Equal(("shape", """{"type":"object"}"""), (format.SchemaName, format.Schema!.Value.GetRawText()));
        Assert.Equal(["own", "user"], options.AdditionalProperties!.Keys.Order(StringComparer.Ordinal));
        Assert.Equal("""{"a":[1]}""", Assert.IsType<JsonElement>(options.AdditionalProperties["own"]).GetRawText());
        Assert.Equal(["system: Be brief.", "system: Be kind.", "user: Look"], theirs.Messages.Select(message => $"{message.Role}: {message.Text}"));
        var parts = theirs.Messages[2].Contents;
        Assert.Equal(("ann", "https://pics.example/a.jpg", "image/png", "audio/mpeg"), (theirs.Messages[2].AuthorName, ((UriContent)parts[1]).Uri.ToString(), ((DataContent)parts[2]).MediaType, ((DataContent)parts[3]).MediaType));
        Assert.Equal(("file-1", "a.pdf"), (((HostedFileContent)parts[4]).FileId, ((HostedFileContent)parts[4]).Name));
        Assert.Equal(["logprobs", "n"], reply.Warnings.Select(warning => warning.Param).Order(StringComparer.Ordinal));
    }

    [Fact]
    public async Task The_clients_own_choice_of_a_model_is_left_to_it()
    {
        var theirs = new ScriptedClient { Updates = [End("stop", new TextContent("ok"))], Metadata = new("acme", null, null) };
        using var client = ClientOf(Provider.From(theirs));

        await client.AskAsync("acme/default");

        Assert.Null(theirs.Options!.ModelId);
    }

    public static TheoryData<string, string, ErrorKind> Failures => new()
    {
        { "InvalidOperationException", "It broke.", ErrorKind.Server },
        { "ClientResultException", "HTTP 429 (requests: rate_limit_exceeded)\n\nRate limit reached for requests", ErrorKind.RateLimit },
        { "ClientResultException", "HTTP 400 (invalid_request_error: context_length_exceeded)\n\nThis model's maximum context length is 128000 tokens.", ErrorKind.ContextLength },
        { "RequestFailedException", "Service request failed.\nStatus: 401 (Unauthorized)", ErrorKind.Authentication },
        { "NotSupportedException", "No pictures.", ErrorKind.Unsupported },
        { "TimeoutException", "Too slow.", ErrorKind.Timeout },
        { "HttpRequestException 503", "busy", ErrorKind.Overloaded },
        { "HttpRequestException", "no route", ErrorKind.Connection },
    };

    [Theory, MemberData(nameof(Failures))]
    public async Task What_a_client_raises_becomes_our_exception_and_stays_within(string type, string message, ErrorKind kind)
    {
        Exception failure = type switch
        {
            "NotSupportedException" => new NotSupportedException(message), "TimeoutException" => new TimeoutException(message),
            "HttpRequestException 503" => new HttpRequestException(message, null, HttpStatusCode.ServiceUnavailable), "HttpRequestException" => new HttpRequestException(message),
            _ => new InvalidOperationException(message),
        };
        foreach (var stream in (bool[])[false, true])
        {
            var theirs = new ScriptedClient { Failure = failure };

            var error = await Assert.ThrowsAnyAsync<LlmException>(() => AskAsync(theirs, stream));

            Assert.Equal((kind, "mine", "best"), (error.Kind, error.Provider, error.Model));
            Assert.Same(failure, error.InnerException);
            Assert.Contains(message.Split('\n')[0], error.Message, StringComparison.Ordinal);
        }
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task Another_service_takes_over_when_the_client_fails(bool stream)
    {
        var broken = new ScriptedClient { Failure = new InvalidOperationException("down") };
        var good = new ScriptedClient { Updates = [End("stop", new TextContent("Here."))] };
        using var client = ClientOf(Provider.From(broken, "broken"), Provider.From(good, "good"));
        var options = new RequestOptions { Fallbacks = ["good/x"], MaxRetries = 2 };

        var reply = stream ? await client.AskStream("broken/x", options).WholeAsync() : await client.AskAsync("broken/x", options);

        Assert.Equal(("Here.", 1, 1), (reply.Text, broken.Calls, good.Calls));
    }

    [Fact]
    public async Task A_failure_after_the_first_words_ends_the_stream_with_what_came()
    {
        var theirs = new ScriptedClient { Updates = [Update(new TextContent("Half"))], Failure = new IOException("cut") };
        using var client = ClientOf(Provider.From(theirs, "mine"));

        var (chunks, error) = await client.AskStream("mine/x").ReadAsync();

        Assert.Equal("Half", string.Concat(chunks.Select(chunk => chunk.Text)));
        Assert.IsAssignableFrom<LlmException>(error);
    }

    [Fact]
    public async Task Who_leaves_the_stream_or_cancels_ends_the_clients_work()
    {
        var left = new ScriptedClient { Updates = [Update(new TextContent("One"))], Hangs = true };
        var cancelled = new ScriptedClient { Hangs = true };
        using var client = ClientOf(Provider.From(left, "left"), Provider.From(cancelled, "cancelled"));
        using var source = new CancellationTokenSource();

        await foreach (var chunk in client.AskStream("left/x"))
            if (chunk.Text is "One") break;
        var asking = client.AskAsync("cancelled/x", token: source.Token);
        await source.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => asking);
        await left.Left.Task.SoonAsync();
        await cancelled.Left.Task.SoonAsync();
    }

    [Fact]
    public async Task An_error_that_is_all_that_came_is_raised_and_one_beside_an_answer_is_not()
    {
        foreach (var stream in (bool[])[false, true])
        {
            var error = await Assert.ThrowsAsync<ServerException>(() => AskAsync(new ScriptedClient { Updates = [End("stop", new ErrorContent("It failed.") { ErrorCode = "E7" })] }, stream));
            var reply = await AskAsync(new ScriptedClient { Updates = [Update(new ErrorContent("A tool failed.")), End("stop", new TextContent("But here."))] }, stream);

            Assert.Equal(("mine: It failed. (E7)", "E7", "But here."), (error.Message, error.Code, reply.Text));
        }
    }

    [Fact]
    public async Task Tools_run_with_it_as_with_any_other()
    {
        var turn = 0;
        var theirs = new AnsweringClient(messages => turn++ == 0 ? [new FunctionCallContent("c1", "add", new Dictionary<string, object?> { ["a"] = 2, ["b"] = 3 })] : [new TextContent($"It is {((FunctionResultContent)messages[^1].Contents[0]).Result}.")]);
        using var client = ClientOf(Provider.From(theirs, "mine"));

        var reply = await client.Chat.Completions.RunToolsAsync(Calls.Ask("mine/x", "2+3?"), [FunctionTool.Create((int a, int b) => a + b, new() { Name = "add" })], cancellationToken: TestContext.Current.CancellationToken);

        Assert.Equal("It is 5.", reply.Text);
    }

    [Fact]
    public async Task Embeddings_are_those_of_the_generator()
    {
        var theirs = new Generator();
        using var client = ClientOf(Provider.From(new ScriptedClient { Updates = [End("stop", new TextContent("hi"))] }, theirs, "mine"));
        var token = TestContext.Current.CancellationToken;

        var reply = await client.Embeddings.CreateAsync(new() { Model = "mine/vectors", Input = ["one", "two"], Dimensions = 2, Extra = """{"own":true}""" }, cancellationToken: token);
        var tokens = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Embeddings.CreateAsync(new() { Model = "mine/vectors", Input = TextInput.FromTokens([1, 2]) }, cancellationToken: token));

        Assert.Equal([[3f, 0.1f], [3f, 0.1f]], reply.Data.Select(one => one.Vector.ToArray()));
        Assert.Equal((4, "vec-1", "vectors", 2, true), (reply.Usage!.PromptTokens, reply.Model, theirs.Options!.ModelId, theirs.Options.Dimensions, ((JsonElement)theirs.Options.AdditionalProperties!["own"]!).GetBoolean()));
        Assert.Equal("mine: input: it takes texts, not tokens", tokens.Message);
        Assert.Equal("hi", (await client.AskAsync("mine/x")).Text);
    }

    [Fact]
    public async Task What_the_client_does_not_offer_is_told_as_of_any_other()
    {
        using var client = ClientOf(Provider.From(new Generator(), "vectors"));

        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskAsync("vectors/x"));
    }

    [Fact]
    public void A_name_is_needed_and_must_fit_before_a_slash()
    {
        Assert.Equal("the client does not tell its name: give one, Provider.From(client, \"mine\")", Assert.Throws<ConfigurationException>(() => Provider.From(new ScriptedClient())).Message);
        Assert.Throws<ConfigurationException>(() => Provider.From(new ScriptedClient(), "a/b"));
        Assert.Equal(("told", "m-1"), (Provider.From(new ScriptedClient { Metadata = new("told", null, "m-1") }).Name, Provider.From(new ScriptedClient { Metadata = new("told", null, "m-1") }).DefaultModel));
    }

    private sealed class AnsweringClient(Func<IReadOnlyList<ChatMessage>, List<AIContent>> answer) : IChatClient
    {
        public Task<ChatResponse> GetResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => Task.FromResult(new ChatResponse(new ChatMessage(ChatRole.Assistant, answer([.. messages]))));

        public IAsyncEnumerable<ChatResponseUpdate> GetStreamingResponseAsync(IEnumerable<ChatMessage> messages, ChatOptions? options = null, CancellationToken cancellationToken = default) => throw new NotSupportedException();

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }

    private sealed class Generator : IEmbeddingGenerator<string, Embedding<float>>
    {
        public EmbeddingGenerationOptions? Options { get; private set; }

        public Task<GeneratedEmbeddings<Embedding<float>>> GenerateAsync(IEnumerable<string> values, EmbeddingGenerationOptions? options = null, CancellationToken cancellationToken = default)
        {
            Options = options;
            return Task.FromResult(new GeneratedEmbeddings<Embedding<float>>(values.Select(value => new Embedding<float>(new[] { value.Length, 0.1f }) { ModelId = "vec-1" })) { Usage = new() { InputTokenCount = 4, TotalTokenCount = 4 } });
        }

        public object? GetService(Type serviceType, object? serviceKey = null) => null;

        public void Dispose() { }
    }
}
