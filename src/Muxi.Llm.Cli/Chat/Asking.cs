namespace Muxi.Llm.Cli;

/// <summary>One question and its answer, shown as the options say.</summary>
internal sealed class Asking(LlmClient client, Terminal terminal, ChatCompletionRequest request)
{
    /// <summary>Everything but the conversation; of its messages, the instructions.</summary>
    public ChatCompletionRequest Request { get; private set; } = request;

    /// <summary>Settings of every call: the fallbacks.</summary>
    public RequestOptions? Options { get; init; }

    /// <summary>What the last answer took.</summary>
    public Spent? Last { get; private set; }

    public bool IsStreamed { get; init; } = true;

    public bool PrintsJson { get; init; }

    public bool TellsUsage { get; init; }

    /// <summary>How many tokens all answers took.</summary>
    public long Tokens { get; private set; }

    /// <summary>Another model from now on.</summary>
    /// <exception cref="ConfigurationException">There is no such one.</exception>
    public void Use(string model)
    {
        client.Targets.Plan(model, Options);
        Request = Request with { Model = model };
    }

    /// <summary>Asks, shows the answer, and gives it.</summary>
    public async Task<ChatCompletion> AskAsync(IReadOnlyList<Message> messages, CancellationToken cancellationToken)
    {
        var printer = new AnswerPrinter(terminal, isSilent: PrintsJson, mayCall: Request.Tools is not null);
        var started = terminal.Clock.GetTimestamp();
        ChatCompletion reply;
        try
        {
            reply = await ReplyAsync(Request with { Messages = messages }, printer, cancellationToken);
        }
        catch (Exception e) when (e is not OutputClosedException)
        {
            printer.Break();
            throw;
        }
        if (PrintsJson) terminal.Write(reply.ToIndentedJson() + "\n");
        else printer.End(reply);
        Last = new(reply, reply.Usage, terminal.Clock.GetElapsedTime(started));
        Tokens += reply.Usage?.TotalTokens ?? 0;
        Tell(reply);
        if (TellsUsage) terminal.Note(Last.ToString());
        return reply;
    }

    private async Task<ChatCompletion> ReplyAsync(ChatCompletionRequest request, AnswerPrinter printer, CancellationToken cancellationToken)
    {
        var completions = client.Chat.Completions;
        if (IsStreamed) return await completions.StreamAsync(request, Options, cancellationToken).Tee(printer.Show, cancellationToken).ToCompletionAsync(cancellationToken);
        var reply = await completions.CreateAsync(request, Options, cancellationToken);
        printer.Show(reply);
        return reply;
    }

    private void Tell(ChatCompletion reply)
    {
        terminal.TellWarnings(reply);
        var answer = reply.Choices.Count > 0 ? reply.Choices[0] : null;
        if (answer?.FinishReason == FinishReason.Length) terminal.Note("the answer was cut at the token limit");
        else if (answer?.FinishReason == FinishReason.ContentFilter) terminal.Note("the provider's filter cut the answer");
        else if (answer?.Message is null or { Content: null or "", Refusal: null or "", ToolCalls.Count: 0 }) terminal.Note("the answer is empty");
    }
}
