using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>
/// Three services behind one address: Anthropic's format, which knows no responses, one that makes responses and keeps none, and one that keeps them and lists what they were made
/// from. Each answer repeats how many requests there were.
/// </summary>
internal sealed class ManyServices : IAsyncDisposable
{
    public const string Chat = "anthropic/claude-sonnet-4-5", Stateless = "groq/llama-3.3-70b-versatile", Keeper = "openai/gpt-test";

    private readonly Dictionary<string, JsonObject> _kept = new(StringComparer.Ordinal);
    private readonly Dictionary<string, JsonArray> _inputs = new(StringComparer.Ordinal);
    private ReplayServer _server = null!;

    /// <summary>Which requests are answered with an error.</summary>
    public Func<SeenRequest, bool> Fails { get; set; } = static _ => false;

    public IReadOnlyList<SeenRequest> Requests => _server.Requests;

    public Uri Url => _server.Url;

    public static async Task<ManyServices> StartAsync()
    {
        var services = new ManyServices();
        services._server = await ReplayServer.StartAsync(1, services.Answer);
        return services;
    }

    public LlmOptions Options(string key = "one") => new()
    {
        BaseUrls = new Dictionary<string, Uri> { ["anthropic"] = Url, ["groq"] = Url, ["openai"] = Url },
        ApiKeys = new Dictionary<string, string> { ["anthropic"] = $"anthropic-key-{key}", ["groq"] = $"groq-key-{key}", ["openai"] = $"openai-key-{key}" },
        Environment = static _ => null, Retries = Calls.Once,
    };

    /// <summary>What the service was sent in its n-th request, from the end with ^.</summary>
    public JsonNode Sent(Index at) => JsonNode.Parse(Requests.Where(static request => request.Method == "POST").ToList()[at].Body)!;

    public ValueTask DisposeAsync() => _server.DisposeAsync();

    private CannedReply Answer(SeenRequest request)
    {
        if (Fails(request)) return CannedReply.Json("""{"error":{"message":"overloaded","type":"server_error"}}""", 503);
        var path = request.Target.Split('?')[0].Trim('/');
        if (request.Method == "GET") return Kept(path.Split('/'));
        var body = JsonNode.Parse(request.Body)!.AsObject();
        var stream = (bool?)body["stream"] == true;
        var said = $"Answer {Requests.Count}";
        if (path.EndsWith("messages", StringComparison.Ordinal)) return stream ? CannedReply.Sse(MessageEvents(said)) : CannedReply.Json(Message(said).ToJsonString());
        var isKeeper = request.Headers["authorization"].StartsWith("Bearer openai", StringComparison.Ordinal);
        var response = Response(body, said, isKeeper);
        return stream ? CannedReply.Sse($"event: response.completed\ndata: {new JsonObject { ["type"] = "response.completed", ["sequence_number"] = 0, ["response"] = response }.ToJsonString()}\n\n") : CannedReply.Json(response.ToJsonString());
    }

    private CannedReply Kept(string[] path) => path switch
    {
        [.., "responses", var id] when _kept.TryGetValue(id, out var response) => CannedReply.Json(response.ToJsonString()),
        [.., "responses", var id, "input_items"] when _inputs.TryGetValue(id, out var items) =>
            CannedReply.Json(new JsonObject { ["object"] = "list", ["data"] = items.DeepClone(), ["has_more"] = false, ["first_id"] = "a", ["last_id"] = "z" }.ToJsonString()),
        _ => CannedReply.Json("""{"error":{"message":"no such response","type":"invalid_request_error"}}""", 404),
    };

    private JsonObject Response(JsonObject request, string said, bool isKeeper)
    {
        var id = $"resp_of_the_service_{Requests.Count}";
        var previous = (string?)request["previous_response_id"];
        var response = new JsonObject
        {
            ["id"] = id, ["object"] = "response", ["created_at"] = 1, ["status"] = "completed", ["model"] = "m", ["previous_response_id"] = previous,
            ["output"] = new JsonArray(
                new JsonObject { ["type"] = "reasoning", ["id"] = $"rs_{Requests.Count}", ["summary"] = new JsonArray(), ["encrypted_content"] = "gAAAA-of-the-service" },
                new JsonObject { ["type"] = "message", ["id"] = $"msg_{Requests.Count}", ["status"] = "completed", ["role"] = "assistant", ["content"] = new JsonArray(new JsonObject { ["type"] = "output_text", ["text"] = said, ["annotations"] = new JsonArray() }) }),
        };
        if (!isKeeper) return response;
        _kept[id] = response.DeepClone().AsObject();
        var said1 = new JsonObject { ["type"] = "message", ["id"] = $"msg_in_{Requests.Count}", ["role"] = "user", ["content"] = new JsonArray(new JsonObject { ["type"] = "input_text", ["text"] = request["input"] is JsonValue text ? (string?)text : "(items)" }) };
        // The items of earlier turns are listed, too.
        var before = previous is null ? [] : _inputs[previous].Concat(_kept[previous]["output"]!.AsArray()).Select(item => item!.DeepClone());
        _inputs[id] = [.. before, said1];
        return response;
    }

    private static JsonObject Message(string said) => new()
    {
        ["id"] = "msg_1", ["type"] = "message", ["role"] = "assistant", ["model"] = "m", ["stop_reason"] = "end_turn", ["usage"] = new JsonObject { ["input_tokens"] = 1, ["output_tokens"] = 1 },
        ["content"] = new JsonArray(
            new JsonObject { ["type"] = "thinking", ["thinking"] = "Hm.", ["signature"] = "c2lnbmVk" }, new JsonObject { ["type"] = "redacted_thinking", ["data"] = "c2VhbGVk" }, new JsonObject { ["type"] = "text", ["text"] = said }),
    };

    private static string MessageEvents(string said)
    {
        var whole = Message(said);
        var blocks = whole["content"]!.AsArray();
        whole["content"] = new JsonArray();
        var events = new List<JsonObject> { new() { ["type"] = "message_start", ["message"] = whole.DeepClone() } };
        for (var i = 0; i < blocks.Count; i++)
        {
            events.Add(new() { ["type"] = "content_block_start", ["index"] = i, ["content_block"] = blocks[i]!.DeepClone() });
            events.Add(new() { ["type"] = "content_block_stop", ["index"] = i });
        }
        events.Add(new() { ["type"] = "message_delta", ["delta"] = new JsonObject { ["stop_reason"] = "end_turn" }, ["usage"] = new JsonObject { ["output_tokens"] = 1 } });
        events.Add(new() { ["type"] = "message_stop" });
        return string.Concat(events.Select(e => $"event: {e["type"]}\ndata: {e.ToJsonString()}\n\n"));
    }
}
