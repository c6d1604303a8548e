namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Morph, whose models merge edits into code.</summary>
    public static Provider Morph { get; } = new("morph", "https://api.morphllm.com/v1", Auth.Bearer("MORPH_API_KEY"))
    {
        DisplayName = "Morph",
        Chat = new OpenAIChat(),
        Documentation = "https://docs.morphllm.com",
    };
}
