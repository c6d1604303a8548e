namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>v0, Vercel's models for making web applications.</summary>
    public static Provider V0 { get; } = new("v0", "https://api.v0.dev/v1", Auth.Bearer("V0_API_KEY"))
    {
        DisplayName = "v0 (Vercel)",
        DefaultModel = "v0-1.5-md",
        Chat = new OpenAIChat(),
        Documentation = "https://v0.app/docs",
    };
}
