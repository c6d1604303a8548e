using System.Text;
using System.Text.Json.Nodes;
namespace Muxi.Llm.Tests;
/// <summary>The naive reader of Cohere's replies of /v2/chat: split, parse, concatenate, after docs.cohere.com/reference/chat and chat-stream. At most 60 lines, so that it can be checked by eye.</summary>
internal static class CohereOracle
{
    /// <summary>What the bytes say, and each source of each citation as a line.</summary>
    public static (OracleReply Reply, List<string> Citations) Read(int status, byte[] body)
    {
        var (text, citations) = (Encoding.UTF8.GetString(body).TrimStart('\uFEFF'), new List<string>());
        var data = text.Split(["\r\n", "\n", "\r"], 0).Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].Trim()).ToList();
        var reply = new OracleReply { IsStream = data.Count > 0 && !text.TrimStart().StartsWith('{'), SawDone = data.Contains("[DONE]") };
        reply.Choices.Add(new());
        foreach (var payload in reply.IsStream ? data.Where(d => d.StartsWith('{')) : [text])
        {
            var json = OracleJson.Parse(payload);
            if (json is null || (!reply.IsStream && (status >= 400 || json["message"] is not JsonObject)))
                reply.Error = new((json?["message"] ?? json?["error"]).Str() ?? payload, null, json?["error_type"].Str());
            else Add(reply, json, citations);
            if (reply.Error is not null) break;
        }
        return (reply, citations);
    }
    private static void Add(OracleReply reply, JsonObject json, List<string> citations)
    {
        var (choice, end) = (reply.Choices[0], reply.IsStream ? json["delta"] as JsonObject : json);
        var message = end?["message"] as JsonObject;
        reply.Id ??= json["id"].Str();
        foreach (var part in Many(message?["content"]))
            (choice.Text, choice.Reasoning) = (choice.Text + part["text"].Str(), choice.Reasoning + part["thinking"].Str());
        choice.Reasoning += message?["tool_plan"].Str();
        foreach (var call in Many(message?["tool_calls"])) AddCall(choice, json, call);
        foreach (var citation in Many(message?["citations"]))
            foreach (var source in Many(citation["sources"]))
                citations.Add($"{citation["start"].Num()}-{citation["end"].Num()} '{citation["text"].Str()}' {source["id"].Str()}");
        if (end?["finish_reason"].Str() is not { } reason) return;
        choice.FinishReason = reason;
        var (usage, tokens) = (end["usage"], end["usage"]?["tokens"] ?? end["usage"]?["billed_units"]);
        if (tokens is not null)
            reply.Usage = new(tokens["input_tokens"].Num(), tokens["output_tokens"].Num(), tokens["input_tokens"].Num() + tokens["output_tokens"].Num(), usage?["cached_tokens"].Num(), tokens["reasoning_tokens"].Num());
        if (reason is "ERROR" or "TIMEOUT") reply.Error = new(end["error"].Str(), null, end["error_type"].Str());
    }
    private static void AddCall(OracleChoice choice, JsonObject json, JsonNode call)
    {
        // In a stream a delta goes on with the call that was started last under its index.
        var isNew = json["type"].Str() is not "tool-call-delta";
        if (isNew) choice.ToolCalls.Add(new(json["index"].Str() ?? "") { Id = call["id"].Str(), Name = call["function"]?["name"].Str() });
        choice.ToolCalls.Last(one => isNew || one.Key == (json["index"].Str() ?? "")).Arguments += call["function"]?["arguments"].Str();
    }
    /// <summary>A list is its items, an object is itself: streams send one at a time.</summary>
    private static IEnumerable<JsonNode> Many(JsonNode? node) => node is JsonArray list ? list.OfType<JsonNode>() : node is JsonObject one ? [one] : [];
}
