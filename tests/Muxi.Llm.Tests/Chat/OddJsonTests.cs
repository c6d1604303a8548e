using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>JSON that is legal and strange, or nearly JSON.</summary>
public sealed class OddJsonTests
{
    private const string Hello = """{"model":"openai/m","messages":[{"role":"user","content":"Hi"}]}""";

    private static readonly CallContext _context = new("somebody", "m", "r", default);

    [Fact]
    public void Escaped_names_are_the_same_names()
    {
        var request = ChatCompletionRequest.Parse("""{"mod\u0065l":"m","\u006dessages":[{"\u0072ole":"user","c\u006fntent":"Hi"}],"temp\u0065rature":0.5,"\u0078":1}"""u8);

        Assert.Equal(("m", "Hi", 0.5), (request.Model, request.Messages[0].Content, request.Temperature));
        Assert.Equal(["x"], request.Extra.Names);
        Assert.Equal("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"temperature":0.5,"x":1}""", request.ToJson());
    }

    [Fact]
    public void Of_a_repeated_name_the_last_value_counts_and_is_written_once()
    {
        var request = ChatCompletionRequest.Parse("""{"model":"a","messages":[],"model":"b","messages":[{"role":"user","content":"one","content":"two"}],"n":1,"n":2,"\u006e":3}"""u8);

        Assert.Equal("""{"model":"b","messages":[{"role":"user","content":"two"}],"n":3}""", request.ToJson());
    }

    [Fact]
    public void A_byte_order_mark_in_front_is_nothing()
    {
        byte[] mark = [0xEF, 0xBB, 0xBF];

        Assert.Equal("Hi", ChatCompletionRequest.Parse([.. mark, .. Encoding.UTF8.GetBytes(Hello)]).Messages[0].Content);
        Assert.Equal("Hi", ChatCompletion.Parse([.. mark, .. Encoding.UTF8.GetBytes(Calls.Reply("Hi"))]).Text);
        Assert.Equal("1", ChatCompletionChunk.Parse([.. mark, .. """{"id":"1","model":"m","choices":[]}"""u8]).Id);
    }

    [Fact]
    public void Half_a_character_is_no_reason_to_lose_a_reply()
    {
        var reply = new OpenAIChat().Parse(
            new(200, """{"id":"1","model":"m","x\ud800":"\udfff","choices":[{"index":0,"message":{"role":"assistant","content":"a\ud83d\n\"\\\t\/b","tool_calls":[{"id":"c","type":"function","function":{"name":"f","arguments":"\ude00"}}]},"finish_reason":"stop"}]}"""u8.ToArray()), _context);

        Assert.Equal("a\ud83d\n\"\\\t/b", reply.Text);
        Assert.Equal("\ude00", reply.ToolCalls[0].Function.Arguments);
        Assert.Contains("a\ufffd", JsonDocument.Parse(reply.ToJson()).RootElement.GetProperty("choices")[0].GetProperty("message").GetProperty("content").GetString(), StringComparison.Ordinal);
    }

    [Fact]
    public void Half_a_character_in_a_request_is_sent_as_a_replacement()
    {
        var request = Calls.Ask(prompt: "cut \ud83d") with { User = "\udc00" };

        var body = new OpenAIChat().Render(request, _context, stream: false).Body;

        using var json = JsonDocument.Parse(body);
        Assert.Equal(("cut \ufffd", "\ufffd"), (json.RootElement.GetProperty("messages")[0].GetProperty("content").GetString(), json.RootElement.GetProperty("user").GetString()));
        Assert.Equal("cut \ufffd", ChatCompletionRequest.Parse(body.Span).Messages[0].Content);
        Assert.Equal("\ud800x", ChatCompletionRequest.Parse("""{"model":"m","messages":[{"role":"user","content":"\ud800x"}]}"""u8).Messages[0].Content);
    }

    [Fact]
    public void Bytes_that_are_no_utf8_are_no_reason_to_lose_a_reply()
    {
        var bytes = Encoding.UTF8.GetBytes(Calls.Reply("caf#")).Select(one => one == '#' ? (byte)0xE9 : one).ToArray();

        Assert.Equal("caf\ufffd", new OpenAIChat().Parse(new(200, bytes), _context).Text);
    }

