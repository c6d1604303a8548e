namespace Muxi.Llm.Tests;

/// <summary>A conversation that is made to fit: what goes, what stays, and what it says when it cannot.</summary>
public sealed class FitTests : IDisposable
{
    private const string Model = "openai/gpt-4o";

    private readonly LlmClient _client = new(new() { Environment = static _ => null });

    public void Dispose() => _client.Dispose();

    [Fact]
    public void What_fits_comes_back_as_it_is()
    {
        var request = Ask(Message.System("Be brief."), Message.User("one"), Message.Assistant("1"), Message.User("two"));
        var tokens = (int)_client.Tokens.Count(Model, request).InputTokens;

        var fitted = _client.Tokens.Fit(Model, request, tokens);

        Assert.Same(request, fitted.Request);
        Assert.Equal((tokens, 0), (fitted.Count.InputTokens, fitted.Dropped.Count));
    }

    [Fact]
    public void The_oldest_turns_go_first_and_no_more_than_must()
    {
        Message[] all = [Message.System("Be brief."), .. Enumerable.Range(0, 40).SelectMany(i => new[] { Message.User($"Question number {i}?"), Message.Assistant($"The answer is {i}.") }), Message.User("And now?")];
        var request = Ask(all);
        for (var kept = 0; kept <= 40; kept++)
        {
            Message[] expected = [all[0], .. all[^(1 + (2 * kept))..]];
            var budget = (int)_client.Tokens.Count(Model, Ask(expected)).InputTokens;

            // One token less than a turn more would take is no more room than for this.
            var more = kept == 40 ? budget : (int)_client.Tokens.Count(Model, Ask([all[0], .. all[^(3 + (2 * kept))..]])).InputTokens - 1;
            foreach (var room in new[] { budget, more })
            {
                var fitted = _client.Tokens.Fit(Model, request, room);
                Assert.Equal(expected, fitted.Request.Messages);
                Assert.Equal(all[1..^(1 + (2 * kept))], fitted.Dropped);
                Assert.Equal(budget, fitted.Count.InputTokens);
            }
        }
    }

    [Fact]
    public void Instructions_stay_wherever_they_stand()
    {
        Message[] all = [Message.System("A"), Message.User("one"), Message.Developer("B"), Message.Assistant("1"), Message.User("two"), Message.Assistant("2"), Message.System("C"), Message.User("three")];

        Assert.Equal([all[0], all[2], all[6], all[7]], Least(all).Request.Messages);
    }

    [Fact]
    public void Calls_go_with_their_results_and_the_last_turn_stays_whole()
    {
        Message[] all =
        [
            Message.User("Weather?"), Call("a", "b"), Message.Tool("a", "rain"), Message.Tool("b", "sun"), Message.Assistant("Both."),
            Message.User("And the wind?"), Call("c"), Message.Tool("c", "none"), Call("d"), Message.Tool("d", "still none"),
        ];

        var fitted = Least(all);

        Assert.Equal(all[5..], fitted.Request.Messages);
        Assert.Equal(all[..5], fitted.Dropped);
    }

    [Fact]
    public void A_call_that_is_answered_after_the_next_word_of_the_user_stays_with_its_result()
    {
        Message[] all = [Message.User("zero"), Message.Assistant("0"), Message.User("one"), Call("a"), Call("b"), Message.User("wait"), Message.Tool("b", "2"), Message.Tool("a", "1"), Message.User("two")];
        Message[] open = [.. all[..8], Message.User("hurry"), Message.Tool("a", "once more")];

        Assert.Equal(all[8..], Least(all).Request.Messages);
        // What the last turn answers was asked for in the second one.
        Assert.Equal(open[2..], Least(open).Request.Messages);
    }

    [Fact]
    public void Ids_that_begin_anew_in_each_turn_are_each_turns_own()
    {
        Message[] all = [Message.User("one"), Call("call_0"), Message.Tool("call_0", "1"), Message.User("two"), Call("call_0"), Message.Tool("call_0", "2"), Message.User("three")];

        Assert.Equal(all[6..], Least(all).Request.Messages);
        Assert.Equal(all[3..], _client.Tokens.Fit(Model, Ask(all), Need(all[3..])).Request.Messages);
    }

    [Fact]
    public void Calls_in_the_older_form_are_known_by_their_functions_name()
    {
        var call = new Message { Role = Role.Assistant, ToolCalls = [new() { Id = "", Type = "function_call", Function = new("get", "{}") }] };
        Message[] all = [Message.User("one"), Message.Assistant("1"), Message.User("two"), call, Message.User("wait"), new() { Role = Role.Function, Name = "get", Content = "2" }];

        Assert.Equal(all[2..], Least(all).Request.Messages);
    }

    [Fact]
    public void A_history_that_was_cut_before_loses_the_results_without_calls_first()
    {
        Message[] all = [Message.System("A"), Message.Tool("gone", "what was it?"), Message.Assistant("That."), Message.User("one")];

        Assert.Equal([all[0], all[3]], Least(all).Request.Messages);
    }

    [Fact]
    public void What_must_stay_and_is_too_much_is_told_with_its_size()
    {
        Message[] all = [Message.User("one"), Message.Assistant("1"), Message.User("Hello")];

        var error = Assert.Throws<ContextLengthExceededException>(() => _client.Tokens.Fit(Model, Ask(all), 7));

        Assert.Equal("what must stay of the conversation, its instructions and all from the last user message on, is 8 tokens, over the budget of 7: shorten it or the tools, or raise the budget", error.Message);
        Assert.Equal((ErrorKind.ContextLength, "messages", "context_length_exceeded"), (error.Kind, error.Param, error.Code));
        Assert.Empty(error.Attempts);
    }

