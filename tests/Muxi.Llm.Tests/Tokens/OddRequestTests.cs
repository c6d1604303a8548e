using System.Buffers.Binary;
using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>Requests that nobody should send: they are counted like any other, to a number that can be.</summary>
public sealed class OddRequestTests
{
    private const long Most = 10_000_000;

    private static readonly string[] _models =
        ["openai/gpt-4o", "gpt-5", "gpt-3.5-turbo-0301", "openai-responses/gpt-5.4", "anthropic/claude-sonnet-4-5", "gemini/gemini-2.5-flash", "gemini/gemini-3-pro", "deepseek/deepseek-chat", "nobody/knows"];

    public static TheoryData<string, ChatCompletionRequest> Odd => new()
    {
        { "no content", Of(new Message { Role = Role.User }) },
        { "no role", Of(new Message { Role = default, Content = "a" }) },
        { "an empty text", Of(Message.User("")) },
        { "a text that is none", Of(Message.User(new ContentPart { Type = ContentPartType.Text })) },
        { "an empty part", Of(Message.User(new ContentPart { Type = ContentPartType.ImageUrl }, new ContentPart { Type = new("new"), Text = "a" }, new ContentPart { Type = ContentPartType.ToolCall })) },
        { "lone surrogates", Of(Message.User("a\uD800b\uDC00"), Message.Assistant(Call("\uD800", "{\"\uD800\":\"\uDC00\"}")), Message.User("\uD83D") with { Name = "\uDE00" }) },
        { "lone surrogates in arguments", Of(Message.Assistant(Call("f", """{"\ud800":["\udc00","\uD83D\uDE00","\\ud800","\ud83d\ud83d\ude00"]}"""))) },
        { "arguments that are no JSON", Of(Message.Assistant(Call("f", ""), Call("", "{\"a\":"), Call("f", "5 5"), Call("f", "\0"))) },
        { "deep arguments", Of(Message.Assistant(Call("f", Deep(5000)))) },
        { "a result without a call", Of(Message.Tool("", ""), Message.Tool("none", "a"), new Message { Role = Role.Function, Content = "b" }) },
        { "broken pictures", Of(Message.User([.. ((string[])["", "data:", "data:,", "data:image/png;base64,", "data:image/png;base64,!!!", "data:image/png;base64,iVBORw0KGgo=", "data:image/jpeg;base64,/9j/", "data:;;;;,%", "ftp://\uD800", "data:image/png;base64,%F0%9F"]).Select(static url => new ContentPart { Type = ContentPartType.ImageUrl, ImageUrl = new(url) })])) },
        { "a picture of a monstrous size", Of(Message.User(Picture(int.MaxValue, int.MaxValue), Picture(1, int.MaxValue), Picture(int.MaxValue, 1), Picture(-1, 0))) },
        { "broken sound", Of(Message.User([.. ((string[])["", "!!!", "UklGRg==", "data:audio/wav;base64,"]).Select(static data => new ContentPart { Type = ContentPartType.InputAudio, InputAudio = new(data, "wav") })])) },
        { "a sound that lasts for ages", Of(Message.User(new ContentPart { Type = ContentPartType.InputAudio, InputAudio = new(Convert.ToBase64String(Wav(rate: 1, seconds: 1_000_000)), "wav") })) },
        { "broken documents", Of(Message.User([.. ((string[])["", "data:application/pdf;base64,!", "data:text/plain,%ZZ\uD800", "data:application/pdf,/Type/Type /Page", "data:image/png;base64,AAAA", "data:,"]).Select(static data => new ContentPart { Type = ContentPartType.File, File = new() { FileData = data } }), new() { Type = ContentPartType.File, File = new() }])) },
        { "an unknown part", Of(Message.User(new ContentPart { Type = new("novel"), Raw = """{"type":"novel","a":"\ud800"}""" }, ContentPart.FromOpaque("none", default))) },
        { "thinking that is no object", Of(Message.User("a")) with { Extra = """{"thinking":5}""" } },
        { "thinking of an odd type", Of(Message.User("a")) with { Extra = """{"thinking":{"type":5}}""" } },
        { "functions that are none", Of(Message.User("a")) with { Functions = """[5,null,{},{"name":5,"parameters":"a"},{"name":"\ud800","description":"\udc00","parameters":{"properties":{"\ud800":{"default":"\udc00"}}}}]""" } },
        { "functions that are no list", Of(Message.User("a")) with { Functions = """{"a":1}""" } },
        { "tools of an odd kind", Of(Message.User("a")) with { Tools = [new(), new() { Type = "" }, new() { Type = "custom", Custom = "5" }, new() { Type = "custom", Custom = """{"name":5,"format":5}""" }, new() { Type = "\uD800", Extra = """{"\ud800":"\ud800"}""" }] } },
        { "a format that is none", Of(Message.User("a")) with { ResponseFormat = ResponseFormat.JsonSchema("\uD800", "[]") } },
        { "a format with lone surrogates", Of(Message.User("a")) with { ResponseFormat = ResponseFormat.JsonSchema("a", """{"properties":{"\ud800":{"const":"\udc00"}}}""") } },
        { "a deep format", Of(Message.User("a")) with { ResponseFormat = ResponseFormat.JsonSchema("a", Deeper("""{"type":"object"}""", 600)) } },
        { "an effort that is none", Of(Message.User("a")) with { ReasoningEffort = new("\uD800") } },
    };

