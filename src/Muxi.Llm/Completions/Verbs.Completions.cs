namespace Muxi.Llm;

internal static partial class Verbs
{
    public static readonly Verb<CompletionRequest, Completion> Completion = new("completions", static (provider, _) => provider.Completions) { With = WithExtra };

    public static readonly StreamVerb<CompletionRequest, CompletionChunk> CompletionStream = new(
        "completions", static (provider, _) => provider.Completions, static chunk => chunk.HasContent, static () => new CompletionAccumulator()) { With = WithExtra };

    private static CompletionRequest WithExtra(CompletionRequest request, Extra extra) => request with { Extra = request.Extra.With(extra) };
}
