namespace Muxi.Llm;

public static partial class Providers
{
    /// <summary>The models that Baseten serves to all; a deployment of one's own has an address of its own.</summary>
    public static Provider Baseten { get; } = new("baseten", "https://inference.baseten.co/v1", Auth.Bearer("BASETEN_API_KEY"))
    {
        DisplayName = "Baseten Model APIs",
        DefaultModel = "openai/gpt-oss-120b",
        BaseUrlVariables = ["BASETEN_API_BASE"],
        Chat = new OpenAIChat { ThinkingField = "chat_template_args.enable_thinking" }.For("openai/gpt-oss*", d => GptOss(d) with { ThinkingField = null }),
        Documentation = "https://docs.baseten.co/quickstart",
        Evidence = Evidence.VendorsPage,
    };
}
