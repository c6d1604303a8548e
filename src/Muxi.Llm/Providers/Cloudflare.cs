using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>Cloudflare Workers AI. A model is <c>@cf/publisher/model</c>; responses are for some models only, so that they are made by chat.</summary>
    public static Provider Cloudflare { get; } = new("cloudflare", "https://api.cloudflare.com/client/v4/accounts/{account_id}/ai/v1", Auth.Bearer("CLOUDFLARE_API_TOKEN", "CF_API_TOKEN"))
    {
        DisplayName = "Cloudflare Workers AI",
        Aliases = ["cloudflare-workers-ai", "workers-ai"],
        DefaultModel = "@cf/openai/gpt-oss-120b",
        UrlParts = [new("account_id", "CLOUDFLARE_ACCOUNT_ID", "CF_ACCOUNT_ID")],
        Chat = new OpenAIChat().For("*openai/gpt-oss*", GptOss),
        Embeddings = new OpenAIEmbeddings(),
        DefaultModels = new Dictionary<string, string> { [Operations.Embeddings] = "@cf/baai/bge-large-en-v1.5" }.ToImmutableDictionary(),
        // Its list of models is in a form of its own.
        Models = null,
        Documentation = "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility/",
        Evidence = Evidence.VendorsPage,
    };
}
