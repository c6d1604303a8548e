using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Requests as Google's official SDK sends them for the same call: gemini-requests.mjs makes the calls, this the same ones in our words.</summary>
public sealed class GeminiRequestTests
{
    private const string Png = "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg==";
    private const string Weather = """{"type":"function","function":{"name":"get_weather","description":"The weather of a city","parameters":{"type":"object","properties":{"city":{"type":"string","description":"Where"}},"required":["city"],"additionalProperties":false}}}""";
    private const string Asked = """{"role":"user","content":"Weather?"}""";

    /// <summary>By the SDK's call; the model is gemini-3.8-flash unless the request names another one.</summary>
    private static readonly Dictionary<string, string> _ours = new()
    {
        ["hello"] = """{"messages":[{"role":"user","content":"Hi"}]}""",
        ["conversation"] = """{"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!"},{"role":"user","content":"And now?"}]}""",
        ["instructions"] = """{"messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Hi"}],"max_tokens":100}""",
        ["sampling"] = """{"model":"gemini/gemini-2.5-flash","messages":[{"role":"user","content":"Hi"}],"temperature":0.5,"top_p":0.9,"top_k":40,"presence_penalty":0.25,"frequency_penalty":-0.5,"seed":7,"stop":["END","\n\n"],"n":2,"max_completion_tokens":64}""",
        ["tools"] = $$$$"""{"messages":[{"role":"user","content":"Weather in Oslo?"}],"tools":[{{{{Weather}}}},{"type":"function","function":{"name":"now","parameters":{"type":"object","properties":{} } } }]}""",
        ["a tool that must be called"] = $$$$"""{"messages":[{{{{Asked}}}}],"tools":[{{{{Weather}}}}],"tool_choice":{"type":"function","function":{"name":"get_weather"}}}""",
        ["no tool may be called"] = $$$$"""{"messages":[{{{{Asked}}}}],"tools":[{{{{Weather}}}}],"tool_choice":"none"}""",
        // The results stand in another order than the calls.
        ["a round of calls"] = $$$$"""
            {"messages":[{{{{Asked}}}},
             {"role":"assistant","content":"Looking.","blocks":[{"type":"text","text":"Looking."},
              {"type":"tool_call","signature":"c2lnbmVk+/==","format":"gemini-chat","tool_call":{"id":"c1","type":"function","name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}},
              {"type":"tool_call","tool_call":{"id":"c2","type":"function","name":"get_weather","arguments":"{\"city\":\"Rome\"}"}}]},
             {"role":"tool","tool_call_id":"c2","content":"{\"celsius\":20}"},{"role":"tool","tool_call_id":"c1","content":"3 degrees"}],"tools":[{{{{Weather}}}}]}
            """,
        ["a call that failed"] = $$$$"""{"messages":[{{{{Asked}}}}, {{{{Signed}}}}, {"role":"tool","tool_call_id":"c1","content":"no such city","is_error":true}]}""",
        ["a picture in a result"] = $$$$"""{"messages":[{{{{Asked}}}},{{{{Signed}}}},{"role":"tool","tool_call_id":"c1","content":[{"type":"text","text":"Look:"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{Png}}}}"}}]}]}""",
        ["an answer after a schema"] = """{"messages":[{"role":"user","content":"A person?"}],"response_format":{"type":"json_schema","json_schema":{"name":"person","schema":{"type":"object","properties":{"name":{"type":"string"}},"required":["name"]}}}}""",
        ["an answer in JSON"] = """{"messages":[{"role":"user","content":"JSON please"}],"response_format":{"type":"json_object"}}""",
        ["thinking by a budget"] = """{"model":"gemini/gemini-2.5-flash","messages":[{"role":"user","content":"Think."}],"reasoning_effort":"medium"}""",
        ["no thinking"] = """{"model":"gemini/gemini-2.5-flash","messages":[{"role":"user","content":"Quick!"}],"reasoning_effort":"none"}""",
        ["thinking by a level"] = """{"messages":[{"role":"user","content":"Think."}],"reasoning_effort":"high"}""",
        ["signed parts go back"] = """
            {"messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Hello!","blocks":[{"type":"reasoning","text":"Hm.","format":"gemini-chat"},{"type":"text","text":"Hello!","signature":"c2lnbmVk","format":"gemini-chat"},
             {"type":"text","text":"","signature":"bW9yZQ==","format":"gemini-chat"}]},{"role":"user","content":"Go on."}]}
            """,
        ["code goes back"] = """
            {"messages":[{"role":"user","content":"Sum?"},{"role":"assistant","content":"It is 2.","blocks":[{"type":"opaque","format":"gemini-chat","raw":{"executableCode":{"language":"PYTHON","code":"print(1+1)"}}},
             {"type":"opaque","format":"gemini-chat","raw":{"codeExecutionResult":{"outcome":"OUTCOME_OK","output":"2\n"}}},{"type":"text","text":"It is 2."}]},{"role":"user","content":"Sure?"}],"tools":[{"type":"code_execution"}]}
            """,
        ["pictures, sound, documents"] = $$$$"""
            {"messages":[{"role":"user","content":[{"type":"text","text":"Look"},{"type":"image_url","image_url":{"url":"data:image/png;base64,{{{{Png}}}}"}},{"type":"image_url","image_url":{"url":"https://example.org/cat.jpg"}},
             {"type":"input_audio","input_audio":{"data":"UklGRg==","format":"wav"}},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]}]}
            """,
        ["an uploaded file"] = """{"messages":[{"role":"user","content":[{"type":"text","text":"Read"},{"type":"file","file":{"file_id":"files/abc","filename":"a.pdf"}}]}]}""",
        ["tools of the service"] = """{"messages":[{"role":"user","content":"News?"}],"tools":[{"type":"google_search"},{"type":"urlContext","urlContext":{}}]}""",
        ["likely tokens"] = """{"model":"gemini/gemini-2.5-flash","messages":[{"role":"user","content":"Hi"}],"logprobs":true,"top_logprobs":3}""",
        ["a spoken answer"] = """{"model":"gemini/gemini-2.5-flash-preview-tts","messages":[{"role":"user","content":"Say hi"}],"modalities":["audio"],"audio":{"voice":"Kore","format":"pcm16"}}""",
        ["an answer with a picture"] = """{"model":"gemini/gemini-3-pro-image","messages":[{"role":"user","content":"Draw"}],"modalities":["text","image"],"generationConfig":{"imageConfig":{"aspectRatio":"16:9","imageSize":"2K"}}}""",
        ["safety, cache, tier"] = """{"messages":[{"role":"user","content":"Hi"}],"safetySettings":[{"category":"HARM_CATEGORY_HARASSMENT","threshold":"BLOCK_NONE"}],"cachedContent":"cachedContents/abc","service_tier":"flex","store":false}""",
        ["a stream"] = """{"messages":[{"role":"user","content":"Hi"}]}""",
        ["a count of tokens"] = """{"messages":[{"role":"user","content":"Hi"}]}""",
    };

