using System.Runtime.CompilerServices;
using System.Text.Json.Nodes;
using System.Threading.Channels;

namespace Muxi.Llm;

/// <summary>
/// Asks the model, runs what it calls, tells it the results, until it answers:
/// <code>
///   ask ─► reply ─┬─ no calls, cut short, calls of the caller's own tools ─► done
///                 └─ calls ─► check all ─► approve ─► run ─► results ─► ask
/// </code>
/// The transcript grows by whole turns only, so that it can be gone on with wherever the loop ends.
/// </summary>
internal sealed class ToolLoop(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions options, TimeProvider time)
{
    private readonly List<Message> _transcript = [];
    private readonly List<ChatCompletion> _rounds = [];
    private readonly ToolTurn _turn = new(request, tools, options, time);

    /// <summary>Refuses what cannot work, before anything is sent.</summary>
    public static void Check(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions options)
    {
        ArgumentNullException.ThrowIfNull(tools);
        if (request.N > 1) throw Wrong.Request("n", $"n is {request.N}: a loop of tools goes on with one answer; leave n out");
        if (!request.Functions.IsEmpty) throw Wrong.Request("functions", "a loop of tools knows only tools: give them instead of functions");
        if (tools.GroupBy(tool => tool.Name).FirstOrDefault(named => named.Count() > 1) is { } twice) throw Wrong.Request("tools", $"there are {twice.Count()} tools named '{twice.Key}': give each a name of its own");
        if (options.Approve is null && tools.FirstOrDefault(tool => tool.NeedsApproval) is { } waiting) throw Wrong.Request("tools", $"tool '{waiting.Name}' needs approval: set ToolLoopOptions.Approve");
        if (options.MaxRounds < 1) throw new ConfigurationException($"ToolLoopOptions.MaxRounds is {options.MaxRounds}: it must be 1 or more");
        if (options.TotalTime <= TimeSpan.Zero) throw new ConfigurationException($"ToolLoopOptions.TotalTime is {options.TotalTime}: it must be more than zero");
    }

    /// <summary>Runs the loop and tells what happens; the last event has the reply.</summary>
    public static async IAsyncEnumerable<ToolLoopEvent> StreamAsync(Func<ToolLoop> begin, ToolAsk ask, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        // One event waits at most, so that the model is not read faster than the caller listens.
        var events = Channel.CreateBounded<ToolLoopEvent>(1);
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var running = Task.Run(
            async () =>
            {
                Exception? error = null;
                try
                {
                    await begin().RunAsync(ask, (it, token) => events.Writer.WriteAsync(it, token), left.Token).ConfigureAwait(false);
                }
                catch (Exception e)
                {
                    error = e;
                }
                events.Writer.Complete();
                return error;
            },
            CancellationToken.None);
        Exception? failure;
        try
        {
            await foreach (var it in events.Reader.ReadAllAsync(CancellationToken.None).ConfigureAwait(false)) yield return it;
        }
        finally
        {
            await left.CancelAsync().ConfigureAwait(false);
            failure = await running.ConfigureAwait(false);
        }
        if (failure is OperationCanceledException && cancellationToken.IsCancellationRequested) throw new OperationCanceledException(failure.Message, failure, cancellationToken);
        if (failure is not null) System.Runtime.ExceptionServices.ExceptionDispatchInfo.Throw(failure);
    }

