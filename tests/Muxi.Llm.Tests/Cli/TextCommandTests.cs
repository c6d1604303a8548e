using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm complete</c>, <c>embed</c> and <c>moderate</c>: what is sent, what stands on stdout and stderr, and how they end.</summary>
public sealed class TextCommandTests : IDisposable
{
    private const string Whole = """{"id":"1","object":"text_completion","created":7,"model":"m","choices":[{"text":" time","index":0,"logprobs":null,"finish_reason":"stop"}],"usage":{"prompt_tokens":2,"completion_tokens":1,"total_tokens":3}}""";
    private const string Vectors = """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,-1]},{"object":"embedding","index":1,"embedding":[0.25,2]}],"model":"m","usage":{"prompt_tokens":4,"total_tokens":4}}""";
    private const string Found = """{"id":"1","model":"m","results":[{"flagged":true,"categories":{"hate":false,"violence":true,"harassment":true},"category_scores":{"hate":0.1,"violence":0.61234,"harassment":0.9}}]}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm texts ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task Complete_shows_the_answer_as_it_comes_on_a_line_of_its_own()
    {
        await using var server = await ReplayServer.StartAsync(1, Stream(" upon", " a time"));

        var run = await CliRun.Asking(server.Url).RunAsync("complete", "-m", "gpt-3.5-turbo-instruct", "Once");

        Assert.Equal(new CliResult(0, " upon a time\n", ""), run);
        Assert.Equal("/v1/completions", server.Requests[0].Target);
    }

    [Fact]
    public async Task Every_option_of_complete_reaches_the_wire()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Whole));

        var run = await CliRun.Asking(server.Url).RunAsync(
            "complete", "-m", "m", "--suffix", "end", "--echo", "--stop", ".", "--stop", "!", "--max-tokens", "7", "--temperature", "0.5", "--seed", "0", "--no-stream", "--usage", "Once upon a");

        Assert.Equal((0, " time\n"), (run.ExitCode, run.Output));
        Assert.StartsWith("muxi-llm: usage: 2 prompt + 1 completion = 3 tokens", run.Errors, StringComparison.Ordinal);
        Assert.Equal("""{"model":"m","prompt":"Once upon a","suffix":"end","echo":true,"max_tokens":7,"temperature":0.5,"seed":0,"stop":[".","!"]}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task Complete_prints_the_whole_reply_as_JSON_streamed_or_not()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"stream\":true", StringComparison.Ordinal) ? Stream(" time") : CannedReply.Json(Whole));

        foreach (var more in (string[][])[[], ["--no-stream"]])
        {
            var run = await CliRun.Asking(server.Url).RunAsync(["complete", "-m", "m", "--json", .. more, "Once"]);
            Assert.Equal((" time", "text_completion"), ((string?)JsonNode.Parse(run.Output)!["choices"]![0]!["text"], (string?)JsonNode.Parse(run.Output)!["object"]));
        }
    }

    [Fact]
    public async Task A_completion_that_breaks_off_shows_what_came_and_fails()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(Piece(" upon")));

        var run = await CliRun.Asking(server.Url).RunAsync("complete", "-m", "m", "Once");

        Assert.Equal((1, " upon\n"), (run.ExitCode, run.Output));
        Assert.Contains("was cut", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_prompt_comes_from_stdin_and_follows_one_that_is_given()
    {
        await using var server = await ReplayServer.StartAsync(1, Stream("x"));

        await new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("from stdin\n") }.RunAsync("complete", "-m", "m", "-");
        await new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("more\n") }.RunAsync("complete", "-m", "m", "Read:");

        Assert.Equal(["from stdin", "Read:\n\nmore"], server.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["prompt"]));
    }

    [Fact]
    public async Task Embed_prints_a_line_of_numbers_for_each_text()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Vectors));

        var run = await CliRun.Asking(server.Url).RunAsync("embed", "-m", "text-embedding-3-small", "--dimensions", "2", "one", "two");

        Assert.Equal(new CliResult(0, "[0.5,-1]\n[0.25,2]\n", ""), run);
        Assert.Equal("""{"model":"text-embedding-3-small","input":["one","two"],"dimensions":2,"encoding_format":"base64"}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task Embed_reads_lines_of_files_and_of_stdin_and_one_text_from_stdin()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Vectors));
        var file = Path.Combine(_folder.FullName, "lines.txt");
        await File.WriteAllTextAsync(file, "one\r\n\n  \ntwo\n", TestContext.Current.CancellationToken);

        await CliRun.Asking(server.Url).RunAsync("embed", "-m", "m", "--lines", file);
        await new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("a\nb\n") }.RunAsync("embed", "-m", "m", "--lines", "-");
        await new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("a\nb\n") }.RunAsync("embed", "-m", "m");

        Assert.Equal(["""["one","two"]""", """["a","b"]""", "\"a\\nb\""], server.Requests.Select(request => JsonNode.Parse(request.Text)!["input"]!.ToJsonString()));
    }

    [Fact]
    public async Task Embed_prints_the_reply_as_JSON_and_its_usage()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Vectors));

        var run = await CliRun.Asking(server.Url).RunAsync("embed", "-m", "m", "--json", "--usage", "one", "two");

        Assert.Equal(Vectors, JsonNode.Parse(run.Output)!.ToJsonString());
        Assert.Contains("4 prompt", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Moderate_prints_the_categories_that_were_found_the_surest_first()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Found), CannedReply.Json(Found.Replace("true", "false", StringComparison.Ordinal)));
        var picture = Path.Combine(_folder.FullName, "dot.png");
        await File.WriteAllBytesAsync(picture, [0x89, .. "PNG"u8, 13, 10, 26, 10], TestContext.Current.CancellationToken);

        Assert.Equal(new CliResult(0, "harassment 0.9\nviolence 0.612\n", ""), await CliRun.Asking(server.Url).RunAsync("moderate", "-m", "omni-moderation-latest", "I will find you"));
        Assert.Equal(new CliResult(0, "not flagged\n", ""), await CliRun.Asking(server.Url).RunAsync("moderate", "-m", "m", "--image", picture, "See"));
        Assert.Equal(["""{"model":"omni-moderation-latest","input":"I will find you"}""", """{"model":"m","input":[{"type":"text","text":"See"},{"type":"image_url","image_url":{"url":"data:image/png;base64,iVBORw0KGgo="}}]}"""], server.Requests.Select(request => request.Text));
    }

    [Fact]
    public async Task Moderate_prints_the_reply_as_JSON()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Found));

        Assert.Equal(Found, JsonNode.Parse((await CliRun.Asking(server.Url).RunAsync("moderate", "--json", "-m", "m", "x")).Output)!.ToJsonString());
    }

    [Theory]
    [InlineData("complete", "sandbox/chat", "openai/gpt-3.5-turbo-instruct")]
    [InlineData("embed", "sandbox/embed", "openai/text-embedding-3-small")]
    [InlineData("moderate", "sandbox/moderate", "openai/omni-moderation-latest")]
    public async Task Without_a_model_the_first_provider_with_a_key_answers_else_the_sandbox(string command, string sandbox, string openai)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("{}", 500));

        var without = await new CliRun().RunAsync(command, "x");
        var with = await CliRun.Asking(server.Url).RunAsync(command, "x");

        Assert.Equal(0, without.ExitCode);
        Assert.Contains($"{sandbox} answers (no key is set; set OPENAI_API_KEY for {openai})", without.Errors, StringComparison.Ordinal);
        Assert.Contains($"{openai} answers (OPENAI_API_KEY is set; -m picks another)", with.Errors, StringComparison.Ordinal);
        Assert.Equal(1, with.ExitCode);
    }

    [Theory]
    [InlineData(2, "There is no prompt", "complete")]
    [InlineData(2, "There is more than one prompt", "complete", "a", "b")]
    [InlineData(2, "Did you mean --suffix?", "complete", "--sufix")]
    [InlineData(2, "--max-tokens must be a whole number from 1 up, not '0'", "complete", "--max-tokens", "0", "a")]
    [InlineData(2, "--seed must be a whole number from 0 up", "complete", "--seed", "-1", "a")]
    [InlineData(2, "--model is empty", "complete", "-m", "", "a")]
    [InlineData(2, "There is no text", "embed")]
    [InlineData(2, "stdin can be read once", "embed", "-", "--lines", "-")]
    [InlineData(2, "A text is empty", "embed", "a", "")]
    [InlineData(2, "Did you mean --dimensions?", "embed", "--dimension")]
    [InlineData(1, "--lines: ", "embed", "--lines", "no-such-file.txt")]
    [InlineData(2, "There is no text", "moderate")]
    [InlineData(1, "--image: ", "moderate", "--image", "no-such-picture.png")]
    [InlineData(1, "groq does not offer completions", "complete", "-m", "groq/m", "a")]
    [InlineData(1, "needs a key", "embed", "-m", "openai/m", "a")]
    [InlineData(1, "anthropic does not offer embeddings", "embed", "-m", "anthropic/m", "a")]
    [InlineData(1, "anthropic does not offer completions", "complete", "-m", "anthropic/m", "a")]
    [InlineData(1, "anthropic does not offer completions", "complete", "--no-stream", "-m", "anthropic/m", "a")]
    [InlineData(1, "anthropic does not offer speech", "speak", "-m", "anthropic/m", "a")]
    [InlineData(1, "--lines: There is no file 'no-such-file.txt'.", "embed", "--lines", "no-such-file.txt")]
    public async Task What_cannot_work_is_told_in_a_line(int code, string told, params string[] arguments)
    {
        var run = await new CliRun { Environment = new() { ["GROQ_API_KEY"] = "gsk-1" } }.RunAsync(arguments);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_fallback_answers_and_is_told()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("\"bad\"", StringComparison.Ordinal) ? CannedReply.Json("{}", 503) : CannedReply.Json(Vectors));

        var run = await CliRun.Asking(server.Url).RunAsync("embed", "-m", "bad", "--fallback", "good", "one", "two");

        Assert.Equal((0, "[0.5,-1]\n[0.25,2]\n"), (run.ExitCode, run.Output));
        Assert.Contains("going on to openai/good", run.Errors, StringComparison.Ordinal);
    }

    private static CannedReply Stream(params string[] pieces) => CannedReply.Sse(string.Concat(pieces.Select(Piece)) + "data: {\"choices\":[{\"text\":\"\",\"index\":0,\"finish_reason\":\"stop\"}]}\n\n" + Calls.Done);

    private static string Piece(string text) => $$"""data: {"id":"1","object":"text_completion","created":7,"model":"m","choices":[{"text":"{{text}}","index":0,"logprobs":null,"finish_reason":null}]}""" + "\n\n";
}
