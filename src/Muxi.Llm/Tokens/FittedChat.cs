using System.Globalization;

namespace Muxi.Llm;

/// <summary>A conversation that was made to fit.</summary>
/// <param name="Request">The request with the messages that are left; the very one given where nothing had to go.</param>
/// <param name="Count">How many tokens its prompt has.</param>
/// <param name="Dropped">The messages that were left out, in their order; empty where nothing had to go.</param>
public sealed record FittedChat(ChatCompletionRequest Request, TokenCount Count, IReadOnlyList<Message> Dropped);

/// <summary>Leaves as few of a conversation's oldest turns out as will do.</summary>
internal sealed class Fitting(Func<ChatCompletionRequest, TokenCount> count, ChatCompletionRequest request, int budget)
{
    /// <summary>Counts the whole, then the halves of what may go: about as many counts as the number of turns has binary digits.</summary>
    /// <exception cref="ContextLengthExceededException">What must stay is too much.</exception>
    public FittedChat Fit()
    {
        var whole = count(request);
        if (Fits(whole)) return new(request, whole, []);
        var starts = Turns.Starts(request.Messages);
        // Turn by turn from the oldest: without the first `few` it is too much, without the first `many` it fits.
        var (few, many) = (0, starts.Count - 1);
        var best = many > 0 ? At(starts[many]) : new(request, whole, []);
        if (!Fits(best.Count)) throw TooMuch(best);
        while (many - few > 1)
        {
            var middle = (few + many) / 2;
            var tried = At(starts[middle]);
            if (Fits(tried.Count)) (many, best) = (middle, tried);
            else few = middle;
        }
        return best;
    }

    /// <summary>An estimate must fit even where it is as far too low as 9 in 10 of its kind are at most.</summary>
    private bool Fits(TokenCount counted) => Need(counted) <= budget;

    private static double Need(TokenCount counted) => counted.IsExact ? counted.InputTokens : Math.Ceiling(counted.InputTokens * (1 + counted.ErrorBand));

    /// <summary>The conversation from a message on, with the instructions that stand before it.</summary>
    private FittedChat At(int start)
    {
        var (stays, goes) = (new List<Message>(), new List<Message>());
        for (var i = 0; i < request.Messages.Count; i++) (i >= start || Turns.IsInstruction(request.Messages[i]) ? stays : goes).Add(request.Messages[i]);
        var shorter = request with { Messages = stays };
        return new(shorter, count(shorter), goes);
    }

    private ContextLengthExceededException TooMuch(FittedChat least)
    {
        var need = Need(least.Count);
        var estimate = least.Count.IsExact ? "" : string.Create(CultureInfo.InvariantCulture, $" (an estimate of {least.Count.InputTokens} and its error band)");
        return new(string.Create(CultureInfo.InvariantCulture,
            $"what must stay of the conversation, its instructions and all from the last user message on, is {need} tokens{estimate}, over the budget of {budget}: shorten it or the tools, or raise the budget"))
        {
            Status = System.Net.HttpStatusCode.BadRequest, Code = "context_length_exceeded", Type = "invalid_request_error", Param = "messages", Model = request.Model.Length > 0 ? request.Model : null, WasSent = false,
        };
    }
}

/// <summary>Where a conversation can begin.</summary>
internal static class Turns
{
    /// <summary>
    /// The places before which all may be left out: the very beginning, and each user message that no result behind it answers a call before it. The last one is the last turn's, or where a call of an earlier turn is answered
    /// there, the beginning of that.
    /// </summary>
    public static List<int> Starts(IReadOnlyList<Message> messages)
    {
        var split = Splitting(messages);
        var starts = new List<int> { 0 };
        for (var i = 1; i < messages.Count; i++)
            if (messages[i].Role == Role.User && !split[i] && Enumerable.Range(starts[^1], i - starts[^1]).Any(at => !IsInstruction(messages[at]))) starts.Add(i);
        return starts;
    }

    public static bool IsInstruction(Message message) => message.Role == Role.System || message.Role == Role.Developer;

    /// <summary>For each place, whether beginning there would part a result from its call.</summary>
    private static bool[] Splitting(IReadOnlyList<Message> messages)
    {
        // How many more calls are open behind each message than before it.
        var opened = new int[messages.Count + 1];
        var calls = new Dictionary<string, int>(StringComparer.Ordinal);
        for (var i = 0; i < messages.Count; i++)
        {
            // Some services number the calls of each turn anew, so that the last of an id counts.
            foreach (var call in messages[i].ToolCalls)
            {
                calls[call.Id] = i;
                calls[Named(call.Function.Name)] = i;
            }
            var answered = messages[i].Role == Role.Function ? Named(messages[i].Name ?? "") : messages[i].Role == Role.Tool ? messages[i].ToolCallId ?? "" : null;
            if (answered is null || !calls.TryGetValue(answered, out var at)) continue;
            opened[at + 1]++;
            opened[i + 1]--;
        }
        var (split, open) = (new bool[messages.Count], 0);
        for (var i = 0; i < messages.Count; i++) split[i] = (open += opened[i]) > 0;
        return split;
    }

    /// <summary>The older form of a result names the function alone.</summary>
    private static string Named(string function) => "function " + function;
}
