using System.Globalization;

namespace Muxi.Llm;

/// <summary>The calls of one turn of the model: checked all before any is run, approved in order, run together where all their tools allow it.</summary>
internal sealed class ToolTurn(ChatCompletionRequest request, IReadOnlyList<FunctionTool> tools, ToolLoopOptions options, TimeProvider time)
{
    private readonly Dictionary<string, FunctionTool> _tools = tools.ToDictionary(tool => tool.Name);
    private readonly HashSet<string> _declared = [.. (request.Tools ?? []).Select(NameOf).OfType<string>()];

    /// <summary>Names whose last call was a mistake that the model has been told of.</summary>
    private readonly HashSet<string> _mistaken = [];

    /// <summary>The name of a tool of a request; null for a vendor's own without one.</summary>
    public static string? NameOf(Tool tool) =>
        tool.Function?.Name ?? (tool.Custom.IsEmpty ? tool.Extra.GetString("name") : Extra.Trusted(tool.Custom.Utf8.ToArray()).GetString("name"));

    /// <summary>What the model is told of arguments that do not fit.</summary>
    public static string BadArguments(IReadOnlyList<string> faults) => $"The tool was not run, as its arguments do not fit: {string.Join("; ", faults)}. Mend them and call it again.";

    /// <summary>Whether a reply waits for what this loop can give: calls, of which none is of a tool that only the caller knows.</summary>
    public bool IsOurs(ChatCompletion reply)
    {
        // What was cut off in the middle of a call is no call.
        if (reply.Choices is not [{ FinishReason: var finish }, ..] || finish == FinishReason.Length || finish == FinishReason.ContentFilter) return false;
        return reply.ToolCalls is { Count: > 0 } calls && calls.All(call => call.Type != "function_call" && (_tools.ContainsKey(call.Function.Name) || !_declared.Contains(call.Function.Name)));
    }

    /// <summary>The results of the reply's calls, in their order; null where the caller stopped the loop, and nothing has run.</summary>
    /// <exception cref="ToolLoopException">The model made a mistake again that it had been told of; nothing has run.</exception>
    public async Task<IReadOnlyList<Message>?> RunAsync(ChatCompletion reply, ToolTeller teller)
    {
        var calls = reply.ToolCalls.Select(call => Ready(call, reply)).ToList();
        if (calls.TrueForAll(call => call.Tool is not null)) _mistaken.RemoveWhere(name => !_tools.ContainsKey(name));
        foreach (var call in calls.Where(call => call.Run is not null)) _mistaken.Remove(call.Call.Function.Name);
        foreach (var call in calls.Where(call => call.Run is null)) _mistaken.Add(call.Call.Function.Name);
        for (var i = 0; i < calls.Count; i++)
        {
            if (calls[i] is not { Run: not null, Tool: { NeedsApproval: true } tool } waiting) continue;
            teller.Token.ThrowIfCancellationRequested();
            var approval = await options.Approve!(new(tool, waiting.Call), teller.Token).WaitAsync(teller.Token).ConfigureAwait(false) ?? ToolApproval.Stop;
            await teller.TellAsync(new(ToolLoopEventType.CallDecided, teller.Round) { Call = waiting.Call, Approval = approval }).ConfigureAwait(false);
            if (approval.Decision == "stop") return null;
            if (approval.Decision != "approve") calls[i] = waiting with { Run = null, Mistake = $"The call was not run: {approval.Reason}" };
        }
        if (calls.TrueForAll(call => call.Tool?.RunsInParallel != false)) return await Task.WhenAll(calls.Select(call => RunAsync(call, teller))).ConfigureAwait(false);
        var results = new List<Message>();
        foreach (var call in calls) results.Add(await RunAsync(call, teller).ConfigureAwait(false));
        return results;
    }

    private ReadyCall Ready(ToolCall call, ChatCompletion reply)
    {
        var name = call.Function.Name;
        if (!_tools.TryGetValue(name, out var tool))
        {
            if (_mistaken.Contains(name)) throw Again(ToolLoopEnd.UnknownTool, $"the model called '{name}' again, which is no tool of this loop", reply);
            return new(call, null, null, _tools.Count == 0 ? $"There is no tool '{name}'." : $"There is no tool '{name}', only: {string.Join(", ", _tools.Keys)}.");
        }
        if (tool.Prepare(call.Function.Arguments, out var faults) is { } run) return new(call, tool, run, null);
        if (_mistaken.Contains(name)) throw Again(ToolLoopEnd.BadArguments, $"the model gave tool '{name}' arguments that do not fit again: {string.Join("; ", faults)}", reply);
        return new(call, tool, null, BadArguments(faults));
    }

    private static ToolLoopException Again(ToolLoopEnd end, string message, ChatCompletion reply) => new(message, end) { Provider = reply.Provider, Model = reply.Model };

    private async Task<Message> RunAsync(ReadyCall ready, ToolTeller teller)
    {
        var (result, error) = (ToolResult.FromError(ready.Mistake ?? ""), (Exception?)null);
        if (ready.Run is { } run)
        {
            await teller.TellAsync(new(ToolLoopEventType.CallStarted, teller.Round) { Call = ready.Call }).ConfigureAwait(false);
            (result, error) = await RunAsync(ready, run, teller.Token).ConfigureAwait(false);
        }
        await teller.TellAsync(new(ToolLoopEventType.CallCompleted, teller.Round) { Call = ready.Call, Result = result, Error = error }).ConfigureAwait(false);
        return result.ToMessage(ready.Call.Id);
    }

    private async Task<(ToolResult Result, Exception? Error)> RunAsync(ReadyCall ready, ToolRun run, CancellationToken token)
    {
        var most = ready.Tool!.Timeout;
        using var limit = most is { } longest ? new CancellationTokenSource(longest, time) : null;
        using var linked = CancellationTokenSource.CreateLinkedTokenSource(token, limit?.Token ?? CancellationToken.None);
        try
        {
            // On a thread of its own: a method that does not await would hold up the calls beside it. One that does not heed its token is not waited for.
            return (await Task.Run(() => run(linked.Token), linked.Token).WaitAsync(linked.Token).ConfigureAwait(false) ?? new(), null);
        }
        catch (Exception e)
        {
            token.ThrowIfCancellationRequested();
            if (limit?.IsCancellationRequested == true && e is OperationCanceledException) return (ToolResult.FromError(string.Create(CultureInfo.InvariantCulture, $"The tool did not finish within {most!.Value.TotalSeconds} s.")), e);
            return (ToolResult.FromError(options.DescribeError?.Invoke(ready.Call, e) ?? (e is ToolErrorException ? e.Message : "The tool failed.")), e);
        }
    }

    /// <summary>A call as it was checked.</summary>
    /// <param name="Call">What the model wants.</param>
    /// <param name="Tool">The tool; null where there is none.</param>
    /// <param name="Run">What runs; null where nothing does.</param>
    /// <param name="Mistake">What the model is told instead.</param>
    private sealed record ReadyCall(ToolCall Call, FunctionTool? Tool, ToolRun? Run, string? Mistake);
}
