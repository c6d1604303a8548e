using System.Text;

namespace Muxi.Llm.Tests;

/// <summary>
/// One way to ask for an operation in one wire format: the smallest call, the smallest good reply after the format's reference, and what is read from it. An operation or a format
/// is added as a row of <see cref="All"/>.
/// </summary>
/// <param name="Operation">As the library's listings call it; a second call of the same operation has a word more.</param>
/// <param name="Format">The dialect that speaks it.</param>
/// <param name="Method">The HTTP method.</param>
/// <param name="Suffix">What follows the dialect's path.</param>
/// <param name="Reply">The reply; words that begin with <c>data:</c> are a stream, those with <c>sound</c> or <c>picture</c> are bytes.</param>
/// <param name="AskAsync">Asks for the provider's model <c>m</c>, and gives what was read.</param>
internal sealed record CalledOperation(string Operation, Type Format, string Method, string Suffix, string Reply, Func<LlmClient, string, Task<string>> AskAsync)
{
    /// <summary>What every reply says.</summary>
    public const string Said = "Hello";

    private static readonly FileSource _sound = FileSource.FromBytes(SoundFiles.Wav(), "a.wav");

    private static readonly string _googleSound = Convert.ToBase64String(Encoding.ASCII.GetBytes(Said));

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>The schema of OpenAI's document that a JSON body must follow, by the path; null for other formats.</summary>
    public string? Schema => (Operation, Format.Name) switch
    {
        (_, nameof(OpenAIChat)) => "CreateChatCompletionRequest",
        ("responses", _) => "CreateResponse",
        ("completions", nameof(OpenAICompletions)) => "CreateCompletionRequest",
        ("embeddings", nameof(OpenAIEmbeddings)) => "CreateEmbeddingRequest",
        ("images", nameof(OpenAIImages) or nameof(OpenAIImageGeneration)) => "CreateImageRequest",
        ("speech", nameof(OpenAISpeech) or nameof(OpenAIStreamedSpeech)) => "CreateSpeechRequest",
        ("moderations", _) => "CreateModerationRequest",
        _ => null,
    };

