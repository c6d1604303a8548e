using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>What tests of the client begin with: a client that talks to a test server, a request, and replies in OpenAI's form.</summary>
internal static class Calls
{
    public const string Key = "sk-test-0123456789abcdef";

    /// <summary>A client that finds the provider at the server and reads no variable of the machine.</summary>
    public static LlmClient ClientFor(Uri server, string provider = "openai") => new(OptionsFor(server, provider));

    /// <summary>One attempt and no more, so that a test sees how it went.</summary>
    public static Retries Once { get; } = new() { Max = 0 };

    /// <summary>The settings of <see cref="ClientFor"/>, to be changed: no attempt is made again.</summary>
    public static LlmOptions OptionsFor(Uri server, string provider = "openai") => new()
    {
        Retries = Once,
        BaseUrls = new Dictionary<string, Uri> { [provider] = server },
        ApiKeys = new Dictionary<string, string> { [provider] = Key },
        Environment = static _ => null,
    };

    /// <summary>A question.</summary>
    public static ChatCompletionRequest Ask(string model = "openai/gpt-test", string prompt = "Hello?") =>
        new() { Model = model, Messages = [Message.User(prompt)] };

    /// <summary>Asks; without a token of its own the call ends with the test.</summary>
    public static Task<ChatCompletion> AskAsync(this LlmClient client, string model = "openai/gpt-test", RequestOptions? options = null, CancellationToken? token = null) =>
        client.AskAsync(Ask(model), options, token);

    /// <summary>As the other, with every parameter.</summary>
    public static Task<ChatCompletion> AskAsync(this LlmClient client, ChatCompletionRequest request, RequestOptions? options = null, CancellationToken? token = null) =>
        client.Chat.Completions.CreateAsync(request, options, token ?? TestContext.Current.CancellationToken);

    /// <summary>Asks for a stream; without a token of its own the call ends with the test.</summary>
    public static IAsyncEnumerable<ChatCompletionChunk> AskStream(this LlmClient client, string model = "openai/gpt-test", RequestOptions? options = null, CancellationToken? token = null) =>
        client.AskStream(Ask(model), options, token);

    /// <summary>As the other, with every parameter.</summary>
    public static IAsyncEnumerable<ChatCompletionChunk> AskStream(this LlmClient client, ChatCompletionRequest request, RequestOptions? options = null, CancellationToken? token = null) =>
        client.Chat.Completions.StreamAsync(request, options, token ?? TestContext.Current.CancellationToken);

    /// <summary>Counts on this machine, which waits for nothing: an analyzer that knows names alone takes it for the blocking twin of the other.</summary>
    public static TokenCount CountHere(this LlmClient client, ChatCompletionRequest request) => client.Tokens.Count(request);

    /// <summary>Asks by the synchronous door.</summary>
    public static ChatCompletion AskNow(this LlmClient client, string model = "openai/gpt-test", CancellationToken? token = null) =>
        client.Chat.Completions.Create(Ask(model), null, token ?? TestContext.Current.CancellationToken);

    /// <summary>Asks for a stream by the synchronous door.</summary>
    public static IEnumerable<ChatCompletionChunk> StreamNow(this LlmClient client, string model = "openai/gpt-test", CancellationToken? token = null) =>
        client.Chat.Completions.Stream(Ask(model), null, token ?? TestContext.Current.CancellationToken);

    /// <summary>Reads a stream to its end.</summary>
    public static Task<ChatCompletion> WholeAsync(this IAsyncEnumerable<ChatCompletionChunk> stream) => stream.ToCompletionAsync(CancellationToken.None);

    /// <summary>All chunks of a stream, and what ended it.</summary>
    public static async Task<(List<ChatCompletionChunk> Chunks, Exception? Error)> ReadAsync(this IAsyncEnumerable<ChatCompletionChunk> stream)
    {
        var chunks = new List<ChatCompletionChunk>();
        try
        {
            await foreach (var chunk in stream) chunks.Add(chunk);
            return (chunks, null);
        }
        catch (Exception e) when (e is not OutOfMemoryException)
        {
            return (chunks, e);
        }
    }

    /// <summary>Waits for what must happen within a second.</summary>
    public static Task SoonAsync(this Task task) => task.WaitAsync(TimeSpan.FromSeconds(1), TestContext.Current.CancellationToken);

    /// <summary>A whole reply that says this.</summary>
    public static string Reply(string text, string finishReason = "stop") => $$$"""
        {"id":"chatcmpl-1","object":"chat.completion","created":1763900000,"model":"gpt-test-2026","choices":[{"index":0,"message":{"role":"assistant","content":{{{Quoted(text)}}},"refusal":null},"logprobs":null,"finish_reason":"{{{finishReason}}}"}],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}
        """;

    /// <summary>The events of a stream that says these pieces, with a role first, a finish reason, a usage and <c>[DONE]</c>.</summary>
    public static string Events(params string[] pieces) => Opening + string.Concat(pieces.Select(Piece)) + Finish + Usage + Done;

    public static string Opening => Event("""{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}""");
    public static string Finish => Event("""{"index":0,"delta":{},"finish_reason":"stop"}""");
    public static string Usage => """data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763900000,"model":"gpt-test-2026","choices":[],"usage":{"prompt_tokens":3,"completion_tokens":5,"total_tokens":8}}""" + "\n\n";
    public const string Done = "data: [DONE]\n\n";

    public static string Piece(string text) => Event($$$"""{"index":0,"delta":{"content":{{{Quoted(text)}}}},"finish_reason":null}""");

    /// <summary>The event of a chunk with this choice.</summary>
    public static string Event(string choice) =>
        string.Create(CultureInfo.InvariantCulture, $$"""data: {"id":"chatcmpl-1","object":"chat.completion.chunk","created":1763900000,"model":"gpt-test-2026","choices":[{{choice}}]}""") + "\n\n";

    public static int BytesOf(string text) => Encoding.UTF8.GetByteCount(text);

    private static string Quoted(string text) => JsonSerializer.Serialize(text);
}
