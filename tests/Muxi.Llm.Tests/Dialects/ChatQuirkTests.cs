using System.Collections.Immutable;
using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What each quirk of OpenAI's chat makes of a request and of a reply, side by side with the wire.</summary>
public sealed class ChatQuirkTests
{
    private const string Tools = """[{"type":"function","function":{"name":"look","parameters":{"type":"object"}}},{"type":"function","function":{"name":"buy"}}]""";
    private const string SentTools = Tools;
    private const string Call = """{"role":"assistant","content":null,"tool_calls":[{"id":"call_abc-1","type":"function","function":{"name":"look","arguments":"{\"x\":1}"}}]}""";
    private const string Result = """{"role":"tool","tool_call_id":"call_abc-1","content":"42"}""";

    private static readonly OpenAIChat _plain = new() { EffortField = null };

    /// <summary>Quirk; what the request says besides the model; what goes out besides it; the members that are warned of.</summary>
    public static TheoryData<string, string, string, string> Requests => new()
    {
        // Names and numbers
        { "renames", """{"seed":7}""", """{"random_seed":7}""", "" },
        { "renames", """{"seed":7,"random_seed":8}""", """{"random_seed":8}""", "" },
        { "bounds", """{"temperature":1.7,"top_p":0}""", """{"temperature":1,"top_p":0.01}""", "temperature top_p" },
        { "bounds", """{"temperature":0.7,"max_completion_tokens":3,"n":1}""", """{"temperature":0.7,"max_tokens":16,"n":1}""", "max_tokens" },
        { "bounds", """{"n":3}""", """{"n":1}""", "n" },
        { "no-n", """{"n":1}""", "{}", "" },
        { "no-n", """{"n":2}""", "{}", "n" },
        // The choice among tools
        { "any", $$"""{"tools":{{Tools}},"tool_choice":"required"}""", $$"""{"tools":{{SentTools}},"tool_choice":"any"}""", "" },
        { "any", $$"""{"tools":{{Tools}},"tool_choice":"auto"}""", $$"""{"tools":{{SentTools}},"tool_choice":"auto"}""", "" },
        { "any", $$"""{"tools":{{Tools}},"tool_choice":{"type":"function","function":{"name":"buy"} } }""", """{"tools":[{"type":"function","function":{"name":"buy"}}],"tool_choice":"any"}""", "" },
        { "auto-alone", $$"""{"tools":{{Tools}},"tool_choice":"required"}""", $$"""{"tools":{{SentTools}},"tool_choice":"auto"}""", "tool_choice" },
        { "auto-alone", $$"""{"tools":{{Tools}},"tool_choice":"none"}""", "{}", "" },
        { "auto-alone", $$"""{"tools":{{Tools}},"tool_choice":{"type":"function","function":{"name":"buy"} } }""", """{"tools":[{"type":"function","function":{"name":"buy"}}],"tool_choice":"auto"}""", "tool_choice" },
        { "no-choice", $$"""{"tools":{{Tools}},"tool_choice":"required"}""", $$"""{"tools":{{SentTools}}}""", "tool_choice" },
        { "no-choice", $$"""{"tools":{{Tools}},"tool_choice":"auto"}""", $$"""{"tools":{{SentTools}}}""", "" },
        // Reasoning
        { "effort", """{"reasoning_effort":"high"}""", """{"reasoning_effort":"high"}""", "" },
        { "effort", """{"reasoning_effort":"low"}""", """{"reasoning_effort":"high"}""", "reasoning_effort" },
        { "effort", """{"reasoning_effort":"minimal"}""", "{}", "reasoning_effort" },
        { "effort", """{"reasoning_effort":"none"}""", """{"reasoning_effort":"none"}""", "" },
        { "effort-object", """{"reasoning_effort":"high"}""", """{"reasoning":{"effort":"high"}}""", "" },
        { "effort-object", """{"reasoning_effort":"high","reasoning":{"max_tokens":9}}""", """{"reasoning":{"max_tokens":9}}""", "" },
        { "no-effort", """{"reasoning_effort":"high"}""", "{}", "reasoning_effort" },
        { "switch", """{"reasoning_effort":"none"}""", """{"thinking":{"type":"disabled"}}""", "" },
        { "switch", """{"reasoning_effort":"medium"}""", """{"thinking":{"type":"enabled"}}""", "" },
        { "switch", """{"reasoning_effort":"high"}""", """{"thinking":{"type":"enabled"}}""", "reasoning_effort" },
        { "switch", """{"reasoning_effort":"high","thinking":{"type":"auto"}}""", """{"thinking":{"type":"auto"}}""", "" },
        { "flag", """{"reasoning_effort":"none"}""", """{"enable_thinking":false}""", "" },
        { "flag-of-the-template", """{"reasoning_effort":"medium"}""", """{"chat_template_kwargs":{"enable_thinking":true}}""", "" },
        { "switch-and-effort", """{"reasoning_effort":"high"}""", """{"thinking":{"type":"enabled"},"reasoning_effort":"high"}""", "" },
        { "switch-and-effort", """{"reasoning_effort":"low"}""", """{"thinking":{"type":"enabled"},"reasoning_effort":"high"}""", "reasoning_effort" },
        { "switch-and-effort", """{"reasoning_effort":"none"}""", """{"thinking":{"type":"disabled"}}""", "" },
        { "both-in-one", """{"reasoning_effort":"high"}""", """{"reasoning":{"enabled":true,"effort":"high"}}""", "" },
        { "no-reasoning", """{"reasoning_effort":"high"}""", "{}", "reasoning_effort" },
        // Messages
        { "ids", $$"""{"messages":[{{Call}},{{Result}}]}""", """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"HASHEDIDS","type":"function","function":{"name":"look","arguments":"{\"x\":1}"}}]},{"role":"tool","content":"42","tool_call_id":"HASHEDIDS"}]}""", "" },
        { "ids", """{"messages":[{"role":"assistant","tool_calls":[{"id":"abcDEF123","type":"function","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","tool_call_id":"abcDEF123","content":"42"}]}""", """{"messages":[{"role":"assistant","content":null,"tool_calls":[{"id":"abcDEF123","type":"function","function":{"name":"look","arguments":"{}"}}]},{"role":"tool","content":"42","tool_call_id":"abcDEF123"}]}""", "" },
        { "no-null", $$"""{"messages":[{{Call}}]}""", """{"messages":[{"role":"assistant","content":"","tool_calls":[{"id":"call_abc-1","type":"function","function":{"name":"look","arguments":"{\"x\":1}"}}]}]}""", "" },
        { "echo", $$"""{"messages":[{{Call}}]}""", """{"messages":[{"role":"assistant","content":null,"reasoning_content":" ","tool_calls":[{"id":"call_abc-1","type":"function","function":{"name":"look","arguments":"{\"x\":1}"}}]}]}""", "" },
        { "prefill", """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", """{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b","prefix":true}]}""", "" },
        { "prefill", """{"messages":[{"role":"assistant","content":"b"},{"role":"user","content":"a"}]}""", """{"messages":[{"role":"assistant","content":"b"},{"role":"user","content":"a"}]}""", "" },
        { "text", """{"messages":[{"role":"system","content":[{"type":"text","text":"a"},{"type":"text","text":"b"}]},{"role":"user","content":[{"type":"text","text":"c"}]}]}""", """{"messages":[{"role":"system","content":"a\n\nb"},{"role":"user","content":"c"}]}""", "" },
        { "text", """{"messages":[{"role":"user","content":[{"type":"text","text":"c"},{"type":"image_url","image_url":{"url":"https://x/y"}}]}]}""", """{"messages":[{"role":"user","content":[{"type":"text","text":"c"},{"type":"image_url","image_url":{"url":"https://x/y"}}]}]}""", "" },
        { "text", """{"messages":[{"role":"user","content":[{"type":"text","text":"c","cache_control":{"type":"ephemeral"}}]}]}""", """{"messages":[{"role":"user","content":"c"}]}""", "cache_control" },
        { "sound", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAEC","format":"mp3"}}]}]}""", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"data:audio/mpeg;base64,AAEC","format":"mp3"}}]}]}""", "" },
        { "sound", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"https://x/y.wav","format":"wav"}}]}]}""", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"https://x/y.wav","format":"wav"}}]}]}""", "" },
        { "turns", """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a"},{"role":"user","content":"b"},{"role":"assistant","content":"c"},{"role":"assistant","content":"d"}]}""", """{"messages":[{"role":"system","content":"s"},{"role":"user","content":"a\n\nb"},{"role":"assistant","content":"c\n\nd"}]}""", "" },
        { "no-tools", $$"""{"messages":[{"role":"user","content":"go"},{{Call}},{{Result}}]}""", """{"messages":[{"role":"user","content":"go"},{"role":"assistant","content":"(Called the tool look as call_abc-1 with {\"x\":1})"},{"role":"user","content":"The tool call call_abc-1 returned:\n42"}]}""", "" },
        { "no-tools", $$"""{"tools":{{Tools}},"tool_choice":"none"}""", "{}", "" },
        { "no-tools", """{"messages":[{"role":"assistant","content":"So:","tool_calls":[{"id":"1","type":"function","function":{"name":"look","arguments":""}}]},{"role":"tool","tool_call_id":"1","content":"gone","is_error":true}]}""", """{"messages":[{"role":"assistant","content":"So:\n\n(Called the tool look as 1 with {})"},{"role":"user","content":"The tool call 1 failed:\ngone"}]}""", "" },
        // Documents, sound and thinking
        { "documents", """{"messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},{"type":"file","file":{"file_data":"https://e.org/a.pdf"}},{"type":"file","file":{"file_id":"f1"}}]}]}""", """{"messages":[{"role":"user","content":[{"type":"document_url","document_url":"data:application/pdf;base64,JVBERi0=","document_name":"a.pdf"},{"type":"document_url","document_url":"https://e.org/a.pdf"},{"type":"file","file_id":"f1"}]}]}""", "" },
        { "documents", """{"messages":[{"role":"user","content":[{"type":"document_url","document_url":"https://e.org/a.pdf","document_name":"n"}]}]}""", """{"messages":[{"role":"user","content":[{"type":"document_url","document_url":"https://e.org/a.pdf","document_name":"n"}]}]}""", "" },
        { "plain-documents", """{"messages":[{"role":"user","content":[{"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,JVBERi0="}},{"type":"file","file":{"file_data":"https://e.org/a.pdf"}}]}]}""", """{"messages":[{"role":"user","content":[{"type":"file_url","file_url":"JVBERi0=","file_name":"a.pdf"},{"type":"file_url","file_url":"https://e.org/a.pdf"}]}]}""", "" },
        { "plain-sound", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":{"data":"AAEC","format":"mp3"}}]}]}""", """{"messages":[{"role":"user","content":[{"type":"input_audio","input_audio":"AAEC"}]}]}""", "" },
        { "thinking", """{"messages":[{"role":"assistant","content":"So.","reasoning_content":"hm"},{"role":"assistant","content":"Plain."}]}""", """{"messages":[{"role":"assistant","content":[{"type":"thinking","thinking":[{"type":"text","text":"hm"}],"closed":true},{"type":"text","text":"So."}]},{"role":"assistant","content":"Plain."}]}""", "" },
        // What does not go together
        { "unforced", $$"""{"tools":{{Tools}},"tool_choice":"required"}""", $$"""{"tools":{{SentTools}},"tool_choice":"required","thinking":{"type":"disabled"} }""", "reasoning_effort" },
        { "unforced", $$"""{"tools":{{Tools}},"tool_choice":"required","reasoning_effort":"none"}""", $$"""{"tools":{{SentTools}},"tool_choice":"required","thinking":{"type":"disabled"} }""", "" },
        { "unforced", $$"""{"tools":{{Tools}},"tool_choice":"required","reasoning_effort":"high"}""", $$"""{"tools":{{SentTools}},"tool_choice":"auto","thinking":{"type":"enabled"},"reasoning_effort":"high"}""", "tool_choice" },
        { "unforced", $$"""{"tools":{{Tools}},"tool_choice":"required","thinking":{"type":"disabled"} }""", $$"""{"tools":{{SentTools}},"tool_choice":"required","thinking":{"type":"disabled"} }""", "" },
        { "unforced", $$"""{"tools":{{Tools}},"tool_choice":"auto"}""", $$"""{"tools":{{SentTools}},"tool_choice":"auto"}""", "" },
        { "formats-apart", $$"""{"tools":{{Tools}},"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"} } } }""", $$"""{"tools":{{SentTools}},"messages":[{"role":"system","content":"Answer with JSON that follows this JSON schema, and nothing else: no code fence, no text before or after it.\n{\"type\":\"object\"}"},{"role":"user","content":"Hi"}]}""", "response_format" },
        { "formats-apart", """{"response_format":{"type":"json_object"}}""", """{"response_format":{"type":"json_object"}}""", "" },
    };

    [Theory]
    [InlineData("""{"messages":[{"role":"user","content":"a"}]}""", "chat/completions")]
    [InlineData("""{"messages":[{"role":"user","content":"a"},{"role":"assistant","content":"b"}]}""", "beta/chat/completions")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"look","strict":true}}]}""", "beta/chat/completions")]
    [InlineData("""{"tools":[{"type":"function","function":{"name":"look","strict":false}}]}""", "chat/completions")]
    public void What_is_taken_elsewhere_alone_is_sent_there(string asked, string path) =>
        Assert.Equal(path, Render(new() { BetaPath = "beta/chat/completions", PrefillField = "prefix" }, Members(asked).ToJsonString()).Path);

    [Fact]
    public void A_form_of_the_answer_is_told_in_words_where_it_does_not_go_with_a_stream()
    {
        var quirks = new OpenAIChat { FormatsInStreams = false };
        var request = ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(Members("""{"response_format":{"type":"json_schema","json_schema":{"name":"n","schema":{"type":"object"}}}}""").ToJsonString()));

        var (whole, streamed) = (quirks.Render(request, Context, stream: false), quirks.Render(request, Context, stream: true));

        Assert.Contains("response_format", Encoding.UTF8.GetString(whole.Body.Span), StringComparison.Ordinal);
        Assert.DoesNotContain("response_format", Encoding.UTF8.GetString(streamed.Body.Span), StringComparison.Ordinal);
        Assert.Equal(("response_format", 0), (Assert.Single(streamed.Warnings).Param, whole.Warnings.Count));
    }

    private static OpenAIChat Of(string quirk) => quirk switch
    {
        "renames" => _plain with { Renames = Map("seed", "random_seed") },
        "bounds" => _plain with { Most = Map("temperature", 1.0).Add("n", 1), Least = Map("top_p", 0.01).Add("max_tokens", 16) },
        "no-n" => _plain with { Drops = ["n"] },
        "any" => _plain with { ToolChoices = Map("required", "any").Add("function", "any") },
        "auto-alone" => _plain with { ToolChoices = Map("required", "auto").Add("function", "auto").Add("none", "") },
        "no-choice" => _plain with { ToolChoices = Map("required", "").Add("auto", "") },
        "effort" => new() { Efforts = Map("low", "high").Add("minimal", "") },
        "effort-object" => new() { EffortField = "reasoning.effort" },
        "no-effort" => new() { Drops = ["reasoning_effort"] },
        "switch" => _plain with { ThinkingField = "thinking.type", ThinkingWords = ["enabled", "disabled"] },
        "flag" => _plain with { ThinkingField = "enable_thinking" },
        "flag-of-the-template" => _plain with { ThinkingField = "chat_template_kwargs.enable_thinking" },
        "switch-and-effort" => new() { ThinkingField = "thinking.type", ThinkingWords = ["enabled", "disabled"], Efforts = Map("low", "high") },
        "both-in-one" => new() { ThinkingField = "reasoning.enabled", EffortField = "reasoning.effort" },
        "no-reasoning" => _plain,
        "ids" => new() { ToolCallIdLength = 9 },
        "no-null" => new() { NullContent = false },
        "echo" => new() { ReasoningEcho = "reasoning_content", ReasoningEchoRequired = true },
        "prefill" => new() { PrefillField = "prefix" },
        "text" => new() { PlainContent = true },
        "sound" => new() { AudioUris = true },
        "documents" => new() { DocumentField = "document_url" },
        "plain-documents" => new() { DocumentField = "file_url", PlainDocumentData = true },
        "plain-sound" => new() { PlainSound = true },
        "thinking" => new() { ThinkingParts = true },
        "unforced" => new() { ForcesToolsWhileReasoning = false, ThinkingField = "thinking.type", ThinkingWords = ["enabled", "disabled"] },
        "formats-apart" => new() { FormatsWithTools = false },
        "turns" => new() { Alternates = true },
        "no-tools" => new() { Tools = false },
        _ => throw new ArgumentException(quirk),
    };

    [Theory, MemberData(nameof(Requests))]
    public void A_request_goes_out_as_the_service_takes_it(string quirk, string asked, string expected, string warned)
    {
        var (request, sent) = (Members(asked), Members(expected));
        var call = Render(Of(quirk), request.ToJsonString());

        var body = JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(Encoding.UTF8.GetString(call.Body.Span).Replace(ToolCallIds.OfLength("call_abc-1", 9), "HASHEDIDS", StringComparison.Ordinal)))!;
        JsonComparison.Same("the body", sent, body);
        Assert.Equal(warned, string.Join(' ', call.Warnings.Select(warning => warning.Param)));
    }

    [Fact]
    public void Tools_that_cannot_be_called_are_refused_so_that_another_model_may_answer()
    {
        var error = Assert.Throws<UnsupportedFeatureException>(() => Render(Of("no-tools"), Members($$"""{"tools":{{Tools}}}""").ToJsonString()));

        Assert.Contains("tools", error.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void Ids_of_one_length_stay_apart_and_results_find_their_calls()
    {
        var call = """{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"look","arguments":"{}"}}]}""";
        var result = """{"role":"tool","tool_call_id":"call_1","content":"42"}""";
        var body = JsonNode.Parse(Render(Of("ids"), $$"""{"model":"m","messages":[{{call}},{{result}},{{call}},{{result}}]}""").Body.Span)!["messages"]!.AsArray();

        string[] called = [.. body.Where(message => message!["tool_calls"] is not null).Select(message => (string)message!["tool_calls"]![0]!["id"]!)];
        Assert.Equal(called, body.Where(message => (string)message!["role"]! == "tool").Select(message => (string)message!["tool_call_id"]!));
        Assert.All(called, id => Assert.Matches("^[a-zA-Z0-9]{9}$", id));
        Assert.Equal(2, called.Distinct().Count());
    }

    [Theory]
    [InlineData("<think>\nso so\n</think>\n\nHello", "so so", "Hello")]
    [InlineData("\n<think>so</think>Hello</think>", "so", "Hello</think>")]
    [InlineData("<think></think>Hello", null, "Hello")]
    [InlineData("<think>never ends", "never ends", "")]
    [InlineData("<thin line", null, "<thin line")]
    [InlineData("<thi", null, "<thi")]
    [InlineData("Hello <think>no</think>", null, "Hello <think>no</think>")]
    [InlineData("", null, "")]
    [InlineData("<think>a < b </thin line</think> c", "a < b </thin line", "c")]
    public void Reasoning_between_tags_is_read_apart_whole_and_at_every_cut(string content, string? reasoning, string text)
    {
        var quirks = new OpenAIChat { ThinkTags = true };
        var whole = quirks.Parse(new(200, Encoding.UTF8.GetBytes(new JsonObject
        {
            ["id"] = "1", ["choices"] = new JsonArray(new JsonObject { ["message"] = new JsonObject { ["role"] = "assistant", ["content"] = content }, ["finish_reason"] = "stop" }),
        }.ToJsonString())), Context);

        Assert.Equal(reasoning, whole.Choices[0].Message.ReasoningContent);
        Assert.Equal(text, whole.Choices[0].Message.Content ?? "");
        for (var length = 1; length <= Math.Max(1, content.Length); length++)
            for (var isApart = 0; isApart < 2; isApart++)
            {
                var reply = Streamed(quirks, content.Chunk(length).Select(piece => new string(piece)), endsApart: isApart == 1);
                Assert.Equal(reasoning ?? "", reply.Choices[0].Message.ReasoningContent ?? "");
                Assert.Equal(text, reply.Choices[0].Message.Content ?? "");
            }
    }

    [Theory]
    [InlineData("""{"citations":["https://a","https://b"],"search_results":[{"title":"A","url":"https://a","date":null,"snippet":"s"}]}""", "https://a A {\"snippet\":\"s\"}")]
    [InlineData("""{"citations":["https://a","https://b"]}""", "https://a  {}, https://b  {}")]
    [InlineData("""{"citations":[],"search_results":null}""", "")]
    [InlineData("""{"search_results":[3,{"date":"x"}]}""", "")]
    public void What_the_answer_rests_on_is_read_as_annotations_once(string members, string expected)
    {
        var quirks = new OpenAIChat { SourcesFields = ["search_results", "citations"] };
        var body = JsonNode.Parse(members)!.AsObject();
        body["id"] = "1";
        body["choices"] = JsonNode.Parse("""[{"index":0,"delta":{"content":"Hi"},"message":{"role":"assistant","content":"Hi"},"finish_reason":null}]""");

        Assert.Equal(expected, Told(quirks.Parse(new(200, Encoding.UTF8.GetBytes(body.ToJsonString())), Context)));
        Assert.Equal(expected, Told(Folded(quirks, [body.ToJsonString(), body.ToJsonString(), "[DONE]"])));

        static string Told(ChatCompletion reply) => string.Join(", ", reply.Choices[0].Message.Annotations.Select(one => $"{one.Url} {one.Title} {one.Extra}"));
    }

    [Fact]
    public void A_source_whose_title_was_cut_within_a_character_is_told()
    {
        const string Body = """{"id":"1","choices":[{"index":0,"message":{"role":"assistant","content":"Hi"},"finish_reason":"stop"}],"search_results":[{"title":"cut \ud83d","url":"https://a.example"},"https://b.example/\ud83d"]}""";

        var reply = new OpenAIChat { SourcesFields = ["search_results"] }.Parse(new(200, Encoding.UTF8.GetBytes(Body)), Context);

        Assert.Equal([("https://a.example", "cut \ud83d"), ("https://b.example/\ud83d", null)], reply.Choices[0].Message.Annotations.Select(static one => (one.Url, one.Title)));
    }

    private static CallContext Context => new("house", "m", "request-of-the-test", DateTimeOffset.UnixEpoch);

    private static HttpCall Render(OpenAIChat quirks, string json) => quirks.Render(ChatCompletionRequest.Parse(Encoding.UTF8.GetBytes(json)), Context, stream: false);

    private static JsonObject Members(string json)
    {
        var members = JsonNode.Parse(json)!.AsObject();
        members["model"] = "m";
        members["messages"] ??= JsonNode.Parse("""[{"role":"user","content":"Hi"}]""");
        return members;
    }

    private static ChatCompletion Streamed(OpenAIChat quirks, IEnumerable<string> pieces, bool endsApart)
    {
        List<JsonObject> chunks = [.. pieces.DefaultIfEmpty("").Select(piece => new JsonObject
        {
            ["id"] = "1", ["choices"] = new JsonArray(new JsonObject { ["index"] = 0, ["delta"] = new JsonObject { ["content"] = piece }, ["finish_reason"] = null }),
        })];
        if (endsApart) chunks.Add(JsonNode.Parse("""{"id":"1","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}""")!.AsObject());
        else chunks[^1]["choices"]![0]!["finish_reason"] = "stop";
        return Folded(quirks, [.. chunks.Select(chunk => chunk.ToJsonString()), "[DONE]"]);
    }

    private static ChatCompletion Folded(OpenAIChat quirks, IEnumerable<string> events)
    {
        var fold = quirks.Fold(Context);
        var chunks = new List<ChatCompletionChunk>();
        foreach (var one in events) fold.Next(new(null, Encoding.UTF8.GetBytes(one)), chunks);
        fold.End(chunks);
        var accumulator = new ChatAccumulator();
        foreach (var chunk in chunks) accumulator.Add(chunk);
        return accumulator.ToCompletion()!;
    }

    private static ImmutableDictionary<string, T> Map<T>(string name, T value) => ImmutableDictionary<string, T>.Empty.Add(name, value);
}
