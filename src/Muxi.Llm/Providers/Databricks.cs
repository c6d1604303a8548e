using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Databricks' model serving. A model is a serving endpoint's name. A workspace's own API lists the endpoints in another form, and its responses are for some of them only:
    /// they are made by chat.
    /// </summary>
    public static Provider Databricks { get; } = new("databricks", "https://{host}/serving-endpoints", Auth.Bearer("DATABRICKS_TOKEN") with
        {
            // "Authorize service principal access to Databricks with OAuth": a secret is exchanged at the workspace itself for a token of an hour.
            Alternative = Auth.Bearer("DATABRICKS_CLIENT_SECRET") with
            {
                Exchange = new("/oidc/v1/token")
                {
                    ClientVariables = ["DATABRICKS_CLIENT_ID"],
                    Form = new Dictionary<string, string> { ["grant_type"] = "client_credentials", ["scope"] = "all-apis" }.ToImmutableDictionary(),
                },
            },
        })
    {
        DisplayName = "Databricks",
        UrlParts = [new("host", "DATABRICKS_HOST") { Prefix = "https://", Otherwise = "DATABRICKS_BASE_URL to https://WORKSPACE/serving-endpoints" }],
        BaseUrlVariables = ["DATABRICKS_API_BASE"],
        BaseUrlSuffix = "/serving-endpoints",
        Hosts = ["*.cloud.databricks.com", "*.gcp.databricks.com", "*.azuredatabricks.net"],
        // "Foundation model REST API reference": Claude's thinking is asked for by 'thinking' with a budget, OpenAI's and Gemini's by an effort.
        Chat = new OpenAIChat().For("*claude*", d => d with { EffortField = null }),
        Completions = new OpenAICompletions(),
        Embeddings = new OpenAIEmbeddings(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "databricks-gte-large-en" }.ToImmutableDictionary(),
        Models = null,
        Documentation = "https://docs.databricks.com/aws/en/machine-learning/foundation-model-apis/api-reference",
        Evidence = Evidence.VendorsPage,
    };
}
