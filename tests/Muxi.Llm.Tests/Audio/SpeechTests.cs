using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Speech from the request to the file: what is sent and refused, what counts as sound, how it is saved, and what a break leaves behind.</summary>
public sealed class SpeechTests : IDisposable
{
    private const string Events = """
        data: {"type":"speech.audio.delta","audio":"AAEC"}

        : keep-alive

        data: {"type":"speech.audio.later","x":1}

        data: {"type":"speech.audio.delta","audio":"Aw=="}

        data: {"type":"speech.audio.done","usage":{"input_tokens":14,"output_tokens":101,"total_tokens":115}}


        """;

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-speech");

    public static TheoryData<string> Requests =>
    [
        """{"model":"m","input":"Hi","voice":"alloy"}""",
        """{"model":"m","input":"Hi \"there\" 👋🏽\n","voice":{"id":"voice_1","x":1},"instructions":"softly","response_format":"wav","speed":0.25,"stream_format":"sse","own":{"a":[1]}}""",
    ];

    [Theory, MemberData(nameof(Requests))]
    public void A_requests_JSON_is_what_was_read(string json) => JsonComparison.Same("the request", JsonNode.Parse(json), JsonNode.Parse(SpeechRequest.Parse(Encoding.UTF8.GetBytes(json)).ToJson()));

    [Theory]
    [InlineData("{", null)]
    [InlineData("[]", null)]
    [InlineData("""{"input":"Hi","voice":"a"}""", "model")]
    [InlineData("""{"model":"m","voice":"a"}""", "input")]
    [InlineData("""{"model":"m","input":3,"voice":"a"}""", "input")]
    [InlineData("""{"model":"m","input":"Hi","voice":3}""", "voice")]
    [InlineData("""{"model":"m","input":"Hi","voice":{}}""", "voice.id")]
    [InlineData("""{"model":"m","input":"Hi","voice":"a","speed":"fast"}""", "speed")]
    [InlineData("""{"model":"m","input":"Hi","voice":"a"} {}""", null)]
    public void A_request_of_the_wrong_shape_names_the_member(string json, string? path) =>
        Assert.Equal(path, Assert.ThrowsAny<System.Text.Json.JsonException>(() => SpeechRequest.Parse(Encoding.UTF8.GetBytes(json))).Path);

