namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Jan's server on this machine; the key is the one set in its settings.</summary>
    public static Provider Jan { get; } = new("jan", "http://127.0.0.1:1337/v1", Auth.Bearer("JAN_API_KEY"))
    {
        DisplayName = "Jan",
        IsSelfHosted = true,
        StartHint = "start it in Jan's settings, under Local API Server",
        Chat = new OpenAIChat(),
        Documentation = "https://www.jan.ai/docs/desktop/api-server",
        Evidence = Evidence.VendorsPage,
    };
}
