using System.Text.Json;
using System.Text.Json.Serialization;

namespace Muxi.Llm.Tests;

/// <summary>What the tools of the suite take.</summary>
internal sealed record CityArguments(string City, int Days = 1);

[JsonSourceGenerationOptions(JsonSerializerDefaults.Web)]
[JsonSerializable(typeof(CityArguments))]
[JsonSerializable(typeof(int[]))]
internal sealed partial class ToolSuiteJson : JsonSerializerContext;

/// <summary>A loop of tools is the same over every wire format of chat, whole and streamed.</summary>
public sealed class ToolSuiteTests
{
    private static readonly ChatCompletionRequest _ask = new() { Model = "", Messages = [Message.System("Be brief."), Message.User("Weather in Oslo?")], MaxTokens = 500 };
    private static readonly Said.Call _oslo = new("calloslo1", "get_weather", """{"city":"Oslo"}""");
    private static readonly Said.Call _rome = new("callrome1", "get_weather", """{"city":"Rome","days":2}""");
    private static readonly Said.Words _done = new("Cold in Oslo.");

    public static TheoryData<string, bool> Formats => ToolConformanceTests.Formats;

    [Theory, MemberData(nameof(Formats))]
    public async Task The_model_is_told_results_until_it_answers(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, new Said.Words("Let me look. "), _oslo).Expect(model, _rome).Expect(model, _done);

        var reply = await talk.RunAsync(model, _ask, [Weather(city => $"3 °C in {city}")]);

        Assert.Equal(("Cold in Oslo.", FinishReason.Stop), (reply.Text, reply.Choices[0].FinishReason));
        Assert.Equal(
            ["user: Weather in Oslo?", "assistant: Let me look.  | calloslo1=get_weather({\"city\":\"Oslo\"})", "tool: calloslo1: 3 °C in Oslo 1",
             "assistant: callrome1=get_weather({\"city\":\"Rome\",\"days\":2})", "tool: callrome1: 3 °C in Rome 2"],
            talk.Last.Lines);
        Assert.Equal(["assistant", "tool", "assistant", "tool", "assistant"], reply.Transcript.Select(message => message.Role.Value));
        Assert.Equal("Cold in Oslo.", reply.Transcript[^1].Content);
        Assert.Equal((3, 3, 60, 30, 90), (reply.Rounds.Count, reply.Attempts.Count, reply.Usage!.PromptTokens, reply.Usage.CompletionTokens, reply.Usage.TotalTokens));
        Assert.Equal(["get_weather"], talk.Seen[0].Tools.Select(tool => tool.Name));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Calls_of_one_turn_run_together_where_their_tools_allow_it_and_results_keep_the_order(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo, _rome).Expect(model, _done);
        var rome = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var tool = FunctionTool.Create("get_weather", async (given, token) =>
        {
            // The first cannot end before the second has begun.
            if (given.City == "Rome") rome.SetResult();
            else await rome.Task.WaitAsync(token);
            return ToolResult.FromText(given.City);
        }, ToolSuiteJson.Default.CityArguments, new() { RunsInParallel = true });

        await talk.RunAsync(model, _ask, [tool]);

