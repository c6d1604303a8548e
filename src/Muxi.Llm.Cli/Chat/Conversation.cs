using System.Text;

namespace Muxi.Llm.Cli;

/// <summary>A conversation on a terminal: line by line, with everything that was said before. What fails is told and forgotten, and the conversation goes on.</summary>
internal sealed class Conversation(Asking asking, Terminal terminal, IReadOnlyList<ContentPart> attachments)
{
    private const string Block = "\"\"\"";

    private readonly List<Message> _said = [.. asking.Request.Messages];
    private readonly Queue<ToolCall> _calls = new();
    private readonly LineHistory? _history = terminal.Editor is null ? null : LineHistory.Of(terminal);
    private List<ContentPart> _attachments = [.. attachments];
    private Message? _unanswered;

    /// <summary>Talks until Ctrl-D, <c>/exit</c>, or Ctrl-C at the prompt.</summary>
    public async Task RunAsync()
    {
        terminal.Note("a conversation: Ctrl-D or /exit ends it, Ctrl-C breaks off an answer, /help says what else there is");
        while (await TextAsync() is { } text)
        {
            if (text.Trim().Length == 0) continue;
            if (_calls.Count == 0 && ConversationCommand.Of(text) is var (command, argument) && command is not null)
            {
                if (command == ConversationCommand.Exit) return;
                await ObeyAsync(command, argument);
            }
            else if (Add(text.StartsWith("//", StringComparison.Ordinal) ? text[1..] : text)) await terminal.Interrupts.TurnAsync(AnswerAsync);
        }
    }

    /// <summary>What was said next: a line, those that it goes on in, or a block.</summary>
    private async Task<string?> TextAsync()
    {
        var isResult = _calls.TryPeek(out var call);
        if (await LineAsync(isResult ? $"result of {call!.Function.Name}> " : "> ") is not { } line) return null;
        var text = new StringBuilder(line);
        if (line.TrimStart().StartsWith(Block, StringComparison.Ordinal))
        {
            text.Clear().Append(line.TrimStart()[Block.Length..]);
            while (!text.ToString().TrimEnd().EndsWith(Block, StringComparison.Ordinal) && await LineAsync("... ") is { } next) text.Append('\n').Append(next);
            if (text.ToString().TrimEnd() is var whole && whole.EndsWith(Block, StringComparison.Ordinal)) text.Clear().Append(whole, 0, whole.Length - Block.Length);
            text = new(text.ToString().Trim('\n'));
        }
        else
        {
            while (text.Length > 0 && text[^1] == '\\')
            {
                text[^1] = '\n';
                if (await LineAsync("... ") is not { } next) break;
                text.Append(next);
            }
        }
        if (!isResult) _history?.Add(text.ToString());
        return text.ToString();
    }

    private async Task<string?> LineAsync(string prompt)
    {
        string? line = null;
        try
        {
            return line = await terminal.ReadLineAsync(prompt, _history?.Lines ?? [], terminal.Interrupts.Token);
        }
        finally
        {
            if (line is null) terminal.WriteError("\n");
        }
    }

    /// <summary>Does what a command says; what is wrong with it is told.</summary>
    private async Task ObeyAsync(string command, string argument)
    {
        try
        {
            switch (command)
            {
                case "help": terminal.WriteError(ConversationCommand.Help); break;
                case "model": ChangeModel(argument); break;
                case "system": ChangeSystem(argument); break;
                case "image": Attach(Attachments.Image(argument, "/image")); break;
                case "audio": Attach(Attachments.Audio(argument, "/audio")); break;
                case "file": Attach(Attachments.Document(argument, "/file")); break;
                case "clear": Clear(); break;
                case "undo": Undo(); break;
                case "retry": await RetryAsync(); break;
                case "usage": terminal.Note(asking.Last is { } last ? $"{last}; {asking.Tokens} tokens in all" : "usage: nothing was answered yet"); break;
                default: terminal.Note($"there is no /{command}{(Nearest.Of(command, ConversationCommand.All) is { } near ? $"; did you mean /{near}?" : ": /help says what there is")} (a question that begins with a slash begins with two)"); break;
            }
        }
        catch (Exception e) when (e is LlmException or FailureException)
        {
            Failures.Tell(e, terminal);
        }
    }

    private void ChangeModel(string name)
    {
        if (name.Length > 0) asking.Use(name);
        terminal.Note($"{asking.Request.Model} answers");
    }

    private void ChangeSystem(string text)
    {
        var has = _said is [{ Role: var role }, ..] && role == Role.System;
        if (text.Length == 0)
        {
            terminal.Note(has ? $"the instructions: {_said[0].Content}" : "there are no instructions: /system TEXT gives some");
            return;
        }
        if (has) _said.RemoveAt(0);
        if (text != "off") _said.Insert(0, Message.System(text));
        terminal.Note(text == "off" ? "no instructions from now on" : "the instructions hold from now on");
    }

    private void Attach(ContentPart part)
    {
        _attachments.Add(part);
        terminal.Note($"{_attachments.Count} attached to the next question");
    }

    private void Clear()
    {
        _said.RemoveAll(message => message.Role != Role.System);
        (_attachments, _unanswered) = ([], null);
        terminal.Note("everything is forgotten but the instructions");
    }

    private void Undo()
    {
        if (!Forget()) terminal.Note("there is nothing to undo");
        else terminal.Note("the last question and its answer are forgotten");
    }

    private async Task RetryAsync()
    {
        var question = _unanswered ?? _said.FindLast(message => message.Role == Role.User);
        if (question is null)
        {
            terminal.Note("there is nothing to ask again");
            return;
        }
        if (_unanswered is null) Forget();
        _said.Add(question);
        await terminal.Interrupts.TurnAsync(AnswerAsync);
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
            (_attachments, _unanswered) = ([], null);
            if (reply.Choices is not [{ Message: var message }, ..]) return;
            _said.Add(message);
            foreach (var toolCall in message.ToolCalls) _calls.Enqueue(toolCall);
        }
        catch (Exception e) when (!terminal.Interrupts.Token.IsCancellationRequested && e is LlmException or OperationCanceledException)
        {
            Failures.Tell(e, terminal);
            _unanswered = _said.FindLast(message => message.Role == Role.User);
            Forget();
        }
    }

    /// <summary>A question without an answer would stand before the next one: everything back to it goes.</summary>
    private bool Forget()
    {
        var last = _said.FindLastIndex(message => message.Role == Role.User);
        if (last < 0) return false;
        _said.RemoveRange(last, _said.Count - last);
        return true;
    }
}
