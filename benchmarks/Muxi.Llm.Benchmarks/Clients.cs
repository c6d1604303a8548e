using System.ClientModel;
using System.ClientModel.Primitives;
using OpenAI;
using OpenAI.Chat;

namespace Muxi.Llm.Benchmarks;

/// <summary>The three ways to make one call: by hand, with OpenAI's SDK, with ours. All read the whole text.</summary>
internal sealed class Clients : IDisposable
{
    private const string Model = "gpt-4o-mini", Instructions = "You are a patient teacher. Answer in two short paragraphs.", Question = "Why does latency rise long before a server is fully used?";

    /// <summary>No longer than the id of a reply: it is looked for in each, plain and in other forms, because a service might echo it.</summary>
    public const string ShortKey = "sk-benchmark";

    // As long as OpenAI's older keys; the newer are three times as long.
    private static readonly string Key = "sk-" + new string('x', 48);

    private readonly HttpClient _sdkHttp;
    private readonly Floor _floor;
    private readonly ChatClient _sdk;
    private readonly LlmClient _muxi;

    public Clients(HttpMessageHandler handler, string? key = null)
    {
        key ??= Key;
        _floor = new(handler, key);
        _sdkHttp = new(handler, disposeHandler: false);
        _sdk = new(Model, new ApiKeyCredential(key), new OpenAIClientOptions { Transport = new HttpClientPipelineTransport(_sdkHttp) });
        _muxi = new(new() { Handler = handler, ApiKeys = new Dictionary<string, string> { ["openai"] = key } });
    }

    public async Task<int> FloorCallAsync()
    {
        var reply = await _floor.CompleteAsync(new(Model, [new("system", Instructions), new("user", Question)], Temperature: 0.2, MaxCompletionTokens: 400));
        return reply.Choices[0].Message.Content!.Length;
    }

    public async Task<int> SdkCallAsync()
    {
        var reply = await _sdk.CompleteChatAsync([new SystemChatMessage(Instructions), new UserChatMessage(Question)], new() { Temperature = 0.2f, MaxOutputTokenCount = 400 });
        return reply.Value.Content[0].Text.Length;
    }

    public async Task<int> MuxiCallAsync() => (await _muxi.Chat.Completions.CreateAsync(Request())).Text.Length;

    public async Task<int> FloorStreamAsync()
    {
        var length = 0;
        FloorRequest request = new(Model, [new("system", Instructions), new("user", Question)], Temperature: 0.2, MaxCompletionTokens: 400, Stream: true, StreamOptions: new(IncludeUsage: true));
        await foreach (var chunk in _floor.StreamAsync(request))
            if (chunk.Choices is [{ Delta.Content: { } text }, ..]) length += text.Length;
        return length;
    }

    public async Task<int> SdkStreamAsync()
    {
        var length = 0;
        var stream = _sdk.CompleteChatStreamingAsync([new SystemChatMessage(Instructions), new UserChatMessage(Question)], new() { Temperature = 0.2f, MaxOutputTokenCount = 400 });
        await foreach (var update in stream)
            if (update.ContentUpdate.Count > 0) length += update.ContentUpdate[0].Text.Length;
        return length;
    }

    public async Task<int> MuxiStreamAsync()
    {
        var length = 0;
        await foreach (var chunk in _muxi.Chat.Completions.StreamAsync(Request()))
            if (chunk.Text is { } text) length += text.Length;
        return length;
    }

    public void Dispose()
    {
        _floor.Dispose();
        _sdkHttp.Dispose();
        _muxi.Dispose();
    }

    // Made anew for each call, as the others' requests are.
    private static ChatCompletionRequest Request() => new()
    {
        Model = "openai/" + Model, Messages = [Message.System(Instructions), Message.User(Question)], Temperature = 0.2, MaxCompletionTokens = 400,
    };
}