    public static IReadOnlyList<CalledOperation> All { get; } =
    [
        .. Responses(typeof(OpenAIResponses), typeof(OpenAIStoredResponses), typeof(OpenAIResponseCreation)),
        new("token counting", typeof(OpenAIInputTokens), "POST", "", """{"object":"response.input_tokens","input_tokens":5}""", CountAsync),
        new("token counting", typeof(OpenAIChatTokenCount), "POST", "", """{"object":"response.input_tokens","input_tokens":5}""", CountAsync),
        new("token counting", typeof(VllmTokenCount), "POST", "", """{"count":5,"max_model_len":8192,"tokens":[1,2,3,4,5]}""", CountAsync),
        new("token counting", typeof(AnthropicTokenCount), "POST", "", """{"input_tokens":5}""", CountAsync),
        new("token counting", typeof(GeminiTokenCount), "POST", "", """{"totalTokens":5}""", CountAsync),
        new("token counting", typeof(BedrockTokenCount), "POST", "", """{"inputTokens":5}""", CountAsync),
        new("completions", typeof(OpenAICompletions), "POST", "", """{"id":"1","object":"text_completion","created":1,"model":"m","choices":[{"text":"Hello","index":0,"logprobs":null,"finish_reason":"stop"}]}""", CompleteAsync),
        new("completions", typeof(OllamaCompletions), "POST", "", """{"model":"m","created_at":"2026-08-04T19:59:11Z","response":"Hello","done":true,"done_reason":"stop"}""", CompleteAsync),
        new("completions", typeof(TgiCompletions), "POST", "", """{"generated_text":"Hello","details":{"finish_reason":"eos_token","generated_tokens":1,"seed":null,"prefill":[],"tokens":[]}}""", CompleteAsync),
        new("embeddings", typeof(HuggingFaceEmbeddings), "POST", "", "[5]", EmbedAsync),
        new("completions", typeof(WatsonxCompletions), "POST", "", """{"model_id":"m","created_at":"2026-08-04T19:59:11Z","results":[{"generated_text":"Hello","generated_token_count":1,"input_token_count":1,"stop_reason":"eos_token"}]}""", CompleteAsync),
        new("embeddings", typeof(WatsonxEmbeddings), "POST", "", """{"model_id":"m","results":[{"embedding":[5]}],"created_at":"2026-08-04T19:59:11Z","input_token_count":1}""", EmbedAsync),
        new("embeddings", typeof(OpenAIEmbeddings), "POST", "", """{"object":"list","model":"m","data":[{"object":"embedding","index":0,"embedding":[5]}],"usage":{"prompt_tokens":1,"total_tokens":1}}""", EmbedAsync),
        new("embeddings", typeof(OllamaEmbeddings), "POST", "", """{"model":"m","embeddings":[[5]],"prompt_eval_count":1}""", EmbedAsync),
        new("embeddings", typeof(GeminiEmbeddings), "POST", "", """{"embeddings":[{"values":[5]}]}""", EmbedAsync),
        new("embeddings", typeof(VertexEmbeddings), "POST", "", """{"predictions":[{"embeddings":{"values":[5],"statistics":{"truncated":false,"token_count":1}}}]}""", EmbedAsync),
        new("embeddings", typeof(VertexContentEmbeddings), "POST", "", """{"embedding":{"values":[5]}}""", EmbedAsync),
        new("embeddings", typeof(BedrockEmbeddings), "POST", "", """{"embedding":[5],"inputTextTokenCount":1}""", EmbedAsync),
        new("embeddings", typeof(CohereEmbeddings), "POST", "", """{"id":"1","embeddings":{"float":[[5]]},"meta":{"billed_units":{"input_tokens":1}}}""", EmbedAsync),
        new("rerank", typeof(CohereRerank), "POST", "", """{"results":[{"index":0,"relevance_score":5}]}""", RankAsync),
        new("moderations", typeof(OpenAIModerations), "POST", "", """{"id":"1","model":"Hello","results":[{"flagged":false,"categories":{},"category_scores":{}}]}""",
            static async (client, provider) => (await client.Moderations.CreateAsync(new() { Model = $"{provider}/m", Input = "Hi" }, null, Token)).Model),
        new("images", typeof(OpenAIImages), "POST", "/generations", """{"created":1,"data":[{"b64_json":"SGVsbG8="}]}""", DrawAsync),
        new("images", typeof(OpenAIImageGeneration), "POST", "", """{"created":1,"data":[{"b64_json":"SGVsbG8="}]}""", DrawAsync),
        new("images", typeof(OpenAIWholeImages), "POST", "/generations", """{"created":1,"data":[{"b64_json":"SGVsbG8="}]}""", DrawAsync),
        new("images", typeof(HuggingFaceImages), "POST", "", "picture", DrawAsync),
        new("images", typeof(FireworksImages), "POST", "", "picture", DrawAsync),
        new("images", typeof(ReplicateImages), "POST", "", """{"id":"p","model":"m","status":"succeeded","output":["data:image/png;base64,SGVsbG8="],"error":null,"urls":{"get":"https://api.replicate.com/v1/predictions/p"}}""", DrawAsync),
        new("images", typeof(GeminiImages), "POST", "", """{"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"image/png","data":"SGVsbG8="}}],"role":"model"},"finishReason":"STOP"}]}""", DrawAsync),
        new("images", typeof(ImagenImages), "POST", "", """{"predictions":[{"mimeType":"image/png","bytesBase64Encoded":"SGVsbG8="}]}""", DrawAsync),
        new("images", typeof(BedrockImages), "POST", "", """{"images":["SGVsbG8="]}""", DrawAsync),
        new("speech", typeof(OpenAISpeech), "POST", "", "sound", SayAsync),
        new("speech", typeof(OpenAIStreamedSpeech), "POST", "", "sound", SayAsync),
        new("speech", typeof(HuggingFaceSpeech), "POST", "", "sound", SayAsync),
        new("speech", typeof(GeminiSpeech), "POST", "", $$$"""data: {"candidates":[{"content":{"parts":[{"inlineData":{"mimeType":"audio/L16;codec=pcm;rate=24000","data":"{{{_googleSound}}}"}}]},"finishReason":"STOP"}]}""", SayAsync),
        new("speech", typeof(MistralSpeech), "POST", "", """{"audio_data":"SGVsbG8="}""", SayAsync),
        new("ocr", typeof(MistralOcr), "POST", "", """{"pages":[{"index":0,"markdown":"Hello","images":[],"dimensions":null}],"model":"m"}""",
            static async (client, provider) => (await client.Ocr.ProcessAsync(new() { Model = $"{provider}/m", Document = "https://example.org/a.pdf" }, null, Token)).Text),
        new("transcription", typeof(OpenAITranscription), "POST", "", """{"text":"Hello"}""",
            static async (client, provider) => (await client.Audio.Transcriptions.CreateAsync(new() { Model = $"{provider}/m", File = _sound }, null, Token)).Text),
        new("transcription", typeof(HuggingFaceTranscription), "POST", "", """{"text":"Hello"}""",
            static async (client, provider) => (await client.Audio.Transcriptions.CreateAsync(new() { Model = $"{provider}/m", File = _sound }, null, Token)).Text),
        new("translation", typeof(OpenAITranslation), "POST", "", """{"text":"Hello"}""",
            static async (client, provider) => (await client.Audio.Translations.CreateAsync(new() { Model = $"{provider}/m", File = _sound }, null, Token)).Text),
        .. Files("""{"object":"list","data":[{"id":"Hello","object":"file","bytes":1,"created_at":1,"filename":"a"}],"has_more":false}""", typeof(OpenAIFiles), typeof(OpenAIFileStore)),
        .. Files("""{"data":[{"id":"Hello","type":"file","filename":"a","mime_type":"text/plain","size_bytes":1,"created_at":"2026-01-01T00:00:00Z"}],"has_more":false}""", typeof(AnthropicFiles)),
        .. Files("""{"files":[{"name":"files/Hello","mimeType":"text/plain","sizeBytes":"1","createTime":"2026-01-01T00:00:00Z","state":"ACTIVE"}]}""", typeof(GeminiFiles)),
        new("batches", typeof(OpenAIBatches), "GET", "", """{"object":"list","data":[{"id":"Hello","object":"batch","status":"completed","endpoint":"/v1/chat/completions","created_at":1}],"has_more":false}""", BatchesAsync),
        new("batches", typeof(AnthropicBatches), "GET", "", """{"data":[{"id":"Hello","type":"message_batch","processing_status":"ended","created_at":"2026-01-01T00:00:00Z"}],"has_more":false}""", BatchesAsync),
        new("batches", typeof(MistralBatches), "GET", "", """{"object":"list","total":1,"data":[{"id":"Hello","object":"batch","input_files":["f"],"endpoint":"/v1/chat/completions","model":"m","errors":[],"status":"SUCCESS","created_at":1,"total_requests":1,"completed_requests":1,"succeeded_requests":1,"failed_requests":0}]}""", BatchesAsync),
        new("models", typeof(OpenAIModels), "GET", "", """{"object":"list","data":[{"id":"Hello","object":"model","created":1,"owned_by":"x"}]}""", ModelsAsync),
        new("models", typeof(GeminiModels), "GET", "?pageSize=1000", """{"models":[{"name":"models/Hello"}],"publisherModels":[{"name":"publishers/google/models/Hello"}]}""", ModelsAsync),
        new("models", typeof(CohereModels), "GET", "?page_size=1000", """{"models":[{"name":"Hello","endpoints":["chat"]}]}""", ModelsAsync),
        new("models", typeof(WatsonxModels), "GET", "&limit=200", """{"total_count":1,"limit":200,"resources":[{"model_id":"Hello","provider":"IBM"}]}""", ModelsAsync),
        new("models", typeof(ReplicateModels), "GET", "", """{"next":null,"previous":null,"results":[{"owner":"acme","name":"Hello","latest_version":null}]}""", ModelsAsync),
        new("models", typeof(OllamaModels), "GET", "", """{"models":[{"name":"Hello","modified_at":"2026-01-01T00:00:00Z"}]}""", ModelsAsync),
    ];

