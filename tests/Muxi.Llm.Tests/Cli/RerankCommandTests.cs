using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm rerank</c>: what is sent, what stands on stdout and stderr, and how it ends.</summary>
public sealed class RerankCommandTests : IDisposable
{
    private const string Good = """{"data":[{"index":1,"relevance_score":0.91234},{"index":0,"relevance_score":-2}],"model":"m","usage":{"total_tokens":7}}""";

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm rerank ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task It_prints_a_line_for_each_text_the_best_first()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));

        var run = await Asking(server).RunAsync("rerank", "-m", "voyage/rerank-2.5", "What?", "-d", "one", "-d", "two\nlines", "--top", "2", "--usage");

        Assert.Equal((0, "0.9123 1 two lines\n-2 0 one\n"), (run.ExitCode, run.Output));
        Assert.Contains("7 prompt", run.Errors, StringComparison.Ordinal);
        Assert.Equal("""{"model":"rerank-2.5","query":"What?","documents":["one","two\nlines"],"top_k":2}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task Documents_are_lines_of_files_and_of_stdin_texts_or_JSON()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));
        var file = Path.Combine(_folder.FullName, "lines.jsonl");
        await File.WriteAllTextAsync(file, "one\r\n\n{\"text\":\"two\"}\n\"three\\n!\"\n{no JSON\n", TestContext.Current.CancellationToken);

        await Asking(server).RunAsync("rerank", "-m", "voyage/m", "q", "--documents", file);
        await new CliRun { Environment = Asking(server).Environment, In = new StringReader("a\nb\n") }.RunAsync("rerank", "-m", "voyage/m", "q");
        await new CliRun { Environment = Asking(server).Environment, In = new StringReader("b\n") }.RunAsync("rerank", "-m", "voyage/m", "q", "-d", "a", "--documents", "-");

        Assert.Equal(["""["one","two","three\n!","{no JSON"]""", """["a","b"]""", """["a","b"]"""], server.Requests.Select(request => JsonNode.Parse(request.Text)!["documents"]!.ToJsonString()));
    }

    [Fact]
    public async Task It_prints_the_reply_as_JSON_and_tells_what_was_left_out()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));

        var run = await Asking(server).RunAsync("rerank", "-m", "voyage/m", "q", "-d", "a", "-d", "b", "--json", "--instruction", "i");

        Assert.Equal("[1,0]", new JsonArray([.. JsonNode.Parse(run.Output)!["results"]!.AsArray().Select(result => result!["index"]!.DeepClone())]).ToJsonString());
        Assert.Contains("instruction", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Without_a_model_the_first_provider_with_a_key_ranks_else_the_sandbox()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Good));

        var without = await new CliRun().RunAsync("rerank", "a", "-d", "b", "-d", "a");
        var with = await Asking(server).RunAsync("rerank", "a", "-d", "b", "-d", "a");

        Assert.Equal((0, "1 1 a\n0 0 b\n"), (without.ExitCode, without.Output));
        Assert.Contains("sandbox/rerank answers (no key is set; set ", without.Errors, StringComparison.Ordinal);
        Assert.Contains("voyage/rerank-2.5 answers (VOYAGE_API_KEY is set; -m picks another)", with.Errors, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "There is nothing to rank", "rerank", "q")]
    [InlineData(2, "Required argument 'QUERY' missing", "rerank")]
    [InlineData(2, "A text is empty", "rerank", "q", "-d", "")]
    [InlineData(2, "stdin can be read once", "rerank", "q", "--documents", "-", "--documents", "-")]
    [InlineData(1, "--documents: ", "rerank", "q", "--documents", "no-such-file.txt")]
    [InlineData(2, "--top must be a whole number from 1 up, not '0'", "rerank", "q", "-d", "a", "--top", "0")]
    [InlineData(1, "anthropic does not offer rerank", "rerank", "-m", "anthropic/m", "q", "-d", "a")]
    public async Task What_cannot_work_is_told_in_a_line(int code, string told, params string[] arguments)
    {
        var run = await new CliRun().RunAsync(arguments);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.Contains(told, run.Errors, StringComparison.Ordinal);
    }

    private static CliRun Asking(ReplayServer server) => new() { Environment = new() { ["VOYAGE_API_KEY"] = "pa-canary-0123456789", ["VOYAGE_BASE_URL"] = new Uri(server.Url, "v1").ToString() } };
}
