using System.Text;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>A recording is a fixture that the tests can play, and tells nobody who made it.</summary>
public sealed class RecordCommandTests : IDisposable
{
    private readonly DirectoryInfo _folder = Directory.CreateTempSubdirectory("muxi-record");

    /// <summary>What a service answers to each scenario.</summary>
    public static TheoryData<string, string> Chats => new()
    {
        { "chat", Calls.Reply("Hello there.") },
        { "tools", """{"id":"c","object":"chat.completion","created":1,"model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}}]},"finish_reason":"tool_calls"}]}""" },
        { "schema", Calls.Reply("""{"name":"Ada","age":36}""") },
        { "vision", Calls.Reply("Red.") },
        { "reasoning", Calls.Reply("9.9") },
        { "tool-results", Calls.Reply("Sunny.") },
        { "chat-stream", Calls.Events("Hel", "lo.") },
        { "tools-stream", Calls.Event("""{"index":0,"delta":{"role":"assistant","tool_calls":[{"index":0,"id":"call_1","type":"function","function":{"name":"get_weather","arguments":"{}"}}]},"finish_reason":null}""") + Calls.Event("""{"index":0,"delta":{},"finish_reason":"tool_calls"}""") + Calls.Done },
        { "schema-stream", Calls.Events("{}") },
    };

    [Theory, MemberData(nameof(Chats))]
    public async Task A_recording_is_played_by_the_tests_of_fixtures(string scenario, string reply)
    {
        await using var server = await ReplayServer.StartAsync(1, reply.StartsWith("data:", StringComparison.Ordinal) ? CannedReply.Sse(reply) : CannedReply.Json(reply));

        var run = await RecordAsync(server, "openai", scenario);

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.StartsWith(Path.Combine(_folder.FullName, $"openai-{scenario}: "), run.Output, StringComparison.Ordinal);
        Assert.Equal(JsonNode.Parse(server.Requests[0].Body)!.ToJsonString(), JsonNode.Parse(Read(scenario, "wire-request.json"))!.ToJsonString());
        var fixture = Fixture.Load(_folder.FullName, $"openai-{scenario}");
        Assert.Equal(reply, Encoding.UTF8.GetString(fixture.WireReply));
        for (var seed = 0; seed < 3; seed++) await ChatFixture.PlayAsync(fixture, seed);
    }

