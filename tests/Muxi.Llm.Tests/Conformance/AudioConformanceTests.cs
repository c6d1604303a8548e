namespace Muxi.Llm.Tests;

/// <summary>Every request for sound and of sound that we send, with every option set, judged by OpenAI's published document.</summary>
[Collection(OneSchemaServer.Name)]
public sealed class AudioConformanceTests(SchemaServer server)
{
    /// <summary>Without the numbers of the chunking strategy: within a union the judge takes a form's figures for text, and OpenAI's own clients send them no other way.</summary>
    private static readonly TranscriptionRequest _full = TranscriptionRequestTests.Full with { Extra = default, ChunkingStrategy = ChunkingStrategy.ServerVad };

    [Fact]
    public async Task A_transcript_is_asked_for_with_every_field_of_the_schema()
    {
        var members = new HashSet<string>();
        TranscriptionRequest[] requests = [_full, _full with { ResponseFormat = "json", TimestampGranularities = null, Include = ["logprobs"], ChunkingStrategy = ChunkingStrategy.Auto }, new() { Model = "openai/whisper-1", File = _full.File, ResponseFormat = "srt" }];
        foreach (var request in requests)
            members.UnionWith((await server.ExpectAcceptedAsync(client => client.Audio.Transcriptions.CreateAsync(request, null, TestContext.Current.CancellationToken), CannedReply.Json("""{"text":"Hi"}""")))[0].Members);
        members.UnionWith((await server.ExpectAcceptedAsync(
            async client => await client.Audio.Transcriptions.StreamAsync(_full with { ResponseFormat = "json", TimestampGranularities = null }, null, TestContext.Current.CancellationToken).ToTranscriptionAsync(TestContext.Current.CancellationToken),
            CannedReply.Sse("data: {\"type\":\"transcript.text.done\",\"text\":\"Hi\"}\n\n")))[0].Members);

        Assert.Equal(OpenAIDocument.FormOf("POST", "/audio/transcriptions").Keys.Order(), members.Order());
    }

    [Fact]
    public async Task A_translation_is_asked_for_with_every_field_of_the_schema()
    {
        var request = new TranslationRequest { Model = "openai/whisper-1", File = _full.File, Prompt = "Good day", ResponseFormat = "verbose_json", Temperature = 0.5 };

        var judged = await server.ExpectAcceptedAsync(client => client.Audio.Translations.CreateAsync(request, null, TestContext.Current.CancellationToken), CannedReply.Json("""{"text":"Hi"}"""));

        Assert.Equal(OpenAIDocument.FormOf("POST", "/audio/translations").Keys.Order(), judged[0].Members.Order());
    }

    [Fact]
    public async Task Speech_is_asked_for_with_every_member_of_the_schema()
    {
        var request = new SpeechRequest { Model = "openai/gpt-4o-mini-tts", Input = "Hi", Voice = "coral", Instructions = "softly", ResponseFormat = SpeechFormat.Pcm, Speed = 4 };
        var sound = CannedReply.Json("sound").With("content-type", "audio/mpeg");
        var bodies = new List<(string, string)>();
        foreach (var one in (SpeechRequest[])[request, request with { Voice = SpeechVoice.Custom("voice_1") }, new() { Model = "openai/tts-1", Input = "Hi" }])
            bodies.Add(("CreateSpeechRequest", (await server.ExpectAcceptedAsync(async client => await (await client.Audio.Speech.CreateAsync(one, null, TestContext.Current.CancellationToken)).DisposeAsync(), sound))[0].Text));
        var streamed = await server.ExpectAcceptedAsync(
            async client => await client.Audio.Speech.StreamAsync(request, null, TestContext.Current.CancellationToken).ToListAsync(TestContext.Current.CancellationToken),
            CannedReply.Sse("data: {\"type\":\"speech.audio.done\",\"usage\":{\"input_tokens\":1,\"output_tokens\":1,\"total_tokens\":2}}\n\n"));
        bodies.Add(("CreateSpeechRequest", streamed[0].Text));

        Assert.Equal(OpenAIDocument.MembersOf("CreateSpeechRequest").Order(), streamed[0].Members.Order());
        await OpenAISchemas.ExpectValidAsync(bodies);
    }
}