    private const string Signed = """{"role":"assistant","content":null,"blocks":[{"type":"tool_call","signature":"c2ln","format":"gemini-chat","tool_call":{"id":"c1","type":"function","name":"get_weather","arguments":"{\"city\":\"Oslo\"}"}}]}""";

    [Fact]
    public async Task Every_call_is_sent_as_the_official_SDK_sends_it()
    {
        NpmPackages.Require("@google/genai");
        await using var server = await ReplayServer.StartAsync(0, Answer);
        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gemini", "gemini-requests.mjs"), [NpmPackages.Modules, server.Url.ToString().TrimEnd('/')], "", TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Errors);
        var names = run.Output.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(name => name.Trim()).ToList();
        var theirs = server.Requests.ToList();
        Assert.Equal(_ours.Keys.Order(StringComparer.Ordinal), names.Order(StringComparer.Ordinal));

        var judged = JsonNode.Parse(await File.ReadAllTextAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gemini", "judged-requests.json"), TestContext.Current.CancellationToken))!.AsObject();
        var (differences, explained) = (new List<string>(), new HashSet<string>());
        for (var i = 0; i < names.Count; i++)
        {
            var ours = await SendAsync(names[i]);
            // The version is a part of our base URL, and the SDK's own affair.
            if (!theirs[i].Target.EndsWith(ours.Target, StringComparison.Ordinal)) differences.Add($"{names[i]}: {theirs[i].Target} is not {ours.Target}");
            foreach (var difference in JsonComparison.Differences(JsonComparison.ParseStrictly(theirs[i].Body), JsonComparison.ParseStrictly(ours.Body), names[i]))
            {
                var reason = judged.FirstOrDefault(one => difference.Contains(one.Key, StringComparison.Ordinal));
                if (reason.Key is null) differences.Add(difference);
                else explained.Add(reason.Key);
            }
        }
        Assert.True(differences.Count == 0, string.Join('\n', differences));
        Assert.Equal(judged.Select(one => one.Key).Order(StringComparer.Ordinal), explained.Order(StringComparer.Ordinal));
    }

    private static async Task<SeenRequest> SendAsync(string name)
    {
        await using var server = await ReplayServer.StartAsync(0, Answer);
        using var client = new LlmClient(Calls.OptionsFor(server.Url, "gemini"));
        var json = JsonNode.Parse(_ours[name])!.AsObject();
        if (json["model"] is null) json["model"] = "gemini/gemini-3.8-flash";
        var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(json.ToJsonString()));
        if (name == "a count of tokens") await client.Tokens.CountAsync(request, null, TestContext.Current.CancellationToken);
        else Assert.Null((await ChatOutcome.OfAsync(client, request, name == "a stream")).Error);
        return Assert.Single(server.Requests);
    }

    private static CannedReply Answer(SeenRequest request) => request.Target.EndsWith(":countTokens", StringComparison.Ordinal) ? CannedReply.Json("""{"totalTokens":1}""")
        : request.Target.EndsWith("alt=sse", StringComparison.Ordinal) ? CannedReply.Sse("data: {\"candidates\":[{\"content\":{\"parts\":[{\"text\":\"Hi\"}]},\"finishReason\":\"STOP\"}]}\n\n")
        : CannedReply.Json("""{"candidates":[{"content":{"parts":[{"text":"Hi"}]},"finishReason":"STOP"}]}""");
}
