namespace Muxi.Llm.Tests;

/// <summary>OpenAI's own JavaScript client, and its agents, ask the server for responses as if it were OpenAI.</summary>
public sealed class ResponseNodeTests
{
    private const string Said = "Hello! I am the muxi-llm sandbox, a simulator and not a model. You said: \\\"Hello?\\\".";

    [Theory]
    [InlineData("create", "sandbox/chat", $$"""{"text":"{{Said}}","status":"completed","kept":true,"id":true,"used":true}""")]
    [InlineData("stream", "sandbox/chat", $$"""{"text":"{{Said}}","same":true,"types":["created","in_progress","output_item.added","content_part.added","output_text.delta","output_text.done","content_part.done","output_item.done","completed"],"ordered":true,"kept":true}""")]
    [InlineData("parse", "sandbox/chat", """{"city":"Paris","streamed":"Paris"}""")]
    [InlineData("tools", "sandbox/chat", """{"name":"weather","hasCity":true,"told":true,"linked":true,"previous":true}""")]
    [InlineData("keep", "sandbox/chat", """{"same":true,"items":["one","two","three"],"gone":404}""")]
    [InlineData("chain", "sandbox/chat", """{"earlier":true,"other":400}""")]
    [InlineData("background", "sandbox/chat", """{"seen":["queued","in_progress","completed"],"text":true,"stopped":"cancelled"}""")]
    [InlineData("resume", "sandbox/chat", """{"gapless":true,"last":"response.completed","same":true}""")]
    [InlineData("count", "sandbox/chat", """{"tokens":9,"compacted":"compaction"}""")]
    [InlineData("reasoning", "sandbox/chat", """{"types":["reasoning","message"],"sealed":true,"again":["reasoning","message"]}""")]
    [InlineData("error", "sandbox/context-length", """{"error":"BadRequestError","status":400,"code":"context_length_exceeded"}""")]
    [InlineData("error", "sandbox/rate-limit", """{"error":"RateLimitError","status":429,"code":"rate_limit_exceeded"}""")]
    [InlineData("error", "nobody/m", """{"error":"NotFoundError","status":404,"code":"model_not_found"}""")]
    [InlineData("streamError", "sandbox/overloaded", """{"error":"InternalServerError","status":503,"code":"overloaded","some":false}""")]
    [InlineData("streamError", "sandbox/stream-error", """{"error":"APIError","status":null,"code":"server_error","some":true}""")]
    public async Task The_client_sees(string scenario, string model, string expected)
    {
        await using var served = await Served.SandboxAsync();

        Assert.Equal(expected, await RunAsync(served, "openai-responses.mjs", scenario, model));
    }

    [Theory]
    [InlineData("whole", "")]
    [InlineData("stream", ""","streamed":true""")]
    public async Task An_agent_calls_a_function_hands_over_and_the_next_answers_with_a_type(string manner, string more)
    {
        await using var served = await Served.SandboxAsync();

        Assert.Equal(Led + more + "}", await RunAsync(served, "openai-agents.mjs", "sandbox/chat", manner));
    }

    [Theory]
    [InlineData("openai", "whole", "")]
    [InlineData("openai", "stream", ""","streamed":true""")]
    [InlineData("anthropic", "whole", "")]
    [InlineData("anthropic", "stream", ""","streamed":true""")]
    public async Task An_agent_is_led_by_a_service_by_other_people_too(string provider, string manner, string more)
    {
        await using var aimock = await AimockServer.StartAsync(Leading);
        await using var served = await Served.StartAsync(Calls.OptionsFor(aimock.OpenAIUrl, provider) with { Retries = Calls.Once });

        Assert.Equal(Led + more + "}", await RunAsync(served, "openai-agents.mjs", provider == "openai" ? "openai/gpt-5" : "anthropic/claude-sonnet-4-5", manner));
    }

    [Theory]
    [InlineData("create", """{"text":"Once upon a time.","status":"completed","kept":true,"id":true,"used":true}""")]
    [InlineData("stream", """{"text":"Once upon a time.","same":true,"types":["created","in_progress","output_item.added","content_part.added","output_text.delta","output_text.done","content_part.done","output_item.done","completed"],"ordered":true,"kept":true}""")]
    [InlineData("parse", """{"city":"Paris","streamed":"Paris"}""")]
    [InlineData("tools", """{"name":"weather","hasCity":true,"told":true,"linked":true,"previous":true}""")]
    [InlineData("keep", """{"same":true,"items":["one","two","three"],"gone":404}""")]
    public async Task The_client_sees_a_chat_as_it_sees_responses(string scenario, string expected)
    {
        await using var aimock = await AimockServer.StartAsync(Telling);
        await using var served = await Served.StartAsync(Calls.OptionsFor(aimock.OpenAIUrl, "anthropic") with { Retries = Calls.Once });

        Assert.Equal(expected, await RunAsync(served, "openai-responses.mjs", scenario, "anthropic/claude-sonnet-4-5"));
    }

    private const string Leading = """
        {"fixtures":[{"match":{"toolResultContains":"18 degrees"},"response":{"toolCalls":[{"name":"transfer_to_Writer","arguments":"{}"}],"usage":{"input_tokens":5,"output_tokens":3}}},
        {"match":{"toolResultContains":"Writer"},"response":{"content":"{\"city\":\"Paris\",\"degrees\":18}","usage":{"input_tokens":5,"output_tokens":3}}},
        {"match":{"userMessage":"Paris"},"response":{"toolCalls":[{"name":"get_weather","arguments":"{\"city\":\"Paris\"}"}],"usage":{"input_tokens":5,"output_tokens":3}}}]}
        """;

    private const string Telling = """
        {"fixtures":[{"match":{"toolResultContains":"18 degrees"},"response":{"content":"It has 18 degrees.","usage":{"input_tokens":5,"output_tokens":3}}},{"match":{"userMessage":"Oslo"},"response":{"toolCalls":[{"name":"weather","arguments":"{\"city\":\"Oslo\"}"}],"usage":{"input_tokens":5,"output_tokens":3}}},
        {"match":{"userMessage":"Paris"},"response":{"content":"{\"city\":\"Paris\"}","usage":{"input_tokens":5,"output_tokens":3}}},{"match":{"userMessage":"three"},"response":{"content":"four","usage":{"input_tokens":5,"output_tokens":3}}},{"match":{"userMessage":"Hello"},"response":{"content":"Once upon a time.","usage":{"input_tokens":5,"output_tokens":3}}}]}
        """;

    /// <summary>What an agent's run is to look like: function, hand-over and a typed answer, three turns.</summary>
    internal const string Led = """
        {"city":"Paris","degrees":"number","asked":["Paris"],"by":"Writer","items":["tool_call_item","tool_call_output_item","handoff_call_item","handoff_output_item","message_output_item"],"turns":3,"used":true
        """;

    internal static async Task<string> RunAsync(Served served, string script, params string[] arguments)
    {
        NpmPackages.Require(script == "openai-agents.mjs" ? "@openai/agents" : "openai");
        var run = await NodeScript.RunAsync(Repo.PathTo("tests", "Muxi.Llm.Tests", "Gateway", script), [new Uri(served.Url, "v1").ToString(), .. arguments], "", TestContext.Current.CancellationToken);
        Assert.True(run.ExitCode == 0, run.Errors);
        return run.Output.TrimEnd();
    }
}
