using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>Responses, their requests, items and events as JSON: everything that came in goes out, whatever it is.</summary>
public sealed class ResponseJsonTests
{
    public static TheoryData<string> EventTypes => [.. ResponseEvents.All.Keys];

    public static TheoryData<string> Items =>
    [
        WireResponse.Message,
        """{"role":"user","content":"Hi"}""",
        """{"id":"msg_1","status":"completed","role":"user","content":[{"type":"input_text","text":"Hi","prompt_cache_breakpoint":{"type":"ephemeral"}}],"type":"message"}""",
        """{"type":"message","role":"user","content":[{"type":"input_image","image_url":"https://example.com/a.png","detail":"low"},{"type":"input_file","file_id":"file-1"},{"type":"input_file","filename":"a.pdf","file_data":"data:application/pdf;base64,AA=="},{"type":"input_audio","input_audio":{"data":"AA==","format":"wav"}}]}""",
        """{"id":"rs_1","type":"reasoning","summary":[{"type":"summary_text","text":"Hm."}],"content":[{"type":"reasoning_text","text":"Hm, hm."}],"encrypted_content":"gAAAAA==","status":null,"format":"x"}""",
        """{"id":"rs_1","type":"reasoning","summary":[],"encrypted_content":null}""",
        """{"type":"function_call","id":"fc_1","call_id":"call_1","name":"add","arguments":"{\"a\":1","status":"completed","namespace":"n","caller":{"type":"direct"}}""",
        """{"type":"function_call_output","call_id":"call_1","output":"2"}""",
        """{"type":"function_call_output","call_id":"call_1","output":[{"type":"input_text","text":"2"},{"type":"input_image","file_id":"file-1"}]}""",
        """{"type":"custom_tool_call","id":"c","call_id":"call_1","name":"run","input":"free text"}""",
        """{"type":"custom_tool_call_output","call_id":"call_1","output":"done"}""",
        """{"type":"item_reference","id":"msg_1"}""",
        """{"id":"msg_1"}""",
        """{"type":"web_search_call","id":"ws_1","status":"completed","action":{"type":"search","query":"q","sources":[{"type":"url","url":"https://example.com"}]}}""",
        """{"type":"file_search_call","id":"fs_1","status":"completed","queries":["a","b"],"results":null}""",
        """{"type":"code_interpreter_call","id":"ci_1","status":"completed","code":null,"container_id":"cntr_1","outputs":[{"type":"logs","logs":"1"}]}""",
        """{"type":"image_generation_call","id":"ig_1","status":"completed","result":"iVBORw0KGgo=","revised_prompt":"p","size":"1024x1024"}""",
        """{"type":"computer_call","id":"cu_1","call_id":"call_1","action":{"type":"screenshot"},"pending_safety_checks":[],"status":"completed"}""",
        """{"type":"computer_call_output","call_id":"call_1","output":{"type":"computer_screenshot","image_url":"https://example.com/a.png"}}""",
        """{"type":"local_shell_call","id":"l","call_id":"c","action":{"type":"exec","command":["ls"],"env":{}},"status":"completed"}""",
        """{"type":"shell_call_output","call_id":"c","output":[{"stdout":"a","stderr":"","outcome":{"type":"exit","exit_code":0}}],"max_output_length":null}""",
        """{"type":"apply_patch_call","id":"a","call_id":"c","status":"completed","operation":{"type":"delete_file","path":"a"}}""",
        """{"type":"mcp_list_tools","id":"m","server_label":"s","tools":[{"name":"t","input_schema":{}}]}""",
        """{"type":"mcp_approval_request","id":"m","server_label":"s","name":"t","arguments":"{}"}""",
        """{"type":"mcp_approval_response","approval_request_id":"m","approve":true,"reason":"fine"}""",
        """{"type":"mcp_call","id":"m","server_label":"s","name":"t","arguments":"{}","output":"1","error":null,"approval_request_id":null}""",
        """{"type":"tool_search_call","id":"t","call_id":null,"execution":"server","arguments":{"paths":["a"]},"status":"completed"}""",
        """{"type":"compaction","id":"c","encrypted_content":"gAAA"}""",
        """{"type":"x_of_tomorrow","id":"x","content":{"deep":[1,2.50,{"a":null}]},"summary":"text","role":5}""",
    ];

