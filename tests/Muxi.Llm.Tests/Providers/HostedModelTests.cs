using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Together, Fireworks, DeepInfra, NVIDIA and OpenRouter beyond chat: each operation in the form of its reference. Fireworks' traffic is in no recording: its replies here are synthetic,
/// written after its pages.
/// </summary>
public sealed class HostedModelTests
{
    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Model, efforts and thinking as each service has them: the members that are sent beside model and messages.</summary>
    public static TheoryData<string, string, string> Efforts => new()
    {
        { "together/Qwen/Qwen3.5-9B", "high", """{"reasoning":{"enabled":true},"reasoning_effort":"high"}""" },
        { "together/Qwen/Qwen3.5-9B", "none", """{"reasoning":{"enabled":false}}""" },
        { "together/openai/gpt-oss-20b", "low", """{"reasoning_effort":"low"}""" },
        { "fireworks/glm-5p1", "none", """{"reasoning_effort":"none"}""" },
        { "nvidia/nvidia/nemotron-3-nano-30b-a3b", "none", """{"chat_template_kwargs":{"enable_thinking":false}}""" },
        { "nvidia/deepseek-ai/deepseek-v4-pro", "medium", """{"chat_template_kwargs":{"thinking":true}}""" },
        { "openrouter/anthropic/claude-sonnet-4.5", "high", """{"reasoning":{"effort":"high"}}""" },
        { "vllm/qwen3", "none", """{"chat_template_kwargs":{"enable_thinking":false}}""" },
        { "sglang/qwen3", "high", """{"chat_template_kwargs":{"enable_thinking":true},"reasoning_effort":"high"}""" },
        { "llama_cpp/gpt-oss", "high", """{"chat_template_kwargs":{"enable_thinking":true,"reasoning_effort":"high"}}""" },
        { "localai/qwen3", "none", """{"chat_template_kwargs":{"enable_thinking":false}}""" },
        { "together/openai/gpt-oss-20b", "none", """{"reasoning_effort":"low"}""" },
        { "cerebras/gpt-oss-120b", "none", """{"reasoning_effort":"low"}""" },
        { "cerebras/zai-glm-4.7", "none", """{"reasoning_effort":"none"}""" },
        { "fireworks/gpt-oss-20b", "minimal", """{"reasoning_effort":"low"}""" },
        { "vllm/openai/gpt-oss-20b", "none", """{"reasoning_effort":"low"}""" },
        { "vllm/deepseek-ai/DeepSeek-V3.1", "high", """{"chat_template_kwargs":{"thinking":true},"reasoning_effort":"high"}""" },
        { "vllm/mistralai/Mistral-Small-4-119B-2603", "low", """{"reasoning_effort":"high"}""" },
        { "vllm/mistralai/Mistral-Small-4-119B-2603", "none", """{"reasoning_effort":"none"}""" },
        { "sglang/deepseek-ai/DeepSeek-V3.2", "none", """{"chat_template_kwargs":{"thinking":false}}""" },
        { "mistral/mistral-small-latest", "medium", """{"reasoning_effort":"high"}""" },
        { "mistral/mistral-medium-3-5", "none", """{"reasoning_effort":"none"}""" },
        { "mistral/mistral-large-4-0", "medium", """{"reasoning_effort":"medium"}""" },
        { "mistral/codestral-latest", "high", """{}""" },
        { "codestral/codestral-latest", "high", """{}""" },
        { "groq/qwen/qwen3-32b", "low", """{"reasoning_effort":"default"}""" },
        { "groq/qwen/qwen3-32b", "none", """{"reasoning_effort":"none"}""" },
        { "xai/grok-4.3", "xhigh", """{"reasoning_effort":"high"}""" },
        { "xai/grok-4.3", "none", """{"reasoning_effort":"none"}""" },
        { "xai/grok-4.5", "none", """{"reasoning_effort":"low"}""" },
        { "xai/grok-4.6", "xhigh", """{"reasoning_effort":"xhigh"}""" },
        { "xai/grok-4.20-0309-reasoning", "high", """{}""" },
        { "xai/grok-4-0709", "high", """{}""" },
        { "xai/grok-4-1-fast-non-reasoning", "none", """{}""" },
        { "xai/grok-3", "low", """{}""" },
        { "xai/grok-3-mini", "medium", """{"reasoning_effort":"high"}""" },
        { "zai/glm-5.3", "none", """{"reasoning_effort":"low"}""" },
        { "zai/glm-5.3", "xhigh", """{"reasoning_effort":"max"}""" },
    };

    [Theory, MemberData(nameof(Efforts))]
    public async Task Thinking_is_asked_for_as_the_service_takes_it(string model, string effort, string sent)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var client = Calls.ClientFor(server.Url, model[..model.IndexOf('/')]);

