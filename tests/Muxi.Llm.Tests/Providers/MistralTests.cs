using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Mistral, side by side with the wire: the bodies are those that its own client writes and reads (2.7.0, November 2026).</summary>
public sealed class MistralTests
{
    private const string Chat = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi","tool_calls":null},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_conversation_goes_out_as_its_chat_takes_it()
    {
        const string Sent = """
            {"model":"magistral-medium-latest","messages":[{"role":"system","content":"Be brief."},
              {"role":"user","content":[{"type":"text","text":"Look."},{"type":"image_url","image_url":{"url":"https://e.org/a.png"}},{"type":"document_url","document_url":"https://e.org/a.pdf","document_name":"a.pdf"},
                {"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0=","document_name":"b.pdf"},{"type":"file","file_id":"f1"},{"type":"input_audio","input_audio":"AAEC"}]},
              {"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true},{"type":"text","text":"So:"}],"tool_calls":[{"id":"ID","type":"function","function":{"name":"look","arguments":"{}"}}]},
              {"role":"tool","content":"42","tool_call_id":"ID","name":"look"},
              {"role":"assistant","content":"It is","prefix":true}],
             "tools":[{"type":"function","function":{"name":"look","strict":true}}],"tool_choice":"required","max_tokens":9,"random_seed":7,"reasoning_effort":"high","prompt_mode":"reasoning"}
            """;
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Chat));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var reply = await client.AskAsync(new ChatCompletionRequest
        {
            Model = "mistral/magistral-medium-latest",
            Messages =
            [
                new() { Role = "developer", Content = "Be brief." },
                new() { Role = Role.User, Name = "ada", Blocks = ["Look.", Image.FromUrl("https://e.org/a.png"), Document.FromUrl("https://e.org/a.pdf", "a.pdf"), Document.FromBytes("%PDF-"u8, "b.pdf"), Document.FromId("mistral/f1"), Audio.FromBytes([0, 1, 2], "mp3")] },
                new() { Role = Role.Assistant, Blocks = [ContentPart.FromReasoning("hm"), "So:", ContentPart.FromToolCall(new() { Id = "call_of_another_service", Function = new("look", "{}") })] },
                new() { Role = Role.Tool, ToolCallId = "call_of_another_service", Name = "look", Content = "42" },
                Message.Assistant("It is"),
            ],
            Tools = [new() { Function = new("look") { Strict = true } }], ToolChoice = ToolChoice.Required, MaxCompletionTokens = 9, Seed = 7, ReasoningEffort = ReasoningEffort.High,
            User = "u", Logprobs = true, LogitBias = new Dictionary<string, double> { ["1"] = 1 }, Extra = """{"prompt_mode":"reasoning"}""",
        });

        var id = ToolCallIds.OfLength("call_of_another_service", 9);
        JsonComparison.Same("the body", JsonNode.Parse(Sent.Replace("\"ID\"", $"\"{id}\"", StringComparison.Ordinal)), JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(server.Requests[0].Text)));
        Assert.Equal(["logit_bias", "logprobs", "messages.name", "user"], reply.Warnings.Select(warning => warning.Param).Order());
    }

    [Fact]
    public async Task Thinking_goes_back_only_to_models_that_take_it()
    {
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json(Chat));
        using var client = Calls.ClientFor(server.Url, "mistral");
        IReadOnlyList<Message> messages = [Message.User("a"), new() { Role = Role.Assistant, Blocks = [ContentPart.FromReasoning("hm"), "So."] }, Message.User("b")];

        foreach (var model in (string[])["open-mistral-nemo", "mistral-small-2603", "mistral-medium-3.5", "mistral-small-2506"]) await client.AskAsync(new ChatCompletionRequest { Model = $"mistral/{model}", Messages = messages });

        Assert.Equal([false, true, true, false], server.Requests.Select(request => request.Text.Contains("\"thinking\"", StringComparison.Ordinal)));
    }

    [Theory]
    [InlineData("mistral", "/fim/completions", """{"model":"codestral-latest","prompt":"a","suffix":"b","max_tokens":3,"random_seed":7,"stop":"x","min_tokens":1}""")]
    [InlineData("codestral", "/fim/completions", """{"model":"codestral-latest","prompt":"a","suffix":"b","max_tokens":3,"random_seed":7,"stop":"x","min_tokens":1}""")]
    [InlineData("deepseek", "/beta/completions", """{"model":"codestral-latest","prompt":"a","suffix":"b","max_tokens":3,"stop":"x","min_tokens":1}""")]
    [InlineData("cerebras", "/completions", """{"model":"codestral-latest","prompt":"a","suffix":"b","max_tokens":3,"seed":7,"stop":"x","min_tokens":1}""")]
    public async Task Code_is_filled_in_between_a_prompt_and_a_suffix(string provider, string path, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Chat));
        using var client = Calls.ClientFor(server.Url, provider);

        var reply = await client.Completions.CreateAsync(new() { Model = $"{provider}/codestral-latest", Prompt = "a", Suffix = "b", MaxTokens = 3, Seed = 7, Stop = ["x"], Extra = """{"min_tokens":1}""" }, null, Token);

        Assert.Equal((path, sent, "Hi"), (server.Requests[0].Target, server.Requests[0].Text, reply.Text));
    }

    [Fact]
    public async Task Several_prompts_are_refused_where_one_text_is_taken()
    {
        using var client = Calls.ClientFor(new("http://nobody.invalid"), "mistral");

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Completions.CreateAsync(new() { Model = "mistral/m", Prompt = ["a", "b"] }, null, Token));

        Assert.Equal("prompt", error.Param);
    }

    [Fact]
    public async Task Embeddings_have_a_dimension_of_its_name_and_come_as_lists()
    {
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json("""{"id":"1","object":"list","data":[{"object":"embedding","embedding":[1,-2],"index":0}],"model":"codestral-embed","usage":{"prompt_tokens":2,"total_tokens":2,"completion_tokens":0}}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "mistral/codestral-embed", Input = ["a"], Dimensions = 64, User = "u", Extra = """{"output_dtype":"int8"}""" }, null, Token);

        Assert.Equal(("/embeddings", """{"model":"codestral-embed","input":["a"],"output_dimension":64,"output_dtype":"int8"}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal([1f, -2f], reply.Data[0].Vector.ToArray());
        Assert.Equal("user", Assert.Single(reply.Warnings).Param);
    }

    [Fact]
    public async Task A_conversation_is_looked_at_as_one()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"1","model":"m","results":[{"categories":{"pii":true},"category_scores":{"pii":0.9}}]}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");
        var request = new ModerationRequest { Model = "mistral/m", Input = ModerationInput.FromMessages(Message.User("a"), new() { Role = Role.Assistant, Name = "x", Content = "b" }) };

        var reply = await client.Moderations.CreateAsync(request, null, Token);

        Assert.Equal(("/chat/moderations", """{"model":"m","input":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.True(reply.IsFlagged);
        Assert.Equal(2, ModerationRequest.Parse(Encoding.UTF8.GetBytes(request.ToJson())).Input.Messages.Count);
        using var openai = Calls.ClientFor(new("http://nobody.invalid"));
        await Assert.ThrowsAsync<BadRequestException>(() => openai.Moderations.CreateAsync(request with { Model = "openai/m" }, null, Token));
    }

    [Fact]
    public async Task A_picture_is_refused_where_texts_alone_are_looked_at()
    {
        using var client = Calls.ClientFor(new("http://nobody.invalid"), "mistral");

        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Moderations.CreateAsync(new() { Model = "mistral/m", Input = ModerationInput.FromParts(Image.FromUrl("https://e.org/a.png")) }, null, Token));

        Assert.Equal("input", error.Param);
    }

    [Fact]
    public async Task Files_are_listed_by_the_number_of_the_page()
    {
        const string One = """{"data":[{"id":"f1","object":"file","bytes":3,"created_at":1,"filename":"a.pdf","purpose":"ocr","sample_type":"ocr_input","source":"upload"}],"object":"list","total":2}""";
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(One), CannedReply.Json(One.Replace("f1", "f2", StringComparison.Ordinal)), CannedReply.Json("""{"data":[],"object":"list","total":2}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var files = await client.Files.ListAsync(new() { Provider = "mistral", Limit = 1, Purpose = "ocr" }, null, Token).ToListAsync(Token);

        Assert.Equal(["f1", "f2"], files.Select(file => file.Id));
        Assert.Equal(["/files?purpose=ocr&page_size=1", "/files?purpose=ocr&page_size=1&page=1", "/files?purpose=ocr&page_size=1&page=2"], server.Requests.Select(request => request.Target));
    }

    [Theory]
    [InlineData("QUEUED", "validating")]
    [InlineData("RUNNING", "in_progress")]
    [InlineData("SUCCESS", "completed")]
    [InlineData("FAILED", "failed")]
    [InlineData("TIMEOUT_EXCEEDED", "expired")]
    [InlineData("CANCELLATION_REQUESTED", "cancelling")]
    [InlineData("CANCELLED", "cancelled")]
    [InlineData("PAUSED", "PAUSED")]
    public async Task A_job_is_a_batch(string word, string status)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json($$"""{"id":"j1","object":"batch","input_files":["f1"],"metadata":{"a":"b"},"endpoint":"/v1/fim/completions","model":"m","agent_id":null,"output_file":"f2","error_file":null,"errors":[{"message":"bad","count":2}],"outputs":null,"status":"{{word}}","created_at":5,"total_requests":4,"completed_requests":3,"succeeded_requests":2,"failed_requests":1,"started_at":6,"completed_at":7}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var batch = await client.Batches.RetrieveAsync("mistral/j1", null, Token);

        Assert.Equal(("/batch/jobs/j1", status, "/v1/completions", "m", "f1", "f2"), (server.Requests[0].Target, batch.Status.Value, batch.Endpoint.Value, batch.Model, batch.InputFileId, batch.OutputFileId));
        Assert.Equal((4L, 2L, 1L), (batch.RequestCounts!.Total, batch.RequestCounts.Completed, batch.RequestCounts.Failed));
        Assert.Equal((7L, "bad", word), (batch.CompletedAt ?? batch.FailedAt ?? batch.ExpiredAt ?? batch.CancelledAt, batch.Errors[0].Message, batch.Extra.GetString("status")));
    }

    [Fact]
    public async Task A_job_is_made_of_requests_for_one_model_stopped_listed_and_deleted()
    {
        const string Job = """{"id":"j1","object":"batch","input_files":["f1"],"endpoint":"/v1/fim/completions","errors":[],"status":"QUEUED","created_at":5,"total_requests":1,"completed_requests":0,"succeeded_requests":0,"failed_requests":0}""";
        await using var server = await ReplayServer.StartAsync(1, request => request.Target switch
        {
            "/files" => CannedReply.Json("""{"id":"f1","object":"file","bytes":1,"created_at":1,"filename":"b.jsonl","purpose":"batch"}"""),
            var path when path.Contains('?', StringComparison.Ordinal) => CannedReply.Json($$"""{"data":[{{Job}}],"object":"list","total":1}"""),
            _ => CannedReply.Json(Job),
        });
        using var client = Calls.ClientFor(server.Url, "mistral");

        var batch = await client.Batches.CreateAsync([new("a", new CompletionRequest { Model = "mistral/codestral-latest", Prompt = "a", Suffix = "b" })], new() { CompletionWindow = "12h", Metadata = new Dictionary<string, string> { ["a"] = "b" } }, null, Token);
        await client.Batches.CancelAsync(batch.QualifiedId, null, Token);
        var listed = await client.Batches.ListPageAsync(new() { Provider = "mistral", Limit = 5, After = "1" }, null, Token);
        await client.Batches.DeleteAsync(batch.QualifiedId, null, Token);

        Assert.Contains("""{"custom_id":"a","body":{"model":"codestral-latest","prompt":"a","suffix":"b"}}""", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("""{"input_files":["f1"],"endpoint":"/v1/fim/completions","model":"codestral-latest","timeout_hours":12,"metadata":{"a":"b"}}""", server.Requests[1].Text);
        Assert.Equal(["POST /batch/jobs/j1/cancel", "GET /batch/jobs?page_size=5&page=1", "DELETE /batch/jobs/j1"], server.Requests.Skip(2).Select(request => $"{request.Method} {request.Target}"));
        Assert.Equal((1, false), (listed.Data.Count, listed.HasMore));
        var error = await Assert.ThrowsAsync<BadRequestException>(() => client.Batches.CreateAsync([new("a", Calls.Ask("mistral/m")), new("b", Calls.Ask("mistral/n"))], null, null, Token));
        Assert.Contains("model", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_transcript_has_words_to_expect_and_times_where_they_are_asked_for()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"model":"voxtral-mini-2602","text":"Good day.","language":"en","segments":[{"type":"transcription_segment","text":"Good day.","start":0,"end":1.5,"score":null,"speaker_id":"speaker_1"}],"usage":{"prompt_audio_seconds":2,"prompt_tokens":4,"total_tokens":14,"completion_tokens":10}}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var reply = await client.Audio.Transcriptions.CreateAsync(new()
        {
            Model = "mistral/voxtral-mini-latest", File = FileSource.FromBytes("RIFF"u8.ToArray(), "a.wav"), Language = "en", Keywords = ["Ada", "Bob"], Temperature = 0.1, ResponseFormat = AudioResponseFormat.Srt, Extra = """{"diarize":true}""",
        }, null, Token);

        var text = server.Requests[0].Text;
        foreach (var field in (string[])["name=\"model\"\r\n\r\nvoxtral-mini-latest", "name=\"context_bias\"\r\n\r\nAda", "name=\"context_bias\"\r\n\r\nBob", "name=\"timestamp_granularities\"\r\n\r\nsegment", "name=\"diarize\"\r\n\r\ntrue", "name=\"language\"\r\n\r\nen", "name=\"temperature\"\r\n\r\n0.1"])
            Assert.Contains(field, text.Replace("name=model", "name=\"model\"", StringComparison.Ordinal), StringComparison.Ordinal);
        Assert.DoesNotContain("response_format", text, StringComparison.Ordinal);
        Assert.Contains("00:00:00,000 --> 00:00:01,500", reply.Text, StringComparison.Ordinal);
        Assert.Equal(("speaker_1", 4L, 2d), (reply.Segments[0].Speaker, reply.Usage!.InputTokens, reply.Usage.Seconds));
    }

    [Fact]
    public async Task A_streamed_transcript_reads_as_OpenAIs()
    {
        const string Events = """
            event: transcription.language
            data: {"type":"transcription.language","audio_language":"en"}

            event: transcription.text.delta
            data: {"type":"transcription.text.delta","text":"Good"}

            event: transcription.text.delta
            data: {"text":" day."}

            event: transcription.segment
            data: {"type":"transcription.segment","text":"Good day.","start":0,"end":1.5,"speaker_id":"speaker_1"}

            event: transcription.done
            data: {"type":"transcription.done","model":"voxtral-mini-2602","text":"Good day.","segments":[],"language":"en","usage":{"prompt_audio_seconds":2,"prompt_tokens":4,"total_tokens":14,"completion_tokens":10}}


            """;
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(Events));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var events = await client.Audio.Transcriptions.StreamAsync(new() { Model = "mistral/m", File = FileSource.FromBytes("RIFF"u8.ToArray(), "a.wav") }, null, Token).ToListAsync(Token);

        Assert.Equal(["transcription.language", "transcript.text.delta", "transcript.text.delta", "transcript.text.segment", "transcript.text.done"], events.Select(one => one.Type.Value));
        Assert.Equal("Good day.", string.Concat(events.Select(one => one.Delta)));
        Assert.Equal(("speaker_1", "Good day.", 14L), (events[3].Segment!.Speaker, events[4].Text, events[4].Usage!.TotalTokens));
    }

    [Fact]
    public async Task Speech_comes_in_JSON_and_as_events()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal)
            ? CannedReply.Sse("event: speech.audio.delta\ndata: {\"type\":\"speech.audio.delta\",\"audio_data\":\"AAEC\"}\n\nevent: speech.audio.delta\ndata: {\"type\":\"speech.audio.delta\",\"audio_data\":\"AwQ=\"}\n\nevent: speech.audio.done\ndata: {\"type\":\"speech.audio.done\",\"usage\":{\"prompt_tokens\":1,\"completion_tokens\":2,\"total_tokens\":3}}\n\n")
            : CannedReply.Json("""{"audio_data":"AAECAwQ="}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");
        var request = new SpeechRequest { Model = "mistral/voxtral-mini-tts-latest", Input = "Hi", Voice = "v1", ResponseFormat = SpeechFormat.Wav, Speed = 2 };

        await using var speech = await client.Audio.Speech.CreateAsync(request, null, Token);
        using var bytes = new MemoryStream();
        await speech.Content.CopyToAsync(bytes, Token);
        var events = await client.Audio.Speech.StreamAsync(request, null, Token).ToListAsync(Token);

        Assert.Equal(("/audio/speech", """{"model":"voxtral-mini-tts-latest","input":"Hi","voice_id":"v1","response_format":"wav","stream":false}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal([0, 1, 2, 3, 4], bytes.ToArray());
        Assert.Equal(["AAEC", "AwQ=", null], events.Select(one => one.Audio));
        Assert.Equal((3L, "speed"), (events[^1].Usage!.TotalTokens, Assert.Single(speech.Warnings).Param));
    }

    [Fact]
    public async Task Speech_that_is_cut_is_not_taken_for_the_whole()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse("data: {\"type\":\"speech.audio.delta\",\"audio_data\":\"AAEC\"}\n\n"));
        using var client = Calls.ClientFor(server.Url, "mistral");

        await Assert.ThrowsAsync<StreamInterruptedException>(() => client.Audio.Speech.StreamAsync(new SpeechRequest { Model = "mistral/m", Input = "Hi" }, null, Token).ToListAsync(Token).AsTask());
    }

    [Fact]
    public async Task Models_keep_what_they_can_do()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"object":"list","data":[{"id":"mistral-small-latest","object":"model","created":1,"owned_by":"mistralai","capabilities":{"completion_chat":true,"ocr":false},"max_context_length":256000,"aliases":["mistral-small-2603"],"type":"base"}]}"""));
        using var client = Calls.ClientFor(server.Url, "mistral");

        var model = Assert.Single(await client.Models.ListAsync("mistral", null, Token).ToListAsync(Token));

        Assert.Equal(("mistral-small-latest", "mistralai"), (model.Id, model.OwnedBy));
        Assert.True(model.Extra["capabilities"].ToElement().GetProperty("completion_chat").GetBoolean());
    }
}
