using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Tests;

/// <summary>The rules of counting a chat, on cases small enough to be added up by hand. In o200k_base and cl100k_base "hello" is one token and "hello world" two.</summary>
public sealed class ChatTokensTests
{
    private static readonly ChatCompletionRequest _chat = new()
    {
        Model = "", Messages = [Message.System("hello world"), Message.User("hello"), Message.Assistant("hello"), Message.User("hello world")],
    };

    [Theory]
    // 3 for the opening of the answer, and 4 for each message.
    [InlineData("gpt-4o", 3 + 4 * 4 + 6)]
    [InlineData("openai/gpt-4.1-mini-2025-04-14", 3 + 4 * 4 + 6)]
    [InlineData("gpt-3.5-turbo", 3 + 4 * 4 + 6)]
    [InlineData("azure/gpt-4", 3 + 4 * 4 + 6)]
    [InlineData("ft:gpt-4o-mini-2024-07-18:acme::AbC", 3 + 4 * 4 + 6)]
    // 5 for each message.
    [InlineData("gpt-3.5-turbo-0301", 3 + 4 * 5 + 6)]
    // 2 for the opening, and 2 more for what the assistant said in its channel.
    [InlineData("gpt-5-nano", 2 + 4 * 4 + 2 + 6)]
    [InlineData("o4-mini", 2 + 4 * 4 + 2 + 6)]
    [InlineData("openai-responses/gpt-5.4", 2 + 4 * 4 + 2 + 6)]
    public void Plain_text_is_exact(string model, int expected)
    {
        var count = ChatTokens.Count(model, _chat);

        Assert.Equal((expected, true, 0d), (count.InputTokens, count.IsExact, count.ErrorBand));
    }

    [Theory]
    [InlineData("openrouter/openai/gpt-4o")]
    [InlineData("anthropic/claude-sonnet-4-5")]
    [InlineData("gemini/gemini-2.5-flash")]
    [InlineData("gpt-9-unheard-of")]
    [InlineData("nobody/knows-this")]
    [InlineData("")]
    public void Other_models_are_estimated_with_a_band_and_never_refused(string model)
    {
        var count = ChatTokens.Count(model, _chat);

        Assert.False(count.IsExact);
        Assert.InRange(count.ErrorBand, 0.01, 1.5);
        Assert.InRange(count.InputTokens, 6, 100);
        Assert.Equal("o200k_base", count.Encoding);
    }

    [Fact]
    public void What_no_rule_is_known_for_makes_an_estimate()
    {
        ChatCompletionRequest[] odd =
        [
            _chat with { Extra = """{"reasoning":{"mode":"pro"}}""" },
            _chat with { Tools = [Tool.FromFunction("ping")] },
            _chat with { ResponseFormat = ResponseFormat.JsonSchema("answer", """{"type":"object"}""") },
            _chat with { Messages = [.. _chat.Messages, Message.User("hello") with { Name = "ada" }] },
            _chat with { Messages = [.. _chat.Messages, Message.User(Image.FromUrl("https://example.com/a.png"))] },
            _chat with { Messages = [.. _chat.Messages, Message.Assistant(ContentPart.FromRefusal("no"))] },
            _chat with { Prediction = """{"type":"content","content":"hello"}""" },
        ];

        Assert.All(odd, static request => Assert.False(ChatTokens.Count("gpt-4o", request).IsExact));
        Assert.All(odd, static request => Assert.True(ChatTokens.Count("gpt-4o", request).ErrorBand > 0));
        Assert.True(ChatTokens.Count("gpt-4o", _chat with { ResponseFormat = ResponseFormat.JsonObject, Temperature = 0, MaxTokens = 5, Metadata = new Dictionary<string, string> { ["a"] = "b" } }).IsExact);
    }

    [Fact]
    public void Parts_of_a_message_are_counted_each_for_itself()
    {
        // As one text they would be two tokens.
        var count = ChatTokens.Count("gpt-4o", _chat with { Messages = [Message.User("hel", "lo wor", "ld")] });
        var tokenizer = Tokenizer.Get("o200k_base");

        Assert.Equal(3 + 4 + tokenizer.Count("hel") + tokenizer.Count("lo wor") + tokenizer.Count("ld"), count.InputTokens);
        Assert.True(count.InputTokens > 3 + 4 + 2);
    }

    [Fact]
    public void A_tokenizer_of_the_callers_counts_the_text_and_the_family_the_frame()
    {
        // r50k_base has these words as one token each, too.
        var count = ChatTokens.Count("gpt-4o", _chat, Tokenizer.Get("r50k_base"));

        Assert.Equal((3 + 4 * 4 + 6, false, "r50k_base"), (count.InputTokens, count.IsExact, count.Encoding));
    }

