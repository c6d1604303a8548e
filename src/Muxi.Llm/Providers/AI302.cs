namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>302.AI. No shell sets a variable whose name begins with a digit, so those of this name have an underscore before it.</summary>
    public static Provider AI302 { get; } = new("302ai", "https://api.302.ai/v1", Auth.Bearer("302AI_API_KEY"))
    {
        DisplayName = "302.AI",
        Chat = new OpenAIChat(),
        Documentation = "https://doc-en.302.ai",
    };
}
