using System.Diagnostics;

namespace Muxi.Llm.Tests;

/// <summary>What is shown is true: every C# block of the pages and every example compiles without a warning and runs.</summary>
public sealed class DocsTests : IDisposable
{
    private const string Reply = """
        {"id":"1","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":"A cat."},"finish_reason":"stop"}],
        "usage":{"prompt_tokens":3,"completion_tokens":2,"total_tokens":5}}
        """;

    private const string AnthropicReply = """{"id":"1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"A cat."}],"stop_reason":"end_turn","usage":{"input_tokens":3,"output_tokens":2}}""";

    private const string CohereReply = """{"id":"1","message":{"role":"assistant","content":[{"type":"text","text":"From nine."}],"citations":[{"start":5,"end":9,"text":"nine","sources":[{"type":"document","id":"handbook/12","document":{"id":"handbook/12","title":"Opening hours","text":"Open from nine."}}]}]},"finish_reason":"COMPLETE"}""";

    private const string GeminiReply = """{"candidates":[{"content":{"parts":[{"text":"A cat."}],"role":"model"},"finishReason":"STOP"}],"usageMetadata":{"promptTokenCount":3,"candidatesTokenCount":2,"totalTokenCount":5},"modelVersion":"m","responseId":"1"}""";

    private const string Stream = "data: {\"id\":\"1\",\"model\":\"m\",\"choices\":[{\"index\":0,\"delta\":{\"role\":\"assistant\",\"content\":\"Once.\"},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

    private static readonly string _person = JsonValue("""{"name":"Ada","age":36}""");

    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-docs");

    public static TheoryData<string> Pages => ["README.md", .. Directory.EnumerateFiles(Repo.PathTo("docs"), "*.md").Select(file => $"docs/{Path.GetFileName(file)}").Order()];

    /// <summary>Each example and a text that its output must hold when the sandbox answers.</summary>
    public static TheoryData<string, string> Examples => new()
    {
        { "audio", "as it comes: Good morning. It is seven o'clock. Time to get up!" },
        { "chat", "finish reason stop" },
        { "stream", "finish reason stop" },
        { "images", "saved image-3.png" },
        { "vision", "image/png" },
        { "citations", "0 citations of 2 search results" },
        { "tools", "18 degrees and sunny in" },
        { "structured", "years old" },
        { "approval", "the model was told: The call was not run: files may only be read here" },
        { "errors", "a cut stream is never taken for a whole one" },
        { "provider", "set ACME_API_KEY or ACME_TOKEN" },
        { "sync", "sandbox" },
        { "fallback", "all 2 failed, the last one as Overloaded" },
        { "configuration", "broken.yaml:2: timeouts.first_byte: '5x' is no duration" },
        { "di", "echo: " },
        { "files", "fetched muxi-llm-example.txt, 25 bytes" },
        { "batches", "3 of 3 done" },
        { "thinking", "from the cache: 0 of" },
        { "complete", "finish reason length" },
        { "embeddings", "4 embeddings of 1536 numbers" },
        { "rerank", "0.80 The cat sleeps on the sofa." },
        { "moderate", "held back for violence" },
        { "ocr", "2 pages read" },
        { "responses", "message of user: And at sunset?" },
        { "background", "completed: Hello! I am the muxi-llm sandbox" },
        { "tokens", "7 tokens with o200k_base" },
        { "local", "sandbox" },
        { "models", "owned by muxi-llm-sandbox" },
        { "pull", "greeting.txt, 6 of 6 bytes" },
    };

