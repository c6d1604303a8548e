namespace Muxi.Llm;

/// <summary>Counts the tokens of a chat request on this machine.</summary>
internal static class ChatTokens
{
    /// <summary>The band of what holds a picture or a document that nobody has seen, and whose size is a guess.</summary>
    public const double Unseen = 1;

    /// <summary>The tokens of the whole prompt.</summary>
    /// <param name="model">The model's name, with or without its provider; of a name that nobody knows the count is an estimate.</param>
    /// <param name="request">What would be asked; its own <see cref="ChatCompletionRequest.Model"/> does not matter.</param>
    /// <param name="own">The tokenizer that the caller knows the model to have; null for the one that our facts name.</param>
    public static TokenCount Count(string model, ChatCompletionRequest request, Tokenizer? own = null)
    {
        var facts = TokenFacts.Of(model);
        var tally = new ChatTally(facts, own ?? Tokenizer.Get(facts.Encoding), own is null ? facts.Family.Factor : 1);
        tally.Add(request);
        // A tokenizer of the caller's is not what the counts were found exact with.
        var isExact = facts.IsExact && own is null && !tally.IsEstimate;
        return new()
        {
            InputTokens = tally.Total,
            IsExact = isExact,
            ErrorBand = isExact ? 0 : Band(facts, tally),
            Encoding = own?.Name ?? facts.Encoding,
        };
    }

    private static double Band(ModelTokens facts, ChatTally tally)
    {
        var bands = facts.Family.Bands;
        if (tally.HasUnseen) return Math.Max(bands.Media, Unseen);
        if (tally.HasMedia) return tally.HasTools ? Math.Max(bands.Media, bands.Tools) : bands.Media;
        return tally.HasTools || facts.Family.IsExact ? bands.Tools : bands.Text;
    }
}
