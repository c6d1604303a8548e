using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What is sent to Groq, DeepSeek, Perplexity and Cerebras, side by side with the wire as their references and clients of November 2026 have it.</summary>
public sealed class ServicesOfTodayTests
{
    private const string Chat = """{"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"usage":{"prompt_tokens":1,"completion_tokens":1,"total_tokens":2}}""";
    private const string Tool = """{"type":"function","function":{"name":"look"}}""";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    /// <summary>Provider and model; what is asked; the path; what goes out besides the model; the members that are warned of.</summary>
    public static TheoryData<string, string, string, string, string> Chats => new()
    {
        { "groq/openai/gpt-oss-120b", """{"messages":[{"role":"user","content":"a"}],"max_tokens":5,"reasoning_effort":"minimal","frequency_penalty":1,"store":true,"reasoning_format":"parsed"}""", "/chat/completions", """{"messages":[{"role":"user","content":"a"}],"max_completion_tokens":5,"reasoning_effort":"low","reasoning_format":"parsed"}""", "frequency_penalty reasoning_effort store" },
        { "groq/qwen/qwen3-32b", """{"messages":[{"role":"user","content":"a"}],"reasoning_effort":"high"}""", "/chat/completions", """{"messages":[{"role":"user","content":"a"}],"reasoning_effort":"default"}""", "reasoning_effort" },
        { "groq/qwen/qwen3.8-27b", """{"messages":[{"role":"user","content":"a"}],"reasoning_effort":"high"}""", "/chat/completions", """{"messages":[{"role":"user","content":"a"}],"reasoning_effort":"high"}""", "" },
        { "groq/llama-3.1-8b-instant", """{"messages":[{"role":"user","content":"a"}],"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}""", "/chat/completions", """{"messages":[{"role":"system","content":"Answer with JSON that follows this JSON schema, and nothing else: no code fence, no text before or after it.\n{\"type\":\"object\"}"},{"role":"user","content":"a"}],"response_format":{"type":"json_object"}}""", "response_format" },
        { "deepseek/deepseek-flash", """{"messages":[{"role":"developer","content":"a"}],"reasoning_effort":"medium","seed":1}""", "/chat/completions", """{"messages":[{"role":"system","content":"a"}],"thinking":{"type":"enabled"},"reasoning_effort":"high"}""", "reasoning_effort seed" },
        { "deepseek/deepseek-flash", $$"""{"messages":[{"role":"user","content":"a"}],"tools":[{{Tool}}],"tool_choice":"required"}""", "/chat/completions", $$"""{"messages":[{"role":"user","content":"a"}],"tools":[{{Tool}}],"tool_choice":"required","thinking":{"type":"disabled"} }""", "reasoning_effort" },
        { "deepseek/deepseek-flash", """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", "/beta/chat/completions", """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","prefix":true}]}""", "" },
        { "deepseek/deepseek-flash", """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"c","type":"function","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"1"}]}""", "/chat/completions", """{"messages":[{"role":"assistant","content":null,"reasoning_content":" ","tool_calls":[{"id":"c","type":"function","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","content":"1","tool_call_id":"c"}]}""", "" },
        { "perplexity/sonar", """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"user","content":"b"}],"seed":1,"response_format":{"type":"json_object"},"search_mode":"web"}""", "/chat/completions", """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a\n\nb"}],"response_format":{"type":"json_schema","json_schema":{"name":"object","schema":{"type":"object"}}},"search_mode":"web"}""", "response_format seed" },
        { "perplexity/sonar-pro", """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}}]}],"reasoning_effort":"none"}""", "/chat/completions", """{"messages":[{"role":"user","content":[{"type":"text","text":"a"},{"type":"file_url","file_url":"JVBERi0=","file_name":"a.pdf"}]}],"reasoning_effort":"minimal"}""", "reasoning_effort" },
        { "cerebras/gpt-oss-120b", """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning_content":"hm"},{"role":"user","content":"c"}],"max_tokens":5,"reasoning_effort":"xhigh","metadata":{"a":"b"},"reasoning_format":"parsed"}""", "/chat/completions", """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","reasoning":"hm"},{"role":"user","content":"c"}],"max_completion_tokens":5,"reasoning_effort":"high","reasoning_format":"parsed"}""", "metadata reasoning_effort" },
    };

