using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The sandbox's speech is sound that programs of other people can play, and what it hears is told honestly.</summary>
public sealed class SandboxAudioTests : IDisposable
{
    private const string Text = "Good day, dear world. How are you?";

    private readonly LlmClient _client = new(new LlmOptions { Environment = static _ => null, Retries = Calls.Once });
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-sound");

    public static TheoryData<string> Formats => ["mp3", "opus", "aac", "flac", "wav", "pcm"];

    [Theory, MemberData(nameof(Formats))]
    public async Task Speech_is_sound_that_ffmpeg_plays_as_long_as_the_text(string format)
    {
        Assert.SkipUnless(File.Exists("/usr/bin/ffprobe"), "needs ffmpeg: ./test --install gets it");
        var path = Path.Combine(_folder.FullName, $"a.{format}");
        await SaveAsync(Text, format, path);

        string[] raw = format == "pcm" ? ["-f", "s16le", "-ar", "24000", "-ac", "1"] : [];
        var (errors, _) = await RunAsync("ffmpeg", ["-v", format is "mp3" or "aac" ? "error" : "warning", .. raw, "-i", path, "-f", "s16le", "-ar", "24000", "-ac", "1", path + ".raw"]);

        Assert.DoesNotContain("rror", errors, StringComparison.Ordinal);
        Assert.DoesNotContain("nvalid", errors, StringComparison.Ordinal);
        var samples = await File.ReadAllBytesAsync(path + ".raw", TestContext.Current.CancellationToken);
        // Frames hold up to 43 ms more than the text.
        Assert.InRange(samples.Length / 48_000d, Text.Length / 16d - 0.005, Text.Length / 16d + 0.045);
        // Compressed formats hold silence, and say so in the documentation; the others hold tones.
        Assert.Equal(format is "flac" or "wav" or "pcm", samples.Any(one => one != 0));
        if (format == "flac") Assert.Equal(SoundForms.Spoken(Text, "pcm"), samples);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Speech_comes_in_pieces_alike_for_equal_requests_and_slower_on_demand(string format)
    {
        var pieces = SandboxEncoders.Encode(new SandboxVoice(Text, "alloy", 1), Text, format).ToList();
        var path = Path.Combine(_folder.FullName, "a");
        await SaveAsync(Text, format, path);

        Assert.True(pieces.Count > 2);
        Assert.Equal(pieces.SelectMany(piece => piece), await File.ReadAllBytesAsync(path, TestContext.Current.CancellationToken));
        Assert.True(SandboxEncoders.Encode(new SandboxVoice(Text, "alloy", 0.5), Text, format).Sum(piece => piece.Length) > pieces.Sum(piece => piece.Length) * 3 / 2);
    }

    [Fact]
    public void Voices_differ() => Assert.NotEqual(new SandboxVoice("Hi", "alloy", 1).Pcm().First(), new SandboxVoice("Hi", "coral", 1).Pcm().First());

    [Theory]
    [InlineData("mp3"), InlineData("opus"), InlineData("aac"), InlineData("flac"), InlineData("wav")]
    public async Task It_hears_what_it_said_in_every_format_but_raw_samples(string format)
    {
        var reply = await HearAsync(SoundForms.Spoken("Grüße, 世界! Bis bald?", format), $"a.{format}", "verbose_json");

        Assert.Equal("Grüße, 世界! Bis bald?", reply.Text);
        Assert.InRange(reply.Duration!.Value, 20 / 16d - 0.01, 20 / 16d + 0.05);
    }

    [Fact]
    public async Task Of_other_sound_it_tells_what_arrived()
    {
        var reply = await _client.Audio.Transcriptions.CreateAsync(
            new() { Model = "sandbox/t", File = FileSource.FromBytes(SoundFiles.Wav(12_000), "beep.wav"), Language = "de", Prompt = "Moin" }, null, TestContext.Current.CancellationToken);

        Assert.Equal(
            "This is the muxi-llm sandbox, a simulator that hears nothing. The file beep.wav arrived: wav, 1.5 seconds, 12044 bytes. Its language is said to be de. The prompt was: Moin", reply.Text);
    }

    [Fact]
    public async Task Words_and_segments_cover_the_whole_time_without_a_gap()
    {
        var reply = await _client.Audio.Transcriptions.CreateAsync(
            new() { Model = "sandbox/t", File = FileSource.FromBytes(SoundForms.Spoken(Text), "a.wav"), ResponseFormat = "verbose_json", TimestampGranularities = ["word", "segment"] }, null, TestContext.Current.CancellationToken);

        Assert.Equal(Text, string.Join(' ', reply.Words.Select(word => word.Word)));
        Assert.Equal(["Good day, dear world.", "How are you?"], reply.Segments.Select(segment => segment.Text));
        ExpectTiles([.. reply.Words.Select(word => (word.Start, word.End))], reply.Duration!.Value);
        ExpectTiles([.. reply.Segments.Select(segment => (segment.Start, segment.End))], reply.Duration.Value);
    }

    [Fact]
    public async Task A_stream_comes_in_pieces_with_the_text_and_the_usage_of_the_whole_call()
    {
        var request = new TranscriptionRequest { Model = "sandbox/t", File = FileSource.FromBytes(SoundForms.Spoken(Text), "a.wav"), Include = ["logprobs"] };
        var whole = await _client.Audio.Transcriptions.CreateAsync(request, null, TestContext.Current.CancellationToken);
        var events = new List<TranscriptionStreamEvent>();
        await foreach (var one in _client.Audio.Transcriptions.StreamAsync(request, null, TestContext.Current.CancellationToken)) events.Add(one);

        Assert.True(events.Count > 5);
        var streamed = await _client.Audio.Transcriptions.StreamAsync(request, null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken);
        Assert.Equal(whole.ToJson(), streamed.ToJson());
    }

    [Theory]
    [InlineData("rate-limit", typeof(RateLimitException))]
    [InlineData("quota", typeof(QuotaExceededException))]
    [InlineData("auth", typeof(AuthenticationException))]
    [InlineData("overloaded", typeof(OverloadedException))]
    [InlineData("html-error", typeof(ServerException))]
    [InlineData("bad-json", typeof(ServerException))]
    [InlineData("cut-stream", typeof(LlmException))]
    [InlineData("stream-error", typeof(LlmException))]
    public async Task Faults_work_for_sound_too(string model, Type expected)
    {
        var file = FileSource.FromBytes(SoundForms.Spoken(Text), "a.wav");
        var errors = new List<Exception>
        {
            await Record(() => _client.Audio.Transcriptions.CreateAsync(new() { Model = $"sandbox/{model}", File = file }, null, TestContext.Current.CancellationToken)),
            await Record(() => _client.Audio.Translations.CreateAsync(new() { Model = $"sandbox/{model}", File = file }, null, TestContext.Current.CancellationToken)),
            await Record(() => _client.Audio.Transcriptions.StreamAsync(new() { Model = $"sandbox/{model}", File = file }, null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken)),
            await Record(async () => await (await _client.Audio.Speech.CreateAsync(new() { Model = $"sandbox/{model}", Input = Text }, null, TestContext.Current.CancellationToken)).ReadBytesAsync(TestContext.Current.CancellationToken)),
            await Record(async () => await _client.Audio.Speech.StreamAsync(new() { Model = $"sandbox/{model}", Input = Text }, null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken)),
        };

        // A stream may break behind good pieces.
        Assert.All(errors, error => Assert.True(expected.IsInstanceOfType(error) || error is StreamInterruptedException, error.ToString()));
    }

    [Theory]
    [InlineData("speech", """{"model":"s","input":"Hi"}""", "voice", "missing_required_parameter")]
    [InlineData("speech", """{"model":"s","voice":"a"}""", "input", "missing_required_parameter")]
    [InlineData("speech", """{"input":"Hi","voice":"a"}""", "model", "missing_required_parameter")]
    [InlineData("speech", """{"model":"s","input":"","voice":"a"}""", "input", "string_below_min_length")]
    [InlineData("speech", """{"model":"s","input":"Hi","voice":{"name":"a"}}""", "voice.id", "missing_required_parameter")]
    [InlineData("speech", """{"model":"s","input":"Hi","voice":"a","speed":5}""", "speed", "decimal_above_max_value")]
    [InlineData("speech", """{"model":"s","input":"Hi","voice":"a","response_format":"midi"}""", "response_format", "invalid_value")]
    [InlineData("transcriptions", "model=t", "file", "missing_required_parameter")]
    [InlineData("transcriptions", "file&model=", "model", "missing_required_parameter")]
    [InlineData("transcriptions", "file&model=t&response_format=rtf", "response_format", "invalid_value")]
    [InlineData("transcriptions", "file&model=t&temperature=2", "temperature", "decimal_above_max_value")]
    [InlineData("transcriptions", "file&model=t&timestamp_granularities[]=word", "timestamp_granularities", "invalid_value")]
    [InlineData("transcriptions", "file&model=t&include[]=tokens", "include", "invalid_value")]
    [InlineData("transcriptions", "file&model=t&known_speaker_names[]=ann", "known_speaker_references", "invalid_value")]
    [InlineData("translations", "file&model=t&response_format=diarized_json", "response_format", "invalid_value")]
    public async Task Wrong_requests_are_refused_as_OpenAI_does(string path, string body, string param, string code)
    {
        using var http = new HttpClient(new SandboxHandler(new ManualTime())) { BaseAddress = new Uri("https://sandbox.invalid/v1/") };
        using HttpContent content = path == "speech" ? new StringContent(body, System.Text.Encoding.UTF8, "application/json")
            : SoundForms.Of(body.StartsWith("file", StringComparison.Ordinal) ? SoundFiles.Wav() : null, body.Split('&').Where(field => field.Contains('=', StringComparison.Ordinal)).Select(field => (field[..field.IndexOf('=', StringComparison.Ordinal)], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..])));

        using var reply = await http.PostAsync(new Uri($"audio/{path}", UriKind.Relative), content, TestContext.Current.CancellationToken);
        var error = JsonNode.Parse(await reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken))!["error"]!;