        await client.AskAsync(Calls.Ask(model) with { ReasoningEffort = effort });

        var body = JsonNode.Parse(server.Requests[0].Text)!.AsObject();
        body.Remove("messages");
        body.Remove("model");
        JsonComparison.Same("the members", JsonNode.Parse(sent), body);
    }

    [Fact]
    public async Task What_OpenRouter_knows_besides_passes_and_its_own_reasoning_object_goes_first()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var client = Calls.ClientFor(server.Url, "openrouter");

        await client.AskAsync(Calls.Ask("openrouter/z-ai/glm-5") with { ReasoningEffort = "low", Extra = """{"provider":{"order":["Z.AI"],"allow_fallbacks":false},"models":["a/b"],"reasoning":{"max_tokens":2000,"exclude":true}}""" });

        var body = JsonNode.Parse(server.Requests[0].Text)!;
        Assert.Equal("""{"order":["Z.AI"],"allow_fallbacks":false}""", body["provider"]!.ToJsonString());
        Assert.Equal("""{"max_tokens":2000,"exclude":true}""", body["reasoning"]!.ToJsonString());
        Assert.Null(body["reasoning_effort"]);
    }

    [Fact]
    public async Task A_short_name_of_Fireworks_gets_its_account_and_a_whole_one_stays()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hello")));
        using var client = Calls.ClientFor(server.Url, "fireworks");

        await client.AskAsync("fireworks/gpt-oss-20b");
        await client.AskAsync("fireworks/accounts/me/models/mine");

        Assert.Equal(["accounts/fireworks/models/gpt-oss-20b", "accounts/me/models/mine"], server.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["model"]));
    }

    [Theory]
    [InlineData("whisper-v3", "https://audio-prod.api.fireworks.ai/v1/audio/transcriptions")]
    [InlineData("whisper-v3-turbo", "https://audio-turbo.api.fireworks.ai/v1/audio/transcriptions")]
    public async Task Fireworks_hears_at_other_hosts_where_models_go_by_short_names(string model, string url)
    {
        using var seen = new SeenCall("""{"text":"Hello"}""");
        using var client = new LlmClient(new() { Handler = seen, Environment = static name => name == "FIREWORKS_API_KEY" ? "the-key" : null });
        var sound = FileSource.FromBytes(new byte[] { 1, 2 }, "a.wav");

        var heard = await client.Audio.Transcriptions.CreateAsync(new() { Model = $"fireworks/{model}", File = sound }, null, Token);

        Assert.Equal(("Hello", url, "Bearer the-key"), (heard.Text, seen.Url, seen.Authorization));
        Assert.Contains($"name=\"model\"\r\n\r\n{model}\r\n", seen.Body, StringComparison.Ordinal);
        await client.Audio.Translations.CreateAsync(new() { Model = $"fireworks/{model}", File = sound }, null, Token);
        Assert.Equal(url.Replace("transcriptions", "translations", StringComparison.Ordinal), seen.Url);
    }

    [Theory]
    [InlineData("https://house.example.com/v1")]
    [InlineData("https://ai/v1")]
    [InlineData("https://127.0.0.1/v1")]
    [InlineData("https://fireworks.ai.example.com/v1")]
    [InlineData("https://notfireworks.ai/v1")]
    public async Task The_key_of_a_service_made_of_anothers_facts_stays_at_its_own_address(string url)
    {
        using var seen = new SeenCall("""{"text":"Hello"}""");
        var house = Muxi.Llm.Providers.Fireworks with { Name = "house", BaseUrl = url };
        using var client = new LlmClient(new() { Handler = seen, Providers = [house], Environment = static name => name == "HOUSE_API_KEY" ? "the-houses-key" : null });

        await client.Audio.Transcriptions.CreateAsync(new() { Model = "house/whisper-v3", File = FileSource.FromBytes(new byte[] { 1, 2 }, "a.wav") }, null, Token);

        Assert.Equal(($"{url}/audio/transcriptions", "Bearer the-houses-key"), (seen.Url, seen.Authorization));
    }

    [Fact]
    public async Task A_base_url_of_ones_own_is_asked_for_all_operations()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"text":"Hello"}"""));
        using var client = Calls.ClientFor(server.Url, "fireworks");

        await client.Audio.Transcriptions.CreateAsync(new() { Model = "fireworks/whisper-v3", File = FileSource.FromBytes(new byte[] { 1, 2 }, "a.wav") }, null, Token);

        Assert.Equal("/audio/transcriptions", server.Requests[0].Target);
    }

    [Fact]
    public async Task Fireworks_makes_one_picture_a_call_whose_bytes_are_the_reply()
    {
        await using var server = await ReplayServer.StartAsync(1, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "image/png" }, ImageWire.Png));
        using var client = Calls.ClientFor(server.Url, "fireworks");

        var reply = await client.Images.GenerateAsync(new() { Model = "fireworks/flux-1-schnell-fp8", Prompt = "A cat", N = 2, Size = "1536x864", OutputFormat = "png", Style = "vivid", Extra = """{"seed":7,"num_inference_steps":4}""" }, null, Token);

        Assert.Equal(2, server.Requests.Count);
        Assert.All(server.Requests, request =>
        {
            Assert.Equal("/workflows/accounts/fireworks/models/flux-1-schnell-fp8/text_to_image", request.Target);
            Assert.Equal("image/png", request.Headers["Accept"]);
            JsonComparison.Same("the body", JsonNode.Parse("""{"prompt":"A cat","aspect_ratio":"16:9","seed":7,"num_inference_steps":4}"""), JsonComparison.ParseStrictly(request.Body));
        });
        Assert.Equal([ImageWire.Png, ImageWire.Png], reply.Data.Select(image => image.Bytes.ToArray()));
        Assert.Equal(["size", "style"], reply.Warnings.Select(warning => warning.Param).Distinct().Order());
    }

    [Fact]
    public async Task A_picture_that_is_not_made_at_once_is_asked_for_until_it_is_there()
    {
        var time = new SteppedTime();
        await using var server = await ReplayServer.StartAsync(1,
            CannedReply.Json("""{"request_id":"req-1"}"""), CannedReply.Json("""{"id":"req-1","status":"Pending","result":null,"progress":0.5}"""),
            CannedReply.Json("""{"id":"req-1","status":"Ready","result":{"sample":"https://example.com/a.jpg"},"progress":null}"""));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "fireworks") with { TimeProvider = time });

        var reply = await client.Images.GenerateAsync(new() { Model = "fireworks/flux-kontext-pro", Prompt = "A cat" }, null, Token);

        Assert.Equal("https://example.com/a.jpg", Assert.Single(reply.Data).Url);
        const string path = "/workflows/accounts/fireworks/models/flux-kontext-pro";
        Assert.Equal([(path, """{"prompt":"A cat"}"""), (path + "/get_result", """{"id":"req-1"}"""), (path + "/get_result", """{"id":"req-1"}""")], server.Requests.Select(request => (request.Target, request.Text)));
    }

    [Theory]
    [InlineData("""{"id":"1","status":"Content Moderated"}""", typeof(ContentFilterException))]
    [InlineData("""{"id":"1","status":"Error"}""", typeof(ServerException))]
    [InlineData("""{"id":"1","status":"Ready"}""", typeof(ServerException))]
    [InlineData("""{"error":{"message":"no such model","code":"NOT_FOUND"}}""", typeof(NotFoundException))]
    public async Task A_picture_that_is_not_made_is_an_error(string looked, Type expected)
    {
        var time = new SteppedTime();
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"request_id":"1"}"""), CannedReply.Json(looked));
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "fireworks") with { TimeProvider = time });

        Assert.IsType(expected, await Record.ExceptionAsync(() => client.Images.GenerateAsync(new() { Model = "fireworks/flux-kontext-pro", Prompt = "A cat" }, null, Token)));
    }

    [Fact]
    public async Task Fireworks_keeps_responses_and_says_of_one_that_is_gone_only_that()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"message":"Response deleted successfully"}"""));
        using var client = Calls.ClientFor(server.Url, "fireworks");

        var gone = await client.Responses.DeleteAsync("fireworks/resp_1", null, Token);

        Assert.Equal(("resp_1", true, "DELETE /responses/resp_1"), (gone.Id, gone.Deleted, $"{server.Requests[0].Method} {server.Requests[0].Target}"));
    }

    /// <summary>Provider, what is asked for beside model and prompt, path and body.</summary>
    public static TheoryData<string, string, string, string> Pictures => new()
    {
        { "together", """{"size":"1024x768","n":2,"response_format":"b64_json","steps":4}""", "/images/generations", """{"model":"m","prompt":"A cat","n":2,"width":1024,"height":768,"response_format":"base64","steps":4}""" },
        { "together", """{"size":"auto","response_format":"url"}""", "/images/generations", """{"model":"m","prompt":"A cat","response_format":"url"}""" },
        { "deepinfra", """{"size":"1024x1024","n":1}""", "/images/generations", """{"model":"m","prompt":"A cat","n":1,"size":"1024x1024"}""" },
        { "openrouter", """{"size":"2K","n":1,"quality":"high","aspect_ratio":"16:9","input_references":[]}""", "/images", """{"model":"m","prompt":"A cat","n":1,"size":"2K","quality":"high","aspect_ratio":"16:9","input_references":[]}""" },
    };

    [Theory, MemberData(nameof(Pictures))]
    public async Task Pictures_are_asked_for_in_the_services_words(string provider, string options, string path, string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json($$"""{"id":"1","model":"m","object":"list","data":[{"index":0,"b64_json":"{{ImageWire.Base64}}","type":"b64_json"}]}"""));
        using var client = Calls.ClientFor(server.Url, provider);
        var asked = JsonNode.Parse(options)!.AsObject();
        (asked["model"], asked["prompt"]) = ($"{provider}/m", "A cat");

        var reply = await client.Images.GenerateAsync(ImageGenerationRequest.Parse(Encoding.UTF8.GetBytes(asked.ToJsonString())), null, Token);

        Assert.Equal(path, server.Requests[0].Target);
        JsonComparison.Same("the body", JsonNode.Parse(body), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal(ImageWire.Png, reply.Data[0].Bytes.ToArray());
    }

    [Fact]
    public async Task DeepInfra_edits_and_varies_pictures_and_streams_none()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var client = Calls.ClientFor(server.Url, "deepinfra");

        await client.Images.EditAsync(new() { Model = "deepinfra/m", Prompt = "A hat", Images = [ImageInput.FromBytes(ImageWire.Png)] }, null, Token);
        await client.Images.CreateVariationAsync(new() { Model = "deepinfra/m", Image = FileSource.FromBytes(ImageWire.Png, "a.png") }, null, Token);

        Assert.Equal(["/images/edits", "/images/variations"], server.Requests.Select(request => request.Target));
        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.Images.GenerateStreamAsync(new() { Model = "deepinfra/m", Prompt = "A cat" }, null, Token).ToListAsync(Token).AsTask());
    }

    [Fact]
    public async Task Together_says_raw_for_sound_without_a_file_around_it()
    {
        await using var server = await ReplayServer.StartAsync(1, new CannedReply(200, new Dictionary<string, string> { ["content-type"] = "audio/raw" }, [1, 2, 3]));
        using var client = Calls.ClientFor(server.Url, "together");

        using var speech = await client.Audio.Speech.CreateAsync(new() { Model = "together/canopylabs/orpheus-3b-0.1-ft", Input = "Hi", ResponseFormat = SpeechFormat.Pcm }, null, Token);

        Assert.Equal("""{"model":"canopylabs/orpheus-3b-0.1-ft","input":"Hi","voice":"tara","response_format":"raw"}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task A_batch_of_Togethers_comes_from_a_file_of_its_own_purpose_and_reads_in_OpenAIs_words()
    {
        const string job = """{"id":"b-1","user_id":"u","input_file_id":"file-1","file_size_bytes":9,"status":"IN_PROGRESS","job_deadline":"2026-11-27T00:00:00Z","created_at":"2026-11-26T00:00:00Z","endpoint":"/v1/chat/completions","progress":0.0,"model_id":"m"}""";
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request switch
        {
            { Target: "/files/upload" } => """{"id":"file-1","object":"file","created_at":1,"filename":"batch.jsonl","bytes":9,"purpose":"batch-api","FileType":"jsonl","Processed":true,"LineCount":1}""",
            { Method: "POST", Target: "/batches" } => $$"""{"job":{{job}},"warning":"slow"}""",
            { Target: "/batches" } => $"[{job}]",
            _ => job.Replace("IN_PROGRESS", "CANCELING", StringComparison.Ordinal),
        }));
        using var client = Calls.ClientFor(server.Url, "together");

        var batch = await client.Batches.CreateAsync([BatchWire.Ask("a", "together/m")], null, null, Token);
        var listed = await client.Batches.ListAsync(new() { Provider = "together" }, null, Token).AllAsync();
        var cancelled = await client.Batches.CancelAsync(batch.QualifiedId, null, Token);

        Assert.Equal(("together/b-1", BatchStatus.InProgress, "file-1", 1795651200L), (batch.QualifiedId, batch.Status, batch.InputFileId, batch.CreatedAt));
        Assert.Equal(("b-1", BatchStatus.Cancelling), (Assert.Single(listed).Id, cancelled.Status));
        Assert.Contains("name=\"purpose\"\r\n\r\nbatch-api\r\n", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Contains("name=\"file_name\"\r\n\r\nbatch", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("""{"input_file_id":"file-1","endpoint":"/v1/chat/completions","completion_window":"24h"}""", server.Requests[1].Text);
    }

    [Fact]
    public async Task Togethers_list_of_models_is_a_bare_one()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""[{"id":"a/b","object":"model","created":7,"type":"chat","organization":"A","context_length":9}]"""));
        using var client = Calls.ClientFor(server.Url, "together");

        var model = Assert.Single(await client.Models.ListAsync("together", null, Token).ToListAsync(Token));

        Assert.Equal(("a/b", "9"), (model.Id, model.Extra["context_length"].ToString()));
    }
}