    [Fact]
    public void An_estimate_must_fit_with_its_error_band()
    {
        const string Estimated = "anthropic/claude-sonnet-4-5";
        var request = Ask(Message.User(string.Concat(Enumerable.Repeat("How far is it to the sea from here? ", 50))), Message.Assistant("Far."), Message.User("And now?"));
        var count = _client.Tokens.Count(Estimated, request);
        var need = (int)Math.Ceiling(count.InputTokens * (1 + count.ErrorBand));

        Assert.True(need > count.InputTokens);
        Assert.Same(request, _client.Tokens.Fit(Estimated, request, need).Request);
        Assert.Equal(2, _client.Tokens.Fit(request with { Model = Estimated }, need - 1).Dropped.Count);
        Assert.Equal(2, _client.Tokens.Fit(Estimated, request, need - 1).Dropped.Count);
        Assert.Contains("(an estimate of ", Assert.Throws<ContextLengthExceededException>(() => _client.Tokens.Fit(Estimated, request, 1)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_rest_of_the_request_stays_and_tools_count()
    {
        var request = Ask(Message.User("one"), Message.Assistant("1"), Message.User("two")) with { Tools = [Tool.FromFunction("get", "Looks out of the window")], Temperature = 0.5, User = "u" };

        var fitted = _client.Tokens.Fit(Model, request, (int)_client.Tokens.Count(Model, request).InputTokens - 1);

        Assert.Equal(request with { Messages = fitted.Request.Messages }, fitted.Request);
        Assert.Equal(2, fitted.Dropped.Count);
        Assert.Equal(_client.Tokens.Count(Model, fitted.Request).InputTokens, fitted.Count.InputTokens);
    }

    [Theory]
    [InlineData(0)]
    [InlineData(-5)]
    public void A_budget_that_is_none_is_refused(int budget) => Assert.Throws<ArgumentOutOfRangeException>(() => _client.Tokens.Fit(Model, Calls.Ask(), budget));

    /// <summary>Histories at random: whatever the budget, what is left is a run of turns to the end, with every call's results and no result without its call.</summary>
    [Fact]
    public void No_history_loses_half_of_a_pair()
    {
        for (var seed = 1; seed <= 200; seed++)
        {
            var messages = RandomHistory(new Random(seed));
            var request = Ask([.. messages]);
            var whole = (int)_client.Tokens.Count(Model, request).InputTokens;
            foreach (var share in new[] { 0.2, 0.5, 0.8 })
            {
                try
                {
                    var fitted = _client.Tokens.Fit(Model, request, Math.Max(1, (int)(whole * share)));
                    Assert.True(fitted.Count.InputTokens <= whole * share, $"seed {seed}");
                    Assert.Equal(messages.Count, fitted.Request.Messages.Count + fitted.Dropped.Count);
                    Assert.Empty(CallIds(fitted.Dropped).Intersect(ResultIds(fitted.Request.Messages)));
                    Assert.Empty(ResultIds(fitted.Dropped).Intersect(CallIds(fitted.Request.Messages)));
                    Assert.Equal(Role.User, fitted.Request.Messages.First(message => message.Role != Role.System).Role);
                    Assert.DoesNotContain(fitted.Dropped, message => message.Role == Role.System);
                }
                catch (ContextLengthExceededException)
                {
                    var last = messages.FindLastIndex(message => message.Role == Role.User);
                    Assert.True(Need([.. messages.Take(last).Where(message => message.Role == Role.System), .. messages.Skip(last)]) > (int)(whole * share) || ResultIds([.. messages.Skip(last)]).Intersect(CallIds([.. messages.Take(last)])).Any(), $"seed {seed}");
                }
            }
        }
    }

    private static List<Message> RandomHistory(Random random)
    {
        var (messages, open) = (new List<Message> { Message.System("S"), Message.User("begin") }, new List<string>());
        for (var i = 0; i < 30; i++)
        {
            switch (random.Next(6))
            {
                case 0 or 1:
                    messages.Add(Message.User($"user {i} {new string('x', random.Next(40))}"));
                    break;
                case 2:
                    open.Add($"call-{i}");
                    messages.Add(Call(open[^1]));
                    break;
                case 3 when open.Count > 0:
                    var at = random.Next(open.Count);
                    messages.Add(Message.Tool(open[at], "result"));
                    open.RemoveAt(at);
                    break;
                case 4:
                    messages.Add(Message.System($"system {i}"));
                    break;
                default:
                    messages.Add(Message.Assistant($"assistant {i}"));
                    break;
            }
        }
        messages.AddRange(open.Select(id => Message.Tool(id, "late")));
        return messages;
    }

    private static IEnumerable<string> CallIds(IReadOnlyList<Message> messages) => messages.SelectMany(message => message.ToolCalls).Select(call => call.Id);

    private static IEnumerable<string> ResultIds(IReadOnlyList<Message> messages) => messages.Select(message => message.ToolCallId).OfType<string>();

    /// <summary>With no more room than what must stay takes.</summary>
    private FittedChat Least(Message[] all)
    {
        for (var budget = 1; ; budget++)
        {
            try
            {
                return _client.Tokens.Fit(Model, Ask(all), budget);
            }
            catch (ContextLengthExceededException)
            {
                // A little more.
            }
        }
    }

    /// <summary>The budget that these just fit.</summary>
    private int Need(Message[] messages)
    {
        var count = _client.Tokens.Count(Model, Ask(messages));
        return (int)Math.Ceiling(count.InputTokens * (1 + count.ErrorBand));
    }

    private static Message Call(params string[] ids) => Message.Assistant([.. ids.Select(id => ContentPart.FromToolCall(new ToolCall { Id = id, Function = new("get", "{}") }))]);

    private static ChatCompletionRequest Ask(params Message[] messages) => new() { Model = "-", Messages = messages };
}
