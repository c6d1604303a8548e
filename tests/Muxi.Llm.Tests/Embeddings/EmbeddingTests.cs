using System.Collections.Concurrent;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;

namespace Muxi.Llm.Tests;

/// <summary>Embeddings: how they are asked for, how numbers come whatever their form, and many texts in several requests.</summary>
public sealed class EmbeddingTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Every_option_is_sent_and_base64_is_asked_for()
    {
        await using var server = await EmbeddingServerAsync();
        using var client = Calls.ClientFor(server.Url);

        await client.Embeddings.CreateAsync(new() { Model = "openai/m", Input = ["a", "b"], Dimensions = 3, User = "ann", Extra = """{"input_type":"query"}""" }, null, Token);
        await client.Embeddings.CreateAsync(new() { Model = "openai/m", Input = "a", EncodingFormat = EncodingFormat.Float }, null, Token);

        Assert.Equal(("/embeddings", """{"model":"m","input":["a","b"],"dimensions":3,"encoding_format":"base64","user":"ann","input_type":"query"}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal("""{"model":"m","input":"a","encoding_format":"float"}""", server.Requests[1].Text);
    }

    [Fact]
    public async Task Of_a_service_that_does_not_know_base64_it_is_not_asked_for()
    {
        await using var server = await EmbeddingServerAsync();
        using var client = Calls.ClientFor(server.Url, "lmstudio");

        await client.Embeddings.CreateAsync(new() { Model = "lmstudio/m", Input = "a" }, null, Token);

        Assert.Equal("""{"model":"m","input":"a"}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task A_service_that_a_configuration_file_defines_embeds_completes_and_moderates()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Target switch
        {
            "/embeddings" => Reply(request),
            "/completions" => CannedReply.Json("""{"choices":[{"text":"a","index":0,"finish_reason":"stop"}]}"""),
            _ => CannedReply.Json("""{"results":[{"flagged":true}]}"""),
        });
        using var client = new LlmClient(new() { Environment = static _ => null, Configuration = LlmConfiguration.Parse($"providers: {{house: {{base_url: \"{server.Url}\", key_required: false}}}}") });

        Assert.Equal(7f, (await client.Embeddings.CreateAsync(new() { Model = "house/m", Input = "7" }, null, Token)).Data[0].Vector.Span[0]);
        Assert.Equal("a", (await client.Completions.CreateAsync(new() { Model = "house/m", Prompt = "x" }, null, Token)).Text);
        Assert.True((await client.Moderations.CreateAsync(new() { Model = "house/m", Input = "x" }, null, Token)).IsFlagged);
    }

    public static TheoryData<string, string> Inputs => new() { { "\"one\"", "\"one\"" }, { "[\"one\"]", "[\"one\"]" }, { "[1,2]", "[1,2]" }, { "[[1],[2,3]]", "[[1],[2,3]]" } };

    [Theory, MemberData(nameof(Inputs))]
    public async Task An_input_is_text_tokens_or_a_list_of_either(string input, string sent)
    {
        await using var server = await EmbeddingServerAsync();
        using var client = Calls.ClientFor(server.Url);

        await client.Embeddings.CreateAsync(EmbeddingRequest.Parse(Encoding.UTF8.GetBytes($$"""{"model":"openai/m","input":{{input}}}""")), null, Token);

        Assert.Contains($"\"input\":{sent},", server.Requests[0].Text, StringComparison.Ordinal);
    }

    public static TheoryData<string> Forms =>
    [
        """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1,2e-3]},{"object":"embedding","index":1,"embedding":[3,4,5]}],"model":"m-1","usage":{"prompt_tokens":4,"total_tokens":4}}""",
        $$$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":"{{{Base64(0.5f, -1, 2e-3f)}}}"},{"object":"embedding","index":1,"embedding":"{{{Base64(3, 4, 5)}}}"}],"model":"m-1","usage":{"prompt_tokens":4,"total_tokens":4}}""",
        $$$"""{"usage":{"prompt_tokens":4,"total_tokens":4},"model":"m-1","data":[{"embedding":"{{{Base64(3, 4, 5)}}}","index":1},{"embedding":"{{{Base64(0.5f, -1, 2e-3f)}}}","index":0}]}""",
        $$$"""{"data":[{"index":0,"embedding":"{{{Base64(0.5f, -1, 2e-3f).Replace("/", "\\/", StringComparison.Ordinal)}}}"},{"index":0,"embedding":[3.0,4.0,5.0]}],"model":"m-1","usage":{"total_tokens":4}}""",
        """{"model":"m-1","data":[{"embedding":[0.5,-1.0,0.002]},{"embedding":[3,4,5]}],"error":null,"usage":{"prompt_tokens":4}}""",
    ];

    /// <summary>Cut at any place: what is read while it comes must not depend on where it was cut.</summary>
    [Theory, MemberData(nameof(Forms))]
    public void Every_form_gives_the_same_numbers_wherever_it_is_cut(string body)
    {
        var bytes = Encoding.UTF8.GetBytes(body);
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            var reply = Feed(bytes, cut, 7).ToResponse(new(200, default), 2, default);
            Assert.Equal([0.5f, -1, 2e-3f], reply.Data[0].Vector.ToArray());
            Assert.Equal([3f, 4, 5], reply.Data[1].Vector.ToArray());
            Assert.Equal([0, 1], reply.Data.Select(one => one.Index));
            Assert.Equal(("m-1", 4L), (reply.Model, reply.Usage?.PromptTokens ?? 0));
        }
    }

    [Fact]
    public void What_we_do_not_know_is_kept_and_written_back()
    {
        const string body = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,0.25],"text":null}],"model":"m","usage":{"prompt_tokens":4,"total_tokens":4,"cost":1},"id":"e-1","truncated":[true]}""";

        var reply = EmbeddingResponse.Parse(Encoding.UTF8.GetBytes(body));

        Assert.Equal(body, reply.ToJson());
        Assert.Equal(body.Replace("[0.5,0.25]", $"\"{Base64(0.5f, 0.25f)}\"", StringComparison.Ordinal), reply.ToJson(EncodingFormat.Base64));
        Assert.Equal(body, EmbeddingResponse.Parse(Encoding.UTF8.GetBytes(reply.ToJson(EncodingFormat.Base64))).ToJson());
        Assert.Equal("""{"text":null}""", reply.Data[0].Extra.ToString());
        Assert.Contains("\n", reply.ToIndentedJson(), StringComparison.Ordinal);
    }

    [Fact]
    public void Numbers_of_eight_bytes_are_known_by_their_empty_halves()
    {
        double[] halves = [0.5, -0.25, 0.125, 1, 2, -3, 4, 0.75];
        float[] real = [0.1f, 0.2f, 0.3f, 0.4f, 0.5f, 0.6f, 0.7f, 0.8f, 0.9f, 1f, 1.1f, 1.2f, 1.3f, 1.4f, 1.5f, 1.6f];

        Assert.Equal(halves.Select(number => (float)number), Vector(Convert.ToBase64String(MemoryMarshal.AsBytes<double>(halves))));
        Assert.Equal(real, Vector(Base64(real)));
        Assert.Equal(new float[16], Vector(Base64(new float[16])));

        static float[] Vector(string base64) => EmbeddingResponse.Parse(Encoding.UTF8.GetBytes($$"""{"data":[{"embedding":"{{base64}}"}]}""")).Data[0].Vector.ToArray();
    }

    [Theory]
    [InlineData("")]
    [InlineData("<html>busy</html>")]
    [InlineData("[]")]
    [InlineData("""{"data":null,"model":"m"}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[0.5,0.25]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":"AAAA="}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":"AAAA*AAA"}]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[0.5,"x"]}]}""")]
    [InlineData("""{"data":[{"index":0}]}""")]
    [InlineData("""{"data":[]}""")]
    [InlineData("""{"data":[{"index":0,"embedding":[1]},{"index":1,"embedding":[1]}]}""")]
    public async Task A_good_status_with_no_embeddings_or_too_many_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(new() { Model = "openai/m", Input = "a" }, null, Token));

        Assert.Contains("openai", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task An_error_with_a_good_status_is_that_error()
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Json("""{"error":{"message":"The model 'x' does not exist","type":"invalid_request_error","code":"model_not_found"}}"""));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(new() { Model = "openai/x", Input = "a" }, null, Token));

        Assert.Equal("model_not_found", error.Code);
    }

    public static TheoryData<EmbeddingRequest, string> Wrongs => new()
    {
        { Ask() with { Input = TextInput.FromTexts([]) }, "input" }, { Ask() with { Input = "" }, "input" }, { Ask() with { Input = ["a", ""] }, "input[1]" }, { Ask() with { Input = TextInput.FromTexts(["a", null!]) }, "input[1]" },
        { Ask() with { Input = TextInput.FromTokens((int[])[]) }, "input" }, { Ask() with { Dimensions = 0 }, "dimensions" },
    };

    [Theory, MemberData(nameof(Wrongs))]
    public async Task What_is_wrong_for_everybody_is_refused_before_anything_is_sent(EmbeddingRequest request, string param)
    {
        await using var server = await EmbeddingServerAsync();
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(param, (await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(request, null, Token))).Param);
        Assert.Empty(server.Requests);
    }

    [Theory]
    [InlineData("""{"input":"a"}""", null)]
    [InlineData("""{"model":"m"}""", null)]
    [InlineData("""{"model":"m","input":{"text":"a"}}""", "input")]
    [InlineData("""{"model":"m","input":["a",1]}""", "input[1]")]
    [InlineData("""{"model":"m","input":"a","dimensions":"3"}""", "dimensions")]
    [InlineData("""{"model":"m","input":"a","encoding_format":1}""", "encoding_format")]
    public void A_request_of_the_wrong_shape_is_refused_by_its_place(string json, string? path)
    {
        var error = Assert.ThrowsAny<JsonException>(() => EmbeddingRequest.Parse(Encoding.UTF8.GetBytes(json)));

        if (path is not null) Assert.Equal(path, error.Path);
    }

    [Theory]
    [InlineData(6, 2)]
    [InlineData(7, 3)]
    [InlineData(1, 3)]
    [InlineData(3, 3)]
    public async Task More_texts_than_a_service_takes_go_in_several_requests_and_come_as_one_reply(int texts, int most)
    {
        await using var server = await EmbeddingServerAsync();
        using var client = ClientOf(server.Url, most);

        var reply = await client.Embeddings.CreateAsync(Numbered(texts), null, Token);

        var requests = (texts + most - 1) / most;
        Assert.Equal(requests, server.Requests.Count);
        Assert.All(server.Requests, request => Assert.True(JsonNode.Parse(request.Text)!["input"]!.AsArray().Count <= most));
        Assert.Equal(Enumerable.Range(0, texts), reply.Data.Select(one => one.Index));
        Assert.Equal(Enumerable.Range(0, texts).Select(number => (float)number), reply.Data.Select(one => one.Vector.Span[0]));
        Assert.Equal((10L * texts, requests, "small"), (reply.Usage?.PromptTokens ?? 0, reply.Attempts.Count, reply.Provider));
    }

    [Fact]
    public async Task Tokens_are_split_like_texts()
    {
        await using var server = await EmbeddingServerAsync();
        using var client = ClientOf(server.Url, 2);

        await client.Embeddings.CreateAsync(new() { Model = "small/m", Input = TextInput.FromTokens((IReadOnlyList<IReadOnlyList<int>>)[[1], [2], [3]]) }, null, Token);

        Assert.Equal(["[[1],[2]]", "[[3]]"], server.Requests.Select(request => JsonNode.Parse(request.Text)!["input"]!.ToJsonString()).Order());
    }

    [Fact]
    public async Task Four_requests_are_under_way_at_once_and_no_more()
    {
        var (arrived, now, most) = (0, 0, 0);
        var four = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        await using var server = await TestServer.StartAsync(async context =>
        {
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            InterlockedMax(ref most, Interlocked.Increment(ref now));
            // The first ones are held until four are there; less than that would never end.
            if (Interlocked.Increment(ref arrived) == 4) four.SetResult();
            await four.Task.WaitAsync(TimeSpan.FromSeconds(30), context.RequestAborted);
            Interlocked.Decrement(ref now);
            await context.Response.Body.WriteAsync(Reply(new("POST", "/embeddings", new Dictionary<string, string>(), body.ToArray())).Body, context.RequestAborted);
        });
        using var client = ClientOf(server.Url, 1);

        await client.Embeddings.CreateAsync(Numbered(16), null, Token);

        Assert.Equal((16, 4), (arrived, most));
    }

    [Fact]
    public async Task One_request_that_fails_fails_the_call_and_ends_the_others()
    {
        var arrived = 0;
        await using var server = await TestServer.StartAsync(async context =>
        {
            Interlocked.Increment(ref arrived);
            using var body = new MemoryStream();
            await context.Request.Body.CopyToAsync(body, context.RequestAborted);
            // The others never get an answer: only their end can end the call.
            if (!Encoding.UTF8.GetString(body.ToArray()).Contains("\"1\"", StringComparison.Ordinal)) await Task.Delay(Timeout.InfiniteTimeSpan, context.RequestAborted);
            context.Response.StatusCode = 400;
            await context.Response.WriteAsync("""{"error":{"message":"bad text","code":"bad"}}""", context.RequestAborted);
        });
        using var client = ClientOf(server.Url, 1);

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(Numbered(400), null, Token));

        Assert.Contains("bad text", error.Message, StringComparison.Ordinal);
        Assert.InRange(arrived, 1, 4);
    }

    [Fact]
    public async Task A_fallback_embeds_all_texts_again()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"bad\"", StringComparison.Ordinal) && request.Text.Contains("\"3\"", StringComparison.Ordinal) ? CannedReply.Json("""{"error":{"message":"down"}}""", 503) : Reply(request));
        using var client = ClientOf(server.Url, 2);

        var reply = await client.Embeddings.CreateAsync(Numbered(6, "bad"), new() { Fallbacks = ["small/good"] }, Token);

        Assert.Equal(3, server.Requests.Count(request => request.Text.Contains("\"good\"", StringComparison.Ordinal)));
        Assert.Equal([0f, 1, 2, 3, 4, 5], reply.Data.Select(one => one.Vector.Span[0]));
        Assert.All(reply.Attempts, attempt => Assert.Equal("small/good", attempt.Target));

        var error = await Assert.ThrowsAsync<AllTargetsFailedException>(() => client.Embeddings.CreateAsync(Numbered(6, "bad"), new() { Fallbacks = ["small/bad"] }, Token));
        Assert.Equal(2, error.Failures.Count);
    }

    [Fact]
    public async Task The_callers_cancellation_ends_all_of_them()
    {
        using var cancel = new CancellationTokenSource();
        await using var server = await ReplayServer.StartAsync(1, request =>
        {
            cancel.Cancel();
            return Reply(request);
        });
        using var client = ClientOf(server.Url, 1);

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => client.Embeddings.CreateAsync(Numbered(50), null, cancel.Token));

        Assert.True(server.Requests.Count < 10, $"{server.Requests.Count} requests were sent");
    }

    [Fact]
    public async Task The_synchronous_door_gives_the_same()
    {
        await using var server = await EmbeddingServerAsync();
        using var client = Calls.ClientFor(server.Url);

        Assert.Equal(7f, client.Embeddings.Create(new() { Model = "openai/m", Input = "7" }, null, Token).Data[0].Vector.Span[0]);
    }

    private static EmbeddingRequest Ask() => new() { Model = "openai/m", Input = "a" };

    private static EmbeddingRequest Numbered(int texts, string model = "m") => new() { Model = $"small/{model}", Input = Enumerable.Range(0, texts).Select(number => $"{number}").ToArray() };

    private static LlmClient ClientOf(Uri server, int most) => new(new()
    {
        Providers = [new("small", server.ToString().TrimEnd('/'), Auth.None) { Embeddings = new OpenAIEmbeddings { MaxInputs = most } }], Environment = static _ => null, Retries = Calls.Once,
    });

    /// <summary>Embeds each text as its number, backwards in the list; 10 tokens each.</summary>
    private static Task<ReplayServer> EmbeddingServerAsync() => ReplayServer.StartAsync(1, Reply);

    private static CannedReply Reply(SeenRequest request)
    {
        var input = JsonNode.Parse(request.Text)!["input"]!;
        var texts = input is JsonArray list && list[0] is not JsonValue { } first || input is JsonArray { } strings && strings[0]!.GetValueKind() == JsonValueKind.String ? input.AsArray().ToList() : [input];
        var data = texts.Select((text, index) => $$"""{"object":"embedding","index":{{index}},"embedding":"{{Base64(text!.GetValueKind() == JsonValueKind.String && float.TryParse((string?)text, out var number) ? number : 0, 1)}}"}""").Reverse();
        return CannedReply.Json($$$"""{"object":"list","data":[{{{string.Join(',', data)}}}],"model":"m-1","usage":{"prompt_tokens":{{{10 * texts.Count}}},"total_tokens":{{{10 * texts.Count}}}}}""");
    }

    private static string Base64(params float[] numbers) => Convert.ToBase64String(MemoryMarshal.AsBytes<float>(numbers));

    private static EmbeddingReply Feed(byte[] bytes, int cut, int step)
    {
        var reply = new EmbeddingReply();
        var from = 0;
        foreach (var until in Enumerable.Range(0, (bytes.Length / step) + 2).Select(at => Math.Min(bytes.Length, cut % step + (at * step))))
            from += reply.Take(bytes.AsSpan(from, Math.Max(0, until - from)), isEnd: false);
        reply.Take(bytes.AsSpan(from), isEnd: true);
        return reply;
    }

    private static void InterlockedMax(ref int most, int now)
    {
        for (var seen = most; now > seen; seen = most)
            if (Interlocked.CompareExchange(ref most, now, seen) == seen) return;
    }
}
