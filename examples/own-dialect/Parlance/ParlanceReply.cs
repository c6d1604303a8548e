using System.Text.Json;
using Muxi.Llm;

namespace Parlance;

/// <summary>Reads a whole reply, and the pieces that a streamed one has in common with it.</summary>
internal static class ParlanceReply
{
    public static ChatCompletion Parse(HttpReply reply, CallContext context)
    {
        try
        {
            using var json = JsonDocument.Parse(reply.Body);
            var root = json.RootElement;
            if (!root.TryGetProperty("ended", out var ended)) throw context.Error(reply);
            var calls = root.TryGetProperty("asks", out var asks) ? asks.EnumerateArray().Select((ask, index) => Call(ask, index, context)).ToList() : [];
            return new()
            {
                Id = Text(root, "ref") ?? context.MakeId("parlance-", 0),
                Model = Text(root, "voice") ?? context.Model,
                Created = context.Now.ToUnixTimeSeconds(),
                Choices = [new() { Message = new() { Role = Role.Assistant, Content = Text(root, "text"), ToolCalls = calls }, FinishReason = Finish(ended.GetString()), FinishReasonRaw = Raw(ended.GetString()) }],
                Usage = Spent(root),
            };
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // A proxy's page, a body cut short, a member of another kind: the library says what it is.
            throw context.Error(reply);
        }
    }

    public static ToolCall Call(JsonElement ask, int index, CallContext context) => new()
    {
        Id = Text(ask, "ticket") ?? context.MakeId("call_", index),
        Function = new(Text(ask, "skill") ?? "", ask.TryGetProperty("with", out var with) ? with.GetRawText() : "{}"),
    };

    /// <summary>OpenAI's word for why the model stopped.</summary>
    public static FinishReason Finish(string? ended) => ended switch
    {
        "limit" => FinishReason.Length,
        "asks" => FinishReason.ToolCalls,
        "hushed" => FinishReason.ContentFilter,
        _ => FinishReason.Stop,
    };

    /// <summary>The service's own word, where it is another one.</summary>
    public static string? Raw(string? ended) => ended == Finish(ended).Value ? null : ended;

    public static Usage? Spent(JsonElement root)
    {
        if (!root.TryGetProperty("spent", out var spent)) return null;
        var (read, written) = (spent.GetProperty("read").GetInt64(), spent.GetProperty("written").GetInt64());
        return new() { PromptTokens = read, CompletionTokens = written, TotalTokens = read + written };
    }

    public static string? Text(JsonElement json, string name) => json.TryGetProperty(name, out var value) ? value.GetString() : null;
}
