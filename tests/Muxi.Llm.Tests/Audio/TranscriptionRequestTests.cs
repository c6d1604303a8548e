using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Net.Http.Headers;

namespace Muxi.Llm.Tests;

/// <summary>What is sent for a transcript, to whom in which form, and what is refused before anything is sent.</summary>
public sealed class TranscriptionRequestTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-audio");

    /// <summary>A request with every option.</summary>
    public static TranscriptionRequest Full { get; } = new()
    {
        Model = "openai/gpt-transcribe", File = FileSource.FromBytes(SoundFiles.Wav(), "talk.wav"), Language = "de", Languages = ["de", "en"], Keywords = ["Muxi"], Prompt = "Grüße \"an\" alle", ResponseFormat = "verbose_json",
        Temperature = 0.25, TimestampGranularities = ["word", "segment"], ChunkingStrategy = ChunkingStrategy.ServerVad with { Threshold = 0.5, PrefixPaddingMs = 100, SilenceDurationMs = 200 },
        KnownSpeakerNames = ["ann", "bob"], KnownSpeakerReferences = ["data:audio/wav;base64,AAAA", "data:audio/wav;base64,BBBB"], Extra = """{"seed":7,"tags":["x","y"],"deep":{"a":1}}""",
    };

    [Fact]
    public async Task Every_option_is_a_field_of_the_form()
    {
        var (fields, files, _) = await SentAsync(Full);

        Assert.Equal(
            [
                "model=gpt-transcribe", "language=de", "languages[]=de", "languages[]=en", "keywords[]=Muxi", "prompt=Grüße \"an\" alle", "response_format=verbose_json", "temperature=0.25", "timestamp_granularities[]=word",
                "timestamp_granularities[]=segment", "chunking_strategy[type]=server_vad", "chunking_strategy[threshold]=0.5", "chunking_strategy[prefix_padding_ms]=100", "chunking_strategy[silence_duration_ms]=200",
                "known_speaker_names[]=ann", "known_speaker_names[]=bob", "known_speaker_references[]=data:audio/wav;base64,AAAA", "known_speaker_references[]=data:audio/wav;base64,BBBB", "seed=7", "tags[]=x", "tags[]=y", "deep={\"a\":1}",
            ],
            fields);
        Assert.Equal(("file", "talk.wav", "audio/wav"), (files[0].Name, files[0].FileName, files[0].Type));
        Assert.Equal(SoundFiles.Wav(), files[0].Bytes);
    }

    [Fact]
    public async Task What_is_not_set_is_not_sent()
    {
        var (fields, files, _) = await SentAsync(new() { Model = "openai/whisper-1", File = Full.File });

        Assert.Equal(["model=whisper-1"], fields);
        Assert.Single(files);
    }

    [Fact]
    public async Task A_stream_is_asked_for_whatever_the_further_fields_say()
    {
        var (fields, _, _) = await SentAsync(new() { Model = "openai/gpt-4o-transcribe", File = Full.File, Include = ["logprobs"], ChunkingStrategy = ChunkingStrategy.Auto, Extra = """{"stream":false}""" }, isStream: true);

        Assert.Equal(["model=gpt-4o-transcribe", "include[]=logprobs", "chunking_strategy=auto", "stream=true"], fields);
    }

    [Fact]
    public async Task A_further_field_of_a_known_name_goes_before_the_typed_one()
    {
        var (fields, _, _) = await SentAsync(new() { Model = "openai/whisper-1", File = Full.File, Language = "de", ResponseFormat = "verbose_json", TimestampGranularities = ["word"], Extra = """{"language":"fr","timestamp_granularities[]":["segment"]}""" });

        Assert.Equal(["model=whisper-1", "response_format=verbose_json", "language=fr", "timestamp_granularities[]=segment"], fields);
    }

    [Theory]
    [InlineData("groq", null, null, "")]
    [InlineData("groq", "text", "text", "")]
    [InlineData("groq", "srt", "verbose_json", "")]
    [InlineData("vllm", "vtt", "verbose_json", "")]
    [InlineData("vllm", "diarized_json", "json", "response_format")]
    [InlineData("llama_cpp", "text", "json", "")]
    [InlineData("llama_cpp", "verbose_json", "json", "response_format")]
    [InlineData("openai", "srt", "srt", "")]
    [InlineData("openai", "own_json", "own_json", "")]
    public async Task A_form_that_a_service_does_not_give_is_asked_for_as_one_it_gives(string provider, string? asked, string? sent, string warned)
    {
        var (fields, _, reply) = await SentAsync(new() { Model = $"{provider}/m", File = Full.File, ResponseFormat = asked is null ? default(AudioResponseFormat?) : asked });

        Assert.Equal(sent is null ? [] : [$"response_format={sent}"], fields.Where(field => field.StartsWith("response_format", StringComparison.Ordinal)));
        Assert.Equal(warned, string.Join(' ', reply!.Warnings.Select(warning => warning.Param)));
    }

    [Fact]
    public async Task Where_a_service_does_not_stream_it_is_not_asked_to_and_vLLM_is_asked_for_the_usage()
    {
        Assert.Equal(["model=whisper-large-v3"], (await SentAsync(new() { Model = "groq/whisper-large-v3", File = Full.File }, isStream: true)).Fields);
        Assert.Equal(["model=m", "temperature=1.5", "stream=true", "stream_include_usage=true"], (await SentAsync(new() { Model = "vllm/m", File = Full.File, Temperature = 1.5 }, isStream: true)).Fields);
    }

    [Theory, InlineData(1), InlineData(2), InlineData(3), InlineData(49_152), InlineData(200_000)]
    public async Task OpenRouter_gets_JSON_with_the_sound_in_it(int length)
    {
        var sound = new byte[length];
        new Random(length).NextBytes(sound);
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi","usage":{"cost":0.0006,"seconds":6}}"""));
        using var client = Calls.ClientFor(server.Url, "openrouter");

        var reply = await client.Audio.Transcriptions.CreateAsync(
            new() { Model = "openrouter/openai/whisper-1", File = FileSource.FromBytes(sound, "talk.mp3"), Language = "en", Temperature = 0, Prompt = "x", ResponseFormat = "text", Extra = """{"provider":{"order":["a"]}}""" }, null, TestContext.Current.CancellationToken);

        JsonComparison.Same(
            "the body", JsonNode.Parse($$$"""{"model":"openai/whisper-1","language":"en","temperature":0,"provider":{"order":["a"]},"input_audio":{"format":"mp3","data":"{{{Convert.ToBase64String(sound)}}}"}}"""), JsonNode.Parse(server.Requests[0].Body));
        Assert.Equal("application/json", server.Requests[0].Headers["Content-Type"]);
        Assert.Equal(server.Requests[0].Body.Length.ToString(System.Globalization.CultureInfo.InvariantCulture), server.Requests[0].Headers["Content-Length"]);
        Assert.Equal(("Hi", "text", "duration", 6, "0.0006"), (reply.Text, reply.Format.Value, reply.Usage!.Type!, reply.Usage.Seconds, reply.Usage.Extra["cost"].ToString()));
        Assert.Equal(["prompt"], reply.Warnings.Select(warning => warning.Param));
    }

    [Fact]
    public async Task A_stream_that_cannot_be_read_again_is_sent_once_and_named_by_its_kind()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"later"}}""", 503));
        using var client = new LlmClient(Calls.OptionsFor(server.Url) with { Retries = new() { Max = 3, InitialDelay = TimeSpan.Zero } });

        await Assert.ThrowsAsync<OverloadedException>(() => client.Audio.Transcriptions.CreateAsync(new() { Model = "openai/whisper-1", File = FileSource.FromStream(new OneWay(SoundFiles.Wav()), "live.wav") }, null, TestContext.Current.CancellationToken));

        Assert.Single(server.Requests);
        Assert.Contains("filename=\"live.wav\"", server.Requests[0].Text, StringComparison.Ordinal);
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_large_file_is_read_while_it_is_sent_and_never_held_in_memory(bool isJson)
    {
        const long Length = 200L << 20;
        // What was read and has not arrived is somewhere between: the sockets' buffers are a few megabytes.
        const long MayBeUnderWay = 64L << 20;
        var received = 0L;
        var sound = new Silence(Length, () => Volatile.Read(ref received) / (isJson ? 4 : 3) * 3);
        await using var server = await TestServer.StartAsync(async context =>
        {
            var buffer = new byte[1 << 16];
            while (await context.Request.Body.ReadAsync(buffer, context.RequestAborted) is > 0 and var count) Interlocked.Add(ref received, count);
            context.Response.ContentType = "application/json";
            await context.Response.WriteAsync("""{"text":"Hi"}""", context.RequestAborted);
        });
        using var client = Calls.ClientFor(server.Url, isJson ? "openrouter" : "groq");

        await client.Audio.Transcriptions.CreateAsync(new() { Model = isJson ? "openrouter/m" : "groq/m", File = FileSource.FromStream(sound, "large.wav", Length) }, null, TestContext.Current.CancellationToken);

        var sent = isJson ? (Length + 2) / 3 * 4 : Length;
        Assert.InRange(received, sent, sent + 2000);
        Assert.InRange(sound.MostUnderWay, 1, MayBeUnderWay);
    }

    [Fact]
    public async Task A_file_beyond_the_services_limit_is_refused_before_it_is_sent()
    {
        var path = Path.Combine(_folder.FullName, "long.wav");
        await using (var file = File.Create(path)) file.SetLength((25 << 20) + 1);

        var error = await RefusedAsync(new() { Model = "openai/whisper-1", File = FileSource.FromFile(path) });

        Assert.Equal("file", error.Param);
        Assert.Equal("openai: the file 'long.wav' has 25 MB and the service takes 25 MB at most: cut it, or compress it", error.Message);
    }

    public static TheoryData<string, TranscriptionRequest> Wrong => new()
    {
        { "file", Full with { File = FileSource.FromBytes(default, "a.wav") } },
        { "temperature", Full with { Temperature = -0.1 } },
        { "temperature", Full with { Temperature = 1.1 } },
        { "temperature", Full with { Temperature = double.NaN } },
        { "timestamp_granularities", Full with { ResponseFormat = "json" } },
        { "timestamp_granularities", Full with { ResponseFormat = null } },
        { "include", Full with { TimestampGranularities = null, Include = ["logprobs"], ResponseFormat = "text" } },
        { "languages", Full with { Languages = [] } },
        { "known_speaker_names", Full with { KnownSpeakerNames = ["a", "b", "c", "d", "e"], KnownSpeakerReferences = ["data:,", "data:,", "data:,", "data:,", "data:,"] } },
        { "known_speaker_references", Full with { KnownSpeakerNames = ["a"] } },
        { "known_speaker_references", Full with { KnownSpeakerReferences = null } },
        { "known_speaker_references", Full with { KnownSpeakerReferences = ["data:,", "https://example.org/a.wav"] } },
        { "chunking_strategy", Full with { ChunkingStrategy = ChunkingStrategy.ServerVad with { Threshold = 1.5 } } },
        { "chunking_strategy", Full with { ChunkingStrategy = ChunkingStrategy.ServerVad with { SilenceDurationMs = -1 } } },
        { "response_format", Full with { Model = "openrouter/m", TimestampGranularities = null, ResponseFormat = "srt" } },
    };

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_no_service_can_take_is_told_in_one_line_before_anything_is_sent(string param, TranscriptionRequest request)
    {
        var error = await RefusedAsync(request);

        Assert.Equal(param, error.Param);
        Assert.DoesNotContain('\n', error.Message);
    }

    [Fact]
    public async Task Subtitles_are_not_streamed_and_a_model_must_be_named()
    {
        using var client = Calls.ClientFor(FaultServer.Refused());

        Assert.Equal("response_format", Assert.Throws<BadRequestException>(() => client.Audio.Transcriptions.StreamAsync(Full with { ResponseFormat = "srt", TimestampGranularities = null }, null, TestContext.Current.CancellationToken)).Param);
        await Assert.ThrowsAsync<ConfigurationException>(() => client.Audio.Transcriptions.CreateAsync(Full with { Model = " " }, null, TestContext.Current.CancellationToken));
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Audio.Transcriptions.CreateAsync(new() { Model = "lmstudio/m", File = Full.File }, null, TestContext.Current.CancellationToken));
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static async Task<BadRequestException> RefusedAsync(TranscriptionRequest request)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi"}"""));
        var provider = Catalog.Resolve(request.Model).Provider.Name;
        using var client = new LlmClient(Calls.OptionsFor(server.Url, provider) with { Retries = new() });
        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Audio.Transcriptions.CreateAsync(request, null, TestContext.Current.CancellationToken));
        Assert.Empty(server.Requests);
        return error;
    }

    private static async Task<(List<string> Fields, List<(string Name, string? FileName, string? Type, byte[] Bytes)> Files, Transcription? Reply)> SentAsync(TranscriptionRequest request, bool isStream = false)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi","segments":[{"id":0,"start":0,"end":1,"text":"Hi"}]}"""));
        using var client = Calls.ClientFor(server.Url, Catalog.Resolve(request.Model).Provider.Name);
        Transcription? reply = null;
        if (isStream) reply = await client.Audio.Transcriptions.StreamAsync(request, null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken);
        else reply = await client.Audio.Transcriptions.CreateAsync(request, null, TestContext.Current.CancellationToken);
        Assert.Equal(("POST", "/audio/transcriptions"), (server.Requests[0].Method, server.Requests[0].Target));
        var (fields, files) = await ReadAsync(server.Requests[0]);
        return (fields, files, reply);
    }

    private static async Task<(List<string> Fields, List<(string, string?, string?, byte[])> Files)> ReadAsync(SeenRequest request)
    {
        var (fields, files) = (new List<string>(), new List<(string, string?, string?, byte[])>());
        using var body = new MemoryStream(request.Body);
        var reader = new MultipartReader(MediaTypeHeaderValue.Parse(request.Headers["Content-Type"]).Boundary.Value!, body);
        while (await reader.ReadNextSectionAsync(TestContext.Current.CancellationToken) is { } section)
        {
            using var content = new MemoryStream();
            await section.Body.CopyToAsync(content, TestContext.Current.CancellationToken);
            var disposition = section.GetContentDispositionHeader()!;
            var name = HeaderUtilities.RemoveQuotes(disposition.Name).Value!;
            if (disposition.IsFileDisposition()) files.Add((name, HeaderUtilities.RemoveQuotes(disposition.FileName).Value, section.ContentType, content.ToArray()));
            else fields.Add($"{name}={System.Text.Encoding.UTF8.GetString(content.ToArray())}");
        }
        return (fields, files);
    }

    private sealed class OneWay(byte[] bytes) : MemoryStream(bytes)
    {
        public override bool CanSeek => false;
    }

    /// <summary>Zeros that are nowhere in memory; it sees how much of what was read from it has not arrived.</summary>
    private sealed class Silence(long length, Func<long> arrived) : Stream
    {
        private long _read;

        public long MostUnderWay { get; private set; }

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => throw new NotSupportedException();

        public override long Position { get => throw new NotSupportedException(); set => throw new NotSupportedException(); }

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override int Read(Span<byte> buffer)
        {
            var count = (int)Math.Min(buffer.Length, length - _read);
            buffer[..count].Clear();
            _read += count;
            MostUnderWay = Math.Max(MostUnderWay, _read - arrived());
            return count;
        }

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) => ValueTask.FromResult(Read(buffer.Span));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
