namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>PublicAI, which serves open models of public institutions.</summary>
    public static Provider PublicAI { get; } = new("publicai", "https://api.publicai.co/v1", Auth.Bearer("PUBLICAI_API_KEY"))
    {
        DisplayName = "PublicAI",
        Chat = new OpenAIChat(),
        Documentation = "https://platform.publicai.co/docs",
    };
}