    private static IEnumerable<CalledOperation> Responses(params Type[] formats) => formats.Select(format => new CalledOperation("responses", format, "POST", "",
        """{"id":"1","object":"response","created_at":1,"status":"completed","model":"m","output":[{"id":"m1","type":"message","status":"completed","role":"assistant","content":[{"type":"output_text","text":"Hello","annotations":[]}]}]}""",
        static async (client, provider) => (await client.Responses.CreateAsync(new() { Model = $"{provider}/m", Input = "Hi" }, null, Token)).OutputText));

    private static IEnumerable<CalledOperation> Files(string reply, params Type[] formats) => formats.Select(format => new CalledOperation("files", format, "GET", "", reply,
        static async (client, provider) => (await client.Files.ListAsync(new() { Provider = provider }, null, Token).FirstAsync(Token)).Id.Split('/')[^1]));

    private static async Task<string> CountAsync(LlmClient client, string provider) =>
        await client.Tokens.CountAsync(Calls.Ask($"{provider}/m", "Hi"), null, Token) is { InputTokens: 5, IsExact: true } ? Said : "another count";

    private static async Task<string> CompleteAsync(LlmClient client, string provider) => (await client.Completions.CreateAsync(new() { Model = $"{provider}/m", Prompt = "Hi" }, null, Token)).Text;

    private static async Task<string> EmbedAsync(LlmClient client, string provider) =>
        (await client.Embeddings.CreateAsync(new() { Model = $"{provider}/m", Input = "Hi" }, null, Token)).Data[0].Vector.Span is [5f] ? Said : "another vector";

    private static async Task<string> RankAsync(LlmClient client, string provider) =>
        (await client.Rerank.CreateAsync(new() { Model = $"{provider}/m", Query = "Hi", Documents = ["Hi"] }, null, Token)).Results is [{ Index: 0, RelevanceScore: 5 }] ? Said : "another score";

    private static async Task<string> DrawAsync(LlmClient client, string provider)
    {
        var images = await client.Images.GenerateAsync(new() { Model = $"{provider}/m", Prompt = "Hi" }, null, Token);
        return Encoding.ASCII.GetString(Convert.FromBase64String(images.Data[0].B64Json!));
    }

    private static async Task<string> SayAsync(LlmClient client, string provider)
    {
        await using var speech = await client.Audio.Speech.CreateAsync(new() { Model = $"{provider}/m", Input = "Hi", Voice = "v" }, null, Token);
        using var read = new MemoryStream();
        await speech.Content.CopyToAsync(read, Token);
        return Encoding.ASCII.GetString(read.ToArray()).EndsWith(Said, StringComparison.Ordinal) ? Said : "another sound";
    }

    private static async Task<string> BatchesAsync(LlmClient client, string provider) => (await client.Batches.ListAsync(new() { Provider = provider }, null, Token).FirstAsync(Token)).Id.Split('/')[^1];

    private static async Task<string> ModelsAsync(LlmClient client, string provider) => (await client.Models.ListAsync(provider, null, Token).FirstAsync(Token)).Id.Split('/')[^1];
}
