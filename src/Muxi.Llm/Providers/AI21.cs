namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>AI21's Jamba. A form of the answer is JSON or text, and there is no list of models.</summary>
    public static Provider AI21 { get; } = new("ai21", "https://api.ai21.com/studio/v1", Auth.Bearer("AI21_API_KEY"))
    {
        DisplayName = "AI21",
        DefaultModel = "jamba-mini",
        BaseUrlVariables = ["AI21_API_BASE"],
        Models = null,
        Chat = new OpenAIChat { ResponseFormats = ["text", "json_object"], StreamOptions = false },
        Documentation = "https://docs.ai21.com/reference/jamba-1-6-api-ref",
        Evidence = Evidence.Recorded,
    };
}
