namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Synthetic. Its models' names begin with <c>hf:</c>.</summary>
    public static Provider Synthetic { get; } = new("synthetic", "https://api.synthetic.new/openai/v1", Auth.Bearer("SYNTHETIC_API_KEY"))
    {
        DisplayName = "Synthetic",
        Chat = new OpenAIChat(),
        Documentation = "https://dev.synthetic.new/docs",
    };
}
