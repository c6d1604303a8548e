namespace Muxi.Llm;

/// <summary>A reply to a chat request.</summary>
public sealed partial record ChatCompletion : Reply
{
    /// <summary>The provider's id of the reply.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>chat.completion</c>.</summary>
    public string Object => "chat.completion";

    /// <summary>When it was made, in Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>The model that answered, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>The answers; as many as were asked for.</summary>
    public required IReadOnlyList<Choice> Choices { get; init; }

    /// <summary>What the call used, where the provider says.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The class in which the call was served.</summary>
    public ServiceTier? ServiceTier { get; init; }

    /// <summary>The backend's configuration, where the provider tells it.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>What the service's content filters found in the prompt; empty where it does not say.</summary>
    public IReadOnlyList<PromptFilterResult> PromptFilterResults => ContentFilterResults.OfPrompts(Extra);

    /// <summary>The first answer's text; empty when it has none.</summary>
    public string Text => Choices.Count > 0 ? Choices[0].Message.Content ?? "" : "";

    /// <summary>The first answer's tool calls.</summary>
    public IReadOnlyList<ToolCall> ToolCalls => Choices.Count > 0 ? Choices[0].Message.ToolCalls : [];

    /// <summary>Reads a reply in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no choices.</exception>
    public static ChatCompletion Parse(ReadOnlySpan<byte> utf8) => ChatReplyReader.Read(utf8);

    /// <summary>The reply in OpenAI's JSON form, extension members included.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, reply) => ChatReplyWriter.Write(json, reply), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => ChatReplyWriter.Write(json, reply), indented: true);
}

/// <summary>One of the answers to a request.</summary>
public sealed record Choice
{
    /// <summary>Its place among the answers.</summary>
    public int Index { get; init; }

    /// <summary>What the model said.</summary>
    public required Message Message { get; init; }

    /// <summary>Why it stopped, in OpenAI's words.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Why it stopped in the vendor's own word, where that is another one.</summary>
    public string? FinishReasonRaw { get; init; }

    /// <summary>How likely its tokens were, where that was asked for.</summary>
    public Logprobs? Logprobs { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>What the service's content filters found in the answer; null where it does not say.</summary>
    public ContentFilterResults? ContentFilterResults => ContentFilterResults.Of(Extra);
}

/// <summary>How likely the tokens of an answer were.</summary>
public sealed record Logprobs
{
    /// <summary>For the content's tokens.</summary>
    public IReadOnlyList<TokenLogprob>? Content { get; init; }

    /// <summary>For the refusal's tokens.</summary>
    public IReadOnlyList<TokenLogprob>? Refusal { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How likely one token was.</summary>
/// <param name="Token">The token's text.</param>
/// <param name="Logprob">The natural logarithm of its probability.</param>
public sealed record TokenLogprob(string Token, double Logprob)
{
    /// <summary>Its UTF-8, where the text cannot show it whole.</summary>
    public IReadOnlyList<byte>? Bytes { get; init; }

    /// <summary>The likeliest tokens at this place; null where the provider tells none.</summary>
    public IReadOnlyList<TokenLogprob>? TopLogprobs { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}
