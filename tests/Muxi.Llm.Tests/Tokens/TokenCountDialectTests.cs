using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Services that count beside Anthropic: what they are sent, what is read from them, and what becomes of a server that has no such path.</summary>
public sealed class TokenCountDialectTests
{
    private static readonly ChatCompletionRequest _full = new()
    {
        Model = "-", MaxTokens = 50, Temperature = 0.5, Stop = ["END"], Seed = 7, N = 2, User = "u-1", LogitBias = new Dictionary<string, double> { ["1"] = 2 },
        Messages = [Message.System("Be brief."), Message.User("Weather?"), Message.Assistant(ContentPart.FromToolCall(new ToolCall { Id = "call_1", Function = new("get", "{}") })), Message.Tool("call_1", "Rain")],
        Tools = [Tool.FromFunction("get", "Looks", """{"type":"object","properties":{}}""")], ToolChoice = ToolChoice.Auto, ResponseFormat = ResponseFormat.JsonObject,
    };

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact]
    public async Task OpenAI_is_told_the_conversation_as_a_response_without_what_shapes_an_answer_alone()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"object":"response.input_tokens","input_tokens":11,"new":1}"""));
        using var client = Calls.ClientFor(server.Url);

        var count = await client.Tokens.CountAsync(_full with { Model = "openai/gpt-4o", Extra = """{"top_k":3,"truncation":"auto"}""" }, null, Token);

        Assert.Equal(("POST", "/responses/input_tokens"), (server.Requests[0].Method, server.Requests[0].Target));
        JsonComparison.Same("the request", JsonNode.Parse("""
            {"model":"gpt-4o","input":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},
             {"type":"function_call","call_id":"call_1","name":"get","arguments":"{}"},{"type":"function_call_output","call_id":"call_1","output":"Rain"}],
             "tools":[{"type":"function","name":"get","description":"Looks","parameters":{"type":"object","properties":{}},"strict":false}],"tool_choice":"auto","text":{"format":{"type":"json_object"}},"truncation":"auto"}
            """), JsonComparison.ParseStrictly(server.Requests[0].Body));
        await OpenAISchemas.ExpectValidAsync([("TokenCountsBody", server.Requests[0].Text)]);
        Assert.Equal((11, true, "openai", 0), (count.InputTokens, count.IsExact, count.Provider, count.Warnings.Count));
        Assert.Equal("1", count.Extra["new"].ToString());
    }

    [Fact]
    public async Task Sealed_thinking_counts_where_chat_goes_over_responses()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"input_tokens":11}"""));
        using var client = Calls.ClientFor(server.Url, "openai-responses");
        var turn = ChatCompletion.Parse("""
            {"id":"c","model":"m","choices":[{"index":0,"finish_reason":"stop","message":{"role":"assistant","content":"Hi","blocks":[
              {"type":"reasoning","text":"","signature":"gAAA","format":"openai-responses","id":"rs_1"},{"type":"text","text":"Hi"}]}}]}
            """u8).Choices[0].Message!;

        await client.Tokens.CountAsync(new() { Model = "openai-responses/gpt-5", Messages = [Message.User("Hello?"), turn, Message.User("And?")], ReasoningEffort = ReasoningEffort.Low }, null, Token);

        Assert.Contains("gAAA", server.Requests[0].Text, StringComparison.Ordinal);
        Assert.Equal("""{"effort":"low"}""", JsonNode.Parse(server.Requests[0].Body)!["reasoning"]!.ToJsonString());
        Assert.DoesNotContain("include", server.Requests[0].Text, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Vllm_is_told_messages_tools_and_what_is_meant_for_the_template_at_the_servers_root()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"count":4,"max_model_len":4096,"tokens":[1,2,3,4],"token_strs":null}"""));
        using var client = Calls.ClientFor(new(server.Url, "v1"), "vllm");

        var count = await client.Tokens.CountAsync(_full with { Model = "vllm/qwen3", Extra = """{"top_k":3,"chat_template_kwargs":{"enable_thinking":false}}""" }, null, Token);

        Assert.Equal(("POST", "/tokenize"), (server.Requests[0].Method, server.Requests[0].Target));
        JsonComparison.Same("the request", JsonNode.Parse("""
            {"model":"qwen3","messages":[{"role":"system","content":"Be brief."},{"role":"user","content":"Weather?"},
             {"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get","arguments":"{}"}}]},{"role":"tool","tool_call_id":"call_1","content":"Rain"}],
             "tools":[{"type":"function","function":{"name":"get","description":"Looks","parameters":{"type":"object","properties":{}}}}],"chat_template_kwargs":{"enable_thinking":false}}
            """), JsonComparison.ParseStrictly(server.Requests[0].Body));
        Assert.Equal((4, true, "vllm", """{"max_model_len":4096}"""), (count.InputTokens, count.IsExact, count.Provider, count.Extra.ToString()));
        Assert.Empty(count.Warnings);
    }

    [Fact]
    public async Task A_prefix_before_vllms_version_stays()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"count":4,"tokens":[]}"""));
        using var client = Calls.ClientFor(new(server.Url, "team/v1"), "vllm");

        await client.Tokens.CountAsync(Calls.Ask("vllm/m"), null, Token);

        Assert.Equal("/team/tokenize", server.Requests[0].Target);
    }

    [Fact]
    public async Task Llama_cpp_is_told_what_its_chat_would_be()
    {
        const string Path = "/v1/chat/completions/input_tokens";
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Target == Path ? """{"object":"response.input_tokens","input_tokens":11}""" : Calls.Reply("ok")));
        using var client = Calls.ClientFor(new(server.Url, "v1"), "llama_cpp");
        var request = _full with { Model = "llama_cpp/m" };

        var count = await client.Tokens.CountAsync(request, null, Token);
        await client.AskAsync(request);

        Assert.Equal((11, true), (count.InputTokens, count.IsExact));
        Assert.Equal([Path, "/v1/chat/completions"], server.Requests.Select(one => one.Target));
        JsonComparison.Same("the request", JsonNode.Parse(server.Requests[1].Body)!, JsonNode.Parse(server.Requests[0].Body)!);
    }

    [Theory]
    [InlineData("openai", """{"object":"response.input_tokens"}""")]
    [InlineData("vllm", """{"input_tokens":7}""")]
    [InlineData("vllm", "[]")]
    [InlineData("llama_cpp", "<html></html>")]
    public async Task A_reply_without_a_number_is_an_error(string provider, string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body));
        using var client = Calls.ClientFor(server.Url, provider);

        await Assert.ThrowsAsync<ServerException>(() => client.Tokens.CountAsync(Calls.Ask($"{provider}/m"), null, Token));
    }

    [Theory]
    [InlineData(404, """{"error":{"code":404,"message":"File Not Found","type":"not_found_error"}}""")]
    [InlineData(404, """{"detail":"Not Found"}""")]
    [InlineData(405, """{"detail":"Method Not Allowed"}""")]
    [InlineData(501, "")]
    public async Task A_server_without_such_a_path_is_counted_for_here_and_a_warning_says_so(int status, string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body, status));
        using var client = Calls.ClientFor(server.Url, "llama_cpp");

        var count = await client.Tokens.CountAsync(Calls.Ask("llama_cpp/qwen3-8b"), null, Token);

        Assert.Equal(client.CountHere(Calls.Ask("llama_cpp/qwen3-8b")).InputTokens, count.InputTokens);
        Assert.Equal((false, null, status), (count.IsExact, count.Provider, Assert.Single(count.Attempts).Status));
        Assert.Equal(new Warning("input_tokens", $"counted on this machine: llama_cpp answered {status} where counts are asked for"), Assert.Single(count.Warnings));
        await Assert.ThrowsAnyAsync<ApiException>(() => client.Tokens.CountAsync(Calls.Ask("llama_cpp/qwen3-8b"), new() { Strict = true }, Token));
    }

    [Theory]
    [InlineData("""{"error":{"message":"The model `m-1` does not exist.","type":"NotFoundError","param":"model","code":404}}""")]
    [InlineData("""{"error":{"message":"No such model","type":"invalid_request_error","param":null,"code":"model_not_found"}}""")]
    public async Task A_model_that_is_not_there_is_an_error(string body)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body, 404));
        using var client = Calls.ClientFor(server.Url, "vllm");

        await Assert.ThrowsAsync<NotFoundException>(() => client.Tokens.CountAsync(Calls.Ask("vllm/m-1"), null, Token));
    }

    [Fact]
    public async Task The_sandbox_counts_as_many_as_its_chat_tells()
    {
        using var client = new LlmClient(new() { Environment = static _ => null });
        var request = _full with { Model = "sandbox/chat", N = null };

        var count = await client.Tokens.CountAsync(request, null, Token);
        var reply = await client.AskAsync(request);

        Assert.Equal((reply.Usage!.PromptTokens, "sandbox"), (count.InputTokens, count.Provider));
    }
}
