using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A conversation that one service began goes on at another: what was only the first one's own stays behind, and what was said does not.</summary>
public sealed class HandOverTests
{
    private const string Cited = """{"type":"text","text":"Blue.","citations":[{"type":"web_search_result_location","url":"https://x.test","title":"Sky","cited_text":"It is blue.","encrypted_index":"Eo8="}]}""";
    private const string Call = """{"type":"tool_use","id":"toolu_1","name":"look","input":{"a":1},"caller":{"type":"direct"}}""";

    private static readonly CallContext _context = new("any", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);

    private static readonly SearchResult _found = new() { Source = "https://x.test/cats", Title = "Cats", Content = ["Cats purr."] };

    /// <summary>A wire's reply with a cited text and a call, as a message: whole, streamed, and either kept as JSON in between.</summary>
    private static Message Begun(bool stream, bool isKept)
    {
        var dialect = new AnthropicMessages();
        ChatCompletion reply;
        if (stream)
        {
            var fold = dialect.Fold(_context);
            var chunks = new List<ChatCompletionChunk>();
            foreach (var data in (ReadOnlySpan<string>)
            [
                """{"type":"message_start","message":{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[],"usage":{"input_tokens":1,"output_tokens":1}}}""",
                """{"type":"content_block_start","index":0,"content_block":{"type":"text","text":"","citations":[]}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"citations_delta","citation":{"type":"web_search_result_location","url":"https://x.test","title":"Sky","cited_text":"It is blue.","encrypted_index":"Eo8="}}}""",
                """{"type":"content_block_delta","index":0,"delta":{"type":"text_delta","text":"Blue."}}""",
                """{"type":"content_block_stop","index":0}""",
                """{"type":"content_block_start","index":1,"content_block":{"type":"tool_use","id":"toolu_1","name":"look","input":{},"caller":{"type":"direct"}}}""",
                """{"type":"content_block_delta","index":1,"delta":{"type":"input_json_delta","partial_json":"{\"a\":1}"}}""",
                """{"type":"content_block_stop","index":1}""",
                """{"type":"message_delta","delta":{"stop_reason":"tool_use"},"usage":{"output_tokens":5}}""",
                """{"type":"message_stop"}""",
            ])
                fold.Next(new(null, Encoding.UTF8.GetBytes(data)), chunks);
            fold.End(chunks);
            var whole = new ChatAccumulator();
            foreach (var chunk in chunks) whole.Add(isKept ? ChatCompletionChunk.Parse(Encoding.UTF8.GetBytes(chunk.ToJson())) : chunk);
            reply = whole.ToCompletion()!;
        }
        else reply = dialect.Parse(new(200, Encoding.UTF8.GetBytes($$$"""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{{{Cited}}},{{{Call}}}],"stop_reason":"tool_use","usage":{"input_tokens":1,"output_tokens":1}}""")), _context);
        return (isKept ? ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson())) : reply).Choices[0].Message;
    }

    [Theory, InlineData(false, false), InlineData(false, true), InlineData(true, false), InlineData(true, true)]
    public void What_a_service_tells_of_its_own_texts_and_calls_goes_to_no_service_of_another_format(bool stream, bool isKept)
    {
        var request = Calls.Ask("any/m") with { MaxTokens = 10, Messages = [Message.User("Look."), Begun(stream, isKept), Message.Tool("toolu_1", "42")] };

        var (other, same) = (JsonNode.Parse(new OpenAIChat().Render(request, _context, stream: false).Body.Span)!, JsonNode.Parse(new AnthropicMessages().Render(request, _context, stream: false).Body.Span)!);

        JsonComparison.Same("the other service's message", JsonNode.Parse("""{"role":"assistant","content":"Blue.","tool_calls":[{"id":"toolu_1","type":"function","function":{"name":"look","arguments":"{\"a\":1}"}}]}"""), other["messages"]![1]);
        JsonComparison.Same("the same service's message", JsonNode.Parse($$"""[{{Cited}},{{Call}}]"""), same["messages"]![1]!["content"]);
    }

    [Fact]
    public void Replicates_models_are_told_search_results_in_words()
    {
        var request = Calls.Ask("replicate/a/b") with { Messages = [new() { Role = Role.User, Blocks = [ContentPart.FromSearchResult(_found), "What do they do?"] }] };

        var body = JsonNode.Parse(new ReplicateChat().Render(request, new("replicate", "a/b", "r", DateTimeOffset.UnixEpoch), stream: false).Body.Span)!;

        Assert.Equal("Search result: Cats\nSource: https://x.test/cats\n\nCats purr.\nWhat do they do?", (string?)body["input"]!["prompt"]);
    }

    [Fact]
    public async Task A_client_of_the_applications_own_is_told_search_results_in_words()
    {
        var theirs = new ScriptedClient { Updates = [new(Microsoft.Extensions.AI.ChatRole.Assistant, "They purr.")] };
        using var client = new LlmClient(new LlmOptions { Providers = [Provider.From(theirs, "mine")], Environment = static _ => null, Retries = Calls.Once });

        await client.AskAsync(Calls.Ask("mine/best") with { Messages = [new() { Role = Role.User, Blocks = [ContentPart.FromSearchResult(_found), "What do they do?"] }] });

        Assert.Equal(["Search result: Cats\nSource: https://x.test/cats\n\nCats purr.", "What do they do?"], theirs.Messages[0].Contents.Select(content => content.ToString()));
    }

    public static TheoryData<string> Plain => ["cohere", "replicate"];

    [Theory, MemberData(nameof(Plain))]
    public void What_is_meant_for_another_format_is_left_out_with_a_warning(string format)
    {
        ChatDialect dialect = format == "cohere" ? new CohereChat() : new ReplicateChat();
        var request = Calls.Ask("any/m") with
        {
            Tools = [new() { Type = "web_search_20250305", Format = "anthropic-messages" }], ToolChoice = ToolChoice.Auto,
            FormatOptions = new Dictionary<string, Extra> { ["anthropic-messages"] = """{"container":"c1"}""" },
        };

        var call = dialect.Render(request, new("any", "a/b", "r", DateTimeOffset.UnixEpoch), stream: false);

        Assert.Equal(["format_options", "tools"], call.Warnings.Select(warning => warning.Param).Order());
        Assert.Contains("anthropic-messages", call.Warnings.First(warning => warning.Param == "tools").Message, StringComparison.Ordinal);
        Assert.DoesNotContain("container", Encoding.UTF8.GetString(call.Body.Span), StringComparison.Ordinal);
    }
}