    [Fact]
    public void Tools_are_declarations_in_the_instructions()
    {
        var tool = Tool.FromFunction("ping", "Pings.", """{"type":"object","properties":{}}""");
        var text = Tokenizer.Get("o200k_base").Count("# Tools\n\n## functions\n\nnamespace functions {\n\n// Pings.\ntype ping = () => any;\n\n} // namespace functions");
        var plain = ChatTokens.Count("gpt-4o", _chat).InputTokens;

        Assert.Equal(plain + text - 1, ChatTokens.Count("gpt-4o", _chat with { Tools = [tool] }).InputTokens);
        Assert.Equal(plain + text, ChatTokens.Count("gpt-4o", _chat with { Tools = [tool], ToolChoice = ToolChoice.None }).InputTokens);
        Assert.Equal(plain + text - 3, ChatTokens.Count("openai-responses/gpt-4o", _chat with { Tools = [tool] }).InputTokens);
        Assert.Equal(plain + text - 1, ChatTokens.Count("gpt-4o", _chat with { Functions = """[{"name":"ping","description":"Pings.","parameters":{"type":"object","properties":{}}}]""" }).InputTokens);
        // Without instructions they have a message of their own.
        var bare = _chat with { Messages = [Message.User("hello")] };
        Assert.Equal(3 + 5 + text + 3, ChatTokens.Count("gpt-4o", bare with { Tools = [tool] }).InputTokens);
    }

    [Fact]
    public void A_call_counts_its_name_twice_and_its_arguments_without_white_space()
    {
        var call = new ToolCall { Id = "c1", Function = new("hello", """{ "hello": "world" }""") };
        var request = _chat with { Messages = [Message.User("hello"), Message.Assistant(ContentPart.FromToolCall(call)), Message.Tool("c1", "hello world")] };
        var arguments = Tokenizer.Get("o200k_base").Count("""{"hello":"world"}""");

        Assert.Equal(3 + 5 + (13 + 2 + arguments + 2), ChatTokens.Count("gpt-4o", request).InputTokens);
        Assert.Equal(2 + 5 + (20 + 2 + arguments + 2), ChatTokens.Count("gpt-5", request).InputTokens);
    }

    [Fact]
    public void Declarations_are_written_as_the_models_see_them()
    {
        var text = new ToolDeclarations();
        text.Add("find", "Finds.\n\n   Much.  ", JsonDocument.Parse("""
            {"type":"object","required":["where","deep"],"$defs":{"Place":{"type":"object","properties":{"x":{"type":"number"},"y":{"type":["integer","null"]}},"required":["x"]}},
            "properties":{"where":{"$ref":"#/$defs/Place"},"kind":{"title":"Kind","description":"Of what kind.","enum":["a","b"],"default":"a"},
            "tags":{"type":"array","items":{"type":"string"}},"deep":{"anyOf":[{"type":"boolean"},{"const":3},{}]}}}
            """).RootElement);
        text.Add("none", null, default);
        text.Add("plain", null, JsonDocument.Parse("""{"properties":{"a":{"type":"integer"},"b":{"type":"string"}},"required":["a"]}""").RootElement);

        Assert.Equal("""
            # Tools

            ## functions

            namespace functions {

            // Finds.
            //
            // Much.
            type find = (_: {
            where: { x: number, y?: number | null },
            // Kind
            //
            // Of what kind.
            kind?: "a" | "b", // default: a
            tags?: string[],
            deep: boolean | 3 | object,
            }) => any;

            type none = () => any;

            type plain = (_: { a: number, b?: string }) => any;

            } // namespace functions
            """.ReplaceLineEndings("\n"), text.ToString());
    }

    [Fact]
    public void A_schema_that_holds_itself_ends()
    {
        var tool = Tool.FromFunction("tree", null, """{"type":"object","$defs":{"n":{"type":"object","properties":{"l":{"$ref":"#/$defs/n"},"r":{"$ref":"#/$defs/n"}}},"m":{"$ref":"#/$defs/m"}},"properties":{"n":{"$ref":"#/$defs/n"},"m":{"$ref":"#/$defs/m"}}}""");

        Assert.InRange(ChatTokens.Count("gpt-4o", _chat with { Tools = [tool] }).InputTokens, 50, 5000);
    }

    [Fact]
    public void A_schema_that_grows_without_measure_is_cut()
    {
        // Each definition holds the next twice.
        const string Definition = """
            "dI":{"type":"object","properties":{"a":{"$ref":"#/$defs/dJ"},"b":{"$ref":"#/$defs/dJ"}}}
            """;
        var definitions = string.Join(',', Enumerable.Range(0, 23).Select(static i => Definition.Replace("dI", $"d{i}", StringComparison.Ordinal).Replace("dJ", $"d{i + 1}", StringComparison.Ordinal)));
        var schema = """{"$defs":{DEFINITIONS,"d23":{"type":"string"}},"properties":{"a":{"$ref":"#/$defs/d0"}}}""".Replace("DEFINITIONS", definitions, StringComparison.Ordinal);
        var text = new ToolDeclarations();
        text.Add("bomb", null, JsonDocument.Parse(schema).RootElement);

        Assert.InRange(text.ToString().Length, 1 << 20, 3 << 20);
    }

