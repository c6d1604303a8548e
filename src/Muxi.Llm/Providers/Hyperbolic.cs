namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Hyperbolic. Pictures and speech have forms of its own there.</summary>
    public static Provider Hyperbolic { get; } = new("hyperbolic", "https://api.hyperbolic.xyz/v1", Auth.Bearer("HYPERBOLIC_API_KEY"))
    {
        DisplayName = "Hyperbolic",
        BaseUrlVariables = ["HYPERBOLIC_API_BASE"],
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Documentation = "https://docs.hyperbolic.xyz",
    };
}
