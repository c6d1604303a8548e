using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A streamed transcript: whoever streams it, however the network cuts it, and what is told where its end is missing.</summary>
public sealed class TranscriptionStreamTests
{
    private const int Seeds = 20;

    private const string OpenAI = """
        event: transcript.text.delta
        data: {"type":"transcript.text.delta","delta":"Grüße, ","logprobs":[{"token":"Grüße, ","logprob":-0.1,"bytes":[71]}]}

        : keep-alive

        data: {"type":"transcript.text.later","note":{"deep":[1]}}

        data:{"type":"transcript.text.delta",
        data:  "delta":"世界 👋🏽","logprobs":[{"token":"世界","logprob":-0.2,"bytes":[72]}]}

        data: {"type":"transcript.text.done","text":"Grüße, 世界 👋🏽","logprobs":[{"token":"a","logprob":-0.3,"bytes":[1]}],"usage":{"type":"tokens","input_tokens":14,"input_token_details":{"text_tokens":0,"audio_tokens":14},"output_tokens":45,"total_tokens":59}}


        """;

    private const string Diarized = """
        data: {"type":"transcript.text.delta","delta":"Hi.","segment_id":"seg_0"}

        data: {"type":"transcript.text.segment","id":"seg_0","start":0.0,"end":1.25,"text":"Hi.","speaker":"A"}

        data: {"type":"transcript.text.delta","delta":" Hello.","segment_id":"seg_1"}

        data: {"type":"transcript.text.segment","id":"seg_1","start":1.25,"end":2.5,"text":" Hello.","speaker":"agent"}

        data: {"type":"transcript.text.done","text":"Hi. Hello.","usage":{"type":"tokens","input_tokens":1,"output_tokens":2,"total_tokens":3}}


        """;

    /// <summary>vLLM's stream, after its serving_transcription.py of 2026: a finish reason for each half minute of sound, and the end in [DONE] alone.</summary>
    private const string Vllm = """
        data: {"id":"transcribe-1","object":"transcription.chunk","created":1,"model":"m","choices":[{"delta":{"content":" First","reasoning_content":null}}]}

        data: {"id":"transcribe-1","object":"transcription.chunk","created":1,"model":"m","choices":[{"delta":{"content":" words."},"finish_reason":"stop","stop_reason":null}]}

        data: {"id":"transcribe-1","object":"transcription.chunk","created":1,"model":"m","choices":[{"delta":{"content":" More."},"finish_reason":"stop","stop_reason":null}]}

        data: {"id":"transcribe-1","object":"transcription.chunk","created":1,"model":"m","choices":[],"usage":{"prompt_tokens":7,"completion_tokens":5,"total_tokens":12}}

        data: [DONE]


        """;

    /// <summary>llama.cpp leaves the text of the last event empty (pull request 21863, 2026).</summary>
    private const string LlamaCpp = """
        data: {"type":"transcript.text.delta","delta":"I have"}

        data: {"type":"transcript.text.delta","delta":" a dream"}

        data: {"type":"transcript.text.done","text":"","usage":{"type":"tokens","input_tokens":1,"output_tokens":2,"total_tokens":3}}

        data: [DONE]


        """;

    private const string Whole = """{"text":"All at once.","usage":{"type":"duration","seconds":2}}""";

    public static TheoryData<string, string, int> Streams => new()
    {
        { OpenAI, "Grüße, 世界 👋🏽", 2 }, { Diarized, "Hi. Hello.", 2 }, { Vllm, " First words. More.", 3 }, { LlamaCpp, "I have a dream", 2 }, { Whole, "All at once.", 1 },
    };

    [Theory, MemberData(nameof(Streams))]
    public async Task Its_text_is_whole_at_every_split(string stream, string text, int deltas)
    {
        string? first = null;
        for (var seed = 1; seed <= Seeds; seed++)
        {
            foreach (var body in (string[])[stream, stream.Replace("\n", "\r\n", StringComparison.Ordinal)])
            {
                var events = await ReadAsync(body, seed);

                Assert.Equal(TranscriptionEventType.Done, events[^1].Type);
                Assert.Equal(text, events[^1].Text);
                Assert.Equal(deltas, events.Count(one => one.Delta is { Length: > 0 }));
                Assert.Equal(text, string.Concat(events.Select(one => one.Delta)));
                var all = string.Join('\n', events.Select(one => one.ToJson()));
                Assert.Equal(first ??= all, all);
            }
        }
    }

    [Fact]
    public async Task Put_together_it_is_the_transcript_with_all_that_came()
    {
        var reply = await Together(OpenAI);

        Assert.Equal(("Grüße, 世界 👋🏽", 59L, "json"), (reply.Text, reply.Usage!.TotalTokens, reply.Format.Value));
        Assert.Equal("a", Assert.Single(reply.Logprobs!).Token);
        Assert.Equal("openai", reply.Provider);
    }

