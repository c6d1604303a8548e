using System.Text;
using System.Text.Json.Nodes;
namespace Muxi.Llm.Tests;
/// <summary>The naive reader of OpenAI-shaped chat replies: split, parse, concatenate. At most 60 lines, so that it can be checked by eye.</summary>
internal static class ChatOracle
{
    public static OracleReply Read(int status, byte[] body)
    {
        var text = Encoding.UTF8.GetString(body).TrimStart('\uFEFF');
        var data = text.Split(["\r\n", "\n", "\r"], 0).Where(line => line.StartsWith("data:", StringComparison.Ordinal)).Select(line => line[5..].Trim()).ToList();
        var reply = new OracleReply { IsStream = data.Count > 0 && !text.TrimStart().StartsWith('{'), SawDone = data.Contains("[DONE]") };
        foreach (var payload in reply.IsStream ? data.TakeWhile(d => d != "[DONE]").Where(d => d != "") : [text])
        {
            var json = OracleJson.Parse(payload);
            reply.Error = json is null ? new OracleError(payload, null, null) : ErrorOf(json, status);
            if (reply.Error is null) AddChunk(reply, json!);
            if (reply.Error is not null) break;
        }
        reply.Choices.Sort((a, b) => a.Index.CompareTo(b.Index));
        return reply;
    }
    private static void AddChunk(OracleReply reply, JsonObject json)
    {
        (reply.Id, reply.Model) = (First(reply.Id, json["id"]), First(reply.Model, json["model"]));
        if ((json["usage"] ?? json["x_groq"]?["usage"]) is JsonObject u)
            reply.Usage = new(u["prompt_tokens"].Num(), u["completion_tokens"].Num(), u["total_tokens"].Num(),
                (u["prompt_tokens_details"]?["cached_tokens"] ?? u["prompt_cache_hit_tokens"] ?? u["cached_tokens"]).Num(),
                (u["completion_tokens_details"]?["reasoning_tokens"] ?? u["reasoning_tokens"]).Num());
        foreach (var (c, position) in json["choices"].Items()) AddChoice(reply, c, (int)(c["index"].Num() ?? position));
    }
    private static void AddChoice(OracleReply reply, JsonNode c, int index)
    {
        if (!reply.Choices.Exists(x => x.Index == index)) reply.Choices.Add(new OracleChoice { Index = index });
        var (choice, m) = (reply.Choices.Find(x => x.Index == index)!, c["delta"] ?? c["message"] ?? new JsonObject());
        choice.Text += m["content"] is JsonArray ? "" : m["content"].Str();
        choice.Reasoning += (m["reasoning_content"] ?? m["reasoning"]).Str();
        foreach (var (part, _) in m["content"].Items()) // a list of parts, as Mistral has it
            (choice.Text, choice.Reasoning) = (choice.Text + part["text"].Str(), choice.Reasoning + string.Concat(part["thinking"].Items().Select(t => t.Item["text"].Str())));
        choice.Refusal += m["refusal"].Str();
        choice.AudioId = First(choice.AudioId, m["audio"]?["id"]);
        choice.AudioTranscript += m["audio"]?["transcript"].Str();
        if (c["finish_reason"] is { } reason) choice.FinishReason = reason.Str();
        foreach (var (detail, _) in m["reasoning_details"].Items()) choice.ReasoningDetails.Add(detail.DeepClone());
        foreach (var (t, n) in m["tool_calls"].Items()) // whole calls stand by their position; deltas belong together by index, else id, else position
            AddCall(choice, (reply.IsStream ? t["index"].Str() ?? First(null, t["id"]) : null) ?? $"{n}", t, t["function"] ?? t["custom"]);
        if (First(m["function_call"]?["name"].Str(), m["function_call"]?["arguments"]) is { Length: > 0 })
            AddCall(choice, "legacy", new JsonObject { ["type"] = "function" }, m["function_call"]);
        if (c["error"] is { } error) reply.Error = ErrorOf(new JsonObject { ["error"] = error.DeepClone() }, 0);
    }
    private static void AddCall(OracleChoice choice, string key, JsonNode t, JsonNode? f)
    {
        if (!choice.ToolCalls.Exists(x => x.Key == key)) choice.ToolCalls.Add(new OracleToolCall(key));
        var call = choice.ToolCalls.Find(x => x.Key == key)!;
        (call.Id, call.Type, call.Name) = (First(call.Id, t["id"]), First(call.Type, t["type"]), First(call.Name, f?["name"]));
        call.Arguments += (f?["arguments"] ?? f?["input"]).Str();
    }
    private static OracleError? ErrorOf(JsonObject o, int status) => o["error"] is JsonObject e ? new(e["message"].Str(), e["code"].Str(), e["type"].Str())
        : o["error"] is not null || status >= 400 ? new((o["error"] ?? o["message"] ?? o["detail"]).Str(), o["code"].Str(), o["type"].Str()) : null;
    private static string? First(string? had, JsonNode? now) => had is { Length: > 0 } ? had : now.Str() is { Length: > 0 } some ? some : had;
}
