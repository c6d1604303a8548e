using System.Text;
using System.Text.Json;

namespace Muxi.Llm.Cli;

/// <summary>Shows an answer as it comes: text on stdout, thinking dimmed on a terminal's stderr, calls as JSON at the end.</summary>
internal sealed class AnswerPrinter(Terminal terminal, bool isSilent, bool mayCall)
{
    /// <summary>In a pipe stdout is either text or the calls' JSON, never both, so text waits until it is known which.</summary>
    private readonly StringBuilder? _held = mayCall && !terminal.IsOutTerminal ? new() : null;

    private char _lastOfText = '\n';
    private char _lastOfThinking = '\n';

    /// <summary>Shows what a chunk brings.</summary>
    public void Show(ChatCompletionChunk chunk)
    {
        for (var i = 0; i < chunk.Choices.Count; i++)
            if (chunk.Choices[i] is { Index: 0, Delta: var delta })
            {
                Think(delta.ReasoningContent ?? string.Concat(delta.Blocks.Where(block => block.Piece.Type == ContentPartType.Reasoning).Select(block => block.Piece.Text)));
                Say(delta.Content);
                Say(delta.Refusal);
            }
    }

    /// <summary>Shows a reply that came whole.</summary>
    public void Show(ChatCompletion reply)
    {
        if (reply.Choices is not [{ Message: var message }, ..]) return;
        Think(message.ReasoningContent);
        Say(message.Content);
        Say(message.Refusal);
    }

    /// <summary>The answer is whole.</summary>
    public void End(ChatCompletion reply)
    {
        if (reply.ToolCalls.Count == 0)
        {
            Break();
            return;
        }
        if (_held is { Length: > 0 }) terminal.WriteError(_held.ToString().TrimEnd('\n') + "\n");
        _held?.Clear();
        Break();
        terminal.Write(Json(reply.ToolCalls));
    }

    /// <summary>Nothing more comes: what came stays, on lines of its own.</summary>
    public void Break()
    {
        EndThinking();
        if (_held is { Length: > 0 }) Write(_held.ToString());
        _held?.Clear();
        if (_lastOfText != '\n') Write("\n");
    }

    private void Say(string? text)
    {
        if (isSilent || string.IsNullOrEmpty(text)) return;
        EndThinking();
        if (_held is not null) _held.Append(text);
        else Write(text);
    }

    private void Write(string text)
    {
        terminal.Write(text);
        _lastOfText = text[^1];
    }

    private void Think(string? text)
    {
        if (isSilent || !terminal.IsErrorTerminal || string.IsNullOrEmpty(text)) return;
        terminal.WriteDim(text);
        _lastOfThinking = text[^1];
    }

    private void EndThinking()
    {
        if (_lastOfThinking != '\n') terminal.WriteError("\n");
        _lastOfThinking = '\n';
    }

    private static string Json(IReadOnlyList<ToolCall> calls) => JsonText.Of(json =>
    {
        json.WriteStartArray();
        foreach (var call in calls) Write(json, call);
        json.WriteEndArray();
    });

    private static void Write(Utf8JsonWriter json, ToolCall call)
    {
        json.WriteStartObject();
        json.WriteString("id", call.Id);
        json.WriteString("type", call.Type);
        json.WriteStartObject(call.Type);
        json.WriteString("name", call.Function.Name);
        json.WriteString(call.Type == "custom" ? "input" : "arguments", call.Function.Arguments);
        json.WriteEndObject();
        json.WriteEndObject();
    }
}