    [Theory, MemberData(nameof(Pages))]
    public async Task Every_block_of_a_page_compiles_and_runs(string page)
    {
        await using var server = await ReplayServer.StartAsync(1, request =>
            HuggingFaceDocs.Answer(request) is { } hugging ? hugging : AudioDocs.Answer(request) is { } sound ? sound : request.Target.EndsWith("/count_tokens", StringComparison.Ordinal) ? CannedReply.Json("""{"input_tokens":8}""")
            : request.Target.EndsWith(":generateContent", StringComparison.Ordinal) ? CannedReply.Json(GoogleWire.Answer("""{"text":"Asparagus."}""", "STOP"))
            : request.Target.EndsWith("/messages", StringComparison.Ordinal) ? CannedReply.Json(AnthropicReply)
            : request.Target.EndsWith("/converse", StringComparison.Ordinal) ? CannedReply.Json("""{"output":{"message":{"role":"assistant","content":[{"text":"Asparagus."}]}},"stopReason":"end_turn"}""")
            : request.Target.EndsWith(":generateContent", StringComparison.Ordinal) ? CannedReply.Json(GeminiReply)
            : request.Target.EndsWith("/predictions", StringComparison.Ordinal) ? new ReplicateWireModel().Say(false, new Said.Words("Asparagus."))
            : request.Target.StartsWith("/api/", StringComparison.Ordinal) ? OllamaServer.Answer(request)
            : request.Target == "/v2/chat" ? CannedReply.Json(CohereReply) : request.Target == "/v2/embed" ? CannedReply.Json("""{"id":"1","embeddings":{"float":[[0.5,0.25]]},"meta":{"billed_units":{"input_tokens":5}}}""")
            : Answer(request.Text.Contains("\"stream\":true", StringComparison.Ordinal), request.Text.Contains("\"json_schema\"", StringComparison.Ordinal)));
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "photo.jpg"), [0xFF, 0xD8, 0xFF, 0xE0], TestContext.Current.CancellationToken);
        await File.WriteAllBytesAsync(Path.Combine(_folder.FullName, "talk.mp3"), SoundForms.Spoken("Good day.", "mp3"), TestContext.Current.CancellationToken);
        Dictionary<string, string> environment = [];
        foreach (var provider in (string[])["OPENAI", "DEEPSEEK", "OPENROUTER", "GROQ", "XAI", "GEMINI", "HUGGINGFACE", "REPLICATE", "WATSONX"])
        {
            environment[$"{provider}_API_KEY"] = "key-of-the-test";
            environment[$"{provider}_BASE_URL"] = server.Url.ToString();
        }
        environment["ANTHROPIC_API_KEY"] = "key-of-the-test";
        environment["ANTHROPIC_BASE_URL"] = server.Url.ToString();
        environment["VERTEXAI_ACCESS_TOKEN"] = "key-of-the-test";
        environment["VERTEXAI_BASE_URL"] = server.Url.ToString();
        environment["GOOGLE_CLOUD_PROJECT"] = "project-of-the-test";
        environment["AZURE_OPENAI_ENDPOINT"] = server.Url.ToString();
        environment["AZURE_OPENAI_API_KEY"] = "key-of-the-test";
        environment["OLLAMA_BASE_URL"] = environment["LLAMA_CPP_BASE_URL"] = environment["TGI_BASE_URL"] = environment["TEI_BASE_URL"] = environment["HF_ENDPOINT"] = server.Url.ToString();
        environment["HF_HUB_CACHE"] = Path.Combine(_folder.FullName, "hub");
        environment["CO_API_KEY"] = "key-of-the-test";
        environment["CO_BASE_URL"] = server.Url.ToString();
        environment["AWS_ENDPOINT_URL_BEDROCK_RUNTIME"] = server.Url.ToString();
        environment["AWS_ACCESS_KEY_ID"] = environment["AWS_SECRET_ACCESS_KEY"] = "key-of-the-test";
        environment["AWS_REGION"] = "us-east-1";
        await using var served = await Served.SandboxAsync();
        if (page == "docs/serve.md") environment["OPENAI_BASE_URL"] = new Uri(served.Url, "v1").ToString();
        foreach (var block in Snippets.Of(page))
        {
            var (exitCode, output, errors) = await Snippets.RunAsync(block, _folder.FullName, environment);
            Assert.True(exitCode == 0, $"{block}\nended with {exitCode}: {output}\n{errors}");
        }
    }

    [Theory, MemberData(nameof(Examples))]
    public async Task Every_example_runs_against_the_sandbox(string name, string expected)
    {
        var code = await File.ReadAllTextAsync(Repo.PathTo("examples", $"{name}.cs"), TestContext.Current.CancellationToken);
        var (exitCode, output, errors) = await Snippets.RunAsync(code, _folder.FullName, new Dictionary<string, string>());
        Assert.True(exitCode == 0, errors);
        Assert.Contains(expected, output, StringComparison.OrdinalIgnoreCase);
    }

    [Fact]
    public void Every_decision_is_listed_under_its_title()
    {
        var listed = File.ReadAllLines(Repo.PathTo("docs", "decisions", "README.md")).Where(line => line.StartsWith("- [", StringComparison.Ordinal));
        var pages = Directory.EnumerateFiles(Repo.PathTo("docs", "decisions"), "0*.md").Order(StringComparer.Ordinal);

        Assert.Equal(pages.Select(page => $"- [{File.ReadLines(page).First()[2..]}]({Path.GetFileName(page)})"), listed);
    }

    [Fact]
    public void No_example_is_left_out() =>
        Assert.Equal(Directory.EnumerateFiles(Repo.PathTo("examples"), "*.cs").Select(Path.GetFileNameWithoutExtension).Order(), Examples.Select(row => row.Data.Item1).Order());

    [Fact]
    public async Task An_example_runs_by_the_command_it_names()
    {
        var start = new ProcessStartInfo("dotnet", ["run", "examples/chat.cs"]) { WorkingDirectory = Repo.Root, RedirectStandardOutput = true, RedirectStandardError = true };
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var output = await process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        Assert.True(process.ExitCode == 0, output + await errors);
        Assert.Contains("finish reason stop", output, StringComparison.Ordinal);
    }

    /// <summary>What the service says: a person where a schema asks for one.</summary>
    private static CannedReply Answer(bool stream, bool isSchema) => stream
        ? CannedReply.Sse(isSchema ? Stream.Replace("\"Once.\"", _person, StringComparison.Ordinal) : Stream)
        : CannedReply.Json(isSchema ? Reply.Replace("\"A cat.\"", _person, StringComparison.Ordinal) : Reply);

    private static string JsonValue(string text) => System.Text.Json.JsonSerializer.Serialize(text);

    public void Dispose() => _folder.Delete(recursive: true);
}