    [Fact]
    public void A_schema_for_the_answer_is_shown_without_what_only_guides()
    {
        var format = ResponseFormat.JsonSchema("answer", """{"type":"object","additionalProperties":false,"required":["format"],"properties":{"format":{"type":"string","format":"date","description":"Größe \"x\""}}}""");

        Assert.Equal("# Response Formats\n\n## answer\n\n{\"type\":\"object\",\"properties\":{\"format\":{\"type\":\"string\",\"description\":\"Gr\\u00f6\\u00dfe \\\"x\\\"\"}}}", FormatText.Of(format));
    }

    [Fact]
    public void Broken_pictures_and_sounds_are_estimates()
    {
        Message[] broken =
        [
            Message.User(Image.FromUrl("data:image/png;base64,????")),
            Message.User(Image.FromBytes("\x89PNG\r\n\x1a\n"u8)),
            Message.User(new ContentPart { Type = ContentPartType.InputAudio, InputAudio = new("not base64!", "wav") }),
            Message.User(new ContentPart { Type = ContentPartType.File, File = new InputFile { FileId = "file-1" } }),
            Message.User(new ContentPart { Type = "strange", Raw = """{"type":"strange","a":1}""" }),
        ];

        foreach (var message in broken)
        {
            var count = ChatTokens.Count("gpt-4o", _chat with { Messages = [message] });
            Assert.False(count.IsExact);
            Assert.InRange(count.InputTokens, 8, 1200);
        }
    }

    [Fact]
    public void Documents_of_text_are_counted_and_others_by_their_pages()
    {
        var text = _chat with { Messages = [Message.User(Document.FromBytes("hello world"u8, "a.txt"))] };
        var pdf = _chat with { Messages = [Message.User(Document.FromBytes("%PDF-1.4 /Type /Pages /Type /Page /Type/Page>>"u8, "a.pdf"))] };

        Assert.Equal(3 + 4 + 2, ChatTokens.Count("gpt-4o", text).InputTokens);
        Assert.Equal(4 + 3 + 2 * 1600, ChatTokens.Count("claude-3-5-sonnet", pdf).InputTokens);
    }

    [Fact]
    public void Sound_counts_by_its_seconds()
    {
        var wav = new byte[44 + 32000];
        "RIFF"u8.CopyTo(wav);
        "WAVEfmt "u8.CopyTo(wav.AsSpan(8));
        BitConverter.TryWriteBytes(wav.AsSpan(16), 16);
        BitConverter.TryWriteBytes(wav.AsSpan(28), 16000);
        "data"u8.CopyTo(wav.AsSpan(36));
        BitConverter.TryWriteBytes(wav.AsSpan(40), -1);

        Assert.Equal(2, MediaTokens.Seconds(wav));
        Assert.Equal(1, MediaTokens.Seconds(new byte[8000]));
        Assert.Equal(30, MediaTokens.Seconds([]));
        Assert.Equal(1, MediaTokens.Pages(Encoding.ASCII.GetBytes("nothing in sight")));
    }

    [Theory]
    [InlineData("gpt-4o", "o200k_base")]
    [InlineData("openrouter/openai/gpt-4o-mini", "o200k_base")]
    [InlineData("gpt-4-turbo", "cl100k_base")]
    [InlineData("gpt-35-turbo-16k", "cl100k_base")]
    [InlineData("gpt-7-of-tomorrow", "o200k_base")]
    [InlineData("o9", "o200k_base")]
    [InlineData("groq/openai/gpt-oss-20b", "o200k_harmony")]
    [InlineData("text-davinci-edit-001", "p50k_edit")]
    [InlineData("claude-sonnet-4-5", null)]
    [InlineData("opus", null)]
    public void A_models_name_tells_its_encoding(string model, string? encoding) => Assert.Equal(encoding, TokenFacts.EncodingOf(model));

    [Fact]
    public void Encodings_are_those_of_the_published_list()
    {
        using var list = JsonDocument.Parse(File.ReadAllText(Path.Combine(NpmPackages.Require("tiktoken"), "model_to_encoding.json")));
        // Its name for r50k_base of GPT-2, which is the same table.
        Assert.All(list.RootElement.EnumerateObject(), static model => Assert.Equal((model.Name, model.Value.GetString() == "gpt2" ? "r50k_base" : model.Value.GetString()), (model.Name, TokenFacts.EncodingOf(model.Name))));
    }
}