    [Theory, MemberData(nameof(Items))]
    public void An_item_goes_out_as_it_came(string json) => JsonComparison.Same("item", JsonNode.Parse(json), JsonComparison.ParseStrictly(Encoding.UTF8.GetBytes(ResponseItem.Parse(Encoding.UTF8.GetBytes(json)).ToJson())));

    [Theory, MemberData(nameof(EventTypes))]
    public void Every_event_is_read_and_goes_out_as_it_came(string type)
    {
        var one = ResponseStreamEvent.Parse(Encoding.UTF8.GetBytes(ResponseEvents.Data(type)));

        Assert.Equal((new ResponseEventType(type), 7L), (one.Type, one.SequenceNumber));
        Assert.Equal([], LooseComparison.Differences(JsonNode.Parse(ResponseEvents.Data(type)), JsonNode.Parse(one.ToJson())));
    }

    [Fact]
    public void Every_word_for_an_event_has_its_event_and_every_event_of_the_document_its_word()
    {
        var words = typeof(ResponseEventType).GetProperties(BindingFlags.Public | BindingFlags.Static).Select(word => ((ResponseEventType)word.GetValue(null)!).Value).Order().ToList();

        Assert.Equal(words, ResponseEvents.All.Keys.Order());
    }

    [Fact]
    public async Task What_goes_out_is_valid_by_the_published_document()
    {
        (string Schema, string Body)[] bodies =
        [
            .. ResponseEvents.All.Keys.Select(type => ("ResponseStreamEvent", ResponseStreamEvent.Parse(Encoding.UTF8.GetBytes(ResponseEvents.Data(type))).ToJson())),
            ("Response", Response.Parse(Encoding.UTF8.GetBytes(WireResponse.Response())).ToJson()),
            ("Response", new Response { Id = "resp_1", Model = "m", Status = "completed", Output = [new() { Type = "message", Id = "msg_1", Status = "completed", Role = "assistant", Content = [new ResponsePart { Type = ResponsePartType.OutputText, Text = "a" }] }], Usage = new() }.ToJson()),
            ("CompactResource", JsonOut.ToText(new ResponseCompaction { Id = "c", Output = [ResponseItem.Parse("""{"type":"compaction","id":"c","encrypted_content":"g"}"""u8)] }, ResponseWriter.Write, indented: false)),
            ("TokenCountsResource", JsonOut.ToText(new ResponseInputTokens(3), ResponseWriter.Write, indented: false)),
        ];

        await OpenAISchemas.ExpectValidAsync(bodies);
    }

    [Fact]
    public void What_is_sealed_goes_back_byte_for_byte()
    {
        var random = new Random(1);
        for (var i = 0; i < 200; i++)
        {
            var text = new string([.. Enumerable.Range(0, random.Next(400)).Select(_ => (char)(random.Next(8) switch { 0 => random.Next(0x20), 1 => random.Next(0x80, 0x800), 2 => random.Next(0x2000, 0x3000), _ => random.Next(0x20, 0x7f) }))]);
            var json = $$"""{"type":"reasoning","id":"rs","summary":[],"encrypted_content":{{JsonSerializer.Serialize(text)}}}""";

            var response = Response.Parse(Encoding.UTF8.GetBytes(WireResponse.Response(output: json)));
            var request = ResponseRequest.Parse(Encoding.UTF8.GetBytes(new ResponseRequest { Model = "m", Input = ResponseInput.FromItems(response.Output) }.ToJson()));

            Assert.Equal(text, response.Output[0].EncryptedContent);
            Assert.Equal(text, request.Input!.Items[0].EncryptedContent);
            Assert.Equal(text, (string?)JsonNode.Parse(new OpenAIResponses().Begin(request, new("openai", "m", "1", default)).Next(null).Call!.Body.Span)!["input"]![0]!["encrypted_content"]);
        }
    }

