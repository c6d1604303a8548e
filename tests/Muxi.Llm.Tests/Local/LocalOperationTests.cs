using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a real <c>llama-server</c> answers that was started for a model's file.</summary>
[Collection(LlamaFolder.Collection)]
public sealed class LocalOperationTests
{
    [Fact]
    public async Task A_chat_is_answered_whole_and_as_a_stream_with_the_same_usage()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());

        var whole = await client.AskAsync(folder.Name);
        var streamed = await client.AskStream(folder.Name).WholeAsync();

        Assert.Equal((LlamaFolder.Answer, LlamaFolder.Answer), (whole.Text, streamed.Text));
        Assert.Equal(("llama_cpp", FinishReason.Stop, FinishReason.Stop), (whole.Provider, whole.Choices[0].FinishReason, streamed.Choices[0].FinishReason));
        Assert.Equal((whole.Usage!.PromptTokens, 14, whole.Usage.PromptTokens + 14), (streamed.Usage!.PromptTokens, streamed.Usage.CompletionTokens, streamed.Usage.TotalTokens));
        Assert.Single(folder.Servers());
    }

    [Fact]
    public async Task A_schema_and_a_grammar_hold_and_a_slot_can_be_chosen()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());
        var schema = new ResponseFormat { Type = "json_schema", Name = "x", Schema = """{"type":"object","properties":{"a":{"type":"integer"}},"required":["a"],"additionalProperties":false}""" };

        var json = await client.AskAsync(Calls.Ask(folder.Name) with { ResponseFormat = schema });
        var grammar = await client.AskAsync(folder.Name, new() { ExtraBody = """{"grammar":"root ::= \"yes\" | \"no\"","id_slot":2,"cache_prompt":true}""" });
        using var slots = await client.Raw.SendAsync(folder.Name, HttpMethod.Get, "../slots", null, TestContext.Current.CancellationToken);
        var used = JsonNode.Parse(await slots.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!.AsArray();

        Assert.Equal(System.Text.Json.JsonValueKind.Number, JsonNode.Parse(json.Text!)!["a"]!.GetValueKind());
        Assert.Contains(grammar.Text, (string[])["yes", "no"]);
        Assert.True(used[2]!.AsObject().ContainsKey("id_task"), used.ToJsonString());
    }

    [Fact]
    public async Task A_text_is_gone_on_with_and_tokens_are_counted_by_the_model_itself()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());

        var completion = await client.Completions.CreateAsync(new() { Model = folder.Name, Prompt = "Hello", MaxTokens = 5 }, null, TestContext.Current.CancellationToken);
        var count = await client.Tokens.CountAsync(Calls.Ask(folder.Name), null, TestContext.Current.CancellationToken);
        var asked = await client.AskAsync(folder.Name);

        Assert.Equal(("Hello! I am a", "length"), (completion.Choices[0].Text, completion.Choices[0].FinishReason.ToString()));
        Assert.Equal((asked.Usage!.PromptTokens, "llama_cpp", true), (count.InputTokens, count.Provider, count.IsExact));
    }

    [Fact]
    public async Task Embeddings_and_ranking_have_servers_of_their_own_beside_the_one_of_chat()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(servers: new() { Arguments = ["--pooling", "mean"] }));
        using var ranking = new LlmClient(folder.Options());

        await client.AskAsync(folder.Name);
        var vectors = await client.Embeddings.CreateAsync(new() { Model = folder.Name, Input = new[] { "a", "b", "a" } }, null, TestContext.Current.CancellationToken);
        var ranked = await ranking.Rerank.CreateAsync(new() { Model = folder.Name, Query = "a", Documents = ["b", "a"] }, null, TestContext.Current.CancellationToken);

        Assert.Equal([64, 64, 64], vectors.Data.Select(one => one.Vector.Length));
        Assert.Equal(vectors.Data[0].Vector.ToArray(), vectors.Data[2].Vector.ToArray());
        Assert.NotEqual(vectors.Data[0].Vector.ToArray(), vectors.Data[1].Vector.ToArray());
        Assert.Equal([1, 0], ranked.Results.Select(one => one.Index));
        Assert.Equal(3, folder.Servers().Count);
    }

    [Fact]
    public async Task A_prompt_beyond_the_window_and_a_broken_grammar_are_errors_of_their_kinds()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options(servers: new() { Arguments = ["--ctx-size", "256"] }));

        var tooLong = await Assert.ThrowsAsync<ContextLengthExceededException>(() => client.AskAsync(Calls.Ask(folder.Name, new string('a', 2000))));
        var broken = await Assert.ThrowsAsync<BadRequestException>(() => client.AskAsync(folder.Name, new() { ExtraBody = """{"grammar":"root ::= bad("}""" }));

        Assert.Contains("256 tokens", tooLong.Message, StringComparison.Ordinal);
        Assert.Contains("grammar", broken.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_server_that_was_started_for_chat_says_that_it_has_no_embeddings()
    {
        await using var folder = new LlamaFolder();
        using var client = new LlmClient(folder.Options());
        await client.AskAsync(folder.Name);

        using var body = new ByteArrayContent("""{"input":"a"}"""u8.ToArray());
        var error = await Assert.ThrowsAsync<ServerException>(() => client.Raw.SendAsync(folder.Name, HttpMethod.Post, "embeddings", body, TestContext.Current.CancellationToken));

        Assert.Equal(501, (int)error.Status);
        Assert.Contains("--embeddings", error.Message, StringComparison.Ordinal);
    }}
