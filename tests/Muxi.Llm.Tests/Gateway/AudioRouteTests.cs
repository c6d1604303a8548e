using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>The server's routes for sound: what each form is answered with, what passes on, and what clients are told when it goes wrong.</summary>
public sealed class AudioRouteTests
{
    private const string Transcriptions = "/v1/audio/transcriptions", Translations = "/v1/audio/translations", Speech = "/v1/audio/speech";

    private static readonly byte[] _sound = SoundForms.Spoken("Good day. How are you?");

    [Theory]
    [InlineData("json", "application/json", "CreateTranscriptionResponseJson")]
    [InlineData("verbose_json", "application/json", "CreateTranscriptionResponseVerboseJson")]
    [InlineData("diarized_json", "application/json", "CreateTranscriptionResponseDiarizedJson")]
    [InlineData("text", "text/plain", "Good day. How are you?\n")]
    [InlineData("srt", "text/plain", "1\n00:00:00,000 --> 00:00:00,")]
    [InlineData("vtt", "text/plain", "WEBVTT\n\n00:00:00.000 --> 00:00:00.")]
    public async Task Every_form_of_a_transcript_has_its_type_and_shape(string format, string type, string expected)
    {
        await using var served = await Served.SandboxAsync();
        (string, string)[] more = format == "verbose_json" ? [("timestamp_granularities[]", "word"), ("timestamp_granularities[]", "segment")] : [("language", "en")];

        using var reply = await SendAsync(served, Transcriptions, SoundForms.Of(_sound, [("model", "sandbox/t"), ("response_format", format), .. more]));
        var body = await TextAsync(reply);

        Assert.Equal((200, type), ((int)reply.StatusCode, reply.Content.Headers.ContentType!.MediaType));
        Assert.Equal("sandbox", reply.Header("x-muxi-provider"));
        if (type == "application/json") await OpenAISchemas.ExpectValidAsync([(expected, body)]);
        else Assert.StartsWith(expected, body, StringComparison.Ordinal);
        if (format == "verbose_json") Assert.Equal(["Good", "day.", "How", "are", "you?"], JsonNode.Parse(body)!["words"]!.AsArray().Select(word => (string?)word!["word"]));
    }

    [Theory]
    [InlineData("json", "CreateTranslationResponseJson")]
    [InlineData("verbose_json", "CreateTranslationResponseVerboseJson")]
    [InlineData("srt", null)]
    public async Task A_translation_is_answered(string format, string? schema)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await SendAsync(served, Translations, SoundForms.Of(_sound, ("model", "sandbox/t"), ("response_format", format)));
        var body = await TextAsync(reply);

