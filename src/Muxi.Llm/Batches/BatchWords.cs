namespace Muxi.Llm;

/// <summary>How far a service is with a batch. Any other word that a vendor uses is kept as it is, and counts as under way.</summary>
/// <param name="Value">The word as it is on the wire.</param>
public readonly record struct BatchStatus(string Value)
{
    /// <summary>Its requests are looked at.</summary>
    public static BatchStatus Validating => new("validating");
    /// <summary>Its requests cannot be taken: <see cref="Batch.Errors"/> says why.</summary>
    public static BatchStatus Failed => new("failed");
    /// <summary>Its requests are answered.</summary>
    public static BatchStatus InProgress => new("in_progress");
    /// <summary>Its results are put together.</summary>
    public static BatchStatus Finalizing => new("finalizing");
    /// <summary>Its results are there.</summary>
    public static BatchStatus Completed => new("completed");
    /// <summary>Its time was over before all was answered; what was answered is there.</summary>
    public static BatchStatus Expired => new("expired");
    /// <summary>It was asked to stop.</summary>
    public static BatchStatus Cancelling => new("cancelling");
    /// <summary>It was stopped; what was answered before is there.</summary>
    public static BatchStatus Cancelled => new("cancelled");

    /// <summary>Whether nothing more will happen.</summary>
    public bool IsFinal => Value is "failed" or "completed" or "expired" or "cancelled";

    /// <summary>The word as it is on the wire.</summary>
    public static implicit operator BatchStatus(string value) => new(value);
    /// <summary>The word as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What the requests of a batch ask for, as a path of OpenAI's API. Any other path is kept as it is, and sent.</summary>
/// <param name="Value">The path as it is on the wire.</param>
public readonly record struct BatchEndpoint(string Value)
{
    /// <summary>Conversations: answers to messages.</summary>
    public static BatchEndpoint ChatCompletions => new("/v1/chat/completions");
    /// <summary>Texts to go on with.</summary>
    public static BatchEndpoint Completions => new("/v1/completions");
    /// <summary>Embeddings of texts, as numbers.</summary>
    public static BatchEndpoint Embeddings => new("/v1/embeddings");
    /// <summary>Pictures after a description.</summary>
    public static BatchEndpoint ImageGenerations => new("/v1/images/generations");
    /// <summary>Whether texts and pictures are harmful.</summary>
    public static BatchEndpoint Moderations => new("/v1/moderations");
    /// <summary>What stands in documents and pictures, a path of Mistral's.</summary>
    public static BatchEndpoint Ocr => new("/v1/ocr");
    /// <summary>Responses, OpenAI's newer form of chat.</summary>
    public static BatchEndpoint Responses => new("/v1/responses");

    /// <summary>The path as it is on the wire.</summary>
    public static implicit operator BatchEndpoint(string value) => new(value);
    /// <summary>The path as it is on the wire.</summary>
    public override string ToString() => Value ?? "";
}

/// <summary>What became of one request of a batch. Any other word that a vendor uses is kept as it is.</summary>
/// <param name="Value">The word, ours for the same thing at every service.</param>
public readonly record struct BatchOutcome(string Value)
{
    /// <summary>It was answered.</summary>
    public static BatchOutcome Succeeded => new("succeeded");
    /// <summary>It was refused, or its answer cannot be read.</summary>
    public static BatchOutcome Errored => new("errored");
    /// <summary>The batch was stopped before its turn came.</summary>
    public static BatchOutcome Cancelled => new("cancelled");
    /// <summary>The batch's time was over before its turn came.</summary>
    public static BatchOutcome Expired => new("expired");
    /// <summary>The service says nothing of it.</summary>
    public static BatchOutcome Missing => new("missing");

    /// <summary>The word, ours for the same thing at every service.</summary>
    public static implicit operator BatchOutcome(string value) => new(value);
    /// <summary>The word, ours for the same thing at every service.</summary>
    public override string ToString() => Value ?? "";
}
