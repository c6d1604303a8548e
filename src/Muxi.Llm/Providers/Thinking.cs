using System.Collections.Immutable;

namespace Muxi.Llm;

/// <summary>What several services have in common because the models behind them do.</summary>
public static partial class Providers
{
    /// <summary>OpenAI's open models, wherever they run: they always think, and know three efforts (their card, "Reasoning levels").</summary>
    private static OpenAIChat GptOss(OpenAIChat chat) => chat with { Efforts = EffortsOf("low", "low", "low", "medium", "high", "high") };

    /// <summary>
    /// A server of one's own that passes <c>chat_template_kwargs</c> to the template of whatever model it runs, whose switch is the template's: <c>thinking</c> in those of DeepSeek, Kimi and
    /// Granite. A model with Mistral's own tokenizer refuses the member ("chat_template is not supported for Mistral tokenizers") and takes the efforts <c>none</c> and <c>high</c>.
    /// </summary>
    /// <remarks>Sources: vLLM's page "Reasoning outputs", SGLang's "Reasoning parser", 2026; refusals that vLLM's users report. The names are those of the models' makers: a name that the server gives tells nothing.</remarks>
    private static OpenAIChat ByTemplate(string echo)
    {
        var chat = new OpenAIChat { ReasoningEcho = echo, ThinkingField = "chat_template_kwargs.enable_thinking" };
        var other = chat with { ThinkingField = "chat_template_kwargs.thinking" };
        return chat
            .For("*gpt-oss*", GptOss(chat) with { ThinkingField = null })
            .For("mistralai/*", MistralThinks(chat) with { ThinkingField = null, ThinkingParts = false })
            .For("deepseek-ai/*", other).For("moonshotai/*", other).For("ibm-granite/*", other);
    }

    /// <summary>What Mistral's models say of an effort: "must be one of (none, high)" (refusals of 2026).</summary>
    private static OpenAIChat MistralThinks(OpenAIChat chat) => chat with { ThinkingParts = true, Efforts = EffortsOf("none", "none", "high", "high", "high", "high") };

    /// <summary>Those of its models that do not reason refuse an effort.</summary>
    private static OpenAIChat MistralThinksNot(OpenAIChat chat) => chat with { EffortField = null };

    /// <summary>What a service says for each of OpenAI's efforts, from none to the highest.</summary>
    private static ImmutableDictionary<string, string> EffortsOf(string none, string minimal, string low, string medium, string high, string xhigh) =>
        new Dictionary<string, string> { ["none"] = none, ["minimal"] = minimal, ["low"] = low, ["medium"] = medium, ["high"] = high, ["xhigh"] = xhigh }
            .Where(static pair => pair.Key != pair.Value).ToImmutableDictionary();
}
