using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What a request leaves out comes from the defaults, whichever member it is.</summary>
public class ChatDefaultsTests
{
    private const string All = """
        {
          "tools": [{"type":"function","function":{"name":"f"}}], "tool_choice": "auto", "parallel_tool_calls": true, "functions": [{"name":"g"}], "function_call": "auto",
          "response_format": {"type":"json_object"}, "max_tokens": 1, "max_completion_tokens": 2, "temperature": 0.5, "top_p": 0.25, "n": 2, "stop": ["x", "y"],
          "frequency_penalty": 0.5, "presence_penalty": 0.75, "logit_bias": {"7": 1}, "logprobs": true, "top_logprobs": 3, "seed": 4, "reasoning_effort": "low", "verbosity": "low",
          "modalities": ["text"], "audio": {"voice":"alloy"}, "prediction": {"type":"content","content":"p"}, "web_search_options": {}, "stream_options": {"include_usage":true},
          "store": true, "metadata": {"a":"b"}, "format_options": {"a-format":{"x":1}}, "service_tier": "flex", "moderation": {"model":"m"}, "safety_identifier": "s", "prompt_cache_key": "k",
          "prompt_cache_retention": "24h", "prompt_cache_options": {"ttl":"30m"}, "user": "u", "of_a_vendor": 1
        }
        """;

    private static readonly string[] _callsOwn = [nameof(ChatCompletionRequest.Model), nameof(ChatCompletionRequest.Messages), nameof(ChatCompletionRequest.Stream)];

    [Fact]
    public void Every_member_but_the_calls_own_can_have_a_default()
    {
        var bare = new ChatCompletionRequest { Model = "m", Messages = [Message.User("Hi")] };

        var filled = ChatDefaults.Apply(bare, new(Extra.Parse(All)));

        Assert.All(typeof(ChatCompletionRequest).GetProperties().Where(member => !_callsOwn.Contains(member.Name)), member => Assert.NotEqual(member.GetValue(bare), member.GetValue(filled)));
        var expected = JsonNode.Parse(All)!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(bare.ToJson())!.AsObject()) expected[name] = value?.DeepClone();
        Assert.True(JsonNode.DeepEquals(expected, JsonNode.Parse(filled.ToJson())), filled.ToIndentedJson());
    }

    [Fact]
    public void What_the_request_has_itself_stays()
    {
        var whole = ChatCompletionRequest.Parse(System.Text.Encoding.UTF8.GetBytes($$"""{"model":"m","messages":[{"role":"user","content":"Hi"}],{{All.Trim()[1..]}}"""));
        var others = Extra.Parse("""
            {"temperature": 2, "max_tokens": 99, "tools": [], "user": "other", "logit_bias": {}, "audio": {"voice":"other"}, "function_call": "none", "of_a_vendor": 2}
            """);

        Assert.Equal(whole.ToJson(), ChatDefaults.Apply(whole, new(others)).ToJson());
    }
}
