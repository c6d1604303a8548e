namespace Muxi.Llm;

/// <summary>A reply whose answer is a value of a type.</summary>
/// <typeparam name="T">The type that was asked for.</typeparam>
public sealed record ChatCompletion<T> : Reply
{
    /// <summary>The answer, checked against the type's schema.</summary>
    public required T Value { get; init; }

    /// <summary>The reply that it was read from.</summary>
    public required ChatCompletion Completion { get; init; }

    /// <summary>The model's replies in order: one, or two where the first did not follow the schema and the model was asked to mend it.</summary>
    public required IReadOnlyList<ChatCompletion> Rounds { get; init; }

    /// <summary>What all rounds together used, where the provider says.</summary>
    public Usage? Usage { get; init; }

    internal static ChatCompletion<T> Of(T value, List<ChatCompletion> rounds) => new()
    {
        Value = value, Completion = rounds[^1], Rounds = rounds, Usage = Usages.Sum(rounds.Select(round => round.Usage)),
        Call = rounds[^1].Call?.With([.. rounds.SelectMany(round => round.Attempts)]),
    };
}

/// <summary>A piece of a streamed reply whose answer is a value of a type.</summary>
/// <typeparam name="T">The type that was asked for.</typeparam>
public sealed record ChatCompletionChunk<T> : Reply
{
    /// <summary>The piece; null in the last one, which has the value.</summary>
    public ChatCompletionChunk? Chunk { get; init; }

    /// <summary>Of which round: 1, or 2 where the model mends an answer that did not follow the schema. What came in round 1 counts no longer then.</summary>
    public int Round { get; init; }

    /// <summary>The whole with its value, in the last piece alone.</summary>
    public ChatCompletion<T>? Completion { get; init; }

    /// <summary>The new text of the answer, which is JSON; null when there is none in this piece.</summary>
    public string? Text => Chunk?.Text;
}
