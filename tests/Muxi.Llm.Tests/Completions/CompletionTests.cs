using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Completions: what is sent, what is read, and how a stream begins, ends and breaks.</summary>
public sealed class CompletionTests
{
    private const string Opening = """data: {"id":"cmpl-1","object":"text_completion","created":7,"model":"m-1","choices":[{"text":"","index":0,"logprobs":null,"finish_reason":null}]}""" + "\n\n";
    private const string End = """data: {"id":"cmpl-1","created":7,"model":"m-1","choices":[{"text":"","index":0,"finish_reason":"stop"}]}""" + "\n\n";
    private const string Usage = """data: {"id":"cmpl-1","created":7,"model":"m-1","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}""" + "\n\n";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_option_is_sent_and_what_is_left_out_is_not()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply("ok")));
        using var client = Calls.ClientFor(server.Url);

        await client.Completions.CreateAsync(Full, null, Token);
        await client.Completions.CreateAsync(new() { Model = "openai/m", Prompt = null }, null, Token);

        Assert.Equal("/completions", server.Requests[0].Target);
        Assert.Equal("""{"model":"m","prompt":["a","b"],"suffix":"s","echo":true,"n":2,"best_of":3,"max_tokens":4,"temperature":0.5,"top_p":0.25,"frequency_penalty":-1,"presence_penalty":1,"logprobs":5,"logit_bias":{"50256":-100},"seed":42,"stop":["x","y"],"user":"ann","top_k":7}""", server.Requests[0].Text);
        Assert.Equal("""{"model":"m","prompt":null}""", server.Requests[1].Text);
    }

    public static TheoryData<string, string> Prompts => new()
    {
        { "\"one\"", "\"one\"" }, { "[\"one\"]", "[\"one\"]" }, { "[\"one\",\"two\"]", "[\"one\",\"two\"]" }, { "[1,2]", "[1,2]" }, { "[[1],[2,3]]", "[[1],[2,3]]" }, { "\"\"", "\"\"" },
    };

    [Theory, MemberData(nameof(Prompts))]
    public async Task A_prompt_is_text_tokens_or_a_list_of_either(string prompt, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply("ok")));
        using var client = Calls.ClientFor(server.Url);

        await client.Completions.CreateAsync(CompletionRequest.Parse(Encoding.UTF8.GetBytes($$"""{"model":"openai/m","prompt":{{prompt}}}""")), null, Token);

        Assert.Equal($$"""{"model":"m","prompt":{{sent}}}""", server.Requests[0].Text);
    }

    [Fact]
    public void A_list_of_texts_can_be_written_as_one()
    {
        TextInput texts = ["one", "two"];

        Assert.Equal(["one", "two"], texts.Texts);
        Assert.Equal((true, 2), (texts.IsList, texts.Count));
        Assert.Equal([1, 2], TextInput.FromTokens([1, 2]).Tokens[0]);
        Assert.Equal(("one", "2 texts"), (TextInput.FromText("one").ToString(), texts.ToString()));
    }

    [Theory]
    [InlineData("""{"prompt":"a"}""", null)]
    [InlineData("""{"model":"m"}""", null)]
    [InlineData("""{"model":"m","prompt":3}""", "prompt")]
    [InlineData("""{"model":"m","prompt":["a",3]}""", "prompt[1]")]
    [InlineData("""{"model":"m","prompt":[[1],["a"]]}""", "prompt[1][0]")]
    [InlineData("""{"model":"m","prompt":[1,2.5]}""", "prompt[1]")]
    [InlineData("""{"model":"m","prompt":"a","echo":"yes"}""", "echo")]
    [InlineData("""{"model":"m","prompt":"a","logprobs":true}""", "logprobs")]
    [InlineData("""{"model":"m","prompt":"a","stop":[1]}""", "stop")]
    [InlineData("""{"model":"m","prompt":"a"} x""", null)]
    public void A_request_of_the_wrong_shape_is_refused_by_its_place(string json, string? path)
    {
        var error = Assert.ThrowsAny<JsonException>(() => CompletionRequest.Parse(Encoding.UTF8.GetBytes(json)));

        if (path is not null) Assert.Equal(path, error.Path);
    }

    [Fact]
    public void A_request_and_a_reply_survive_their_own_JSON()
    {
        var request = Full with { Stream = true, StreamOptions = new() { IncludeUsage = true } };
        const string reply = """{"id":"cmpl-1","object":"text_completion","created":7,"model":"m-1","choices":[{"text":"hi","index":0,"logprobs":{"tokens":["h","i"],"token_logprobs":[null,-0.5],"top_logprobs":[null,{"i":-0.5,"o":-2}],"text_offset":[0,1],"x":1},"finish_reason":"stop","stop_reason":7}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3},"system_fingerprint":"fp","vendor":{"a":[1]}}""";

        Assert.Equal(request.ToJson(), CompletionRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())).ToJson());
        Assert.Equal(reply, Completion.Parse(Encoding.UTF8.GetBytes(reply)).ToJson());
        Assert.Equal(reply, CompletionChunk.Parse(Encoding.UTF8.GetBytes(reply)).ToJson());
        Assert.Contains("\n", request.ToIndentedJson() + Completion.Parse(Encoding.UTF8.GetBytes(reply)).ToIndentedJson(), StringComparison.Ordinal);
    }

    public static TheoryData<CompletionRequest, string> Wrongs => new()
    {
        { Ask() with { Prompt = TextInput.FromTexts([]) }, "prompt" }, { Ask() with { Prompt = TextInput.FromTokens((IReadOnlyList<IReadOnlyList<int>>)[[1], []]) }, "prompt[1]" }, { Ask() with { Prompt = TextInput.FromTokens([-1]) }, "prompt" },
        { Ask() with { N = 0 }, "n" }, { Ask() with { N = 3, BestOf = 2 }, "best_of" }, { Ask() with { MaxTokens = -1 }, "max_tokens" }, { Ask() with { Logprobs = -1 }, "logprobs" },
        { Ask() with { Temperature = -0.1 }, "temperature" }, { Ask() with { TopP = 1.5 }, "top_p" },
    };

    [Theory, MemberData(nameof(Wrongs))]
    public async Task What_is_wrong_for_everybody_is_refused_before_anything_is_sent(CompletionRequest request, string param)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}"));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(request, null, Token));

        Assert.Equal(param, error.Param);
        Assert.Contains(param, error.Message, StringComparison.Ordinal);
        Assert.Throws<BadRequestException>(() => client.Completions.StreamAsync(request, null, Token));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void The_best_of_several_cannot_be_streamed()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });

        Assert.Equal("best_of", Assert.Throws<BadRequestException>(() => client.Completions.StreamAsync(Ask() with { BestOf = 2 }, null, Token)).Param);
    }

    [Fact]
    public async Task A_stream_is_the_whole_reply_in_pieces_and_asks_for_its_usage()
    {
        await using var server = await ReplayServer.StartAsync(7, CannedReply.Sse(Opening + Piece("Grüße ") + Piece("\\ud83d") + Piece("\\udc4b", index: 1) + Piece("\\udc4b") + End + Usage + Calls.Done));
        using var client = Calls.ClientFor(server.Url);

        var chunks = await client.Completions.StreamAsync(Ask(), null, Token).ToListAsync(Token);
        var whole = await chunks.ToAsyncEnumerable().ToCompletionAsync(Token);

        Assert.Equal("""{"model":"m","prompt":"Once","stream":true,"stream_options":{"include_usage":true}}""", server.Requests[0].Text);
        Assert.Equal(("Grüße 👋", "stop", 5L, "cmpl-1", "m-1"), (whole.Text, whole.Choices[0].FinishReason?.Value, whole.Usage?.TotalTokens ?? 0, whole.Id, whole.Model));
        Assert.Equal("openai", whole.Provider);
        Assert.Equal("Grüße 👋", string.Concat(await chunks.ToAsyncEnumerable().TextAsync(Token).ToListAsync(Token)));
        Assert.Single(chunks, chunk => chunk.Usage is not null);
        Assert.NotNull(chunks[^1].Usage);
    }

    [Fact]
    public async Task A_stream_folds_alike_wherever_the_network_cuts_it()
    {
        var events = ": keep-alive\r\n\r\n" + Opening + Piece("Grüße 👋🏽\\n") + Piece("B", index: 1).Replace("data: ", "data:", StringComparison.Ordinal) + Piece("\\ud83d") + Piece("\\udc4b") + End + Usage + Calls.Done;
        var seen = new HashSet<string>();
        for (var seed = 1; seed <= 20; seed++)
        {
            await using var server = await ReplayServer.StartAsync(seed, CannedReply.Sse(events));
            using var client = Calls.ClientFor(server.Url);
            seen.Add((await client.Completions.StreamAsync(Ask(), null, Token).ToCompletionAsync(Token)).ToJson());
        }

        Assert.Contains("\"total_tokens\":5", Assert.Single(seen), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_stream_is_written_as_events_that_read_the_same()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(Opening + Piece("a") + End + Usage + Calls.Done));
        using var client = Calls.ClientFor(server.Url);
        using var output = new MemoryStream();

        await client.Completions.StreamAsync(Ask(), null, Token).WriteSseAsync(output, Token);

        await using var again = await ReplayServer.StartAsync(1, CannedReply.Sse(Encoding.UTF8.GetString(output.ToArray())));
        using var other = Calls.ClientFor(again.Url);
        Assert.EndsWith("data: [DONE]\n\n", Encoding.UTF8.GetString(output.ToArray()), StringComparison.Ordinal);
        Assert.Equal("a", (await other.Completions.StreamAsync(Ask(), null, Token).ToCompletionAsync(Token)).Text);
    }

    [Theory]
    [InlineData("a", "")]
    [InlineData("", "")]
    [InlineData("a", """{"error":{"message":"it broke","code":"server_error"}}""")]
    [InlineData("a", "{\"id\":")]
    public async Task A_stream_without_its_end_is_an_error_that_holds_what_came(string text, string last)
    {
        var events = Opening + (text.Length > 0 ? Piece(text) : "") + (last.Length > 0 ? $"data: {last}\n\n" : "");
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(events));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Completions.StreamAsync(Ask(), null, Token).ToCompletionAsync(Token));

        Assert.Equal(text, (error.Partial as Completion)?.Text ?? "");
    }

    [Fact]
    public async Task A_stream_with_a_finish_reason_needs_no_done_and_one_with_done_no_reason()
    {
        await using var first = await ReplayServer.StartAsync(1, CannedReply.Sse(Opening + Piece("a") + End));
        await using var second = await ReplayServer.StartAsync(1, CannedReply.Sse(Opening + Piece("a") + Calls.Done));

        foreach (var server in (ReplayServer[])[first, second])
        {
            using var client = Calls.ClientFor(server.Url);
            Assert.Equal("stop", (await client.Completions.StreamAsync(Ask(), null, Token).ToCompletionAsync(Token)).Choices[0].FinishReason?.Value);
        }
    }

    [Fact]
    public async Task An_error_in_the_opening_is_the_attempts_own_and_another_model_answers()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Sse(request.Text.Contains("\"m\"", StringComparison.Ordinal)
            ? Opening + "data: {\"error\":{\"message\":\"overloaded\",\"code\":\"overloaded\"}}\n\n" : Opening + Piece("from the other") + End + Calls.Done));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Completions.StreamAsync(Ask(), new() { Fallbacks = ["openai/other"] }, Token).ToCompletionAsync(Token);

        Assert.Equal(("from the other", 2), (reply.Text, reply.Attempts.Count));
    }

    [Fact]
    public async Task A_vendors_finish_reason_is_told_in_our_words_and_kept()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"choices":[{"text":"a","finish_reason":"eos"},{"text":"b","finish_reason":"tired"}]}"""));
        using var client = Calls.ClientFor(server.Url);

        var choices = (await client.Completions.CreateAsync(Ask(), null, Token)).Choices;

        Assert.Equal([(0, "stop", "eos"), (1, "tired", "tired")], choices.Select(choice => (choice.Index, choice.FinishReason!.Value.Value, choice.FinishReasonRaw)));
    }

    [Theory]
    [InlineData("""{"error":{"message":"no such model","code":"model_not_found"}}""")]
    [InlineData("""{"choices":[]}""")]
    [InlineData("<html>busy</html>")]
    [InlineData("""{"choices":[{"text":"a","finish_reason":"error"}]}""")]
    public async Task A_good_status_with_no_answer_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAnyAsync<ApiException>(() => client.Completions.CreateAsync(Ask(), null, Token));
    }

    [Fact]
    public async Task The_synchronous_doors_give_the_same()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.Sse(Piece("a") + Piece("b") + Calls.Done) : CannedReply.Json(Reply("ab")));
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal("ab", client.Completions.Create(Ask(), null, Token).Text);
        Assert.Equal("ab", string.Concat(client.Completions.Stream(Ask(), null, Token).Select(chunk => chunk.Text)));
    }

    [Fact]
    public async Task A_service_without_completions_says_so_and_nothing_is_sent()
    {
        using var client = new LlmClient(new() { Environment = static _ => null, ApiKeys = new Dictionary<string, string> { ["groq"] = Calls.Key } });

        Assert.Contains("completions", (await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Completions.CreateAsync(Ask() with { Model = "groq/m" }, null, Token))).Message, StringComparison.Ordinal);
    }

    internal static CompletionRequest Full { get; } = new()
    {
        Model = "openai/m", Prompt = ["a", "b"], Suffix = "s", Echo = true, N = 2, BestOf = 3, MaxTokens = 4, Temperature = 0.5, TopP = 0.25, FrequencyPenalty = -1, PresencePenalty = 1, Logprobs = 5,
        LogitBias = new Dictionary<string, double> { ["50256"] = -100 }, Seed = 42, Stop = ["x", "y"], User = "ann", Extra = """{"top_k":7}""",
    };

    private static CompletionRequest Ask() => new() { Model = "openai/m", Prompt = "Once" };

    private static string Piece(string text, int index = 0) => $$"""data: {"id":"cmpl-1","created":7,"model":"m-1","choices":[{"text":"{{text}}","index":{{index}},"logprobs":null,"finish_reason":null}]}""" + "\n\n";

    private static string Reply(string text) => $$$"""{"id":"cmpl-1","object":"text_completion","created":7,"model":"m-1","choices":[{"text":"{{{text}}}","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3}}""";
}
