namespace Muxi.Llm;

/// <summary>The model answered, but not with what was asked for. <see cref="Completion"/> is what it said.</summary>
/// <remarks>The base class itself: the answer does not follow the schema, and did not after the model was told, either. The subclasses are not asked again.</remarks>
public class StructuredOutputException : LlmException
{
    /// <summary>An answer that is not what was asked for.</summary>
    public StructuredOutputException(string message, ChatCompletion completion, Exception? inner = null) : base(message, inner)
    {
        Completion = completion;
        Blame(completion.Provider, completion.Model);
        Attempts = completion.Attempts;
    }

    /// <summary>The reply, the last one where the model was asked again.</summary>
    public ChatCompletion Completion { get; }

    /// <summary>The answer's text, as it came.</summary>
    public string Text => Completion.Text;

    /// <summary>What of the answer does not follow the schema, in words; empty where something else is wrong with it.</summary>
    public IReadOnlyList<string> Faults { get; init; } = [];
}

/// <summary>The model will not answer; <see cref="Refusal"/> says what it said instead.</summary>
public sealed class RefusalException(string message, ChatCompletion completion) : StructuredOutputException(message, completion)
{
    /// <summary>The model's words.</summary>
    public string Refusal { get; init; } = "";
}

/// <summary>The answer was cut off at the limit of tokens (<c>finish_reason: length</c>), so that it is no whole JSON: raise <c>max_tokens</c>.</summary>
public sealed class LengthFinishReasonException(string message, ChatCompletion completion) : StructuredOutputException(message, completion);

/// <summary>The service's filter cut the answer off (<c>finish_reason: content_filter</c>).</summary>
public sealed class ContentFilterFinishReasonException(string message, ChatCompletion completion) : StructuredOutputException(message, completion);
