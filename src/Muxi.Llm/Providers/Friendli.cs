namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>FriendliAI's serverless endpoints. Tools and a form of the answer cannot be asked for together.</summary>
    public static Provider Friendli { get; } = new("friendli", "https://api.friendli.ai/serverless/v1", Auth.Bearer("FRIENDLI_TOKEN", "FRIENDLIAI_API_KEY"))
    {
        DisplayName = "FriendliAI",
        Aliases = ["friendliai"],
        DefaultModel = "zai-org/GLM-5.2",
        BaseUrlVariables = ["FRIENDLI_API_BASE"],
        Chat = new OpenAIChat(),
        Completions = new OpenAICompletions(),
        Documentation = "https://friendli.ai/docs",
    };
}