    [Theory]
    [InlineData("bad-key", 401, """{"error":{"message":"Incorrect API key provided: sk-thi*****odys.","type":"invalid_request_error","param":null,"code":"invalid_api_key"}}""", "AuthenticationException")]
    [InlineData("unknown-model", 404, """{"error":{"message":"The model does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}""", "NotFoundException")]
    [InlineData("unknown-model-stream", 404, """{"error":{"message":"The model does not exist","type":"invalid_request_error","param":null,"code":"model_not_found"}}""", "NotFoundException")]
    [InlineData("bad-request", 400, """{"error":{"message":"temperature is too high","type":"invalid_request_error","param":"temperature","code":null}}""", "BadRequestException")]
    public async Task An_error_that_is_wanted_is_recorded(string scenario, int status, string body, string exception)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(body, status).With("retry-after", "7").With("x-request-id", "req_0123456789abcdef"));

        var run = await RecordAsync(server, "openai", scenario);

        Assert.True(run.ExitCode == 0, run.Errors);
        var error = JsonNode.Parse(Read(scenario, "error.json"))!;
        Assert.Equal((exception, status), ((string?)error["exception"], (int?)error["status"]));
        Assert.DoesNotContain("0123456789abcdef", All(scenario), StringComparison.Ordinal);
        await ChatFixture.PlayAsync(Fixture.Load(_folder.FullName, $"openai-{scenario}"), 1);
    }

    [Theory]
    [InlineData("embeddings", """{"object":"list","data":[{"object":"embedding","index":0,"embedding":[0.5,0.25]},{"object":"embedding","index":1,"embedding":[1,0]}],"model":"e","usage":{"prompt_tokens":7,"total_tokens":7}}""", ".data[1].index", "1")]
    [InlineData("models", """{"object":"list","data":[{"id":"m","object":"model","created":5,"owned_by":"openai"}]}""", ".data[0].id", "m")]
    [InlineData("completion", """{"id":"c","object":"text_completion","created":1,"model":"m","choices":[{"index":0,"text":" there was","finish_reason":"length","logprobs":null}]}""", ".choices[0].text", " there was")]
    [InlineData("moderation", """{"id":"modr-1","model":"m","results":[{"flagged":false,"categories":{"hate":false},"category_scores":{"hate":0.1}}]}""", ".results[0].flagged", "false")]
    public async Task Other_operations_are_recorded_alike(string scenario, string reply, string place, string expected)
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(reply));

        var run = await RecordAsync(server, "openai", scenario);

        Assert.True(run.ExitCode == 0, run.Errors);
        var fixture = Fixture.Load(_folder.FullName, $"openai-{scenario}");
        Assert.Equal(reply, Encoding.UTF8.GetString(fixture.WireReply));
        var read = place.Split('.', '[', ']').Where(part => part.Length > 0).Aggregate(fixture.Json("reply.json"), (node, part) => int.TryParse(part, out var at) ? node[at]! : node[part]!);
        Assert.Equal(expected, read.ToString());
    }

    [Fact]
    public async Task A_service_that_only_a_file_knows_is_recorded_alike()
    {
        await using var server = await ReplayServer.StartAsync(1, request => CannedReply.Json($$$"""{"id":"{{{request.Headers["X-Tenant"]}}}","results":[{"index":1,"relevance_score":0.9},{"index":0,"relevance_score":0.1}]}"""));
        var file = Path.Combine(_folder.FullName, "acme.yaml");
        await File.WriteAllTextAsync(file, $"providers:\n  acme:\n    base_url: {server.Url}v1\n    api_key_env: ACME_SECRET\n    headers: {{X-Tenant: tenant-0123456789abcdef}}\n", TestContext.Current.CancellationToken);

        var run = await new CliRun { Environment = new() { ["MUXI_LLM_CONFIG"] = file, ["ACME_SECRET"] = "sk-of-acme-0123456789" }, WorkingDirectory = _folder.FullName }.RunAsync("record", "acme", "rerank", "-m", "m", "--out", "made");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Contains("sk-of-acme", server.Requests[0].Headers["Authorization"], StringComparison.Ordinal);
        var reply = Fixture.Load(Path.Combine(_folder.FullName, "made"), "acme-rerank").Json("reply.json");
        Assert.Equal(("1", "[redacted]"), (reply["results"]![0]!["index"]!.ToString(), (string?)reply["id"]));
    }

    /// <summary>Whatever a service repeats, wherever, in whichever form, no file holds it.</summary>
    [Theory]
    [InlineData("chat", 200)]
    [InlineData("chat-stream", 200)]
    [InlineData("bad-request", 400)]
    public async Task A_key_lands_in_no_file(string scenario, int status)
    {
        foreach (var echo in CanaryForms())
        {
            var text = JsonValue.Create($"you sent {echo}")!.ToJsonString();
            var body = status == 200 ? (scenario == "chat" ? Calls.Reply($"you sent {echo}") : Calls.Events($"you sent {echo}")) : $$$"""{"error":{"message":{{{text}}},"code":{{{text}}},"type":"t","param":{{{text}}} } }""";
            var head = string.Concat(echo.Where(letter => letter is > ' ' and <= '~'));
            var canned = scenario.EndsWith("stream", StringComparison.Ordinal) ? CannedReply.Sse(body) : CannedReply.Json(body, status);
            await using var server = await ReplayServer.StartAsync(1, canned.With("set-cookie", $"k={head}").With("x-request-id", head).With("openai-organization", head).With("ratelimit", $"\"{head.Replace("\"", "", StringComparison.Ordinal)}\";r=5").With("retry-after", head));

            var run = await new CliRun { Environment = new() { ["OPENAI_API_KEY"] = Canary.Key, ["OPENAI_BASE_URL"] = server.Url.ToString(), ["GROQ_API_KEY"] = "gsk-another-canary-0123456789" }, WorkingDirectory = _folder.FullName, Clock = TimeProvider.System }
                .RunAsync("record", "openai", scenario);

            Assert.Contains(server.Requests[0].Headers.Values, Canary.IsIn);
            Assert.All(_folder.EnumerateFiles("*", SearchOption.AllDirectories), file =>
            {
                var written = File.ReadAllText(file.FullName);
                Assert.False(Canary.IsIn(written), $"{file.Name}: {written}");
                Assert.DoesNotContain("another-canary", written, StringComparison.Ordinal);
            });
            Assert.False(Canary.IsIn(run.Output + run.Errors), run.Errors);
            foreach (var made in _folder.EnumerateDirectories()) made.Delete(recursive: true);
        }
    }

    [Fact]
    public async Task Who_asked_is_taken_out_and_the_other_bytes_stay()
    {
        const string Reply = """{"id":"chatcmpl-9","object":"chat.completion","created":1,"model":"m","user_id":"8812","x_groq":{"id":"req_01jabcdef"},"choices":[{"index":0,"message":{"role":"assistant","content":"Mail ada@lovelace.org from 84.12.7.200 or 2a01:4f8::17 of org-Ab12Cd34Ef, project proj_99aa88bb77, v1.2.3, 10:20:30, arn:aws:bedrock:us-east-1:123456789012:model/x"},"finish_reason":"stop"}]}""";
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply).With("set-cookie", "session=1").With("x-organization", "acme-corp").With("x-ratelimit-remaining-requests", "7").With("x-ratelimit-key", "acme"));

        var run = await RecordAsync(server, "openai", "chat");
        Assert.True(run.ExitCode == 0, run.Errors);

        Assert.Equal("""{"id":"chatcmpl-9","object":"chat.completion","created":1,"model":"m","user_id":"scrubbed","x_groq":{"id":"req_1"},"choices":[{"index":0,"message":{"role":"assistant","content":"Mail person@example.com from 192.0.2.1 or 2001:db8::1 of org-example, project proj_example, v1.2.3, 10:20:30, arn:aws:bedrock:us-east-1:000000000000:model/x"},"finish_reason":"stop"}]}""", Read("chat", "wire-reply.json"));
        Assert.Equal(["x-ratelimit-remaining-requests"], JsonNode.Parse(Read("chat", "wire-head.json"))!["headers"]!.AsObject().Select(header => header.Key));
        Assert.Contains("person@example.com", Read("chat", "reply.json"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whose_account_was_asked_lands_in_no_file()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Ask 0123456789abcdef0123 again")));

        var run = await new CliRun
        {
            Environment = new() { ["CLOUDFLARE_API_KEY"] = "cf-canary-0123456789", ["CLOUDFLARE_ACCOUNT_ID"] = "0123456789abcdef0123", ["CLOUDFLARE_BASE_URL"] = $"{server.Url}accounts/0123456789abcdef0123/ai/v1" },
            WorkingDirectory = _folder.FullName,
        }.RunAsync("record", "cloudflare", "chat", "-m", "m");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.All(_folder.EnumerateFiles("*", SearchOption.AllDirectories), static file => Assert.DoesNotContain("0123456789abcdef0123", File.ReadAllText(file.FullName), StringComparison.Ordinal));
    }

    [Fact]
    public async Task What_we_make_up_is_left_open_in_the_expected_reply()
    {
        const string Reply = """{"object":"chat.completion","model":"m","choices":[{"index":0,"message":{"role":"assistant","content":null,"tool_calls":[{"type":"function","function":{"name":"get_weather","arguments":"{}"}}]},"finish_reason":"tool_calls"}]}""";
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Reply));

        var run = await RecordAsync(server, "openai", "tools");
        Assert.True(run.ExitCode == 0, run.Errors);

        var reply = JsonNode.Parse(Read("tools", "reply.json"))!;
        Assert.Equal("<any>", (string?)reply["choices"]![0]!["message"]!["tool_calls"]![0]!["id"]);
        await ChatFixture.PlayAsync(Fixture.Load(_folder.FullName, "openai-tools"), 1);
    }

    [Fact]
    public async Task A_folder_that_is_there_is_kept_and_nobody_is_asked()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json(Calls.Reply("Hi")));
        _folder.CreateSubdirectory("openai-tools");

        var run = await RecordAsync(server, "openai", "chat", "tools");

        Assert.Equal((1, ""), (run.ExitCode, run.Output));
        Assert.Contains("is there already", run.Errors, StringComparison.Ordinal);
        Assert.Empty(server.Requests);
    }

    [Fact]
    public async Task A_call_that_fails_is_no_recording()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"error":{"message":"slow down"}}""", 429));

        var run = await RecordAsync(server, "openai", "chat");

        Assert.Equal(1, run.ExitCode);
        Assert.Contains("slow down", run.Errors, StringComparison.Ordinal);
        Assert.Empty(_folder.EnumerateFileSystemInfos());
    }

    [Fact]
    public async Task Headers_of_the_format_are_kept_and_the_key_is_not()
    {
        await using var server = await ReplayServer.StartAsync(1, CannedReply.Json("""{"id":"msg_1","type":"message","role":"assistant","model":"m","content":[{"type":"text","text":"Hi"}],"stop_reason":"end_turn","usage":{"input_tokens":1,"output_tokens":1}}"""));

        var run = await new CliRun { Environment = new() { ["ANTHROPIC_API_KEY"] = "sk-ant-0123456789abcdef", ["MUXI_LLM_CONFIG"] = "", ["ANTHROPIC_BASE_URL"] = server.Url.ToString() }, WorkingDirectory = _folder.FullName }.RunAsync("record", "anthropic", "chat");

        Assert.True(run.ExitCode == 0, run.Errors);
        Assert.Equal("""{"anthropic-version":"2023-06-01"}""", JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, "anthropic-chat", "wire-headers.json"), TestContext.Current.CancellationToken))!.ToJsonString());
        await ChatFixture.PlayAsync(Fixture.Load(_folder.FullName, "anthropic-chat"), 1);
    }

    [Fact]
    public async Task The_list_tells_what_a_provider_offers()
    {
        var all = (await new CliRun().RunAsync("record", "--list")).Output;
        var some = (await new CliRun().RunAsync("record", "anthropic", "--list")).Output;

        Assert.Contains("embeddings", all, StringComparison.Ordinal);
        Assert.Contains("chat-stream", some, StringComparison.Ordinal);
        Assert.DoesNotContain("embeddings", some, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData(2, "Name a provider and a scenario")]
    [InlineData(2, "Did you mean chat", "openai", "chta")]
    [InlineData(2, "does not offer embeddings", "anthropic", "embeddings")]
    [InlineData(1, "answers in this process", "sandbox", "chat")]
    [InlineData(1, "needs a key", "groq", "chat")]
    public async Task What_cannot_be_recorded_is_told(int code, string expected, params string[] arguments)
    {
        var run = await new CliRun { WorkingDirectory = _folder.FullName }.RunAsync(["record", .. arguments]);

        Assert.Equal(code, run.ExitCode);
        Assert.Contains(expected, run.Errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_third_partys_server_is_recorded_as_its_user_does_it()
    {
        await using var server = await AimockServer.StartAsync("""{"fixtures": [{"match": {"userMessage": "hello"}, "response": {"content": "Good morning to you."}}]}""", "--chunk-size", "5");

        var run = await CliProcess.RunAsync(CliRun.OpenAI(server.Url), "", ["record", "openai", "chat", "chat-stream", "--out", _folder.FullName]);

        Assert.True(run.ExitCode == 0, run.Errors);
        foreach (var name in (string[])["openai-chat", "openai-chat-stream"])
        {
            Assert.Equal("Good morning to you.", (string?)JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_folder.FullName, name, "reply.json"), TestContext.Current.CancellationToken))!["choices"]![0]!["message"]!["content"]);
            await ChatFixture.PlayAsync(Fixture.Load(_folder.FullName, name), 2);
        }
    }

    public void Dispose() => _folder.Delete(recursive: true);

    private static IEnumerable<string> CanaryForms()
    {
        var bytes = Encoding.UTF8.GetBytes(Canary.Key);
        yield return Canary.Key;
        yield return Canary.Key.ToUpperInvariant();
        yield return Uri.EscapeDataString(Canary.Key);
        yield return System.Net.WebUtility.HtmlEncode(Canary.Key);
        yield return Convert.ToBase64String(bytes);
        yield return Convert.ToBase64String(Encoding.UTF8.GetBytes($"user:{Canary.Key}"));
        yield return JsonValue.Create(Canary.Key)!.ToJsonString();
    }

    private Task<CliResult> RecordAsync(ReplayServer server, string provider, params string[] scenarios) =>
        new CliRun { Environment = new() { [$"{provider.ToUpperInvariant()}_API_KEY"] = "sk-canary-0123456789", [$"{provider.ToUpperInvariant()}_BASE_URL"] = server.Url.ToString() }, WorkingDirectory = _folder.FullName }
            .RunAsync(["record", provider, .. scenarios]);

    private string Read(string scenario, string file) => File.ReadAllText(Path.Combine(_folder.FullName, $"openai-{scenario}", file));

    private string All(string scenario) => string.Concat(Directory.EnumerateFiles(Path.Combine(_folder.FullName, $"openai-{scenario}")).Select(File.ReadAllText));
}
