namespace Muxi.Llm.Tests;

/// <summary>Calls of Ollama's other operations, and what is refused before they are made.</summary>
public sealed class OllamaCallTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_completion_is_whole_or_streamed_with_its_usage()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");
        var request = new CompletionRequest { Model = "ollama/m", Prompt = "Once", Logprobs = 2, Echo = true, Extra = """{"num_ctx":4096}""" };

        var whole = await client.Completions.CreateAsync(request, null, Token);
        var streamed = await client.Completions.StreamAsync(request, null, Token).ToCompletionAsync(Token);

        Assert.Equal("""{"model":"m","prompt":"Once","logprobs":true,"top_logprobs":2,"options":{"num_ctx":4096},"stream":false}""", server.Requests[0].Text);
        foreach (var reply in (Completion[])[whole, streamed])
        {
            Assert.Equal(("Hello!", FinishReason.Stop, 10L, 5L, 15L), (reply.Text, reply.Choices[0].FinishReason, reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
            Assert.Equal(["echo"], reply.Warnings.Select(warning => warning.Param));
        }
    }

    [Fact]
    public async Task A_completion_of_several_prompts_or_of_tokens_is_refused()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");

        Assert.Equal("ollama: there are 2 prompts: the server takes one at a time", (await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(new() { Model = "ollama/m", Prompt = ["a", "b"] }, null, Token))).Message);
        Assert.Equal("ollama: a prompt of tokens is not taken: give text", (await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(new() { Model = "ollama/m", Prompt = TextInput.FromTokens([1, 2]) }, null, Token))).Message);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_completion_that_is_cut_or_fails_is_told_as_that()
    {
        const string Line = """{"model":"m","response":"Hel","done":false}""";
        var lines = $"{Line}\n";
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.JsonLines(lines));
        using var client = Calls.ClientFor(server.Url, "ollama");

        var cut = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Completions.StreamAsync(new() { Model = "ollama/m", Prompt = "p" }, null, Token).ToCompletionAsync(Token));
        lines = $"{Line}\n{{\"error\":\"it broke\"}}\n";
        var failed = await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Completions.StreamAsync(new() { Model = "ollama/m", Prompt = "p" }, null, Token).ToCompletionAsync(Token));

        Assert.Equal(("Hel", "Hel"), (((Completion)cut.Partial!).Text, ((Completion)failed.Partial!).Text));
        Assert.Equal("the stream broke off: ollama: it broke", failed.Message);
    }

    [Fact]
    public async Task Embeddings_come_in_order_with_their_usage()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "ollama/m", Input = ["one", "two"], User = "u" }, null, Token);

        Assert.Equal([(0, "1 2"), (1, "3 4")], reply.Data.Select(one => (one.Index, string.Join(' ', one.Vector.ToArray()))));
        Assert.Equal((8L, 8L, "14143917"), (reply.Usage!.PromptTokens, reply.Usage.TotalTokens, reply.Usage.Extra["total_duration"].ToString()));
        Assert.Equal(["user"], reply.Warnings.Select(warning => warning.Param));
    }

    [Theory]
    [InlineData("""{"model":"m","embeddings":[[1,2]]}""", "ollama: the reply has 1 embeddings, and 2 were asked for")]
    [InlineData("""{"error":"this model does not support embeddings"}""", "ollama: this model does not support embeddings")]
    public async Task Embeddings_that_are_none_are_told_as_that(string body, string told)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, "ollama");

        Assert.Equal(told, (await Assert.ThrowsAnyAsync<ApiException>(() => client.Embeddings.CreateAsync(new() { Model = "ollama/m", Input = ["one", "two"] }, null, Token))).Message);
    }

    [Theory]
    [InlineData("null")]
    [InlineData("7")]
    [InlineData("""{"message":null,"done":false}""")]
    [InlineData("""{"message":7,"done":"yes"}""")]
    [InlineData("""{"done":false}""")]
    [InlineData("{\"message\":{\"content\":\"cut")]
    public async Task What_is_no_reply_is_an_error_and_nothing_else(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.JsonLines(body + "\n") : CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, "ollama");

        await Assert.ThrowsAnyAsync<LlmException>(() => client.AskAsync("ollama/m"));
        await Assert.ThrowsAnyAsync<LlmException>(() => client.AskStream("ollama/m").WholeAsync());
    }

    [Theory]
    [InlineData("""{"message":{"role":null,"content":null,"tool_calls":null,"thinking":null},"done":true,"done_reason":null,"eval_count":null}""", "")]
    [InlineData("""{"message":{"content":7,"tool_calls":[null,7,{"function":null},{"function":{"name":null,"arguments":null}}]},"done":true}""", "7")]
    [InlineData("""{"message":{"content":"a","images":[7,"no base64!"]},"done":true,"logprobs":7,"created_at":"never","prompt_eval_count":"9"}""", "a")]
    public async Task Odd_values_are_no_reason_to_lose_a_reply(string body, string text)
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.JsonLines(body + "\n") : CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, "ollama");

        Assert.Equal(text, (await client.AskAsync("ollama/m")).Text);
        Assert.Equal(text, (await client.AskStream("ollama/m").WholeAsync()).Text);
    }

    [Fact]
    public async Task A_picture_of_the_models_own_is_an_image_of_the_answer()
    {
        var base64 = Convert.ToBase64String([0x89, .. "PNG"u8, 13, 10, 26, 10, 1]);
        var body = $$"""{"message":{"role":"assistant","content":"Here:","images":["{{base64}}"]},"done":true}""";
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? CannedReply.JsonLines(body + "\n") : CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, "ollama");

        foreach (var reply in (ChatCompletion[])[await client.AskAsync("ollama/m"), await client.AskStream("ollama/m").WholeAsync()])
            Assert.Contains(reply.Choices[0].Message.Blocks, block => block.ImageUrl?.Url == $"data:image/png;base64,{base64}");
    }

    [Theory]
    [InlineData("input_audio", "ollama: sound is not taken: the server takes text and pictures")]
    [InlineData("file", "ollama: the file 'a.pdf' is not taken: the server takes text and pictures")]
    [InlineData("video_url", "ollama: a part of type 'video_url' is not taken: the server takes text and pictures")]
    public async Task What_is_neither_text_nor_picture_is_refused(string type, string told)
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");
        ContentPart part = type switch { "file" => Document.FromBytes("%PDF-1.7"u8, "a.pdf"), "input_audio" => Audio.FromBytes([1], "wav"), _ => new() { Type = type } };

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(new ChatCompletionRequest { Model = "ollama/m", Messages = [Message.User("Look:", part)] }));

        Assert.Equal((told, "messages.content"), (error.Message, error.Param));
        Assert.Empty(server.Requests);
    }

    [Fact]
    public void An_address_that_nobody_has_read_is_refused()
    {
        var request = new ChatCompletionRequest { Model = "m", Messages = [Message.User(Image.FromUrl("https://example.org/cat.png"))] };

        var error = Assert.Throws<BadRequestException>(() => new OllamaChat().Render(request, new("ollama", "m", "r", default), stream: false));

        Assert.Equal("ollama: a picture by its address is not taken: give its bytes, as by Image.FromFile", error.Message);
    }

    [Fact]
    public async Task Strict_refuses_what_would_be_left_out()
    {
        await using var server = await ReplayServer.StartAsync(1, OllamaServer.Answer);
        using var client = Calls.ClientFor(server.Url, "ollama");

        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskAsync(Calls.Ask("ollama/m") with { LogitBias = new Dictionary<string, double> { ["1"] = 1 } }, new() { Strict = true }));
        Assert.Empty(server.Requests);
    }
}