    public static TheoryData<string, RawJson> Schemas => new()
    {
        { "no object", "5" },
        { "a list", "[]" },
        { "a text with half a character", "\"\\ud800\"" },
        { "members of other types", """{"type":5,"properties":{"a":5,"b":{"type":[5,null,"object"],"properties":[]},"c":{"enum":{}},"d":{"anyOf":5},"e":{"$ref":5},"f":{"required":5,"items":5}},"required":[5,null]}""" },
        { "half characters", """{"properties":{"\ud800":{"title":"\ud800","description":"\udc00","default":"\ud800","enum":["\ud800"],"$ref":"#/\ud800"}},"required":["\ud800"]}""" },
        { "itself", """{"properties":{"a":{"$ref":"#"},"b":{"$ref":"#/properties/b"},"c":{"items":{"$ref":"#/properties/c"},"type":"array"}}}""" },
        { "twice what holds the next twice", """{"properties":{"a":{"$ref":"#/$defs/0"}},"$defs":{""" + Members(40, static at => $$"""{"type":"object","properties":{"a":{"$ref":"#/$defs/{{at + 1}}"},"b":{"$ref":"#/$defs/{{at + 1}}"} } }""") + "}}" },
        { "a long description, often", """{"properties":{""" + Members(20_000, static _ => """{"$ref":"#/$defs/d"}""") + """},"$defs":{"d":{"description":" """ + new string('a', 200_000) + "\"}}}" },
        { "many types of many members", """{"properties":{"a":{"type":[""" + string.Join(',', Enumerable.Repeat("\"object\"", 20_000)) + """],"properties":{""" + Members(20_000, static _ => "{}") + "}}}}" },
        { "many members that are required", """{"properties":{""" + Members(50_000, static _ => "{}") + """},"required":[""" + string.Join(',', Enumerable.Range(0, 50_000).Select(static at => $"\"{at}\"")) + "]}" },
        { "deep", Deeper("""{"type":"object"}""", 5000) },
    };

    [Theory]
    [MemberData(nameof(Odd), DisableDiscoveryEnumeration = true)]
    public void An_odd_request_is_counted(string what, ChatCompletionRequest request) => Assert.All(_models, model => IsNumber(what, model, request));

    [Theory]
    [MemberData(nameof(Schemas), DisableDiscoveryEnumeration = true)]
    public void A_tool_with_an_odd_schema_is_counted(string what, RawJson schema)
    {
        var request = Of(Message.User("a")) with { Tools = [Tool.FromFunction("f", null, schema)] };

        Assert.All((string[])["gpt-4o", "anthropic/claude-sonnet-4-5"], model => IsNumber(what, model, request));
        IsNumber(what, "gpt-4o", Of(Message.User("a")) with { ResponseFormat = ResponseFormat.JsonSchema("a", schema) });
    }

    [Theory]
    [InlineData("/")]
    [InlineData("//")]
    [InlineData("a/b/c/d")]
    [InlineData("openai/")]
    [InlineData("ollama/@")]
    [InlineData("*")]
    [InlineData("openai/*?[a]\\")]
    [InlineData("ft:")]
    [InlineData("ft::::")]
    [InlineData("ГПТ-４ο/模型\uD800")]
    [InlineData("\0\n")]
    public void A_model_of_an_odd_name_is_counted(string model)
    {
        using var client = Client();
        IsNumber(model, model, Of(Message.User("Hello")));
        Assert.InRange(client.Tokens.Count(model, "Hello"), 1, 2);
        Assert.NotNull(Tokenizer.ForModel(model));
    }

