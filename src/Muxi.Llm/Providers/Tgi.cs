using System.Collections.Immutable;

namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>
    /// Text Generation Inference, on a machine of one's own. It runs one model, and what a request calls it is no matter. It knows no token of Hugging Face's: whatever listens at its usual
    /// address would be told it. It ignores what it does not know, so such options are left out, with a warning.
    /// </summary>
    public static Provider Tgi { get; } = new("tgi", "http://localhost:8080/v1", Auth.Bearer().Optional())
    {
        DisplayName = "Text Generation Inference",
        IsSelfHosted = true,
        BaseUrlSuffix = "/v1",
        StartHint = "start it with 'docker run -p 8080:80 ghcr.io/huggingface/text-generation-inference --model-id MODEL'",
        Chat = TgiChat,
        Completions = new TgiCompletions(),
        Evidence = Evidence.VendorsPage,
        Documentation = "https://huggingface.github.io/text-generation-inference/",
    };

    /// <summary>Its chat, wherever it runs.</summary>
    private static OpenAIChat TgiChat => new OpenAIChat
    {
        // "UNUSED" in its OpenAPI document, or not in it at all.
        Drops = ["n", "logit_bias", "parallel_tool_calls", "user", "store", "metadata", "service_tier", "verbosity", "prediction", "web_search_options", "safety_identifier", "prompt_cache_key"],
        Roles = BeforeDeveloper(), StrictTools = false, EffortField = null,
        // "`top_p` must be > 0.0 and < 1.0", though 1 is what OpenAI's clients say for all tokens.
        Most = new Dictionary<string, double> { ["top_p"] = 0.9999 }.ToImmutableDictionary(),
        // A form is held to instead of the tools, which are not seen then.
        // A call ends as any answer does, and a streamed one without a word (router/src/chat.rs, 2026).
        StopsWithCalls = true, StopLists = true, ResponseFormats = ["json", "regex"], SchemaFormat = "json", FormatsWithTools = false,
    };
}