        Assert.Equal((HttpStatusCode.BadRequest, param, code), (reply.StatusCode, (string?)error["param"], (string?)error["code"]));
    }

    public void Dispose()
    {
        _client.Dispose();
        _folder.Delete(recursive: true);
    }

    private static void ExpectTiles((double Start, double End)[] pieces, double duration)
    {
        Assert.Equal(0, pieces[0].Start);
        Assert.Equal(duration, pieces[^1].End);
        for (var i = 1; i < pieces.Length; i++) Assert.Equal(pieces[i - 1].End, pieces[i].Start);
    }

    private async Task SaveAsync(string text, string format, string path) =>
        await (await _client.Audio.Speech.CreateAsync(new() { Model = "sandbox/s", Input = text, Voice = "alloy", ResponseFormat = format }, null, TestContext.Current.CancellationToken)).SaveAsync(path, null, TestContext.Current.CancellationToken);

    private Task<Transcription> HearAsync(byte[] sound, string name, string format) =>
        _client.Audio.Transcriptions.CreateAsync(new() { Model = "sandbox/t", File = FileSource.FromBytes(sound, name), ResponseFormat = format }, null, TestContext.Current.CancellationToken);

    private static async Task<Exception> Record(Func<Task> call) => await Xunit.Record.ExceptionAsync(call) ?? new InvalidOperationException("there was no fault");

    private static async Task<(string Errors, int Code)> RunAsync(string program, IEnumerable<string> arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, ["-nostdin", .. arguments]) { RedirectStandardError = true, RedirectStandardOutput = true })!;
        var errors = await process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, string.Create(CultureInfo.InvariantCulture, $"{program} ended with {process.ExitCode}: {errors}"));
        return (errors, process.ExitCode);
    }
}
