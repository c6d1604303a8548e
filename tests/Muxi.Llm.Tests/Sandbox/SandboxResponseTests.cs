using System.Text.Json.Nodes;
using static Muxi.Llm.Tests.SandboxResponseClient;

namespace Muxi.Llm.Tests;

/// <summary>The simulator's responses: what a chat says to the same words, in the form and with the manners of OpenAI's Responses API.</summary>
public sealed class SandboxResponseTests : IDisposable
{
    private const string Weather = """{"type":"function","name":"get_weather","parameters":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}""";
    private const string Note = """{"type":"custom","name":"take_note"}""";
    private const string Reasoning = """ "reasoning":{"effort":"high","summary":"auto"},"include":["reasoning.encrypted_content"],"store":false """;

    private readonly SandboxClient _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Theory]
    [InlineData(""" "input":"Hello?" """, """ "messages":[{"role":"user","content":"Hello?"}] """)]
    [InlineData(""" "input":"Hello?","instructions":"Be kind.","temperature":0.5,"metadata":{"a":"b"} """, """ "messages":[{"role":"system","content":"Be kind."},{"role":"user","content":"Hello?"}],"temperature":0.5,"metadata":{"a":"b"} """)]
    [InlineData(""" "input":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"},{"type":"message","role":"user","content":[{"type":"input_text","text":"See"},{"type":"input_image","image_url":"data:image/png;base64,iVBORw0KGgo="}]}] """,
        """ "messages":[{"role":"user","content":"Hi"},{"role":"assistant","content":"Ho"},{"role":"user","content":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}] """)]
    [InlineData(""" "input":[{"role":"user","content":"warm?"},{"type":"function_call","call_id":"c","name":"get_weather","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"18"}],"tools":[{"type":"function","name":"get_weather"}] """,
        """ "messages":[{"role":"user","content":"warm?"},{"role":"assistant","tool_calls":[{"id":"c","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},{"role":"tool","tool_call_id":"c","content":"18"}],"tools":[{"type":"function","function":{"name":"get_weather"}}] """)]
    [InlineData(""" "input":"a city","text":{"format":{"type":"json_schema","name":"x","schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}} """,
        """ "messages":[{"role":"user","content":"a city"}],"response_format":{"type":"json_schema","json_schema":{"name":"x","schema":{"type":"object","properties":{"city":{"type":"string"}},"required":["city"]}}} """)]
    public async Task A_response_says_what_a_chat_says_to_the_same_words(string asResponse, string asChat)
    {
        var response = await _sandbox.RespondAsync($$"""{"model":"chat",{{asResponse}}}""");
        var chat = await _sandbox.ReplyAsync($$"""{"model":"chat",{{asChat}}}""");

        Assert.Equal((string?)chat["choices"]![0]!["message"]!["content"], response.Text());
        Assert.Equal(
            ((int)chat["usage"]!["prompt_tokens"]!, (int)chat["usage"]!["completion_tokens"]!),
            ((int)response["usage"]!["input_tokens"]!, (int)response["usage"]!["output_tokens"]!));
    }

    [Theory]
    [InlineData(""" "temperature":1 """, "message")]
    [InlineData($""" "tools":[{Weather},{Note}] """, "function_call")]
    [InlineData($$""" "tools":[{{Weather}},{{Note}}],"tool_choice":{"type":"custom","name":"take_note"} """, "custom_tool_call")]
    [InlineData(Reasoning, "reasoning message")]
    [InlineData(""" "tools":[{"type":"web_search"}] """, "web_search_call message")]
    [InlineData(""" "tools":[{"type":"image_generation","size":"64x64","partial_images":2}] """, "image_generation_call message")]
    [InlineData(""" "include":["message.output_text.logprobs"],"top_logprobs":2,"max_output_tokens":16 """, "message")]
    public async Task A_stream_tells_its_items_piece_by_piece_and_ends_with_the_whole_response(string more, string types)
    {
        var body = Ask("Is it warm in Paris?", more);
        var whole = await _sandbox.RespondAsync(body);
        var events = await _sandbox.StreamAsync(body);

        Assert.Equal(types, string.Join(' ', whole.Types()));
        Assert.Equal(whole.ToJsonString(), events[^1]["response"]!.ToJsonString());
        Assert.Equal(Enumerable.Range(0, events.Count), events.Select(one => (int)one["sequence_number"]!));
        Assert.Equal(["response.created", "response.in_progress"], events.Take(2).Select(one => (string)one["type"]!));
        Assert.Equal("response." + whole["status"], (string?)events[^1]["type"]);
        foreach (var (index, item) in whole["output"]!.AsArray().Index())
        {
            var ofItem = events.Where(one => (int?)one["output_index"] == index).ToList();
            Assert.Equal(("response.output_item.added", "in_progress"), ((string?)ofItem[0]["type"], (string?)ofItem[0]["item"]!["status"] ?? "in_progress"));
            Assert.Equal(item!.ToJsonString(), ofItem[^1]["item"]!.ToJsonString());
            var told = (string?)item["arguments"] ?? (string?)item["input"] ?? (string?)item["content"]?[0]!["text"] ?? (string?)item["summary"]?[0]!["text"] ?? "";
            Assert.Equal(told, string.Concat(ofItem.Select(one => (string?)one["delta"])));
        }
    }

    [Fact]
    public async Task What_a_tool_gave_is_told_and_a_custom_tool_takes_text()
    {
        var asked = await _sandbox.RespondAsync(Ask("take note and get weather in Rome", $"\"tools\":[{Weather},{Note}]"));
        var calls = asked["output"]!.AsArray().Select(item => item!.ToJsonString()).ToList();
        var results = asked["output"]!.AsArray().Select(item => $$"""{"type":"{{item!["type"]}}_output","call_id":"{{item["call_id"]}}","output":"done"}""");
        var told = await _sandbox.RespondAsync($$"""{"model":"chat","input":[{"role":"user","content":"both"},{{string.Join(',', calls.Concat(results))}}],"tools":[{{Weather}},{{Note}}]}""");

        Assert.Equal("""{"city":"Rome"}""", (string?)asked["output"]![0]!["arguments"]);
        Assert.Equal("take note and get weather in Rome", (string?)asked["output"]![1]!["input"]);
        Assert.Contains("- get_weather: \"done\"\n- take_note: \"done\"", told.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Reasoning_comes_sealed_and_is_known_again()
    {
        var first = await _sandbox.RespondAsync(Ask("Think.", Reasoning));
        var item = first["output"]![0]!;
        string Again(JsonNode reasoning) => $$"""{"model":"chat","input":[{"role":"user","content":"Think."},{{reasoning.ToJsonString()}},{{first["output"]![1]!.ToJsonString()}},{"role":"user","content":"And?"}]}""";
        JsonNode Changed(string member, Func<string, string> change)
        {
            var copy = item.DeepClone();
            copy[member] = change((string)copy[member]!);
            return copy;
        }

        Assert.Equal((404, "input", null), await _sandbox.RefusedAsync(Again(new JsonObject { ["type"] = "reasoning", ["id"] = (string?)item["id"], ["summary"] = new JsonArray() })));
        Assert.Contains("1 user, 1 assistant", (await _sandbox.RespondAsync(Again(item))).Text(), StringComparison.Ordinal);
        Assert.Equal((400, null, "invalid_encrypted_content"), await _sandbox.RefusedAsync(Again(Changed("encrypted_content", seal => seal[..^2] + (seal[^2] == 'A' ? "B" : "A") + seal[^1]))));
        Assert.Equal((400, null, "invalid_encrypted_content"), await _sandbox.RefusedAsync(Again(Changed("encrypted_content", static seal => seal[..20]))));
        Assert.Equal((400, null, "invalid_encrypted_content"), await _sandbox.RefusedAsync(Again(Changed("id", static id => id + "0"))));
    }

    [Fact]
    public async Task Reasoning_has_a_summary_and_a_seal_only_where_they_are_asked_for()
    {
        var plain = (await _sandbox.RespondAsync(Ask("Think.", "\"reasoning\":{\"effort\":\"low\"}")))["output"]![0]!;
        var none = await _sandbox.RespondAsync(Ask("Think.", "\"reasoning\":{\"effort\":\"none\"}"));

        Assert.Empty(plain["summary"]!.AsArray());
        Assert.Null(plain["encrypted_content"]);
        Assert.Equal(["message"], none.Types());
    }

    [Fact]
    public async Task One_response_goes_on_from_another()
    {
        var first = await _sandbox.RespondAsync(Ask("My name is Ann.", "\"instructions\":\"Be kind.\""));
        var second = await _sandbox.RespondAsync(Ask("Who am I?", $"\"previous_response_id\":\"{first["id"]}\""));
        var third = await _sandbox.RespondAsync(Ask("Sure?", $"\"previous_response_id\":\"{second["id"]}\""));

        Assert.Contains("- earlier turns: 1 user, 1 assistant", second.Text(), StringComparison.Ordinal);
        Assert.Contains("- earlier turns: 2 user, 2 assistant", third.Text(), StringComparison.Ordinal);
        Assert.DoesNotContain("Be kind", second.Text(), StringComparison.Ordinal);
        Assert.Equal((string?)first["id"], (string?)second["previous_response_id"]);
        Assert.Equal((400, "previous_response_id", "previous_response_not_found"), await _sandbox.RefusedAsync(Ask("?", "\"previous_response_id\":\"resp_x\"")));
    }

    [Fact]
    public async Task A_response_is_kept_until_it_is_deleted_and_not_at_all_where_that_was_said()
    {
        var kept = await _sandbox.RespondAsync(Ask("Keep this."));
        var other = await _sandbox.RespondAsync(Ask("Not this.", "\"store\":false"));

        Assert.Equal(kept.ToJsonString(), (await _sandbox.LookAsync((string)kept["id"]!)).ToJsonString());
        Assert.Equal(404, (await _sandbox.RefusedAsync(null, $"responses/{other["id"]}")).Status);
        Assert.Equal($$"""{"id":"{{kept["id"]}}","object":"response.deleted","deleted":true}""", (await _sandbox.DeleteAsync((string)kept["id"]!)).ToJsonString());
        Assert.Equal(404, (await _sandbox.RefusedAsync(null, $"responses/{kept["id"]}")).Status);
        Assert.Equal((400, "response_id", null), await _sandbox.RefusedAsync("", $"responses/{(await _sandbox.RespondAsync(Ask("Now.")))["id"]}/cancel"));
    }

    [Fact]
    public async Task What_a_response_was_made_from_comes_in_pages()
    {
        var response = await _sandbox.RespondAsync("""{"model":"chat","input":[{"role":"user","content":"1"},{"role":"assistant","content":"2"},{"id":"msg_three","role":"user","content":[{"type":"input_text","text":"3"}]}]}""");
        var path = $"{response["id"]}/input_items";
        static string Words(JsonNode page) => string.Join(' ', page["data"]!.AsArray().Select(item => (string?)item!["content"]![0]!["text"]));

        var page = await _sandbox.LookAsync($"{path}?limit=2");

        Assert.Equal(("3 2", true, "msg_three"), (Words(page), (bool)page["has_more"]!, (string?)page["first_id"]));
        Assert.Equal("1", Words(await _sandbox.LookAsync($"{path}?limit=2&after={page["last_id"]}")));
        Assert.Equal("1 2 3", Words(await _sandbox.LookAsync($"{path}?order=asc")));
        Assert.Equal((400, "limit", "invalid_value"), await _sandbox.RefusedAsync(null, $"responses/{path}?limit=0"));
    }

    [Fact]
    public async Task In_the_background_a_response_is_queued_then_made_then_done()
    {
        var response = await _sandbox.RespondAsync(Ask("Slowly.", "\"background\":true"));
        var id = (string)response["id"]!;

        Assert.Equal(("queued", 0), ((string?)response["status"], response["output"]!.AsArray().Count));
        Assert.Equal("in_progress", (string?)(await _sandbox.LookAsync(id))["status"]);
        var done = await _sandbox.LookAsync(id);
        Assert.Equal("completed", (string?)done["status"]);
        Assert.Contains("Slowly.", done.Text(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_the_background_a_response_is_done_by_the_clock_too()
    {
        var clock = new ManualTime();
        using var sandbox = new SandboxClient(clock);
        var id = (string)(await sandbox.RespondAsync(Ask("Slowly.", "\"background\":true")))["id"]!;

        clock.Advance(TimeSpan.FromSeconds(2));

        Assert.Equal("completed", (string?)(await sandbox.LookAsync(id))["status"]);
        Assert.Equal("completed", (string?)(await sandbox.RespondAsync("", $"responses/{id}/cancel"))["status"]);
    }

    [Fact]
    public async Task A_response_in_the_background_can_be_stopped()
    {
        var id = (string)(await _sandbox.RespondAsync(Ask("Slowly.", "\"background\":true")))["id"]!;

        Assert.Equal("cancelled", (string?)(await _sandbox.RespondAsync("", $"responses/{id}/cancel"))["status"]);
        Assert.Equal("cancelled", (string?)(await _sandbox.LookAsync(id))["status"]);
    }

    [Fact]
    public async Task The_stream_of_a_response_in_the_background_can_be_taken_up_again()
    {
        var events = await _sandbox.StreamAsync(Ask("Slowly.", "\"background\":true"));
        var id = (string)events[0]["response"]!["id"]!;

        Assert.Equal(["response.created", "response.queued", "response.in_progress"], events.Take(3).Select(one => (string)one["type"]!));
        Assert.Equal(events.Skip(6).Select(one => one.ToJsonString()), (await _sandbox.ResumeAsync(id, 5)).Select(one => one.ToJsonString()));
        Assert.Equal(events.Count, (await _sandbox.ResumeAsync(id)).Count);
        var plain = await _sandbox.RespondAsync(Ask("At once."));
        Assert.Equal((400, "stream", null), await _sandbox.RefusedAsync(null, $"responses/{plain["id"]}?stream=true"));
        Assert.Equal((400, "starting_after", "invalid_value"), await _sandbox.RefusedAsync(null, $"responses/{id}?stream=true&starting_after=x"));
    }

    [Fact]
    public async Task Tokens_are_counted_as_they_are_used()
    {
        var body = Ask("How many?", $"\"tools\":[{Weather}],\"instructions\":\"Count.\"");

        var counted = await _sandbox.RespondAsync(body, "responses/input_tokens");

        Assert.Equal($$"""{"object":"response.input_tokens","input_tokens":{{(await _sandbox.RespondAsync(body))["usage"]!["input_tokens"]}}}""", counted.ToJsonString());
    }

    [Fact]
    public async Task A_compacted_conversation_goes_on_and_a_changed_one_does_not()
    {
        var compacted = await _sandbox.RespondAsync("""{"model":"chat","input":[{"role":"user","content":"1"},{"role":"assistant","content":"2"}]}""", "responses/compact");
        var output = compacted["output"]!.ToJsonString();

        Assert.Equal(["message", "compaction"], compacted.Types());
        Assert.Contains("1 user, 1 assistant", (await _sandbox.RespondAsync($$"""{"model":"chat","input":{{output[..^1]}},{"role":"user","content":"3"}]}""")).Text(), StringComparison.Ordinal);
        Assert.Equal((400, null, "invalid_encrypted_content"), await _sandbox.RefusedAsync($$"""{"model":"chat","input":{{output.Replace("gAAAAA", "gAAAAB", StringComparison.Ordinal)}}}"""));
    }

    [Fact]
    public async Task A_search_is_cited_and_a_picture_is_one()
    {
        var found = await _sandbox.RespondAsync(Ask("News?", "\"tools\":[{\"type\":\"web_search\"}]"));
        var text = found["output"]![1]!["content"]![0]!;
        var citation = text["annotations"]![0]!;
        var painted = (await _sandbox.RespondAsync(Ask("A cat", """ "tools":[{"type":"image_generation","size":"64x64"}] """)))["output"]![0]!;

        Assert.Equal($"([sandbox.invalid]({citation["url"]}))", ((string)text["text"]!)[(int)citation["start_index"]!..(int)citation["end_index"]!]);
        Assert.Equal("image/png", Media.TypeOf(Convert.FromBase64String((string)painted["result"]!)));
        Assert.Equal("64x64", (string?)painted["size"]);
    }

    [Theory]
    [InlineData("""{"input":"a"}""", "model")]
    [InlineData("""{"model":"chat"}""", "input")]
    [InlineData("""{"model":"chat","input":7}""", "input")]
    [InlineData("""{"model":"chat","input":[{"role":"critic","content":"a"}]}""", "input[0].role")]
    [InlineData("""{"model":"chat","input":[{"role":"user","content":"a"},{"role":"user","content":[{"type":"text","text":"a"}]}]}""", "input[1].content[0].type")]
    [InlineData("""{"model":"chat","input":[{"type":"function_call_output","output":"a"}]}""", "input[0].call_id")]
    [InlineData("""{"model":"chat","input":[{"type":"dream"}]}""", "input[0].type")]
    [InlineData("""{"model":"chat","input":"a","max_output_tokens":15}""", "max_output_tokens")]
    [InlineData("""{"model":"chat","input":"a","temperature":3}""", "temperature")]
    [InlineData("""{"model":"chat","input":"a","text":{"format":{"type":"json_schema","name":"a"}}}""", "text.format.schema")]
    [InlineData("""{"model":"chat","input":"a","tools":[{"type":"function"}]}""", "tools[0].name")]
    [InlineData("""{"model":"chat","input":"a","tool_choice":{"type":"function","name":"lost"}}""", "tool_choice")]
    [InlineData("""{"model":"chat","input":"a","reasoning":{"effort":"some"}}""", "reasoning.effort")]
    [InlineData("""{"model":"chat","input":"a","background":true,"store":false}""", "background")]
    [InlineData("""{"model":"chat","input":"a","include":"all"}""", "include")]
    public async Task A_wrong_request_is_refused_as_OpenAI_does(string body, string param)
    {
        var (status, told, _) = await _sandbox.RefusedAsync(body);

        Assert.Equal((400, param), (status, told));
    }

    [Fact]
    public async Task The_models_that_misbehave_do_so_here_too()
    {
        Assert.Equal(429, (await _sandbox.RefusedAsync(Ask("a", model: "rate-limit"))).Status);
        var failed = await _sandbox.StreamAsync(Ask("a", model: "stream-error"));
        Assert.Contains(failed, one => (string?)one["type"] == "response.output_text.delta");
        Assert.Equal("""{"type":"error","code":"server_error","message":"The sandbox pretends that the model has failed half way.","param":null,"sequence_number":6}""", failed[^1].ToJsonString());
        Assert.DoesNotContain(await _sandbox.StreamAsync(Ask("a", model: "cut-stream")), one => (string?)one["type"] == "response.completed");
        var filtered = await _sandbox.StreamAsync(Ask("a", model: "content-filter-output"));
        Assert.Equal(("response.incomplete", "content_filter"), ((string?)filtered[^1]["type"], (string?)filtered[^1]["response"]!["incomplete_details"]!["reason"]));
    }

    [Fact]
    public async Task Responses_events_and_lists_are_valid_by_OpenAIs_schemas()
    {
        var bodies = new List<(string, string)>();
        foreach (var more in (string[])
            [
                "", $""" "tools":[{Weather},{Note}] """, $""" "tools":[{Note}],"parallel_tool_calls":false """, Reasoning, """ "tools":[{"type":"web_search"}],"metadata":{"a":"b"} """,
                """ "tools":[{"type":"image_generation","size":"64x64","partial_images":2}] """, """ "include":["message.output_text.logprobs"],"top_logprobs":2,"max_output_tokens":16,"user":"ann" """,
                """ "text":{"format":{"type":"json_schema","name":"x","schema":{"type":"object","properties":{"city":{"type":"string"}}}},"verbosity":"low"},"truncation":"auto" """, "\"background\":true",
            ])
        {
            var body = Ask("Is it warm in Paris?", more.Trim(), "gpt-5.1");
            var response = await _sandbox.RespondAsync(body);
            bodies.Add(("Response", response.ToJsonString()));
            bodies.AddRange((await _sandbox.StreamAsync(body)).Select(one => ("ResponseStreamEvent", one.ToJsonString())));
            if (!more.Contains("\"store\":false", StringComparison.Ordinal)) bodies.Add(("ResponseItemList", (await _sandbox.LookAsync($"{response["id"]}/input_items")).ToJsonString()));
        }
        var calls = await _sandbox.RespondAsync("""
            {"model":"gpt-5.1","input":[{"role":"user","content":[{"type":"input_image","image_url":"https://a.example/b.png"},{"type":"input_file","file_id":"file-1"}]},{"role":"assistant","content":"a"},
            {"type":"function_call","call_id":"c","name":"f","arguments":"{}"},{"type":"function_call_output","call_id":"c","output":"1"},{"type":"custom_tool_call","call_id":"d","name":"g","input":"x"},
            {"type":"custom_tool_call_output","call_id":"d","output":[{"type":"input_text","text":"2"}]}]}
            """);
        bodies.Add(("ResponseItemList", (await _sandbox.LookAsync($"{calls["id"]}/input_items")).ToJsonString()));
        bodies.Add(("CompactResource", (await _sandbox.RespondAsync(Ask("a"), "responses/compact")).ToJsonString()));
        bodies.Add(("TokenCountsResource", (await _sandbox.RespondAsync(Ask("a"), "responses/input_tokens")).ToJsonString()));
        bodies.AddRange((await _sandbox.StreamAsync(Ask("a", model: "stream-error"))).Where(one => (string?)one["type"] == "error").Select(one => ("ResponseStreamEvent", one.ToJsonString())));

        await OpenAISchemas.ExpectValidAsync(bodies);
    }
}
