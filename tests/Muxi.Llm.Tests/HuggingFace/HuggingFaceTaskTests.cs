using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Tasks at Hugging Face's router whose formats are not OpenAI's: what goes out, and what is read. The replies are written by hand after the specifications in huggingface.js (packages/tasks).</summary>
public sealed class HuggingFaceTaskTests
{
    private static readonly byte[] _png = Convert.FromBase64String("iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==");

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    private static LlmClient Client(ReplayServer server, params Provider[] own) => new(Calls.OptionsFor(new(server.Url, "v1"), "huggingface") with { Providers = own });

    [Fact]
    public async Task Embeddings_are_asked_for_at_the_models_pipeline_beside_the_base_url()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("[[1,2],[3,4.5]]"));
        using var client = Client(server);

        var reply = await client.Embeddings.CreateAsync(new() { Model = "hf/org/model:hf-inference", Input = ["one", "two"], User = "me", Dimensions = 2, Extra = """{"normalize":true}""" }, null, Token);

        Assert.Equal("/hf-inference/models/org/model/pipeline/feature-extraction", server.Requests[0].Target);
        Assert.Equal("""{"inputs":["one","two"],"normalize":true}""", server.Requests[0].Text);
        Assert.Equal($"Bearer {Calls.Key}", server.Requests[0].Headers["Authorization"]);
        Assert.Equal([[1f, 2f], [3f, 4.5f]], reply.Data.Select(static one => one.Vector.ToArray()));
        Assert.Equal(["user", "dimensions"], reply.Warnings.Select(static warning => warning.Param));
        Assert.Equal("org/model:hf-inference", reply.Model);
    }

    [Theory]
    [InlineData("one", "[1,2]", "1 2")]
    [InlineData("one", "[[1,2]]", "1 2")]
    [InlineData("one", "[[[1,2]]]", "1 2")]
    [InlineData("one|two", "[[1,2],[3,4]]", "1 2|3 4")]
    [InlineData("one|two", "[[[1,2]],[[3,4]]]", "1 2|3 4")]
    [InlineData("one|two", "[[[[1,2]]],[[[3,4]]]]", "1 2|3 4")]
    public async Task A_vector_for_each_text_is_found_however_deep_it_lies(string texts, string reply, string vectors)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(reply));
        using var client = Client(server);

        var read = await client.Embeddings.CreateAsync(new() { Model = "huggingface/m", Input = texts.Split('|') is [var only] ? only : texts.Split('|') }, null, Token);

        Assert.Equal(vectors, string.Join('|', read.Data.Select(static one => string.Join(' ', one.Vector.ToArray()))));
    }

    [Theory]
    [InlineData("one", "[[1,2],[3,4],[5,9]]", "3 5", "1 2")]
    [InlineData("one", "[[[1,2],[3,4],[5,9]]]", "3 5", "1 2")]
    [InlineData("one|two", "[[[1,2],[3,4]],[[5,6],[7,8],[9,10]]]", "2 3|7 8", "1 2|5 6")]
    public async Task A_vector_for_each_token_is_refused_unless_it_is_said_how_they_make_one(string texts, string reply, string mean, string first)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(reply));
        using var client = Client(server, [.. new[] { TokenPooling.Mean, TokenPooling.First }.Select(pooling => Providers.HuggingFace with
        {
            Name = pooling.ToString(), Aliases = [], BaseUrl = new Uri(server.Url, "v1").ToString(), Auth = Auth.None, Embeddings = new HuggingFaceEmbeddings { Pooling = pooling },
        })]);

        var refused = await Assert.ThrowsAsync<ServerException>(() => Ask("huggingface"));
        var means = await Ask("Mean");
        var firsts = await Ask("First");

        Assert.Contains("one for each token: the model has no pooling of its own", refused.Message, StringComparison.Ordinal);
        Assert.Equal((mean, first), (Words(means), Words(firsts)));

        Task<EmbeddingResponse> Ask(string provider) => client.Embeddings.CreateAsync(new() { Model = $"{provider}/m", Input = texts.Split('|') is [var only] ? only : texts.Split('|') }, null, Token);
        static string Words(EmbeddingResponse reply) => string.Join('|', reply.Data.Select(static one => string.Join(' ', one.Vector.ToArray())));
    }

    [Theory]
    [InlineData("[[1,2]]", "has 1 embeddings, and 2 were asked for")]
    [InlineData("[[1,2],[3]]", "")]
    [InlineData("[]", "")]
    [InlineData("[[],[]]", "no embeddings")]
    [InlineData("[[1,\"x\"],[2,3]]", "")]
    [InlineData("[[[[[1]]]],[[[[1]]]]]", "")]
    [InlineData("{\"embeddings\":[[1],[2]]}", "")]
    [InlineData("[[1,2],[3,4]", "")]
    public async Task What_is_no_embedding_for_each_text_is_an_error(string body, string message)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Client(server);
        var request = new EmbeddingRequest { Model = "huggingface/m", Input = ["one", "two"] };
        // Of which length an embedding is, is the model's matter.
        if (body == "[[1,2],[3]]")
        {
            Assert.Equal(2, (await client.Embeddings.CreateAsync(request, null, Token)).Data.Count);
            return;
        }

        Assert.Contains(message, (await Assert.ThrowsAsync<ServerException>(() => client.Embeddings.CreateAsync(request, null, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task More_texts_than_are_taken_at_once_go_in_several_requests()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json($"[{string.Join(',', JsonNode.Parse(request.Text)!["inputs"]!.AsArray().Select(static text => $"[{text}]"))}]"));
        using var client = Client(server);

        var reply = await client.Embeddings.CreateAsync(new() { Model = "huggingface/m", Input = [.. Enumerable.Range(0, 70).Select(static i => $"{i}")] }, null, Token);

        Assert.Equal(3, server.Requests.Count);
        Assert.Equal(Enumerable.Range(0, 70).Select(static i => (float)i), reply.Data.Select(static one => one.Vector.Span[0]));
    }

    [Fact]
    public async Task Another_runners_task_is_refused_before_anything_is_sent()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("[1]"));
        using var client = Client(server);

        var refused = await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Embeddings.CreateAsync(new() { Model = "huggingface/org/m:nebius", Input = "x" }, null, Token));
        await Assert.ThrowsAsync<BadRequestException>(() => client.Embeddings.CreateAsync(new() { Model = "huggingface/../../x", Input = "x" }, null, Token));

        Assert.Contains("write org/m:hf-inference", refused.Message, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_model_that_is_being_loaded_is_waited_for_as_long_as_it_says()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":"Model org/m is currently loading","estimated_time":20.5}""", 503));
        using var client = Client(server);

        var error = await Assert.ThrowsAsync<OverloadedException>(() => client.Embeddings.CreateAsync(new() { Model = "huggingface/org/m", Input = "x" }, null, Token));

        Assert.Equal(TimeSpan.FromSeconds(20.5), error.RetryAfter);
        Assert.Equal("huggingface: Model org/m is currently loading", error.Message);
    }

    [Fact]
    public async Task A_picture_is_the_reply_and_several_are_several_calls()
    {
        await using var server = await ReplayServer.StartAsync(1, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "image/png" }, _png));
        using var client = Client(server);

        var reply = await client.Images.GenerateAsync(new() { Model = "huggingface/org/flux", Prompt = "a cat", N = 2, Size = "512x768", Quality = "high", Extra = """{"num_inference_steps":4,"parameters":{"seed":7}}""" }, null, Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, static request => Assert.Equal("/hf-inference/models/org/flux", request.Target));
        JsonComparison.Same("picture", JsonNode.Parse("""{"inputs":"a cat","parameters":{"width":512,"height":768,"num_inference_steps":4,"seed":7}}""")!, JsonNode.Parse(server.Requests[1].Text)!);
        Assert.Equal("image/png", server.Requests[0].Headers["Accept"]);
        Assert.Equal(2, reply.Data.Count(static one => one.Bytes.Span.SequenceEqual(_png)));
        Assert.Equal("quality", Assert.Single(reply.Warnings).Param);
    }

    [Theory]
    [InlineData("""{"data":[{"b64_json":"SGVsbG8="}]}""", "Hello", null)]
    [InlineData("""{"output":["https://example.org/a.png"]}""", "", "https://example.org/a.png")]
    public async Task A_picture_in_JSON_is_read_too(string body, string bytes, string? url)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Client(server);

        var image = (await client.Images.GenerateAsync(new() { Model = "huggingface/m", Prompt = "a cat" }, null, Token)).Data[0];

        Assert.Equal((bytes, url), (Encoding.UTF8.GetString(image.Bytes.Span), image.Url));
    }

    [Theory]
    [InlineData("""{"error":"The model is not there"}""", "The model is not there")]
    [InlineData("""{"data":[]}""", "")]
    [InlineData("<html>busy</html>", "HTML")]
    public async Task A_good_status_without_a_picture_is_an_error(string body, string message)
    {
        await using var server = await ReplayServer.StartAsync(1, body.StartsWith('<') ? CannedReply.Html(200, body) : CannedReply.Json(body));
        using var client = Client(server);

        Assert.Contains(message, (await Assert.ThrowsAnyAsync<ApiException>(() => client.Images.GenerateAsync(new() { Model = "huggingface/m", Prompt = "a cat" }, null, Token))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Sound_goes_as_it_is_and_comes_back_as_text()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":" Hello there."}"""));
        using var client = Client(server);
        var sound = SoundFiles.Wav();

        var reply = await client.Audio.Transcriptions.CreateAsync(new() { Model = "huggingface/openai/whisper-large-v3", File = FileSource.FromBytes(sound, "a.wav"), Language = "en" }, null, Token);

        Assert.Equal("/hf-inference/models/openai/whisper-large-v3", server.Requests[0].Target);
        Assert.Equal(sound, server.Requests[0].Body);
        Assert.Equal("audio/wav", server.Requests[0].Headers["Content-Type"]);
        Assert.Equal("Hello there.", reply.Text);
        Assert.Equal("language", Assert.Single(reply.Warnings).Param);
    }

    [Fact]
    public async Task Times_are_asked_for_in_JSON_and_make_segments_and_subtitles()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hello there. Bye.","chunks":[{"text":" Hello there.","timestamp":[0.0,1.5]},{"text":" Bye.","timestamp":[1.5,null]}]}"""));
        using var client = Client(server);
        var sound = SoundFiles.Wav();
        var request = new TranscriptionRequest { Model = "huggingface/m", File = FileSource.FromBytes(sound, "a.wav"), ResponseFormat = "verbose_json", Temperature = 0.2, Extra = """{"chunk_length_s":30}""" };

        var timed = await client.Audio.Transcriptions.CreateAsync(request, null, Token);
        var subtitles = await client.Audio.Transcriptions.CreateAsync(request with { ResponseFormat = "srt" }, null, Token);

        JsonComparison.Same("times", JsonNode.Parse($$$"""{"inputs":"{{{Convert.ToBase64String(sound)}}}","parameters":{"return_timestamps":true,"generation_parameters":{"temperature":0.2},"chunk_length_s":30}}""")!, JsonNode.Parse(server.Requests[0].Text)!);
        Assert.Equal([(0d, 1.5d, " Hello there."), (1.5d, 1.5d, " Bye.")], timed.Segments.Select(static one => (one.Start, one.End, one.Text)));
        Assert.Equal(AudioResponseFormat.VerboseJson, timed.Format);
        Assert.StartsWith("1\n00:00:00,000 --> 00:00:01,500\nHello there.", subtitles.Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Times_of_words_are_words()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hello there","chunks":[{"text":" Hello","timestamp":[0,0.5]},{"text":" there","timestamp":[0.5,1]}]}"""));
        using var client = Client(server);

        var reply = await client.Audio.Transcriptions.CreateAsync(new() { Model = "huggingface/m", File = FileSource.FromBytes(SoundFiles.Wav(), "a.wav"), ResponseFormat = "verbose_json", TimestampGranularities = [TimestampGranularity.Word] }, null, Token);

        Assert.Contains("\"return_timestamps\":\"word\"", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal([new("Hello", 0, 0.5), new TranscriptionWord("there", 0.5, 1)], reply.Words);
    }

    [Fact]
    public async Task A_transcript_as_a_stream_is_one_piece()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{\n  \"text\": \"Hello there.\"\n}\n"));
        using var client = Client(server);

        var events = await client.Audio.Transcriptions.StreamAsync(new() { Model = "huggingface/m", File = FileSource.FromBytes(SoundFiles.Wav(), "a.wav") }, null, Token).ToListAsync(Token);

        Assert.Equal([(TranscriptionEventType.Delta, "Hello there."), (TranscriptionEventType.Done, "Hello there.")], events.Select(static one => (one.Type, one.Delta ?? one.Text!)));
    }

    [Fact]
    public async Task Speech_is_the_reply_in_the_models_own_form()
    {
        await using var server = await ReplayServer.StartAsync(1, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "audio/flac" }, "fLaC-sound"u8.ToArray()));
        using var client = Client(server);

        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "huggingface/org/tts", Input = "Hello", Voice = "anna", ResponseFormat = "mp3", Extra = """{"generation_parameters":{"temperature":0.5}}""" }, null, Token);
        using var read = new MemoryStream();
        await speech.Content.CopyToAsync(read, Token);

        Assert.Equal("/hf-inference/models/org/tts", server.Requests[0].Target);
        Assert.Equal("""{"inputs":"Hello","parameters":{"generation_parameters":{"temperature":0.5}}}""", server.Requests[0].Text);
        Assert.Equal("fLaC-sound", Encoding.ASCII.GetString(read.ToArray()));
        Assert.Equal("audio/flac", speech.ContentType);
        Assert.Equal(["voice", "response_format"], speech.Warnings.Select(static warning => warning.Param));
    }

    [Fact]
    public async Task Speech_that_is_JSON_is_an_error()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":["Model has no vocoder"]}"""));
        using var client = Client(server);

        Assert.Contains("Model has no vocoder", (await Assert.ThrowsAnyAsync<ApiException>(() => client.Audio.Speech.CreateAsync(new() { Model = "huggingface/m", Input = "Hello" }, null, Token))).Message, StringComparison.Ordinal);
    }
}