    /// <summary>Runs the loop to its end.</summary>
    public async Task<ChatCompletion> RunAsync(ToolAsk ask, ToolSink tell, CancellationToken cancellationToken)
    {
        using var limit = options.TotalTime is { } most ? new CancellationTokenSource(most, time) : null;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit?.Token ?? CancellationToken.None);
        try
        {
            return await RunAsync(new ToolTeller(tell, linked.Token), ask).ConfigureAwait(false);
        }
        catch (OperationCanceledException e) when (cancellationToken.IsCancellationRequested)
        {
            throw new OperationCanceledException(e.Message, e, cancellationToken);
        }
        catch (Exception e) when (limit?.IsCancellationRequested == true && e is OperationCanceledException or StreamInterruptedException { InnerException: OperationCanceledException })
        {
            throw Raised(new ToolLoopException(FormattableString.Invariant($"the loop of tools was not done within {options.TotalTime!.Value.TotalSeconds} s"), ToolLoopEnd.Time, e));
        }
        catch (LlmException e)
        {
            throw Raised(e);
        }
    }

    private async Task<ChatCompletion> RunAsync(ToolTeller teller, ToolAsk ask)
    {
        for (var round = 1; ; round++)
        {
            teller.Round = round;
            await teller.TellAsync(new(ToolLoopEventType.RoundStarted, round)).ConfigureAwait(false);
            var reply = await ask(RequestOf(round), teller).ConfigureAwait(false);
            _rounds.Add(reply);
            if (reply.Choices is [{ Message: var said }, ..]) _transcript.Add(said);
            await teller.TellAsync(new(ToolLoopEventType.RoundCompleted, round) { Completion = reply }).ConfigureAwait(false);
            if (!_turn.IsOurs(reply)) return await EndAsync(teller, reply).ConfigureAwait(false);
            if (round == options.MaxRounds)
            {
                throw new ToolLoopException($"the model still calls tools after {round} round{(round == 1 ? "" : "s")}: raise ToolLoopOptions.MaxRounds, or set AnswersAtLimit", ToolLoopEnd.Rounds) { Provider = reply.Provider, Model = reply.Model };
            }
            if (await _turn.RunAsync(reply, teller).ConfigureAwait(false) is not { } results) return await EndAsync(teller, reply).ConfigureAwait(false);
            _transcript.AddRange(results);
        }
    }

    private async Task<ChatCompletion> EndAsync(ToolTeller teller, ChatCompletion last)
    {
        var whole = last with { Transcript = [.. _transcript], Rounds = [.. _rounds], Usage = Usages.Sum(_rounds.Select(round => round.Usage)) };
        whole.Call = last.Call?.With([.. _rounds.SelectMany(round => round.Attempts)]);
        await teller.TellAsync(new(ToolLoopEventType.Completed, teller.Round) { Completion = whole }).ConfigureAwait(false);
        return whole;
    }

    private LlmException Raised(LlmException error)
    {
        error.Transcript = [.. _transcript];
        return error;
    }

    private ChatCompletionRequest RequestOf(int round)
    {
        var named = (request.Tools ?? []).Select(ToolTurn.NameOf).ToHashSet();
        var asked = request with { Messages = [.. request.Messages, .. _transcript], Tools = [.. request.Tools ?? [], .. tools.Where(tool => !named.Contains(tool.Name)).Select(tool => tool.Definition)] };
        if (asked.Tools is { Count: 0 }) asked = asked with { Tools = null };
        if (round == options.MaxRounds && options.AnswersAtLimit && round > 1 && asked.Tools is not null) return asked with { ToolChoice = ToolChoice.None };
        return round == 1 ? asked : asked with { ToolChoice = Later(request.ToolChoice) };
    }

    /// <summary>What is demanded once would be demanded for ever: from the second round on the model may decide.</summary>
    private static ToolChoice? Later(ToolChoice? choice) => choice switch
    {
        null or { Mode: "none" or "auto" } => choice,
        { Mode: "allowed_tools", Raw.IsEmpty: false } => Allowed(choice),
        _ => null,
    };

    private static ToolChoice Allowed(ToolChoice choice)
    {
        if (SchemaNode.Parse(choice.Raw.Utf8.Span) is not JsonObject raw) return choice;
        var inner = raw["allowed_tools"] as JsonObject ?? raw;
        if (inner.ContainsKey("mode")) inner["mode"] = "auto";
        return ToolChoice.FromRaw(RawJson.Trusted(SchemaNode.ToUtf8(raw)));
    }
}

/// <summary>Asks the model once, and tells of the pieces of its reply where it streams.</summary>
internal delegate Task<ChatCompletion> ToolAsk(ChatCompletionRequest request, ToolTeller teller);

/// <summary>Takes what happens.</summary>
internal delegate ValueTask ToolSink(ToolLoopEvent it, CancellationToken cancellationToken);

/// <summary>Tells the listener of the loop what happens in the round that is on.</summary>
internal sealed class ToolTeller(ToolSink sink, CancellationToken token)
{
    public int Round { get; set; }

    /// <summary>Ends all that goes on: the caller's token, and the limit on time.</summary>
    public CancellationToken Token => token;

    public ValueTask TellAsync(ToolLoopEvent it) => sink(it, token);
}
