using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>The date of the API that is spoken: a parameter of every request, which stands in IBM's own examples.</summary>
    private const string WatsonxVersion = "?version=2025-02-06";

    /// <summary>
    /// IBM watsonx.ai. An API key of IBM Cloud is exchanged for a token that lasts an hour; a token of one's own (<c>WATSONX_TOKEN</c>) goes as it is. Whose account it is says a
    /// project or a space, in the request or in <c>WATSONX_PROJECT_ID</c> or <c>WATSONX_SPACE_ID</c>.
    /// </summary>
    public static Provider Watsonx { get; } = new("watsonx", "https://{region}.ml.cloud.ibm.com/ml/v1",
        Auth.Bearer("WATSONX_APIKEY") with
        {
            Exchange = new("https://iam.cloud.ibm.com/identity/token")
            {
                UrlVariables = ["WATSONX_IAM_URL"],
                Form = new Dictionary<string, string> { ["grant_type"] = "urn:ibm:params:oauth:grant-type:apikey", ["apikey"] = "{key}" }.ToImmutableDictionary(),
            },
            Alternative = Auth.Bearer("WATSONX_TOKEN"),
        })
    {
        DisplayName = "IBM watsonx.ai",
        UrlParts = [new("region", "WATSONX_REGION") { Otherwise = "WATSONX_URL to https://REGION.ml.cloud.ibm.com" }],
        BaseUrlVariables = ["WATSONX_URL", "WATSONX_API_BASE"],
        BaseUrlSuffix = "/ml/v1",
        Hosts = ["*.ml.cloud.ibm.com"],
        AccountMembers = [new("project_id", "WATSONX_PROJECT_ID"), new("space_id", "WATSONX_SPACE_ID", "WATSONX_DEPLOYMENT_SPACE_ID")],
        Chat = new OpenAIChat
        {
            Path = "text/chat" + WatsonxVersion, StreamPath = "text/chat_stream" + WatsonxVersion, StreamOptions = false, ToolModeField = "tool_choice_option", MaxStops = 4, StrictTools = false,
            Renames = new Dictionary<string, string> { ["model"] = "model_id" }.ToImmutableDictionary(),
            Roles = new Dictionary<string, string> { ["developer"] = "system" }.ToImmutableDictionary(),
            Drops = ["parallel_tool_calls", "user", "store", "metadata", "service_tier", "verbosity", "modalities", "audio", "prediction", "web_search_options", "moderation", "safety_identifier", "prompt_cache_key", "prompt_cache_retention", "prompt_cache_options"],
        },
        Completions = new WatsonxCompletions { Path = "text/generation" + WatsonxVersion, StreamPath = "text/generation_stream" + WatsonxVersion },
        Embeddings = new WatsonxEmbeddings { Path = "text/embeddings" + WatsonxVersion },
        Rerank = new CohereRerank { Path = "text/rerank" + WatsonxVersion, ModelField = "model_id", DocumentsField = "inputs", DocumentForm = RerankDocumentForm.Object, TopField = null, ReturnField = null, MaxTokensField = null },
        Models = new WatsonxModels { Path = "foundation_model_specs" + WatsonxVersion },
        DefaultModel = "ibm/granite-4-h-small",
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "ibm/slate-125m-english-rtrvr-v2" }.ToImmutableDictionary(),
        Documentation = "https://cloud.ibm.com/apidocs/watsonx-ai",
        Evidence = Evidence.VendorsPage,
    };
}