    [Fact]
    public void A_response_is_what_it_says()
    {
        var response = Response.Parse(Encoding.UTF8.GetBytes(WireResponse.Response(output: """
            {"type":"reasoning","id":"rs","summary":[]},{"type":"function_call","id":"fc","call_id":"c","name":"add","arguments":"{}"},
            {"type":"message","id":"m","role":"assistant","status":"completed","content":[{"type":"output_text","text":"Hel","annotations":[]},{"type":"refusal","refusal":"No."},{"type":"output_text","text":"lo","annotations":[]}]}
            """)));

        Assert.Equal(("resp_1", "response", 1763900000L, "gpt-test-2026", "Hello", "No.", true), (response.Id, response.Object, response.CreatedAt, response.Model, response.OutputText, response.Refusal, response.HasEnded));
        Assert.Equal(["add"], response.FunctionCalls.Select(call => call.Name));
        Assert.Equal((3L, 5L, 8L, 1L, 2L), (response.Usage!.PromptTokens, response.Usage.CompletionTokens, response.Usage.TotalTokens, response.Usage.PromptTokensDetails!.CachedTokens, response.Usage.CompletionTokensDetails!.ReasoningTokens));
        Assert.Equal("\"disabled\"", response.Extra["truncation"].ToString());
    }

    [Theory]
    [InlineData("""{"model":5,"input":"x"}""", "model")]
    [InlineData("""{"model":"m","input":5}""", "input")]
    [InlineData("""{"model":"m","input":["x"]}""", "input[0]")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":5}]}""", "input[0].content")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":[{"text":"no type"}]}]}""", "input[0].content")]
    [InlineData("""{"model":"m","input":[{"role":"user","content":"x"},{"type":"message","content":"x"}]}""", "role")]
    [InlineData("""{"model":"m","input":[{"content":"x"}]}""", "type")]
    [InlineData("""{"model":"m","input":[{"type":"function_call","call_id":5}]}""", "input[0].call_id")]
    [InlineData("""{"model":"m","input":"x","tools":{}}""", "tools")]
    [InlineData("""{"model":"m","input":"x","tools":[5]}""", "tools[0]")]
    [InlineData("""{"model":"m","input":"x","tools":[{"type":"function"}]}""", "name")]
    [InlineData("""{"model":"m","input":"x","tools":[{"type":"function","name":"f","strict":"yes"}]}""", "tools[0].strict")]
    [InlineData("""{"model":"m","input":"x","tool_choice":5}""", "tool_choice")]
    [InlineData("""{"model":"m","input":"x","text":"plain"}""", "text")]
    [InlineData("""{"model":"m","input":"x","text":{"format":{"type":5}}}""", "text.format.type")]
    [InlineData("""{"model":"m","input":"x","reasoning":"high"}""", "reasoning")]
    [InlineData("""{"model":"m","input":"x","max_output_tokens":"5"}""", "max_output_tokens")]
    [InlineData("""{"model":"m","input":"x","store":"no"}""", "store")]
    [InlineData("""{"model":"m","input":"x","prompt":"p"}""", "prompt")]
    [InlineData("""{"model":"m","input":"x","metadata":[]}""", "metadata")]
    public void A_wrong_shape_is_told_by_its_member(string json, string member) => Assert.Equal(member, Assert.Throws<JsonException>(() => ResponseRequest.Parse(Encoding.UTF8.GetBytes(json))).Path);

    [Fact]
    public void A_request_is_written_whole_and_the_callers_own_members_go_before_ours()
    {
        var request = ResponseRequest.Parse(Encoding.UTF8.GetBytes(ResponseCallTests.All.ToJson()));

        Assert.Equal(ResponseCallTests.All.ToJson(), request.ToJson());
        Assert.Equal("""{"model":"m","input":"x","temperature":2,"top_k":3}""", new ResponseRequest { Model = "m", Input = "x", Temperature = 1, Extra = """{"temperature":2,"top_k":3}""" }.ToJson());
        Assert.Equal(("function", "add"), (request.ToolChoice!.Mode, request.ToolChoice.Name));
    }

    [Theory]
    [InlineData("\"auto\"")]
    [InlineData("""{"type":"function","name":"add"}""")]
    [InlineData("""{"type":"custom","name":"run"}""")]
    [InlineData("""{"type":"web_search_preview"}""")]
    [InlineData("""{"type":"mcp","server_label":"s","name":"t"}""")]
    [InlineData("""{"type":"allowed_tools","mode":"auto","tools":[{"type":"function","name":"add"}]}""")]
    public void A_choice_of_tools_goes_out_as_it_came(string choice) =>
        Assert.Equal($$"""{"model":"m","input":"x","tool_choice":{{choice}}}""", ResponseRequest.Parse(Encoding.UTF8.GetBytes($$"""{"model":"m","input":"x","tool_choice":{{choice}}}""")).ToJson());
}
