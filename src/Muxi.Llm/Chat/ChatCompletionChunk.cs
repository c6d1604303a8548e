namespace Muxi.Llm;

/// <summary>One piece of a streamed reply.</summary>
public sealed record ChatCompletionChunk : Reply
{
    /// <summary>The provider's id of the reply, the same in all its chunks.</summary>
    public required string Id { get; init; }

    /// <summary>Always <c>chat.completion.chunk</c>.</summary>
    public string Object => "chat.completion.chunk";

    /// <summary>When the reply was begun, in Unix seconds.</summary>
    public long Created { get; init; }

    /// <summary>The model that answers, in the vendor's own words.</summary>
    public required string Model { get; init; }

    /// <summary>What is new in each answer; empty in a chunk that brings only the usage.</summary>
    public required IReadOnlyList<ChunkChoice> Choices { get; init; }

    /// <summary>What the call used: once, at the end.</summary>
    public Usage? Usage { get; init; }

    /// <summary>The class in which the call is served.</summary>
    public ServiceTier? ServiceTier { get; init; }

    /// <summary>The backend's configuration, where the provider tells it.</summary>
    public string? SystemFingerprint { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>What the service's content filters found in the prompt, in the chunk that says so; else empty.</summary>
    public IReadOnlyList<PromptFilterResult> PromptFilterResults => ContentFilterResults.OfPrompts(Extra);

    /// <summary>The new text of the first answer; null when there is none in this chunk.</summary>
    public string? Text
    {
        get
        {
            for (var i = 0; i < Choices.Count; i++)
                if (Choices[i].Index == 0 && Choices[i].Delta.Content is { } text) return text;
            return null;
        }
    }

    /// <summary>Whether the chunk brings content or an answer's end: what commits an attempt.</summary>
    internal bool HasContent
    {
        get
        {
            for (var i = 0; i < Choices.Count; i++)
                if (Choices[i].FinishReason is not null || !Choices[i].Delta.IsOpening) return true;
            return false;
        }
    }

    /// <summary>Reads a chunk in OpenAI's JSON form.</summary>
    /// <exception cref="System.Text.Json.JsonException">It is not JSON.</exception>
    public static ChatCompletionChunk Parse(ReadOnlySpan<byte> utf8) => ChatChunkReader.Read(utf8);

    /// <summary>The chunk in OpenAI's JSON form, extension members included.</summary>
    public string ToJson() => JsonOut.ToText(this, static (json, chunk) => ChatReplyWriter.Write(json, chunk), indented: false);

    /// <summary>As <see cref="ToJson"/>, with line breaks and indentation for people.</summary>
    public string ToIndentedJson() => JsonOut.ToText(this, static (json, chunk) => ChatReplyWriter.Write(json, chunk), indented: true);
}

/// <summary>What is new in one answer.</summary>
public sealed record ChunkChoice
{
    /// <summary>The answer's place among the answers.</summary>
    public int Index { get; init; }

    /// <summary>The new piece.</summary>
    public required Delta Delta { get; init; }

    /// <summary>Why the model stopped, in the chunk that says so.</summary>
    public FinishReason? FinishReason { get; init; }

    /// <summary>Why it stopped in the vendor's own word, where that is another one.</summary>
    public string? FinishReasonRaw { get; init; }

    /// <summary>How likely the new tokens were, where that was asked for.</summary>
    public Logprobs? Logprobs { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>What the service's content filters found; null in a chunk that does not say. It is about the chunk's own text, or about what <see cref="ContentFilterOffsets"/> say.</summary>
    public ContentFilterResults? ContentFilterResults => ContentFilterResults.Of(Extra);

    /// <summary>What <see cref="ContentFilterResults"/> are about, where filters run beside the stream and speak later; else null.</summary>
    public ContentFilterOffsets? ContentFilterOffsets => ContentFilterOffsets.Of(Extra);
}

/// <summary>A new piece of a message.</summary>
public sealed record Delta
{
    /// <summary>Who speaks; told once, at the beginning.</summary>
    public Role? Role { get; init; }

    /// <summary>New text of the answer.</summary>
    public string? Content { get; init; }

    /// <summary>New text of the thinking.</summary>
    public string? ReasoningContent { get; init; }

    /// <summary>New text of a refusal.</summary>
    public string? Refusal { get; init; }

