using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What becomes of a transcript in every form that services answer in: wire and meaning side by side.</summary>
public sealed class TranscriptReadingTests
{
    private const string Srt = "1\n00:00:00,000 --> 00:00:01,500\nMoin <b>& co\n\n";

    private const string Verbose = """
        {"task":"transcribe","language":"english","duration":2.5,"text":"Hello. Bye.","words":[{"word":"Hello","start":0,"end":1.1},{"word":"Bye","start":1.5,"end":2.5,"probability":0.5}],
        "segments":[{"id":0,"seek":0,"start":0,"end":1.5,"text":" Hello.","tokens":[50364,2425],"temperature":0,"avg_logprob":-0.4,"compression_ratio":0.9,"no_speech_prob":0.01,"transient":false},
        {"id":1,"seek":0,"start":1.5,"end":2.5,"text":" Bye.","tokens":[4621],"temperature":0,"avg_logprob":-0.4,"compression_ratio":0.9,"no_speech_prob":0.01}],"usage":{"type":"duration","seconds":3},"x_groq":{"id":"req_1"}}
        """;

    private const string Diarized = """
        {"task":"transcribe","duration":3.2,"text":"Hi. Hello.","segments":[{"type":"transcript.text.segment","id":"seg_1","start":0,"end":1,"text":"Hi.","speaker":"A"},{"type":"transcript.text.segment","id":"seg_2","start":1,"end":3.2,"text":"Hello.","speaker":"agent"}],
        "usage":{"type":"tokens","input_tokens":32,"input_token_details":{"text_tokens":2,"audio_tokens":30},"output_tokens":5,"total_tokens":37}}
        """;

    public static TheoryData<string?, string?, string, string, string> Answers => new()
    {
        // asked, announced as, body, form, text
        { null, "application/json", """{"text":"Hi"}""", "json", "Hi" },
        { null, "text/plain", """{"text":"Hi"}""", "json", "Hi" },
        { null, null, """{"text":"Hi"}""", "json", "Hi" },
        { null, "application/json; charset=utf-8", "\uFEFF{\"text\":\"Hi\"}", "json", "Hi" },
        { null, "text/plain; charset=utf-8", "Hi\n", "text", "Hi\n" },
        { null, "application/json", "\"Hi\"", "json", "Hi" },
        { "text", "text/plain; charset=utf-8", "Hi\n", "text", "Hi\n" },
        { "text", null, "Hi\n", "text", "Hi\n" },
        { "text", "text/plain", "", "text", "" },
        { "text", "text/plain", "{not} JSON", "text", "{not} JSON" },
        { "text", "text/plain", "{\"a\":1}", "text", "{\"a\":1}" },
        { "text", "application/json", """{"text":"Hi","usage":{"type":"duration","seconds":1}}""", "text", "Hi" },
        { "text", null, """{"text":"Hi"}""", "text", "Hi" },
        { "text", "application/json", "\"Hi\"", "text", "Hi" },
        { "srt", "text/plain", Srt, "srt", Srt },
        { "srt", "application/x-subrip", Srt, "srt", Srt },
        { "srt", "application/json", """{"text":"Moin"}""", "json", "Moin" },
        { "vtt", "text/vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n", "vtt", "WEBVTT\n\n00:00.000 --> 00:01.000\nHi\n" },
        { "verbose_json", "application/json", Verbose, "verbose_json", "Hello. Bye." },
        { "verbose_json", "application/json", """{"text":"Hi","duration":1.5,"language":"english"}""", "verbose_json", "Hi" },
        { "diarized_json", "application/json", Diarized, "diarized_json", "Hi. Hello." },
        // Subtitles where the service gives none, made of the segments.
        { "srt", "application/json", Verbose, "srt", "1\n00:00:00,000 --> 00:00:01,500\nHello.\n\n2\n00:00:01,500 --> 00:00:02,500\nBye.\n\n" },
        { "vtt", "application/json", Verbose, "vtt", "WEBVTT\n\n00:00:00.000 --> 00:00:01.500\nHello.\n\n00:00:01.500 --> 00:00:02.500\nBye.\n\n" },
    };

    public static TheoryData<string?, string?, string> Wrong => new()
    {
        { null, "text/html", "<!DOCTYPE html><html><body>Bad gateway</body></html>" },
        { "text", "text/html", "<html><body>Bad gateway</body></html>" },
        { "text", "text/plain", "<!DOCTYPE html><html></html>" },
        { "srt", "application/xml", "<Error><Code>AccessDenied</Code></Error>" },
        { "text", null, "<?xml version=\"1.0\"?><Error/>" },
        { null, "text/event-stream", "event: error\ndata: {\"error\":{\"message\":\"no\"}}\n\n" },
        { "text", "text/event-stream; charset=utf-8", "event: error\ndata: {\"error\":{\"message\":\"no\"}}\n\n" },
        { null, "application/json", "" },
        { "text", null, "" },
        { null, "application/json", """{"text":"Hel""" },
        { null, "application/json", "{}" },
        { null, "application/json", "[]" },
        { null, "application/json", """{"error":{"message":"no","type":"invalid_request_error"}}""" },
        { null, "application/json", """{"text":"x","error":{"message":"no"}}""" },
        { "text", "text/plain", """{"error":{"message":"no"}}""" },
        { "srt", "application/json", """{"error":"no"}""" },
    };

    [Theory, MemberData(nameof(Answers))]
    public async Task An_answer_is_read_whichever_form_the_service_keeps_to(string? asked, string? type, string body, string form, string text)
    {
        var reply = await AskAsync(asked, type, body);

        Assert.Equal((form, text), (reply.Format.Value, reply.Text));
    }

