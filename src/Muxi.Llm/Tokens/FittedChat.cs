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
    private List<int> _starts = [];

    /// <summary>Counts the whole; then each turn by itself, which tells about how many must go; then, to be sure, the conversation without so many, and with one more or less.</summary>
    /// <exception cref="ContextLengthExceededException">What must stay is too much.</exception>
    public FittedChat Fit()
    {
        var whole = count(request);
        if (Fits(whole)) return new(request, whole, []);
        _starts = Turns.Starts(request.Messages);
        var last = _starts.Count - 1;
        var least = last > 0 ? Without(last) : new(request, whole, []);
        if (!Fits(least.Count)) throw TooMuch(least);
        return last > 1 ? Near(Guess(whole, last), least) : least;
    }

    /// <summary>The fewest turns without which it fits: looked for at the guess, then a step beside it and twice as far each time, and by halves in what lies between.</summary>
    private FittedChat Near(int guess, FittedChat best)
    {
        // Without the first `few` turns it is too much, without the first `many` it fits.
        var (few, many, tried) = (0, _starts.Count - 1, guess);
        for (var step = 1; many - few > 1; step *= 2)
        {
            var fitted = Without(tried);
            if (Fits(fitted.Count)) (many, best) = (tried, fitted);
            else few = tried;
            tried = tried == many ? many - step : few + step;
            if (tried <= few || tried >= many) tried = (few + many) / 2;
        }
        return best;
    }

    /// <summary>About how many turns must go: as many as would do if each had the tokens that it has alone, whatever they cost together.</summary>
    private int Guess(TokenCount whole, int last)
    {
        var left = Size(whole);
        var nothing = Size(count(new() { Model = request.Model, Messages = [] }));
        for (var turn = 0; turn < last; turn++)
        {
            if (left <= budget) return Math.Clamp(turn, 1, last - 1);
            var messages = new List<Message>();
            for (var i = _starts[turn]; i < _starts[turn + 1]; i++)
                if (!Turns.IsInstruction(request.Messages[i])) messages.Add(request.Messages[i]);
            left -= Size(count(new() { Model = request.Model, Messages = messages })) - nothing;
        }
        return last - 1;
    }

    /// <summary>An estimate must fit even where it is as far too low as 9 in 10 of its kind are at most.</summary>
    private bool Fits(TokenCount counted) => Need(counted) <= budget;

    private static double Need(TokenCount counted) => Math.Ceiling(Size(counted));

    private static double Size(TokenCount counted) => counted.IsExact ? counted.InputTokens : counted.InputTokens * (1 + counted.ErrorBand);

    /// <summary>The conversation without its first turns; their instructions stay.</summary>
    private FittedChat Without(int turns)
    {
        var start = _starts[turns];
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