    [Fact]
    public async Task Segments_and_speakers_come_as_events_and_stay()
    {
        var events = await ReadAsync(Diarized, 1);
        var reply = await Together(Diarized);

        Assert.Equal(["seg_0", "seg_1"], events.Where(one => one.SegmentId is not null).Select(one => one.SegmentId));
        Assert.Equal([("seg_0", 0, 1.25, "Hi.", "A"), ("seg_1", 1.25, 2.5, " Hello.", "agent")], reply.Segments.Select(one => (one.Id, one.Start, one.End, one.Text, one.Speaker!)));
        Assert.Equal(("Hi. Hello.", "diarized_json"), (reply.Text, reply.Format.Value));
    }

    [Fact]
    public async Task An_unknown_event_is_kept_as_it_came()
    {
        var unknown = (await ReadAsync(OpenAI, 1)).Single(one => one.Type == "transcript.text.later");

        Assert.True(JsonNode.DeepEquals(JsonNode.Parse("""{"type":"transcript.text.later","note":{"deep":[1]}}"""), JsonNode.Parse(unknown.ToJson())));
    }

    [Fact]
    public async Task The_usage_of_a_stream_in_chats_shape_is_told_at_the_end()
    {
        var usage = (await ReadAsync(Vllm, 1))[^1].Usage!;

        Assert.Equal((7L, 5L, 12L, "tokens"), (usage.InputTokens, usage.OutputTokens, usage.TotalTokens, usage.Type));
    }

    [Fact]
    public async Task An_answer_that_came_whole_keeps_all_it_has()
    {
        var reply = await Together("""{"task":"transcribe","language":"english","duration":2,"text":"Hi","words":[{"word":"Hi","start":0,"end":2}]}""");

        Assert.Equal(("Hi", "english", 2, "Hi"), (reply.Text, reply.Language, reply.Duration, reply.Words.Single().Word));
    }

    [Theory]
    [InlineData("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Once \"}\n\n")]
    [InlineData("data: {\"object\":\"transcription.chunk\",\"choices\":[{\"delta\":{\"content\":\"Once \"},\"finish_reason\":\"stop\"}]}\n\n")]
    [InlineData("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Once \"}\n\ndata: {\"type\":\"transcript.text.do")]
    [InlineData("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Once \"}\n\nevent: error\ndata: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n")]
    [InlineData("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Once \"}\n\ndata: {\"object\":\"error\",\"message\":\"engine died\",\"type\":\"InternalServerError\",\"code\":500}\n\ndata: [DONE]\n\n")]
    public async Task A_stream_without_its_end_is_interrupted_and_tells_what_came(string stream)
    {
        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => Together(stream));

        Assert.Equal("Once ", Assert.IsType<Transcription>(error.Partial).Text);
        Assert.Equal("openai", error.Provider);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: [DONE]\n\n")]
    [InlineData("data: {\"error\":{\"message\":\"overloaded\",\"type\":\"server_error\"}}\n\n")]
    [InlineData("<html><body>502</body></html>")]
    [InlineData("{\"error\":{\"message\":\"no\"}}")]
    public async Task An_error_before_any_text_is_the_attempts_own_and_made_again(string opening)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(opening), CannedReply.Sse(OpenAI));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        var reply = await client.Audio.Transcriptions.StreamAsync(Request(), null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken);

        Assert.Equal("Grüße, 世界 👋🏽", reply.Text);
        Assert.Equal(2, reply.Attempts.Count);
        Assert.Equal(server.Requests[0].Body.Length, server.Requests[1].Body.Length);
    }

    [Fact]
    public async Task Leaving_the_loop_closes_the_connection()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(60, CannedReply.Sse(Diarized)));
        using var client = Calls.ClientFor(server.Url);

        using var cancelled = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        var reading = client.Audio.Transcriptions.StreamAsync(Request(), null, cancelled.Token).GetAsyncEnumerator(cancelled.Token);
        var next = reading.MoveNextAsync();
        await server.Stalled.SoonAsync();
        await cancelled.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(async () => await next);
        await reading.DisposeAsync();
        await server.ClientGone.SoonAsync();
    }

    private static TranscriptionRequest Request() => new() { Model = "openai/gpt-4o-transcribe", File = FileSource.FromBytes(SoundFiles.Wav(), "a.wav") };

    private static async Task<List<TranscriptionStreamEvent>> ReadAsync(string stream, int seed)
    {
        await using var server = await ReplayServer.StartAsync(seed, CannedReply.Sse(stream));
        using var client = Calls.ClientFor(server.Url);
        var events = new List<TranscriptionStreamEvent>();
        await foreach (var one in client.Audio.Transcriptions.StreamAsync(Request(), null, TestContext.Current.CancellationToken)) events.Add(one);
        return events;
    }

    private static async Task<Transcription> Together(string stream)
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Sse(stream));
        using var client = Calls.ClientFor(server.Url);
        return await client.Audio.Transcriptions.StreamAsync(Request(), null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken);
    }
}