        Assert.Contains("Good day.", body, StringComparison.Ordinal);
        if (schema is not null) await OpenAISchemas.ExpectValidAsync([(schema, body)]);
    }

    [Theory, InlineData("json"), InlineData("diarized_json")]
    public async Task A_stream_is_events_up_to_done_and_no_more(string format)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await SendAsync(served, Transcriptions, SoundForms.Of(_sound, [("model", "sandbox/t"), ("response_format", format), ("stream", "true"), .. format == "json" ? (IEnumerable<(string, string)>)[("include[]", "logprobs")] : []]));
        var (events, error) = await reply.EventsAsync();

        Assert.Null(error);
        Assert.Equal("text/event-stream", reply.Content.Headers.ContentType!.MediaType);
        Assert.True(events.Count > 5);
        Assert.Equal("transcript.text.done", (string?)JsonNode.Parse(events[^1])!["type"]);
        Assert.Equal("Good day. How are you?", (string?)JsonNode.Parse(events[^1])!["text"]);
        await OpenAISchemas.ExpectValidAsync(events.Select(data => ("CreateTranscriptionResponseStreamEvent", data)));
    }

    [Fact]
    public async Task What_a_service_leaves_out_of_a_form_of_JSON_is_made_up_and_what_it_adds_stays()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi","segments":[{"id":0,"seek":0,"start":0,"end":1.5,"text":"Hi","tokens":[],"temperature":0,"avg_logprob":0,"compression_ratio":1,"no_speech_prob":0}],"x_own":{"id":"1"}}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await SendAsync(served, Transcriptions, SoundForms.Of(_sound, ("model", "openai/m"), ("response_format", "verbose_json"), ("language", "en")));
        var body = await TextAsync(reply);

        await OpenAISchemas.ExpectValidAsync([("CreateTranscriptionResponseVerboseJson", body)]);
        Assert.Equal(("en", 1.5, "1"), ((string?)JsonNode.Parse(body)!["language"], (double?)JsonNode.Parse(body)!["duration"], (string?)JsonNode.Parse(body)!["x_own"]!["id"]));
    }

    [Fact]
    public async Task Every_field_reaches_the_service_and_fallbacks_do_not()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hi"}"""));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await SendAsync(served, Transcriptions, SoundForms.Of(
            _sound, ("model", "openai/m"), ("language", "en"), ("prompt", "p"), ("temperature", "0.5"), ("include", "logprobs"), ("chunking_strategy", """{"type":"server_vad","threshold":0.25}"""),
            ("known_speaker_names[]", "ann"), ("known_speaker_references[]", "data:,x"), ("own", "1"), ("list[]", "a"), ("fallbacks[]", "sandbox/t")));

        Assert.Equal(200, (int)reply.StatusCode);
        var form = await FormFields.OfAsync(upstream.Requests[0].Headers["Content-Type"], upstream.Requests[0].Body);
        Assert.Equal(
            ["model", "language", "prompt", "temperature", "include[]", "chunking_strategy[type]", "chunking_strategy[threshold]", "known_speaker_names[]", "known_speaker_references[]", "own", "list[]", "file"], form.Select(field => field.Name));
        Assert.Equal("talk.wav", form[^1].FileName);
        Assert.Contains(Encoding.Latin1.GetString(_sound), Encoding.Latin1.GetString(upstream.Requests[0].Body), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(Transcriptions)]
    [InlineData(Translations)]
    public async Task A_fallback_answers_with_the_same_file(string path)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"no"}}""", 503));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await SendAsync(served, path, SoundForms.Of(_sound, ("model", "openai/m"), ("fallbacks", "sandbox/t")));

        Assert.Contains("Good day.", await TextAsync(reply), StringComparison.Ordinal);
        Assert.Equal(("sandbox", "2"), (reply.Header("x-muxi-provider"), reply.Header("x-muxi-attempts")));
    }

    public static TheoryData<string, string, int, string?> WrongForms => new()
    {
        { "", "model=sandbox/t", 400, "file" },
        { "file", "", 400, "model" },
        { "file", "model=nobody/t", 404, "model" },
        { "file", "model=sandbox/t&temperature=hot", 400, "temperature" },
        { "file", "model=sandbox/t&temperature=2", 400, "temperature" },
        { "file", "model=sandbox/t&response_format=rtf", 400, "response_format" },
        { "file", "model=sandbox/t&stream=maybe", 400, "stream" },
        { "file", "model=sandbox/t&timestamp_granularities[]=word", 400, "timestamp_granularities" },
        { "file", "model=sandbox/t&chunking_strategy={", 400, "chunking_strategy" },
        { "file", "model=lmstudio/t", 400, null },
        { "file", "model=sandbox/rate-limit", 429, null },
        { "file", "model=sandbox/overloaded&stream=true", 503, null },
        { "file", "model=sandbox/html-error", 502, null },
        { "file", "model=sandbox/bad-json", 502, null },
        { "words", "model=sandbox/t", 400, "file" },
    };

    [Theory, MemberData(nameof(WrongForms))]
    public async Task A_wrong_form_or_a_failing_service_is_a_status(string file, string fields, int status, string? param)
    {
        await using var served = await Served.SandboxAsync();
        var form = SoundForms.Of(file switch { "" => null, "words" => "no sound"u8.ToArray(), _ => _sound }, fields.Split('&', StringSplitOptions.RemoveEmptyEntries).Select(field => (field[..field.IndexOf('=', StringComparison.Ordinal)], field[(field.IndexOf('=', StringComparison.Ordinal) + 1)..])));

        var told = await SendAsync(served, Transcriptions, form).AsTask().ErrorAsync();

        Assert.Equal((status, param), (told.Status, told.Param));
    }

    [Fact]
    public async Task A_body_that_is_no_form_and_speech_that_is_no_JSON_are_unsupported()
    {
        await using var served = await Served.SandboxAsync();

        Assert.Equal(415, (await served.SendAsync(HttpMethod.Post, Transcriptions, "{}").ErrorAsync()).Status);
        Assert.Equal(415, (await SendAsync(served, Speech, SoundForms.Of(_sound)).AsTask().ErrorAsync()).Status);
    }

    [Theory]
    [InlineData("{\"type\":\"transcript.text.delta\",\"delta\":\"Once \"}")]
    public async Task A_stream_that_breaks_is_told_as_an_event_and_has_no_end(string first)
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Sse($"data: {first}\n\n"));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await SendAsync(served, Transcriptions, SoundForms.Of(_sound, ("model", "openai/m"), ("stream", "true")));
        var (events, error) = await reply.EventsAsync();

        Assert.NotNull(error);
        Assert.Equal([first], events[..^1]);
        Assert.Equal("upstream_stream_broken", Told.Read(200, events[^1]).Code);
    }

    [Theory]
    [InlineData("mp3", "audio/mpeg")]
    [InlineData("opus", "audio/ogg")]
    [InlineData("aac", "audio/aac")]
    [InlineData("flac", "audio/flac")]
    [InlineData("wav", "audio/wav")]
    [InlineData("pcm", "audio/pcm")]
    public async Task Speech_has_its_type_and_its_bytes(string format, string type)
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, Speech, $$"""{"model":"sandbox/s","input":"Good day.","voice":"alloy","response_format":"{{format}}"}""");

        Assert.Equal((200, type, "sandbox"), ((int)reply.StatusCode, reply.Content.Headers.ContentType!.MediaType, reply.Header("x-muxi-provider")));
        Assert.Equal(SoundForms.Spoken("Good day.", format), await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    [Fact]
    public async Task Speech_as_events_is_valid_and_the_same_sound()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, Speech, """{"model":"sandbox/s","input":"Good day.","voice":{"id":"alloy"},"response_format":"wav","stream_format":"sse"}""");
        var (events, error) = await reply.EventsAsync();

        Assert.Null(error);
        await OpenAISchemas.ExpectValidAsync(events.Select(data => ("CreateSpeechResponseStreamEvent", data)));
        Assert.Equal(SoundForms.Spoken("Good day."), events.Select(data => JsonNode.Parse(data)!).Where(one => one["audio"] is not null).SelectMany(one => Convert.FromBase64String((string)one["audio"]!)));
    }

    [Theory]
    [InlineData("""{"input":"Hi","voice":"a"}""", 400, "model")]
    [InlineData("""{"model":"sandbox/s","voice":"a"}""", 400, "input")]
    [InlineData("""{"model":"sandbox/s","input":"","voice":"a"}""", 400, "input")]
    [InlineData("""{"model":"sandbox/s","input":"Hi","voice":7}""", 400, "voice")]
    [InlineData("""{"model":"sandbox/s","input":"Hi","voice":"a","speed":9}""", 400, "speed")]
    [InlineData("""{"model":"sandbox/s","input":"Hi","voice":"a","response_format":"midi"}""", 400, "response_format")]
    [InlineData("""{"model":"sandbox/s","input":"Hi","voice":"a","stream_format":"xml"}""", 400, "stream_format")]
    [InlineData("""{"model":"sandbox/s","input":"Hi","input":"Ho","voice":"a"}""", 400, "input")]
    [InlineData("""{"model":"sandbox/rate-limit","input":"Hi","voice":"a"}""", 429, null)]
    [InlineData("""{"model":"sandbox/overloaded","input":"Hi","voice":"a","stream_format":"sse"}""", 503, null)]
    [InlineData("""{"model":"sandbox/bad-json","input":"Hi","voice":"a"}""", 502, null)]
    [InlineData("""{"model":"sandbox/html-error","input":"Hi","voice":"a"}""", 502, null)]
    [InlineData("""{"model":"openai/s","input":"Hi","voice":"a"}""", 401, null)]
    [InlineData("""{"model":"vllm/s","input":"Hi","voice":"a"}""", 400, null)]
    public async Task Speech_that_cannot_be_is_a_status(string body, int status, string? param)
    {
        await using var served = await Served.SandboxAsync();

        var told = await served.SendAsync(HttpMethod.Post, Speech, body).ErrorAsync();

        Assert.Equal((status, param), (told.Status, told.Param));
    }

    [Fact]
    public async Task A_fallback_speaks_and_members_that_we_do_not_know_pass()
    {
        await using var upstream = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"no"}}""", 503));
        await using var served = await Served.BeforeAsync(upstream.Url);

        using var reply = await served.SendAsync(HttpMethod.Post, Speech, """{"model":"openai/s","input":"Hi","voice":"alloy","response_format":"pcm","own":[1],"fallbacks":["sandbox/s"]}""");

        Assert.Equal(SoundForms.Spoken("Hi", "pcm"), await reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
        Assert.Equal("""{"model":"s","input":"Hi","voice":"alloy","response_format":"pcm","own":[1]}""", upstream.Requests[0].Text);
    }

    [Fact]
    public async Task Bytes_pass_as_they_come_and_a_client_that_goes_ends_the_call_upstream()
    {
        await using var upstream = FaultServer.Start(Fault.StallAfter(4, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "audio/mpeg" }, new byte[100])));
        await using var served = await Served.BeforeAsync(upstream.Url);

        var reply = await served.SendAsync(HttpMethod.Post, Speech, """{"model":"openai/s","input":"Hi","voice":"alloy"}""");
        var stream = await reply.Content.ReadAsStreamAsync(TestContext.Current.CancellationToken);
        await stream.ReadExactlyAsync(new byte[4], TestContext.Current.CancellationToken);
        Assert.False(upstream.ClientGone.IsCompleted);
        reply.Dispose();

        await upstream.ClientGone.SoonAsync();
    }

    [Fact]
    public async Task Bytes_that_break_off_break_the_connection()
    {
        await using var served = await Served.SandboxAsync();

        using var reply = await served.SendAsync(HttpMethod.Post, Speech, """{"model":"sandbox/cut-stream","input":"A longer sentence than others.","voice":"alloy","response_format":"pcm"}""");

        Assert.Equal(200, (int)reply.StatusCode);
        await Assert.ThrowsAnyAsync<Exception>(() => reply.Content.ReadAsByteArrayAsync(TestContext.Current.CancellationToken));
    }

    private static async ValueTask<HttpResponseMessage> SendAsync(Served served, string path, HttpContent form)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, path) { Content = form };
        return await served.Http.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, TestContext.Current.CancellationToken);
    }

    private static Task<string> TextAsync(HttpResponseMessage reply) => reply.Content.ReadAsStringAsync(TestContext.Current.CancellationToken);
}