    [Fact]
    public void Huge_numbers_pass_where_they_are_not_ours_and_are_refused_where_they_are()
    {
        var request = ChatCompletionRequest.Parse("""{"model":"m","messages":[{"role":"user","content":"Hi"}],"top_k":123456789012345678901234567890,"x":-1e999,"seed":-9223372036854775808}"""u8);

        Assert.EndsWith("""seed":-9223372036854775808,"top_k":123456789012345678901234567890,"x":-1e999}""", request.ToJson(), StringComparison.Ordinal);
        foreach (var member in (string[])["\"seed\":9223372036854775808", "\"seed\":\"7\"", "\"seed\":1.5", "\"max_tokens\":1e3", "\"n\":99999999999", "\"temperature\":1e999", "\"temperature\":\"hot\""])
            Assert.Contains(member.Split('"')[1], Assert.Throws<JsonException>(() => ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(Hello[..^1] + "," + member + "}"))).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Huge_numbers_in_a_reply_are_the_largest()
    {
        var reply = new OpenAIChat().Parse(
            new(200, """{"id":"1","created":1e99,"model":"m","choices":[{"index":0,"message":{"content":"a"},"logprobs":{"content":[{"token":"a","logprob":-1e999}]},"finish_reason":"stop"}],"usage":{"prompt_tokens":"12","completion_tokens":3.0}}"""u8.ToArray()), _context);

        Assert.Equal((long.MaxValue, double.MinValue, 15), (reply.Created, reply.Choices[0].Logprobs!.Content![0].Logprob, reply.Usage!.TotalTokens));
        Assert.Equal(reply.ToJson(), ChatCompletion.Parse(Encoding.UTF8.GetBytes(reply.ToJson())).ToJson());
    }

    [Theory]
    [InlineData(50, true)]
    [InlineData(1000, false)]
    [InlineData(1_000_000, false)]
    public void Deep_nesting_passes_or_is_a_clear_error(int depth, bool passes)
    {
        var deep = string.Concat(Enumerable.Repeat("[", depth)) + string.Concat(Enumerable.Repeat("]", depth));
        var request = Encoding.UTF8.GetBytes(Hello[..^1] + ",\"x\":" + deep + "}");
        var reply = Encoding.UTF8.GetBytes(Calls.Reply("Hi")[..^1] + ",\"x\":" + deep + "}");
        if (passes)
        {
            Assert.Equal(deep, ChatCompletionRequest.Parse(request).Extra["x"].ToString());
            Assert.Equal(deep, new OpenAIChat().Parse(new(200, reply), _context).Extra["x"].ToString());
            return;
        }
        Assert.ThrowsAny<JsonException>(() => ChatCompletionRequest.Parse(request));
        Assert.Throws<JsonException>(() => RawJson.Parse(deep));
        Assert.Throws<ServerException>(() => new OpenAIChat().Parse(new(200, reply), _context));
    }

    [Theory]
    [InlineData("[]", "object")]
    [InlineData("null", "object")]
    [InlineData("{}", "model")]
    [InlineData("""{"model":"m"}""", "messages")]
    [InlineData("""{"model":1,"messages":[]}""", "model")]
    [InlineData("""{"model":"m","messages":"Hi"}""", "messages")]
    [InlineData("""{"model":"m","messages":{}}""", "messages")]
    [InlineData("""{"model":"m","messages":["Hi"]}""", "messages")]
    [InlineData("""{"model":"m","messages":[{"content":"Hi"}]}""", "messages[0]")]
    [InlineData("""{"model":"m","messages":[],"stream":"yes"}""", "stream")]
    [InlineData("""{"model":"m","messages":[],"stream_options":true}""", "stream_options")]
    [InlineData("""{"model":"m","messages":[],"tools":{}}""", "tools")]
    [InlineData("""{"model":"m","messages":[],"tools":"f"}""", "tools")]
    [InlineData("""{"model":"m","messages":[],"tools":[1]}""", "tools")]
    [InlineData("""{"model":"m","messages":[],"tools":[{"type":"function"}]}""", "name")]
    [InlineData("""{"model":"m","messages":[],"tool_choice":5}""", "tool_choice")]
    [InlineData("""{"model":"m","messages":[],"response_format":"json"}""", "response_format")]
    [InlineData("""{"model":"m","messages":[],"logit_bias":[]}""", "logit_bias")]
    [InlineData("""{"model":"m","messages":[],"logit_bias":{"1":"x"}}""", "logit_bias")]
    [InlineData("""{"model":"m","messages":[],"metadata":"x"}""", "metadata")]
    [InlineData("""{"model":"m","messages":[],"stop":[1]}""", "stop")]
    [InlineData("""{"model":"m","messages":[]} x""", "x")]
    [InlineData("""{"model":"m","messages":[]""", "")]
    [InlineData("", "")]
    public void A_request_of_the_wrong_shape_is_refused_by_name(string json, string named) =>
        Assert.Contains(named, Assert.ThrowsAny<JsonException>(() => ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(json))).Message, StringComparison.Ordinal);

    [Theory]
    [InlineData("model")]
    [InlineData("temperature")]
    [InlineData("stop")]
    [InlineData("tools")]
    [InlineData("response_format")]
    [InlineData("stream_options")]
    [InlineData("metadata")]
    [InlineData("logit_bias")]
    [InlineData("tool_choice")]
    [InlineData("seed")]
    public void A_null_is_as_good_as_nothing(string member)
    {
        var json = Hello[..^1] + $",\"{member}\":null}}";
        if (member == "model") json = json.Replace("\"model\":null", "\"model\":\"openai/m\"", StringComparison.Ordinal);

        Assert.Equal(Hello, ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(json)).ToJson());
    }

    [Theory]
    [InlineData("")]
    [InlineData("{")]
    [InlineData("{} {}")]
    [InlineData("{'a':1}")]
    [InlineData("nothing")]
    [InlineData("{\"a\":1,}")]
    [InlineData("[1] // why")]
    public void A_raw_value_that_is_none_is_refused_where_it_is_made(string text)
    {
        Assert.StartsWith("This is not one JSON value: ", Assert.Throws<JsonException>(() => RawJson.Parse(text)).Message, StringComparison.Ordinal);
        Assert.Throws<JsonException>(() => Tool.FromFunction("f", parameters: text));
        Assert.Throws<JsonException>(() => Extra.Parse(text));
    }

    [Fact]
    public void Extra_members_must_be_an_object_of_different_names()
    {
        foreach (var text in (string[])["[]", "1", "null", "\"a\"", """{"a":1,"a":2}""", """{"a":1,"\u0061":2}"""])
            Assert.StartsWith("Extra members must", Assert.Throws<JsonException>(() => Extra.Parse(text)).Message, StringComparison.Ordinal);
        Assert.True(Extra.Parse("{}").IsEmpty);
    }

    [Fact]
    public void No_text_is_no_value()
    {
        string? nothing = null;

        RawJson raw = nothing;
        Extra extra = nothing;

        Assert.True(raw.IsEmpty && extra.IsEmpty);
    }
}
