namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>A service of one's own on Anyscale's platform, which speaks OpenAI's form. The public endpoints, <c>api.endpoints.anyscale.com</c>, ended in August 2024.</summary>
    public static Provider Anyscale { get; } = new("anyscale", "https://{host}/v1", Auth.Bearer("ANYSCALE_API_KEY"))
    {
        DisplayName = "Anyscale (public one ended in 2024)",
        UrlParts = [new("host", "ANYSCALE_HOST") { Otherwise = "ANYSCALE_BASE_URL to the whole address of a service of your own: Anyscale's public one ended in August 2024" }],
        BaseUrlVariables = ["ANYSCALE_API_BASE"],
        Chat = new OpenAIChat { Roles = BeforeDeveloper() },
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings { Base64 = false },
        Evidence = Evidence.VendorsPage,
        Documentation = "https://docs.anyscale.com/llm/serving",
    };
}
