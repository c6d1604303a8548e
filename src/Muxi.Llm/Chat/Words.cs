namespace Muxi.Llm;

/// <summary>Who speaks in a message. Any other word that a vendor uses is kept as it is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct Role(string Value)
{
    /// <summary>Instructions of the application, for models before the reasoning ones.</summary>
    public static Role System => new("system");
    /// <summary>Instructions of the application, in OpenAI's newer word.</summary>
    public static Role Developer => new("developer");
    /// <summary>The person who asks.</summary>
    public static Role User => new("user");
    /// <summary>The model that answers.</summary>
    public static Role Assistant => new("assistant");
    /// <summary>A tool's result.</summary>
    public static Role Tool => new("tool");
    /// <summary>A function's result, in the form before tools.</summary>
    public static Role Function => new("function");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator Role(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>Why the model stopped, in OpenAI's words whoever answered; the vendor's own word is kept beside.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct FinishReason(string Value)
{
    /// <summary>It was done, or met a stop sequence.</summary>
    public static FinishReason Stop => new("stop");
    /// <summary>The token limit was reached.</summary>
    public static FinishReason Length => new("length");
    /// <summary>It waits for the results of tool calls.</summary>
    public static FinishReason ToolCalls => new("tool_calls");
    /// <summary>The provider's filter cut the answer.</summary>
    public static FinishReason ContentFilter => new("content_filter");
    /// <summary>It waits for a function's result, in the form before tools.</summary>
    public static FinishReason FunctionCall => new("function_call");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator FinishReason(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How much a reasoning model thinks.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ReasoningEffort(string Value)
{
    /// <summary>Not at all.</summary>
    public static ReasoningEffort None => new("none");
    /// <summary>As little as can be.</summary>
    public static ReasoningEffort Minimal => new("minimal");
    /// <summary>Less than the usual.</summary>
    public static ReasoningEffort Low => new("low");
    /// <summary>As much as is usual.</summary>
    public static ReasoningEffort Medium => new("medium");
    /// <summary>More than the usual.</summary>
    public static ReasoningEffort High => new("high");
    /// <summary>Much more than the usual.</summary>
    public static ReasoningEffort XHigh => new("xhigh");
    /// <summary>As much as can be.</summary>
    public static ReasoningEffort Max => new("max");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ReasoningEffort(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>How wordy the answer is.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct Verbosity(string Value)
{
    /// <summary>Short and terse answers.</summary>
    public static Verbosity Low => new("low");
    /// <summary>Answers of the usual length.</summary>
    public static Verbosity Medium => new("medium");
    /// <summary>Long and thorough answers.</summary>
    public static Verbosity High => new("high");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator Verbosity(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>The price and speed class of a call.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct ServiceTier(string Value)
{
    /// <summary>As the project's settings say.</summary>
    public static ServiceTier Auto => new("auto");
    /// <summary>The standard class.</summary>
    public static ServiceTier Default => new("default");
    /// <summary>Cheaper and slower.</summary>
    public static ServiceTier Flex => new("flex");
    /// <summary>Capacity that was bought in advance.</summary>
    public static ServiceTier Scale => new("scale");
    /// <summary>Dearer and faster.</summary>
    public static ServiceTier Priority => new("priority");

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator ServiceTier(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}
