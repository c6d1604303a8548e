using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What can be said in a conversation besides questions.</summary>
public sealed class ConversationCommandTests
{
    [Fact]
    public async Task Another_model_answers_from_then_on()
    {
        var (run, bodies) = await TalkAsync("/model\nHi\n/model openai/other\nHi\n/model opnai/x\nHi\n");

        Assert.Equal(["first", "other", "other"], bodies.Select(body => (string?)body["model"]));
        Assert.Contains("> muxi-llm: openai/first answers\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains("> muxi-llm: openai/other answers\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains("> muxi-llm: unknown provider 'opnai' in 'opnai/x'; did you mean openai?\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Instructions_can_be_given_changed_and_taken_away()
    {
        var (run, bodies) = await TalkAsync("/system\nA\n/system Be brief\n/system\nB\n/system Be long\nC\n/system off\nD\n");

        Assert.Equal(["user", "system", "system", "user"], bodies.Select(body => (string?)body["messages"]![0]!["role"]));
        Assert.Equal(("Be brief", "Be long"), ((string?)bodies[1]["messages"]![0]!["content"], (string?)bodies[2]["messages"]![0]!["content"]));
        Assert.Equal([1, 4, 6, 7], bodies.Select(body => body["messages"]!.AsArray().Count));
        Assert.Contains("the instructions: Be brief\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Undo_forgets_the_last_turn_and_clear_all_of_them()
    {
        var (_, bodies) = await TalkAsync("A\nB\n/undo\nC\n/clear\nD\n/undo\n/undo\nE\n");

        Assert.Equal(["A", "AokB", "AokC", "D", "E"], bodies.Select(body => string.Concat(body["messages"]!.AsArray().Select(message => (string?)message!["content"]))));
    }

    [Fact]
    public async Task Retry_asks_the_same_again_also_after_a_failure()
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("bad"), OpenAIWire.Stream("good"), CannedReply.Json("{}", 500), OpenAIWire.Stream("better"));

        var run = await Typing(server.Url, "/retry\nA\n/retry\nB\n/retry\n").RunAsync("chat", "-m", "openai/first");

        Assert.Equal("bad\ngood\nbetter\n", run.Output);
        Assert.Equal(["A", "A", "AgoodB", "AgoodB"], server.Requests.Select(request => string.Concat(JsonNode.Parse(request.Text)!["messages"]!.AsArray().Select(message => (string?)message!["content"]))));
        Assert.Contains("there is nothing to ask again\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Pictures_and_files_go_with_the_next_question()
    {
        var file = Path.GetTempFileName();
        await File.WriteAllTextAsync(file, "notes", TestContext.Current.CancellationToken);

        var (run, bodies) = await TalkAsync($"/image https://example.org/cat.jpg\n/file {file}\n/image nowhere.png\nWhat?\nAnd?\n");

        Assert.Equal(["text", "image_url", "file"], bodies[0]["messages"]![0]!["content"]!.AsArray().Select(part => (string?)part!["type"]));
        Assert.Equal("And?", (string?)bodies[1]["messages"]![2]!["content"]);
        Assert.Contains("muxi-llm: /image: There is no file 'nowhere.png'.\n", run.Errors, StringComparison.Ordinal);
        File.Delete(file);
    }

    [Theory]
    [InlineData("one \\\ntwo\n", "one \ntwo")]
    [InlineData("\"\"\"\none\n\n/two\n\"\"\"\n", "one\n\n/two")]
    [InlineData("\"\"\"one\ntwo\"\"\"\n", "one\ntwo")]
    [InlineData("\"\"\"one\"\"\"\n", "one")]
    [InlineData("one \\\n", "one \n")]
    [InlineData("//help me\n", "/help me")]
    [InlineData("/home/ann is what?\n", "/home/ann is what?")]
    [InlineData("/ what?\n", "/ what?")]
    public async Task A_question_may_have_lines_and_slashes(string typed, string asked)
    {
        var (_, bodies) = await TalkAsync(typed);

        Assert.Equal(asked, (string?)Assert.Single(bodies)["messages"]![0]!["content"]);
    }

    [Fact]
    public async Task What_it_took_is_told_when_asked()
    {
        var (run, _) = await TalkAsync("/usage\nA\nB\n/usage\n");

        Assert.Contains("usage: nothing was answered yet\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains("usage: 12 prompt (3 cached) + 5 completion (2 reasoning) = 17 tokens in 0.0 s; 34 tokens in all\n", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Help_names_every_command_and_an_unknown_one_the_nearest()
    {
        var (run, bodies) = await TalkAsync("/help\n/modle x\n/whatsoever\n/quit\nmore\n");

        Assert.Empty(bodies);
        Assert.All(Muxi.Llm.Cli.ConversationCommand.All.Except(["help"]), command => Assert.Contains($"/{command}", run.Errors, StringComparison.Ordinal));
        Assert.Contains("there is no /modle; did you mean /model? (a question that begins with a slash begins with two)\n", run.Errors, StringComparison.Ordinal);
        Assert.Contains("there is no /whatsoever: /help says what there is", run.Errors, StringComparison.Ordinal);
    }

    private static async Task<(CliResult Run, List<JsonNode> Bodies)> TalkAsync(string typed)
    {
        await using var server = await ReplayServer.StartAsync(1, OpenAIWire.Stream("ok"));
        var run = await Typing(server.Url, typed).RunAsync("chat", "-m", "openai/first");
        Assert.Equal(0, run.ExitCode);
        return (run, [.. server.Requests.Select(request => JsonNode.Parse(request.Text)!)]);
    }

    private static CliRun Typing(Uri server, string lines) => new() { Environment = CliRun.OpenAI(server), In = new StringReader(lines), IsInTerminal = true };
}