    [Theory, MemberData(nameof(Wrong))]
    public async Task What_is_no_transcript_is_an_error(string? asked, string? type, string body) => await Assert.ThrowsAnyAsync<ApiException>(() => AskAsync(asked, type, body));

    [Fact]
    public async Task Times_figures_and_unknown_members_are_all_there()
    {
        var reply = await AskAsync("verbose_json", "application/json", Verbose);

        Assert.Equal(("english", 2.5, 3), (reply.Language, reply.Duration, reply.Usage!.Seconds));
        Assert.Equal([("Hello", 0, 1.1), ("Bye", 1.5, 2.5)], reply.Words.Select(word => (word.Word, word.Start, word.End)));
        Assert.Equal("0.5", reply.Words[1].Extra["probability"].ToString());
        var segment = reply.Segments[0];
        Assert.Equal(("0", 0, 1.5, " Hello.", -0.4, 0.9, 0.01), (segment.Id, segment.Start, segment.End, segment.Text, segment.AvgLogprob, segment.CompressionRatio, segment.NoSpeechProb));
        Assert.Equal([50364L, 2425], segment.Tokens!);
        Assert.Equal("req_1", reply.Extra["x_groq"].ToElement().GetProperty("id").GetString());
    }

    [Fact]
    public async Task Speakers_are_told_and_shown_in_subtitles()
    {
        var reply = await AskAsync("diarized_json", "application/json", Diarized);

        Assert.Equal(["A", "agent"], reply.Segments.Select(segment => segment.Speaker));
        Assert.Equal((32L, 30L, 2L, 5L, 37L), (reply.Usage!.InputTokens, reply.Usage.InputTokenDetails!.AudioTokens, reply.Usage.InputTokenDetails.TextTokens, reply.Usage.OutputTokens, reply.Usage.TotalTokens));
        Assert.Equal("1\n00:00:00,000 --> 00:00:01,000\nA: Hi.\n\n2\n00:00:01,000 --> 00:00:03,200\nagent: Hello.\n\n", reply.ToSrt());
    }

    [Fact]
    public async Task Probabilities_and_languages_are_read()
    {
        var reply = await AskAsync(null, "application/json", """{"text":"Hé","languages":[{"code":"fr"},{"code":"en"}],"logprobs":[{"token":"H","logprob":-0.1,"bytes":[72]},{"token":"é","logprob":-0.2,"bytes":[195,169]}]}""");

        Assert.Equal(["fr", "en"], reply.Languages!);
        Assert.Equal([("H", -0.1), ("é", -0.2)], reply.Logprobs!.Select(token => (token.Token, token.Logprob)));
        Assert.Equal([195, 169], reply.Logprobs![1].Bytes!);
    }

    [Theory, InlineData(Verbose), InlineData(Diarized), InlineData("""{"text":"Hi","usage":{"type":"tokens","input_tokens":1,"output_tokens":1,"total_tokens":2},"languages":[{"code":"fr"}],"logprobs":[{"token":"H","logprob":-0.1,"bytes":[72]}],"x":[null]}""")]
    public void Its_JSON_is_what_was_read(string json)
    {
        var written = Transcription.Parse(System.Text.Encoding.UTF8.GetBytes(json)).ToJson();

        JsonComparison.Same("the transcript", JsonNode.Parse(json), JsonNode.Parse(written));
    }

    [Fact]
    public void Subtitles_without_segments_are_no_empty_file() => Assert.Throws<InvalidOperationException>(() => Transcription.Parse("""{"text":"Hi"}"""u8).ToSrt());

    [Fact]
    public void A_blank_line_an_arrow_and_markup_do_not_break_subtitles()
    {
        var transcript = new Transcription { Text = "", Segments = [new() { Id = "0", Start = 3661.0015, End = 3662, Text = " a\n\n --> <b> & c " }] };

        Assert.Equal("1\n01:01:01,002 --> 01:01:02,000\na\n-> <b> & c\n\n", transcript.ToSrt());
        Assert.Equal("WEBVTT\n\n01:01:01.002 --> 01:01:02.000\na\n-> &lt;b> &amp; c\n\n", transcript.ToVtt());
    }

    [Fact]
    public async Task A_translation_is_read_alike()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"task":"translate","language":"english","duration":2,"text":"Good day","segments":[{"id":0,"seek":0,"start":0,"end":2,"text":"Good day","tokens":[],"temperature":0,"avg_logprob":0,"compression_ratio":1,"no_speech_prob":0}]}"""));
        using var client = Calls.ClientFor(server.Url);

        var reply = await client.Audio.Translations.CreateAsync(new() { Model = "openai/whisper-1", File = FileSource.FromBytes(SoundFiles.Wav(), "a.wav"), ResponseFormat = "verbose_json" }, null, TestContext.Current.CancellationToken);

        Assert.Equal(("Good day", "english", 2, "Good day"), (reply.Text, reply.Language, reply.Duration, reply.Segments.Single().Text));
        Assert.Equal("translate", reply.Extra.GetString("task"));
        Assert.Equal("openai", reply.Provider);
        Assert.Equal("/audio/translations", server.Requests[0].Target);
    }

    private static async Task<Transcription> AskAsync(string? asked, string? type, string body)
    {
        var canned = type is null ? new CannedReply(200, new Dictionary<string, string>(), System.Text.Encoding.UTF8.GetBytes(body)) : CannedReply.Json(body).With("content-type", type);
        await using var server = await ReplayServer.StartAsync(1, canned);
        using var client = Calls.ClientFor(server.Url);
        var request = new TranscriptionRequest { Model = "openai/whisper-1", File = FileSource.FromBytes(SoundFiles.Wav(), "a.wav"), ResponseFormat = asked is null ? default(AudioResponseFormat?) : asked };
        return await client.Audio.Transcriptions.CreateAsync(request, null, TestContext.Current.CancellationToken);
    }
}