    /// <summary>New pieces of tool calls; empty when there are none.</summary>
    public IReadOnlyList<ToolCallDelta> ToolCalls { get; init; } = [];

    /// <summary>New pieces of sound.</summary>
    public AudioOutput? Audio { get; init; }

    /// <summary>New pictures, each whole; empty when there are none. They are those of <see cref="Blocks"/>.</summary>
    public IReadOnlyList<ImageUrl> Images
    {
        get
        {
            List<ImageUrl>? images = null;
            for (var i = 0; i < Blocks.Count; i++)
                if (Blocks[i].Piece.ImageUrl is { } image) (images ??= []).Add(image);
            return images ?? (IReadOnlyList<ImageUrl>)[];
        }
        init => Blocks = [.. Blocks.Where(static block => block.Piece.ImageUrl is null), .. value.Select(static image => new BlockDelta(0, ContentPart.FromImage(image)))];
    }

    /// <summary>Citations that were added.</summary>
    public IReadOnlyList<Annotation> Annotations { get; init; } = [];

    /// <summary>
    /// New pieces of blocks, where they carry more than text: where one begins, signatures, citations, vendors' data. Pieces of one index are one block. What
    /// comes beside them in <see cref="Content"/> and <see cref="ReasoningContent"/> belongs to the block of that kind that was begun last, text to that of the
    /// piece beside it; where a piece of reasoning has text itself, that and not <see cref="ReasoningContent"/> counts.
    /// </summary>
    public IReadOnlyList<BlockDelta> Blocks { get; init; } = [];

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Whether the piece brings no content yet.</summary>
    internal bool IsOpening =>
        string.IsNullOrEmpty(Content) && string.IsNullOrEmpty(ReasoningContent) && string.IsNullOrEmpty(Refusal)
        && ToolCalls.Count == 0 && Audio is not { IsContent: true } && Annotations.Count == 0 && BlockDelta.AreOpenings(Blocks);
}

/// <summary>A new piece of a tool call.</summary>
public sealed record ToolCallDelta
{
    /// <summary>The call's place among the calls.</summary>
    public int Index { get; init; }

    /// <summary>The call's id: once, in its first piece.</summary>
    public string? Id { get; init; }

    /// <summary><c>function</c> or <c>custom</c> (<c>function_call</c> in the form before tools): once, in its first piece.</summary>
    public string? Type { get; init; }

    /// <summary>What <see cref="Type"/> is in the first piece, in every piece of a call that is no plain function: it is written under a member of its own.</summary>
    internal string? Form { get; init; }

    /// <summary>The tool's name: once, in its first piece.</summary>
    public string? Name { get; init; }

    /// <summary>The next piece of the arguments' text.</summary>
    public string? Arguments { get; init; }

    /// <summary>The vendor's proof that the call is its own.</summary>
    public string? Signature { get; init; }

    /// <summary>Members that we do not know.</summary>
    public Extra Extra { get; init; }

    /// <summary>Members beside the name and the arguments that we do not know.</summary>
    public Extra FunctionExtra { get; init; }
}

/// <summary>A new piece of a block.</summary>
/// <param name="Index">Which block of the message.</param>
/// <param name="Piece">What is new; texts and signatures of one index are joined. Of a call it is what the block carries beside the call, under the call's index.</param>
public sealed record BlockDelta(int Index, ContentPart Piece)
{
    /// <summary>Whether the piece is a block of its own: opaque data and pictures do not come in pieces.</summary>
    internal bool IsWhole => !Piece.Raw.IsEmpty || Piece.ImageUrl is not null;

    /// <summary>Whether the pieces only tell where blocks begin.</summary>
    internal static bool AreOpenings(IReadOnlyList<BlockDelta> pieces)
    {
        for (var i = 0; i < pieces.Count; i++)
            if (!string.IsNullOrEmpty(pieces[i].Piece.Text) || pieces[i].IsWhole || pieces[i].Piece is not { Signature: null, ToolCall: null }) return false;
        return true;
    }

    /// <summary>Whether any of the pieces is reasoning that can be read.</summary>
    internal static bool HoldReasoning(IReadOnlyList<BlockDelta> pieces)
    {
        for (var i = 0; i < pieces.Count; i++)
            if (pieces[i].Piece.Type == ContentPartType.Reasoning && !string.IsNullOrEmpty(pieces[i].Piece.Text)) return true;
        return false;
    }
}