    [Theory, MemberData(nameof(Chats))]
    public async Task A_conversation_goes_out_as_the_service_takes_it(string model, string asked, string path, string sent, string warned)
    {
        var provider = model.Split('/')[0];
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Chat));
        using var client = Calls.ClientFor(server.Url, provider);
        var request = JsonNode.Parse(asked)!.AsObject();
        request["model"] = model;

        var reply = await client.AskAsync(ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(request.ToJsonString())));

        var expected = JsonNode.Parse(sent)!.AsObject();
        expected["model"] = model[(provider.Length + 1)..];
        Assert.Equal(path, server.Requests[0].Target);
        JsonComparison.Same("the body", expected, JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(server.Requests[0].Text)));
        Assert.Equal(warned, string.Join(' ', reply.Warnings.Select(warning => warning.Param).Order()));
    }

    [Fact]
    public async Task Models_of_others_are_asked_through_Perplexitys_agent()
    {
        const string Reply = """{"id":"r","object":"response","created_at":1,"model":"openai/gpt-5.2","status":"completed","output":[{"type":"message","id":"m","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hi","annotations":[]}]}],"usage":{"input_tokens":1,"output_tokens":1,"total_tokens":2}}""";
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json(Reply));
        using var client = Calls.ClientFor(server.Url, "perplexity");
        var format = ResponseFormat.JsonSchema("n", """{"type":"object"}""");

        var reply = await client.AskAsync(new ChatCompletionRequest { Model = "perplexity/openai/gpt-5.2", Messages = [Message.User("a")], ResponseFormat = format, MaxTokens = 9 });
        var response = await client.Responses.CreateAsync(new() { Model = "perplexity/perplexity/sonar", Input = "a", Text = new() { Format = format }, Extra = """{"preset":"fast"}""" }, null, Token);

        Assert.Equal(("Hi", "Hi"), (reply.Text, response.OutputText));
        Assert.Equal(["/v1/responses", "/v1/responses"], server.Requests.Select(request => request.Target));
        JsonComparison.Same("a chat", JsonNode.Parse("""{"model":"openai/gpt-5.2","input":[{"type":"message","role":"user","content":"a"}],"max_output_tokens":9,"store":false,"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}}"""), JsonNode.Parse(server.Requests[0].Text));
        JsonComparison.Same("a response", JsonNode.Parse("""{"model":"perplexity/sonar","input":"a","preset":"fast","response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"},"strict":true}}}"""), JsonNode.Parse(server.Requests[1].Text));
    }

    [Fact]
    public async Task Tools_are_refused_where_sonar_calls_none()
    {
        using var client = Calls.ClientFor(new("http://nobody.invalid"), "perplexity");

        await Assert.ThrowsAsync<UnsupportedFeatureException>(() => client.AskAsync(new ChatCompletionRequest { Model = "perplexity/sonar", Messages = [Message.User("a")], Tools = [new() { Function = new("look") }] }));
    }

    [Fact]
    public async Task What_sonar_thinks_and_rests_on_is_read_apart()
    {
        const string Body = """{"id":"1","model":"sonar-reasoning-pro","created":1,"usage":{"prompt_tokens":1,"completion_tokens":2,"total_tokens":3,"search_context_size":"low"},"citations":["https://a"],"search_results":[{"title":"A","url":"https://a","date":null}],"object":"chat.completion","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"<think>\nhm\n</think>\n\nIt is so [1]."},"delta":{"role":"assistant","content":""}}]}""";
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Body));
        using var client = Calls.ClientFor(server.Url, "perplexity");

        var message = (await client.AskAsync("perplexity/sonar-reasoning-pro")).Choices[0].Message;

        Assert.Equal(("hm", "It is so [1].", "https://a", "A"), (message.ReasoningContent, message.Content, Assert.Single(message.Annotations).Url, message.Annotations[0].Title));
    }

    [Theory]
    [InlineData(null, "base64_int8", "AX+A/w==", new float[] { 1, 127, -128, -1 })]
    [InlineData("float", "base64_int8", "AX+A/w==", new float[] { 1, 127, -128, -1 })]
    [InlineData("base64_binary", "base64_binary", "gQ==", new float[] { 1, -1, -1, -1, -1, -1, -1, 1 })]
    public async Task Perplexitys_embeddings_are_of_bytes_or_bits(string? asked, string sent, string data, float[] vector)
    {
        await using var server = await ReplayServer.StartAsync(1, _ => CannedReply.Json($$"""{"object":"list","data":[{"object":"embedding","index":0,"embedding":"{{data}}"}],"model":"pplx-embed-v1-0.6b","usage":{"prompt_tokens":2,"total_tokens":2,"cost":{"input_cost":0.1,"total_cost":0.1,"currency":"USD"} } }"""));
        using var client = Calls.ClientFor(server.Url, "perplexity");

        var reply = await client.Embeddings.CreateAsync(new() { Model = "perplexity/pplx-embed-v1-0.6b", Input = "a", Dimensions = 128, EncodingFormat = asked is null ? default(EncodingFormat?) : new EncodingFormat(asked) }, null, Token);

        Assert.Equal(("/v1/embeddings", $$"""{"model":"pplx-embed-v1-0.6b","input":"a","dimensions":128,"encoding_format":"{{sent}}"}"""), (server.Requests[0].Target, server.Requests[0].Text));
        Assert.Equal(vector, reply.Data[0].Vector.ToArray());
    }
}
