using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Replies as OpenAI writes them, for tests that need one and do not care for its details.</summary>
internal static class OpenAIWire
{
    /// <summary>A whole stream of text pieces, with its usage.</summary>
    public static CannedReply Stream(params string[] pieces) => Events([.. pieces.Select(Text), """{"choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""", Usage]);

    /// <summary>A stream of chunks of which only the interesting members are given; it ends with [DONE].</summary>
    public static CannedReply Events(params string[] chunks) => CannedReply.Sse(string.Concat(chunks.Select(Event)) + "data: [DONE]\n\n");

    /// <summary>A whole reply of that text.</summary>
    public static CannedReply Reply(string text) => CannedReply.Json(new JsonObject
    {
        ["id"] = "chatcmpl-1", ["object"] = "chat.completion", ["created"] = 1700000000, ["model"] = "gpt-4o-mini-2024-07-18",
        ["choices"] = new JsonArray(new JsonObject
        {
            ["index"] = 0, ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = text }, ["finish_reason"] = "stop",
        }),
        ["usage"] = JsonNode.Parse(Usage)!["usage"]!.DeepClone(),
    }.ToJsonString());

    /// <summary>The chunk that brings a piece of text.</summary>
    public static string Text(string piece) => $$$"""{"choices":[{"index":0,"delta":{"content":{{{JsonSerializer.Serialize(piece)}}}},"finish_reason":null}]}""";

    /// <summary>How many bytes of a stream's body its first pieces take.</summary>
    public static int Length(params string[] pieces) => pieces.Sum(piece => Encoding.UTF8.GetByteCount(Event(Text(piece))));

    private const string Usage = """{"choices":[],"usage":{"prompt_tokens":12,"completion_tokens":5,"total_tokens":17,"prompt_tokens_details":{"cached_tokens":3},"completion_tokens_details":{"reasoning_tokens":2}}}""";

    private static string Event(string chunk)
    {
        var whole = new JsonObject { ["id"] = "chatcmpl-1", ["object"] = "chat.completion.chunk", ["created"] = 1700000000, ["model"] = "gpt-4o-mini-2024-07-18" };
        foreach (var (name, value) in JsonNode.Parse(chunk)!.AsObject()) whole[name] = value?.DeepClone();
        return $"data: {whole.ToJsonString()}\n\n";
    }
}
