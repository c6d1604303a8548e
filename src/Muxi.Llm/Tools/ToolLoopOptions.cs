namespace Muxi.Llm;

/// <summary>How a loop of tools is run.</summary>
public sealed record ToolLoopOptions
{
    /// <summary>How often the model is asked at most, 10 unless set.</summary>
    public int MaxRounds { get; init; } = 10;

    /// <summary>How long the whole loop may take; null sets no limit. Each call of the model has its own <see cref="Timeouts"/>, too.</summary>
    public TimeSpan? TotalTime { get; init; }

    /// <summary>
    /// Whether the model must answer without tools in the last round (<c>tool_choice: none</c>). Else, and where it calls all the same, a last round that ends in
    /// calls raises <see cref="ToolLoopException"/>.
    /// </summary>
    public bool AnswersAtLimit { get; init; }

    /// <summary>Asked before each call of a tool that needs it, one at a time in the order of the calls; nothing of the turn has run then.</summary>
    public Func<ToolApprovalRequest, CancellationToken, Task<ToolApproval>>? Approve { get; init; }

    /// <summary>
    /// What the model is told of an exception that a tool raised. Unless set, it is told the message of a <see cref="ToolErrorException"/>, and of others only that the
    /// tool failed: their messages may hold what is not for the model.
    /// </summary>
    public Func<ToolCall, Exception, string>? DescribeError { get; init; }
}

/// <summary>A call that waits for approval.</summary>
/// <param name="Tool">The tool that would run.</param>
/// <param name="Call">The call, with its arguments as the model wrote them; they fit the tool's schema.</param>
public sealed record ToolApprovalRequest(FunctionTool Tool, ToolCall Call);

/// <summary>Whether a call may run.</summary>
public sealed record ToolApproval
{
    private ToolApproval(string decision, string? reason = null) => (Decision, Reason) = (decision, reason);

    /// <summary><c>approve</c>, <c>reject</c> or <c>stop</c>.</summary>
    public string Decision { get; }

    /// <summary>Why it may not, as the model is told.</summary>
    public string? Reason { get; }

    /// <summary>It may run.</summary>
    public static ToolApproval Approve { get; } = new("approve");

    /// <summary>The whole loop ends: the turn's calls, of which none has run, are given back to the caller.</summary>
    public static ToolApproval Stop { get; } = new("stop");

    /// <summary>It may not run; the model is told why and goes on.</summary>
    public static ToolApproval Reject(string reason = "the user does not allow this call") => new("reject", reason);
}

/// <summary>Why a loop of tools ended without an answer.</summary>
public enum ToolLoopEnd
{
    /// <summary>The last round that was allowed ended in calls.</summary>
    Rounds,
    /// <summary>It took longer than <see cref="ToolLoopOptions.TotalTime"/>.</summary>
    Time,
    /// <summary>The model gave a tool arguments that do not fit, and did it again after it was told.</summary>
    BadArguments,
    /// <summary>The model called a tool that there is not, and did it again after it was told.</summary>
    UnknownTool,
}

/// <summary>A loop of tools ended without an answer. <see cref="LlmException.Transcript"/> holds what it added to the conversation.</summary>
/// <remarks>The transcript ends in the model's turn whose calls were not run, or before a turn that did not come to its end.</remarks>
public sealed class ToolLoopException(string message, ToolLoopEnd end, Exception? inner = null) : LlmException(message, inner)
{
    /// <summary>Why it ended.</summary>
    public ToolLoopEnd End { get; } = end;
}
