using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// GitHub Models. A model is <c>publisher/model</c>, the key a token of GitHub's with the permission <c>models:read</c>. No model is asked by default: the token is often there for
    /// other purposes. For an organisation the address is <c>https://models.github.ai/orgs/ORG/inference</c>.
    /// </summary>
    public static Provider GitHub { get; } = new("github", "https://models.github.ai/inference", Auth.Bearer("GITHUB_TOKEN", "GH_TOKEN"))
    {
        DisplayName = "GitHub Models",
        Aliases = ["github-models"],
        BaseUrlVariables = ["GITHUB_MODELS_API_BASE"],
        Headers = new Dictionary<string, string> { ["X-GitHub-Api-Version"] = "2022-11-28" }.ToImmutableDictionary(),
        // The reference lists max_tokens alone; the reasoning models behind it refuse that.
        Chat = new OpenAIChat()
            .For("openai/gpt-5*", d => d with { MaxTokensField = "max_completion_tokens" })
            .For("openai/o*", d => d with { MaxTokensField = "max_completion_tokens" }),
        Embeddings = new OpenAIEmbeddings(),
        // A bare list, beside the address and not below it.
        Models = new OpenAIModels { Path = "../catalog/models" },
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "openai/text-embedding-3-small" }.ToImmutableDictionary(),
        Documentation = "https://docs.github.com/en/rest/models/inference",
        Evidence = Evidence.VendorsPage,
    };
}
