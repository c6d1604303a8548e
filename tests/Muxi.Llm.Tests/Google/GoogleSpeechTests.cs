using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Speech by Gemini: sound out of events as they come, a header for WAV, voices, what is refused, what a cut leaves.</summary>
public sealed class GoogleSpeechTests
{
    private static readonly byte[] _pcm = [.. Enumerable.Range(0, 5000).Select(static one => (byte)one)];

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static string Events => GoogleWire.Sound(_pcm[..2000]) + GoogleWire.Sound(_pcm[2000..4001]) + GoogleWire.Sound(_pcm[4001..]) + GoogleWire.End();

    [Fact]
    public async Task Pcm_is_the_sound_of_all_events_at_every_split()
    {
        for (var seed = 0; seed < 20; seed++)
        {
            await using var server = await ReplayServer.StartAsync(seed, CannedReply.Sse(Events));
            using var client = GoogleWire.Client(server.Url);

            await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = SpeechFormat.Pcm }, null, Token);

            Assert.Equal((SpeechFormat.Pcm, "audio/pcm", null), (speech.Format, speech.ContentType, speech.Length));
            Assert.Equal(_pcm, await speech.ReadBytesAsync(Token));
        }
    }

    [Theory, InlineData(null), InlineData("wav")]
    public async Task Wav_has_a_header_with_true_lengths_once_it_is_whole(string? format)
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Sse(Events));
        using var client = GoogleWire.Client(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = format is null ? default(SpeechFormat?) : format }, null, Token);

        Assert.Equal(SpeechFormat.Wav, speech.Format);
        Assert.Equal(WavAudio.FromPcm(_pcm), await speech.ReadBytesAsync(Token));
    }

    [Fact]
    public async Task The_first_sound_is_there_while_the_rest_is_not()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(Encoding.UTF8.GetByteCount(GoogleWire.Sound(_pcm[..2000])), CannedReply.Sse(Events)));
        using var client = GoogleWire.Client(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = "pcm" }, null, Token);
        var first = new byte[2000];
        await speech.Content.ReadExactlyAsync(first, Token);

        Assert.Equal(_pcm[..2000], first);
        using var cancelled = new CancellationTokenSource();
        var rest = speech.Content.ReadAsync(first, cancelled.Token).AsTask();
        await cancelled.CancelAsync();
        Assert.Equal(cancelled.Token, (await Assert.ThrowsAnyAsync<OperationCanceledException>(() => rest.SoonAsync())).CancellationToken);
    }

    [Fact]
    public async Task Another_rate_stands_in_the_header()
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Sse(GoogleWire.Sound([1, 2], "STOP", "audio/L16;rate=16000")));
        using var client = GoogleWire.Client(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi" }, null, Token);

        Assert.Equal(16_000, BitConverter.ToInt32((await speech.ReadBytesAsync(Token)).AsSpan(24)));
    }

    [Fact]
    public async Task A_whole_reply_in_JSON_does_as_well()
    {
        await using var server = await ReplayServer.StartAsync(3, CannedReply.Json(GoogleWire.Sound([1, 2], "STOP")["data: ".Length..].Trim()));
        using var client = GoogleWire.Client(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = "pcm" }, null, Token);

        Assert.Equal([1, 2], await speech.ReadBytesAsync(Token));
    }

    [Fact]
    public async Task Events_bring_sound_and_at_the_end_what_was_used()
    {
        await using var server = await ReplayServer.StartAsync(5, CannedReply.Sse(Events));
        using var client = GoogleWire.Client(server.Url);

        var events = await client.Audio.Speech.StreamAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = "pcm" }, null, Token).ToListAsync(Token);

        Assert.Equal(_pcm, events.SelectMany(one => one.ToBytes()));
        Assert.Equal((SpeechEventType.Done, 7L, 1290L, 1297L, 7L), (events[^1].Type, events[^1].Usage!.InputTokens, events[^1].Usage!.OutputTokens, events[^1].Usage!.TotalTokens, events[^1].Usage!.InputTokenDetails!.TextTokens));
    }

    [Theory]
    [InlineData("mp3", "gemini: mp3 is not made: ask for wav or pcm")]
    [InlineData("opus", "gemini: opus is not made: ask for wav or pcm")]
    public async Task Another_format_is_refused_before_anything_is_sent(string format, string message)
    {
        using var client = GoogleWire.Client(FaultServer.Refused());

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = format }, null, Token));

        Assert.Equal(("response_format", message), (error.Param, error.Message));
    }

    [Theory]
    [InlineData("gemini-3.8-flash-tts", """{"text":"Hi","speechMetadata":{"style":"Whisper."}}""")]
    [InlineData("gemini-2.5-flash-preview-tts", """{"text":"Whisper: Hi"}""")]
    [InlineData("gemini-3.1-flash-tts-preview", """{"text":"Whisper: Hi"}""")]
    public async Task Instructions_stand_where_the_model_reads_them_and_speed_is_a_warning(string model, string part)
    {
        await using var server = await ReplayServer.StartAsync(5, CannedReply.Sse(Events));
        using var client = GoogleWire.Client(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = $"gemini/{model}", Input = "Hi", Voice = "Kore", Instructions = "Whisper.", Speed = 1.5, Extra = """{"generationConfig":{"temperature":1},"safetySettings":[]}""" }, null, Token);

        JsonComparison.Same("the body", JsonNode.Parse($$$$"""{"contents":[{"parts":[{{{{part}}}}],"role":"user"}],"generationConfig":{"responseModalities":["AUDIO"],"speechConfig":{"voiceConfig":{"prebuiltVoiceConfig":{"voiceName":"Kore"}}},"temperature":1},"safetySettings":[]}"""), GoogleWire.Body(server.Requests[0]));
        Assert.Equal($"/v1beta/models/{model}:streamGenerateContent?alt=sse", server.Requests[0].Target);
        Assert.Equal("speed", Assert.Single(speech.Warnings).Param);
    }

    public static TheoryData<string, Type> Failures => new()
    {
        { "data: {\"error\":{\"code\":429,\"message\":\"Quota exceeded for metric\",\"status\":\"RESOURCE_EXHAUSTED\"}}\n\n", typeof(RateLimitException) },
        { "data: {\"promptFeedback\":{\"blockReason\":\"SAFETY\"}}\n\n", typeof(ContentFilterException) },
        { "data: {\"candidates\":[{\"finishReason\":\"OTHER\"}]}\n\n", typeof(ServerException) },
        { GoogleWire.End(), typeof(ServerException) },
        { "data: {oops\n\n", typeof(ServerException) },
        { "", typeof(StreamInterruptedException) },
        { "data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"hm\"}]}}]}\n\n", typeof(StreamInterruptedException) },
        { GoogleWire.Sound([1], type: "audio/mpeg"), typeof(ServerException) },
    };

    [Theory, MemberData(nameof(Failures))]
    public async Task Before_any_sound_a_failure_is_that_of_the_call(string events, Type type)
    {
        await using var server = await ReplayServer.StartAsync(5, CannedReply.Sse(events));
        using var client = GoogleWire.Client(server.Url);

        var error = await Assert.ThrowsAnyAsync<LlmException>(async () => await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = "pcm" }, null, Token));

        Assert.IsType(type, error);
    }

    [Theory]
    [InlineData("")]
    [InlineData("data: {\"candidates\":[{\"finishReason\":\"SAFETY\"}]}\n\n")]
    [InlineData("data: {\"error\":{\"code\":500,\"message\":\"no\",\"status\":\"INTERNAL\"}}\n\n")]
    [InlineData("data: {oops\n\n")]
    public async Task After_sound_a_failure_breaks_it_off(string more)
    {
        await using var server = await ReplayServer.StartAsync(5, CannedReply.Sse(GoogleWire.Sound(_pcm) + more));
        using var client = GoogleWire.Client(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = "pcm" }, null, Token);
        var error = await Assert.ThrowsAsync<StreamInterruptedException>(() => speech.ReadBytesAsync(Token));

        Assert.Equal("gemini", error.Provider);
    }

    [Fact]
    public async Task Before_any_sound_a_failure_is_made_again()
    {
        await using var server = await ReplayServer.StartAsync(5, CannedReply.Sse("data: {\"error\":{\"code\":503,\"message\":\"The model is overloaded.\",\"status\":\"UNAVAILABLE\"}}\n\n"), CannedReply.Sse(Events));
        using var client = new LlmClient(GoogleWire.Options(server.Url) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "gemini/tts", Input = "Hi", ResponseFormat = "pcm" }, null, Token);

        Assert.Equal(2, speech.Attempts.Count);
        Assert.Equal(_pcm, await speech.ReadBytesAsync(Token));
    }
}
