using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

public sealed class SandboxChatTests : IDisposable
{
    private readonly SandboxClient _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public async Task A_plain_prompt_gets_an_honest_and_short_answer()
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("chat", "Say hello"));

        Assert.Equal("Hello! I am the muxi-llm sandbox, a simulator and not a model. You said: \"Say hello\".", (string)reply["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("stop", (string)reply["choices"]![0]!["finish_reason"]!);
        Assert.Equal("chat.completion", (string)reply["object"]!);
        Assert.Equal("chat", (string)reply["model"]!);
        Assert.Equal(new ManualTime().GetUtcNow().ToUnixTimeSeconds(), (long)reply["created"]!);
    }

    [Theory]
    [InlineData("gpt-4o")]
    [InlineData("anthropic/claude")]
    [InlineData("my-slow")]
    public async Task Any_name_that_is_no_fault_answers_like_chat(string model) =>
        Assert.Contains("sandbox", await _sandbox.ContentAsync(SandboxClient.Body(model, "hi")), StringComparison.Ordinal);

    [Fact]
    public async Task Equal_requests_get_equal_replies_and_others_get_other_ids()
    {
        var first = await _sandbox.ReplyAsync(SandboxClient.Body("chat", "hi"));
        using var another = new SandboxClient();

        Assert.Equal(first.ToJsonString(), (await another.ReplyAsync(SandboxClient.Body("chat", "hi"))).ToJsonString());
        Assert.NotEqual((string)first["id"]!, (string)(await _sandbox.ReplyAsync(SandboxClient.Body("chat", "ho")))["id"]!);
        Assert.NotEqual((string)first["id"]!, (string)(await _sandbox.ReplyAsync(SandboxClient.Body("chat", "hi", "\"seed\":1")))["id"]!);
    }

    [Fact]
    public async Task The_reply_says_what_else_arrived()
    {
        var text = await _sandbox.ContentAsync("""
            {"model":"chat","temperature":0.5,"x_unknown":{"a":1},"messages":[
              {"role":"system","content":"Be brief."},{"role":"user","content":"One"},{"role":"assistant","content":"Two"},
              {"role":"user","content":[
                {"type":"text","text":"Look"},
                {"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}},
                {"type":"image_url","image_url":{"url":"https://example.com/cat.jpg"}},
                {"type":"input_audio","input_audio":{"format":"mp3","data":"AAAA"}},
                {"type":"file","file":{"filename":"a.pdf","file_data":"data:application/pdf;base64,AAAAAA=="}},
                {"type":"hologram","depth":3}]}]}
            """);

        Assert.Contains("You said: \"Look\".", text, StringComparison.Ordinal);
        foreach (var fact in new[]
        {
            "- system prompt: \"Be brief.\"", "- earlier turns: 1 user, 1 assistant", "- image: image/png, 8 bytes", "- image: https://example.com/cat.jpg",
            "- audio: mp3, 3 bytes", "- file: a.pdf, application/pdf, 4 bytes", "- hologram: ", "- temperature: 0.5", "- x_unknown: {\"a\":1}",
        })
            Assert.Contains(fact, text, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("Hello, world")]
    [InlineData("  two  spaces\n\n\tand a tab ")]
    [InlineData("سلام 👩‍👩‍👧 \"quoted\" \\ é 漢字漢字漢字漢字")]
    [InlineData("")]
    public async Task Echo_repeats_the_last_user_message_to_the_letter(string text) =>
        Assert.Equal(text, await _sandbox.ContentAsync(SandboxClient.Body("echo", text, """ "tools":[{"type":"function","function":{"name":"f"}}] """)));

    [Fact]
    public async Task N_asks_for_that_many_choices()
    {
        var choices = (await _sandbox.ReplyAsync(SandboxClient.Body("chat", "hi", "\"n\":3")))["choices"]!.AsArray();

        Assert.Equal([0, 1, 2], choices.Select(choice => (int)choice!["index"]!));
        Assert.Equal(3, choices.Select(choice => (string)choice!["message"]!["content"]!).Distinct().Count());
    }

    [Theory]
    [InlineData("\"stop\":\"three\"", "one two ")]
    [InlineData("\"stop\":[\"zzz\",\"two\",\"three\"]", "one ")]
    [InlineData("\"stop\":[\"zzz\"]", "one two three four")]
    public async Task A_stop_sequence_ends_the_text_before_it(string stop, string expected)
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("echo", "one two three four", stop));

        Assert.Equal(expected, (string)reply["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("stop", (string)reply["choices"]![0]!["finish_reason"]!);
    }

    [Theory]
    [InlineData("\"max_tokens\":2", "one two", "length")]
    [InlineData("\"max_completion_tokens\":3", "one two three", "length")]
    [InlineData("\"max_completion_tokens\":1,\"max_tokens\":3", "one", "length")]
    [InlineData("\"max_tokens\":4", "one two three four", "stop")]
    public async Task A_limit_of_tokens_cuts_the_text(string limit, string expected, string finish)
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("echo", "one two three four", limit));

        Assert.Equal(expected, (string)reply["choices"]![0]!["message"]!["content"]!);
        Assert.Equal(finish, (string)reply["choices"]![0]!["finish_reason"]!);
        Assert.Equal(SandboxTokens.Count(expected), (int)reply["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Usage_adds_up_and_counts_what_was_sent()
    {
        var little = (await _sandbox.ReplyAsync(SandboxClient.Body("echo", "one two")))["usage"]!;
        var more = (await _sandbox.ReplyAsync(SandboxClient.Body("echo", "one two three", "\"n\":2")))["usage"]!;

        Assert.Equal(SandboxTokens.PerMessage + 2 + 3, (int)little["prompt_tokens"]!);
        Assert.Equal(2, (int)little["completion_tokens"]!);
        Assert.Equal((int)little["prompt_tokens"]! + 2, (int)little["total_tokens"]!);
        Assert.Equal(0, (int)little["prompt_tokens_details"]!["cached_tokens"]!);
        Assert.Equal((int)little["prompt_tokens"]! + 1, (int)more["prompt_tokens"]!);
        Assert.Equal(6, (int)more["completion_tokens"]!);
    }

    [Fact]
    public async Task Reasoning_comes_beside_the_content_and_is_counted()
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("echo", "hi", "\"reasoning_effort\":\"high\""));
        var message = reply["choices"]![0]!["message"]!;
        var usage = reply["usage"]!;

        Assert.Contains("high", (string)message["reasoning_content"]!, StringComparison.Ordinal);
        Assert.Equal("hi", (string)message["content"]!);
        Assert.Equal(SandboxTokens.Count((string)message["reasoning_content"]!), (int)usage["completion_tokens_details"]!["reasoning_tokens"]!);
        Assert.Equal((int)usage["completion_tokens_details"]!["reasoning_tokens"]! + 1, (int)usage["completion_tokens"]!);
    }

    [Theory]
    [InlineData("\"reasoning_effort\":\"none\"")]
    [InlineData("\"reasoning_effort\":null")]
    public async Task Without_an_effort_there_is_no_reasoning(string effort) =>
        Assert.Null((await _sandbox.MessageAsync(SandboxClient.Body("chat", "hi", effort)))["reasoning_content"]);

    [Fact]
    public async Task Reasoning_uses_up_the_limit_of_tokens_first()
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("echo", "hi", "\"reasoning_effort\":\"low\",\"max_completion_tokens\":5"));

        Assert.Equal("", (string)reply["choices"]![0]!["message"]!["content"]!);
        Assert.Equal("length", (string)reply["choices"]![0]!["finish_reason"]!);
        Assert.Equal(5, (int)reply["usage"]!["completion_tokens"]!);
    }

    [Fact]
    public async Task Logprobs_cover_the_text_token_by_token()
    {
        var reply = await _sandbox.ReplyAsync(SandboxClient.Body("echo", "one 👋 the two", "\"logprobs\":true,\"top_logprobs\":4"));
        var tokens = reply["choices"]![0]!["logprobs"]!["content"]!.AsArray();

        Assert.Equal("one 👋 the two", string.Concat(tokens.Select(token => (string)token!["token"]!)));
        Assert.All(tokens, token =>
        {
            var top = token!["top_logprobs"]!.AsArray();
            Assert.Equal(System.Text.Encoding.UTF8.GetBytes((string)token["token"]!).Select(part => (int)part), token["bytes"]!.AsArray().Select(part => (int)part!));
            Assert.Equal((string)token["token"]!, (string)top[0]!["token"]!);
            Assert.Equal(4, top.Select(one => (string)one!["token"]!).Distinct().Count());
            Assert.Equal(top.Select(one => (double)one!["logprob"]!).OrderDescending(), top.Select(one => (double)one!["logprob"]!));
            Assert.True((double)token["logprob"]! < 0);
        });
        Assert.Null((await _sandbox.ReplyAsync(SandboxClient.Body("echo", "one")))["choices"]![0]!["logprobs"]);
    }

    [Fact]
    public async Task A_spoken_reply_is_a_valid_wav_file_with_its_transcript()
    {
        var message = await _sandbox.MessageAsync(SandboxClient.Body("echo", "hi", """ "modalities":["text","audio"],"audio":{"voice":"alloy","format":"wav"} """));
        var wav = Convert.FromBase64String((string)message["audio"]!["data"]!);

        Assert.Null(message["content"]);
        Assert.Equal("hi", (string)message["audio"]!["transcript"]!);
        Assert.Equal("RIFF", System.Text.Encoding.ASCII.GetString(wav, 0, 4));
        Assert.Equal(wav.Length - 8, BitConverter.ToInt32(wav, 4));
        Assert.Equal("WAVEfmt ", System.Text.Encoding.ASCII.GetString(wav, 8, 8));
        Assert.Equal(24_000, BitConverter.ToInt32(wav, 24));
        Assert.Equal(wav.Length - 44, BitConverter.ToInt32(wav, 40));
    }

    [Fact]
    public async Task A_json_object_shows_what_arrived()
    {
        var reply = JsonNode.Parse(await _sandbox.ContentAsync(SandboxClient.Body("chat", "Give me JSON", """ "response_format":{"type":"json_object"} """)))!;

        Assert.Equal("Give me JSON", (string)reply["you_said"]!);
        Assert.Contains("response format: json_object", reply["also_received"]!.AsArray().Select(item => (string)item!));
    }

    [Fact]
    public async Task A_json_schema_is_satisfied_with_the_users_own_words_where_they_fit()
    {
        const string format = """
            "response_format":{"type":"json_schema","json_schema":{"name":"trip","strict":true,"schema":{"type":"object","additionalProperties":false,
            "properties":{"city":{"type":"string"},"days":{"type":"integer"},"kind":{"enum":["work","fun"]},"note":{"type":["string","null"]}},
            "required":["city","days","kind","note"]}}}
            """;

        var reply = JsonNode.Parse(await _sandbox.ContentAsync(SandboxClient.Body("chat", "Plan 3 days in New York, please.", format)))!;

        Assert.Equal("New York", (string)reply["city"]!);
        Assert.Equal(3, (int)reply["days"]!);
        Assert.Equal("work", (string)reply["kind"]!);
    }
}
