using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm image</c>: what is sent, which files come of it, and what stands on stdout and stderr.</summary>
public sealed class ImageCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm image ");

    private static CancellationToken Cancel => TestContext.Current.CancellationToken;

    [Fact]
    public async Task The_picture_is_saved_here_and_its_name_stands_on_stdout()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));

        var first = await Asking(server.Url).RunAsync("image", "-m", "openai/gpt-image-1", "A cat");
        var second = await Asking(server.Url).RunAsync("image", "-m", "gpt-image-1", "A cat");

        Assert.Equal((new CliResult(0, "image-1.png\n", ""), new CliResult(0, "image-2.png\n", "")), (first, second));
        Assert.Equal(ImageWire.Png, await File.ReadAllBytesAsync(At("image-2.png"), Cancel));
        Assert.Equal("""{"model":"gpt-image-1","prompt":"A cat"}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task Every_option_reaches_the_wire()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await File.WriteAllBytesAsync(At("cat.png"), ImageWire.Png, Cancel);
        await File.WriteAllBytesAsync(At("hat.jpg"), ImageWire.Jpeg, Cancel);

        await Asking(server.Url).RunAsync("image", "-m", "m", "-n", "2", "--size", "1536x1024", "--quality", "high", "--background", "transparent", "--format", "webp", "A cat");
        await Asking(server.Url).RunAsync("image", "-m", "m", "--edit", At("cat.png"), "--edit", At("hat.jpg"), "--mask", At("cat.png"), "--size", "auto", "--quality", "low", "Put it on");
        await Asking(server.Url).RunAsync("image", "-m", "m", "--edit", "https://example.org/cat.png", "Put it on");
        await Asking(server.Url).RunAsync("image", "-m", "dall-e-2", "--vary", At("cat.png"), "-n", "2", "--size", "256x256");

        Assert.Equal("""{"model":"m","prompt":"A cat","n":2,"size":"1536x1024","quality":"high","background":"transparent","output_format":"webp"}""", server.Requests[0].Text);
        Assert.Equal(["model=m", "prompt=Put it on", "size=auto", "quality=low", "image[]: cat.png image/png 94", "image[]: hat.jpg image/jpeg 226", "mask: cat.png image/png 94"], await ImageWire.FieldsAsync(server.Requests[1]));
        Assert.Equal("""{"model":"m","images":[{"image_url":"https://example.org/cat.png"}],"prompt":"Put it on"}""", server.Requests[2].Text);
        Assert.Equal(["model=dall-e-2", "n=2", "size=256x256", "image: cat.png image/png 94"], await ImageWire.FieldsAsync(server.Requests[3]));
    }

    [Fact]
    public async Task The_prompt_may_stand_on_stdin()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));

        await new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("A cat\n"), WorkingDirectory = _folder.FullName }.RunAsync("image", "-m", "m", "-");
        await new CliRun { Environment = CliRun.OpenAI(server.Url), In = new StringReader("by night\n"), WorkingDirectory = _folder.FullName }.RunAsync("image", "-m", "m", "A cat");

        Assert.Equal(["A cat", "A cat\n\nby night"], server.Requests.Select(request => (string?)JsonNode.Parse(request.Text)!["prompt"]));
    }

    [Fact]
    public async Task Output_is_a_file_or_a_folder()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json(request.Text.Contains("\"n\":2", StringComparison.Ordinal) ? ImageWire.Reply.Replace("}],", $"}},{{\"b64_json\":\"{Convert.ToBase64String(ImageWire.Jpeg)}\"}}],", StringComparison.Ordinal) : ImageWire.Reply));
        await File.WriteAllTextAsync(At("old.png"), "old", Cancel);

        Assert.Equal(new(0, At("old.png") + "\n", ""), await Asking(server.Url).RunAsync("image", "-m", "m", "-o", At("old.png"), "--force", "A cat"));
        Assert.Equal(new(0, At("cat.jpg") + "\n", $"muxi-llm: {At("cat.jpg")} is image/png, whatever its name says (--format asks for another)\n"), await Asking(server.Url).RunAsync("image", "-m", "m", "-o", At("cat.jpg"), "A cat"));
        Assert.Equal(new(0, At("new/image-1.png") + "\n" + At("new/image-2.jpg") + "\n", ""), await Asking(server.Url).RunAsync("image", "-m", "m", "-n", "2", "-o", At("new/"), "A cat"));
        Assert.Equal(new(0, At("two-1.png") + "\n" + At("two-2.jpg") + "\n", ""), await Asking(server.Url).RunAsync("image", "-m", "m", "-n", "2", "-o", At("two"), "A cat"));
        Assert.Equal(ImageWire.Png, await File.ReadAllBytesAsync(At("old.png"), Cancel));
        Assert.Equal(ImageWire.Jpeg, await File.ReadAllBytesAsync(At("new/image-2.jpg"), Cancel));
    }

    [Fact]
    public async Task A_file_that_is_there_stays_and_nothing_is_asked()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await File.WriteAllTextAsync(At("old.png"), "old", Cancel);

        var named = await Asking(server.Url).RunAsync("image", "-m", "m", "-o", At("old.png"), "A cat");
        var unnamed = await Asking(server.Url).RunAsync("image", "-m", "m", "-o", At("old"), "A cat");

        Assert.All([named, unnamed], refused => Assert.Equal(new(1, "", $"muxi-llm: -o: '{At("old.png")}' is there already (--force replaces it)\n"), refused));
        Assert.Empty(server.Requests);
        Assert.Equal("old", await File.ReadAllTextAsync(At("old.png"), Cancel));
    }

    [Fact]
    public async Task As_JSON_the_whole_reply_stands_on_stdout_and_files_are_made_only_where_they_are_named()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));

        var plain = await Asking(server.Url).RunAsync("image", "-m", "m", "--json", "A cat");
        var saved = await Asking(server.Url).RunAsync("image", "-m", "m", "--json", "-o", At("cat.png"), "A cat");

        Assert.Equal((0, "", ImageWire.Base64), (plain.ExitCode, plain.Errors, (string?)JsonNode.Parse(plain.Output)!["data"]![0]!["b64_json"]));
        Assert.Equal((plain.Output, $"muxi-llm: saved {At("cat.png")}\n"), (saved.Output, saved.Errors));
        Assert.Single(_folder.GetFiles());
    }

    [Fact]
    public async Task On_a_terminal_unfinished_pictures_are_told_of()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Sse(ImageWire.Partial(0) + ImageWire.Partial(1) + ImageWire.Completed()));
        var run = new CliRun { Environment = CliRun.OpenAI(server.Url), WorkingDirectory = _folder.FullName, IsErrorTerminal = true };

        var result = await run.RunAsync("image", "-m", "m", "A cat");

        Assert.Equal(new(0, "image-1.png\n", "muxi-llm: unfinished picture 1 of 2 after 0.0 s\nmuxi-llm: unfinished picture 2 of 2 after 0.0 s\n"), result);
        Assert.Equal("""{"model":"m","prompt":"A cat","partial_images":2,"stream":true}""", server.Requests[0].Text);
    }

    [Fact]
    public async Task A_model_or_a_service_that_does_not_stream_is_asked_without()
    {
        await using var server = await ReplayServer.StartAsync(1, request => request.Text.Contains("stream", StringComparison.Ordinal) ? CannedReply.Json("""{"error":{"message":"Unknown parameter: 'stream'.","type":"invalid_request_error","param":"stream","code":"unknown_parameter"}}""", 400) : CannedReply.Json(ImageWire.Reply));
        var openai = new CliRun { Environment = CliRun.OpenAI(server.Url), WorkingDirectory = _folder.FullName, IsErrorTerminal = true };
        var xai = new CliRun { Environment = new() { ["XAI_API_KEY"] = "k", ["XAI_BASE_URL"] = server.Url.ToString() }, WorkingDirectory = _folder.FullName, IsErrorTerminal = true };

        Assert.Equal(new(0, "image-1.png\n", ""), await openai.RunAsync("image", "-m", "openai/dall-e-3", "A cat"));
        Assert.Equal(new(0, "image-2.png\n", ""), await xai.RunAsync("image", "-m", "xai/grok-imagine-image", "A cat"));
        Assert.Equal("""{"model":"dall-e-3","prompt":"A cat"}""", server.Requests[1].Text);
        Assert.Equal(3, server.Requests.Count);
    }

    [Fact]
    public async Task A_picture_that_came_as_an_address_is_read_and_saved()
    {
        Uri? url = null;
        await using var server = await ReplayServer.StartAsync(1, request => request.Method == "GET" ? new CannedReply(200, new Dictionary<string, string>(), ImageWire.Jpeg) : CannedReply.Json($$"""{"created":1,"data":[{"url":"{{url}}1.png"}]}"""));
        url = server.Url;

        Assert.Equal(new(0, "image-1.jpg\n", ""), await Asking(server.Url).RunAsync("image", "-m", "m", "A cat"));
        Assert.Equal(ImageWire.Jpeg, await File.ReadAllBytesAsync(At("image-1.jpg"), Cancel));
    }

    [Fact]
    public async Task Without_a_key_the_simulator_draws_and_stderr_says_so()
    {
        var run = await new CliRun { WorkingDirectory = _folder.FullName }.RunAsync("image", "--size", "16x16", "A cat");

        Assert.Equal(new(0, "image-1.png\n", "muxi-llm: sandbox/image answers (no key is set; set OPENAI_API_KEY for openai/gpt-image-1)\n"), run);
    }

    [Theory]
    [InlineData("cat.png", "-o: '{0}' is there already (--force replaces it)")]
    [InlineData("cat", "-o: '{0}.png' is there already (--force replaces it)")]
    [InlineData("no/cat.png", "-o: there is no directory '{1}'")]
    public async Task What_cannot_be_saved_is_told_before_a_picture_is_paid_for(string name, string told)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        await File.WriteAllTextAsync(At("cat.png"), "old", Cancel);

        var run = await Asking(server.Url).RunAsync("image", "-m", "m", "-o", At(name), "A cat");

        Assert.Equal(new(1, "", $"muxi-llm: {string.Format(System.Globalization.CultureInfo.InvariantCulture, told, At(name), At("no"))}\n"), run);
        Assert.Empty(server.Requests);
        Assert.Equal("old", await File.ReadAllTextAsync(At("cat.png"), Cancel));
    }

    [Fact]
    public async Task A_dash_is_stdout_which_gets_the_one_picture()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(ImageWire.Reply));
        using var output = new MemoryStream();

        var (text, errors) = (new StringWriter(), new StringWriter());
        var code = await Muxi.Llm.Cli.CommandLine.RunAsync(["image", "-m", "m", "-o", "-", "A cat"], Asking(server.Url).Terminal(text, errors, outBytes: output));
        var several = await Asking(server.Url).RunAsync("image", "-m", "m", "-n", "2", "-o", "-", "A cat");

        Assert.Equal((0, "", ""), (code, text.ToString(), errors.ToString()));
        Assert.Equal(ImageWire.Png, output.ToArray());
        Assert.Equal(new(2, "", "muxi-llm: -o - writes one picture to stdout, and nothing beside it.\n"), several);
        Assert.Empty(_folder.GetFiles());
    }

    [Theory]
    [InlineData(2, "There is no prompt", "image")]
    [InlineData(2, "There is no prompt", "image", "--edit", "https://example.org/a.png")]
    [InlineData(2, "--mask needs --edit", "image", "--mask", "a.png", "x")]
    [InlineData(2, "--vary takes no prompt", "image", "--vary", "a.png", "x")]
    [InlineData(2, "--quality does not go with --vary", "image", "--vary", "a.png", "--quality", "low")]
    [InlineData(2, "-n must be a whole number from 1 to 10", "image", "-n", "11", "x")]
    [InlineData(2, "--partial must be a whole number from 0 to 3", "image", "--partial", "4", "x")]
    [InlineData(2, "more than one prompt", "image", "a", "cat")]
    [InlineData(2, "Did you mean --size?", "image", "--sise", "x")]
    [InlineData(1, "There is no file 'no.png'", "image", "--edit", "no.png", "x")]
    [InlineData(1, "There is no file 'no.png'", "image", "--vary", "no.png")]
    [InlineData(1, "groq does not offer image generation", "image", "-m", "groq/m", "x")]
    [InlineData(1, "Width and height must both be divisible by 16", "image", "--size", "3x3", "x")]
    [InlineData(1, "there is no directory", "image", "--size", "16x16", "-o", "/no/such/folder/cat.png", "x")]
    [InlineData(1, "(try again in 1 s, or another model with -m)", "image", "-m", "sandbox/rate-limit", "x")]
    public async Task What_goes_wrong_is_one_line_and_an_exit_code(int code, string told, params string[] arguments)
    {
        var run = await new CliRun { Environment = new() { ["GROQ_API_KEY"] = "k" }, WorkingDirectory = _folder.FullName }.RunAsync([.. arguments.Take(1), .. arguments.Contains("-m") ? (string[])[] : ["-m", "sandbox/image"], .. arguments.Skip(1)]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(told, run.Errors, StringComparison.OrdinalIgnoreCase);
        Assert.Equal("", run.Output);
        Assert.Empty(_folder.GetFiles());
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private CliRun Asking(Uri server) => new() { Environment = CliRun.OpenAI(server), WorkingDirectory = _folder.FullName };

    private string At(string name) => Path.Combine(_folder.FullName, name);
}