    [Fact]
    public void A_model_without_a_name_is_refused_as_documented()
    {
        using var client = Client();
        Assert.Throws<ConfigurationException>(() => client.Tokens.Count("", Of(Message.User("a"))));
        Assert.Throws<ConfigurationException>(() => client.Tokens.Count(" ", "a"));
    }

    [Fact]
    public void A_conversation_of_odd_turns_is_made_to_fit()
    {
        using var client = Client();
        Message[] messages = [Message.Tool("none", "a"), .. Enumerable.Range(0, 3000).SelectMany(static at => (Message[])[Message.System("s"), Message.User($"{at}\uD800"), Message.Assistant(Call("", "{")), Message.Tool("", "r")]), Message.User("last")];

        var fitted = client.Tokens.Fit("gpt-4o", Of(messages), 20_000);

        Assert.InRange(fitted.Count.InputTokens, 1, 20_000);
        Assert.Equal(messages.Length, fitted.Request.Messages.Count + fitted.Dropped.Count);
        Assert.Equal("last", fitted.Request.Messages[^1].Content);
    }

    [Fact]
    public void An_odd_request_for_a_response_is_counted()
    {
        using var client = Client();
        ResponseRequest request = new()
        {
            Model = "gpt-4o",
            Input = "a\uD800",
            Instructions = "\uDC00",
            Tools =
            [
                ResponseTool.FromFunction("f", "\uD800", """{"properties":{"\ud800":{"default":"\udc00"}}}"""),
                new() { Type = "custom", Name = "c", Format = """{"type":5}""" },
                new() { Type = "custom" },
                new() { Type = "" },
            ],
            ToolChoice = ToolChoice.FromRaw("""{"type":"allowed_tools","mode":5,"tools":[5,{"type":5,"name":"f"},{"type":"function","name":5},{"type":"function","name":"f"}]}"""),
            Text = new() { Format = ResponseFormat.JsonSchema("", """{"properties":5}""") },
        };

        var count = client.Tokens.Count("gpt-4o", request);

        Assert.InRange(count.InputTokens, 10, 1000);
        Assert.False(count.IsExact);
    }

    private static void IsNumber(string what, string model, ChatCompletionRequest request)
    {
        using var client = Client();
        var count = client.Tokens.Count(model, request);
        Assert.True(count.InputTokens is >= 0 and < Most, $"{what} at {model}: {count.InputTokens}");
        Assert.InRange(count.ErrorBand, 0, 1.5);
        Assert.Equal(count.IsExact, count.ErrorBand == 0);
    }

    private static LlmClient Client() => new(new() { Environment = static _ => null, Configuration = LlmConfiguration.Empty });

    private static ChatCompletionRequest Of(params Message[] messages) => new() { Model = "", Messages = messages };

    private static ContentPart Call(string name, string arguments) => ContentPart.FromToolCall(new() { Id = "", Function = new(name, arguments) });

    private static string Members(int count, Func<int, string> value) => string.Join(',', Enumerable.Range(0, count).Select(at => $"\"{at}\":{value(at)}"));

    private static string Deep(int depth) => new string('[', depth) + new string(']', depth);

    // Deeper than a reader of JSON goes by itself: parsed by a caller who lets it.
    private static RawJson Deeper(string inner, int depth)
    {
        var json = new StringBuilder();
        for (var level = 0; level < depth; level++) json.Append("""{"type":"object","properties":{"a":""");
        json.Append(inner);
        for (var level = 0; level < depth; level++) json.Append("}}");
        using var document = JsonDocument.Parse(json.ToString(), new() { MaxDepth = 3 * depth });
        return document.RootElement;
    }

    private static ContentPart Picture(int width, int height)
    {
        var head = new byte[64];
        ((byte[])[0x89, (byte)'P', (byte)'N', (byte)'G', 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, (byte)'I', (byte)'H', (byte)'D', (byte)'R']).CopyTo(head, 0);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(16), width);
        BinaryPrimitives.WriteInt32BigEndian(head.AsSpan(20), height);
        return new() { Type = ContentPartType.ImageUrl, ImageUrl = new("data:image/png;base64," + Convert.ToBase64String(head)) };
    }

    private static byte[] Wav(int rate, int seconds)
    {
        var file = new byte[44 + rate * seconds];
        "RIFF"u8.CopyTo(file);
        "WAVEfmt "u8.CopyTo(file.AsSpan(8));
        file[16] = 16;
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(28), rate);
        "data"u8.CopyTo(file.AsSpan(36));
        BinaryPrimitives.WriteInt32LittleEndian(file.AsSpan(40), rate * seconds);
        return file;
    }
}
