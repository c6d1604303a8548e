using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Mistral's host for its code models: conversations and filling in code, with keys of its own.</summary>
    public static Provider Codestral { get; } = new("codestral", "https://codestral.mistral.ai/v1", Auth.Bearer("CODESTRAL_API_KEY"))
    {
        DisplayName = "Mistral Codestral",
        DefaultModel = "codestral-latest",
        Chat = MistralThinksNot(MistralChat),
        Completions = MistralFim,
        DefaultModels = new Dictionary<string, string> { [Operations.Completions] = "codestral-latest" }.ToImmutableDictionary(),
        Models = null,
        Documentation = "https://docs.mistral.ai/capabilities/code_generation",
        Evidence = Evidence.VendorsPage,
    };
}
