namespace Muxi.Llm;

/// <summary>Counts the tokens of a chat request on this machine.</summary>
internal static class ChatTokens
{
    /// <summary>The tokens of the whole prompt.</summary>
    /// <param name="model">The model's name, with or without its provider; of a name that nobody knows the count is an estimate.</param>
    /// <param name="request">What would be asked; its own <see cref="ChatCompletionRequest.Model"/> does not matter.</param>
    /// <param name="own">The tokenizer that the caller knows the model to have; null for the one that our facts name.</param>
    public static TokenCount Count(string model, ChatCompletionRequest request, Tokenizer? own = null) => throw new InvalidOperationException();
}
