namespace Muxi.Llm;

/// <summary>What happens in a loop of tools.</summary>
/// <param name="Value">The word for it, as a server's event would be called.</param>
public readonly record struct ToolLoopEventType(string Value)
{
    /// <summary>The model is asked.</summary>
    public static ToolLoopEventType RoundStarted => new("round_started");
    /// <summary>A piece of the model's reply has come, in <see cref="ToolLoopEvent.Chunk"/>.</summary>
    public static ToolLoopEventType Chunk => new("chunk");
    /// <summary>The model's reply is whole, in <see cref="ToolLoopEvent.Completion"/>.</summary>
    public static ToolLoopEventType RoundCompleted => new("round_completed");
    /// <summary>A call was approved or not, in <see cref="ToolLoopEvent.Approval"/>.</summary>
    public static ToolLoopEventType CallDecided => new("call_decided");
    /// <summary>A tool begins to run.</summary>
    public static ToolLoopEventType CallStarted => new("call_started");
    /// <summary>A call has its result, in <see cref="ToolLoopEvent.Result"/>.</summary>
    public static ToolLoopEventType CallCompleted => new("call_completed");
    /// <summary>The loop is done: the last event, with the whole in <see cref="ToolLoopEvent.Completion"/>.</summary>
    public static ToolLoopEventType Completed => new("completed");

    /// <summary>The word for what happens.</summary>
    public static implicit operator ToolLoopEventType(string value) => new(value);
    /// <summary>The word for what happens.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>One thing that happens in a loop of tools; <see cref="Type"/> says what, and which members are set.</summary>
/// <param name="Type">What happens; it says which members are set.</param>
/// <param name="Round">In which round, counted from 1.</param>
public sealed record ToolLoopEvent(ToolLoopEventType Type, int Round)
{
    /// <summary>A piece of the model's reply.</summary>
    public ChatCompletionChunk? Chunk { get; init; }

    /// <summary>The call that is decided about, begins or is done.</summary>
    public ToolCall? Call { get; init; }

    /// <summary>What was decided about the call.</summary>
    public ToolApproval? Approval { get; init; }

    /// <summary>What the model is told as the call's result.</summary>
    public ToolResult? Result { get; init; }

    /// <summary>The exception that the tool raised, if it did. It stays here: the model is told what <see cref="ToolLoopOptions.DescribeError"/> makes of it.</summary>
    public Exception? Error { get; init; }

    /// <summary>The round's reply; in the last event the reply of the whole loop.</summary>
    public ChatCompletion? Completion { get; init; }

    /// <summary>The new text of the model's reply; null when there is none in this event.</summary>
    public string? Text => Chunk?.Text;
}
