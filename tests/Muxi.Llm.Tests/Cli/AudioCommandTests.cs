using System.Text;
using System.Text.Json.Nodes;
using Muxi.Llm.Cli;

namespace Muxi.Llm.Tests;

/// <summary><c>speak</c>, <c>transcribe</c> and <c>translate</c>: what is sent, what is written where, and what is refused.</summary>
public sealed class AudioCommandTests : IDisposable
{
    private const string Text = "Good day. How are you?";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm audio ");

    [Theory]
    [InlineData("a.mp3", "mp3"), InlineData("a.ogg", "opus"), InlineData("a.aac", "aac"), InlineData("a.flac", "flac"), InlineData("a.WAV", "wav"), InlineData("a.pcm", "pcm"), InlineData("a.bin", "mp3")]
    public async Task The_form_of_speech_follows_the_files_ending(string name, string format)
    {
        var run = await new CliRun().RunAsync("speak", "-m", "sandbox/s", Text, "-o", At(name));

        Assert.Equal(new CliResult(0, "", ""), run);
        Assert.Equal(SoundForms.Spoken(Text, format), await File.ReadAllBytesAsync(At(name), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Every_option_of_speak_reaches_the_wire()
    {
        await using var server = await ReplayServer.StartAsync(1, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "audio/ogg" }, [1, 2, 3]));

        var run = await CliRun.Asking(server.Url).RunAsync("speak", "-m", "gpt-4o-mini-tts", "--voice", "coral", "--speed", "1.5", "--instructions", "softly", "--format", "opus", "Hi", "-o", At("a.opus"));
        await CliRun.Asking(server.Url).RunAsync("speak", "-m", "tts", "--voice-id", "voice_1", "Hi", "-o", At("b"));

        Assert.Equal(0, run.ExitCode);
        JsonComparison.Same("the request", JsonNode.Parse("""{"model":"gpt-4o-mini-tts","input":"Hi","voice":"coral","instructions":"softly","response_format":"opus","speed":1.5}"""), JsonNode.Parse(server.Requests[0].Body));
        JsonComparison.Same("the request", JsonNode.Parse("""{"model":"tts","input":"Hi","voice":{"id":"voice_1"}}"""), JsonNode.Parse(server.Requests[1].Body));
        Assert.Equal([1, 2, 3], await File.ReadAllBytesAsync(At("b"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Into_a_pipe_speech_is_bytes_and_nothing_else()
    {
        var (code, output, errors) = await RunAsync(new() { In = new StringReader(Text + "\n") }, "speak", "-m", "sandbox/s", "--format", "pcm", "-");

        Assert.Equal((0, ""), (code, errors));
        Assert.Equal(SoundForms.Spoken(Text, "pcm"), output);
    }

    [Fact]
    public async Task A_dash_is_stdout_for_sound_and_text()
    {
        await File.WriteAllBytesAsync(At("a.wav"), SoundForms.Spoken(Text, "wav"), TestContext.Current.CancellationToken);

        var (code, output, _) = await RunAsync(new(), "speak", "-m", "sandbox/s", "--format", "pcm", Text, "-o", "-");
        var transcript = await new CliRun().RunAsync("transcribe", "-m", "sandbox/t", At("a.wav"), "-o", "-");

        Assert.Equal(0, code);
        Assert.Equal(SoundForms.Spoken(Text, "pcm"), output);
        Assert.Equal(new CliResult(0, Text + "\n", ""), transcript);
    }

    [Fact]
    public async Task Several_words_without_quotes_are_told_of()
    {
        Assert.Equal(new CliResult(2, "", "muxi-llm: There is more than one text: put it in quotes.\n"), await new CliRun().RunAsync("speak", "-m", "sandbox/s", "Good", "morning", "-o", At("a.mp3")));
    }

    [Fact]
    public async Task Sound_may_come_from_a_pipe_that_a_path_names()
    {
        Assert.SkipWhen(OperatingSystem.IsWindows(), "Windows has no such pipes");
        using (var made = System.Diagnostics.Process.Start("mkfifo", [At("pipe")])) await made.WaitForExitAsync(TestContext.Current.CancellationToken);
        var written = Task.Run(() => File.WriteAllBytes(At("pipe"), SoundForms.Spoken(Text, "wav")), TestContext.Current.CancellationToken);

        var run = await new CliRun().RunAsync("transcribe", "-m", "sandbox/t", At("pipe"));
        await written;

        Assert.Equal(new CliResult(0, Text + "\n", ""), run);
    }

    [Fact]
    public async Task PCM_becomes_a_WAV_and_a_streamed_WAV_gets_its_lengths()
    {
        await using var server = await ReplayServer.StartAsync(1, request =>
            new(200, new Dictionary<string, string> { ["content-type"] = "audio/wav" }, request.Text.Contains("pcm", StringComparison.Ordinal) ? [1, 0, 2, 0] : SoundFiles.Wav(80, uint.MaxValue, uint.MaxValue)));

        await new CliRun().RunAsync("speak", "-m", "sandbox/s", "--format", "pcm", Text, "-o", At("pcm.wav"));
        await CliRun.Asking(server.Url).RunAsync("speak", "-m", "tts-1", Text, "-o", At("streamed.wav"));

        Assert.Equal(WavAudio.FromPcm(SoundForms.Spoken(Text, "pcm")), await File.ReadAllBytesAsync(At("pcm.wav"), TestContext.Current.CancellationToken));
        SoundFiles.ExpectTrueLengths(await File.ReadAllBytesAsync(At("streamed.wav"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task A_service_that_gives_another_form_is_told_of()
    {
        await using var server = await ReplayServer.StartAsync(1, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "audio/mpeg" }, [1, 2, 3]));

        var run = await CliRun.Asking(server.Url).RunAsync("speak", "-m", "tts", "Hi", "-o", At("a.flac"));

        Assert.Equal((0, $"muxi-llm: warning: {At("a.flac")} holds mp3: the service gives no flac\n"), (run.ExitCode, run.Errors));
    }

    [Fact]
    public async Task A_break_leaves_no_file()
    {
        await using var server = FaultServer.Start(Fault.ResetAfter(5000, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "audio/mpeg" }, new byte[10_000])));

        var run = await CliRun.Asking(server.Url).RunAsync("speak", "-m", "tts", "Hi", "-o", At("a.mp3"));

        Assert.Equal(1, run.ExitCode);
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
        Assert.Empty(_folder.GetFiles());
    }

    [Theory]
    [InlineData(2, "There is nothing to say", "speak", "-m", "sandbox/s", "", "-o", "{a}.mp3")]
    [InlineData(2, "--speed must be a number from 0.25 to 4, not '5'.", "speak", "Hi", "--speed", "5", "-o", "{a}.mp3")]
    [InlineData(2, "named as wav and --format says mp3", "speak", "Hi", "--format", "mp3", "-o", "{a}.wav")]
    [InlineData(2, "--voice and --voice-id exclude each other.", "speak", "Hi", "--voice", "a", "--voice-id", "b", "-o", "{a}.wav")]
    [InlineData(1, "is there already (--force replaces it)", "speak", "-m", "sandbox/s", "Hi", "-o", "{there}")]
    [InlineData(1, "is a directory", "speak", "-m", "sandbox/s", "Hi", "-o", "{folder}")]
    [InlineData(1, "there is no directory", "speak", "-m", "sandbox/s", "Hi", "-o", "{folder}/no/a.mp3")]
    [InlineData(1, "FILE: There is no file", "transcribe", "-m", "sandbox/t", "{a}.wav")]
    [InlineData(1, "is empty", "transcribe", "-m", "sandbox/t", "{empty}")]
    [InlineData(1, "is a directory", "transcribe", "-m", "sandbox/t", "{folder}")]
    [InlineData(1, "nothing came on stdin", "transcribe", "-m", "sandbox/t", "-")]
    [InlineData(2, "--timestamps takes word, segment or both, not 'letter'.", "transcribe", "{there}", "--timestamps", "letter")]
    [InlineData(2, "--timestamps needs the form verbose_json, not srt", "transcribe", "{there}", "--timestamps", "word", "--format", "srt")]
    [InlineData(2, "--temperature must be a number from 0 to 1, not 'hot'.", "transcribe", "{there}", "--temperature", "hot")]
    [InlineData(2, "a form of transcripts", "translate", "{there}", "--format", "diarized_json")]
    [InlineData(1, "Invalid file format", "transcribe", "-m", "sandbox/t", "{there}")]
    [InlineData(1, "vllm does not offer speech", "speak", "-m", "vllm/m", "Hi", "-o", "{a}.mp3")]
    [InlineData(1, "try again in 1 s", "transcribe", "-m", "sandbox/rate-limit", "{sound}")]
    public async Task What_cannot_be_done_is_told_in_one_line(int code, string says, params string[] arguments)
    {
        await File.WriteAllTextAsync(At("there"), "words", TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(At("empty"), [], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(At("sound"), SoundForms.Spoken(Text), TestContext.Current.CancellationToken);

        var (exit, output, errors) = await RunAsync(new(), [.. arguments.Select(word => word.Replace("{a}", At("a"), StringComparison.Ordinal).Replace("{there}", At("there"), StringComparison.Ordinal).Replace("{empty}", At("empty"), StringComparison.Ordinal)
            .Replace("{sound}", At("sound"), StringComparison.Ordinal).Replace("{folder}", _folder.FullName, StringComparison.Ordinal))]);

        Assert.Equal((code, 0), (exit, output.Length));
        Assert.Contains(says, errors, StringComparison.Ordinal);
        Assert.InRange(errors.TrimEnd('\n').Split('\n').Length, 1, code == 2 ? 2 : 1);
        Assert.Equal("words", await File.ReadAllTextAsync(At("there"), TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Sound_is_not_shown_on_a_terminal()
    {
        var run = await new CliRun { IsOutTerminal = true }.RunAsync("speak", "-m", "sandbox/s", "Hi");

        Assert.Equal(2, run.ExitCode);
        Assert.Contains("name a file with -o", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_file_that_is_there_is_replaced_on_demand()
    {
        await File.WriteAllTextAsync(At("a.pcm"), "words", TestContext.Current.CancellationToken);

        Assert.Equal(0, (await new CliRun().RunAsync("speak", "-m", "sandbox/s", "Hi", "-o", At("a.pcm"), "--force")).ExitCode);

        Assert.Equal(SoundForms.Spoken("Hi", "pcm"), await File.ReadAllBytesAsync(At("a.pcm"), TestContext.Current.CancellationToken));
    }

    [Theory]
    [InlineData("Good day. How are you?\n")]
    [InlineData("00:00:00.000 00:00:00.589 Good day.\n00:00:00.589 00:00:01.375 How are you?\n", "--timestamps", "segment")]
    [InlineData("1\n00:00:00,000 --> 00:00:00,589\nGood day.\n\n2\n00:00:00,589 --> 00:00:01,375\nHow are you?\n\n", "--format", "srt")]
    public async Task A_transcript_is_printed_as_it_is_asked_for(string expected, params string[] options)
    {
        var run = await new CliRun().RunAsync(["transcribe", "-m", "sandbox/t", await SoundAsync(), .. options]);

        Assert.Equal(new CliResult(0, expected, ""), run);
    }

    [Theory, InlineData("--json"), InlineData("--format", "verbose_json"), InlineData("--format", "json"), InlineData("--timestamps", "word", "--json")]
    public async Task A_whole_reply_is_printed_as_JSON(params string[] options)
    {
        var run = await new CliRun().RunAsync(["transcribe", "-m", "sandbox/t", await SoundAsync(), .. options]);

        Assert.Equal(Text, (string?)JsonNode.Parse(run.Output)!["text"]);
        Assert.Equal(options.Contains("word"), JsonNode.Parse(run.Output)!["words"] is not null);
        Assert.EndsWith("}\n", run.Output, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("a.srt", "1\n00:00:00,000 --> ")]
    [InlineData("a.vtt", "WEBVTT\n")]
    [InlineData("a.json", "{\n")]
    [InlineData("a.txt", "Good day. How are you?\n")]
    public async Task A_file_gets_the_form_of_its_ending(string name, string begins)
    {
        var run = await new CliRun { IsErrorTerminal = true }.RunAsync("transcribe", "-m", "sandbox/t", await SoundAsync(), "-o", At(name));

        Assert.Equal(new CliResult(0, "", $"muxi-llm: wrote {At(name)}\n"), run);
        Assert.StartsWith(begins, await File.ReadAllTextAsync(At(name), TestContext.Current.CancellationToken), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Every_option_of_transcribe_reaches_the_wire()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi","language":"english","duration":1}"""));

        await CliRun.Asking(server.Url).RunAsync("transcribe", "-m", "whisper-1", await SoundAsync(), "--language", "de", "--prompt", "Moin", "--temperature", "0.5", "--timestamps", "word,segment");
        await CliRun.Asking(server.Url).RunAsync("translate", "-m", "whisper-1", await SoundAsync(), "--prompt", "Moin", "--temperature", "0.5", "--format", "vtt");

        Assert.Equal(["model", "language", "prompt", "response_format", "temperature", "timestamp_granularities[]", "timestamp_granularities[]", "file"], (await FormFields.OfAsync(server.Requests[0].Headers["Content-Type"], server.Requests[0].Body)).Select(field => field.Name));
        Assert.Equal(["model", "prompt", "response_format", "temperature", "file"], (await FormFields.OfAsync(server.Requests[1].Headers["Content-Type"], server.Requests[1].Body)).Select(field => field.Name));
        Assert.Equal(["/v1/audio/transcriptions", "/v1/audio/translations"], server.Requests.Select(request => request.Target));
    }

    [Fact]
    public async Task Sound_on_stdin_is_known_by_its_bytes()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi"}"""));

        var (code, output, _) = await RunAsync(CliRun.Asking(server.Url), SoundForms.Spoken(Text, "flac"), "transcribe", "-m", "whisper-1", "-");

        Assert.Equal((0, "Hi\n"), (code, Encoding.UTF8.GetString(output)));
        Assert.Contains("filename=\"stdin.flac\"\r\nContent-Type: audio/flac", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFiles(Path.GetTempPath()), path => Path.GetFileName(path).StartsWith("muxi-llm-", StringComparison.Ordinal) && new FileInfo(path).Length == SoundForms.Spoken(Text, "flac").Length);
    }

    [Fact]
    public async Task A_stream_that_breaks_leaves_the_text_so_far_and_fails()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse("data: {\"type\":\"transcript.text.delta\",\"delta\":\"Once \"}\n\n"));

        var run = await CliRun.Asking(server.Url).RunAsync("transcribe", "-m", "gpt-4o-transcribe", await SoundAsync());

        Assert.Equal((1, "Once \n"), (run.ExitCode, run.Output));
        Assert.Single(run.Errors.TrimEnd('\n').Split('\n'));
    }

    [Fact]
    public async Task A_translation_is_printed_and_written()
    {
        var printed = await new CliRun().RunAsync("translate", "-m", "sandbox/t", await SoundAsync());
        var json = await new CliRun().RunAsync("translate", "-m", "sandbox/t", await SoundAsync(), "--json", "-o", At("t.txt"));

        Assert.Equal(new CliResult(0, $"The muxi-llm sandbox does not translate. It was said: {Text}\n", ""), printed);
        Assert.Equal(0, json.ExitCode);
        Assert.EndsWith(Text, (string?)JsonNode.Parse(await File.ReadAllTextAsync(At("t.txt"), TestContext.Current.CancellationToken))!["text"], StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("OPENAI_API_KEY", "transcribe", "openai/whisper-1 answers")]
    [InlineData("GROQ_API_KEY", "transcribe", "groq/whisper-large-v3-turbo answers")]
    [InlineData("ANTHROPIC_API_KEY", "transcribe", "sandbox/transcription answers")]
    public async Task Without_a_model_a_service_that_can_is_asked(string key, string command, string says)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi"}"""));
        var run = new CliRun { Environment = new() { [key] = "sk-0123456789", [key.Replace("_API_KEY", "_BASE_URL", StringComparison.Ordinal)] = server.Url.ToString() } };

        var result = await run.RunAsync(command, await SoundAsync());

        Assert.Equal(0, result.ExitCode);
        Assert.Contains(says, result.Errors, StringComparison.Ordinal);
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private string At(string name) => Path.Combine(_folder.FullName, name);

    private async Task<string> SoundAsync()
    {
        await File.WriteAllBytesAsync(At("talk.wav"), SoundForms.Spoken(Text), TestContext.Current.CancellationToken);
        return At("talk.wav");
    }

    private static Task<(int Code, byte[] Output, string Errors)> RunAsync(CliRun run, params string[] arguments) => RunAsync(run, [], arguments);

    /// <summary>A run whose input and output are bytes.</summary>
    private static async Task<(int Code, byte[] Output, string Errors)> RunAsync(CliRun run, byte[] input, params string[] arguments)
    {
        using var output = new MemoryStream();
        using var text = new StreamWriter(output, new UTF8Encoding(false)) { AutoFlush = true };
        var errors = new StringWriter();
        var terminal = run.Terminal(text, errors, new MemoryStream(input), output);
        var code = await CommandLine.RunAsync(arguments, terminal).WaitAsync(TimeSpan.FromSeconds(30), TestContext.Current.CancellationToken);
        return (code, output.ToArray(), errors.ToString());
    }
}
