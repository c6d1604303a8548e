using System.Text.Json;
using System.Text.Json.Nodes;

namespace Muxi.Llm.Tests;

/// <summary>What the official OpenAI SDK makes of the recorded chat completions.</summary>
public sealed class SdkOracle() : PackageOracle("openai", "openai-sdk.mjs", string.Join(',', Providers))
{
    /// <summary>The providers whose chat completions the two oracles are compared on.</summary>
    internal static readonly string[] Providers = ["openai", "openrouter", "deepseek", "groq", "xai", "llamacpp", "local-openai-compat"];

    /// <summary>The judged differences: record id to the fields that may differ.</summary>
    internal static Dictionary<string, string[]> Judged()
    {
        var json = JsonNode.Parse(File.ReadAllText(Repo.PathTo("tests", "oracle", "judged.json")), documentOptions: new JsonDocumentOptions { AllowDuplicateProperties = false })!;
        return json.AsObject().ToDictionary(entry => entry.Key, entry =>
        {
            Assert.False(string.IsNullOrWhiteSpace(entry.Value!["reason"].Str()), $"{entry.Key} is judged without a reason");
            return entry.Value["fields"].Items().Select(field => field.Item.Str()!).ToArray();
        });
    }
}