        Assert.Equal(["tool: calloslo1: Oslo", "tool: callrome1: Rome"], talk.Last.Lines.TakeLast(2));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Calls_run_one_after_the_other_where_one_tool_does_not_allow_it(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo, new Said.Call("callnow01", "now", "{}"), _rome).Expect(model, _done);
        var (running, most) = (0, 0);
        async Task<string> Count()
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            await Task.Yield();
            Interlocked.Decrement(ref running);
            return "x";
        }

        await talk.RunAsync(model, _ask, [FunctionTool.Create((string city, int days = 1) => Count(), new() { Name = "get_weather", RunsInParallel = true }), FunctionTool.Create(() => Count(), new() { Name = "now" })]);

        Assert.Equal(1, most);
        Assert.Equal(["tool: calloslo1: x", "tool: callnow01: x", "tool: callrome1: x"], talk.Last.Lines.TakeLast(3));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_mistake_is_told_to_the_model_once_and_ends_the_loop_when_it_is_made_again(string format, bool stream)
    {
        var model = WireModel.All[format];
        foreach (var (wrong, end, told) in ((Said.Call, ToolLoopEnd, string)[])
        [
            (new Said.Call("callxxxx1", "get_wether", "{}"), ToolLoopEnd.UnknownTool, "There is no tool 'get_wether', only: get_weather."),
            (new Said.Call("callxxxx1", "get_weather", """{"city":5}"""), ToolLoopEnd.BadArguments, "city must be string, not a number"),
            (new Said.Call("callxxxx1", "get_weather", """{"town":"Oslo"}"""), ToolLoopEnd.BadArguments, "city is missing"),
        ])
        {
            await using var mending = await Conversing.BeginAsync(stream);
            mending.Expect(model, wrong).Expect(model, _oslo).Expect(model, wrong with { Id = "callyyyy1" }).Expect(model, _done);
            var mended = await mending.RunAsync(model, _ask, [Weather(city => city)]);
            Assert.Equal("Cold in Oslo.", mended.Text);
            Assert.Contains(told, mended.Transcript[1].Content, StringComparison.Ordinal);
            Assert.True(mended.Transcript[1].IsError);

            await using var again = await Conversing.BeginAsync(stream);
            again.Expect(model, wrong).Expect(model, wrong with { Id = "callyyyy1" }, _oslo);
            var ran = 0;
            var error = await Assert.ThrowsAsync<ToolLoopException>(() => again.RunAsync(model, _ask, [Weather(city => $"{++ran}")]));
            Assert.Equal((end, 0, 3, ErrorKind.ToolLoop), (error.End, ran, error.Transcript.Count, error.Kind));
            Assert.Equal(2, error.Transcript[^1].ToolCalls.Count);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_tool_that_fails_tells_the_model_no_more_than_it_should(string format, bool stream)
    {
        var model = WireModel.All[format];
        foreach (var (raised, loop, told) in ((Exception, ToolLoopOptions?, string)[])
        [
            (new InvalidOperationException("password=hunter2"), null, "The tool failed."),
            (new ToolErrorException("there is no such city"), null, "there is no such city"),
            (new InvalidOperationException("the disk is full"), new() { DescribeError = (call, error) => $"{call.Function.Name}: {error.Message}" }, "get_weather: the disk is full"),
        ])
        {
            await using var talk = await Conversing.BeginAsync(stream);
            talk.Expect(model, _oslo).Expect(model, _done);

            var reply = await talk.RunAsync(model, _ask, [Weather(_ => throw raised)], loop);

            Assert.Equal(told, Assert.IsType<SeenPart.Result>(Assert.Single(talk.Last.Turns[^1].Parts)).Parts[0].ToString());
            Assert.True(reply.Transcript[1].IsError);
            if (stream) Assert.Same(raised, talk.Events.Single(it => it.Type == ToolLoopEventType.CallCompleted).Error);
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_call_may_wait_for_approval(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo, _rome).Expect(model, _done);
        var asked = new List<string>();
        var loop = new ToolLoopOptions
        {
            Approve = (waiting, _) =>
            {
                asked.Add($"{waiting.Tool.Name} {waiting.Call.Id}");
                return Task.FromResult(waiting.Call.Id == "calloslo1" ? ToolApproval.Approve : ToolApproval.Reject("Rome is out of bounds"));
            },
        };

        await talk.RunAsync(model, _ask, [Weather(city => city, new() { NeedsApproval = true })], loop);

        Assert.Equal(["get_weather calloslo1", "get_weather callrome1"], asked);
        Assert.Equal("tool: calloslo1: Oslo 1", talk.Last.Lines.ElementAt(2));
        Assert.EndsWith("The call was not run: Rome is out of bounds", talk.Last.Lines.Last(), StringComparison.Ordinal);
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Who_approves_may_stop_the_loop_and_gets_the_calls(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo, _rome);
        var ran = 0;
        var decisions = new Queue<ToolApproval>([ToolApproval.Approve, ToolApproval.Stop]);

        var reply = await talk.RunAsync(model, _ask, [Weather(_ => $"{++ran}", new() { NeedsApproval = true })], new() { Approve = (_, _) => Task.FromResult(decisions.Dequeue()) });

        Assert.Equal((0, FinishReason.ToolCalls, 2, 1), (ran, reply.Choices[0].FinishReason, reply.ToolCalls.Count, reply.Transcript.Count));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Calls_of_the_callers_own_tools_are_given_back(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo).Expect(model, _rome, new Said.Call("callshop1", "order", "{}"));
        var ran = 0;

        var reply = await talk.RunAsync(model, _ask with { Tools = [Tool.FromFunction("order", "Orders it")] }, [Weather(_ => $"{++ran}")]);

        Assert.Equal((1, FinishReason.ToolCalls), (ran, reply.Choices[0].FinishReason));
        Assert.Equal(["callrome1", "callshop1"], reply.ToolCalls.Select(call => call.Id));
        Assert.Equal(["order", "get_weather"], talk.Last.Tools.Select(tool => tool.Name));
        Assert.Equal(["assistant", "tool", "assistant"], reply.Transcript.Select(message => message.Role.Value));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task What_must_be_called_must_be_called_in_the_first_round_only(string format, bool stream)
    {
        var model = WireModel.All[format];
        foreach (var (choice, seen) in ((ToolChoice, string)[])[(ToolChoice.Required, "required"), (ToolChoice.Function("get_weather"), "the tool get_weather")])
        {
            await using var talk = await Conversing.BeginAsync(stream);
            talk.Expect(model, _oslo).Expect(model, _done);

            await talk.RunAsync(model, _ask with { ToolChoice = choice }, [Weather(city => city)]);

            Assert.Equal([model.Forces ? seen : null, null], talk.Seen.Select(one => one.ToolChoice is "auto" ? null : one.ToolChoice));
        }
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Rounds_are_limited(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo).Expect(model, _rome).Expect(model, _oslo).Expect(model, _done);

        var error = await Assert.ThrowsAsync<ToolLoopException>(() => talk.RunAsync(model, _ask, [Weather(city => city)], new() { MaxRounds = 2 }));
        var reply = await talk.RunAsync(model, _ask, [Weather(city => city)], new() { MaxRounds = 2, AnswersAtLimit = true });

        Assert.Equal((ToolLoopEnd.Rounds, 3), (error.End, error.Transcript.Count));
        Assert.Equal(("Cold in Oslo.", model.ForbidsFurtherCalls ? "none" : null), (reply.Text, talk.Last.ToolChoice));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task The_whole_time_is_limited_and_so_is_that_of_a_tool(string format, bool stream)
    {
        var time = new ManualTime();
        await using var talk = await Conversing.BeginAsync(stream, options => options with { TimeProvider = time });
        var model = WireModel.All[format];
        talk.Expect(model, _oslo).Expect(model, _done).Expect(model, _oslo);
        var started = new SemaphoreSlim(0);
        var stopped = new SemaphoreSlim(0);
        FunctionTool Slow(TimeSpan? most) => FunctionTool.Create("get_weather", async (given, token) =>
        {
            try
            {
                started.Release();
                await Task.Delay(System.Threading.Timeout.Infinite, token);
                return ToolResult.FromText("never");
            }
            finally
            {
                stopped.Release();
            }
        }, ToolSuiteJson.Default.CityArguments, new() { Timeout = most });

        var first = talk.RunAsync(model, _ask, [Slow(TimeSpan.FromSeconds(5))]);
        await started.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(5));
        Assert.Equal("The tool did not finish within 5 s.", (await first).Transcript[1].Content);

        talk.Events.Clear();
        var second = talk.RunAsync(model, _ask, [Slow(null)], new() { TotalTime = TimeSpan.FromSeconds(30) });
        await started.WaitAsync(TestContext.Current.CancellationToken);
        time.Advance(TimeSpan.FromSeconds(30));
        var error = await Assert.ThrowsAsync<ToolLoopException>(() => second);
        Assert.Equal((ToolLoopEnd.Time, 1), (error.End, error.Transcript.Count));
        Assert.True(await stopped.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task The_callers_cancellation_ends_running_tools_and_comes_back_as_it_is(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo, _rome);
        using var cancellation = new CancellationTokenSource();
        var stopped = new SemaphoreSlim(0);
        var started = new CountdownEvent(2);
        var tool = FunctionTool.Create("get_weather", async (given, token) =>
        {
            try
            {
                if (started.Signal()) await cancellation.CancelAsync();
                await Task.Delay(System.Threading.Timeout.Infinite, token);
                return ToolResult.FromText("never");
            }
            finally
            {
                stopped.Release();
            }
        }, ToolSuiteJson.Default.CityArguments, new() { RunsInParallel = true });

        var error = await Assert.ThrowsAnyAsync<OperationCanceledException>(() => talk.RunAsync(model, _ask, [tool], null, cancellation.Token));

        Assert.Equal(cancellation.Token, error.CancellationToken);
        for (var tools = 0; tools < 2; tools++) Assert.True(await stopped.WaitAsync(TimeSpan.FromSeconds(5), TestContext.Current.CancellationToken));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task Signed_thinking_goes_back_with_its_turn(string format, bool stream)
    {
        if (!WireModel.All[format].Thinks) return;
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, new Said.Thinking("Oslo is north.", "c2lnbmVk+/=="), _oslo).Expect(model, _done);

        await talk.RunAsync(model, _ask, [Weather(city => city)]);

        Assert.Equal($"assistant: (Oslo is north./{(model.Signs ? "c2lnbmVk+/==" : "")}) | calloslo1=get_weather({{\"city\":\"Oslo\"}})", talk.Last.Lines.ElementAt(1));
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_tool_may_show_a_picture(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo).Expect(model, _done);
        var picture = Image.FromBytes([0x89, .. "PNG"u8, 13, 10, 26, 10, 1, 2, 3]);

        await talk.RunAsync(model, _ask, [FunctionTool.Create((string city) => new ContentPart[] { "The radar:", picture }, new() { Name = "get_weather" })]);

        var shown = talk.Last.Turns.SelectMany(turn => turn.Parts).SelectMany(part => part is SeenPart.Result result ? result.Parts : [part]).ToList();
        Assert.Single(shown.OfType<SeenPart.Picture>());
        Assert.Contains(shown, part => part.ToString() == "The radar:");
    }

    [Theory, MemberData(nameof(Formats))]
    public async Task A_failed_call_of_the_model_tells_what_was_done_before(string format, bool stream)
    {
        await using var talk = await Conversing.BeginAsync(stream);
        var model = WireModel.All[format];
        talk.Expect(model, _oslo);

        var error = await Assert.ThrowsAnyAsync<ApiException>(() => talk.RunAsync(model, _ask, [Weather(city => city)]));

        Assert.Equal(["assistant", "tool"], error.Transcript.Select(message => message.Role.Value));
    }

    [Fact]
    public async Task A_stream_tells_all_that_happens_in_order()
    {
        await using var talk = await Conversing.BeginAsync(stream: true);
        var model = WireModel.All["openai-chat"];
        talk.Expect(model, new Said.Words("Looking."), _oslo).Expect(model, _done);

        await talk.RunAsync(model, _ask, [Weather(city => city, new() { NeedsApproval = true })], new() { Approve = (_, _) => Task.FromResult(ToolApproval.Approve) });

        Assert.Equal(
            ["1 round_started", "1 chunk", "1 round_completed", "1 call_decided", "1 call_started", "1 call_completed", "2 round_started", "2 chunk", "2 round_completed", "2 completed"],
            talk.Events.Select(it => $"{it.Round} {it.Type}").Aggregate(new List<string>(), (all, next) => all.Count > 0 && all[^1] == next ? all : [.. all, next]));
        Assert.Equal("Looking.Cold in Oslo.", string.Concat(talk.Events.Select(it => it.Text)));
        Assert.Equal("Oslo 1", talk.Events.Single(it => it.Result is not null).Result!.Text);
    }

    /// <summary>The tool that the suite's model calls.</summary>
    private static FunctionTool Weather(Func<string, string> say, FunctionToolOptions? options = null) =>
        FunctionTool.Create("get_weather", (given, _) => Task.FromResult(ToolResult.FromText(say(given.City) is var said && said.Length < 3 ? said : $"{said} {given.Days}")), ToolSuiteJson.Default.CityArguments, options);
}
