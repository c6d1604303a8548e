using System.ClientModel;
using OpenAI;
using OpenAI.Audio;

// The client calls its streaming of transcripts experimental; it is what people use.
#pragma warning disable OPENAI001

namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own clients, for JavaScript and for .NET, ask the server for sound and of sound as if it were OpenAI.</summary>
public sealed class AudioSdkTests
{
    private const string Text = "Good day. How are you?";

    [Theory]
    [InlineData("speech", """{"mp3":"audio/mpeg true","opus":"audio/ogg true","aac":"audio/aac true","flac":"audio/flac true","wav":"audio/wav true","pcm":"audio/pcm true"}""")]
    [InlineData("speechEvents", """{"same":true,"last":"speech.audio.done","sum":true}""")]
    [InlineData("json", """{"text":"Good day. How are you?","logprobs":true,"usage":"tokens"}""")]
    [InlineData("verbose", """{"text":"Good day. How are you?","language":"english","words":5,"segments":2,"tiles":true,"whole":true}""")]
    [InlineData("diarized", """{"text":"Good day. How are you?","speakers":["ann","bob"]}""")]
    [InlineData("texts", """{"text":"Good day. How are you?\n","srt":"Good day.","vtt":"Good day."}""")]
    [InlineData("stream", """{"said":"Good day. How are you?","done":"Good day. How are you?","several":true,"usage":true}""")]
    [InlineData("streamDiarized", """["A: Good day.","B: How are you?"]""")]
    [InlineData("translation", """{"json":true,"verbose":"english","vtt":true}""")]
    [InlineData("errors", """["RateLimitError 429 null","NotFoundError 404 model","BadRequestError 400 file","BadRequestError 400 speed","AuthenticationError 401 null"]""")]
    public async Task The_JavaScript_client_sees(string scenario, string expected)
    {
        NpmPackages.Require("openai");
        await using var served = await Served.SandboxAsync();

        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", "openai-audio.mjs"), [new Uri(served.Url, "v1").ToString(), scenario], "", TestContext.Current.CancellationToken);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal(expected, run.Output.TrimEnd());
    }

    [Fact]
    public async Task The_dotnet_client_has_a_text_said_and_written_down()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);

        var sound = (await client.GenerateSpeechAsync(Text, GeneratedSpeechVoice.Coral, new() { ResponseFormat = GeneratedSpeechFormat.Wav, SpeedRatio = 2 }, TestContext.Current.CancellationToken)).Value.ToArray();
        SoundFiles.ExpectTrueLengths(sound);

        Assert.Equal(Text, (await TranscribeAsync(client, sound, new() { Language = "en", Prompt = "Hello", Temperature = 0.5f })).Text);
        var verbose = await TranscribeAsync(client, sound, new() { ResponseFormat = AudioTranscriptionFormat.Verbose, TimestampGranularities = AudioTimestampGranularities.Word | AudioTimestampGranularities.Segment });
        Assert.Equal(("english", 5, 2), (verbose.Language, verbose.Words.Count, verbose.Segments.Count));
        Assert.Equal(verbose.Duration, verbose.Words[^1].EndTime);
        Assert.Equal(Text + "\n", (await TranscribeAsync(client, sound, new() { ResponseFormat = AudioTranscriptionFormat.Text })).Text);
        Assert.StartsWith("1\n00:00:00,000 --> ", (await TranscribeAsync(client, sound, new() { ResponseFormat = AudioTranscriptionFormat.Srt })).Text, StringComparison.Ordinal);
        Assert.StartsWith("WEBVTT\n", (await TranscribeAsync(client, sound, new() { ResponseFormat = AudioTranscriptionFormat.Vtt })).Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_dotnet_client_reads_a_stream_and_a_translation()
    {
        await using var served = await Served.SandboxAsync();
        var client = Client(served);
        var sound = SoundForms.Spoken(Text);

        var (said, done) = ("", "");
        using var stream = new MemoryStream(sound);
        await foreach (var update in await client.TranscribeAudioStreamingAsync(stream, "talk.wav", new() { Includes = AudioTranscriptionIncludes.Logprobs }, TestContext.Current.CancellationToken))
        {
            if (update is StreamingAudioTranscriptionTextDeltaUpdate delta) said += delta.Delta;
            if (update is StreamingAudioTranscriptionTextDoneUpdate end) done = end.Text;
        }
        using var again = new MemoryStream(sound);
        var translation = (await client.TranslateAudioAsync(again, "talk.wav", new() { ResponseFormat = AudioTranslationFormat.Verbose }, TestContext.Current.CancellationToken)).Value;

        Assert.Equal((Text, Text), (said, done));
        Assert.EndsWith(Text, translation.Text, StringComparison.Ordinal);
        Assert.Equal("english", translation.Language);
    }

    [Fact]
    public async Task The_dotnet_client_gets_errors_as_its_own()
    {
        await using var served = await Served.SandboxAsync();

        var error = await Assert.ThrowsAsync<ClientResultException>(() => TranscribeAsync(Client(served), "words"u8.ToArray(), new()));

        Assert.Equal(400, error.Status);
    }

    private static async Task<AudioTranscription> TranscribeAsync(AudioClient client, byte[] sound, AudioTranscriptionOptions options)
    {
        using var stream = new MemoryStream(sound);
        return (await client.TranscribeAudioAsync(stream, "talk.wav", options, TestContext.Current.CancellationToken)).Value;
    }

    private static AudioClient Client(Served served) => new("sandbox/audio", new ApiKeyCredential("any"), new OpenAIClientOptions { Endpoint = new Uri(served.Url, "v1") });
}
