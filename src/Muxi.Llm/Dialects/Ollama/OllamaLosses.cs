namespace Muxi.Llm;

/// <summary>Options that have no place in Ollama's requests.</summary>
internal static class OllamaLosses
{
    private const string Unknown = "left out: the server has nothing like it";

    /// <summary>Warns of each option of a chat request that is set and says more than its default.</summary>
    public static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: the server gives one answer");
        if (request.Modalities?.Any(modality => modality != "text") == true) warnings.Add("modalities", "left out: the model answers in text");
        UnknownOptions.Warn(request, warnings, Unknown);
    }

    /// <summary>As the other, of a request to go on with a text.</summary>
    public static void Warn(CompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: the server gives one answer");
        if (request.BestOf > 1) warnings.Add("best_of", Unknown);
        if (request.Echo == true) warnings.Add("echo", Unknown);
        if (request.LogitBias is { Count: > 0 }) warnings.Add("logit_bias", Unknown);
        if (request.User is not null) warnings.Add("user", Unknown);
    }
}
