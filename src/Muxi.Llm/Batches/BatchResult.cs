namespace Muxi.Llm;

/// <summary>What became of one request of a batch: its reply, or the error in place of one.</summary>
public sealed record BatchResult
{
    /// <summary>The name that the request was given; empty where a line of the results does not tell it.</summary>
    public required string CustomId { get; init; }

    /// <summary>What became of it.</summary>
    public BatchOutcome Outcome { get; init; }

    /// <summary>The reply, of the operation's own type; null where there is an error, and for operations that have no type here: <see cref="Raw"/> holds these.</summary>
    public Reply? Reply { get; init; }

    /// <summary>
    /// Why there is no reply: the exception that the call by itself would have raised. One that was not answered in time has the code <c>batch_expired</c>, one that the stop of the
    /// batch has hit <c>batch_cancelled</c>, one of which the service says nothing <c>batch_result_missing</c>.
    /// </summary>
    public ApiException? Error { get; init; }

    /// <summary>The service's id of the request, for a support ticket; null where it tells none.</summary>
    public string? RequestId { get; init; }

    /// <summary>The line of the results as it came; empty where there is none, or none that is JSON.</summary>
    public RawJson Raw { get; init; }

    /// <summary>The reply of a conversation.</summary>
    public ChatCompletion? Chat => Reply as ChatCompletion;

    /// <summary>The embeddings of the texts; null for other operations.</summary>
    public EmbeddingResponse? Embedding => Reply as EmbeddingResponse;

    /// <summary>The text's completion.</summary>
    public Completion? Completion => Reply as Completion;

    /// <summary>What was found in the texts and pictures.</summary>
    public ModerationResponse? Moderation => Reply as ModerationResponse;

    /// <summary>What was read of the document; null for other operations.</summary>
    public OcrResponse? Ocr => Reply as OcrResponse;

    /// <summary>The pictures that were made; null for other operations.</summary>
    public ImagesResponse? Images => Reply as ImagesResponse;

    /// <summary>The response that was made; null for other operations.</summary>
    public Response? Response => Reply as Response;

    /// <summary>The result as a line of OpenAI's form, whoever answered; an error as its code and message.</summary>
    public string ToJson() => JsonOut.ToText(this, BatchResultJson.Write, indented: false);
}
