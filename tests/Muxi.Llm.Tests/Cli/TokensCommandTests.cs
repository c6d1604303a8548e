using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary><c>muxi-llm tokens</c>: what is counted and how it is shown. Ids are those of the published encodings, as npm tiktoken gives them.</summary>
public sealed class TokensCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi llm tokens ");

    public void Dispose() => _folder.Delete(recursive: true);

    [Fact]
    public async Task A_text_is_a_number()
    {
        Assert.Equal(new CliResult(0, "4\n", ""), await new CliRun().RunAsync("tokens", "-m", "openai/gpt-4o", "Hello, world!"));
        Assert.Equal(new CliResult(0, "4\n", ""), await new CliRun().RunAsync("tokens", "--encoding", "cl100k_base", "Hello, world!"));
        Assert.Equal(new CliResult(0, "0\n", ""), await new CliRun().RunAsync("tokens", "--encoding", "cl100k_base", "--text", ""));
    }

    [Fact]
    public async Task Without_a_model_it_says_as_whom_it_counts()
    {
        var bare = await new CliRun().RunAsync("tokens", "Hello, world!");
        var keyed = await new CliRun { Environment = { ["OPENAI_API_KEY"] = "sk-x" } }.RunAsync("tokens", "Hello, world!");
        var named = await new CliRun { Environment = { ["MUXI_LLM_MODEL"] = "openai/gpt-4" } }.RunAsync("tokens", "Hello, world!");

        Assert.Equal(new CliResult(0, "4\n", "muxi-llm: counted with o200k_base, as OpenAI's models count; -m names another model\n"), bare);
        Assert.Equal("muxi-llm: counted as for openai/gpt-4o-mini (OPENAI_API_KEY is set; -m picks another), with o200k_base\n", keyed.Errors);
        Assert.Equal("muxi-llm: counted as for openai/gpt-4 (MUXI_LLM_MODEL is set), with cl100k_base\n", named.Errors);
    }

    [Fact]
    public async Task Files_have_a_line_each_and_a_total()
    {
        await WriteAsync("a.txt", "Hello, world!");
        await WriteAsync("b and c.txt", string.Concat(Enumerable.Repeat("Hello, world! ", 5)));

        var one = await Here().RunAsync("tokens", "-m", "gpt-4o", "a.txt");
        var both = await Here(" there").RunAsync("tokens", "-m", "gpt-4o", "a.txt", "b and c.txt", "-");

        Assert.Equal(new CliResult(0, "4 a.txt\n", ""), one);
        Assert.Equal(new CliResult(0, " 4 a.txt\n21 b and c.txt\n 1 -\n26 total\n", ""), both);
    }

    [Fact]
    public async Task Stdin_is_counted_as_it_is()
    {
        Assert.Equal(new CliResult(0, "2\n", ""), await Here("Hello\n").RunAsync("tokens", "-m", "gpt-4o"));
        Assert.Equal(new CliResult(0, "2\n", ""), await Here("Hello\n").RunAsync("tokens", "-m", "gpt-4o", "-"));
    }

    [Fact]
    public async Task A_text_that_is_a_files_name_too_is_counted_with_its_option()
    {
        await WriteAsync("Hello", "Hello, world!");

        Assert.Equal("4 Hello\n", (await Here().RunAsync("tokens", "-m", "gpt-4o", "Hello")).Output);
        Assert.Equal("1\n", (await Here().RunAsync("tokens", "-m", "gpt-4o", "--text", "Hello")).Output);
    }

    [Fact]
    public async Task Tokens_are_shown_a_line_each_with_bytes_where_they_are_no_characters()
    {
        // The crab's four bytes are three tokens in cl100k_base.
        var run = await new CliRun().RunAsync("tokens", "--encoding", "cl100k_base", "--show", "Hi \"you\"\n🦀");

        Assert.Equal((0, "muxi-llm: 7 tokens\n"), (run.ExitCode, run.Errors));
        var ids = Tokenizer.Get("cl100k_base").Encode("Hi \"you\"\n🦀");
        var lines = run.Output.TrimEnd('\n').Split('\n');
        Assert.Equal(ids, lines.Select(line => int.Parse(line.Split("  \"")[0], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Equal(["\"Hi\"", "\" \\\"\"", "\"you\"", "\"\\\"\\n\""], lines[..4].Select(line => line[(line.IndexOf("  \"", StringComparison.Ordinal) + 2)..]));
        Assert.Equal(@"\xf0\x9f\xa6\x80", string.Concat(lines[4..].Select(line => line.Split('"')[1])));
    }

    [Fact]
    public async Task On_a_terminal_each_token_has_another_background_than_its_neighbours()
    {
        var run = await new CliRun { IsOutTerminal = true }.RunAsync("tokens", "--encoding", "cl100k_base", "--show", "Hello, world\n\u001b!");

        Assert.StartsWith("\e[30;48;5;153mHello\e[39;49m\e[30;48;5;223m,\e[39;49m\e[30;48;5;157m world\e[39;49m\e[30;48;5;153m\u21b5\e[39;49m\n\e[30;48;5;153m", run.Output, StringComparison.Ordinal);
        // What would steer the terminal is its picture.
        Assert.Contains("\u241b", run.Output, StringComparison.Ordinal);
        Assert.EndsWith("\e[39;49m\n", run.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Colours_that_are_not_wanted_are_not_there()
    {
        var run = await new CliRun { IsOutTerminal = true, Environment = { ["NO_COLOR"] = "1" } }.RunAsync("tokens", "--encoding", "cl100k_base", "--show", "Hello, world");

        Assert.Equal("   9906  \"Hello\"\n     11  \",\"\n   1917  \" world\"\n", run.Output);
    }

    [Fact]
    public async Task Ids_are_a_line_and_special_tokens_only_where_they_are_let_in()
    {
        var text = await new CliRun().RunAsync("tokens", "--encoding", "cl100k_base", "--ids", "Hello<|endoftext|>");
        var special = await new CliRun().RunAsync("tokens", "--encoding", "cl100k_base", "--ids", "--special", "Hello<|endoftext|>");

        Assert.Equal(new CliResult(0, "9906 27 91 8862 728 428 91 29\n", "muxi-llm: 8 tokens\n"), text);
        Assert.Equal(new CliResult(0, "9906 100257\n", "muxi-llm: 2 tokens\n"), special);
    }

    [Fact]
    public async Task What_looks_like_a_file_that_is_not_there_is_counted_as_a_text_and_told()
    {
        Assert.Equal(new CliResult(0, "2\n", "muxi-llm: there is no file 'notes.txt': it is counted as a text\n"), await Here().RunAsync("tokens", "-m", "gpt-4", "notes.txt"));
        Assert.Equal("muxi-llm: there is no file 'docs/notes': it is counted as a text\n", (await Here().RunAsync("tokens", "-m", "gpt-4", "docs/notes")).Errors);
        foreach (var text in (string[])["Hello", "Hello.", "3.14", "See notes.txt.", "https://example.com/a.txt"])
            Assert.Equal((0, ""), await Here().RunAsync("tokens", "-m", "gpt-4", text) is var run ? (run.ExitCode, run.Errors) : default);
    }

    [Fact]
    public async Task Characters_that_nobody_sees_are_shown_by_their_numbers()
    {
        // A joiner between two women; a heart and what makes it an emoji; a mark that turns the direction, and a blank that does not break.
        var joined = await new CliRun().RunAsync("tokens", "--encoding", "o200k_base", "--show", "\U0001F469\u200d\U0001F469");
        var others = await new CliRun().RunAsync("tokens", "--encoding", "o200k_base", "--show", "\u2764\ufe0f \u202e\u00a0");

        Assert.Contains("\n   2524  \"\\u200D\"\n", joined.Output, StringComparison.Ordinal);
        Assert.All("\ufe0f\u202e\u00a0", unseen => Assert.DoesNotContain(unseen, others.Output));
    }

    [Fact]
    public async Task Tokens_that_stand_for_more_of_a_models_own_are_told_with_both_numbers()
    {
        var text = string.Concat(Enumerable.Repeat("Hello, world! ", 50));
        var count = (await new CliRun().RunAsync("tokens", "-m", "anthropic/claude-sonnet-4-5", text)).Output.TrimEnd('\n');

        var run = await new CliRun().RunAsync("tokens", "-m", "anthropic/claude-sonnet-4-5", "--ids", text);

        var shown = run.Output.TrimEnd('\n').Split(' ').Length;
        Assert.NotEqual(count, $"{shown}");
        Assert.StartsWith($"muxi-llm: {shown} tokens of o200k_base, about {count} of anthropic/claude-sonnet-4-5\nmuxi-llm: an estimate: ", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_request_without_a_model_is_told_as_whom_it_is_counted()
    {
        await WriteAsync("bare.json", """{"messages":[{"role":"user","content":"Hello"}]}""");

        var run = await new CliRun { Environment = { ["OPENAI_API_KEY"] = "sk-x" }, WorkingDirectory = _folder.FullName }.RunAsync("tokens", "--request", "bare.json");

        Assert.Equal(new CliResult(0, "8\n", "muxi-llm: counted as for openai/gpt-4o-mini (OPENAI_API_KEY is set; -m picks another)\n"), run);
    }

    [Fact]
    public async Task Json_has_it_all()
    {
        await WriteAsync("a.txt", "Hello, world!");

        var run = await Here().RunAsync("tokens", "-m", "gpt-4", "--json", "--ids", "a.txt");
        var estimate = await Here().RunAsync("tokens", "-m", "anthropic/claude-sonnet-4-5", "--json", "--text", "Hello");

        JsonComparison.Same("stdout", JsonNode.Parse("""{"model":"gpt-4","encoding":"cl100k_base","tokens":4,"exact":true,"counts":[{"file":"a.txt","tokens":4,"ids":[9906,11,1917,0]}]}"""), JsonNode.Parse(run.Output));
        var read = JsonNode.Parse(estimate.Output)!;
        Assert.False((bool)read["exact"]!);
        Assert.True((double)read["error_band"]! > 0);
    }

    [Fact]
    public async Task An_estimate_is_told()
    {
        var run = await new CliRun().RunAsync("tokens", "-m", "anthropic/claude-sonnet-4-5", "Hello, world!");

        Assert.Equal(0, run.ExitCode);
        Assert.Matches(@"^muxi-llm: an estimate: no tokenizer of anthropic/claude-sonnet-4-5 is known, so o200k_base was taken; 9 in 10 such counts are no more than [0-9.]+ % off\n$", run.Errors);
    }

    [Fact]
    public async Task A_large_file_is_read_in_parts_and_counts_as_the_whole()
    {
        // 5 MB: prose with lines, then a line without a blank that is longer than a part.
        var text = string.Concat(Enumerable.Range(0, 60_000).Select(i => $"The {i}th line isn't the last one,\tis it?\r\n\r\n  It's {i * 7919}.\n")) + new string('e', 1_200_000) + " and the end.\n";
        await WriteAsync("large.txt", text);

        foreach (var encoding in Tokenizer.Names)
            Assert.Equal($"{Tokenizer.Get(encoding).Count(text)} large.txt\n", (await Here().RunAsync("tokens", "--encoding", encoding, "large.txt")).Output);
    }

    [Fact]
    public async Task A_request_is_counted_as_its_model_or_the_one_that_is_named()
    {
        await WriteAsync("chat.json", """{"model":"openai/gpt-4o","messages":[{"role":"user","content":"Hello"}]}""");
        await WriteAsync("bare.json", """{"messages":[{"role":"user","content":"Hello"}]}""");

        Assert.Equal(new CliResult(0, "8\n", ""), await Here().RunAsync("tokens", "--request", "chat.json"));
        Assert.Equal(new CliResult(0, "8\n", ""), await Here().RunAsync("tokens", "--request", "bare.json", "-m", "gpt-4o"));
        var estimate = await Here().RunAsync("tokens", "--request", "chat.json", "-m", "anthropic/claude-sonnet-4-5");
        Assert.Matches(@"^muxi-llm: an estimate, with o200k_base: 9 in 10 such counts are no more than [0-9.]+ % off\n$", estimate.Errors);
        var json = await Here("""{"messages":[{"role":"user","content":"Hello"}]}""").RunAsync("tokens", "--request", "-", "-m", "openai/gpt-4o", "--json");
        JsonComparison.Same("stdout", JsonNode.Parse("""{"model":"openai/gpt-4o","encoding":"o200k_base","tokens":8,"exact":true}"""), JsonNode.Parse(json.Output));
    }

    [Fact]
    public async Task The_provider_is_asked_where_it_is_wanted()
    {
        await WriteAsync("chat.json", """{"messages":[{"role":"user","content":"Hello"}]}""");
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"input_tokens":1234}"""));

        var asked = await new CliRun { Environment = CliRun.OpenAI(server.Url), WorkingDirectory = _folder.FullName }.RunAsync("tokens", "--request", "chat.json", "-m", "openai/gpt-4o", "--ask");
        var none = await Here().RunAsync("tokens", "--request", "chat.json", "-m", "groq/llama-3.3-70b-versatile", "--ask");

        Assert.Equal(new CliResult(0, "1234\n", ""), asked);
        Assert.Equal("/v1/responses/input_tokens", server.Requests[0].Target);
        Assert.StartsWith("muxi-llm: counted on this machine: groq does not count\nmuxi-llm: an estimate", none.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_configurations_tokenizers_count()
    {
        await WriteAsync("muxi-llm.yaml", "tokenizers: {\"llama_cpp/*\": r50k_base}");

        Assert.Equal("4\n", (await Here().RunAsync("tokens", "-m", "llama_cpp/x", "Hello, world!")).Output);
        Assert.Contains("tokenizers.llama_cpp/*", (await Here().RunAsync("config", "show")).Output, StringComparison.Ordinal);
        Assert.Equal("r50k_base", (string?)JsonNode.Parse((await Here().RunAsync("tokens", "-m", "llama_cpp/x", "--json", "Hi")).Output)!["encoding"]);
    }

    [Fact]
    public async Task A_tokenizer_of_a_file_counts_and_shows()
    {
        using var json = new TokenizerJson(TokenizerJson.Bytes, cutting: """{"type":"ByteLevel","add_prefix_space":false,"trim_offsets":true,"use_regex":false}""", decoder: """{"type":"ByteLevel"}""");
        File.Copy(json.Place, Path.Combine(_folder.FullName, "own.json"));
        await WriteAsync("long.txt", new string('a', 200_000));

        Assert.Equal("2\n", (await Here().RunAsync("tokens", "--tokenizer", "own.json", "é")).Output);
        Assert.Equal("200000 long.txt\n", (await Here().RunAsync("tokens", "--tokenizer", "own.json", "long.txt")).Output);
        Assert.Equal([@"""\xc3""", @"""\xa9"""], (await Here().RunAsync("tokens", "--tokenizer", "own.json", "--show", "é")).Output.TrimEnd('\n').Split('\n').Select(line => line.Split("  ")[^1]));
    }

    [Fact]
    public async Task A_tokenizer_that_is_not_there_is_one_line()
    {
        var run = await Here().RunAsync("tokens", "--tokenizer", "nowhere.json", "x");

        Assert.Equal((1, "", 1), (run.ExitCode, run.Output, run.Errors.Count(letter => letter == '\n')));
        Assert.Contains("nowhere.json", run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_count_can_be_interrupted_while_stdin_is_waited_for()
    {
        var input = new NeverWritten();
        var run = new CliRun { In = input, WorkingDirectory = _folder.FullName };
        var counting = run.RunAsync("tokens", "-m", "gpt-4o");
        await input.Asked.Task.SoonAsync();

        run.Interrupts.Interrupt();

        Assert.Equal(new CliResult(130, "", "muxi-llm: cancelled\n"), await counting);
    }

    private sealed class NeverWritten : TextReader
    {
        public TaskCompletionSource Asked { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

        public override int Read(char[] buffer, int index, int count)
        {
            Asked.TrySetResult();
            TestContext.Current.CancellationToken.WaitHandle.WaitOne();
            return 0;
        }
    }

    public static TheoryData<int, string, string[]> Mistakes => new()
    {
        { 2, "There is no encoding 'o200k_bas'. Did you mean o200k_base?", ["--encoding", "o200k_bas", "x"] },
        { 2, "There is no encoding 'latin'. There are o200k_base, o200k_harmony, cl100k_base, p50k_base, p50k_edit, r50k_base", ["--encoding", "latin", "x"] },
        { 2, "There is no encoding 'O200K'. Did you mean o200k_base?", ["--encoding", "O200K", "x"] },
        { 1, "'sub' is a folder: name the files in it, or give the word with --text", ["sub"] },
        { 1, "'sub' is a folder: name the files in it", ["sub", "list.json"] },
        { 2, "--model and --encoding both say how to count: give one of them.", ["--encoding", "cl100k_base", "-m", "gpt-4", "x"] },
        { 2, "--show and --ids both say what to print: give one of them.", ["--show", "--ids", "x"] },
        { 2, "--ask goes with --request.", ["--ask", "x"] },
        { 2, "--ids does not go with --request, which is counted as its model counts it.", ["--request", "a.json", "--ids"] },
        { 2, "--request stands alone: count texts and files by themselves.", ["--request", "a.json", "x"] },
        { 2, "--text stands alone: count files by themselves.", ["--text", "x", "y"] },
        { 2, "stdin can be read once: write - once.", ["-", "-"] },
        { 2, "Unknown option --shw. Did you mean --show? (A text that begins with a dash comes after --)", ["--shw"] },
        { 1, "there is no file 'nowhere.txt' (a text stands alone, in quotes)", ["nowhere.txt", "else.txt"] },
        { 1, "--request: 'broken.json' is no chat request: ", ["--request", "broken.json", "-m", "gpt-4"] },
        { 1, "--request: 'list.json' must hold a chat request, which is a JSON object", ["--request", "list.json", "-m", "gpt-4"] },
        { 1, "--request: 'empty.json' has no messages", ["--request", "empty.json", "-m", "gpt-4"] },
    };

    [Theory]
    [MemberData(nameof(Mistakes))]
    public async Task A_mistake_is_one_line(int code, string error, string[] arguments)
    {
        await WriteAsync("broken.json", "{");
        await WriteAsync("list.json", "[]");
        _folder.CreateSubdirectory("sub");
        await WriteAsync("empty.json", """{"messages":[]}""");

        var run = await Here().RunAsync(["tokens", .. arguments]);

        Assert.Equal((code, ""), (run.ExitCode, run.Output));
        Assert.StartsWith($"muxi-llm: {error}", run.Errors, StringComparison.Ordinal);
        Assert.All(run.Errors.TrimEnd('\n').Split('\n')[1..], line => Assert.StartsWith("muxi-llm: see ", line, StringComparison.Ordinal));
    }

    private CliRun Here(string input = "") => new() { WorkingDirectory = _folder.FullName, In = new StringReader(input) };

    private Task WriteAsync(string file, string text) => File.WriteAllTextAsync(Path.Combine(_folder.FullName, file), text, TestContext.Current.CancellationToken);
}
