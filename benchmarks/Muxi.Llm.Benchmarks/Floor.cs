using System.Net.Http.Headers;
using System.Net.ServerSentEvents;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace Muxi.Llm.Benchmarks;

/// <summary>
/// The same call by hand, with nothing around it: <see cref="HttpClient"/> and source-generated JSON into records. No retries, errors, providers, unknown members
/// or tools: what a client library must be measured against, and cannot reach.
/// </summary>
internal sealed class Floor(HttpMessageHandler handler, string key) : IDisposable
{
    private static readonly Uri _url = new("https://api.openai.com/v1/chat/completions");
    private static readonly MediaTypeHeaderValue _json = new("application/json");

    private readonly HttpClient _client = new(handler, disposeHandler: false);
    private readonly AuthenticationHeaderValue _key = new("Bearer", key);

    public async Task<FloorReply> CompleteAsync(FloorRequest request)
    {
        // Reading from the stream is the leanest way: to have the content buffered first costs a quarter more bytes.
        using var response = await SendAsync(request);
        return (await JsonSerializer.DeserializeAsync(await response.Content.ReadAsStreamAsync(), FloorJson.Default.FloorReply))!;
    }

    public async IAsyncEnumerable<FloorChunk> StreamAsync(FloorRequest request)
    {
        using var response = await SendAsync(request);
        await using var body = await response.Content.ReadAsStreamAsync();
        var events = SseParser.Create(body, static (_, data) => data.SequenceEqual("[DONE]"u8) ? null : JsonSerializer.Deserialize(data, FloorJson.Default.FloorChunk));
        await foreach (var one in events.EnumerateAsync())
            if (one.Data is { } chunk) yield return chunk;
    }

    public void Dispose() => _client.Dispose();

    private async Task<HttpResponseMessage> SendAsync(FloorRequest request)
    {
        using var message = new HttpRequestMessage(HttpMethod.Post, _url);
        message.Headers.Authorization = _key;
        message.Content = new ByteArrayContent(JsonSerializer.SerializeToUtf8Bytes(request, FloorJson.Default.FloorRequest));
        message.Content.Headers.ContentType = _json;
        var response = await _client.SendAsync(message, HttpCompletionOption.ResponseHeadersRead);
        return response.EnsureSuccessStatusCode();
    }
}

internal sealed record FloorRequest(string Model, IReadOnlyList<FloorMessage> Messages, double? Temperature = null, int? MaxCompletionTokens = null, bool? Stream = null, FloorStreamOptions? StreamOptions = null);
internal sealed record FloorStreamOptions(bool IncludeUsage);
internal sealed record FloorMessage(string Role, string? Content, string? Refusal = null, IReadOnlyList<FloorToolCall>? ToolCalls = null, IReadOnlyList<FloorAnnotation>? Annotations = null);
internal sealed record FloorAnnotation(string Type);
internal sealed record FloorToolCall(string Id, string Type, FloorFunction Function);
internal sealed record FloorFunction(string Name, string Arguments);

internal sealed record FloorReply(
    string Id, string Object, long Created, string Model, IReadOnlyList<FloorChoice> Choices, FloorUsage? Usage, string? ServiceTier, string? SystemFingerprint);
internal sealed record FloorChoice(int Index, FloorMessage Message, string? FinishReason, FloorLogprobs? Logprobs);
internal sealed record FloorLogprobs(IReadOnlyList<FloorToken>? Content, IReadOnlyList<FloorToken>? Refusal);
internal sealed record FloorToken(string Token, double Logprob);

internal sealed record FloorChunk(
    string Id, string Object, long Created, string Model, IReadOnlyList<FloorChunkChoice> Choices, FloorUsage? Usage, string? ServiceTier, string? SystemFingerprint);
internal sealed record FloorChunkChoice(int Index, FloorDelta Delta, string? FinishReason, FloorLogprobs? Logprobs);
internal sealed record FloorDelta(string? Role, string? Content, string? Refusal, IReadOnlyList<FloorToolCall>? ToolCalls);

internal sealed record FloorUsage(long PromptTokens, long CompletionTokens, long TotalTokens, FloorPromptDetails? PromptTokensDetails, FloorCompletionDetails? CompletionTokensDetails);
internal sealed record FloorPromptDetails(long? CachedTokens, long? AudioTokens);
internal sealed record FloorCompletionDetails(long? ReasoningTokens, long? AudioTokens, long? AcceptedPredictionTokens, long? RejectedPredictionTokens);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull)]
[JsonSerializable(typeof(FloorRequest))]
[JsonSerializable(typeof(FloorReply))]
[JsonSerializable(typeof(FloorChunk))]
internal sealed partial class FloorJson : JsonSerializerContext;
