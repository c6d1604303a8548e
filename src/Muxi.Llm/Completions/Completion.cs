namespace Muxi.Llm;

/// <summary>A reply to a completion request.</summary>
/// <remarks>Source: CreateCompletionResponse in OpenAI's OpenAPI document 2.3.0.</remarks>
public sealed partial record Completion : Reply
{
    /// <summary>The provider's id of the reply; empty where it gives none.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>text_completion</c>.</summary>
    public string Object => "text_completion";

    /// <summary>When it was made, in Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>The model that answered, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>The answers: those to the first prompt, then those to the second, and so on.</summary>
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    /// <summary>What the call used, where the provider says.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The backend's configuration, where the provider tells it.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The first answer's text; empty when there is none.</summary>
    public string Text => Choices.Count > 0 ? Choices[0].Text : "";

    /// <summary>Reads a reply in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no choices.</exception>
    public static Completion Parse(ReadOnlySpan<byte> utf8) => CompletionReplyReader.Read(utf8);

    /// <summary>The reply in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, reply) => CompletionReplyWriter.Write(json, reply), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, reply) => CompletionReplyWriter.Write(json, reply), indented: true);
}

/// <summary>One of the answers to a completion request; in a chunk, what is new of it.</summary>
public sealed record CompletionChoice
{
    /// <summary>Its place among the answers.</summary>
    public int Index { get; init; }

    /// <summary>What the model wrote.</summary>
    public string Text { get; init; } = "";

    /// <summary>Why it stopped, in OpenAI's words; null while it has not.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Why it stopped in the vendor's own word, where that is another one.</summary>
    public string? FinishReasonRaw { get; init; }

    /// <summary>How likely its tokens were, where that was asked for.</summary>
    public CompletionLogprobs? Logprobs { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>How likely the tokens of an answer were, in four lists with an entry for each token.</summary>
public sealed record CompletionLogprobs
{
    /// <summary>The tokens' texts.</summary>
    public IReadOnlyList<string> Tokens { get; init; } = [];

    /// <summary>The natural logarithms of their probabilities; null where there is none, as for the first token of a prompt that is repeated.</summary>
    public IReadOnlyList<double?> TokenLogprobs { get; init; } = [];

    /// <summary>The likeliest tokens at each place and their logarithms; null where there are none.</summary>
    public IReadOnlyList<IReadOnlyDictionary<string, double>?> TopLogprobs { get; init; } = [];

    /// <summary>Where each token begins in the text, in characters as the vendor counts them.</summary>
    public IReadOnlyList<int> TextOffset { get; init; } = [];

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }
}

/// <summary>One piece of a streamed completion.</summary>
public sealed record CompletionChunk : Reply
{
    /// <summary>The provider's id of the reply, the same in all its chunks; empty where it gives none.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>text_completion</c>.</summary>
    public string Object => "text_completion";

    /// <summary>When the reply was begun, in Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>The model that answers, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>What is new in each answer; empty in a chunk that brings only the usage.</summary>
    public required IReadOnlyList<CompletionChoice> Choices { get; init; }

    /// <summary>What the call used: once, at the end.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The backend's configuration, where the provider tells it.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>The new text of the first answer; null when there is none in this chunk.</summary>
    public string? Text
    {
        get
        {
            for (var i = 0; i < Choices.Count; i++)
                if (Choices[i] is { Index: 0, Text.Length: > 0 } choice) return choice.Text;
            return null;
        }
    }

    /// <summary>Whether the chunk brings text or an answer's end: what commits an attempt.</summary>
    internal bool HasContent
    {
        get
        {
            for (var i = 0; i < Choices.Count; i++)
                if (Choices[i].FinishReason is not null || Choices[i].Text.Length > 0) return true;
            return false;
        }
    }

    /// <summary>Reads a chunk in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON or has no choices.</exception>
    public static CompletionChunk Parse(ReadOnlySpan<byte> utf8) => CompletionReplyReader.ReadChunk(utf8);

    /// <summary>The chunk in OpenAI's JSON form.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, chunk) => CompletionReplyWriter.Write(json, chunk), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, chunk) => CompletionReplyWriter.Write(json, chunk), indented: true);
}