    [Fact]
    public async Task Every_option_is_sent_and_the_method_decides_about_events()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("sse", StringComparison.Ordinal) ? CannedReply.Sse(Events) : Sound([1, 2, 3]));
        using var client = Calls.ClientFor(server.Url);
        var request = new SpeechRequest { Model = "openai/tts", Input = "Hi", Voice = SpeechVoice.Custom("voice_1"), Instructions = "softly", ResponseFormat = SpeechFormat.Opus, Speed = 1.5, Extra = """{"own":1,"stream_format":"sse"}""" };

        await (await client.Audio.Speech.CreateAsync(request with { Extra = """{"own":1}""" }, null, TestContext.Current.CancellationToken)).DisposeAsync();
        await client.Audio.Speech.StreamAsync(request, null, TestContext.Current.CancellationToken).BytesAsync(TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

        const string Sent = """{"model":"tts","input":"Hi","voice":{"id":"voice_1"},"instructions":"softly","response_format":"opus","speed":1.5,"own":1}""";
        JsonComparison.Same("the request", JsonNode.Parse(Sent), JsonNode.Parse(server.Requests[0].Body));
        JsonComparison.Same("the request for events", JsonNode.Parse(Sent[..^1] + ",\"stream_format\":\"sse\"}"), JsonNode.Parse(server.Requests[1].Body));
        Assert.Equal("/audio/speech", server.Requests[0].Target);
    }

    [Theory, InlineData("openai", "alloy"), InlineData("groq", "autumn")]
    public async Task A_voice_that_is_not_named_is_the_services_usual_one(string provider, string voice)
    {
        await using var server = await ReplayServer.StartAsync(1, Sound([1]));
        using var client = Calls.ClientFor(server.Url, provider);

        await (await client.Audio.Speech.CreateAsync(new() { Model = $"{provider}/m", Input = "Hi" }, null, TestContext.Current.CancellationToken)).DisposeAsync();

        Assert.Equal(voice, (string?)JsonNode.Parse(server.Requests[0].Body)!["voice"]);
    }

    public static TheoryData<string, SpeechRequest> Wrong => new()
    {
        { "input", new() { Model = "openai/m", Input = "" } },
        { "input", new() { Model = "openai/m", Input = " \n" } },
        { "input", new() { Model = "openai/m", Input = new string('a', 4097) } },
        { "instructions", new() { Model = "openai/m", Input = "Hi", Instructions = new string('a', 4097) } },
        { "speed", new() { Model = "openai/m", Input = "Hi", Speed = 0.2 } },
        { "speed", new() { Model = "openai/m", Input = "Hi", Speed = 4.1 } },
        { "speed", new() { Model = "openai/m", Input = "Hi", Speed = double.NaN } },
        { "voice", new() { Model = "openai/m", Input = "Hi", Voice = "" } },
        { "voice", new() { Model = "openrouter/m", Input = "Hi" } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_cannot_be_said_is_refused_before_it_is_sent(string param, SpeechRequest request)
    {
        await using var server = await ReplayServer.StartAsync(1, Sound([1]));
        using var client = Calls.ClientFor(server.Url, Catalog.Resolve(request.Model).Provider.Name);

        Assert.Equal(param, (await Assert.ThrowsAsync<BadRequestException>(() => client.Audio.Speech.CreateAsync(request, null, TestContext.Current.CancellationToken))).Param);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task The_limit_counts_characters_as_the_schema_does()
    {
        await using var server = await ReplayServer.StartAsync(1, Sound([1]));
        using var client = Calls.ClientFor(server.Url);

        await (await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = string.Concat(Enumerable.Repeat("👋", 4096)) }, null, TestContext.Current.CancellationToken)).DisposeAsync();

        Assert.Single(server.Requests);
    }

    [Fact]
    public async Task Where_speech_is_bytes_only_events_are_unsupported()
    {
        using var client = Calls.ClientFor(FaultServer.Refused(), "groq");

        await Assert.ThrowsAsync<UnsupportedFeatureException>(async () => await client.Audio.Speech.StreamAsync(new() { Model = "groq/m", Input = "Hi" }, null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("audio/mpeg", "mp3")]
    [InlineData("audio/wav", "wav")]
    [InlineData("audio/opus", "opus")]
    [InlineData("audio/pcm;rate=24000;channels=1", "pcm")]
    [InlineData("application/octet-stream", "flac")]
    public async Task The_form_is_told_by_the_service_else_by_the_request(string type, string format)
    {
        await using var server = await ReplayServer.StartAsync(1, Sound([1, 2], type));
        using var client = Calls.ClientFor(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi", ResponseFormat = SpeechFormat.Flac }, null, TestContext.Current.CancellationToken);

        Assert.Equal((format, "openai"), (speech.Format.Value, speech.Provider));
    }

    [Theory]
    [InlineData("application/json", """{"error":{"message":"no voice","type":"invalid_request_error"}}""")]
    [InlineData("application/json", "{}")]
    [InlineData("text/html", "<html><body>Bad gateway</body></html>")]
    [InlineData("text/plain", "what?")]
    [InlineData("audio/mpeg", "")]
    public async Task A_good_status_without_sound_is_an_error_of_the_service(string type, string body)
    {
        await using var server = await ReplayServer.StartAsync(1, Sound(Encoding.UTF8.GetBytes(body), type));
        using var client = Calls.ClientFor(server.Url);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken));

        Assert.DoesNotContain("<html>", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Before_the_first_byte_a_failure_is_made_again()
    {
        await using var server = FaultServer.Start(CannedReply.Json("""{"error":{"message":"later"}}""", 503), Fault.ResetAfter(0, Sound([1, 2, 3])), Sound([1, 2, 3]));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 2, InitialDelay = TimeSpan.Zero } });

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3], await speech.ReadBytesAsync(TestContext.Current.CancellationToken));
        Assert.Equal(3, speech.Attempts.Count);
    }

    [Fact]
    public async Task The_first_bytes_are_there_before_the_last_are_made()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(4, Sound([1, 2, 3, 4, 5, 6])));
        using var client = Calls.ClientFor(server.Url);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken);
        var first = new byte[4];
        await speech.Content.ReadExactlyAsync(first, TestContext.Current.CancellationToken);

        Assert.Equal([1, 2, 3, 4], first);
        server.Release();
        Assert.Equal(5, speech.Content.ReadByte());
    }

    [Fact]
    public async Task A_break_is_told_and_leaves_no_half_file()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(5000, Sound(new byte[10_000])));
        using var client = Calls.ClientFor(server.Url);
        var path = Path.Combine(_folder.FullName, "a.mp3");
        await File.WriteAllTextAsync(path, "the old one", TestContext.Current.CancellationToken);

        var speech = await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken);
        await Assert.ThrowsAsync<StreamInterruptedException>(() => speech.SaveAsync(path, null, TestContext.Current.CancellationToken));

        Assert.Equal("the old one", await File.ReadAllTextAsync(path, TestContext.Current.CancellationToken));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task Disposing_closes_the_connection()
    {
        await using var server = FaultServer.Start(Fault.StallAfter(4, Sound(new byte[100])));
        using var client = Calls.ClientFor(server.Url);

        await (await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken)).DisposeAsync();

        await server.ClientGone.SoonAsync();
    }

    public static TheoryData<byte[]> Streamed =>
    [
        SoundFiles.Wav(800, uint.MaxValue, uint.MaxValue),
        SoundFiles.Wav(800, 0, 0),
        SoundFiles.Wav(800, 0x7FFFFFFF, 0x7FFFFFFF - 36),
        SoundFiles.Wav(800, 100, 5000),
        (byte[])[.. SoundFiles.Wav(0, uint.MaxValue, 0)[..12], .. "LIST\u0004\0\0\0abcd"u8, .. SoundFiles.Wav(10, 0, uint.MaxValue)[12..]],
    ];

    [Theory, MemberData(nameof(Streamed))]
    public async Task A_WAV_that_was_streamed_gets_its_true_lengths_when_it_is_whole(byte[] wav)
    {
        await using var server = await ReplayServer.StartAsync(1, Sound(wav, "audio/wav"));
        using var client = Calls.ClientFor(server.Url);
        var path = Path.Combine(_folder.FullName, "a.wav");

        await (await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken)).SaveAsync(path, null, TestContext.Current.CancellationToken);
        var read = await (await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken)).ReadBytesAsync(TestContext.Current.CancellationToken);

        SoundFiles.ExpectTrueLengths(read);
        Assert.Equal(read, await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.Equal(wav.Length, read.Length);
    }

    public static TheoryData<byte[]> Right => [SoundFiles.Wav(), (byte[])[.. SoundFiles.Wav(800, 36 + 800 + 12), .. "LIST\u0004\0\0\0abcd"u8], (byte[])[1, 2, 3], (byte[])[.. "RIFF"u8, 0, 0, 0, 0, .. "WAVE"u8]];

    [Theory, MemberData(nameof(Right))]
    public async Task What_is_right_or_no_WAV_stays_as_it_is(byte[] bytes)
    {
        using var stream = new MemoryStream([.. bytes]);

        await WavAudio.MendAsync(stream, TestContext.Current.CancellationToken);

        Assert.Equal(bytes, stream.ToArray());
    }

    [Fact]
    public async Task PCM_stays_raw_and_becomes_a_WAV_where_that_is_asked_for()
    {
        byte[] pcm = [1, 0, 2, 0, 3, 0];
        await using var server = await ReplayServer.StartAsync(1, Sound(pcm, "audio/pcm"));
        using var client = Calls.ClientFor(server.Url);
        var request = new SpeechRequest { Model = "openai/m", Input = "Hi", ResponseFormat = SpeechFormat.Pcm };
        var (raw, wav) = (Path.Combine(_folder.FullName, "a.pcm"), Path.Combine(_folder.FullName, "a.wav"));

        await (await client.Audio.Speech.CreateAsync(request, null, TestContext.Current.CancellationToken)).SaveAsync(raw, null, TestContext.Current.CancellationToken);
        await (await client.Audio.Speech.CreateAsync(request, null, TestContext.Current.CancellationToken)).SaveWavAsync(wav, null, TestContext.Current.CancellationToken);

        Assert.Equal(pcm, await File.ReadAllBytesAsync(raw, TestContext.Current.CancellationToken));
        var saved = await File.ReadAllBytesAsync(wav, TestContext.Current.CancellationToken);
        SoundFiles.ExpectTrueLengths(saved);
        Assert.Equal(WavAudio.FromPcm(pcm), saved);
        Assert.Equal(pcm, saved[^6..]);
    }

    [Fact]
    public async Task No_WAV_is_made_of_what_is_compressed()
    {
        await using var server = await ReplayServer.StartAsync(1, Sound([1], "audio/mpeg"));
        using var client = Calls.ClientFor(server.Url);
        var speech = await client.Audio.Speech.CreateAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken);

        Assert.Contains("mp3", (await Assert.ThrowsAsync<InvalidOperationException>(() => speech.SaveWavAsync(Path.Combine(_folder.FullName, "a.wav"), null, TestContext.Current.CancellationToken))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Events_bring_sound_that_decodes_piece_by_piece_and_the_usage_at_every_split()
    {
        for (var seed = 1; seed <= 20; seed++)
        {
            await using var server = await ReplayServer.StartAsync(seed, CannedReply.Sse(Events));
            using var client = Calls.ClientFor(server.Url);

            var events = await client.Audio.Speech.StreamAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken);

            Assert.Equal(["speech.audio.delta", "speech.audio.later", "speech.audio.delta", "speech.audio.done"], events.Select(one => one.Type.Value));
            Assert.Equal([0, 1, 2, 3], events.SelectMany(one => one.ToBytes()));
            Assert.Equal((14L, 101L, 115L), (events[^1].Usage!.InputTokens, events[^1].Usage!.OutputTokens, events[^1].Usage!.TotalTokens));
            Assert.Equal("""{"type":"speech.audio.later","x":1}""", events[1].ToJson());
        }
    }

    [Theory]
    [InlineData("data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAEC\"}\n\n")]
    [InlineData("data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAEC\"}\n\ndata: [DONE]\n\n")]
    [InlineData("data: {\"type\":\"speech.audio.delta\",\"audio\":\"AAEC\"}\n\ndata: {\"error\":{\"message\":\"no\"}}\n\n")]
    public async Task Events_without_their_end_are_interrupted(string stream)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(stream));
        using var client = Calls.ClientFor(server.Url);

        await Assert.ThrowsAsync<StreamInterruptedException>(async () => await client.Audio.Speech.StreamAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("")]
    [InlineData("{\"error\":{\"message\":\"no\"}}")]
    [InlineData("data: {\"error\":{\"message\":\"no\"}}\n\n")]
    public async Task An_error_in_the_opening_is_the_attempts_own(string stream)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(stream), CannedReply.Sse(Events));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 1, InitialDelay = TimeSpan.Zero } });

        Assert.Equal(4, (await client.Audio.Speech.StreamAsync(new() { Model = "openai/m", Input = "Hi" }, null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken)).Count);
    }

    [Fact]
    public void The_synchronous_doors_do_the_same()
    {
        using var client = new LlmClient(new LlmOptions { Environment = static _ => null });
        var path = Path.Combine(_folder.FullName, "a.wav");
        client.Audio.Speech.Create(new() { Model = "sandbox/speech", Input = "Good day.", ResponseFormat = SpeechFormat.Wav }, null, TestContext.Current.CancellationToken).Save(path, null, TestContext.Current.CancellationToken);
        var file = FileSource.FromFile(path);

        Assert.Equal("Good day.", client.Audio.Transcriptions.Create(new() { Model = "sandbox/t", File = file }, null, TestContext.Current.CancellationToken).Text);
        Assert.Equal("Good day.", client.Audio.Transcriptions.Stream(new() { Model = "sandbox/t", File = file }, null, TestContext.Current.CancellationToken).Last().Text);
        Assert.Contains("Good day.", client.Audio.Translations.Create(new() { Model = "sandbox/t", File = file }, null, TestContext.Current.CancellationToken).Text, StringComparison.Ordinal);
        Assert.Equal("Good day.", Transcription.Create("sandbox/t", file, TestContext.Current.CancellationToken).Text);
        Assert.Contains("Good day.", Translation.Create("sandbox/t", file, TestContext.Current.CancellationToken).Text, StringComparison.Ordinal);
        Assert.Equal(File.ReadAllBytes(path), Speech.Create(new() { Model = "sandbox/speech", Input = "Good day.", ResponseFormat = SpeechFormat.Wav }, null, TestContext.Current.CancellationToken).ReadBytes(TestContext.Current.CancellationToken));
        Assert.True(client.Audio.Speech.Stream(new() { Model = "sandbox/speech", Input = "Good day." }, null, TestContext.Current.CancellationToken).Count() > 2);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static CannedReply Sound(byte[] bytes, string type = "audio/mpeg") => new(200, new Dictionary<string, string> { ["content-type"] = type }, bytes);
}
