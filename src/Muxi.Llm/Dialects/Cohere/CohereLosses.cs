namespace Muxi.Llm;

/// <summary>Options of a chat request that have no place in Cohere's.</summary>
internal static class CohereLosses
{
    /// <summary>Warns of each option that is set and says more than its default.</summary>
    public static void Warn(ChatCompletionRequest request, Warnings warnings)
    {
        if (request.N > 1) warnings.Add("n", "left out: the service gives one answer");
        if (request.TopLogprobs is > 0) warnings.Add("top_logprobs", "left out: the service tells of the chosen tokens alone");
        if (request.Modalities?.Any(modality => modality != "text") == true) warnings.Add("modalities", "left out: the service answers in text");
        UnknownOptions.Warn(request, warnings, "left out: the service has nothing like it");
    }
}
