namespace Muxi.Llm.Cli;

/// <summary>A conversation on a terminal: line by line, with everything that was said before. What fails is told and forgotten, and the conversation goes on.</summary>
internal sealed class Conversation(Asking asking, Terminal terminal, IReadOnlyList<ContentPart> attachments)
{
    private readonly List<Message> _said = [.. asking.Request.Messages];
    private readonly Queue<ToolCall> _calls = new();
    private IReadOnlyList<ContentPart> _attachments = attachments;

    /// <summary>Talks until Ctrl-D, <c>/exit</c>, or Ctrl-C at the prompt.</summary>
    public async Task RunAsync()
    {
        terminal.Note("a conversation: Ctrl-D or /exit ends it, Ctrl-C breaks off an answer");
        while (await LineAsync() is { } line && line.Trim() != "/exit")
        {
            if (line.Trim().Length == 0) continue;
            if (Add(line)) await terminal.Interrupts.TurnAsync(AnswerAsync);
        }
    }

    private async Task<string?> LineAsync()
    {
        terminal.WriteError(_calls.TryPeek(out var call) ? $"result of {call.Function.Name}> " : "> ");
        string? line = null;
        try
        {
            return line = await terminal.ReadLineAsync(terminal.Interrupts.Token);
        }
        finally
        {
            if (line is null) terminal.WriteError("\n");
        }
    }

    /// <summary>Takes a line as the result of the call that waits for one, else as a question; says whether it is the model's turn.</summary>
    private bool Add(string line)
    {
        if (_calls.TryDequeue(out var call)) _said.Add(Message.Tool(call.Id, line));
        else _said.Add(ChatCommand.Question(line, _attachments));
        return _calls.Count == 0;
    }

    private async Task AnswerAsync(CancellationToken cancellationToken)
    {
        try
        {
            var reply = await asking.AskAsync(_said, cancellationToken);
            _attachments = [];
            if (reply.Choices is not [{ Message: var message }, ..]) return;
            _said.Add(message);
            foreach (var toolCall in message.ToolCalls) _calls.Enqueue(toolCall);
        }
        catch (Exception e) when (!terminal.Interrupts.Token.IsCancellationRequested && e is LlmException or OperationCanceledException)
        {
            Failures.Tell(e, terminal);
            Forget();
        }
    }

    /// <summary>A question without an answer would stand before the next one: everything back to it goes.</summary>
    private void Forget()
    {
        var last = _said.FindLastIndex(message => message.Role == Role.User);
        _said.RemoveRange(last, _said.Count - last);
    }
}
