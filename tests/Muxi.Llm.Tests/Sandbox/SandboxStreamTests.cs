using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class SandboxStreamTests : IDisposable
{
    private const string Tool = """{"type":"function","function":{"name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}}}}}""";
    private const string Usage = "\"stream_options\":{\"include_usage\":true}";

    private readonly SandboxClient _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    public static TheoryData<string> Requests =>
    [
        SandboxClient.Body("chat", "Say hello"),
        SandboxClient.Body("echo", ""),
        SandboxClient.Body("echo", "👩‍👩‍👧 سلام\n\n  x"),
        SandboxClient.Body("chat", "hi", "\"n\":3"),
        SandboxClient.Body("chat", "hi", "\"logprobs\":true,\"top_logprobs\":2"),
        SandboxClient.Body("chat", "hi", "\"max_tokens\":4"),
        SandboxClient.Body("chat", "hi", "\"reasoning_effort\":\"low\""),
        SandboxClient.Body("chat", "in Paris", $"\"tools\":[{Tool}],\"reasoning_effort\":\"low\""),
        SandboxClient.Body("chat", "get_weather, take_note", $$$"""
            "n":2,"tools":[{{{Tool}}},{"type":"custom","custom":{"name":"take_note"}}]
            """),
        SandboxClient.Body("chat", "hi", """ "functions":[{"name":"f","parameters":{"type":"object","properties":{"a":{"type":"integer"}}}}] """),
        SandboxClient.Body("chat", "hi", """ "response_format":{"type":"json_object"} """),
        SandboxClient.Body("chat", "hi", """ "modalities":["text","audio"],"audio":{"voice":"alloy","format":"pcm16"} """),
        SandboxClient.Body("content-filter-output", "hi"),
    ];

    [Theory]
    [MemberData(nameof(Requests))]
    public async Task The_joined_stream_is_the_unstreamed_reply(string body)
    {
        var whole = (await _sandbox.ReplyAsync(body)).AsObject();

        var joined = StreamJoiner.Join(await _sandbox.ChunksAsync(body[..^1] + "," + Usage + "}"));

        foreach (var choice in whole["choices"]!.AsArray())
        {
            choice!["message"]!.AsObject().Remove("annotations");
            foreach (var call in (choice["message"]!["tool_calls"] as JsonArray) ?? [])
                if (call!["custom"] is not null)
                    call.AsObject().Remove("type");
        }
        foreach (var choice in joined["choices"]!.AsArray())
        {
            var delta = choice!["delta"]!.DeepClone().AsObject();
            foreach (var call in (delta["tool_calls"] as JsonArray) ?? [])
                call!.AsObject().Remove("index");
            choice.AsObject().Remove("delta");
            choice["message"] = delta;
        }
        joined["object"] = "chat.completion";
        Assert.True(JsonNode.DeepEquals(whole, joined), $"{whole.ToJsonString()}\n{joined.ToJsonString()}");
    }

    [Fact]
    public async Task A_stream_opens_with_the_role_then_brings_pieces_then_the_finish()
    {
        var chunks = await _sandbox.ChunksAsync(SandboxClient.Body("echo", "one two three"));
        var choices = chunks.ConvertAll(chunk => chunk["choices"]![0]!);

        Assert.Equal("assistant", (string)choices[0]["delta"]!["role"]!);
        Assert.Equal(["", "one", " two", " three"], choices.Take(4).Select(choice => (string)choice["delta"]!["content"]!));
        Assert.Equal("{}", choices[^1]["delta"]!.ToJsonString());
        Assert.Equal("stop", (string)choices[^1]["finish_reason"]!);
        Assert.All(choices.SkipLast(1), choice => Assert.Null(choice["finish_reason"]));
        Assert.Single(chunks.Select(chunk => (string)chunk["id"]!).Distinct());
        Assert.All(chunks, chunk => Assert.False(chunk.AsObject().ContainsKey("usage")));
    }

    [Fact]
    public async Task Usage_comes_when_asked_for_in_a_last_chunk_without_choices()
    {
        var chunks = await _sandbox.ChunksAsync(SandboxClient.Body("echo", "one two", Usage));

        Assert.Empty(chunks[^1]["choices"]!.AsArray());
        Assert.Equal(2, (int)chunks[^1]["usage"]!["completion_tokens"]!);
        Assert.All(chunks.SkipLast(1), chunk => Assert.True(chunk.AsObject().ContainsKey("usage") && chunk["usage"] is null));
    }

    [Fact]
    public async Task Arguments_of_a_tool_come_in_several_pieces_after_its_name_and_id()
    {
        var calls = (await _sandbox.ChunksAsync(SandboxClient.Body("chat", "hi", $"\"tools\":[{Tool}]")))
            .Select(chunk => chunk["choices"]![0]!["delta"]!["tool_calls"]?[0]).OfType<JsonNode>().ToList();

        Assert.Equal("get_weather", (string)calls[0]["function"]!["name"]!);
        Assert.Equal("", (string)calls[0]["function"]!["arguments"]!);
        Assert.True(calls.Count > 3);
        Assert.All(calls.Skip(1), call => Assert.False(call.AsObject().ContainsKey("id")));
    }

    [Fact]
    public async Task Choices_take_turns()
    {
        var order = (await _sandbox.ChunksAsync(SandboxClient.Body("echo", "one two", "\"n\":2"))).Select(chunk => (int)chunk["choices"]![0]!["index"]!);

        Assert.Equal([0, 1, 0, 1, 0, 1, 0, 1], order);
    }

    [Fact]
    public async Task The_body_is_read_piece_by_piece_as_it_is_made()
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("echo", "one two", "\"stream\":true"));
        Assert.Equal("text/event-stream", response.Content.Headers.ContentType?.MediaType);
        await using var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[100_000];
        var reads = 0;

        while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) is var count and > 0)
        {
            reads++;
            Assert.StartsWith("data: ", System.Text.Encoding.UTF8.GetString(buffer, 0, count), StringComparison.Ordinal);
            Assert.EndsWith("\n\n", System.Text.Encoding.UTF8.GetString(buffer, 0, count), StringComparison.Ordinal);
        }

        Assert.Equal(5, reads);
    }

    [Fact]
    public async Task A_stream_that_is_disposed_gives_nothing_more()
    {
        using var response = await _sandbox.SendAsync(SandboxClient.Body("echo", "one two", "\"stream\":true"));
        var stream = await response.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        var buffer = new byte[10];
        await stream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken);

        await stream.DisposeAsync();

        await Assert.ThrowsAsync<ObjectDisposedException>(async () => await stream.ReadExactlyAsync(buffer, TestContext.Current.CancellationToken));
    }
}
